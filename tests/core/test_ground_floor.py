"""Vault, files, audit and runs, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pickle
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from gongmu.core.audit import Audit
from gongmu.core.database import Instant, metadata, upgrade
from gongmu.core.errors import Refused
from gongmu.core.files import FileStore
from gongmu.core.runs import Runs, Status
from gongmu.core.settings import Settings
from gongmu.core.vault import KEY_FILE, Secret, Vault
from tests.conftest import Ticking


def test_a_secret_is_kept_and_never_shown(vault: Vault) -> None:
    vault.put_secret("bms.password", "열려라-참깨", by="kim")
    secret = vault.secret("bms.password")
    assert secret.reveal() == "열려라-참깨"
    for shown in (str(secret), repr(secret), f"{secret}", f"{secret!r}", f"{[secret]}"):
        assert "참깨" not in shown
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert [info.name for info in vault.secret_names()] == ["bms.password"]


def test_a_missing_secret_says_how_to_set_it(vault: Vault) -> None:
    with pytest.raises(Refused, match=r"gongmu secrets set card\.password"):
        vault.secret("card.password")


def test_a_secret_set_again_is_replaced(vault: Vault) -> None:
    vault.put_secret("a", "하나", by="kim")
    vault.put_secret("a", "둘", by="lee")
    assert vault.secret("a").reveal() == "둘"
    assert [info.set_by for info in vault.secret_names()] == ["lee"]


def test_the_database_holds_no_secret_in_clear(vault: Vault, engine: sa.Engine) -> None:
    vault.put_secret("bms.password", "plain-to-see", by="kim")
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM secret")).all()
    assert b"plain-to-see" not in repr(rows).encode()


def test_sealed_bytes_open_only_for_their_purpose_and_key(vault: Vault, engine: sa.Engine) -> None:
    sealed = vault.seal(b"body", "file:1")
    assert vault.unseal(sealed, "file:1") == b"body"
    with pytest.raises(Refused, match="열 수 없습니다"):
        vault.unseal(sealed, "file:2")
    with pytest.raises(Refused):
        vault.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), "file:1")
    with pytest.raises(Refused):
        Vault(engine, bytes(32)).unseal(sealed, "file:1")


def test_the_key_file_is_made_once_and_belongs_to_its_owner(
    settings: Settings, vault: Vault, engine: sa.Engine
) -> None:
    path = settings.home / KEY_FILE
    assert path.stat().st_mode & 0o077 == 0
    again = Vault.open(settings, engine)
    assert again.derived_key("card") == vault.derived_key("card")
    assert vault.derived_key("card") != vault.derived_key("other")


@given(st.text())
def test_secret_text_never_leaks_through_formatting(value: str) -> None:
    shown = f"{Secret(value)}{Secret(value)!r}"
    assert shown == "••••Secret(••••)"


def test_a_file_is_kept_once_and_sealed(
    files: FileStore, settings: Settings, clock: Ticking
) -> None:
    first = files.put(b"card,1234", "a.csv", kind="card", source="card")
    clock.pass_(days=1)
    again = files.put(b"card,1234", "b.csv", kind="card", source="card")
    assert again == first
    assert files.read(first.sha256) == b"card,1234"
    kept = [path for path in (settings.home / "files").rglob("*") if path.is_file()]
    assert len(kept) == 1
    assert b"1234" not in kept[0].read_bytes()


def test_a_changed_or_lost_file_is_noticed(files: FileStore, settings: Settings) -> None:
    record = files.put(b"day", "a.csv", kind="card", source="card")
    path: Path = settings.home / "files" / record.sha256[:2] / record.sha256
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(Refused, match="열 수 없습니다"):
        files.read(record.sha256)
    path.unlink()
    with pytest.raises(Refused, match="없습니다"):
        files.read(record.sha256)
    files.put(b"day", "a.csv", kind="card", source="card")
    assert files.read(record.sha256) == b"day"


def test_only_old_files_of_the_kind_are_forgotten(files: FileStore, clock: Ticking) -> None:
    old = files.put(b"cookie 1", "a.json", kind="browser_state", source="card")
    day = files.put(b"taps", "a.csv", kind="download", source="card")
    clock.pass_(days=8)
    new = files.put(b"cookie 2", "b.json", kind="browser_state", source="card")
    assert files.forget_older("browser_state", clock() - timedelta(days=7)) == 1
    assert files.find(old.sha256) is None
    assert [files.read(kept.sha256) for kept in (day, new)] == [b"taps", b"cookie 2"]
    with pytest.raises(Refused):
        files.read(old.sha256)


def test_the_audit_chain_notices_any_change(audit: Audit, engine: sa.Engine) -> None:
    for about in ("2026-11-20", "2026-11-21", "2026-11-22"):
        audit.record("kim", "bus.view", about, address="10.0.0.7", subjects=3)
    assert audit.first_broken() is None
    assert [entry.number for entry in audit.entries()] == [1, 2, 3]
    _tamper(engine, "UPDATE audit SET about = '2026-11-01' WHERE number = 2")
    assert audit.first_broken() == 2


def test_a_line_taken_out_of_the_record_is_noticed(audit: Audit, engine: sa.Engine) -> None:
    for about in ("a", "b", "c"):
        audit.record("kim", "bus.view", about)
    _tamper(engine, "DELETE FROM audit WHERE number = 2")
    assert audit.first_broken() == 2


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'x'", "DELETE FROM audit"])
def test_the_database_itself_refuses_changes(
    audit: Audit, engine: sa.Engine, statement: str
) -> None:
    audit.record("kim", "bus.view", "2026-11-20")
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(sa.text(statement))


def _tamper(engine: sa.Engine, statement: str) -> None:
    """Change the record as somebody with the database's own rights could."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER audit_keeps"))
        else:
            for act in ("update", "delete"):
                connection.execute(sa.text(f"DROP TRIGGER audit_keeps_{act}"))
        connection.execute(sa.text(statement))


def test_a_run_is_followed_from_start_to_end(runs: Runs, clock: Ticking) -> None:
    runs.start("bus-day/2026-11-20", "bus-day", "2026. 11. 20. 버스 하루")
    runs.note("bus-day/2026-11-20", "로그인했습니다")
    clock.pass_(minutes=2)
    runs.change("bus-day/2026-11-20", Status.WAITING, "휴대전화에서 승인하세요")
    assert runs.recent()[0].status is Status.WAITING
    runs.start("bus-day/2026-11-20", "bus-day", "2026. 11. 20. 버스 하루")
    runs.change("bus-day/2026-11-20", Status.DONE, "마쳤습니다", items=7)
    run = runs.find("bus-day/2026-11-20")
    assert run is not None
    assert (run.status, run.items) == (Status.DONE, 7)
    assert [step.text for step in runs.steps(run.run_id)] == ["로그인했습니다"]
    assert runs.find("bus-day/none") is None


def test_the_migrations_make_the_declared_tables(engine: sa.Engine) -> None:
    upgrade(engine)
    inspector = sa.inspect(engine)
    for table in metadata.sorted_tables:
        made = {column["name"] for column in inspector.get_columns(table.name)}
        assert made == {column.name for column in table.columns}, table.name


def test_naive_times_are_refused() -> None:
    from datetime import datetime

    with pytest.raises(ValueError, match="naive"):
        Instant().process_bind_param(datetime(2026, 1, 1), sa.make_url("sqlite://").get_dialect()())  # noqa: DTZ001
