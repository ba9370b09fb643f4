"""Whether the examples of table files compute, and to what they say: what an officer holds up as a case must be one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from app.api.calculating import kind_of
from app.api.effect import effect
from app.calculators.terms import TermsFault
from app.tables import models
from app.tables.catalogue import Catalogue
from app.tables.entries import Entries
from app.tables.loader import LoadError


def failing_examples(found: Entries, catalogue: Catalogue) -> Iterator[TermsFault]:
    """The examples of these files that are no claims under their version, or come to another amount, each with why."""
    for row in found.rows:
        examples = json.loads(row.content).get("examples") if isinstance(row, models.RateTableVersion) else None
        if examples and isinstance(row, models.RateTableVersion):
            table = catalogue.chosen(row.rate_table, version=row.version).table
            place = f"{found.place_of(row)}/examples"
            for no, one in enumerate(examples):
                told = effect(kind_of(table), [(one["name"], one["request"].encode())], None, table, catalogue, "zh")
                for failure in told.failures:
                    why = "" if failure.after is None else f"{failure.after.pointer or ''} {failure.after.detail}".strip()
                    yield TermsFault(f"{place}/{no}/request", f"例子不能计算：{why}")
                paid, said = told.after.amount, one.get("amount")
                if not told.failures and said not in (None, paid):
                    yield TermsFault(f"{place}/{no}/amount", f"例子得 {paid} 元，而不是 {said} 元")


def check_examples(found: Entries, catalogue: Callable[[], Catalogue]) -> None:
    """Refuse examples that do not compute; the catalogue is made only where there are any. Errors: LoadError."""
    if any("examples" in json.loads(row.content) for row in found.rows if isinstance(row, models.RateTableVersion)):
        found.faults += failing_examples(found, catalogue())
    if found.faults:
        raise LoadError(found)
