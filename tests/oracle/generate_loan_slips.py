"""How ids, lists and whole requests of loans are spoilt: other spellings, another order, slips that have to be refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from tests.oracle.generate_shared import Json, Rng, chance, yuan


def spelled(rng: Rng, text: str) -> str:
    """The same id in another spelling (D67)."""
    full_width = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)
    return rng.choice([text.lower(), text.upper(), f" {text}", f"{text} ", f"{text}\u00a0", full_width, text.replace(" ", "  ")])


def share_a_number(rng: Rng, contracts: list[Json]) -> None:
    """One number at two lenders is two contracts (D70)."""
    if len(contracts) > 1 and chance(rng, 0.2):
        one, other = contracts[:2]
        one["lender"], other["lender"] = rng.sample(["甲银行", "乙银行", "Bank A"], k=2)
        other["contract_no"] = one["contract_no"] if chance(rng, 0.7) else spelled(rng, one["contract_no"])


def places_of_grants(rng: Rng, terms: Json, contracts: list[Json]) -> list[Json]:
    """The facts of the claim under the names of the keys of earlier grants."""
    has_drawdowns = any("DRAWDOWN" in cap["per"] for cap in terms.get("caps", []) if cap.get("bounds") != "BALANCE")
    found = []
    for contract in contracts:
        place = {name: contract[name] for name in ("contract_no", "lender", "project_id") if name in contract}
        place |= {name: value for name, value in contract.get("measures", {}).items() if name in {"park", "team"}}
        if has_drawdowns:
            place["drawdown_no"] = rng.choice(contract["drawdowns"])["drawdown_no"]
        found.append(place)
    return found


def respell(rng: Rng, claim: Json) -> None:
    """Some ids that were used before come in another spelling."""
    for contract in claim["contracts"]:
        for name in ("interest_paid", "repayments"):
            for fact in contract.get(name, []):
                if fact.get("drawdown_no") and chance(rng, 0.1):
                    fact["drawdown_no"] = spelled(rng, fact["drawdown_no"])
    for grant in claim["applicant"].get("granted", []):
        for name, value in grant.get("keys", {}).items():
            if name in {"contract_no", "lender", "project_id", "drawdown_no"} and chance(rng, 0.1):
                grant["keys"][name] = spelled(rng, value)


def shuffle(rng: Rng, claim: Json) -> None:
    """The order of lists says nothing (D88)."""
    lists = [(claim, "contracts")]
    for contract in claim["contracts"]:
        lists += [(contract, name) for name in ("drawdowns", "repayments", "interest_paid", "excluded_periods")]
    for fact, name in lists:
        if fact.get(name) and chance(rng, 0.3):
            rng.shuffle(fact[name])


# Slips: each changes a contract so that the request has to be refused, and says nothing where it cannot


def of_vouchers(rng: Rng, contract: Json) -> None:
    """Vouchers that cannot stand beside each other, or that name nothing (D27, D87)."""
    on = date.fromisoformat(contract["drawdowns"][0]["on"])
    one: Json = {"from": on.isoformat(), "until": (on + timedelta(days=9)).isoformat(), "amount": "100.00"}
    no = {"drawdown_no": contract["drawdowns"][0]["drawdown_no"]}
    later = {"until": (on + timedelta(days=10)).isoformat()}
    contract["interest_paid"] = rng.choice(
        [
            [one, {**one, **later}],
            [one, {**one, **later, **no}],
            [{**one, **no}, {**one, **later, **no}],
            [one, one],
            [{**one, **no}, {**one, "drawdown_no": spelled(rng, no["drawdown_no"])}],
            [{**one, "receipt_no": "R"}, {**one, "receipt_no": "R"}],
            [{**one, "kind": "REVERSAL"}],
            [one, {**one, **later, "kind": "REVERSAL"}],
            [{**one, **no}, {**one, "kind": "REVERSAL"}],
            [one, {**one, "amount": "100.01", "kind": "REVERSAL"}],
            [{**one, "receipt_no": "1"}, {**one, "receipt_no": "2"}, {**one, "amount": "200.01", "kind": "REVERSAL"}],
            [{**one, "drawdown_no": "none"}],
        ]
    )


def of_life(rng: Rng, contract: Json) -> None:
    """A drawdown outside signing and maturity, its own or the contract's (D9, D87)."""
    drawdown = rng.choice(contract["drawdowns"])
    own = rng.choice([drawdown["on"], (date.fromisoformat(drawdown["on"]) - timedelta(days=1)).isoformat()])
    if chance(rng, 0.5):
        drawdown["matures_on"] = own
    else:
        contract["signed_on"] = (date.fromisoformat(min(d["on"] for d in contract["drawdowns"])) + timedelta(days=1)).isoformat()


def of_repayments(rng: Rng, contract: Json) -> None:
    """More than was drawn, of a drawdown that there is not, or of one with a plan (D8, D87)."""
    drawdown = contract["drawdowns"][0]
    if contract.pop("repayment_plan", None) or chance(rng, 0.4):
        drawdown["repayment_plan"] = {"method": "EQUAL_PRINCIPAL", "every_months": 1}
    whole = sum(int(d["amount"].replace(".", "")) for d in contract["drawdowns"] if not d.get("repayment_plan"))
    last = max(d["on"] for d in contract["drawdowns"])
    repayment: Json = {"on": last, "principal": "0.01"}
    if drawdown.get("repayment_plan") and chance(rng, 0.6):
        repayment["drawdown_no"] = drawdown["drawdown_no"]
    elif chance(rng, 0.3):
        repayment["drawdown_no"] = "none"
    else:
        repayment["principal"] = yuan(whole + 1)
    contract["repayments"] = [repayment]


def of_plans(rng: Rng, contract: Json) -> None:
    """A plan of a contract with two drawdowns, or beside repayments (D61)."""
    contract["repayment_plan"] = {"method": rng.choice(["BULLET", "EQUAL_PRINCIPAL"]), "every_months": 1}
    drawdown = contract["drawdowns"][0]
    if len(contract["drawdowns"]) == 1:
        contract["drawdowns"].append({**drawdown, "drawdown_no": "z"})
    contract.pop("repayments", None)


def of_rates(rng: Rng, contract: Json) -> None:
    """Steps that begin after the first drawdown, or after the drawdown whose rate they are (D19, D87)."""
    drawdown = min(contract["drawdowns"], key=lambda d: str(d["on"]))
    day = (date.fromisoformat(drawdown["on"]) + timedelta(days=1)).isoformat()
    rng.choice([contract, drawdown])["rate"] = {"kind": "STEPPED", "steps": [{"from": day, "annual_rate": "0.04"}]}


def of_ids(rng: Rng, contract: Json) -> None:
    """A drawdown number twice, in two spellings, or a character that nobody sees (D67)."""
    drawdown = contract["drawdowns"][0]
    if chance(rng, 0.5):
        contract.pop("repayment_plan", None)
        contract["drawdowns"].append({**drawdown, "drawdown_no": spelled(rng, drawdown["drawdown_no"])})
    else:
        name = rng.choice(["contract_no", "lender", "project_id", "drawdown_no"])
        fact = drawdown if name == "drawdown_no" else contract
        hidden = rng.choice(["\u200b", "\u202e", "\ue000", "\u0007", "\ufeff"])
        fact[name] = fact.get(name, "P1") + hidden


SLIPS: list[Callable[[Rng, Json], None]] = [of_vouchers, of_vouchers, of_life, of_repayments, of_plans, of_rates, of_ids]


def slip(rng: Rng, claim: Json) -> None:
    if chance(rng, 0.1):
        rng.choice(SLIPS)(rng, rng.choice(claim["contracts"]))
    elif chance(rng, 0.02):
        one = rng.choice(claim["contracts"])
        claim["contracts"].append({**one, "contract_no": spelled(rng, one["contract_no"]), "lender": spelled(rng, one["lender"])})
