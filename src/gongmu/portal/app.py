"""The web shell: puts the guards, the sign-in pages and the rooms together; knows no room."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from gongmu.core.audit import Audit
from gongmu.core.errors import Refused
from gongmu.core.people import People
from gongmu.portal import problems
from gongmu.portal.security import BodyLimit, SafeHeaders, SameOriginActs
from gongmu.portal.sessions import Sessions
from gongmu.portal.sign_in import sign_in_pages
from gongmu.portal.view import HERE, Room, Screen, visitor


def make_portal(*, people: People, audit: Audit, rooms: Sequence[Room], city_name: str) -> FastAPI:
    """Return the application; the first room is where a signed-in person arrives.

    Raises Refused when the screen assets were not built or there is no room.
    """
    if not (HERE / "static" / "built" / "portal.css").exists():
        raise Refused(
            "assets_missing",
            "화면 자산이 없습니다.",
            "python assets/build.py 를 실행한 뒤 다시 시작하세요.",
        )
    if not rooms:
        raise Refused("rooms_missing", "보여 줄 화면이 없습니다.", "설치를 확인하세요.")
    app = FastAPI(title="gongmu", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.screen = Screen(rooms, city_name, people.rules)
    problems.install(app)
    app.mount("/static", _KeptFiles(directory=HERE / "static" / "built"))
    app.include_router(sign_in_pages(people, audit))
    for room in rooms:
        app.include_router(room.router)

    @app.get("/")
    def home(request: Request) -> Response:
        person = visitor(request)
        seen = [room.path for room in rooms if room.shown() and person and room.shown_to(person)]
        return RedirectResponse(seen[0] if seen else "/todo", 303)

    @app.get("/todo")
    def todo(request: Request) -> Response:
        screen: Screen = app.state.screen
        return screen.page(request, "todo.html", title="할 일")

    @app.get("/health")
    def health() -> Response:
        return PlainTextResponse("ok")

    # 나중에 더한 것이 바깥이다: 머리글 > 압축 > 오류 > 크기 > 같은 출처 > 세션
    opened = tuple(path for room in rooms for path in room.open_paths)
    uploads = {path: most for room in rooms for path, most in room.uploads.items()}
    app.add_middleware(Sessions, people=people, open_paths=opened)
    app.add_middleware(SameOriginActs)
    app.add_middleware(BodyLimit, uploads=uploads)
    app.add_middleware(problems.Bugs)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)
    app.add_middleware(SafeHeaders)
    return app


class _KeptFiles(StaticFiles):
    """Built files carry their version in the address, so browsers keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if answer.status_code == 200:
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer
