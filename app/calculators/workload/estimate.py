"""What a calculation will cost, from the counts of its claim, before it begins: units of work, and lines of the answer.

A unit is about ten microseconds of one processor: a segment, that is a stretch of days of one drawdown on which nothing changes,
takes one. What multiplies is counted as it multiplies: drawdowns × changes, vouchers × rates, items × caps, earlier grants ×
accounts. Nothing is calculated here; the estimate takes time in proportion to the length of the claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from app.calculators.bilingual import Phrase
from app.calculators.claims.model import Claim
from app.calculators.stages.effective_rules import Rules, rules_of
from app.calculators.terms.builtins import FACT_LIST
from app.calculators.terms.model import RateTable, ReferenceSeries
from app.calculators.wording.nearest_names import MOST_COMPARED
from app.calculators.workload import loans as loan_cost

MOST_WORK: Final = 100_000
"""Units of one calculation: about one second of a processor."""
MOST_LINES: Final = 15_000
"""Segments, steps, caps and the like in one answer: about five megabytes."""

# Units and lines of each, as measured for the worst shapes: what is read, checked, calculated and told of it.
_CLAIM, _CLAIM_LINES = 20, 40  # and what a table says of itself
_ROW, _ROW_LINES = 9, 3  # a policy, item or project
_ROW_STEPS = {"items": 1, "policies": 1, "projects": 6}
_INVESTMENT = 4
_ACCOUNT = 3  # and one line and one step
_GRANT = 4
_NAME_COMPARED = 4  # with one that nobody knows
_HELD_AGAINST: Final = 8  # accounts against which a grant is held in a unit

_NAMES: Final[Mapping[str, Phrase]] = {
    "contracts": Phrase("合同", "contracts"),
    "drawdowns": Phrase("放款", "drawdowns"),
    "repayments": Phrase("还本", "repayments"),
    "rates": Phrase("利率变动", "changes of rates"),
    "vouchers": Phrase("利息凭证", "interest vouchers"),
    "periods": Phrase("剔除期间", "excluded periods"),
    "segments": Phrase("计息分段", "segments"),
    "policies": Phrase("保单", "policies"),
    "items": Phrase("事项", "items"),
    "projects": Phrase("项目", "projects"),
    "investments": Phrase("投资明细", "payments of investment"),
    "accounts": Phrase("限额账户", "accounts of caps"),
    "granted": Phrase("此前已获支持", "earlier grants"),
}


@dataclass(slots=True)
class Cost:
    """What a claim asks for, at most: ``work`` in units, ``lines`` of its answer, and ``working``, the segments and steps beside them."""

    rows: str  # the list of the claim that is calculated
    work: int
    lines: int
    working: int
    counts: dict[str, int] = field(default_factory=dict)

    def said(self) -> Phrase:
        """The counts in words.

        >>> Cost("contracts", 0, 0, 0, {"contracts": 1, "drawdowns": 500}).said().en
        'contracts 1, drawdowns 500'
        """
        named = [(name, f"{self.counts[key]:,}") for key, name in _NAMES.items() if self.counts.get(key)]
        zh, en = (f"{name.zh} {number}" for name, number in named), (f"{name.en} {number}" for name, number in named)
        return Phrase("、".join(zh), ", ".join(en))


@dataclass(frozen=True, slots=True)
class _Table:
    """What does not depend on the claim: units of a policy, item or project, and how many accounts the caps on amounts can have."""

    each: int
    caps: int
    apart: int  # caps that may have an account for each item
    most: tuple[int, ...]  # of each other cap, how many accounts there can be


@lru_cache(maxsize=1024)
def _table(rules: Rules) -> _Table:
    lines, caps = rules.table.terms.lines, [cap for cap in rules.caps if cap.bounds == "AMOUNT"]
    most = [1 if not cap.per else len(lines) for cap in caps if cap.keys in {(), ("line",)}]
    return _Table(_ROW + 2 * sum(1 + len(line.require) for line in lines), len(caps), len(caps) - len(most), tuple(most))


def cost_of(claim: Claim, table: RateTable, series: Mapping[str, ReferenceSeries]) -> Cost:
    """Count what a calculation under a table will take."""
    rules, rows = rules_of(table, claim.application_date), FACT_LIST[str(table.terms.facts)]
    frame, atoms, years = _table(rules), len(getattr(claim, rows) or ()), 1
    if rows == "contracts":
        loans = loan_cost.cost_of_loans(claim, rules, series)
        cost = Cost(
            rows=rows,
            work=_CLAIM + loans.work,
            lines=_CLAIM_LINES + loans.lines,
            working=loans.segments + loans.steps,
            counts=dict(loans.counts),
        )
        atoms, years = loans.atoms, loans.years
    else:
        cost = Cost(
            rows=rows,
            work=_CLAIM + frame.each * atoms,
            lines=_CLAIM_LINES + _ROW_LINES * atoms,
            working=_ROW_STEPS[rows] * atoms,
            counts={rows: atoms},
        )
        if rows == "projects":
            cost.counts["investments"] = sum([len(one.investments) for one in claim.projects or ()])
            cost.work += _INVESTMENT * cost.counts["investments"]
    accounts = frame.apart * atoms + sum([min(atoms, most * years) for most in frame.most])
    cost.counts["accounts"] = accounts
    cost.work += _ACCOUNT * accounts + frame.caps * atoms // 2  # each cap looks at every item
    cost.lines += accounts
    cost.working += accounts
    if claim.applicant.granted:
        _earlier(claim, table, accounts, cost)
    return cost


def _earlier(claim: Claim, table: RateTable, accounts: int, cost: Cost) -> None:
    """Earlier grants: held against every account; the name of a table that is not loaded is compared with those that are."""
    granted = claim.applicant.granted
    unknown = sum(one.rate_table not in table.known_tables for one in granted)
    compared = min(unknown * len(table.known_tables), MOST_COMPARED)
    cost.work += _GRANT * len(granted) + _NAME_COMPARED * compared + accounts * len(granted) // _HELD_AGAINST
    cost.lines += len(granted)
    cost.counts["granted"] = len(granted)
