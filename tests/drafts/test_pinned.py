"""Sent again with its ``version`` and ``known_at``, a request gives the same bytes, whatever is published later (D65)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.api.drafts.examples import BEGIN, MONTH
from app.cli import app
from app.settings import settings
from tests.contract.requests import AWARD, INSURANCE, LOAN, insurance, loan
from tests.drafts.conftest import Office
from tests.storage.notices import FUND, batch, direction, series, series_version, version

TABLE = "bj-gjj-2025-1-11"
BEIJING = timedelta(hours=8)
TODAY = (datetime.now(UTC) + BEIJING).date()


def late_loan(**more: Any) -> dict[str, Any]:
    """A floating loan whose interest of this autumn depends on rates that are not all published yet."""
    period = {"from": "2024-01-01", "until": "2026-11-01"}
    return loan(version=1, claim_period=period, application_date="2026-11-20", **more)


ASKED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "today": {"known_on": TODAY.isoformat()},
    "the_end_of_today": {"known_at": f"{TODAY}T23:59:59.999999+08:00"},
    "a_day_to_come": {"known_on": "2040-12-31"},
    "an_instant_to_come": {"known_at": "2040-01-01T00:00:00Z"},
    "both": {"known_on": TODAY.isoformat(), "known_at": "2040-01-01T00:00:00Z"},
    "the_past": {"known_at": "2026-08-20T09:00:00+08:00"},
    "a_past_day": {"known_on": "2026-08-25"},
}
BODIES = {"insurance": (INSURANCE, insurance(application_date="2026-12-02")), "loan": (LOAN, late_loan())}


class Promises:
    """Answers that were given, and the requests that must give them again."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.given: dict[tuple[str, dict[str, Any] | str], tuple[str, dict[str, Any], bytes]] = {}

    def ask(self, when: str) -> None:
        """Ask everything now, and remember it; what is sent back must already be the same."""
        for name, (path, body) in BODIES.items():
            for how, known in ASKED.items():
                first = self.office.client.post(path, json=body | known)
                assert first.status_code == 200, (name, how, first.text)
                answer = first.json()
                known_at, latest = (datetime.fromisoformat(at) for at in (answer["known_at"], self.office.known_at()))
                assert known_at <= latest, (name, how)
                pinned = body | {"version": answer["provenance"]["rate_table"]["version"], "known_at": answer["known_at"]}
                self.given[f"{when}: {name}", how] = (path, pinned, first.content)
        self.keep(when)

    def keep(self, when: str) -> None:
        """Every answer so far comes again, byte for byte."""
        for of, (path, pinned, content) in self.given.items():
            assert self.office.client.post(path, json=pinned).content == content, (of, when)


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    """The command reads its settings once for a process."""
    settings.cache_clear()
    yield
    settings.cache_clear()


def enter_a_month(office: Office) -> None:
    """September's rates: entered by li, published by wang."""
    before = office.known_at()
    entered = office.call("li", "POST", "/v1/reference-rates", MONTH["both"]["value"])
    draft, etag = entered.headers["location"], entered.headers["etag"]
    for name in ("approve", "publish"):
        response = office.step("wang", draft, etag, name)
        assert response.status_code == 200, response.text
        etag = response.headers["etag"]
    office.wait_until(lambda: office.known_at() != before)


def load_a_file(office: Office, folder: Path) -> None:
    """Another fund's files, whose notices are older than what was answered already, and a new series."""
    before = office.known_at()
    rates = series(series_version(1, "2026-08-24T00:00:00+08:00", "2027-01-01", ("2024-01-02", "3.45%")))
    files = {"funds": FUND, "t": batch(direction(version(1, "2024-01-15"))), "rate": rates}
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["tables", "load", str(folder)], env={"SUBSIDY_DATABASE_URL": office.service.url})
    assert done.exit_code == 0, done.output
    office.wait_until(lambda: office.known_at() != before)


def test_every_answer_comes_again_after_every_later_publication(office: Office, tmp_path: Path) -> None:
    """Publications follow each other as fast as they can, several in a second; each is followed by all questions again."""
    promises = Promises(office)
    promises.ask("at first")
    office.publish(BEGIN["content"]["value"])  # version 2 from 2026-12-01, which ends version 1
    promises.ask("a new version")
    enter_a_month(office)
    promises.ask("a month of rates")
    end = {"rate_table": TABLE, "version": "2", "last_day": "2027-12-31", "reason": "办法到期"}
    office.publish({"kind": "END_OF_VALIDITY", "target": TABLE, "content": end})
    promises.ask("an end")
    folder = tmp_path / "files"
    folder.mkdir()
    load_a_file(office, folder)
    promises.ask("a file")
    third = {**BEGIN["content"]["value"]["content"], "version": {**BEGIN["content"]["value"]["content"]["version"], "supersedes": "2"}}
    office.publish({"kind": "RATE_TABLE", "target": TABLE, "content": third})
    promises.ask("a correction")
    withdrawn = {"rate_table": "bj-gjj-2025-3-1", "version": "2", "reason": "依据的通知已废止"}
    office.publish({"kind": "WITHDRAWAL", "target": "bj-gjj-2025-3-1", "content": withdrawn})
    promises.keep("a withdrawal")


def test_what_is_published_changes_what_is_answered_from_then_on(office: Office) -> None:
    """Else the test above could not fail: the questions do see the publications."""
    first = {name: office.client.post(path, json=body).json() for name, (path, body) in BODIES.items()}
    office.publish(BEGIN["content"]["value"])
    enter_a_month(office)
    then = {name: office.client.post(path, json=body).json() for name, (path, body) in BODIES.items()}
    assert (first["insurance"]["provenance"]["rate_table"]["version"], then["insurance"]["provenance"]["rate_table"]["version"]) == (1, 2)
    rates = [[one["version"] for one in of["loan"]["provenance"]["reference_rates"]] for of in (first, then)]
    assert rates[0] != rates[1]


def test_an_instant_to_come_is_not_promised(office: Office) -> None:
    """What is asked as known in 2040 is answered as known last, and says so; a past day means its end, in Beijing."""
    latest = office.known_at()
    end = "2026-08-25T23:59:59.999999+08:00"
    for how, known_at in (("an_instant_to_come", latest), ("a_day_to_come", latest), ("today", latest), ("a_past_day", end)):
        assert office.client.post(INSURANCE, json=insurance() | ASKED[how]).json()["known_at"] == known_at
    past = office.client.post(INSURANCE, json=insurance(known_on="2026-08-19")).json()
    assert past["known_at"] == "2026-08-19T23:59:59.999999+08:00"


def test_the_end_of_a_version_is_told_as_far_as_it_was_known(office: Office) -> None:
    """Version 1 ends on 2026-11-30 when version 2 is published; answers given before keep their open end."""
    before = office.client.post(INSURANCE, json=insurance()).json()
    office.publish(BEGIN["content"]["value"])
    after = office.client.post(INSURANCE, json=insurance()).json()
    pinned = office.client.post(INSURANCE, json=insurance(version=1, known_at=before["known_at"])).json()
    ends = [one["provenance"]["rate_table"]["effective_until"] for one in (before, after, pinned)]
    assert ends == [None, "2026-12-01", None]
    entry = office.client.get(f"/v1/rate-tables/{TABLE}/versions").json()["versions"][0]
    assert (entry["effective_until"], entry["ends_on"]) == ("2026-12-01", "2026-11-30")


@pytest.mark.parametrize(
    ("known", "code"),
    [({"known_on": "2025-01-19"}, "NO_VERSION_IN_FORCE"), ({"known_at": "2025-01-19T23:59:59+08:00", "version": 1}, "VERSION_NOT_FOUND")],
)
def test_before_the_publication_its_instant_is_named(office: Office, known: dict[str, Any], code: str) -> None:
    response = office.client.post(INSURANCE, json=insurance() | known)
    assert (response.status_code, response.json()["code"]) == (404, code)
    assert "于 2025-01-20T00:00:00+08:00 才公布" in response.json()["detail"]
    english = office.client.post(INSURANCE, json=insurance() | known, headers={"Accept-Language": "en"}).json()
    assert "published only at 2025-01-20T00:00:00+08:00" in english["detail"]


def test_two_versions_of_a_series_that_became_known_at_once(office: Office, tmp_path: Path) -> None:
    """Both older than what is known already, so that both are known from the moment of loading: the later one counts."""
    both = series(
        series_version(1, "2024-06-01T00:00:00+08:00", "2040-01-01", ("2024-01-02", "3.45%")),
        series_version(2, "2024-07-01T00:00:00+08:00", "2040-01-01", ("2024-01-02", "3.55%")),
    )
    line = "lines: [{id: ALL, base: base_amount, rate: 'reference(T_RATE, APPLICATION_DATE)', clause: c}]"
    terms = f"        terms:\n          facts: ITEMS\n          applicant: PERSON\n          wording: EXACT\n          {line}\n"
    for name, text in {"funds": FUND, "rate": both, "t": batch(direction(version(1, "2024-01-15", terms=terms)))}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["tables", "load", str(tmp_path)], env={"SUBSIDY_DATABASE_URL": office.service.url})
    assert done.exit_code == 0, done.output
    address = "/v1/reference-rates/T_RATE?on=2024-06-15"
    office.wait_until(lambda: office.client.get(address).status_code == 200)
    assert office.client.get(address).json()["value"]["value"] == "0.0355"
    claim = {"rate_table": "t-fund-2024-1-1", "application_date": "2024-07-01", "applicant": {}, "items": [{"item_id": "A", "base_amount": "100.00"}]}
    assert office.client.post(AWARD, json=claim).json()["amount"] == "3.55"
