"""Loans as banks write them: receipts, repayments, plans, rates that move, days that do not count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from app.calculators.quantities.calendar import months_after
from tests.search.claims import ID, yuan
from tests.search.judge import ask
from tests.search.tables import Loaded

Json = dict[str, Any]


def _contract(body: Json, **more: Any) -> Json:
    return {**body, "contracts": [{**body["contracts"][0], **more}, *body["contracts"][1:]]}


def _first(body: Json) -> tuple[Json, date, Fraction]:
    contract = body["contracts"][0]
    return contract, date.fromisoformat(contract["drawdowns"][0]["on"]), Fraction(contract["drawdowns"][0]["amount"])


def vouchers(loaded: Loaded, body: Json) -> Json | None:
    """Three quarters of interest paid to the bank, one with a penalty in it."""
    _, drawn, amount = _first(body)
    days = [months_after(drawn, 3 * no) for no in range(4)]
    rows = [
        {
            "from": first.isoformat(),
            "until": until.isoformat(),
            "amount": yuan(amount / 100),
            "penalty": yuan(amount / 1000 if no == 1 else 0),
            "paid_on": until.isoformat(),
        }
        for no, (first, until) in enumerate(pairwise(days))
    ]
    applied = body["application_date"]
    return _contract(body, interest_paid=[one for one in rows if one["paid_on"] <= applied] or rows[:1])


def one_voucher(loaded: Loaded, body: Json) -> Json | None:
    """One receipt that is less than the contract's interest; the other days are estimated where that is allowed."""
    made = vouchers(loaded, body)
    assert made is not None
    row = {**made["contracts"][0]["interest_paid"][0], "amount": yuan(_first(body)[2] / 1000), "penalty": "1.00"}
    return _contract(body, interest_paid=[row])


def repaid(loaded: Loaded, body: Json) -> Json | None:
    """Two drawdowns, three repayments, two of them on one day, one of a named drawdown."""
    contract, drawn, amount = _first(body)
    first = contract["drawdowns"][0]
    second = {**first, "drawdown_no": ID.format("2", 1), "on": (drawn + timedelta(days=20)).isoformat()}
    part = yuan(amount / 10)
    rows = [
        {"on": (drawn + timedelta(days=60)).isoformat(), "principal": part},
        {"on": (drawn + timedelta(days=90)).isoformat(), "principal": part, "drawdown_no": second["drawdown_no"]},
        {"on": (drawn + timedelta(days=90)).isoformat(), "principal": yuan(amount / 20)},
    ]
    return _contract(body, drawdowns=[first, second], repayments=rows)


def planned(loaded: Loaded, body: Json) -> Json | None:
    """Equal instalments, with every word that a plan has."""
    _, drawn, _ = _first(body)
    plan = {"method": "EQUAL_PRINCIPAL", "every_months": 1, "day": 15, "first_due": months_after(drawn, 1).replace(day=15).isoformat()}
    return _contract(body, repayment_plan=plan)


def floating(loaded: Loaded, body: Json) -> Json | None:
    """A rate that follows the one-year prime rate, with every word that it has."""
    _, drawn, _ = _first(body)
    rate = {
        "kind": "FLOATING",
        "series": "LPR_1Y",
        "reset": "QUARTERLY",
        "spread": "-0.002",
        "multiplier": "0.9",
        "reset_anchor": drawn.isoformat(),
        "lookup": "DAY_BEFORE",
    }
    return _contract(body, rate=rate)


def listed(loaded: Loaded, body: Json) -> Json | None:
    """A rate that is fixed again on two listed dates."""
    _, drawn, _ = _first(body)
    dates = [(drawn + timedelta(days=days)).isoformat() for days in (50, 150)]
    return _contract(body, rate={"kind": "FLOATING", "series": "LPR_1Y", "reset": "LISTED", "spread": "0", "reset_dates": dates})


def stepped(loaded: Loaded, body: Json) -> Json | None:
    """A rate that falls after a hundred days."""
    _, drawn, _ = _first(body)
    steps = [{"from": (drawn + timedelta(days=days)).isoformat(), "annual_rate": rate} for days, rate in ((0, "0.0385"), (100, "0.008"))]
    return _contract(body, rate={"kind": "STEPPED", "steps": steps})


def excluded(loaded: Loaded, body: Json) -> Json | None:
    """Two periods that do not count, and a claim for some of the days."""
    _, drawn, _ = _first(body)
    reason = sorted(loaded.table.terms.exclude_periods)[:1] or ["OVERDUE"]
    rows = [
        {"from": (drawn + timedelta(days=days)).isoformat(), "until": (drawn + timedelta(days=days + 15)).isoformat(), "reason": reason[0]}
        for days in (30, 60)
    ]
    period = {"from": drawn.isoformat(), "until": months_after(drawn, 9).isoformat()}
    return {**_contract(body, excluded_periods=rows, day_count="MONTHS_12"), "claim_period": period}


def everything(loaded: Loaded, body: Json) -> Json | None:
    """Drawdowns, repayments, receipts and exclusions in one contract."""
    for change in (repaid, one_voucher, excluded, floating):
        wider = change(loaded, body)
        if wider is not None and ask(wider, loaded.kind).earns:
            body = wider
    return body


def own_words(change: Callable[[Loaded, Json], Json | None], *names: str) -> Callable[[Loaded, Json], Json | None]:
    """What a contract says, said of its first drawdown instead (D87)."""

    def of_drawdown(loaded: Loaded, body: Json) -> Json | None:
        made = change(loaded, body)
        assert made is not None
        first, *rest = body["contracts"][0]["drawdowns"]
        own = {name: made["contracts"][0][name] for name in names}
        return _contract(body, drawdowns=[first | own, *rest])

    return of_drawdown


LOANS: dict[str, Callable[[Loaded, Json], Json | None]] = {
    "vouchers": vouchers,
    "one voucher": one_voucher,
    "repaid": repaid,
    "planned": planned,
    "floating": floating,
    "listed": listed,
    "stepped": stepped,
    "excluded": excluded,
    "everything": everything,
    "own rate": own_words(floating, "rate"),
    "own listed rate": own_words(listed, "rate"),
    "own plan": own_words(planned, "repayment_plan"),
}
