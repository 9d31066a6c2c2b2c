"""A folder of files becomes tables: what an officer may find there, and what comes out of it."""

from __future__ import annotations

import io
import random
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from gongmu.app import open_house
from gongmu.bus import tables
from gongmu.bus.folder_run import analyse_folder
from gongmu.bus.folder_summary import FolderSummary, summary_lines
from gongmu.core.city import load_city
from gongmu.core.errors import Refused
from gongmu.core.house import House
from gongmu.core.settings import Settings
from gongmu.practice.make import make
from gongmu.practice.score import score
from tests.conftest import shared

FRIDAY = date(2026, 11, 20)
DATA, MASTERS = "card/DWTCD_20261120.dat", "bms/정류소_20261120.csv"
Files = Mapping[str, bytes]


def _make(folder: Path, *, days: int, faults: int) -> Path:
    make(folder, 4, days, 0.02, faults, FRIDAY, lambda _: None)
    return folder


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    settings = Settings(home=tmp_path_factory.mktemp("home"), city="practice")
    with open_house(settings, lambda: datetime(2026, 11, 23, tzinfo=UTC)) as house:
        yield house


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One service day with few faults."""
    return _make(tmp_path_factory.mktemp("city"), days=1, faults=1)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One service day with garbage lines and a renamed column."""
    return _make(tmp_path_factory.mktemp("broken"), days=1, faults=3)


def run(
    house: House, folder: Path, out: Path, denominator: str = "", accept: str = ""
) -> FolderSummary:
    return analyse_folder(
        house, folder, out, denominator=denominator, accept=accept, note=lambda _: None
    )


@pytest.fixture(scope="module")
def accepted(house: House, broken: Path, tmp_path_factory: pytest.TempPathFactory) -> FolderSummary:
    """The broken day after a person has accepted it."""
    out = tmp_path_factory.mktemp("accepted")
    return run(house, broken / "outside", out, accept="ARS 번호 없이 씁니다")


@pytest.fixture(scope="module")
def plain(house: House, city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What comes out of the good day."""
    out = tmp_path_factory.mktemp("plain")
    run(house, city / "outside", out)
    return out


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refused) as why:
        yield
    assert why.value.code == code


def beside(city: Path, place: Path, files: Files) -> Path:
    """Return a copy of the day's folder with more files lying in it."""
    folder = place / "beside"
    shutil.copytree(city / "outside", folder)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def same_loads(one: Path, other: Path) -> None:
    for table in ("trip_stop", "route_hour", "stop_hour", "od", "transfer"):
        frames = [pl.read_parquet(out / f"{table}.parquet") for out in (one, other)]
        assert_frame_equal(*frames, check_row_order=False)


def measure(out: Path, name: str) -> float:
    rows = pl.read_parquet(out / "quality.parquet").filter(pl.col("measure") == name)
    return float(rows["count"].sum())


# ------------------------------------------------------------------ what comes out


def test_two_days_are_published_exactly_as_the_contract_says(house: House, tmp_path: Path) -> None:
    made = _make(tmp_path / "city", days=2, faults=2)
    out = tmp_path / "out"
    summary = run(house, made / "outside", out)
    assert summary.days == (FRIDAY, date(2026, 11, 21))
    for table in tables.PUBLISHED_TABLES:
        frame = pl.read_parquet(out / f"{table.name}.parquet")
        assert dict(frame.schema) == table.schema, table.name
        assert frame["service_day"].unique().sort().to_list() == list(summary.days), table.name
    expected = {f"{table.name}.parquet" for table in tables.PUBLISHED_TABLES}
    assert {path.name for path in out.iterdir()} == expected | {
        "set_aside.parquet",
        "set_aside.csv",
    }
    marks = score(out, made / "truth")
    assert marks["load_mae"] < 0.2
    assert marks["missing_trip_stop_share"] == 0


def test_the_truth_beside_the_data_is_never_read(
    house: House, city: Path, plain: Path, tmp_path: Path
) -> None:
    summary = run(house, city, tmp_path / "out")
    assert not [intake.name for intake in summary.intakes if "truth" in intake.name]
    same_loads(plain, tmp_path / "out")


def test_a_load_factor_is_the_load_over_the_chosen_denominator(
    house: House, city: Path, plain: Path, tmp_path: Path
) -> None:
    run(house, city / "outside", tmp_path, denominator="seats")
    by_capacity = pl.read_parquet(plain / "trip_stop.parquet")
    by_seats = pl.read_parquet(tmp_path / "trip_stop.parquet")
    assert by_capacity["load"].equals(by_seats["load"])
    assert (by_seats["capacity"] < by_capacity["capacity"]).all()
    for frame in (by_capacity, by_seats):
        off = (frame["load_factor"] * frame["capacity"] - frame["load"]).abs().max()
        assert off == pytest.approx(0, abs=1e-9)
    with refused("denominator_unknown"):
        run(house, city / "outside", tmp_path, denominator="people")


def test_the_order_of_the_files_does_not_matter(
    house: House, city: Path, plain: Path, tmp_path: Path
) -> None:
    shuffled = random.Random(1)  # noqa: S311  no secret, an order of files
    for path in sorted((city / "outside").rglob("*.*")):
        place = tmp_path / "in" / f"{shuffled.random():.6f}"
        place.mkdir(parents=True)
        shutil.copy(path, place)
    run(house, tmp_path / "in", tmp_path / "out")
    same_loads(plain, tmp_path / "out")


def test_a_zip_of_the_day_is_the_day(house: House, city: Path, plain: Path, tmp_path: Path) -> None:
    whole = tmp_path / "in" / "하루.zip"
    whole.parent.mkdir()
    with zipfile.ZipFile(whole, "w") as archive:
        for path in (city / "outside").rglob("*.*"):
            archive.write(path, path.relative_to(city).as_posix())
    run(house, tmp_path / "in", tmp_path / "out")
    same_loads(plain, tmp_path / "out")


# ------------------------------------------------------------------ what holds a day


def test_a_renamed_column_holds_the_day_until_a_person_accepts(
    house: House, broken: Path, accepted: FolderSummary, tmp_path: Path
) -> None:
    with pytest.raises(Refused) as held:
        run(house, broken / "outside", tmp_path)
    assert held.value.code == "day_held"
    for word in (MASTERS, "'ARS번호'", "정류소번호", "[layout.bms_stops.columns.ars_id]"):
        assert word in held.value.message
    assert "--accept" in held.value.todo
    assert not (tmp_path / "trip_stop.parquet").exists()

    marks = score(accepted.out, broken / "truth")
    # The rest of the stop register still serves; without it the loads would be off by persons.
    assert marks["load_mae"] < 1
    assert marks["boarding_stop_exact_share"] > 0.9
    for intake in accepted.intakes:
        told = intake.rows_kept + intake.set_aside.height + intake.rows_skipped
        assert intake.rows_read == told, intake.name


def test_every_row_set_aside_stands_in_a_list_a_spreadsheet_opens(
    broken: Path, accepted: FolderSummary
) -> None:
    listed = (accepted.out / "set_aside.csv").read_bytes()
    assert listed.startswith(b"\xef\xbb\xbf")
    rows = pl.read_csv(io.BytesIO(listed))
    assert rows.columns == list(tables.SET_ASIDE.schema)
    assert rows.height > 0
    assert rows["file_name"].is_in([DATA, *_names(broken)]).all()
    for name, number in rows.select("file_name", "row_number").iter_rows():
        if name.endswith(".dat"):
            lines = (broken / "outside" / name).read_bytes().split(b"\n")
            assert lines[number - 1].count(b"|") != 27
    assert rows.filter(pl.col("message").str.contains("[가-힣]")).height == rows.height


def _names(folder: Path) -> list[str]:
    outside = folder / "outside"
    return [path.relative_to(outside).as_posix() for path in outside.rglob("*.*")]


def _zip(data: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("DWTCD_20261120.dat", data)
    return target.getvalue()


LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 9
SIGN_IN = "<html><body><form>다시 로그인하세요</form></body></html>".encode()
HEADER = "운행일자,정산사ID,카드,정산지역코드,정산사차량ID,승차일시,정산사승차정류장ID\n"
HOLDING = {
    "잘린.zip": (_zip(b"x" * 900)[:-40], "압축이 잘림"),
    "교통카드_2.xlsx": (LOCKED, "암호"),
    "정류소통과_20261120_새여객.xls": (SIGN_IN, "로그인"),
    "빈.csv": (b"", "내용이 없습니다"),
    "TB_KTS_DWTCD_METROPOLITAN_20261119.csv": (HEADER.encode(), "'가상카드번호'"),
    "DWTCD_20261118.csv": (bytes(range(256)) * 9, "표로 읽을 수 없습니다"),
    "하루.egg": (b"EGGA", "zip으로"),
}
STRAYS: Files = {
    "안내.pdf": b"%PDF-1.7",
    "화면.png": b"\x89PNG\r\n\x1a\n\0",
    "README.md": b"# x",
    "읽어두기.txt": "이 폴더에는 하루 자료가 있습니다.\n".encode(),
}


@pytest.mark.parametrize("name", HOLDING)
def test_a_file_that_may_be_missing_data_holds_the_day(
    house: House, city: Path, tmp_path: Path, name: str
) -> None:
    data, said = HOLDING[name]
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / name).write_bytes(data)
    with refused("nothing_read"):
        run(house, tmp_path / "alone", tmp_path / "out")
    with pytest.raises(Refused) as held:
        run(house, beside(city, tmp_path, {name: data}), tmp_path / "out")
    assert held.value.code == "day_held"
    assert f"'{name}'" in held.value.message
    assert said in held.value.message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"MM99150000", b"MM10146000", "다른 도시의 자료"),
        (b"2026112", b"2030112", "오늘보다 뒤"),
    ],
    ids=["another city", "the future"],
)
def test_a_file_of_which_nothing_could_be_kept_holds_the_day(
    house: House, city: Path, tmp_path: Path, old: bytes, new: bytes, said: str
) -> None:
    data = (city / "outside" / DATA).read_bytes().replace(old, new)
    with pytest.raises(Refused) as held:
        run(house, beside(city, tmp_path, {"DWTCD_x.dat": data}), tmp_path / "out")
    assert held.value.code == "day_held"
    assert "'DWTCD_x.dat'" in held.value.message
    assert said in held.value.message
    aside = pl.read_csv(tmp_path / "out" / "set_aside.csv")
    assert set(aside["file_name"]) == {"DWTCD_x.dat"}
    assert aside.height == len(data.splitlines())


def test_what_lies_around_is_named_and_holds_nothing(
    house: House, city: Path, plain: Path, tmp_path: Path
) -> None:
    summary = run(house, beside(city, tmp_path, STRAYS), tmp_path / "out")
    refused = {intake.name for intake in summary.intakes if intake.refused is not None}
    assert refused == set(STRAYS)
    same_loads(plain, tmp_path / "out")


# ------------------------------------------------------------------ what comes twice


def test_a_copied_file_counts_once(house: House, city: Path, plain: Path, tmp_path: Path) -> None:
    data = (city / "outside" / DATA).read_bytes()
    summary = run(house, beside(city, tmp_path, {"복사본.dat": data}), tmp_path / "out")
    [copied] = [i for i in summary.intakes if i.name == "복사본.dat"]
    assert (copied.rows_read, copied.refused) == (0, None)
    assert DATA in copied.notes[0]
    same_loads(plain, tmp_path / "out")


def test_the_same_taps_in_another_layout_count_once_and_are_said(
    house: House, city: Path, plain: Path, tmp_path: Path
) -> None:
    fields = {"운행일자": 1, "정산사ID": 2, "가상카드번호": 4, "정산지역코드": 5, "정산사차량ID": 8,
              "교통수단코드": 12, "정산사노선ID": 14, "승차일시": 15, "정산사승차정류장ID": 18,
              "하차일시": 19, "정산사하차정류장ID": 21, "트랜잭션ID": 22, "환승건수": 23,
              "이용자유형코드": 24, "이용자수": 25, "이용거리": 26}  # fmt: skip
    rows = [line.split("|") for line in (city / "outside" / DATA).read_text("cp949").splitlines()]
    lines = [",".join(fields), *(",".join(r[at - 1] for at in fields.values()) for r in rows)]
    again = {"다시.csv": "\n".join(lines).encode()}
    run(house, beside(city, tmp_path, again), tmp_path / "out")
    same_loads(plain, tmp_path / "out")
    more = measure(tmp_path / "out", "repeats") - measure(plain, "repeats")
    assert more == len(rows) > 0


# ------------------------------------------------------------------ when there are no loads


def test_cards_without_a_bms_are_counted_and_refused(
    house: House, city: Path, tmp_path: Path
) -> None:
    with pytest.raises(Refused) as why:
        run(house, city / "outside" / "card", tmp_path)
    assert why.value.code == "events_missing"
    assert "교통카드 이용 내역" in why.value.message
    assert "BMS" in why.value.todo


def test_a_bms_without_cards_is_no_city_of_empty_buses(
    house: House, city: Path, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="교통카드 이용 내역이 한 줄도 없습니다"):
        run(house, city / "outside" / "bms", tmp_path)


def test_taps_of_a_day_without_a_bms_are_said(house: House, city: Path, tmp_path: Path) -> None:
    other = (city / "outside" / DATA).read_bytes().replace(b"2026112", b"2026111")
    summary = run(house, beside(city, tmp_path, {"DWTCD_x.dat": other}), tmp_path / "out")
    [(day, rows)] = [entry for entry in summary.unused if entry[0].day == 10]
    assert (day, rows) == (date(2026, 11, 10), len(other.splitlines()))
    assert any("2026. 11. 10." in line for line in summary_lines(summary))


def _seoul(house: House) -> House:
    return replace(house, city=load_city("seoul"))


def _monthly(folder: Path) -> None:
    hours = ",".join(["3", "2"] * 24)
    titles = ["가", "가", "가", "가(나, 다)"]
    lines = [f"202201,100,{title},0100{n},종로,{hours}" for n, title in enumerate(titles)]
    (folder / "월별.txt").write_text("\n".join(lines), "utf-8")


def test_monthly_counts_are_written_and_summed_without_loads(house: House, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    _monthly(tmp_path / "in")
    summary = run(_seoul(house), tmp_path / "in", tmp_path / "out")
    written = pl.read_parquet(tmp_path / "out" / "monthly_stop_hours.parquet")
    assert dict(written.schema) == tables.MONTHLY_STOP_HOURS.schema
    assert (written.height, written["boardings"].sum()) == (96, 288)
    told = "\n".join(summary_lines(summary))
    assert "승차 288명" in told
    assert "재차는 내지 않았습니다" in told
    assert not (tmp_path / "out" / "trip_stop.parquet").exists()


def test_the_real_month_of_seoul_adds_up(house: House, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(shared("data", "seoul_hourly_2022_01.txt"), tmp_path / "in")
    summary = run(_seoul(house), tmp_path / "in", tmp_path / "out")
    assert "승차 117,216,099명" in "\n".join(summary_lines(summary))


# ------------------------------------------------------------------ places


def test_results_inside_the_folder_are_not_read_as_data(house: House, tmp_path: Path) -> None:
    _monthly(tmp_path)
    seoul = _seoul(house)
    for _ in range(2):
        summary = run(seoul, tmp_path, tmp_path / "out")
        assert [intake.name for intake in summary.intakes] == ["월별.txt"]


def test_a_folder_that_is_not_there_and_one_that_cannot_be_written(
    house: House, city: Path, tmp_path: Path
) -> None:
    with refused("folder_missing"):
        run(house, tmp_path / "없음", tmp_path / "out")
    (tmp_path / "파일").write_text("x")
    with refused("out_unwritable"):
        run(house, city / "outside", tmp_path / "파일")
