"""Random loan contracts: rates, repayments, plans, vouchers, drawdowns with conditions of their own."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from tests.oracle.generate_shared import PARK, SERIES, Json, Rng, a_day, amount, chance, yuan
from tests.oracle.series import ENDS_EARLY, made_up

DAY_COUNTS = ["ACT_360", "ACT_365", "ACT_ACT", "MONTHS_12", "D30_360"]
TEAMS = ["A", "B", "b", "Ｂ", "A "]  # a CODE without listed values, in several spellings (D67)


@lru_cache(maxsize=1)
def publication_days() -> dict[date, list[str]]:
    """The series that get another value on a day: there the day before is another rate (D89)."""
    found: dict[date, list[str]] = {}
    for name in SERIES:
        rows = made_up()[name]["rows"]
        for (_, before), (on, value) in pairwise(rows):
            if value != before:
                found.setdefault(date.fromisoformat(on), []).append(name)
    return dict(sorted(found.items()))


def figure(rng: Rng, text: str) -> str:
    """The same figure with more noughts now and then (D88)."""
    return text + "0" * rng.choice([1, 2]) if "." in text and chance(rng, 0.08) else text


def contract_rate(rng: Rng, first: date, last: date) -> Json:
    kind = rng.random()
    if kind < 0.35:
        return {"kind": "FIXED", "annual_rate": figure(rng, f"0.0{rng.randint(0, 999):03d}")}
    if kind < 0.55:
        day, steps = first - timedelta(days=rng.choice([0, 0, 30])), []
        for _ in range(rng.randint(1, 4)):
            steps.append({"from": day.isoformat(), "annual_rate": figure(rng, f"0.0{rng.randint(100, 699)}")})
            day = a_day(rng, day + timedelta(days=5), day + timedelta(days=200))
        return {"kind": "STEPPED", "steps": steps}
    reset = rng.choice(["MONTHLY", "QUARTERLY", "JAN_1", "ANNIVERSARY", "LISTED"])
    series = ENDS_EARLY if chance(rng, 0.08) else rng.choice(publication_days().get(first, SERIES))
    rate: Json = {"kind": "FLOATING", "series": series, "reset": reset}
    if chance(rng, 0.8):
        rate["spread"] = f"{rng.choice(['', '-'])}0.00{rng.randint(0, 99):02d}".replace("-0.0000", "0.0000")
    if chance(rng, 0.3):
        rate["multiplier"] = rng.choice(["0.85", "1.1", "1.05", "0.9"])
    if chance(rng, 0.5):
        rate["lookup"] = rng.choice(["SAME_DAY", "DAY_BEFORE", "DAY_BEFORE"])
    if reset in {"MONTHLY", "QUARTERLY", "ANNIVERSARY"} and chance(rng, 0.4):
        rate["reset_anchor"] = a_day(rng, first - timedelta(days=70), first + timedelta(days=25)).isoformat()
    if reset == "LISTED":
        rate["reset_dates"] = sorted(
            {
                a_day(rng, first + timedelta(days=1), max(last - timedelta(days=1), first + timedelta(days=1))).isoformat()
                for _ in range(rng.randint(1, 4))
            }
        )
    return rate


def repayments(rng: Rng, drawdowns: list[Json], matures_on: date) -> list[Json]:
    """Repayments that never exceed what was drawn, each to a drawdown or first in first out; plans take none (D87)."""
    found: list[Json] = []
    drawdowns = [d for d in drawdowns if not d.get("repayment_plan")]
    if not drawdowns:
        return found
    named = chance(rng, 0.3)
    left = {d["drawdown_no"]: int(d["amount"].replace(".", "")) for d in drawdowns}
    last_draw = max(date.fromisoformat(d["on"]) for d in drawdowns)
    for _ in range(rng.choice([0, 1, 2, 3, 5])):
        if named:
            drawdown = rng.choice(drawdowns)
            first, most = date.fromisoformat(drawdown["on"]), left[drawdown["drawdown_no"]]
        else:
            first, most = last_draw, sum(left.values())
        if first >= matures_on or most < 2:
            continue
        fen = most if chance(rng, 0.1) else rng.randint(1, most)
        last = matures_on + timedelta(days=30 if chance(rng, 0.1) else -1)  # overdue
        repayment = {"on": a_day(rng, first, last).isoformat(), "principal": yuan(fen)}
        if named:
            repayment["drawdown_no"] = drawdown["drawdown_no"]
            left[drawdown["drawdown_no"]] -= fen
        else:
            some = next(iter(left))
            left[some] -= fen
        found.append(repayment)
    return found


def vouchers(rng: Rng, first: date, matures_on: date, applied_on: date, whole: int, *, gaps: bool) -> list[Json]:
    """Interest vouchers near what a bank would have charged, with penalties, gaps and late payments."""
    found = []
    day = first
    while day < matures_on and len(found) < 9:
        until = min(matures_on, day + timedelta(days=rng.choice([30, 31, 61, 91, 92, 180])))
        if until > applied_on and not chance(rng, 0.2):
            break
        if not (gaps and chance(rng, 0.2)):
            fen = int(whole * (until - day).days / 360 * rng.uniform(0.005, 0.07)) + rng.randint(0, 500)
            voucher: Json = {"from": day.isoformat(), "until": until.isoformat(), "amount": yuan(fen)}
            if chance(rng, 0.2):
                voucher["penalty"] = yuan(rng.randint(0, fen))
            if chance(rng, 0.4) or until > applied_on:
                voucher["paid_on"] = (until + timedelta(days=rng.choice([0, 1, 3, 40]))).isoformat()
            found.append(voucher)
        day = until
    return found


def receipts(rng: Rng, found: list[Json]) -> None:
    """Some vouchers in two receipts, some taken back in part or whole (D87)."""
    for index in [i for i in range(len(found)) if chance(rng, 0.08)]:
        one = found[index]
        fen = int(one["amount"].replace(".", ""))
        part = rng.randint(0, fen - int(one.get("penalty", "0.00").replace(".", "")))
        found.append({**one, "amount": yuan(part), "receipt_no": "R2"})
        found[-1].pop("penalty", None)
        one |= {"amount": yuan(fen - part), "receipt_no": "R1"}
    if found and chance(rng, 0.12):
        one = rng.choice(found)
        fen = int(one["amount"].replace(".", "")) - int(one.get("penalty", "0.00").replace(".", ""))
        back = {name: one[name] for name in ("from", "until", "drawdown_no") if name in one}
        part = fen if chance(rng, 0.2) else rng.randint(0, fen)
        found.append({**back, "amount": yuan(part), "kind": "REVERSAL", "paid_on": rng.choice([one["until"], "2027-01-05"])})
    if found and chance(rng, 0.05):
        rng.choice([v for v in found if "kind" not in v])["kind"] = "INTEREST"


def interest_paid(rng: Rng, contract: Json, applied_on: date, *, late: float) -> list[Json]:
    """Vouchers of the contract, of its drawdowns, or first the one and then the other (D87)."""
    drawdowns = contract["drawdowns"]
    first = min(date.fromisoformat(d["on"]) for d in drawdowns)
    matures_on = date.fromisoformat(contract["matures_on"]) + timedelta(days=20 if chance(rng, 0.1) else 0)  # overdue
    whole = sum(int(d["amount"].replace(".", "")) for d in drawdowns)
    turn = matures_on if chance(rng, 0.6) else first if chance(rng, 0.8) else a_day(rng, first, matures_on)
    found = vouchers(rng, first, turn, applied_on, whole, gaps=True)
    if turn != matures_on:
        for drawdown in drawdowns:
            if chance(rng, 0.85):
                start = max(turn, date.fromisoformat(drawdown["on"]))
                end = date.fromisoformat(drawdown.get("matures_on") or contract["matures_on"])
                fen = int(drawdown["amount"].replace(".", ""))
                mine = vouchers(rng, start, end, applied_on, fen, gaps=True)
                found += [{**voucher, "drawdown_no": drawdown["drawdown_no"]} for voucher in mine]
    receipts(rng, found)
    if chance(rng, late):  # all of them late, or just in time
        for voucher in found:
            voucher["paid_on"] = (applied_on + timedelta(days=rng.choice([0, 1, 1, 30]))).isoformat()
    return found


def a_plan(rng: Rng, drawn_on: date, matures_on: date) -> Json:
    method = rng.choice(["EQUAL_INSTALLMENT", "EQUAL_INSTALLMENT", "EQUAL_PRINCIPAL", "EQUAL_PRINCIPAL", "INTEREST_ONLY", "BULLET"])
    plan: Json = {"method": method, "every_months": rng.choice([1, 1, 2, 3, 6])}
    if chance(rng, 0.4):
        last = drawn_on + timedelta(days=100)
        plan["first_due"] = a_day(rng, drawn_on + timedelta(days=1), last if chance(rng, 0.05) else min(last, matures_on)).isoformat()
    if chance(rng, 0.6):
        plan["day"] = rng.choice([1, 15, 20, 28, 29, 30, 31])
    return plan


def own_conditions(rng: Rng, contract: Json, drawdown: Json, *, has_rate: bool) -> None:
    """What a drawdown has in place of its contract (D87)."""
    on, matures_on = date.fromisoformat(drawdown["on"]), date.fromisoformat(contract["matures_on"])
    if chance(rng, 0.5):
        first = date.fromisoformat((contract.get("repayment_plan") or {}).get("first_due") or drawdown["on"])
        last = matures_on + timedelta(days=rng.choice([0, 60]))
        drawdown["matures_on"] = a_day(rng, max(first, on + timedelta(days=1)), last).isoformat()
    if has_rate:
        drawdown["rate"] = contract_rate(rng, on, matures_on)
    if chance(rng, 0.4):
        drawdown["day_count"] = rng.choice(DAY_COUNTS)
    if chance(rng, 0.3) and not contract.get("repayment_plan"):
        drawdown["repayment_plan"] = a_plan(rng, on, date.fromisoformat(drawdown.get("matures_on") or contract["matures_on"]))


def a_contract(rng: Rng, no: str, terms: Json, applied_on: date) -> Json:
    signed_on = a_day(rng, date(2022, 1, 1), date(2024, 6, 30))
    first = a_day(rng, signed_on, signed_on + timedelta(days=60))
    if chance(rng, 0.4):
        first = next(day for day in publication_days() if day >= first)
    life = rng.choice([45, 100, 200, 365, 366, 400, 600])
    matures_on = a_day(rng, first + timedelta(days=10), first + timedelta(days=life))
    has_plan = chance(rng, 0.25)
    drawdowns: list[Json] = []
    numbers = rng.sample(["1", "2", "10", "A", "b"], k=5)
    for index in range(1 if has_plan else rng.choice([1, 1, 1, 2, 3])):
        on = first if index == 0 else a_day(rng, first, min(first + timedelta(days=120), matures_on - timedelta(days=1)))
        drawdowns.append({"drawdown_no": numbers[index], "on": on.isoformat(), "amount": amount(rng, 30_000_000)})
    contract: Json = {
        "contract_no": no,
        "lender": rng.choice(["甲银行", "乙银行", "Bank A", "Bank A", "bank Ａ"]),
        "loan_type": rng.choice(["FIXED_ASSET", "RESEARCH", "WORKING_CAPITAL"]),
        "signed_on": signed_on.isoformat(),
        "matures_on": matures_on.isoformat(),
        "drawdowns": drawdowns,
    }
    if chance(rng, 0.97 if "contract_rate" in str(terms["lines"]) or "interest" in str(terms["lines"]) else 0.5):
        contract["rate"] = contract_rate(rng, first, matures_on)
    if chance(rng, 0.75 if "'PROJECT'" in str(terms.get("caps")) else 0.95):
        contract["project_id"] = rng.choice(["P1", "P2", "P1", "P2", "p1 "])
    if chance(rng, 0.7):
        contract["day_count"] = rng.choice(DAY_COUNTS)
    if terms.get("currencies") and chance(rng, 0.5):
        contract["currency"] = rng.choice(["USD", "USD", "CNY", "JPY"])
    if has_plan:
        contract["repayment_plan"] = a_plan(rng, first, matures_on)
    if chance(rng, 0.3):
        every = not contract.get("rate")  # rates for all of them or for none, where the contract has none
        with_rate = chance(rng, 0.5)
        for drawdown in drawdowns:
            if every or chance(rng, 0.7):
                own_conditions(rng, contract, drawdown, has_rate=with_rate if every else chance(rng, 0.5))
    if not has_plan:
        contract["repayments"] = repayments(rng, drawdowns, matures_on)
    if chance(rng, 0.55):
        asks_when_paid = terms.get("pay_first") or "PAID_ON" in str(terms.get("windows"))
        contract["interest_paid"] = interest_paid(rng, contract, applied_on, late=0.3 if asks_when_paid else 0.07)
    if chance(rng, 0.25):
        contract["excluded_periods"] = excluded_periods(rng, first, matures_on)
    give_measures(rng, contract, terms.get("needs", {}), first)
    return contract


def excluded_periods(rng: Rng, first: date, matures_on: date) -> list[Json]:
    day, excluded = a_day(rng, first, matures_on), []
    for _ in range(rng.randint(1, 2)):
        until = day + timedelta(days=rng.randint(1, 60))
        excluded.append({"from": day.isoformat(), "until": until.isoformat(), "reason": rng.choice(["OVERDUE", "EXTENSION", "OTHER"])})
        day = until + timedelta(days=rng.randint(0, 40))
    return excluded


def give_measures(rng: Rng, contract: Json, needs: Json, first: date) -> None:
    measures: Json = {}
    if "park" in needs:
        measures["park"] = rng.choice(PARK)
    if "team" in needs and chance(rng, 0.85):
        measures["team"] = rng.choice(TEAMS)
    for name in ("fee", "other_subsidy"):
        if name in needs:
            measures[name] = amount(rng, 300_000)
    if "put_to_use_on" in needs:
        measures["put_to_use_on"] = a_day(rng, first - timedelta(days=60), first + timedelta(days=90)).isoformat()
    if measures:
        contract["measures"] = measures
    if "paid_to_supplier_on" in needs:
        for drawdown in contract["drawdowns"]:
            on = date.fromisoformat(drawdown["on"])
            drawdown["measures"] = {"paid_to_supplier_on": a_day(rng, on - timedelta(days=30), on + timedelta(days=60)).isoformat()}
