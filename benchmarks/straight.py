"""The least that Python can do for these requests: one scheme, one contract, no rules, written in a straight line.

Texts, clauses and provenance are taken from the service's first answer; the numbers are worked out. Nothing is
checked, nothing is general, no cap can bind. It bounds what a general calculation can reach within the service,
and gives the very same answers, which ``make bench`` checks.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Any

from fastapi import FastAPI

from app.calculators import assessment
from app.calculators.claims.model import Claim, Contract
from app.calculators.quantities import calendar as days
from app.calculators.quantities.amount_in_words import in_words
from app.calculators.quantities.day_counts import DAY_COUNTS
from app.calculators.quantities.money import fen, spread, yuan
from app.calculators.results import model as results
from app.calculators.terms.model import ReferenceSeries
from app.main import create_app
from app.services import calculation as calculating
from benchmarks import bodies

LIMIT = 1_000_000_000  # fen: both caps of the scheme
BASIS = 360


class StraightLine:
    """Stands in for ``app.calculators.assessment``."""

    def __init__(self) -> None:
        self.model: results.Result | None = None

    def assess(self, claim: Claim, table: Any, series: Any, **more: Any) -> results.Result:
        """Answer as the service does."""
        if self.model is None:
            self.model = assessment.assess(claim, table, series, **more)
        return answer(claim, self.model, series[bodies.SERIES])


def answer(claim: Claim, model: results.Result, series: ReferenceSeries) -> results.Result:
    """Work out one claim of ``benchmarks.bodies``."""
    assert claim.contracts
    contract = claim.contracts[0]
    start, end, no = contract.drawdowns[0].on.toordinal(), claim.application_date.toordinal(), contract.contract_no
    rate_days, rates = _rates(contract, start, series)
    flows = sorted([(one.on.toordinal(), fen(one.principal)) for one in contract.repayments])
    changes = [start, *[day for day, _ in flows]]
    balances = list(accumulate([fen(contract.drawdowns[0].amount), *[-amount for _, amount in flows]]))
    marks = [*sorted({day for day in (*changes, *rate_days) if day < end}), end]
    counted = [balances[bisect_right(changes, day) - 1] for day in marks[:-1]]
    by_rate = [rates[bisect_right(rate_days, day) - 1] for day in marks[:-1]]
    lengths = days.lengths(marks)
    parts = days.lengths(DAY_COUNTS["MONTHS_12"].positions(marks, start))
    interests = [balance * rate * length for balance, rate, length in zip(counted, by_rate, lengths, strict=True)]
    amounts = [balance * part for balance, part in zip(counted, parts, strict=True)]
    interest_of, interest, amount = 10_000 * BASIS, sum(interests), sum(amounts) * 2 // (100 * BASIS)
    shown, dates = list(map(yuan, counted)), list(map(days.iso, marks))
    texts = {rate: f"0.{rate:04d}".rstrip("0") for rate in rates}
    segments: list[results.Segment] = [
        {
            "from": first,
            "until": until,
            "days": length,
            "balance": balance,
            "contract_rate": texts[rate],
            "subsidised_rate": "0.02",
            "interest": yuan(own_interest),
            "day_fraction": f"{part}/360",
            "line": "MEDIUM_LONG_TERM",
            "drawdown_no": "1",
            "amount": yuan(own_amount),
            "why": "固定资产投资、研发中长期贷款：2%",
        }
        for first, until, length, balance, rate, own_interest, part, own_amount in zip(
            dates,
            dates[1:],
            lengths,
            shown,
            by_rate,
            spread((2 * interest + interest_of) // (2 * interest_of), interests),
            parts,
            spread(amount, amounts),
            strict=False,
        )
    ]
    text, limit, most = yuan(amount), interest // interest_of, "10000000.00"
    bound, room = yuan(limit), yuan(LIMIT - amount)
    working = " + ".join([f"{balance} × 2% × {part}/360" for balance, part in zip(shown, parts, strict=True)])
    by_interest, first_cap, second_cap = (cap.clause for cap in model.caps)
    item, cap, first_step, second_step, total = model.steps
    clause, formula, unit, below = cap.clause, first_step.formula, item.unit, f"min({text}, max(0, {most} - 0.00))"
    assumed, estimated = model.warnings
    return results.Result(
        model.calculation_id,
        claim.request_no,
        model.known_at,
        "ELIGIBLE",
        "CNY",
        text,
        in_words(amount),
        "MAXIMUM",
        None,
        [],
        [results.ItemResult(no, text, text, ["MEDIUM_LONG_TERM"], segments, "ESTIMATED", [], None)],
        [
            results.CapResult("CONTRACT_INTEREST", no, bound, "0.00", text, text, False, yuan(limit - amount), by_interest),
            results.CapResult("ENTERPRISE_YEAR", None, most, "0.00", text, text, False, room, first_cap),
            results.CapResult("ENTERPRISE_YEAR", None, most, "0.00", text, text, False, room, second_cap),
        ],
        [
            results.Step(
                1,
                f"item:{no}:MEDIUM_LONG_TERM",
                f"{no} 贴息（固定资产投资、研发中长期贷款）",
                item.formula,
                working,
                text,
                unit,
                "DOWN 0.01",
                item.clause,
                no,
            ),
            results.Step(
                2, f"cap:CONTRACT_INTEREST:{no}", f"{no} 贴息不超过利息", cap.formula, f"min({text}, {bound})", text, unit, None, clause, no
            ),
            results.Step(3, first_step.id, first_step.label, formula, below, text, unit, None, first_step.clause, None),
            results.Step(4, second_step.id, second_step.label, formula, below, text, unit, None, second_step.clause, None),
            results.Step(5, "total", total.label, total.formula, text, text, unit, None, None, None),
        ],
        [assumed, results.Warning_(estimated.code, f"{no}：部分或全部利息没有凭证，按合同推算", "/contracts/0")],
        model.not_decided_here,
        [],
        model.provenance,
    )


def _rates(contract: Contract, start: int, series: ReferenceSeries) -> tuple[list[int], list[int]]:
    """From which days the rate is how many hundredths of a percent: LPR less 0.20%, anew on each anniversary."""
    first, found, rates = contract.drawdowns[0].on, [], []
    for year in range(first.year, contract.matures_on.year + 1):
        day = first.replace(year=year).toordinal()
        value = series.numerators[bisect_right(series.days, day) - 1] * 10_000 // series.parts - 20
        if not rates or rates[-1] != value:
            found.append(day)
            rates.append(value)
    return found, rates


def straight_line() -> FastAPI:
    """Make the service with this in place of its calculation."""
    calculating.assessment = StraightLine()  # type: ignore[assignment]
    return create_app()
