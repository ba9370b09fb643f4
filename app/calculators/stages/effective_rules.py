"""A table and the overlays that lie over it: whatever does not depend on the claim, derived once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache

from app.calculators.bilingual import Phrase
from app.calculators.expressions import nodes as ex
from app.calculators.quantities.calendar import term_until
from app.calculators.quantities.day_counts import DAY_COUNTS
from app.calculators.quantities.money import decimal_text, percent_text
from app.calculators.results.messages import LANGUAGES, Language, say
from app.calculators.results.model import NotDecided, TableProvenance, Warning_
from app.calculators.terms import builtins as nm
from app.calculators.terms.cap_periods import CAP_ACCOUNTS, CAP_PERIODS
from app.calculators.terms.code_lists import AUTHORITIES
from app.calculators.terms.model import (
    APPLICATION_DATE,
    UNKNOWN,
    UNSEEN,
    Cap,
    Line,
    Measure,
    Overlay,
    RateTable,
    Requirement,
    Stacking,
    Term,
    Terms,
    Unknown,
    unsaid_other_funding,
)
from app.calculators.terms.thresholds import thresholds
from app.calculators.wording.labels import ADMITS, cap_title, say_phrase, say_word, term_length, window_title
from app.calculators.wording.phrases import expression

FIRST_HAND = {"official", "mirror_of_official_page"}


@dataclass(frozen=True, slots=True, eq=False)
class Price:
    """The rate that a line pays, and why."""

    rate: Fraction
    why: str
    percent: str  # the rate as the working writes it
    decimals: str  # and as segments show it


def price(line: Line, language: Language, rate: Fraction, *working: str) -> Price:
    """Explain the rate of a line by its formula and the formula with the numbers put in; what is the same is said once."""
    percent = percent_text(rate)
    parts = [*working, percent]
    shown = " = ".join(part for no, part in enumerate(parts) if no == 0 or part != parts[no - 1])
    why = say(language, "WHY_LINE", line=line.id if language == "en" else line.title, shown=shown)
    return Price(rate, why, percent, decimal_text(rate))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Rules:
    """What every claim under one table and the same overlays reads."""

    table: RateTable
    overlays: tuple[Overlay, ...]
    needs: Mapping[str, Measure]
    measures: Mapping[str, Mapping[str, Measure]]  # by the object that carries them, then by name
    provenance: TableProvenance
    prices: Mapping[Language, Mapping[str, Price]]  # of lines whose rate is a figure, by line
    of_applicant: tuple[Requirement, ...]  # read the applicant alone: not met refuses the claim
    of_claim: tuple[Requirement, ...]  # read totals of the claim
    of_items: tuple[Requirement, ...]  # read a contract, policy, item or project
    asked: Mapping[str, tuple[Requirement, ...]]  # by line: its own and those that read a drawdown or a day, but for totals
    asks_totals: bool  # some requirement reads totals of the claim
    item_windows: tuple[str, ...]  # windows that the dates of an item may miss
    events: tuple[str, ...]  # dates of an item of which none may lie after the application (D75)
    other_funding: str  # where other fiscal money for a project comes off, also where the table does not say (D103)
    reads_other_funding: bool
    stackings: tuple[Stacking, ...]
    last_year: int | None  # whether applications of later years are admitted was not seen; None where that is known
    limits: tuple[Term, ...]  # for how long something is supported
    caps: tuple[Cap, ...]  # in the order in which they apply: the table's, then the overlays' (D42)
    bounds_balances: bool  # some cap is on principal
    takes_room_once: bool  # some cap on principal gives its room away for ever (D25)
    pays_days: bool  # some line pays for the days of a loan
    pays_once: bool  # some line does not
    reads_interest: bool  # some requirement asks for the interest of a contract
    cuts_years: bool  # each calendar year is its own account (ACCRUAL_YEAR)
    cuts_drawdowns: bool  # a money cap separates drawdowns
    spoken: Terms  # the table's terms with every name that a layer declares: in these, conditions and caps can be said
    called: Mapping[int, Phrase]  # what each requirement and each cap is called, by its identity
    reads: frozenset[str]  # every name that an expression of any layer reads
    statuses: frozenset[str]  # of the applicant, that any expression asks for
    key_names: tuple[str, ...]  # CODE facts by which some cap separates accounts
    thresholds: Mapping[str, Fraction]  # the least sum in 元 with which each fact is compared
    open: Mapping[Language, tuple[NotDecided, ...]]
    doubts: Mapping[Language, tuple[Warning_, ...]]


@lru_cache(maxsize=16_384)  # a look-up each; callers name the day
def rules_of(table: RateTable, on: date) -> Rules:
    """The rules of a table on the day of an application: what a fund asks of an applicant is as of then (D45)."""
    method, facts = table.method, str(table.terms.facts)
    return _rules(table, tuple(one for one in table.overlays if one.applies(method, facts, on, table.year or on.year)))


@lru_cache(maxsize=8_192)  # 8 KB each: of 5,000 tables, all that are in use
def _rules(table: RateTable, overlays: tuple[Overlay, ...]) -> Rules:
    terms = table.terms
    layers = (terms, *(one.terms for one in overlays))
    needs: dict[str, Measure] = {}
    for layer in layers:
        needs |= layer.needs
    caps = tuple(cap for layer in layers for cap in layer.caps)
    built_in = nm.BUILT_IN[str(terms.facts)]  # a category that is declared to list its codes is still a field
    money_parts = {part for cap in caps if cap.bounds == "AMOUNT" for part in cap.per}
    of_drawdown = {name for name, one in needs.items() if one.of == "DRAWDOWN"}
    types = {name: kind for layer in reversed(layers) for name, kind in layer.types.items()}
    spoken = replace(terms, needs=needs, types=types)
    reads = frozenset[str]().union(*(layer.reads for layer in layers))
    other_funding = terms.other_funding or unsaid_other_funding(table.published_at)
    requirements = [one for layer in layers for one in layer.require]
    of_days = tuple(one for one in terms.require if one.level in {nm.DRAWDOWN, nm.DAY} and not one.totals)
    return Rules(
        table=table,
        overlays=overlays,
        needs=needs,
        measures={
            of: {name: one for name, one in needs.items() if one.of == of and name not in built_in} for of in nm.LEVEL_OF
        },
        provenance=_provenance(table, overlays),
        prices={language: _prices(terms, language) for language in LANGUAGES},
        of_applicant=tuple(one for one in requirements if one.level == nm.APPLICANT and not one.totals),
        of_claim=tuple(one for one in requirements if one.of_claim),
        of_items=tuple(one for one in terms.require if one.level == nm.ITEM and not one.totals),
        item_windows=tuple(kind for kind in ("contract", "event", "completion") if kind in terms.windows),
        asked={line.id: (*of_days, *(one for one in line.require if not one.totals)) for line in terms.lines},
        asks_totals=any(one.of_claim for one in (*requirements, *(one for line in terms.lines for one in line.require))),
        events=_events(terms),
        other_funding=other_funding,
        reads_other_funding=other_funding != "IGNORED" or "other_fiscal_funding" in reads,
        stackings=tuple(layer.stacking for layer in layers),
        # The first day that counts is known when every other term has narrowed the days; their order means nothing.
        last_year=_last_year(terms, table.year),
        limits=tuple(sorted(_limits(layers), key=lambda term: term.start == "FIRST_COUNTED_DAY")),
        caps=caps,
        bounds_balances=any(cap.bounds == "BALANCE" for cap in caps),
        takes_room_once=any(cap.room == "CUMULATIVE" for cap in caps),
        pays_days=any(line.per_day for line in terms.lines),
        pays_once=not all(line.per_day for line in terms.lines),
        reads_interest=any(one.totals for one in (*terms.require, *(one for line in terms.lines for one in line.require))),
        cuts_years=any(CAP_PERIODS[cap.period].of_accrual_year for cap in caps),
        cuts_drawdowns=bool(money_parts & (of_drawdown | {"DRAWDOWN"})),
        spoken=spoken,
        called=_called(layers, spoken),
        reads=reads,
        statuses=frozenset(name for layer in layers for node in nodes_of(layer) for name in ex.named(node, "STATUS")),
        key_names=tuple(sorted({part for cap in caps for part in cap.per} - set(CAP_ACCOUNTS))),
        thresholds=thresholds(
            (node for layer in layers for node in nodes_of(layer)), caps, {name for name, kind in types.items() if kind == ex.MONEY}
        ),
        open={language: _open(layers, language) for language in LANGUAGES},
        doubts={language: _doubts(table, language) for language in LANGUAGES},
    )


def forget() -> None:
    """Let go of what was derived from tables that other ones have replaced."""
    rules_of.cache_clear()
    _rules.cache_clear()


def _events(terms: Terms) -> tuple[str, ...]:
    """What happens to an item: the date that the event window names, and the usual one; completion may come later (D75).

    A loan's days are bounded day by day (D13), so its signing is an event only where the window names it.
    """
    window, usual = terms.windows.get("event"), nm.EVENT_OF[str(terms.facts)]
    found = dict.fromkeys([] if terms.facts == "CONTRACTS" else [usual])
    if window is not None and window.of is not None:
        found[window.of] = None
    if terms.facts == "POLICIES":
        found["paid_on"] = None
    return tuple(name for name in found if name != "completed_on")


def _limits(layers: tuple[Terms, ...]) -> Iterator[Term]:
    """The terms that are applied: one whose start was not seen is said instead (D84)."""
    yield from (term for layer in layers for term in layer.limits if term.start != UNSEEN)


def _last_year(terms: Terms, year: int) -> int | None:
    """The last year of which something of a table speaks, where no application window says how long it is open (D104).

    A window speaks of the year of its last day, or of every year where it has none; a term of the years that it reaches from
    the end of the batch's year.
    """
    application = terms.windows.get("application")
    if not year or (application is not None and application.last_day is not UNKNOWN):
        return None
    reached = [year]
    for window in terms.windows.values():
        if window.last_day is None or window.last_day == APPLICATION_DATE:
            return None
        if isinstance(window.last_day, date):
            reached.append(window.last_day.year)
    reached += [term_until(date(year, 12, 31), term.months, year_end=term.year_end).year for term in terms.limits]
    return max(reached)


def _provenance(table: RateTable, overlays: tuple[Overlay, ...]) -> TableProvenance:
    until = table.effective_until
    return TableProvenance(
        id=table.id,
        version=table.version,
        digest=table.digest,
        effective_from=table.effective_from.isoformat(),
        effective_until=until.isoformat() if until else None,
        document=table.document,
        authority=table.authority,
        overlays=[overlay.id for overlay in overlays],
    )


def _prices(terms: Terms, language: Language) -> dict[str, Price]:
    figures = [(line, line.rate) for line in terms.lines if isinstance(line.rate, ex.Number)]
    return {line.id: price(line, language, figure.value, figure.text) for line, figure in figures}


def _called(layers: tuple[Terms, ...], spoken: Terms) -> dict[int, Phrase]:
    asked = [one for layer in layers for one in (*layer.require, *(own for line in layer.lines for own in line.require))]
    found = {id(one): expression(one.that, ex.BOOLEAN, spoken) for one in asked}
    return found | {id(cap): cap_title(cap, spoken) for layer in layers for cap in layer.caps}


def nodes_of(terms: Terms) -> Iterator[ex.Node]:
    """Every expression of the terms."""
    for line in terms.lines:
        yield from _given(line.when, line.base, line.rate, line.amount, *(one.that for one in line.require))
        if line.bands is not None:
            yield from _given(line.bands.of, line.bands.after, *(part for band in line.bands.pay for part in (band.amount, band.rate)))
    yield from (one.that for one in terms.require)
    for cap in terms.caps:
        yield from _given(cap.limit, cap.when)
    admit, offset = terms.admit, terms.stacking.offset
    yield from _given(terms.stacking.exempt, None if admit is None else admit.that, None if offset is None else offset[0])


def _given(*parts: ex.Node | Unknown | None) -> Iterator[ex.Node]:
    yield from (one for one in parts if one is not None and not isinstance(one, Unknown))


def _open(layers: tuple[Terms, ...], language: Language) -> tuple[NotDecided, ...]:
    """What the clauses leave open: stated by the table, or a window, a term or an admission that was not seen (D13, D84)."""
    terms = layers[0]
    found = [NotDecided(entry.clause, entry.message) for layer in layers for entry in layer.not_decided]
    for window in terms.windows.values():
        unseen = window.unseen
        if unseen is not None:
            kind = say_word({window.kind: window_title(window, terms)}, window.kind, language)
            found.append(NotDecided(window.clause or "", say(language, f"OPEN_WINDOW_{unseen}", kind=kind)))
    found += [entry for layer in layers for cap in layer.caps for entry in _open_cap(cap, layer, language)]
    for term in (term for layer in layers for term in layer.limits if term.start == UNSEEN):
        length = term_length(term)
        found.append(NotDecided(term.clause or "", say(language, "OPEN_TERM", length=length.zh if language == "zh" else length.en)))
    admit = terms.admit
    if admit is not None and terms.facts == "PROJECTS":
        for what, value in (("categories", admit.categories), ("vat", admit.vat), ("related_party", admit.related_party)):
            if value is UNKNOWN:
                found.append(NotDecided(admit.clause, say(language, "OPEN_ADMIT", what=say_word(ADMITS, what, language))))
    if terms.facts == "CONTRACTS" and terms.day_count_assumed is not None:
        found.append(NotDecided("", say(language, "OPEN_DAY_COUNT", name=say_phrase(DAY_COUNTS[terms.day_count].title, language))))
    once: list[NotDecided] = []
    for entry in found:
        if entry not in once:
            once.append(entry)
    return tuple(once)


def _open_cap(cap: Cap, terms: Terms, language: Language) -> Iterator[NotDecided]:
    """What was not seen of a cap, and whether the amount could be higher or lower for it (D84)."""
    name = cap_title(cap, terms)
    called = name.en if language == "en" else name.zh
    if cap.period == "unknown":
        yield NotDecided(cap.clause, say(language, "OPEN_CAP_PERIOD", cap=called))
    if cap.per_unknown:
        yield NotDecided(cap.clause, say(language, "OPEN_CAP_PER", cap=called))


def _doubts(table: RateTable, language: Language) -> tuple[Warning_, ...]:
    """What is assumed, and how sure the source is."""
    found = []
    terms = table.terms
    if terms.facts == "CONTRACTS" and terms.day_count_assumed is not None:
        name = say_phrase(DAY_COUNTS[terms.day_count].title, language)
        text = say(language, "DAY_COUNT_ASSUMED", name=name, note=terms.day_count_assumed)
        found.append(Warning_("DAY_COUNT_ASSUMED", text, None))
    if table.authority not in FIRST_HAND:
        authority = say_word(AUTHORITIES, table.authority, language)
        found.append(Warning_("TABLE_AUTHORITY", say(language, "TABLE_AUTHORITY", authority=authority), None))
    return tuple(found)
