"""Claims that a table may be sent, made from its terms: which facts it reads, what it compares them with, its windows and caps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Any

from app.calculators.claims import model as facts
from app.calculators.expressions import nodes as ex
from app.calculators.quantities.calendar import months_after
from app.calculators.stages.effective_rules import Rules
from app.calculators.terms import builtins as nm
from app.calculators.terms.model import Line, Measure
from tests.bureau import USCC
from tests.search.conditions import Guess, meet
from tests.search.model import Field, fields_of
from tests.search.tables import Loaded

Json = dict[str, Any]

# Ids with a letter that can be decomposed, an inner blank, capitals and digits: every spelling of them is another text.
ID = "{}é-{} b"
MEASURED = {facts.Contract: "CONTRACT", facts.Policy: "POLICY", facts.Item: "ITEM", facts.Project: "PROJECT"}
OBJECT_OF = {"CONTRACTS": facts.Contract, "POLICIES": facts.Policy, "ITEMS": facts.Item, "PROJECTS": facts.Project}


def yuan(amount: Any) -> str:
    """Money as it is sent."""
    fen = int(Fraction(amount) * 100)
    return f"{fen // 100}.{fen % 100:02d}"


def decimals(value: Any, places: int = 8) -> str:
    """A decimal fraction as it is sent, with no more digits than it has."""
    whole = int(Fraction(value) * 10**places)
    text = f"{whole // 10**places}.{whole % 10**places:0{places}d}" if places else str(whole)
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


class Maker:
    """Makes claims on one table for one day of application; ``edge`` takes the first or last day of each window."""

    def __init__(self, loaded: Loaded, applied: date, rng: Random, edge: str) -> None:
        self.loaded = loaded
        self.terms = loaded.table.terms
        self.applied = applied
        self.rng = rng
        self.edge = edge
        self.rules: Rules = loaded.rules(applied)
        self.guess: Guess = {}

    @cached_property
    def wanted(self) -> set[str]:
        """The built-in facts that the table reads somewhere."""
        found = set(self.rules.reads) | {one.of for one in self.terms.windows.values() if one.of}
        found |= {str(term.start) for term in self.rules.limits} | {key for cap in self.rules.caps for key in cap.keys}
        if self.terms.other_funding == "FROM_BASE":
            found.add("other_fiscal_funding")
        return found | ({"accepted_investment"} if "accepted" in found else set())

    def claim(self, line: Line) -> Json:
        """A claim whose first guess is that it earns on a line."""
        asked = [one.that for one in line.require] + [one.that for one in self.terms.require]
        asked += [one.that for overlay in self.rules.overlays for one in overlay.terms.require]
        if self.terms.admit is not None and self.terms.admit.that is not None:
            asked.append(self.terms.admit.that)
        nodes = [*asked, line.when] if self.rng.random() < 0.5 else [line.when, *asked]
        for node in nodes:
            if node is not None:
                meet(node, True, self.guess, self.rng, self.terms)
        kind = str(self.terms.facts)
        make: Callable[[], Json] = {"CONTRACTS": self.contract, "POLICIES": self.policy, "ITEMS": self.item, "PROJECTS": self.project}[kind]
        return {
            "rate_table": self.loaded.table.id,
            "version": self.loaded.table.version,
            "application_date": self.applied.isoformat(),
            "applicant": self.applicant(),
            nm.FACT_LIST[kind]: [make()],
        }

    # --- values ---------------------------------------------------------------------------------------

    def day(self, name: str, otherwise: date) -> date:
        """The day of a fact: as guessed, or inside the window that tests it."""
        if isinstance(self.guess.get(name), date):
            return self.guess[name]
        for window in self.terms.windows.values():
            if (window.of or "") != name:
                continue
            first = window.first_day if isinstance(window.first_day, date) else None
            last = self._last(window.last_day)
            if self.edge == "first" and first is not None:
                return first
            if last is not None and last < self.applied:
                return last if self.edge == "last" else max(first or last, last - timedelta(days=20))
            return max(first, otherwise) if first is not None else otherwise
        return otherwise

    def _last(self, day: Any) -> date | None:
        if isinstance(day, datetime):
            return day.date()
        return day if isinstance(day, date) else self.applied if day == "APPLICATION_DATE" else None

    def money(self, name: str, otherwise: Any = 1_000_000) -> str:
        """Money of a fact: as guessed, or a usual sum."""
        guessed = self.guess.get(name)
        return yuan(guessed if isinstance(guessed, Fraction | int) and guessed >= 0 else otherwise)

    def measured(self, of: str) -> Json:
        """The declared measures of one object."""
        found = {name: self.measure(one) for name, one in self.rules.measures[of].items()}
        return {"measures": found} if found else {}

    def measure(self, one: Measure) -> Any:
        """A value of a declared measure: as guessed, or a usual one."""
        guessed = self.guess.get(one.name)
        match one.type:
            case ex.BOOLEAN:
                return guessed if isinstance(guessed, bool) else self.rng.choice([True, False])
            case ex.COUNT:
                return int(guessed) if isinstance(guessed, Fraction | int) else self.rng.choice([0, 1, 3])
            case ex.MONEY:
                return self.money(one.name, self.rng.choice([1_000, 1_000_000, 100_000_000]))
            case ex.RATE:
                return decimals(guessed if isinstance(guessed, Fraction | int) else self.rng.choice([Fraction(1, 20), Fraction(1, 100)]))
            case ex.QUANTITY:
                number = guessed if isinstance(guessed, Fraction | int) else self.rng.choice([10, 1000])
                return decimals(number, one.decimals if one.decimals is not None else 4)
            case ex.DATE:
                return (guessed if isinstance(guessed, date) else self.day(one.name, self.applied - timedelta(days=200))).isoformat()
            case _:
                known = list(one.values) if one.values is not None else []
                return guessed if isinstance(guessed, str) else self.rng.choice(known) if known else ID.format("D", 1)

    def built_in(self, kind: type, made: Json) -> Json:
        """The optional facts of an object that the table reads, beside those that were made for it."""
        for field in fields_of(kind):
            if field.name in self.wanted and field.name not in made:
                value = self.value(field)
                if value is not None:
                    made[field.name] = value
        return made | (self.measured(MEASURED[kind]) if kind in MEASURED else {})

    def value(self, field: Field) -> Any:
        """A value of a built-in fact: as guessed, or a usual one."""
        guessed = self.guess.get(field.name)
        match field.shape:
            case "MONEY":
                return self.money(field.name, 100_000)
            case "ID":
                return ID.format(field.name[0].upper(), 1)
            case "CODE":
                if isinstance(guessed, str):
                    return guessed
                measure = self.terms.needs.get(field.name)
                known = list(measure.values) if measure is not None and measure.values else sorted(self.terms.codes.get(field.name, ()))
                return self.rng.choice(known) if known else None
            case "DATE":
                begins = field.name in {str(term.start) for term in self.rules.limits}  # of a term: before all that it covers
                return self.day(field.name, self.applied - timedelta(days=400 if begins else 60)).isoformat()
            case "BOOLEAN":
                return guessed if isinstance(guessed, bool) else False
            case "COUNT":
                return int(guessed) if isinstance(guessed, Fraction | int) else 3
            case _:
                return list(guessed) if isinstance(guessed, list) else None

    # --- objects --------------------------------------------------------------------------------------

    def applicant(self) -> Json:
        """An applicant that the table admits."""
        made: Json = {
            "registered_in_beijing": True,
            "dishonesty_records": [],
            "other_municipal_funding": False,
            "declaration_accepted": True,
        }
        kinds = self.terms.applicants
        if "ENTERPRISE" in kinds:
            made["uscc"] = USCC
        if len(kinds) > 1:
            made["kind"] = kinds[0]
        made |= {name: one for name, one in self.guess.items() if name in nm.APPLICANT_FACTS}
        if "major_project_or_key_unit" in self.wanted:
            made.setdefault("major_project_or_key_unit", False)
        if self.guess.get("statuses"):
            made["statuses"] = [{"status": code, "from": "2015-01-01", "until": "2045-01-01"} for code in self.guess["statuses"]]
        return made | self.measured("APPLICANT")

    def item(self) -> Json:
        made: Json = {"item_id": ID.format("A", 1)}
        if "base_amount" in self.wanted:
            made["base_amount"] = self.money("base_amount", self.rng.choice([100_000, 1_000_000, 100_000_000]))
        return self.built_in(facts.Item, made)

    def policy(self) -> Json:
        begins = self.day("period_from", self.applied - timedelta(days=200))
        premium = self.money("premium", self.rng.choice([100_000, 1_000_000]))
        made: Json = {
            "policy_no": ID.format("P", 1),
            "insurer": "甲保险é A",
            "insurance_type": self.value(Field(name="insurance_type", shape="CODE", optional=False)) or "LAUNCH",
            "unit_id": ID.format("R", 1),
            "premium": premium,
            "premium_paid": premium,
            "paid_on": (begins - timedelta(days=5)).isoformat(),
            "period_from": begins.isoformat(),
            "period_until": months_after(begins, 12).isoformat(),
            "launched_on": self.day("launched_on", begins + timedelta(days=10)).isoformat(),
        }
        if "launched_on" not in self.guess and "launched_on" in self.wanted:
            launched = date.fromisoformat(made["launched_on"])
            begins = launched - timedelta(days=10)
            made |= {"period_from": begins.isoformat(), "period_until": months_after(begins, 12).isoformat()}
            made["paid_on"] = (begins - timedelta(days=5)).isoformat()
        if "sum_insured" in self.wanted or "sum_insured_years" in self.wanted:
            made["sum_insured"] = self.money("sum_insured", Fraction(premium) * 40)
        return self.built_in(facts.Policy, made)

    def contract(self) -> Json:
        window = self.terms.windows.get("interest")
        opens = window.first_day if window is not None and isinstance(window.first_day, date) else None
        drawn = opens if opens is not None and opens < self.applied else months_after(self.applied, -14)
        drawn = self.guess.get("drawn_on", drawn)
        signed = self.day("signed_on", self.day("first_drawdown", drawn) - timedelta(days=self.rng.choice([0, 10])))
        drawn = self.day("first_drawdown", max(signed, drawn if "signed_on" not in self.guess else signed))
        if isinstance(self.guess.get("drawn_on"), date):
            drawn = max(signed, self.guess["drawn_on"])
        matures = self.day("matures_on", months_after(drawn, self.rng.choice([36, 12, 24])))
        amount = self.money("drawn", self.guess.get("disbursed", self.rng.choice([1_000_000, 20_000])))
        known = self.value(Field(name="loan_type", shape="CODE", optional=False))
        made: Json = {
            "contract_no": ID.format("L", 1),
            "lender": "甲银行é A",
            "loan_type": known or "FIXED_ASSET",
            "signed_on": signed.isoformat(),
            "matures_on": matures.isoformat(),
            "drawdowns": [
                {"drawdown_no": ID.format("1", 1), "on": drawn.isoformat(), "amount": amount} | self.measured("DRAWDOWN")
            ],
            "rate": {"kind": "FIXED", "annual_rate": decimals(self.guess.get("contract_rate") or Fraction(385, 10000))},
        }
        return self.built_in(facts.Contract, made)

    def project(self) -> Json:
        done = self.day("completed_on", self.applied - timedelta(days=60))
        made: Json = {
            "project_id": ID.format("P", 1),
            "investments": [self.investment(one) for one in self._categories()],
            "started_on": self.day("started_on", months_after(done, -24)).isoformat(),
            "completed_on": done.isoformat(),
        }
        return self.built_in(facts.Project, made)

    def _categories(self) -> Iterable[str]:
        admit = self.terms.admit
        if admit is not None and isinstance(admit.categories, frozenset):
            return sorted(admit.categories)
        return sorted(self.terms.categories) or ["EQUIPMENT"]

    def investment(self, category: str) -> Json:
        """One payment, with what an admission may ask of it."""
        amount = self.money("admitted", self.rng.choice([10_000_000, 1_000_000, 100_000_000]))
        made = {
            "category": category,
            "amount": amount,
            "vat": yuan(Fraction(amount) / 10),
            "paid_on": self.day("", self._invested()).isoformat(),
            "related_party": False,
        }
        return made | self.measured("INVESTMENT")

    def _invested(self) -> date:
        window = self.terms.windows.get("investment")
        if window is not None and isinstance(window.first_day, date):
            return window.first_day + timedelta(days=0 if self.edge == "first" else 10)
        return self.applied - timedelta(days=100)


def application_days(loaded: Loaded, edge: str) -> Iterator[date]:
    """Days on which a claim may be made, the likeliest first."""
    table = loaded.table
    window = table.terms.windows.get("application")
    found: list[date] = []
    if window is not None:
        bounds = [one.date() if isinstance(one, datetime) else one for one in (window.first_day, window.last_day)]
        days = [one for one in bounds if isinstance(one, date)]
        found += days if edge == "first" else reversed(days)
        if edge == "inside":
            found = [one - timedelta(days=5) for one in days[-1:]] + found
    ends = table.effective_until
    if edge == "first":
        found.append(table.effective_from)
    if edge == "last" and ends is not None:
        found.append(ends - timedelta(days=1))
    found += [date(table.year, month, day) for month, day in ((12, 20), (8, 31), (6, 30), (3, 31))] if table.year else []
    found += [table.effective_from + timedelta(days=days) for days in (300, 100, 20)]
    yield from dict.fromkeys(one for one in found if table.effective_from <= one and (ends is None or one < ends))
