"""The search itself: every variant of every claim, and what is wrong with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from tests.search.bases import Base, bases
from tests.search.judge import Answer, ask, content, raised, says_more
from tests.search.statements import STATED, STATEMENTS, Statement, fact_of
from tests.search.tables import Loaded
from tests.search.variants import Variant, variants

Json = dict[str, Any]

ORDERED = {"contracts[].rate.steps", "contracts[].rate.reset_dates"}
"""Lists that are refused unless they run from early to late (D15, D19)."""


NAMES_NOTHING = {"request_no"}
"""Ids that are given back as they came and separate nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A variant that should not have been answered so."""

    table: str
    base: str
    variant: Variant
    wrong: str
    before: Answer
    after: Answer

    def told(self) -> str:
        """Everything that is needed to see it again."""
        one = self.variant
        return (
            f"{self.table} | {one.kind} {one.field} | {one.how} | claim: {self.base}\n"
            f"  {self.wrong}: {self.before.fen / 100:.2f} -> {self.after.fen / 100:.2f} {self.after.crashed}\n"
            f"  {json.dumps(one.body, ensure_ascii=False)}"
        )


@dataclass(slots=True)
class Search:
    """What was tried, and what was found."""

    tried: Counter[tuple[str, str]] = field(default_factory=Counter)  # table and kind
    fields: set[str] = field(default_factory=set)  # that were left out
    findings: list[Finding] = field(default_factory=list)
    stated: Counter[Statement] = field(default_factory=Counter)  # entries of the closed list that were needed
    unearned: list[str] = field(default_factory=list)  # tables without a claim that earns

    def add(self, other: Search) -> None:
        """Take in what was done elsewhere."""
        self.tried += other.tried
        self.fields |= other.fields
        self.findings += other.findings
        self.stated += other.stated
        self.unearned += other.unearned


Chosen = Callable[[Variant], bool]


def search(loaded: Loaded, *, sample: int | None = None, share: float = 1, seed: int = 0, only: Chosen | None = None) -> Search:
    """Try every variant of every claim of one table; of each claim only ``sample`` variants, where that is given."""
    done = Search()
    starts = bases(loaded, seed, share)
    if not starts and loaded.pays:
        done.unearned.append(loaded.id)
    for base in starts:
        look(loaded, base, done, sample=sample, seed=seed, only=only)
    return done


def look(loaded: Loaded, base: Base, done: Search, *, sample: int | None = None, seed: int = 0, only: Chosen | None = None) -> None:
    """Try the variants of one claim."""
    measures = loaded.rules(date.fromisoformat(base.body["application_date"])).measures
    tried: Iterable[Variant] = variants(base.body, measures)
    if only is not None:
        tried = filter(only, tried)
    if sample is not None:
        every = list(tried)
        tried = Random(f"{seed} {loaded.id} {base.name}").sample(every, min(len(every), sample))
    removed: dict[str, Answer] = {}
    for one in tried:
        done.tried[loaded.id, one.kind] += 1
        after = ask(one.body, loaded.kind)
        if one.kind.startswith("remove"):
            done.fields.add(one.field)
            removed[one.how] = after
        for wrong, rose in _wrong(base.answer, one, after, removed):
            stated = STATED.get(one.kind), fact_of(one.field)
            if rose and stated in STATEMENTS:
                done.stated[stated] += 1  # type: ignore[index]
            else:
                done.findings.append(
                    Finding(table=loaded.id, base=base.name, variant=one, wrong=wrong, before=base.answer, after=after)
                )


def _wrong(before: Answer, one: Variant, after: Answer, removed: dict[str, Answer]) -> Iterator[tuple[str, bool]]:
    """What is wrong with an answer, and whether it is that something rose: a statement by absence may do that, and nothing else."""
    if after.crashed:
        yield "crashed", False
        return
    match one.kind:
        case "unseen":
            if not after.refused and one.field not in NAMES_NOTHING:
                yield "not refused", False
            return
        case "reorder" | "rate":
            if after.refused:
                if one.field not in ORDERED:
                    yield "refused", False
            elif content(after) != content(before):
                yield "another answer", False
            return
        case "null" if one.how in removed:
            in_a_map = ".measures." in one.field or ".keys." in one.field  # a null there is refused by name (D105 speaks of fields)
            if _content(after) != _content(removed[one.how]) and not (in_a_map and after.refused):
                yield "null is not the same as nothing", False
            return
        case "respell" if not after.refused and after.fen != before.fen and not says_more(before, after):
            yield "another amount", False
            return
    more = raised(before, after)
    if more and not says_more(before, after):
        yield f"{more} rose", True


def _content(answer: Answer) -> bytes:
    return b"refused" if answer.result is None else content(answer)
