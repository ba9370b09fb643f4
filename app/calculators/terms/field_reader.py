"""Reading one value of a data file: what it may be, where it stands, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

from app.calculators.bilingual import Phrase
from app.calculators.claims.model import Purpose
from app.calculators.expressions import nodes as ex
from app.calculators.expressions.functions import FUNCTIONS
from app.calculators.expressions.parser import parse
from app.calculators.expressions.types import infer, named
from app.calculators.faults.telling import FaultError, tell
from app.calculators.terms import builtins as nm
from app.calculators.terms.model import Measure, TermsError, TermsFault

if TYPE_CHECKING:
    from collections.abc import Iterator

A_TEXT: Final = tell("A_TEXT")
A_DATE: Final = tell("A_DATE")
A_CODE: Final = tell("A_CODE")
CLAUSE_WORDS: Final = tell("CLAUSE_WORDS")
AN_EXPRESSION: Final = tell("AN_EXPRESSION")
MAX_FAULTS: Final = 100  # nobody reads more of one table at once
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_T = TypeVar("_T")


class Refused(FaultError):
    """One value that cannot be read; recorded at its place, reading goes on with the next."""

    def __init__(self, told: Phrase, inside: tuple[str, ...] = ()) -> None:
        super().__init__(told)
        self.inside = inside  # the keys below the place that is being read


class Told(Refused):
    """A value that cannot be read because of a fault that was recorded elsewhere; it is not told again."""

    def __init__(self) -> None:
        super().__init__(Phrase("", ""))


class Reader:
    """Reads one table: keeps the place and collects faults."""

    def __init__(self, place: str) -> None:
        self.place = [place] if place else []
        self.faults: list[TermsFault] = []
        self.facts: str | None = None
        self.needs: dict[str, Measure] = {}
        self.types: dict[str, str] = {}
        self.levels: dict[str, str] = {}
        self.refused: set[str] = set()  # measures whose declaration is faulty
        self.lines: set[str] = set()  # ids of lines, also of faulty ones
        self.reads: set[str] = set()
        self.series: dict[str, str] = {}  # of reference rates, with the place that names each first
        self.rates: dict[str, str] = {}  # of these, the ones that an expression reads as rates
        self.categories: set[str] = set()  # of investment, read one by one
        self.clause: str | None = None
        self.wording: str | None = None

    def fault(self, told: Phrase, inside: tuple[str, ...] = ()) -> None:
        """Record a fault at this place, or at a key below it. Errors: TermsError at the hundredth, where reading ends."""
        self.faults.append(TermsFault("/".join((*self.place, *inside)), told))
        if len(self.faults) >= MAX_FAULTS:
            raise TermsError(self.faults)

    @contextmanager
    def at(self, *place: object) -> Iterator[None]:
        """Inside, faults are recorded at this place, and a refused value ends only this block."""
        self.place.extend(str(part) for part in place)
        depth = len(place)
        try:
            yield
        except Told:
            pass
        except Refused as refused:
            self.fault(refused.told, refused.inside)
        finally:
            del self.place[len(self.place) - depth :]

    @contextmanager
    def within(self, key: str) -> Iterator[None]:
        """Inside, what is refused names this key too; it still ends the whole block around."""
        self.place.append(key)
        try:
            yield
        except Refused as refused:
            refused.inside = (key, *refused.inside)
            raise
        except ex.ExpressionError as refused:
            raise Refused(refused.told, (key,)) from refused
        finally:
            self.place.pop()

    def key(self, raw: Mapping[str, Any], key: str, read: Callable[..., _T], *how: Any) -> _T:
        """What stands under a key; what is refused names the key."""
        with self.within(key):
            return read(raw.get(key), *how)

    # --- plain values

    def mapping(self, raw: Any, allowed: list[str] | None = None) -> Mapping[str, Any]:
        """Keys and values; a key that is not allowed is a fault."""
        if not isinstance(raw, Mapping):
            raise Refused(tell("KEYS_AND_VALUES_HERE"))
        if allowed is not None:
            for key in raw:
                if key not in allowed:
                    self.fault(tell("UNKNOWN_WORD", given=repr(key), words=" ".join(allowed)), (str(key),))
        return raw

    def list(self, raw: Any, most: int = 200) -> list[Any]:
        """A list, empty where nothing stands."""
        if raw is None:
            return []
        if not isinstance(raw, list | tuple):
            raise Refused(tell("LIST_HERE"))
        if len(raw) > most:
            raise Refused(tell("TOO_MANY_ENTRIES", most=most))
        return list(raw)

    def text(self, raw: Any, what: Phrase = A_TEXT) -> str:
        """A text that is not empty."""
        if not isinstance(raw, str) or not raw.strip():
            raise Refused(tell("SHOULD_BE_HERE", what=what))
        return raw.strip()

    def one_of(self, raw: Any, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of some words."""
        if raw is None and default is not None:
            return default
        if raw not in allowed:
            raise Refused(tell("NONE_OF_WORDS", given=repr(raw), words=" ".join(allowed)))
        return str(raw)

    def day(self, raw: Any) -> date:
        """A date YYYY-MM-DD."""
        text = self.text(raw, A_DATE)
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise Refused(tell("NOT_A_DAY", given=text))
        try:
            return date.fromisoformat(text)
        except ValueError as wrong:
            raise Refused(tell("NO_SUCH_DAY", given=text)) from wrong

    def whole(self, raw: Any, least: int, most: int) -> int:
        """A whole number within bounds."""
        text = raw if isinstance(raw, str) else ""
        if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
            raise Refused(tell("WHOLE_NUMBER_HERE", least=least, most=most))
        return int(text)

    def flag(self, raw: Any, default: bool = False) -> bool:
        """``true`` or ``false``."""
        if raw is None:
            return default
        if raw not in ("true", "false"):
            raise Refused(tell("TRUE_OR_FALSE"))
        return bool(raw == "true")

    def clause_of(self, raw: Mapping[str, Any]) -> str:
        """The clause beside a figure, or the table's own; ``clause_note`` says why they differ, and is not part of the terms."""
        if raw.get("clause_note") is not None:
            self.key(raw, "clause_note", self.text)
        if raw.get("clause"):
            return self.key(raw, "clause", self.text, CLAUSE_WORDS)
        if self.clause is None:
            raise Refused(tell("CLAUSE_MISSING"))
        return self.clause

    def code(self, raw: Any) -> str:
        """A code such as FIXED_ASSET."""
        text = self.text(raw, A_CODE)
        if not _CODE.fullmatch(text):
            raise Refused(tell("CODE_SPELLING", given=text))
        return text

    def series_name(self, raw: Any) -> str:
        """The name of a series of reference rates."""
        name = self.code(raw)
        self.series.setdefault(name, "/".join(self.place))
        return name

    # --- expressions

    def parsed(self, raw: Any) -> tuple[ex.Node, ex.Types]:
        """The tree of an expression, and the types that it can have."""
        node = parse(self.text(raw, AN_EXPRESSION))
        if ex.reads(node) & self.refused:
            raise Told
        return node, infer(node, self.types)

    def type_of(self, name: str) -> str | None:
        """The type of a fact; None for a name that is none."""
        if name in self.refused:
            raise Told
        return self.types.get(name)

    def figure(self, raw: Any, wanted: str) -> Fraction:
        """A number of the notice, which no fact changes."""
        return Fraction(ex.evaluate(self.expression(raw, wanted), no_facts))

    def expression(
        self,
        raw: Any,
        wanted: str,
        *,
        extra: frozenset[str] = frozenset(),
        narrowest: str = nm.DAY,
        interest: bool = False,
        investment: bool = False,
    ) -> ex.Node:
        """An expression of a wanted type that reads nothing narrower than ``narrowest``; remembers what it reads."""
        node, types = self.parsed(raw)
        if wanted not in types:
            raise Refused(tell("WRONG_RESULT", wanted=named(frozenset({wanted})), given=named(types)))
        reads = ex.reads(node)
        if investment and "admitted" in reads:
            raise Refused(tell("ADMIT_READS_ADMITTED"))
        if "interest" in reads and not interest:
            raise Refused(tell("INTEREST_MISPLACED"))
        for part in ex.walk(node):
            if isinstance(part, ex.Call):
                self._call(part, extra)
            if isinstance(part, ex.Member) and part.among == ex.Name("purposes"):
                self._purpose(part.item)
        self._days(node)
        level = self.level(node, interest=not interest)
        if nm.LEVELS.index(level) > nm.LEVELS.index(nm.DRAWDOWN if investment else self._narrowest(narrowest)):
            raise Refused(self._too_narrow(node, narrowest))
        self.reads |= reads
        for name in ex.named(node, "SERIES"):
            self.series.setdefault(name, "/".join(self.place))
            self.rates.setdefault(name, "/".join(self.place))
        self.categories.update(ex.named(node, "CATEGORY"))
        return node

    def _narrowest(self, wanted: str) -> str:
        """Only a loan has days and drawdowns; an overlay knows the applicant alone."""
        if self.facts == "CONTRACTS":
            return wanted
        own = nm.APPLICANT if self.facts is None else nm.ITEM
        return min(own, wanted, key=nm.LEVELS.index)

    def _too_narrow(self, node: ex.Node, narrowest: str) -> Phrase:
        read = ex.reads(node)
        if any(one.of == "INVESTMENT" and name in read for name, one in self.needs.items()):
            return tell("PAYMENTS_ONLY_IN_ADMIT")
        return tell("ONLY_FACTS_OF_APPLICANT") if narrowest == nm.APPLICANT else tell("NO_CHANGING_FACTS_HERE")

    def _call(self, call: ex.Call, extra: frozenset[str]) -> None:
        row = FUNCTIONS[call.fn]
        if row.only_in is not None and call.fn not in extra:
            raise Refused(tell(row.only_in, function=call.fn))
        if row.facts is not None and self.facts != row.facts:
            raise Refused(tell("FUNCTION_ONLY_FOR_FACTS", function=call.fn, of=row.parameters[0].title, facts=row.facts))
        for one, arg in ex.given(call):
            name = arg.name if one.names == "FACT" and isinstance(arg, ex.Name) else None
            if name not in {None, "interest"} and nm.LEVELS.index(self.levels[str(name)]) > nm.LEVELS.index(nm.ITEM):
                raise Refused(tell("NO_TOTAL_OF", name=name))
        named = ex.moment(call)
        if named is not None and named.level != nm.APPLICANT and self.facts != "CONTRACTS":
            raise Refused(tell("ONLY_CONTRACTS_HAVE_MOMENT", moment=call.key[-1]))

    def _purpose(self, item: ex.Node) -> None:
        known = get_args(Purpose)
        if not isinstance(item, ex.Code) or item.value not in known:
            raise Refused(tell("NO_SUCH_PURPOSE", given=ex.plain(item), words=" ".join(known)))

    def _days(self, node: ex.Node) -> None:
        """``day`` is one whole side of a comparison, so that the days on which it changes are known."""
        day = ex.Name("day")
        compared = [part for part in ex.walk(node) if isinstance(part, ex.Compare) and (part.left == day) != (part.right == day)]
        if len(compared) != sum(part == day for part in ex.walk(node)):
            raise Refused(tell("DAY_MISPLACED"))

    def level(self, node: ex.Node, *, interest: bool = True) -> str:
        """The narrowest level that the expression reads; ``total`` speaks of the whole claim."""
        level = 0
        for part in ex.walk(node):
            own = nm.APPLICANT
            if isinstance(part, ex.Name):
                own = self.levels[part.name] if interest or part.name != "interest" else nm.ITEM
            elif isinstance(part, ex.Call):
                named = ex.moment(part)
                own = FUNCTIONS[part.fn].level if named is None else named.level
            level = max(level, nm.LEVELS.index(own))
        return nm.LEVELS[level]

    def declare(self) -> None:
        """Types and levels of all names, once facts and needs are known."""
        built_in = nm.BUILT_IN[self.facts] if self.facts else nm.BUILT_IN["ITEMS"]
        for name, fact in built_in.items():
            if self.facts or fact.level == nm.APPLICANT:
                self.types[name] = fact.type
                self.levels[name] = fact.level
        for name, measure in self.needs.items():
            self.types[name] = measure.type
            self.levels[name] = nm.LEVEL_OF[measure.of]


def no_facts(key: str | tuple[str, ...]) -> Any:
    """The lookup of a figure that may read nothing."""
    read = key if isinstance(key, str) else f"{key[0]}({', '.join(key[1:])})"
    raise Refused(tell("NUMBER_HERE", given=read))
