"""What a rate table says, as frozen values (TERMS of a table: facts, lines, caps, rounding, payout).

``parser.parse_terms`` makes them from a data file; ``coverage.prove`` shows that they leave no gap or
overlap. Expressions are trees of ``expressions``. Money limits stay expressions in 元 until a claim
is assessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from math import lcm
from typing import Final, Literal

from app.calculators.bilingual import Phrase
from app.calculators.expressions.nodes import Node
from app.calculators.quantities.day_counts import SILENT, DayCountName
from app.calculators.terms.cap_periods import CAP_PERIODS, CapPeriodName, account_keys


class _Unknown:
    """A figure that is known to exist but was not published."""


UNKNOWN: Final = _Unknown()
Unknown = _Unknown

UNSEEN: Final = "unknown"  # the start of a term that is known to exist, but not from when it runs
APPLICATION_DATE: Final = "APPLICATION_DATE"
APPLICANT_KINDS: Final = ("ENTERPRISE", "PERSON", "HOUSEHOLD")
_OTHER_FUNDING_IGNORED_FROM: Final = datetime(2026, 12, 1, tzinfo=timezone(timedelta(hours=8)))


@dataclass(frozen=True, slots=True)
class TermsFault:
    """What is wrong with a table, and where in it."""

    place: str
    told: Phrase

    @property
    def message(self) -> str:
        """What is wrong, in Chinese."""
        return self.told.zh

    @property
    def en(self) -> str:
        """What is wrong, in English."""
        return self.told.en


class TermsError(ValueError):
    """A table that says something that cannot be meant; refused at load with all its faults."""

    def __init__(self, faults: list[TermsFault]) -> None:
        super().__init__("\n".join(f"{fault.place}: {fault.message}" for fault in faults))
        self.faults = faults


Fault = TermsFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A fact that only some tables need, declared by the table that reads it."""

    name: str
    of: str
    type: str
    title: str
    unit: str | None = None
    decimals: int | None = None
    values: Mapping[str, str] | None = None
    clause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Days between which something must lie; both days count (``last_day`` may be a clock time)."""

    kind: str
    of: str | None
    first_day: date | Unknown | None
    last_day: date | datetime | str | Unknown | None
    tests: str
    clause: str | None

    @property
    def unseen(self) -> Literal["BOTH", "FIRST_DAY", "LAST_DAY"] | None:
        """Which bound is known to exist without its day; the other one restricts all the same (D77)."""
        if self.first_day is UNKNOWN:
            return "BOTH" if self.last_day is UNKNOWN else "FIRST_DAY"
        return "LAST_DAY" if self.last_day is UNKNOWN else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How long something is subsidised: N months from an event, perhaps to the end of a year."""

    months: int | None
    start: str | date  # UNSEEN: that there is a term was seen, its start was not; it restricts nothing (D84)
    year_end: bool
    clause: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A condition of eligibility; not met is an answer with a reason, not an error."""

    that: Node
    text: str
    code: str
    clause: str
    message: str | None
    level: str  # the narrowest level that it reads
    totals: bool  # reads interest or total(…): tested when the items have been calculated
    of_claim: bool = False  # reads total(…): over the whole claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A part of a banded ladder: up to here, this much per unit or this share."""

    up_to: Fraction | None
    amount: Node | None
    rate: Node | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """Each band pays its own part, from ``after`` to ``after`` + amount (D34)."""

    of: Node
    after: Node | None
    pay: tuple[Band, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: when it applies, and what it pays."""

    id: str
    title: str
    when: Node | None
    when_level: str
    require: tuple[Requirement, ...]
    base: Node | None
    rate: Node | Unknown | None
    amount: Node | Unknown | None
    bands: Bands | None
    wording: Literal["CEILING", "EXACT"]
    clause: str
    per_day: bool = False  # the base is a balance or interest: it is taken over days
    shares_interest: bool = False  # base: interest
    on_balance: bool = False  # base: balance, as it stands
    rate_fixed: bool = False  # the rate is the same for every day of a contract, whatever its own rate
    rate_moves: bool = False  # the rate changes with the day, the balance or the drawdown, not only the contract rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What, beside balances and contract rates, can change from one day to the next."""

    series: frozenset[str] = frozenset()
    statuses: bool = False
    marks: tuple[tuple[Node, tuple[int, ...]], ...] = ()  # dates with which ``day`` is compared, and how many days later it changes
    lines_by_day: bool = False  # a condition or requirement reads the day


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """An account that amounts or balances may not pass."""

    no: int
    bounds: Literal["AMOUNT", "BALANCE"]
    room: Literal["DAILY", "CUMULATIVE"]
    per: tuple[str, ...]
    period: CapPeriodName
    limit: Node | Unknown
    lines: frozenset[str] | None
    when: Node | None
    pool: tuple[str, ...] | Literal["FUND"] | None
    clause: str
    overlay: bool = False
    per_unknown: bool = False  # what separates accounts was not seen: counted per applicant, the tightest reading (D84)
    limit_fen: int | None = None  # a limit that reads no fact, rounded down to fen (D48)
    keys: tuple[str, ...] = field(init=False)  # under which items and earlier grants name what separates accounts
    scope: str = field(init=False)  # its name in the answer: [] + PROGRAM_YEAR = ENTERPRISE_YEAR, [UNIT] = UNIT, [] on lines = CATEGORY

    def __post_init__(self) -> None:
        """Derive what every account of the cap is called by."""
        suffix = CAP_PERIODS[self.period].suffix
        name = "_".join(part.upper() for part in self.per) or ("ENTERPRISE" if self.lines is None else "CATEGORY")
        plain = self.period == "BATCH" and name != "ENTERPRISE"
        if self.bounds == "BALANCE":  # bounds days, so that its period means nothing
            plain, suffix = False, "BALANCE"
        object.__setattr__(self, "scope", name if plain else f"{name}_{suffix}")
        keys = [name for part in self.per for name in account_keys(part)]
        object.__setattr__(self, "keys", tuple(dict.fromkeys(keys)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounding:
    """Where and how amounts are rounded; a unit of 1 is one fen."""

    unit: int = 1
    mode: Literal["DOWN", "HALF_UP"] | None = None  # None: from the wording
    scope: Literal["ITEM", "TOTAL"] = "ITEM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Admit:
    """Which investment of a project counts."""

    categories: frozenset[str] | Unknown
    vat: str | Unknown
    related_party: str | Unknown
    clause: str
    that: Node | None = None  # what each payment must meet


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacking:
    """What happens when the applicant was supported already."""

    single_direction: str | None = None  # clause
    direction_authority: str | None = None  # how good the copy of that clause is, where it is another than the table's
    exempt: Node | None = None
    exempt_tables: frozenset[str] = frozenset()  # directions that stand apart, also while their standards are not loaded
    exempt_direction: bool = False
    higher_of: str | None = None  # clause
    same_project: bool = False  # only what the same project was granted is set off
    offset: tuple[Node, str] | None = None  # what comes off each item's amount, and the clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One instalment or one source; the last has no share and takes the rest."""

    name: str
    share: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """A currency admitted beside CNY: which series converts it, on which day."""

    code: str
    series: str
    on: date | str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDecided:
    """What the published text leaves open."""

    clause: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything that one version of a table says."""

    facts: str | None  # None: an overlay's terms
    applicants: tuple[str, ...] = ("ENTERPRISE",)  # the kinds that are admitted, in the order of ``labels.APPLICANTS``
    choose: str = "ONLY"
    day_count: DayCountName = SILENT
    day_count_assumed: str | None = None
    currencies: tuple[Currency, ...] = ()
    exclude_periods: frozenset[str] = frozenset({"OVERDUE", "EXTENSION", "OTHER"})
    pay_first: bool = False
    needs: Mapping[str, Measure] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)  # what built-in facts are called in this table
    windows: Mapping[str, Window] = field(default_factory=dict)
    limits: tuple[Term, ...] = ()  # for how long: each narrows the others
    require: tuple[Requirement, ...] = ()
    lines: tuple[Line, ...] = ()
    caps: tuple[Cap, ...] = ()
    rounding: Rounding = Rounding()
    admit: Admit | None = None
    stacking: Stacking = Stacking()
    other_funding: str | None = None  # None: not said; ``unsaid_other_funding`` says what it means then
    instalments: tuple[Share, ...] = ()
    sources: tuple[Share, ...] = ()
    not_decided: tuple[NotDecided, ...] = ()
    reads: frozenset[str] = frozenset()  # every name that any expression reads
    types: Mapping[str, str] = field(default_factory=dict)  # type of every name that may be read
    watch: Watch = Watch()
    series: Mapping[str, str] = field(default_factory=dict)  # the series of reference rates that it names, with the place of each
    rates: Mapping[str, str] = field(default_factory=dict)  # of these, the ones that are read as rates (D101)
    categories: frozenset[str] = frozenset()  # investment categories that an expression reads one by one
    any_category: bool = False  # a line is meant for categories that no line names
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)  # codes with which each fact is compared


def unsaid_other_funding(published_at: datetime) -> str:
    """Where other fiscal money comes off under a table that does not say so: nowhere; in older versions, off the amount (D103)."""
    return "IGNORED" if published_at >= _OTHER_FUNDING_IGNORED_FROM else "FROM_AMOUNT"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Overlay:
    """Management measures or a yearly guide: rules of a fund that lie over its tables (D42)."""

    id: str
    title: str
    methods: frozenset[str] | None
    facts: frozenset[str] | None
    effective_from: date
    effective_until: date | None
    known_from: datetime
    document: str
    authority: str
    digest: str
    terms: Terms
    applies_by: Literal["PROGRAM_YEAR", "APPLICATION_DATE"] | None = None  # None: not stated, as of the application
    dated: date | None = None  # first day on which the document can have been known

    def applies(self, method: str, facts: str, on: date, year: int) -> bool:
        """Whether the overlay lies over a table of this method, kind of facts and year for an application of that day (D102).

        One that states how it applies never lies over an application before its document.
        """
        if self.methods is not None and method not in self.methods:
            return False
        if self.facts is not None and facts not in self.facts:
            return False
        if self.applies_by is not None and self.dated is not None and on < self.dated:
            return False
        if self.applies_by == "PROGRAM_YEAR":
            last = None if self.effective_until is None else date.fromordinal(self.effective_until.toordinal() - 1)
            return self.effective_from.year <= year and (last is None or year <= last.year)
        return self.effective_from <= on and (self.effective_until is None or on < self.effective_until)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RateTable:
    """One version of the standards of one direction, with the overlays of its fund."""

    id: str
    fund: str
    year: int
    batch: str
    direction: str
    title: str
    method: str
    version: int
    digest: str
    effective_from: date
    effective_until: date | None
    published_at: datetime
    document: str
    authority: str
    read_terms: Callable[[], Terms]
    overlays: tuple[Overlay, ...] = ()
    fund_methods: Mapping[str, str] = field(default_factory=dict)  # table id -> method, for caps of the fund
    fund_exempt: Set[str] = frozenset()  # tables of the fund that are exempt from a single direction (D43)
    known_tables: Set[str] = frozenset()  # every table that is loaded, of any fund (D41)

    @property
    def terms(self) -> Terms:
        """The terms, parsed when first asked for (``read_terms`` remembers them): most of 15,000 versions never are."""
        return self.read_terms()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceSeries:
    """A dated series of reference rates, or of numbers such as exchange rates (D101); it says nothing from ``holds_until`` on."""

    series: str
    version: int
    digest: str
    holds_until: date
    days: tuple[int, ...]
    values: tuple[Fraction, ...]
    confidences: tuple[str, ...]
    values_are: Literal["PERCENT", "NUMBER"] = "PERCENT"
    ends: int = field(init=False)  # the ordinal of ``holds_until``
    parts: int = field(init=False)
    numerators: tuple[int, ...] = field(init=False)  # the values as whole numbers of 1/parts
    doubtful: frozenset[int] = field(init=False)  # rows that were not read in the publication itself

    def __post_init__(self) -> None:
        """Derive what contract rates are calculated from."""
        parts = lcm(*(value.denominator for value in self.values))
        object.__setattr__(self, "ends", self.holds_until.toordinal())
        object.__setattr__(self, "doubtful", frozenset(row for row, how in enumerate(self.confidences) if how != "read"))
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "numerators", tuple(value.numerator * (parts // value.denominator) for value in self.values))
