"""Reading one value of a data file: what it may be, where it stands, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from app.calculators import expressions as ex
from app.calculators import names as nm
from app.calculators.grammar import parse
from app.calculators.inference import infer
from app.calculators.terms import Measure, TermsFault

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_LOANS = {"DAY", "SIGNED_ON", "FIRST_DRAWDOWN", "EACH_DRAWDOWN", "AT_FIRST_DRAWDOWN", "ON_DAY"}
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")


class Refused(Exception):
    """One value that cannot be read; recorded at its place, reading goes on with the next."""


class Reader:
    """Reads one table: keeps the place and collects faults."""

    def __init__(self, place: str) -> None:
        self.place = [place] if place else []
        self.faults: list[TermsFault] = []
        self.facts: str | None = None
        self.needs: dict[str, Measure] = {}
        self.types: dict[str, str] = {}
        self.levels: dict[str, str] = {}
        self.reads: set[str] = set()
        self.clause: str | None = None
        self.wording: str | None = None

    def fault(self, message: str) -> None:
        """Record a fault at this place."""
        self.faults.append(TermsFault("/".join(self.place), message))

    @contextmanager
    def at(self, *place: object) -> Iterator[None]:
        """Inside, faults are recorded at this place, and a refused value ends only this block."""
        self.place.extend(str(part) for part in place)
        depth = len(place)
        try:
            yield
        except (Refused, ex.ExpressionError) as refused:
            self.fault(str(refused))
        finally:
            del self.place[len(self.place) - depth :]

    # --- plain values

    def mapping(self, raw: Any, allowed: list[str] | None = None) -> Mapping[str, Any]:
        """Keys and values; a key that is not allowed is a fault."""
        if not isinstance(raw, Mapping):
            raise Refused("此处应为一组 键: 值")
        if allowed is not None:
            for key in raw:
                if key not in allowed:
                    self.fault(f"不认识的词 {key!r}；可用: {' '.join(allowed)}")
        return raw

    def list(self, raw: Any, most: int = 200) -> list[Any]:
        """A list, empty where nothing stands."""
        if raw is None:
            return []
        if not isinstance(raw, list | tuple):
            raise Refused("此处应为列表")
        if len(raw) > most:
            raise Refused(f"至多 {most} 项")
        return list(raw)

    def text(self, raw: Any, what: str = "文字") -> str:
        """A text that is not empty."""
        if not isinstance(raw, str) or not raw.strip():
            raise Refused(f"此处应为{what}")
        return raw.strip()

    def one_of(self, raw: Any, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of some words."""
        if raw is None and default is not None:
            return default
        if raw not in allowed:
            raise Refused(f"{raw!r} 不在可用的词中: {' '.join(allowed)}")
        return str(raw)

    def day(self, raw: Any) -> date:
        """A date YYYY-MM-DD."""
        text = self.text(raw, "日期")
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise Refused(f"不是日期: {text}（应为 YYYY-MM-DD）")
        try:
            return date.fromisoformat(text)
        except ValueError as wrong:
            raise Refused(f"没有这一天: {text}") from wrong

    def whole(self, raw: Any, least: int, most: int) -> int:
        """A whole number within bounds."""
        text = raw if isinstance(raw, str) else ""
        if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
            raise Refused(f"此处应为 {least} 至 {most} 的整数")
        return int(text)

    def flag(self, raw: Any, default: bool = False) -> bool:
        """``true`` or ``false``."""
        if raw is None:
            return default
        if raw not in ("true", "false"):
            raise Refused("此处应为 true 或 false")
        return bool(raw == "true")

    def clause_of(self, raw: Mapping[str, Any]) -> str:
        """The clause beside a figure, or the table's own."""
        clause = raw.get("clause") or self.clause
        if not clause:
            raise Refused("缺少条款原文 clause")
        return self.text(clause, "条款原文")

    def code(self, raw: Any) -> str:
        """A code such as FIXED_ASSET."""
        text = self.text(raw, "代码")
        if not _CODE.fullmatch(text):
            raise Refused(f"代码应为大写字母、数字和下划线: {text}")
        return text

    # --- expressions

    def expression(self, raw: Any, wanted: str, *, extra: frozenset[str] = frozenset(), narrowest: str = nm.DAY) -> ex.Node:
        """An expression of a wanted type that reads nothing narrower than ``narrowest``; remembers what it reads."""
        node = parse(self.text(raw, "表达式"))
        types = infer(node, self.types)
        if wanted not in types:
            raise Refused(f"应得 {wanted}，而表达式是 {'/'.join(sorted(types))}")
        allowed = {"months_after", "reference", "status", "dishonest_since"} | extra
        for part in ex.walk(node):
            if isinstance(part, ex.Call) and part.fn not in allowed:
                raise Refused(f"此处不能用 {part.fn}")
            if isinstance(part, ex.Call) and part.fn in {"reference", "status"} and part.key[2] in OF_LOANS and self.facts != "CONTRACTS":
                raise Refused(f"只有贷款合同有 {part.key[2]}")
        level = self.level(node)
        if nm.LEVELS.index(level) > nm.LEVELS.index(narrowest):
            raise Refused("此处不能读随日或随放款变化的事实")
        self.reads |= ex.reads(node)
        return node

    def level(self, node: ex.Node) -> str:
        """The narrowest level that the expression reads; ``total`` speaks of the whole claim."""
        level = 0
        for part in ex.walk(node):
            own = nm.APPLICANT
            if isinstance(part, ex.Name):
                own = self.levels[part.name]
            elif isinstance(part, ex.Call) and part.fn == "status":
                own = {"AT_FIRST_DRAWDOWN": nm.ITEM, "ON_DAY": nm.DAY}.get(part.key[2], nm.APPLICANT)
            elif isinstance(part, ex.Call) and part.fn == "reference":
                own = {"DAY": nm.DAY, "EACH_DRAWDOWN": nm.DRAWDOWN, "SIGNED_ON": nm.ITEM, "FIRST_DRAWDOWN": nm.ITEM}.get(
                    part.key[2], nm.APPLICANT
                )
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
    raise Refused(f"此处应为数字，而不是 {key}")
