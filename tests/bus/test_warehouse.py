"""Published days: replaced whole, read by SQL, and nothing else on the disk can be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from gongmu.bus.warehouse import Manifest, SourceFile, Warehouse
from gongmu.core.errors import Refused

DAY, NEXT = date(2026, 11, 20), date(2026, 11, 21)
MANIFEST = Manifest(
    "practice", DAY, (SourceFile("카드.dat", "00ff", 3),), "digest", "0.1.0",
    {"quality": 1}, {"matched": 0.98}, datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
)  # fmt: skip


def day_tables(load: int) -> dict[str, pl.DataFrame]:
    moment = pl.Series([datetime(2026, 11, 19, 23, tzinfo=UTC)]).dt.convert_time_zone("Asia/Seoul")
    quality = pl.DataFrame({"measure": ["taps"], "note": ["가 나"]})
    return {"quality": quality, "trip": pl.DataFrame({"load": [load], "moment": moment})}


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    warehouse = Warehouse(tmp_path)
    warehouse.publish("practice", DAY, day_tables(7), MANIFEST)
    return warehouse


def test_a_published_day_can_be_listed_read_and_explained(warehouse: Warehouse) -> None:
    assert warehouse.days("practice") == [DAY]
    assert warehouse.manifest("practice", DAY) == MANIFEST
    assert pl.read_parquet(warehouse.path("practice", DAY, "trip"))["load"].to_list() == [7]
    rows = warehouse.query("select load, moment, note from trip, quality", "practice", [DAY])
    assert rows.row(0)[::2] == (7, "가 나")
    assert rows["moment"][0].isoformat() == "2026-11-20T08:00:00+09:00"


def test_days_are_read_together_with_parameters(warehouse: Warehouse) -> None:
    later = replace(MANIFEST, service_day=NEXT)
    warehouse.publish("practice", NEXT, day_tables(5), later)
    sql = "select sum(load)::int as total from trip where load > $least"
    both = warehouse.query(sql, "practice", [DAY, NEXT], {"least": 1})
    assert both["total"].item() == 12
    only = warehouse.query("select load from trip where load > ?", "practice", [DAY, NEXT], [5])
    assert only["load"].to_list() == [7]


def test_publishing_again_replaces_the_whole_day(warehouse: Warehouse, tmp_path: Path) -> None:
    for load in (8, 9, 10):
        fewer = {"quality": day_tables(0)["quality"], "trip": day_tables(load)["trip"]}
        warehouse.publish("practice", DAY, fewer, MANIFEST)
    assert warehouse.query("select load from trip", "practice", [DAY])["load"].to_list() == [10]
    versions = [path for path in (tmp_path / "practice" / str(DAY)).iterdir() if path.is_dir()]
    assert len(versions) == 2, "the current version and the one before"


def test_a_publication_that_breaks_off_leaves_the_old_day(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    broken = day_tables(99) | {"a/b/c": pl.DataFrame({"x": [1]})}
    with pytest.raises(OSError, match="a/b/c"):
        warehouse.publish("practice", DAY, broken, MANIFEST)
    assert warehouse.query("select load from trip", "practice", [DAY])["load"].to_list() == [7]
    folder = tmp_path / "practice" / str(DAY)
    assert len(list(folder.iterdir())) == 2, "one version and the name of the current one"


def test_a_day_that_was_never_published_is_refused(warehouse: Warehouse) -> None:
    assert warehouse.manifest("practice", NEXT) is None
    assert not warehouse.path("practice", NEXT, "trip").exists()
    for days in ([], [DAY, NEXT]):
        with pytest.raises(Refused) as refused:
            warehouse.query("select 1", "practice", days)
        assert refused.value.code == "day_not_published"


def test_sql_cannot_reach_other_files(warehouse: Warehouse, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(duckdb.PermissionException):
        warehouse.query("select * from read_csv(?)", "practice", [DAY], [str(secret)])
    with pytest.raises(duckdb.Error):
        warehouse.query("set enable_external_access = true", "practice", [DAY])
