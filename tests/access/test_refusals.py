"""Refused sign-ins: counted, bounded, written into the audit log, kept while the database is away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from app.access.refusal_counter import CAPACITY, Refusals, Refused
from app.access.scopes import Reason, Refusal
from app.tables.storage import audit_log as audit
from app.tables.storage.database import engine_of, reading
from app.tables.storage.models import Audit
from tests.access.conftest import Service, bearer, issued, started
from tests.conftest import PATIENCE_SECONDS

UNKNOWN = "sk_0123456789abcdef_" + "A" * 43


def test_a_refusal_is_handed_out_at_once_and_then_once_a_minute() -> None:
    refusals = Refusals()
    refusals.note(Refusal(Reason.EXPIRED, "k"))
    refusals.note(Refusal(Reason.EXPIRED, "k"))
    refusals.note(Refusal(Reason.NO_CREDENTIAL))
    assert refusals.drain(100.0) == [Refused("k", Reason.EXPIRED, 2), Refused("-", Reason.NO_CREDENTIAL, 1)]
    refusals.note(Refusal(Reason.EXPIRED, "k"))
    assert refusals.drain(159.9) == []
    refusals.note(Refusal(Reason.EXPIRED, "k"))
    assert refusals.drain(160.0) == [Refused("k", Reason.EXPIRED, 2)]
    assert refusals.drain(300.0) == []


def test_beyond_a_thousand_only_reasons_are_counted() -> None:
    """A flood of invented keys takes no more memory and no more rows."""
    refusals = Refusals()
    for number in range(CAPACITY + 500):
        refusals.note(Refusal(Reason.UNKNOWN_KEY, f"{number:016x}"))
    drained = refusals.drain(0.0)
    assert len(drained) == CAPACITY + 1
    assert sum(one.times for one in drained) == CAPACITY + 500
    assert drained[-1] == Refused("-", Reason.UNKNOWN_KEY, 500)


def test_a_flood_that_goes_on_is_a_thousand_rows_a_minute_at_most() -> None:
    refusals = Refusals()
    handed_out = []
    for second in range(60):
        for number in range(2_000):
            refusals.note(Refusal(Reason.UNKNOWN_KEY, f"{second:08x}{number:08x}"))
        handed_out += refusals.drain(float(second))
    assert len(handed_out) == CAPACITY + 1
    rest = refusals.drain(200.0)
    assert sum(one.times for one in [*handed_out, *rest]) == 60 * 2_000


def test_room_is_made_after_a_quiet_minute() -> None:
    refusals = Refusals(capacity=1)
    refusals.note(Refusal(Reason.EXPIRED, "a"))
    refusals.drain(0.0)
    refusals.drain(60.0)
    refusals.note(Refusal(Reason.EXPIRED, "b"))
    assert refusals.drain(61.0) == [Refused("b", Reason.EXPIRED, 1)]


@pytest.fixture
def service(own_database: str) -> Iterator[Service]:
    """A service that asks everybody for a credential."""
    with started(own_database, authentication="required") as running:
        yield running


def refused(url: str) -> list[tuple[str, str, str, str]]:
    """Actor, action, object and detail of every refusal in the audit log, whose chain must hold."""
    engine = engine_of(url)
    with reading(engine) as session:
        assert audit.verify(session) == []
        rows: list[Audit] = audit.entries(session, 0, 1000)
        found = [(row.actor, row.action, row.object, row.detail) for row in rows if row.action == "sign-in.refused"]
    engine.dispose()
    return found


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until something has happened beside the requests."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_each_refusal_is_in_the_audit_log(own_database: str) -> None:
    """Why and how often, under the key's id or ``-``. Written within seconds, the rest when the service stops."""
    old = issued(own_database, "calculate", days=1, age_days=2)
    calculating = issued(own_database, "calculate")
    with started(own_database, authentication="required") as service:
        service.elsewhere.get("/v1/funds")
        service.elsewhere.get("/v1/funds")
        service.elsewhere.get("/v1/funds", headers=bearer(UNKNOWN))
        service.elsewhere.get("/v1/funds", headers=bearer(old.secret))
        service.elsewhere.get("/v1/funds", headers=bearer("nonsense"))
        service.elsewhere.get("/v1/funds", headers=bearer(calculating.secret))
    assert sorted(refused(own_database)) == sorted(
        ("-", "sign-in.refused", name, f'{{"reason":"{reason}","times":{times}}}')
        for name, reason, times in (
            ("-", "NO_CREDENTIAL", 2),
            ("0123456789abcdef", "UNKNOWN_KEY", 1),
            (old.key_id, "EXPIRED", 1),
            ("-", "TOKENS_NOT_ACCEPTED", 1),
            (calculating.key_id, "MISSING_SCOPE", 1),
        )
    )


def test_refusals_are_written_while_the_service_runs(service: Service) -> None:
    service.elsewhere.get("/v1/funds", headers=bearer(UNKNOWN))
    eventually(lambda: len(refused(service.url)) == 1)


def test_while_the_database_is_away_refusals_wait(service: Service, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    with monkeypatch.context() as away:
        away.setattr(service.app.state.changes, "engine", engine_of("sqlite:////proc/nowhere.db"))
        service.elsewhere.get("/v1/funds", headers=bearer(UNKNOWN))
        said = ""

        def tried() -> bool:
            nonlocal said
            said += capfd.readouterr().out
            return "refusals and last uses wait for the database" in said

        eventually(tried)
        service.elsewhere.get("/v1/funds")
        assert service.here.get("/health/live").status_code == 200
        assert refused(service.url) == []
    eventually(lambda: len(refused(service.url)) == 2)


def test_a_key_made_elsewhere_is_known_within_seconds(service: Service) -> None:
    """By another process, or by the operator on the machine."""
    key = issued(service.url, "tables:read")
    eventually(lambda: service.elsewhere.get("/v1/funds", headers=bearer(key.secret)).status_code == 200)


def test_the_last_use_of_a_key_is_shown(own_database: str) -> None:
    admin = issued(own_database, "keys:admin")
    with started(own_database) as service:
        service.here.get("/v1/keys", headers=bearer(admin.secret))

        def used() -> bool:
            listed = service.here.get("/v1/keys", headers=bearer(admin.secret)).json()["keys"]
            return all(one["last_used_at"] is not None for one in listed)

        eventually(used)
