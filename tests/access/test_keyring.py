"""The keys in memory: what a request costs, what is compared, when last uses are written down."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from app.access import key_cache as keyring
from app.access import keys
from app.access.key_cache import Keyring, Uses, write_uses
from app.access.scopes import Actor, Reason, Refusal, Scope
from app.tables.storage import audit_log as audit
from app.tables.storage.database import engine_of, writing
from app.tables.storage.migrations import migrate
from app.tables.storage.models import ApiKeyUse

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def engine(tmp_path: Any) -> Iterator[Engine]:
    """An empty database."""
    url = f"sqlite:///{tmp_path}/keys.db"
    migrate(url)
    made = engine_of(url)
    yield made
    made.dispose()


def made(engine: Engine, **more: Any) -> keys.Issued:
    """A key for calculating, valid for ten days from ``NOW``."""
    given = {"name": "x", "owner": "li", "scopes": [Scope.CALCULATE], "days": 10, "now": NOW} | more
    with writing(engine) as session:
        return keys.create(session, "operator:test", **given)


def read(engine: Engine) -> Keyring:
    """The keys as they are."""
    with Session(engine) as session:
        return Keyring.read(session)


def test_a_right_secret_is_its_owner(engine: Engine) -> None:
    """The person, not the key: four eyes compare persons."""
    key = made(engine, owner="li", scopes=[Scope.TABLES_READ, Scope.CALCULATE])
    assert read(engine).find(key.secret, NOW) == Actor("li", frozenset({Scope.CALCULATE, Scope.TABLES_READ}), key.key_id)


def test_the_last_instant_of_a_secret(engine: Engine) -> None:
    key = made(engine)
    ring = read(engine)
    last = key.expires_at - timedelta(microseconds=1)
    assert isinstance(ring.find(key.secret, last), Actor)
    assert ring.find(key.secret, key.expires_at) == Refusal(Reason.EXPIRED, key.key_id)


def test_the_last_instant_of_the_grace_period(engine: Engine) -> None:
    key = made(engine)
    with writing(engine) as session:
        new = keys.rotate(session, "operator:test", key.key_id, grace_hours=24, days=10, now=NOW)
    ring = read(engine)
    assert isinstance(ring.find(key.secret, NOW + 24 * HOUR - timedelta(microseconds=1)), Actor)
    assert ring.find(key.secret, NOW + 24 * HOUR) == Refusal(Reason.REPLACED, key.key_id)
    assert isinstance(ring.find(new.secret, NOW + 24 * HOUR), Actor)


def test_an_expired_secret_is_not_prolonged_by_a_grace_period(engine: Engine) -> None:
    key = made(engine, days=1)
    with writing(engine) as session:
        keys.rotate(session, "operator:test", key.key_id, grace_hours=168, days=10, now=NOW)
    assert read(engine).find(key.secret, NOW + 24 * HOUR) == Refusal(Reason.EXPIRED, key.key_id)


@pytest.mark.parametrize(
    "credential",
    ["", "sk_", "sk_0123456789abcdef", "sk_0123456789abcdef_" + "A" * 42, "sk_0123456789ABCDEF_" + "A" * 43, "sk_0123456789abcdef_" + "é" * 43],
)
def test_a_malformed_credential_is_one_refusal(engine: Engine, credential: str) -> None:
    assert read(engine).find(credential, NOW) == Refusal(Reason.MALFORMED)


def test_a_secret_of_another_key_is_wrong(engine: Engine) -> None:
    one, other = made(engine), made(engine)
    assert read(engine).find(one.secret[:-43] + other.secret[-43:], NOW) == Refusal(Reason.WRONG_SECRET, one.key_id)


def test_a_revoked_key_says_so_only_to_who_has_its_secret(engine: Engine) -> None:
    key = made(engine)
    with writing(engine) as session:
        keys.revoke(session, "operator:test", key.key_id, now=NOW)
    ring = read(engine)
    assert ring.find(key.secret, NOW) == Refusal(Reason.REVOKED, key.key_id)
    assert ring.find(key.secret[:-43] + "A" * 43, NOW) == Refusal(Reason.WRONG_SECRET, key.key_id)


def test_every_secret_is_compared_in_constant_time(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """``hmac.compare_digest`` alone decides: for every secret of the key, found or not, and also for an unknown key."""
    key, other = made(engine), made(engine)
    with writing(engine) as session:
        keys.rotate(session, "operator:test", key.key_id, grace_hours=24, days=10, now=NOW)
    ring = read(engine)
    compared: list[tuple[int, int]] = []

    def compare(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(keyring, "compare_digest", compare)
    for credential, times in (
        (key.secret, 2),
        (key.secret[:-43] + "A" * 43, 2),
        (other.secret, 1),
        ("sk_0123456789abcdef_" + "A" * 43, 1),
    ):
        compared.clear()
        ring.find(credential, NOW)
        assert compared == [(64, 64)] * times


def test_nothing_else_decides(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    key = made(engine)
    ring = read(engine)
    monkeypatch.setattr(keyring, "compare_digest", lambda *_: False)
    assert ring.find(key.secret, NOW) == Refusal(Reason.WRONG_SECRET, key.key_id)
    monkeypatch.setattr(keyring, "compare_digest", lambda *_: True)
    assert ring.find("sk_0123456789abcdef_" + "A" * 43, NOW) == Refusal(Reason.UNKNOWN_KEY, "0123456789abcdef")


def test_no_statement_reaches_the_database(engine: Engine) -> None:
    key = made(engine)
    ring = read(engine)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    ring.find(key.secret, NOW)
    ring.find("sk_0123456789abcdef_" + "A" * 43, NOW)
    assert statements == []
    read(engine)
    assert statements  # the listener does hear


def test_a_secret_is_not_in_what_is_printed_of_it(engine: Engine) -> None:
    key = made(engine)
    for value in (key, read(engine)):
        assert key.secret[-43:] not in repr(value)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "a key's name has"),
        ({"name": "x "}, "a key's name has"),
        ({"owner": "li:na"}, "an owner is"),
        ({"scopes": []}, "a key has at least one scope"),
        ({"days": 0}, "a secret is valid for 1 to 400 days"),
        ({"days": 401}, "a secret is valid for 1 to 400 days"),
    ],
)
def test_a_key_that_cannot_be_is_not_made(engine: Engine, wrong: dict[str, Any], said: str) -> None:
    """Whoever asks for it: nothing is kept, nothing is logged."""
    with pytest.raises(ValueError, match=said):
        made(engine, **wrong)
    with Session(engine) as session:
        assert keys.listed(session) == []
        assert audit.head_of(session).last == 0


@pytest.mark.parametrize("hours", [-1, 169])
def test_a_grace_period_that_cannot_be(engine: Engine, hours: int) -> None:
    key = made(engine)
    with pytest.raises(ValueError, match="the grace period is 0 to 168 hours"), writing(engine) as session:
        keys.rotate(session, "operator:test", key.key_id, grace_hours=hours, days=10, now=NOW)
    with Session(engine) as session:
        assert len(keys.listed(session)[0].secrets) == 1


def test_a_scope_of_a_later_version_gives_nothing(engine: Engine) -> None:
    """After a step back to this version."""
    assert keys.scopes_of(keys.ApiKey(id="k", name="x", owner="li", scopes="calculate tables:burn", created_by="li", created_at=NOW)) == (
        Scope.CALCULATE,
    )


def test_a_last_use_is_written_once_a_minute() -> None:
    uses = Uses()
    uses.note("k", NOW)
    uses.note("k", NOW + timedelta(seconds=2))
    assert uses.due() == {"k": NOW + timedelta(seconds=2)}
    uses.written(uses.due())
    uses.note("k", NOW + timedelta(seconds=61))
    assert uses.due() == {}
    uses.note("k", NOW + timedelta(seconds=62))
    uses.note("l", NOW)
    assert uses.due() == {"k": NOW + timedelta(seconds=62), "l": NOW}


def test_the_later_of_two_uses_stays(engine: Engine) -> None:
    """Several processes write; the slower one must not turn the clock back."""
    key = made(engine).key_id
    for at in (NOW, NOW + HOUR, NOW + HOUR / 2):
        with writing(engine) as session:
            write_uses(session, {key: at})
    with Session(engine) as session:
        assert session.get_one(ApiKeyUse, key).last_used_at == NOW + HOUR
