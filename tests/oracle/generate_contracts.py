"""Random loan contracts: rates, repayments, vouchers."""

from __future__ import annotations

from datetime import date, timedelta

from tests.oracle.generate_shared import PARK, SERIES, Json, Rng, a_day, amount, chance, yuan


def contract_rate(rng: Rng, first: date, last: date) -> Json:
    kind = rng.random()
    if kind < 0.35:
        return {"kind": "FIXED", "annual_rate": f"0.0{rng.randint(0, 999):03d}"}
    if kind < 0.55:
        day, steps = first - timedelta(days=rng.choice([0, 0, 30])), []
        for _ in range(rng.randint(1, 4)):
            steps.append({"from": day.isoformat(), "annual_rate": f"0.0{rng.randint(100, 699)}"})
            day = a_day(rng, day + timedelta(days=5), day + timedelta(days=200))
        return {"kind": "STEPPED", "steps": steps}
    reset = rng.choice(["MONTHLY", "QUARTERLY", "JAN_1", "ANNIVERSARY", "LISTED"])
    rate: Json = {"kind": "FLOATING", "series": rng.choice(SERIES), "reset": reset}
    if chance(rng, 0.8):
        rate["spread"] = f"{rng.choice(['', '-'])}0.00{rng.randint(0, 99):02d}".replace("-0.0000", "0.0000")
    if chance(rng, 0.3):
        rate["multiplier"] = rng.choice(["0.85", "1.1", "1.05", "0.9"])
    if chance(rng, 0.4):
        rate["lookup"] = rng.choice(["SAME_DAY", "DAY_BEFORE"])
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
    """Repayments that never exceed what was drawn, each to a drawdown or first in first out."""
    found = []
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
        repayment = {"on": a_day(rng, first, matures_on - timedelta(days=1)).isoformat(), "principal": yuan(fen)}
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
    while day < matures_on and len(found) < 12:
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


def a_contract(rng: Rng, no: str, terms: Json, applied_on: date) -> Json:
    signed_on = a_day(rng, date(2022, 1, 1), date(2024, 6, 30))
    first = a_day(rng, signed_on, signed_on + timedelta(days=60))
    life = rng.choice([45, 100, 200, 365, 366, 400, 730])
    matures_on = a_day(rng, first + timedelta(days=10), first + timedelta(days=life))
    has_plan = chance(rng, 0.2)
    drawdowns = []
    numbers = rng.sample(["1", "2", "10", "A", "b"], k=5)
    for index in range(1 if has_plan else rng.choice([1, 1, 1, 2, 3])):
        on = first if index == 0 else a_day(rng, first, min(first + timedelta(days=120), matures_on - timedelta(days=1)))
        drawdowns.append({"drawdown_no": numbers[index], "on": on.isoformat(), "amount": amount(rng, 30_000_000)})
    contract: Json = {
        "contract_no": no,
        "lender": rng.choice(["甲银行", "乙银行"]),
        "loan_type": rng.choice(["FIXED_ASSET", "RESEARCH", "WORKING_CAPITAL"]),
        "signed_on": signed_on.isoformat(),
        "matures_on": matures_on.isoformat(),
        "drawdowns": drawdowns,
        "rate": contract_rate(rng, first, matures_on),
        "project_id": rng.choice(["P1", "P2"]),
    }
    if chance(rng, 0.7):
        contract["day_count"] = rng.choice(["ACT_360", "ACT_365", "MONTHS_12", "D30_360"])
    if terms.get("currencies") and chance(rng, 0.5):
        contract["currency"] = rng.choice(["USD", "USD", "CNY", "JPY"])
    if has_plan:
        plan: Json = {"method": rng.choice(["EQUAL_INSTALLMENT", "EQUAL_INSTALLMENT", "EQUAL_PRINCIPAL", "INTEREST_ONLY", "BULLET"])}
        plan["every_months"] = rng.choice([1, 1, 2, 3, 6])
        if chance(rng, 0.6):
            plan["day"] = rng.choice([1, 15, 20, 28, 30, 31])
        contract["repayment_plan"] = plan
    else:
        contract["repayments"] = repayments(rng, drawdowns, matures_on)
    if chance(rng, 0.5):
        whole = sum(int(d["amount"].replace(".", "")) for d in drawdowns)
        contract["interest_paid"] = vouchers(rng, first, matures_on, applied_on, whole, gaps=True)
        if terms.get("pay_first") and not any(
            (v.get("paid_on") or v["until"]) <= applied_on.isoformat() for v in contract["interest_paid"]
        ):
            contract["interest_paid"] = []
    if chance(rng, 0.25):
        day, excluded = a_day(rng, first, matures_on), []
        for _ in range(rng.randint(1, 2)):
            until = day + timedelta(days=rng.randint(1, 60))
            excluded.append({"from": day.isoformat(), "until": until.isoformat(), "reason": rng.choice(["OVERDUE", "EXTENSION", "OTHER"])})
            day = until + timedelta(days=rng.randint(0, 40))
        contract["excluded_periods"] = excluded
    needs = terms.get("needs", {})
    measures: Json = {}
    if "park" in needs:
        measures["park"] = rng.choice(PARK)
    for name in ("fee", "other_subsidy"):
        if name in needs:
            measures[name] = amount(rng, 300_000)
    if "put_to_use_on" in needs:
        measures["put_to_use_on"] = a_day(rng, first - timedelta(days=60), first + timedelta(days=90)).isoformat()
    if measures:
        contract["measures"] = measures
    if "paid_to_supplier_on" in needs:
        for drawdown in drawdowns:
            on = date.fromisoformat(drawdown["on"])
            drawdown["measures"] = {"paid_to_supplier_on": a_day(rng, on - timedelta(days=30), on + timedelta(days=60)).isoformat()}
    return contract
