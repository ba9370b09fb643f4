"""What a draft would do is calculated under a catalogue that is supposed: it is the one that publication makes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from app.tables.catalogue.hypothetical import supposing
from app.tables.catalogue.repository import read_catalogue
from app.tables.catalogue.snapshot import Catalogue
from app.tables.drafts import workflow as drafts
from app.tables.storage.database import writing
from tests.drafts.chip_fund import DIRECTIONS, TABLE, batch, fund, measures, new_version, version, withdrawal

END = {"rate_table": TABLE, "version": "1", "last_day": "2026-06-30", "reason": "到期"}
FOLLOWING = {"effective": {"first_day": "2026-07-01", "last_day": "open"}}
MONTH = {"series": [{"series": "LPR_1Y", "holds_until": "2026-10-20", "add": [{"on": "2026-09-21", "value": "3.00%"}]}]}
USD = {
    "series": "USD_CNY",
    "title": "美元兑人民币中间价",
    "source": "中国外汇交易中心",
    "authority": "official",
    "values_are": "NUMBER",
    "holds_until": "2026-12-01",
    "rows": [{"on": "2026-11-02", "value": "7.0871", "confidence": "read"}],
}
STEPS: dict[str, list[dict[str, Any]]] = {
    "a fund": [fund(measures())],
    "corrected rules": [fund(measures()), batch(*DIRECTIONS), fund(measures("200万"))],
    "a batch": [fund(measures()), batch(*DIRECTIONS)],
    "a correction": [fund(measures()), batch(*DIRECTIONS), new_version("40%", supersedes="1")],
    "what follows": [fund(), batch(*DIRECTIONS), new_version("40%", **FOLLOWING)],
    "standards": [fund(), batch(*DIRECTIONS), batch(DIRECTIONS[1] | {"title": "首台套", "not_loaded": None, "method": "AWARD", "version": version()})],
    "words": [fund(), batch(*DIRECTIONS), batch(DIRECTIONS[1] | {"title": "首台套"}, authority="official")],
    "a withdrawal": [fund(), batch(*DIRECTIONS), new_version("40%", supersedes="1"), withdrawal("2")],
    "a return": [fund(), batch(*DIRECTIONS), new_version("40%", supersedes="1"), withdrawal("2", returns="1")],
    "an end": [fund(), batch(*DIRECTIONS), {"kind": "END_OF_VALIDITY", "target": TABLE, "content": END}],
    "an end and a withdrawal": [
        fund(),
        batch(*DIRECTIONS),
        new_version("40%", **FOLLOWING),
        withdrawal("1"),
    ],
    "a month": [{"kind": "REFERENCE_RATE", "target": "LPR_1Y", "content": MONTH}],
    "a series": [{"kind": "REFERENCE_RATE", "target": "USD_CNY", "content": {"series": [USD]}}],
}


def said(found: Catalogue) -> Any:
    """All that a catalogue says, of each table as of now and of the instants between."""
    tables = {
        name: [
            (
                one.table.id,
                one.table.title,
                one.table.version,
                one.table.digest,
                one.table.document,
                [(rules.id, rules.digest) for rules in one.table.overlays],
                dict(one.table.fund_methods),
                sorted(one.table.fund_exempt),
                one.content,
                one.known_from,
                [(of.effective_from, of.effective_until, of.known_from, of.known_until) for of in one.standings if of.known_until != of.known_from],
                (one.superseded_at, one.superseded_by, one.withdrawn_at, one.ended_at, one.ends_on),
            )
            for one in versions
        ]
        for name, versions in found.tables.items()
        if name.startswith("hd-chip")
    }
    funds = {name: (one.title, [rules.digest for rules in one.versions], one.recorded) for name, one in found.funds.items()}
    directions = {name: (one.number, one.title, one.method, one.area, one.not_loaded, one.schemes) for name, one in found.directions.items()}
    batches = {name: (one.title, one.digest, one.content, [of.rate_table for of in one.directions]) for name, one in found.batches.items()}
    series = {name: (one.version, one.digest, one.days, one.values) for name, one in found.latest_series.items()}
    return tables, funds, directions, batches, series, found.instants


@pytest.mark.parametrize("name", STEPS)
def test_what_is_supposed_is_what_publication_makes(loaded: Engine, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last draft of each walk: its rows supposed beside what was published before, and then published at the same instant."""
    *earlier, last = STEPS[name]
    for step in earlier:
        with writing(loaded) as session:
            drafts.publish(session, "wang", approved(session, step), None)
    with writing(loaded) as session:
        draft, at = approved(session, last), drafts.next_instant(session)
        proposal = drafts.proposal_of(session, drafts.state_of(session, draft), at=at)
        assert proposal.faults == []
        before = read_catalogue(session)
        supposed = supposing(before, proposal.rows)
        monkeypatch.setattr(drafts, "next_instant", lambda _: at)
        drafts.publish(session, "wang", draft, None)
        after = read_catalogue(session)
    assert said(supposed) == said(after)
    assert said(supposed) != said(before)


def approved(session: Session, step: dict[str, Any]) -> str:
    """A draft that li wrote and wang approved."""
    draft = drafts.begin(session, "li", step["kind"], step["target"], step["content"], "content").draft.id
    drafts.check(session, "li", draft, None)
    drafts.approve(session, "wang", draft, None)
    return draft
