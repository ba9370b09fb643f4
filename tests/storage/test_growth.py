"""What a catalogue that grows costs: each row is read once, a month adds one value, and what callers pin has a bound."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, func, select

from app.tables.backup.restore import restore
from app.tables.backup.writing import backup
from app.tables.catalogue import row_values
from app.tables.catalogue.bounded_cache import Recent
from app.tables.catalogue.repository import Stock, read_catalogue
from app.tables.catalogue.snapshot import Catalogue, ContentUnreadable
from app.tables.drafts import workflow as drafts
from app.tables.loading.loader import latest_known
from app.tables.storage import models
from app.tables.storage.canonical_json import canonical, digest
from app.tables.storage.database import reading, writing
from tests.access.conftest import started
from tests.storage.test_altered import LPR, behind_its_back
from tests.storage.test_drafts import OLD, TABLE, published, step, table_content

MONTH = {"2026-09-21": "3.05%", "2026-10-20": "3.10%"}


def renewed(stock: Stock, engine: Engine) -> tuple[dict[str, int], bool, Catalogue]:
    """How many rows of each table a stock reads, whether they are all there are, and the catalogue of all."""
    with reading(engine) as session:
        rows, anew = stock.unread(session)
    return {name: len(found) for name, found in rows.items() if found}, anew, stock.catalogue_with(rows, anew)


def months(engine: Engine, *days: str) -> None:
    """Enter and publish months of one series."""
    for on in days:
        until = (date.fromisoformat(on) + timedelta(days=30)).isoformat()
        with writing(engine) as session:
            state = drafts.enter_month(session, "li", on, {LPR: MONTH.get(on, "3.15%")}, until, confirmed=True)
        step(engine, "publish", "wang", step(engine, "approve", "wang", state))


def contents(found: Catalogue) -> Any:
    """What a catalogue says, for comparison with another."""
    versions = {name: [(one.content, one.known_from, one.standings, one.ends_on) for one in of] for name, of in found.tables.items()}
    series = {name: [(one.digest, one.series.days, one.series.values) for one in of] for name, of in found.references.items()}
    shared = {name: (of[0].table.fund_methods, of[0].table.fund_exempt, of[0].table.known_tables) for name, of in found.tables.items()}
    funds = [(of.id, of.title, [(one.digest, one.known_from) for one in of.overlays], of.recorded) for of in found.funds.values()]
    return funds, found.batches, list(found.directions.items()), versions, series, shared, found.instants


def test_what_was_added_is_read_and_nothing_else(loaded: Engine) -> None:
    """One version, the end of the one before it, and when both stand; all other tables are the very same objects."""
    stock = Stock()
    _, anew, before = renewed(stock, loaded)
    assert anew
    published(loaded, table_content())
    rows, anew, after = renewed(stock, loaded)
    assert (rows.pop("version_standing") > 0, rows, anew) == (True, {"rate_table_version": 1, "version_event": 1}, False)
    assert after.choose(OLD, as_of=date(2026, 5, 1)).version == 3
    assert after.tables[TABLE] is before.tables[TABLE]
    months(loaded, "2026-09-21")
    rows, _, last = renewed(stock, loaded)
    assert rows == {"reference_rate_version": 1, "reference_rate": 1}
    assert last.tables[OLD] is after.tables[OLD]
    with Session(loaded) as session:
        assert contents(last) == contents(read_catalogue(session))
        assert renewed(stock, loaded)[0] == {}


def test_a_new_table_is_known_to_all_others(loaded: Engine) -> None:
    """What the tables of a fund share is made anew with it, as if all had been read together."""
    stock = Stock()
    renewed(stock, loaded)
    new = table_content() | {"direction": {"no": "9", "title": "新", "method": "AWARD", "area": None, "schemes": []}}
    published(loaded, new, target="t-fund-2024-1-9")
    _, anew, after = renewed(stock, loaded)
    assert (anew, "t-fund-2024-1-9" in after.tables[TABLE][0].table.known_tables) == (False, True)
    with Session(loaded) as session:
        assert contents(after) == contents(read_catalogue(session))


def test_another_database_is_read_anew(loaded: Engine, migrated: Engine) -> None:
    """A file that was put in the place of the one before, of which rows are gone, is never mixed with it."""
    stock = Stock()
    _, _, before = renewed(stock, loaded)
    rows, anew, after = renewed(stock, migrated)
    assert (bool(before.tables), rows, anew, after.tables) == (True, {}, True, {})
    _, anew, again = renewed(stock, loaded)
    assert (anew, contents(again)) == (True, contents(before))


@pytest.mark.parametrize(
    "statement",
    [
        f"DELETE FROM reference_rate WHERE series = '{LPR}' AND \"on\" = '2020-01-20'",
        f"UPDATE rate_table_version SET digest = 'sha256:0' WHERE rate_table = '{TABLE}'",
    ],
)
def test_what_is_no_more_as_it_was_read_is_read_anew(loaded: Engine, statement: str) -> None:
    """When something is published the next time, what was altered meanwhile is found out."""
    stock = Stock()
    renewed(stock, loaded)
    published(loaded, table_content())
    behind_its_back(loaded, statement)
    _, anew, found = renewed(stock, loaded)
    assert (anew, len(found.altered)) == (True, 1)


def test_terms_are_parsed_when_first_asked_for(loaded: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most versions of a large catalogue are never calculated with; each that is, once."""
    parsed = []
    parse = row_values.parse_terms

    def counting(raw: Any, *place: str, overlay: bool = False) -> Any:
        if not overlay:
            parsed.append(raw)
        return parse(raw, *place, overlay=overlay)

    monkeypatch.setattr(row_values, "parse_terms", counting)
    with Session(loaded) as session:
        found = read_catalogue(session)
    assert parsed == []
    for known_at in (None, found.latest_known_at, found.instants[-2]):
        assert found.choose(TABLE, version=1, known_at=known_at).terms is found.choose(TABLE, version=1).terms
    assert len(parsed) == 1


def test_what_a_later_release_has_written_is_named(loaded: Engine) -> None:
    """It is as it was stored, but cannot be read: the table is refused, the health check says so, all others are answered."""
    with Session(loaded) as session:
        (content,) = session.exec(select(models.RateTableVersion.content).where(models.RateTableVersion.rate_table == TABLE))
    raw = json.loads(content)
    raw["terms"]["of_a_later_release"] = "x"
    with loaded.begin() as connection:
        if loaded.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            connection.execute(text("DROP TRIGGER rate_table_version_no_update"))
        changed = {"content": canonical(raw), "digest": digest(canonical(raw)), "table": TABLE}
        connection.execute(text("UPDATE rate_table_version SET content = :content, digest = :digest WHERE rate_table = :table"), changed)
    with Session(loaded) as session, pytest.raises(ContentUnreadable):
        read_catalogue(session).choose(TABLE, version=1)
    with started(loaded.url.render_as_string(hide_password=False)) as service:
        english = {"Accept-Language": "en"}
        assert service.here.get("/health/ready").json()["status"] == "ready"
        answer = service.here.get(f"/v1/rate-tables/{TABLE}", headers=english)
        assert (answer.status_code, answer.json()["code"]) == (503, "CONTENT_ALTERED")
        assert "cannot read" in answer.json()["detail"]
        (part,) = service.here.get("/health/ready", headers=english).json()["degraded"]
        assert part["effect"].endswith(f"upgrade the service: rate_table_version {TABLE} 1")
        assert service.here.get(f"/v1/rate-tables/{OLD}").status_code == 200


# --- a month of reference rates ---------------------------------------------------------------------


def test_a_month_adds_one_row(loaded: Engine) -> None:
    """However long the series: its version holds the new value, and the digest of the version before."""
    def stored() -> tuple[int, int]:
        with Session(loaded) as session:
            kinds = (models.ReferenceRate, models.ReferenceRateVersion)
            first, second = (session.exec(select(func.count()).select_from(kind).where(kind.series == LPR)).one() for kind in kinds)
            return first, second

    rows, versions = stored()
    months(loaded, *MONTH)
    assert stored() == (rows + len(MONTH), versions + len(MONTH))
    with Session(loaded) as session:
        of = models.ReferenceRateVersion
        last, before = session.exec(select(of).where(of.series == LPR).order_by(col(of.version).desc()).limit(2)).all()
        content = json.loads(last.content)
        assert content["rows"] == [{"confidence": "read", "on": "2026-10-20", "value": "3.10%"}]
        assert content["extends"] == {"version": str(before.version), "digest": before.digest}
        found = read_catalogue(session)
    series = found.latest_series[LPR]
    assert (len(series.days), series.holds_until) == (rows + len(MONTH), date(2026, 11, 19))
    assert [one.version for one in found.references[LPR]] == list(range(1, versions + len(MONTH) + 1))


def test_what_was_known_before_a_month_stays(loaded: Engine) -> None:
    with Session(loaded) as session:
        before = read_catalogue(session)
    months(loaded, *MONTH)
    with Session(loaded) as session:
        after = read_catalogue(session)
    for instant in (*before.instants[:: len(before.instants) // 9], before.latest_known_at):
        assert after.series(instant) == before.series(instant)


def test_a_correction_says_all_its_rows_and_the_next_month_adds_to_it(loaded: Engine) -> None:
    months(loaded, "2026-09-21")
    with Session(loaded) as session:
        known = read_catalogue(session).latest_series[LPR]
    rows = [{"on": "2026-08-20", "value": "2.95%", "confidence": "read"}, {"on": "2026-09-21", "value": "3.05%", "confidence": "read"}]
    published(loaded, {"series": [{"series": LPR, "holds_until": "2026-10-20", "rows": rows, "add": None}]}, "REFERENCE_RATE", LPR)
    months(loaded, "2026-10-20")
    with Session(loaded) as session:
        found = read_catalogue(session)
    assert found.altered == ()
    assert len(found.latest_series[LPR].days) == 3
    assert known.version + 2 == found.latest_series[LPR].version


@pytest.mark.parametrize("altered", ["value", "value and digest"])
def test_the_digest_of_a_month_stands_for_the_months_before(loaded: Engine, altered: str) -> None:
    """Whoever alters an earlier one, and its digest with it, is found out by the next; and no further month is published upon it."""
    months(loaded, "2026-09-21", "2026-10-20")
    with Session(loaded) as session:
        of = models.ReferenceRateVersion
        head = session.exec(select(of).where(of.series == LPR, of.holds_until == date(2026, 10, 21))).one()
    content = head.content.replace("3.05%", "9.05%")
    sealed = f", digest = '{digest(content)}'" if altered == "value and digest" else ""
    where = f"WHERE series = '{LPR}' AND version = {head.version}"
    behind_its_back(
        loaded,
        f"UPDATE reference_rate SET value = '0.0905' {where} AND \"on\" = '2026-09-21'",
        f"UPDATE reference_rate_version SET content = '{content}'{sealed} {where}",
    )
    with Session(loaded) as session:
        found = read_catalogue(session)
    assert LPR not in found.references
    assert f"reference_rate_version {LPR} {head.version + bool(sealed)}" in found.altered
    with pytest.raises(drafts.NotNow, match="does not match its digest"):
        months(loaded, "2026-11-20")


def test_months_are_restored(loaded: Engine, migrated: Engine, tmp_path: Path) -> None:
    months(loaded, "2026-09-21", "2026-10-20")
    made = backup(loaded, tmp_path / "backup.gz")
    restore(migrated, tmp_path / "backup.gz", digest=made.digest)
    with Session(loaded) as one, Session(migrated) as other:
        assert contents(read_catalogue(one)) == contents(read_catalogue(other))


# --- what has a bound -------------------------------------------------------------------------------


def test_the_latest_instant_is_that_of_the_catalogue(loaded: Engine, migrated: Engine) -> None:
    """The database is asked for it, so that no step reads the catalogue for one instant."""
    def compare() -> None:
        with Session(loaded) as session:
            assert latest_known(session) == read_catalogue(session).latest_known_at

    compare()
    published(loaded, table_content())
    compare()
    months(loaded, "2026-09-21")
    compare()
    content = {"rate_table": OLD, "version": "3", "reason": "误发"}
    published(loaded, content, "WITHDRAWAL")
    compare()
    with Session(migrated) as session:
        assert latest_known(session) is None


def test_what_callers_pin_is_bounded(loaded: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many instants and days they name; what was dropped is answered as before."""
    for name in ("MOST_CHOICES", "MOST_PINNED", "MOST_STRETCHES"):
        monkeypatch.setattr(f"app.tables.catalogue.snapshot.{name}", 4)
    with Session(loaded) as session:
        found = read_catalogue(session)

    def asked() -> list[Any]:
        answers = []
        for instant in found.instants:
            series = {name: (one.days, one.holds_until) for name, one in found.series(instant).items()}
            try:
                table = found.choose(OLD, version=1, known_at=instant)
            except LookupError:
                answers.append(series)
                continue
            answers.append((series, table.effective_until, set(table.known_tables), dict(table.fund_methods), set(table.fund_exempt)))
        return answers

    assert asked() == asked()
    assert max(len(kept) for kept in (found._choices, found._pinned, found._series)) <= 4


def test_the_last_that_were_asked_for_are_kept() -> None:
    made: list[int] = []
    kept: Recent[int, int] = Recent(2)
    for key in (1, 2, 1, 3, 1, 2):
        assert kept.get(key, lambda key=key: made.append(key) or -key) == -key  # type: ignore[misc]
    assert made == [1, 2, 3, 2]
    with pytest.raises(ZeroDivisionError):
        kept.get(0, lambda: 1 // 0)
    assert len(kept) == 2


def test_a_table_as_known_earlier_holds_no_copy_of_the_others(loaded: Engine) -> None:
    """Its sets look up since when each table is known: they grow with no number of tables."""
    with Session(loaded) as session:
        found = read_catalogue(session)
    early = found.choose(TABLE, version=1, known_at=found.instants[-2])
    late = found.choose(TABLE, version=1)
    assert set(early.known_tables) < set(late.known_tables) or set(early.known_tables) == set(late.known_tables)
    assert len(early.known_tables) == len(set(early.known_tables))
    assert {name: early.fund_methods[name] for name in early.fund_methods} == dict(early.fund_methods)
    assert len(early.fund_methods) == len(dict(early.fund_methods))
    never = found.choose(TABLE, version=1, known_at=datetime(2025, 2, 1, tzinfo=UTC))
    assert OLD in late.known_tables
    with pytest.raises(KeyError):
        never.fund_methods["no-such-table"]
