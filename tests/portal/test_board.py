"""The congestion page: its numbers, its words, its pieces."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from gongmu.bus import heatmap
from gongmu.bus.figures import Figures, View
from gongmu.bus.overview import Overview
from gongmu.bus.warehouse import Warehouse
from gongmu.portal import svg
from tests.portal.conftest import Served, open_portal, serving
from tests.portal.days import CITY, DAY, Line, publish

GOLDEN = Path(__file__).parent.parent / "golden" / "heatmap.html"
SMALL = (Line("2-1", 1.35, 5), Line("13-4", 0.5, 5))


@pytest.fixture
def small(tmp_path: Path) -> Warehouse:
    warehouse = Warehouse(tmp_path / "small")
    publish(warehouse, SMALL, hours=9)
    return warehouse


def _heat(page: str) -> str:
    found = re.search(r"<table class=\"heat\".*?</table>", page, re.DOTALL)
    assert found
    return found[0]


def test_the_heat_table_is_as_agreed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The golden table; after a wanted change, delete it and run again, then read the diff."""
    monkeypatch.setattr("tests.portal.conftest.publish", lambda w: publish(w, SMALL, hours=9))
    with serving(open_portal(tmp_path)) as served, served.visitor("kim") as kim:
        table = _heat(kim.get("/bus").text) + "\n"
    if not GOLDEN.exists():
        GOLDEN.write_text(table, encoding="utf-8")
        pytest.fail("the golden table was missing and has been written: read it and run again")
    assert table == GOLDEN.read_text(encoding="utf-8")


def test_what_to_look_at_first_is_said_with_its_evidence(served: Served) -> None:
    with served.visitor("kim") as kim:
        page = kim.get("/bus").text
    assert "62-1번 상행 08시" in page
    assert "승차정원의 142%까지 찼습니다" in page
    assert "근거 보기" in page
    for printed in ("재차인원(정류소 i)", "재차율(%) = 재차인원 ÷ 분모", "경기도 2017", "일(잠정)"):
        assert printed in page, printed
    assert "98.6% (986/1,000)" in page


def test_cells_show_their_class_without_colour(served: Served) -> None:
    with served.visitor("kim") as kim:
        table = _heat(kim.get("/bus").text)
    worst = re.search(r'<td class="g3"><a [^>]*title="([^"]*)"[^>]*>142</a>', table)
    assert worst
    assert "62-1번 08시 최대 재차율 142% 매우혼잡" in worst[1]


def test_a_piece_only_for_htmx_and_the_whole_page_for_back(served: Served) -> None:
    address = "/bus?at=234000002:1&hour=8"
    with served.visitor("kim") as kim:
        piece = kim.get(address, headers={"HX-Request": "true", "HX-Request-Type": "partial"}).text
        full = kim.get(address, headers={"HX-Request": "true", "HX-Request-Type": "full"}).text
    assert piece.lstrip().startswith('<section class="panel" id="profile"')
    assert full.lstrip().startswith("<!doctype html>")
    assert "62-1번 상행 08시 정류소별 재차" in piece


def test_names_from_data_are_never_markup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = Line('<script>alert(1)</script>"onload=', 1.2, 5)
    monkeypatch.setattr("tests.portal.conftest.publish", lambda w: publish(w, [evil]))
    with serving(open_portal(tmp_path)) as served, served.visitor("kim") as kim:
        pages = [kim.get("/bus").text, kim.get("/bus?route=234000000").text]
        pages.append(kim.get('/bus?at="><img src=x onerror=alert(1)>:1&hour=8').text)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert not re.search(r"<[^>]*\s(onload|onerror|style)=", page)


def test_one_route_shows_its_stops_by_hour(served: Served) -> None:
    with served.visitor("kim") as kim:
        page = kim.get("/bus?route=234000002&way=1").text
    assert "정류소 × 시간대 최대 재차율" in page
    assert "6 62-1 정류소6" in page
    with served.visitor("kim") as kim:
        both = kim.get("/bus?route=234000002").text
    assert re.findall(r'scope="rowgroup"[^>]*><span>(.*?)</span>', both) == ["상행", "하행"]
    assert '">혼잡 현황</a></li>' in both, "the way back to all routes"


def test_the_fullest_routes_can_stand_first(served: Served) -> None:
    with served.visitor("kim") as kim:
        pages = [kim.get(f"/bus?order={order}").text for order in ("", "full")]
    first, fullest = (re.findall(r'boost="false">(.*?)</a></th>', page) for page in pages)
    assert first == ["2-1번", "7-1번", "13-4번", "62-1번", "720-2번"]
    assert fullest == ["62-1번", "2-1번", "13-4번", "720-2번", "7-1번"]


def test_classes_say_how_far_they_reach_and_what_is_estimated(served: Served) -> None:
    with served.visitor("kim") as kim:
        pages = [kim.get(path).text for path in ("/bus", "/bus/why")]
    for said in ("혼잡 100%까지", "매우혼잡 100% 넘음"):
        assert said in pages[0], said
    for page in pages:
        assert "대형 25·40·55명" in page
        assert "중형 15·24·33명(추정), 소형 9·14·20명(추정)" in page


def test_hours_past_midnight_are_explained() -> None:
    assert [heatmap.hour_text(hour) for hour in (4, 23, 25)] == [
        "04시",
        "23시",
        "25시(다음 날 1시)",
    ]


def test_a_stretch_with_gaps_says_how_many_stops() -> None:
    worst = {"route_id": "1", "direction": 0, "hour": 8, "share_max": 1.5, "over_minutes": 9.0,
             "days_over": 1}  # fmt: skip
    stops = pl.DataFrame(
        {"stop_seq": [3, 4, 9], "stop_name": ["가", "나", "다"], "share_max": [1.2, 1.5, 1.1]}
    )
    said = heatmap.finding(worst, stops, "92", 1, "승차정원").sentence
    assert said == (
        "92번 순환 08시에 3~9번째 정류소(가~다) 가운데 3곳에서 승차정원의 150%까지 찼습니다."
    )


def test_the_other_denominator_is_worked_out_from_the_vehicles(small: Warehouse) -> None:
    figures = Figures(small, CITY.code, CITY.denominator)
    view = View(DAY, DAY, base="seats")
    seats = figures.routes_hours(view, [DAY])
    standing = figures.routes_hours(View(DAY, DAY), [DAY])
    assert seats["share_max"].to_list() == pytest.approx(
        [share * 55 / 25 for share in standing["share_max"]]
    )
    assert seats["hour"].to_list() == standing["hour"].to_list()
    again = Figures(small, CITY.code, "seats").routes_hours(View(DAY, DAY, base="capacity"), [DAY])
    for column in ("share_max", "share_mean", "load_max", "trips"):
        assert again[column].to_list() == pytest.approx(standing[column].to_list()), column


def test_a_period_joins_its_days(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    days = [date(2026, 11, day) for day in (18, 19, 20, 21)]
    publish(warehouse, SMALL, days, hours=9)
    page = Overview(Figures(warehouse, CITY.code, CITY.denominator), CITY)
    view, chosen = page.view({}, days)
    assert view.week == "work"
    assert chosen == days[:3], "Saturday is left out by default"
    shown = page.board(view, chosen)
    assert "3일 가운데 3일 되풀이되었습니다" in shown["finding"].sentence
    assert shown["profile_note"].startswith(
        "이 시간대에 가장 찬 운행 하나: 2026. 11. 18. 08:02 출발"
    )
    mean, _ = page.view({"value": "mean", "at": "234000000:1", "hour": 8}, days)
    averages = page.profile(mean, chosen)
    loads = [point.load for point, _ in averages["points"]]
    one = page.profile(page.view({"at": "234000000:1", "hour": 8}, days)[0], chosen)
    assert loads == [point.load for point, _ in one["points"]], "equal days have that mean"


def test_nothing_published_and_an_empty_period_name_the_next_step(tmp_path: Path) -> None:
    with serving(open_portal(tmp_path, published=False)) as served, served.visitor("kim") as kim:
        assert "아직 분석한 운행일이 없습니다" in kim.get("/bus").text
        assert kim.get("/bus/workbook.xlsx").status_code == 404
        assert "아직 실행한 일이 없습니다" in kim.get("/runs").text


def test_a_period_without_days_offers_the_days_there_are(served: Served) -> None:
    with served.visitor("kim") as kim:
        page = kim.get("/bus?from=2026-01-01&to=2026-01-02").text
        assert "이 기간에는 분석한 운행일이 없습니다" in page
        nothing = kim.get("/bus?at=234000002:1&hour=3").text
        assert "이 시간대에는 이 노선의 운행이 없습니다" in nothing


def test_the_lineage_names_files_hashes_rows_and_code(served: Served) -> None:
    with served.visitor("kim") as kim:
        page = kim.get("/bus/why").text
    for fact in ("정류소통과_20261120.xls", "abababababab", "1,234", "0.1.0", "BMS로 바로잡은"):
        assert fact in page, fact


def test_a_calm_city_is_said_to_be_calm() -> None:
    worst = {"route_id": "1", "direction": 2, "hour": 18, "share_max": 0.915, "over_minutes": 0.0}
    stops = pl.DataFrame(schema={"stop_seq": pl.Int16, "stop_name": pl.String, "share_max": float})
    said = heatmap.finding(worst, stops, "92", 20, "승차정원")
    assert said.calm
    assert "가장 찬 곳은 92번 하행 18시의 92%입니다" in said.sentence


def test_route_numbers_stand_in_the_order_people_use() -> None:
    numbers = ["720-2", "13-4", "M5107", "2-1", "2", "112", "7-1"]
    ordered = sorted(numbers, key=heatmap.number_order)
    assert ordered == ["2", "2-1", "7-1", "13-4", "112", "720-2", "M5107"]


def test_charts_escape_their_words_and_keep_gaps() -> None:
    stops = [svg.ProfileStop(1, "가", 5, 0, 5, 0), svg.ProfileStop(2, "나", 0, 5, 0, 0)]
    drawn = svg.load_profile(stops, 55, '"<b>')
    assert "<b>" not in drawn
    assert "style=" not in drawn
    assert svg.load_profile([], 0, "빈 그림").startswith("<svg")
    assert svg.sparkline([0.5, 0.6, None, 0.7, 0.8], 1.0).count("<polyline") == 2


def test_first_load_is_small(served: Served) -> None:
    with served.visitor("kim") as kim:
        paths = re.findall(r'(?:href|src)="(/static/[^"]+)"', page := kim.get("/bus").text)
        sizes = {}
        for path in ["/bus", *paths]:
            with kim.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
                sizes[path] = sum(len(piece) for piece in answer.iter_raw())
    assert page
    assert sum(sizes.values()) <= 60 * 1024, sizes
