"""Accounts and sessions: who gets in, for how long, and what is kept of it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gongmu.core.errors import Refused
from gongmu.core.people import Act, People, Person, Role, SignInRules, check_password, session_table
from tests.conftest import Ticking
from tests.portal.conftest import QUICK

GOOD = "푸른 하늘 은하수 1"


@pytest.fixture
def people(engine: sa.Engine, clock: Ticking) -> People:
    made = People(engine, clock, SignInRules(failures=3, failures_from_one_address=5), QUICK)
    made.create("Kim", "김담당", [Role.WORK], GOOD, department="교통과", by="operator")
    return made


def test_a_person_signs_in_works_and_signs_out(people: People) -> None:
    signed_in = people.sign_in(" KIM ", GOOD, "10.0.0.7")
    assert signed_in.person.account == "kim"
    visitor = people.visitor(signed_in.token)
    assert visitor is not None
    assert visitor.may(Act.DOWNLOAD)
    people.sign_out(signed_in.token)
    assert people.visitor(signed_in.token) is None


def test_the_database_holds_neither_password_nor_token(people: People, engine: sa.Engine) -> None:
    token = people.sign_in("kim", GOOD, "").token
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM person")).all()
        sessions = connection.execute(sa.select(session_table)).all()
    assert GOOD not in str(rows)
    assert "$argon2id$" in str(rows)
    assert token not in str(sessions)


def test_unknown_account_and_wrong_password_look_the_same(people: People) -> None:
    said = []
    for account in ("kim", "nobody"):
        with pytest.raises(Refused) as caught:
            people.sign_in(account, "틀린 비밀번호 9", "")
        said.append((caught.value.code, str(caught.value)))
    assert said[0] == said[1]
    assert said[0][0] == "sign_in_refused"


def test_failures_lock_the_account_for_a_while(people: People, clock: Ticking) -> None:
    for _ in range(3):
        with pytest.raises(Refused, match="맞지 않습니다"):
            people.sign_in("kim", "틀린 비밀번호 9", "10.0.0.7")
    with pytest.raises(Refused) as caught:
        people.sign_in("kim", GOOD, "10.0.0.8")
    assert caught.value.code == "locked_out"
    clock.pass_(minutes=10, seconds=1)
    assert people.sign_in("kim", GOOD, "10.0.0.8").person.account == "kim"


def test_one_address_cannot_try_many_accounts(people: People) -> None:
    for number in range(5):
        with pytest.raises(Refused):
            people.sign_in(f"guess{number}", "틀린 비밀번호 9", "10.0.0.7")
    with pytest.raises(Refused) as caught:
        people.sign_in("kim", GOOD, "10.0.0.7")
    assert caught.value.code == "locked_out"
    assert people.sign_in("kim", GOOD, "10.0.0.8").token


def test_a_session_ends_when_idle_and_after_a_working_day(people: People, clock: Ticking) -> None:
    idle = people.sign_in("kim", GOOD, "").token
    clock.pass_(minutes=29)
    assert people.visitor(idle) is not None
    clock.pass_(minutes=29)
    assert people.visitor(idle) is not None, "use puts the end off"
    clock.pass_(minutes=31)
    assert people.visitor(idle) is None

    busy = people.sign_in("kim", GOOD, "").token
    for _ in range(24):
        clock.pass_(minutes=25)
        alive = people.visitor(busy)
    assert alive is None, "ten hours end it, used or not"


def test_disabling_ends_sessions_and_is_kept_in_the_history(people: People) -> None:
    token = people.sign_in("kim", GOOD, "").token
    people.set_roles("kim", [Role.VIEW], by="manager")
    visitor = people.visitor(token)
    assert visitor is not None
    assert not visitor.may(Act.DOWNLOAD), "an open session follows the new role"
    people.disable("kim", by="manager")
    assert people.visitor(token) is None
    with pytest.raises(Refused):
        people.sign_in("kim", GOOD, "")
    assert [(change.change, change.roles, change.by) for change in people.history("kim")] == [
        ("made", "담당", "operator"),
        ("roles", "조회", "manager"),
        ("disabled", "조회", "manager"),
    ]
    people.enable("kim", by="manager")
    assert people.sign_in("kim", GOOD, "").token


def test_a_new_password_ends_old_sessions(people: People) -> None:
    token = people.sign_in("kim", GOOD, "").token
    people.set_password("kim", "은하수 푸른 하늘 2", by="kim")
    assert people.visitor(token) is None
    assert people.sign_in("kim", "은하수 푸른 하늘 2", "").token


def test_an_account_name_is_given_once(people: People) -> None:
    with pytest.raises(Refused) as caught:
        people.create("KIM", "다른 김", [Role.VIEW], GOOD, by="operator")
    assert caught.value.code == "account_taken"
    assert [person.account for person in people.everyone()] == ["kim"]


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("짧다 1", "10자보다 짧습니다"),
        ("0123456789", "섞이지 않았습니다"),
        ("kim-2026-kim", "계정 이름"),
        ("aaaa11112222", "네 번 이어집니다"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        check_password(password, "kim", 10)


def test_roles_and_what_they_allow() -> None:
    downloads = {role.value for role in Role if _person(role).may(Act.DOWNLOAD)}
    assert downloads == {"담당", "결재", "관리"}
    assert all(_person(role).may(Act.VIEW) for role in Role)


def _person(role: Role) -> Person:
    return Person("person_1", "a", "b", "", frozenset({role}), disabled=False)
