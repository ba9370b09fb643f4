"""What all four methods share: eligibility, rounding, spreading, caps, top-up, payout (D33, D38-D56)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Any

from tests.oracle.earlier import (
    earlier_grants,
    granted_in,
    is_of_this_year,
    is_topped_up,
    money_caps,
    place_grants,
    touches,
)
from tests.oracle.language import RefusedError, evaluate, measure_value, money, plus_months, words_of
from tests.oracle.spelling import normal, refuse_unreadable, spelled_differently

Json = dict[str, Any]
APPLICANT_NAMES = {
    "registered_in_beijing",
    "other_municipal_funding",
    "declaration_accepted",
    "digital_rmb_account",
    "major_project_or_key_unit",
}
SEPARATORS = {
    "UNIT": "unit_id",
    "PRODUCT": "product_id",
    "CONTRACT": "contract_no",
    "PROJECT": "project_id",
    "LENDER": "lender",
}
FACT_PLACES = r"/(contracts|policies|items|projects)/\d+.*"


@dataclass
class Said:
    """What an answer has to say beside its figures: silence on any of it is a fault."""

    warnings: set[str] = field(default_factory=set)  # codes
    warned_places: set[str] = field(default_factory=set)  # patterns of pointers, where a decision names no code
    messages: set[str] = field(default_factory=set)  # what some warning must contain
    reasons: set[tuple[str, str | None]] = field(default_factory=set)  # code and item
    needs_reason: bool = False
    has_open_point: bool = False
    never: set[str] = field(default_factory=set)  # codes of warnings that would be wrong here


@dataclass
class Atom:
    """The smallest amount that a rule can tell apart."""

    item: str
    line: str
    year: str
    drawdown: str
    keys: dict[str, str]
    exact: Fraction  # fen, before any rounding
    at: Any = Fraction(0)  # fen, as it stands: int once rounded, else Fraction

    @property
    def name(self) -> tuple[str, str, str, str]:
        return (self.item, self.line, self.year, self.drawdown)


@dataclass
class Situation:
    """One claim against one table: what every part of the working reads."""

    table: Json
    request: Json
    series: Json
    looked_up: dict[tuple[str, date], Fraction] = field(default_factory=dict)
    said: Said = field(default_factory=Said)
    shared_numbers: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        refuse_unreadable(self.terms, self.request)
        self.say_spellings()
        lenders: dict[str, set[str]] = {}
        for contract in self.request.get("contracts", []):
            lenders.setdefault(normal(contract["contract_no"]), set()).add(normal(contract["lender"]))
        self.shared_numbers = {number for number, names in lenders.items() if len(names) > 1}
        if self.request.get("application_date"):
            self.say_later_year()
            place_grants(self)

    def say_spellings(self) -> None:
        """D67: an id in two spellings is a warning, where caps separate by it; with one spelling of everything there is none."""
        found = spelled_differently(self.terms, self.request)
        separating = {SEPARATORS.get(each, each) for cap in self.caps for each in cap["per"]}
        if found & separating:
            self.said.warnings.add("SPELLED_DIFFERENTLY")
        if not found:
            self.said.never.add("SPELLED_DIFFERENTLY")

    def say_later_year(self) -> None:
        """D104: whether a batch of an earlier year is still open was not seen, unless a window or a term says how far it reaches."""
        year = self.applied_on.year
        windows = self.terms.get("windows", {})
        last_days = [str(about.get("last_day", "unknown")) for name, about in windows.items() if name != "application"]
        reaches = any(last == "APPLICATION_DATE" or (last != "unknown" and int(last[:4]) >= year) for last in last_days)
        if year > self.program_year and "application" not in windows and not reaches and not terms_of(self):
            self.said.warnings.add("APPLIED_IN_A_LATER_YEAR")
            self.said.has_open_point = True

    @property
    def terms(self) -> Json:
        return self.table["terms"]

    @cached_property
    def projects(self) -> set[str]:
        facts = [fact for name in ("contracts", "policies", "items", "projects") for fact in self.request.get(name, [])]
        return {normal(fact["project_id"]) for fact in facts if fact.get("project_id")}

    @cached_property
    def grants(self) -> list[Json]:
        return earlier_grants(self)

    @cached_property
    def caps(self) -> list[Json]:
        return money_caps(self)

    @cached_property
    def applied_on(self) -> date:
        return date.fromisoformat(self.request["application_date"])

    @property
    def program_year(self) -> int:
        return int(self.table["year"]) if self.table.get("batch") else self.applied_on.year

    def reference(self, name: str, day: date) -> Fraction:
        """The value on a day: the last one published on or before it (D14, D18)."""
        if (name, day) in self.looked_up:
            return self.looked_up[name, day]
        series = self.series[name]
        if day >= date.fromisoformat(series["holds_until"]):
            raise RefusedError("REFERENCE_RATE_NOT_COVERED")
        value = None
        for on, text in series["rows"]:
            if on <= day.isoformat():
                value = text
        if value is None:
            raise RefusedError("REFERENCE_RATE_NOT_COVERED")
        self.looked_up[name, day] = Fraction(value)
        return self.looked_up[name, day]

    def lookup_day(self, when: str, places: dict[str, date]) -> date:
        if isinstance(when, date):
            return when
        applied = self.applied_on
        fixed = {
            "APPLICATION_DATE": applied,
            "JAN_1": date(applied.year, 1, 1),
            "JAN_1_LAST_YEAR": date(applied.year - 1, 1, 1),
        }
        return fixed[when] if when in fixed else places[when]

    def has_status(self, code: str, day: date) -> bool:
        """``from`` inclusive, ``until`` exclusive (D29)."""
        return any(
            held["status"] == code and held["from"] <= day.isoformat() and (held.get("until") is None or day.isoformat() < held["until"])
            for held in self.request["applicant"].get("statuses", [])
        )

    def applicant_fact(self, name: str) -> Any:
        applicant = self.request["applicant"]
        if name == "application_date":
            return self.applied_on
        if name in APPLICANT_NAMES:
            if applicant.get(name) is None:
                raise RefusedError("FACT_REQUIRED")
            return applicant[name]
        return self.measure("APPLICANT", applicant, name)

    def need(self, name: str) -> Json:
        return self.terms.get("needs", {}).get(name, {})

    def measure(self, of: str, fact: Json, name: str) -> Any:
        value = fact.get("measures", {}).get(name)
        if value is None:
            raise RefusedError("FACT_REQUIRED")
        return measure_value(self.need(name)["type"], value)

    def calls(self, places: dict[str, date], **more: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
        def dishonest_since(day: date) -> bool:
            records = self.request["applicant"].get("dishonesty_records")
            if records is None:
                raise RefusedError("FACT_REQUIRED")
            return any(day <= date.fromisoformat(r["on"]) <= self.applied_on for r in records)

        def status(code: str, when: str | date) -> bool:
            day = when if isinstance(when, date) else {
                "AT_APPLICATION": self.applied_on,
                "AT_FIRST_DRAWDOWN": places.get("FIRST_DRAWDOWN"),
                "ON_DAY": places.get("DAY"),
            }[when]
            assert day is not None
            return self.has_status(code, day)

        return {
            "months_after": lambda day, months: plus_months(day, int(months)),
            "reference": lambda name, when: self.reference(name, self.lookup_day(when, places)),
            "status": status,
            "dishonest_since": dishonest_since,
            **more,
        }

    def is_applicant_only(self, text: str) -> bool:
        """Whether an expression reads nothing of a single contract, policy, item or project."""
        for word in words_of(text):
            if word == "status" and ("AT_FIRST_DRAWDOWN" in text or "ON_DAY" in text):
                return False
            if word in {"status", "dishonest_since", "months_after", "reference"} or word.upper() == word:
                continue
            if word in APPLICANT_NAMES or word == "application_date":
                continue
            if self.need(word).get("of") != "APPLICANT":
                return False
        return True


def is_refused_outright(case: Situation) -> bool:
    """Table requirements on the applicant, the application window, single direction (D33, D43, D46)."""
    bad = False
    for rule in case.terms.get("require", []):
        if case.is_applicant_only(rule["that"]) and not evaluate(rule["that"], case.applicant_fact, case.calls({})):
            bad = True
    window = case.terms.get("windows", {}).get("application")
    if window and not is_in_application_window(case, window):
        bad = True
    single = case.terms.get("stacking", {}).get("single_direction")
    if single and not case.terms["stacking"].get("exempt_direction"):
        exempt = single.get("exempt")
        if not (exempt and evaluate(exempt, case.applicant_fact, case.calls({}))) and any(
            grant["rate_table"] != case.table["id"] and is_of_this_year(case, grant) for grant in case.grants
        ):
            if "原则上" in single.get("clause", ""):  # D102: in principle only, so whoever decides does so
                case.said.messages.add(single["clause"])
            else:
                bad = True
    return bad


def is_in_application_window(case: Situation, window: Json) -> bool:
    first, last = window.get("first_day", "unknown"), window.get("last_day", "unknown")
    day = case.request["application_date"]
    if first != "unknown" and day < first:
        return False
    if last == "unknown":
        return True
    if "T" in last and case.request.get("application_at") and day == last[:10]:
        at = datetime.fromisoformat(case.request["application_at"])
        return at <= datetime.fromisoformat(last + ":00+08:00")
    return day <= last[:10]


def inside_term(case: Situation, day: date, start_of: Callable[[str], Any]) -> bool:
    """Whether the date of an item or project lies in every term of the table (D7, D21, D22)."""
    return all(start_of(term["from"]) <= day < end_of(term, start_of(term["from"])) for term in terms_of(case))


def terms_of(case: Situation) -> list[Json]:
    """The terms of the table: none, one or several."""
    given = case.terms.get("term", [])
    return given if isinstance(given, list) else [given]


def end_of(term: Json, start: date) -> date:
    until = plus_months(start, int(term["months"])) if term.get("months") else date.max
    return min(until, date(start.year + 1, 1, 1)) if term.get("end") == "YEAR_END" else until


def in_window(case: Situation, name: str, day: date | None) -> bool:
    """A window of one date, both days inclusive (D11)."""
    window = case.terms.get("windows", {}).get(name)
    if window is None:
        return True
    first, last = window.get("first_day", "unknown"), window.get("last_day", "unknown")
    if first == last == "unknown":
        return True
    if day is None:
        raise RefusedError("FACT_REQUIRED")
    if first != "unknown" and day < date.fromisoformat(first):
        return False
    if last == "unknown":
        return True
    return day <= (case.applied_on if last == "APPLICATION_DATE" else date.fromisoformat(last))


# Rounding and spreading


def rounded(exact: Fraction, mode: str, unit_fen: Fraction = Fraction(1)) -> int:
    """Fen, to a multiple of the unit (D47, D51)."""
    parts = exact / unit_fen
    whole = floor(parts) if mode == "DOWN" else floor(parts + Fraction(1, 2))
    fen = whole * unit_fen
    assert fen.denominator == 1
    return int(fen)


def unit_fen(terms: Json) -> Fraction:
    unit = terms.get("rounding", {}).get("unit", "分")
    if unit == "分":
        return Fraction(1)
    number = unit.removesuffix("元")
    return Fraction(number.removesuffix("万") or "1") * (10_000 if number.endswith("万") else 1) * 100


def spread(amounts: Sequence[Any], names: Sequence[Any], total: int) -> list[int]:
    """A total in proportion to amounts: largest remainder, ties by name (D49)."""
    whole = sum(amounts)
    if whole == 0:
        return [0] * len(amounts)
    quotas = [Fraction(amount) * total / whole for amount in amounts]
    given = [floor(quota) for quota in quotas]
    order = sorted(range(len(amounts)), key=lambda i: (-(quotas[i] - given[i]), names[i]))
    for i in order[: total - sum(given)]:
        given[i] += 1
    return given


def spread_total(
    amounts: Sequence[Any], names: Sequence[Any], total: int, fits: Callable[[int, list[int]], bool] = lambda i, given: True
) -> list[int]:
    """As ``spread``, but a fen lifts no amount past its own fen rounded up, and no limit that ``fits`` asks about (D49, D50, D92)."""
    whole = sum(amounts)
    if whole == 0:
        return [0] * len(amounts)
    quotas = [Fraction(amount) * total / whole for amount in amounts]
    given = [floor(quota) for quota in quotas]
    order = sorted(range(len(amounts)), key=lambda i: (-(quotas[i] - given[i]), names[i]))
    for i in order:
        if sum(given) < total and given[i] + 1 <= ceil(amounts[i]) and fits(i, given):
            given[i] += 1
    return given


def mode_of(terms: Json, line: str | None = None) -> str:
    if mode := terms.get("rounding", {}).get("mode"):
        return str(mode)
    wording = terms.get("wording", "CEILING")
    for each in terms["lines"]:
        if each["id"] == line:
            wording = each.get("wording", wording)
    return "DOWN" if wording == "CEILING" else "HALF_UP"


def mode_of_total(terms: Json, atoms: list[Atom]) -> str:
    """Down where any earning line gives a ceiling: no result passes the legal maximum (D47, D52)."""
    modes = {mode_of(terms, atom.line) for atom in atoms if atom.exact > 0}
    return "HALF_UP" if modes == {"HALF_UP"} else "DOWN"


def replace(atoms: Sequence[Atom], total: Any, is_exact: bool) -> None:
    """Put a total in the place of a group's sum."""
    whole = sum(atom.at for atom in atoms)
    if is_exact:
        for atom in atoms:
            atom.at = atom.at * total / whole if whole else Fraction(0)
        return
    for atom, fen in zip(atoms, spread([a.at for a in atoms], [a.name for a in atoms], total), strict=True):
        atom.at = fen


def round_atoms(case: Situation, atoms: list[Atom]) -> None:
    """Each item amount once (D47); where a cap separates drawdowns the rounded amount is spread."""
    if case.terms.get("rounding", {}).get("scope") == "TOTAL":
        for atom in atoms:
            atom.at = atom.exact
        return
    for group in grouped(atoms, lambda atom: atom.name[:3]).values():
        total = rounded(sum((a.exact for a in group), Fraction(0)), mode_of(case.terms, group[0].line))
        for atom, fen in zip(group, spread([a.exact for a in group], [a.name for a in group], total), strict=True):
            atom.at = fen


def grouped(atoms: Iterable[Atom], key: Callable[[Atom], Any]) -> dict[Any, list[Atom]]:
    groups: dict[Any, list[Atom]] = {}
    for atom in atoms:
        groups.setdefault(key(atom), []).append(atom)
    return groups


# Caps


def rank(cap: Json) -> int:
    """Narrower before wider (D39): how wide an account is. A cap on some lines is one of a category."""
    per = cap.get("per", [])
    if not per:
        return 2 if cap.get("lines") else 9
    ranks = {"UNIT": 1, "PRODUCT": 1, "CONTRACT": 1, "DRAWDOWN": 0, "LINE": 2, "PROJECT": 3, "LENDER": 4}
    return min(ranks.get(each, 2) for each in per)


def account_of(cap: Json, atom: Atom) -> tuple[str, ...]:
    key = [normal(atom.line if each == "LINE" else atom.keys.get(each) or "") for each in cap["per"]]
    if "DRAWDOWN" in cap["per"] or "CONTRACT" in cap["per"]:  # a number belongs to a contract, and that to a lender (D70)
        key.append(atom.item)
    if cap["period"] == "ACCRUAL_YEAR":
        key.append(atom.year)
    return tuple(key)


def without_year(cap: Json, atom: Atom) -> tuple[str, ...]:
    """Whether a line earned is asked of all years of an account (D96)."""
    return account_of({**cap, "period": "CLAIM"}, atom)


def require_separators(case: Situation, cap: Json, concerned: list[Atom]) -> None:
    """D68: what separates the accounts of a cap is required of each item that earns under it."""
    earning = [atom for atom in concerned if atom.exact > 0]
    lacking = [atom for atom in earning if any(each != "LINE" and not atom.keys.get(each) for each in cap["per"])]
    if not lacking:
        return
    if len({atom.item for atom in earning}) > 1 or touches(case, cap):
        raise RefusedError("FACT_REQUIRED")
    case.said.warned_places.add(FACT_PLACES)


@dataclass
class Account:
    """One account of a cap during the working."""

    cap: Json
    key: tuple[str, ...]
    atoms: list[Atom]
    limit: int
    room: int
    topped_up: int  # fen of earlier grants in it that D44 does not take off
    before: Any
    after: Any

    def spent(self) -> Any:
        return sum(atom.at for atom in self.atoms)

    def told(self) -> Json:
        return {
            "per": list(self.cap["per"]),
            "period": self.cap["period"],
            "key": list(self.key),
            "lines": [normal(line) for line in self.cap.get("lines", [])],
            "limit": self.limit,
            "before": self.before,
            "after": self.after,
            "binding": self.before > self.room,
        }


def apply_caps(
    case: Situation,
    atoms: list[Atom],
    fact_of: Callable[[Atom, str], Any],
    after_project: Callable[[], None] | None = None,
) -> list[Account]:
    """Every money cap, in listed order (D38-D41, D48, D49, D68, D84)."""
    is_exact = case.terms.get("rounding", {}).get("scope") == "TOTAL"
    accounts: list[Account] = []
    waiting = after_project
    for cap in case.caps:
        if waiting and rank(cap) > 3:
            waiting()
            waiting = None
        concerned = [a for a in atoms if not cap.get("lines") or a.line in cap["lines"]]
        require_separators(case, cap, concerned)
        if cap["limit"] == "unknown":
            continue
        for key, group in grouped(concerned, lambda a, cap=cap: account_of(cap, a)).items():
            earning = {a.line for a in atoms if a.exact > 0 and without_year(cap, a) == without_year(cap, group[0])}
            calls = case.calls({}, earned=lambda line, earning=earning: line in earning)
            names = lambda name, group=group: fact_of(group[0], name)  # noqa: E731
            if cap.get("when") and not evaluate(cap["when"], names, calls):
                continue
            limit = floor(evaluate(cap["limit"], names, calls) * 100)
            room = max(0, limit - granted_in(case, cap, group[0], topped_up=False))
            before = sum(a.at for a in group)
            if before > room:
                replace(group, room, is_exact)
            topped_up = granted_in(case, cap, group[0], topped_up=True)
            accounts.append(Account(cap, key, group, limit, room, topped_up, before, min(before, room)))
    if waiting:
        waiting()
    return accounts


def yuan(fen: Any) -> str:
    fen = int(fen)
    return f"{fen // 100}.{fen % 100:02d}"


def finish(
    case: Situation,
    items: list[str],
    atoms: list[Atom],
    fact_of: Callable[[Atom, str], Any],
    *,
    bound: Callable[[list[Atom], bool], None] | None = None,
    after_project: Callable[[], None] | None = None,
    offset: Callable[[str], Fraction] | None = None,
    paid: dict[str, int] | None = None,
) -> Json:
    """From exact atoms to the answer."""
    terms = case.terms
    is_exact = terms.get("rounding", {}).get("scope") == "TOTAL"
    atoms.sort(key=lambda atom: atom.name)
    round_atoms(case, atoms)
    before = shown_before(terms, items, atoms, is_exact)
    if bound:
        bound(atoms, is_exact)
    is_eligible = any(atom.exact > 0 for atom in atoms)
    if offset:
        after_project = with_offset(atoms, after_project, offset, is_exact)
    accounts = apply_caps(case, atoms, fact_of, after_project)
    limits = Limits(accounts, atoms, bound)
    unit = unit_fen(terms)
    if is_exact and unit == 1:  # 50: once; a coarser unit is that one rounding
        round_total(terms, limits, unit, is_exact=is_exact, is_topped_up=False)
    if terms.get("stacking", {}).get("higher_of"):
        earlier = sum(int(money(g["amount"])) for g in case.grants if is_topped_up(case, g))
        replace(atoms, max(0, sum(a.at for a in atoms) - earlier), is_exact and unit != 1)
    if unit != 1:
        round_total(terms, limits, unit, is_exact=is_exact, is_topped_up=True)
    total = sum(a.at for a in atoms)
    say_why_nothing(case, accounts, sum(before.values()) if is_eligible else None, total, is_less_other_money=after_project is not None)
    return {
        "said": case.said,
        "status": "ELIGIBLE" if is_eligible else "NOT_ELIGIBLE",
        "amount": yuan(total),
        "items": {
            item: {
                "amount_before_caps": before[item],
                "amount": yuan(sum(a.at for a in atoms if a.item == item)),
            }
            for item in items
        },
        "caps": [account.told() for account in accounts],
        "kind": amount_kind(case, atoms),
        "payout": instalments(case, total, paid),
    }


def shown_before(terms: Json, items: list[str], atoms: list[Atom], is_exact: bool) -> dict[str, int]:
    """Fen of each item before caps: with scope TOTAL spread from their rounded total, so that they add up (D93)."""
    sums = {item: sum((atom.at for atom in atoms if atom.item == item), start=0) for item in items}
    if not is_exact:
        return sums
    total = rounded(Fraction(sum(sums.values())), mode_of_total(terms, atoms))
    return dict(zip(sorted(items), spread_total([sums[item] for item in sorted(items)], sorted(items), total), strict=True))


def amount_kind(case: Situation, atoms: list[Atom]) -> str | None:
    """D52: a maximum where an earning line says so; not stated where a cap has no figure."""
    if any(cap["limit"] == "unknown" for cap in case.caps):
        return None
    wordings = {line["id"]: line.get("wording", case.terms.get("wording", "CEILING")) for line in case.terms["lines"]}
    earning = {wordings[atom.line] for atom in atoms if atom.exact > 0}
    return "MAXIMUM" if "CEILING" in earning else "EXACT" if earning else None


@dataclass
class Limits:
    """What no rounding may pass: accounts of caps, with the grants in them that are topped up, and the interest of contracts (D92)."""

    accounts: list[Account]
    atoms: list[Atom]
    bound: Callable[[list[Atom], bool], None] | None

    def passed(self, *, with_topped_up: bool) -> set[int]:
        found = {
            n
            for n, each in enumerate(self.accounts)
            if each.spent() > each.room or (with_topped_up and each.topped_up and each.spent() + each.topped_up > each.room)
        }
        if self.bound:
            copies = [dataclasses.replace(atom) for atom in self.atoms]
            self.bound(copies, True)
            if [copy.at for copy in copies] != [atom.at for atom in self.atoms]:
                found.add(-1)
        return found

    def has_room(self, i: int, given: list[int]) -> bool:
        """Whether one more fen for an atom stays inside its accounts."""
        fen = dict(zip((atom.name for atom in self.atoms), given, strict=True))
        mine = [each for each in self.accounts if any(atom is self.atoms[i] for atom in each.atoms)]
        return all(sum(fen[atom.name] for atom in each.atoms) + 1 <= each.room for each in mine)


def round_total(terms: Json, limits: Limits, unit: Fraction, *, is_exact: bool, is_topped_up: bool) -> None:
    """The total to its unit, spread back; where that passes a limit, the next lower unit (D50, D51, D92, D93)."""
    atoms = limits.atoms
    exact = [atom.at for atom in atoms]
    names = [atom.name for atom in atoms]
    already = limits.passed(with_topped_up=is_topped_up)
    total = rounded(Fraction(sum(exact)), mode_of_total(terms, atoms), unit)
    while True:
        fen = spread_total(exact, names, total, limits.has_room) if is_exact and unit == 1 else spread(exact, names, total)
        for atom, each in zip(atoms, fen, strict=True):
            atom.at = each
        passed = limits.passed(with_topped_up=is_topped_up)
        if total <= 0 or (sum(fen) == total and not (passed - already or (passed and total > sum(exact)))):
            return
        total -= int(unit)


def say_why_nothing(case: Situation, accounts: list[Account], before: Any, total: int, *, is_less_other_money: bool) -> None:
    """An amount of 0.00 has its reason (D33, D82); ``before`` the caps is None where nothing earned."""
    if total:
        return
    case.said.needs_reason = True
    if before is None:
        return
    took_less = any(each.room == 0 and 0 < each.before < 1 for each in accounts)  # with scope TOTAL a cap takes parts of a fen too
    if before < 1 and unit_fen(case.terms) == 1 and not is_less_other_money and not took_less:
        case.said.reasons.add(("LESS_THAN_A_FEN", None))
    if any(each.room == 0 and each.before >= 1 for each in accounts):
        case.said.reasons.add(("CAP_USED", None))


def with_offset(
    atoms: list[Atom], first: Callable[[], None] | None, offset: Callable[[str], Fraction], is_exact: bool
) -> Callable[[], None]:
    """Other money for the same thing comes off each item, rounded up to the fen, where other fiscal money does (D53)."""

    def deduct() -> None:
        if first:
            first()
        for item, mine in grouped(atoms, lambda atom: atom.item).items():
            less = ceil(offset(item) * 100)
            if less > 0:
                replace(mine, max(0, sum(a.at for a in mine) - less), is_exact)

    return deduct


def refused(items: list[str], case: Situation | None = None) -> Json:
    said = case.said if case else Said()
    said.needs_reason = True
    return {
        "said": said,
        "status": "NOT_ELIGIBLE",
        "amount": "0.00",
        "items": {item: {"amount_before_caps": Fraction(0), "amount": "0.00"} for item in items},
        "caps": [],
        "payout": [],
    }


def instalments(case: Situation, total: int, paid: dict[str, int] | None = None) -> list[str]:
    """Each part but the last rounded down, the last is the rest (D55)."""
    payout = case.terms.get("payout", {})
    parts = payout.get("instalments") or payout.get("sources") or []
    given: list[int] = []
    for part in parts[:-1]:
        given.append(floor(Fraction(part["share"].rstrip("%")) / 100 * total))
    if parts:
        given.append(total - sum(given))
    return [yuan(fen) for fen in given]


def choose_line(
    case: Situation, names: Callable[[str], Any], calls: dict[str, Callable[..., Any]], amount: Callable[[Json], Fraction]
) -> Json | None:
    """D32: the line that applies."""
    holding = [line for line in case.terms["lines"] if not line.get("when") or evaluate(line["when"], names, calls)]
    if not holding:
        return None
    if case.terms.get("choose", "ONLY") == "HIGHEST":
        return max(holding, key=amount)
    assert len(holding) == 1 or case.terms.get("choose") == "FIRST", "two lines hold at once"
    return holding[0]
