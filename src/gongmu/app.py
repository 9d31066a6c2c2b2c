"""The only place that knows every room: opens the installation, wires it, starts it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from gongmu.bots.answers import tables as answer_tables
from gongmu.bots.drafts import tables as draft_tables
from gongmu.bots.guard import tables as guard_tables
from gongmu.bots.knowledge import tables as knowledge_tables
from gongmu.bots.search import tables as search_tables
from gongmu.bots.statutes import tables as statute_tables
from gongmu.bots.workshop import tables as workshop_tables
from gongmu.bus import store as bus_store
from gongmu.core import people as people_tables
from gongmu.core.audit import Audit
from gongmu.core.city import load_city
from gongmu.core.clock import Clock, system_clock
from gongmu.core.database import metadata, open_database, upgrade
from gongmu.core.files import FileStore
from gongmu.core.house import House
from gongmu.core.people import People
from gongmu.core.runs import Runs
from gongmu.core.settings import Settings
from gongmu.core.vault import Vault
from gongmu.core.workflow import Desk, Worker, prepare, working
from gongmu.messages import tables as message_tables
from gongmu.relief import tables as relief_tables

if TYPE_CHECKING:
    from fastapi import FastAPI

MCP_PATH = "/mcp"
"""Where other programs call our tools, each with a person's token."""
TABLES = metadata
"""Every room's tables are declared once these modules are imported."""
_ROOMS_WITH_TABLES = (
    *(people_tables, bus_store, message_tables, relief_tables),
    *(answer_tables, draft_tables, guard_tables, knowledge_tables),
    *(search_tables, statute_tables, workshop_tables),
)


@contextlib.contextmanager
def open_house(settings: Settings, clock: Clock = system_clock) -> Iterator[House]:
    """Open the installation: database brought up to date, key at hand, city file checked."""
    city = load_city(settings.city, settings.home / "cities")
    engine = open_database(settings.url)
    upgrade(engine)
    prepare(settings)
    vault = Vault.open(settings, engine, clock)
    desk = Desk(engine)
    try:
        yield House(
            settings=settings,
            city=city,
            clock=clock,
            engine=engine,
            vault=vault,
            files=FileStore(settings.home / "files", engine, vault, clock),
            audit=Audit(engine, clock),
            runs=Runs(engine, clock),
            desk=desk,
        )
    finally:
        desk.close()
        engine.dispose()


def make_portal_app(house: House) -> FastAPI:
    """Return the portal with every room's pages; a city without a tax office has no relief room."""
    from starlette.routing import Route

    from gongmu.bots.mcp.server import McpDoor
    from gongmu.bots.pages.room import bot_room
    from gongmu.bus.pages import bus_room
    from gongmu.bus.partition import warehouse_of
    from gongmu.portal.app import make_portal
    from gongmu.portal.run_pages import run_room

    people = People(house.engine, house.clock)
    rooms = [bus_room(warehouse_of(house), house.city, house.audit, house.clock)]
    if house.city.relief:
        from gongmu.messages.pages import message_room
        from gongmu.relief.office import office_of
        from gongmu.relief.page_ground import batch_page, subject_page
        from gongmu.relief.pages import relief_room

        department = office_of(house.city).department
        rooms.append(relief_room(house, people))
        rooms.append(message_room(house, department, batch_page, subject_page))
    rooms.append(replace(bot_room(house, people), open_paths=(MCP_PATH,)))
    rooms.append(run_room(house.runs, house.answer, house.files, house.audit, house.clock))
    portal = make_portal(people=people, audit=house.audit, rooms=rooms, city_name=house.city.name)
    portal.router.routes.append(Route(MCP_PATH, endpoint=McpDoor(house)))
    return portal


def serve_portal(house: House, note: Callable[[str], None]) -> None:
    """Serve the portal, work on schedule and take up unfinished runs, until interrupted."""
    import uvicorn

    settings = house.settings
    schedule = register_work(house)
    portal = make_portal_app(house)
    with working(settings, house.engine) as worker:
        schedule(worker)
        note(f"포털: http://{settings.host}:{settings.port}  (멈추려면 Ctrl+C)")
        uvicorn.run(
            portal,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=5,
        )


def register_work(house: House) -> Callable[[Worker], None]:
    """Register every room's workflows; what is returned puts them on their schedule.

    Raises Refused when the city file's offices, hours or ordinances cannot be read.
    """
    from gongmu.bots.forgetting import Forgetting
    from gongmu.bots.guard.office import bots_office
    from gongmu.bots.knowledge.learning_run import NIGHTLY, Learning
    from gongmu.bots.registry import all_bots, check_desks, known_tools
    from gongmu.bots.search.index import SearchIndex
    from gongmu.bots.statutes.import_run import StatuteImport
    from gongmu.bus.daily_run import BusDay

    # A desk that points at what is not there stops the start, not the officer's question.
    check_desks(all_bots(), tools=known_tools(bots_office(house)))
    day, index = BusDay(house), SearchIndex(house.engine)
    learning, forgetting = Learning(house, index), Forgetting(house)
    StatuteImport(house, index)
    scheduled = [
        ("bus-nightly", day.nightly, house.settings.nightly_at),
        (NIGHTLY, learning.nightly, house.settings.learn_at),
    ]
    sending, week = None, None
    if house.city.relief:
        from gongmu.messages.sending import Sending
        from gongmu.relief.judging import law_of_house
        from gongmu.relief.notice_run import ReliefWeek

        # Ordinances that overlap or cannot be read stop the start, not the Monday morning.
        law_of_house(house)
        sending = Sending(house)
        week = ReliefWeek(house, sending)

    def schedule(worker: Worker) -> None:
        for name, run, cron in scheduled:
            worker.schedule(name, run, cron)
        forgetting.schedule(worker)
        if sending is not None and week is not None:
            sending.schedule(worker)
            week.schedule(worker)

    return schedule
