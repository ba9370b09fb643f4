"""Whether the examples of table files and drafts compute, and to what they say: what an officer holds up as a case must be one."""

from __future__ import annotations

import json
from collections.abc import Callable

from app import limits
from app.calculators.faults.telling import tell
from app.calculators.terms.model import TermsFault
from app.services.calculation import kind_of
from app.services.impact import Comparison
from app.services.trial import supposed
from app.tables.catalogue.snapshot import Catalogue
from app.tables.drafts.planned_rows import Proposal
from app.tables.files.file_values import Entries
from app.tables.loading.loader import LoadError
from app.tables.storage import models


def check_examples(found: Entries, catalogue: Callable[[], Catalogue]) -> None:
    """Refuse examples of files that do not compute, or to another amount; a catalogue is made where there are any. Errors: LoadError."""
    having = [row for row in found.rows if isinstance(row, models.RateTableVersion) and _has_examples(row)]
    known = catalogue() if having else Catalogue()
    for row in having:
        found.faults += _failing(row, found.place_of(row), known, limits.MAX_LIST_WORK)[0]
    if found.faults:
        raise LoadError(found)


def failing_examples(proposal: Proposal, catalogue: Catalogue) -> list[TermsFault]:
    """The examples of a draft that do not compute under it, placed in its content; of a draft with faults none is calculated.

    What returns after a withdrawal was published as it is, and nobody could correct it in the draft. All examples together may
    take as much work as one list. Errors: ProblemError OVERLOADED where the catalogue does not yet know what the draft rests on.
    """
    having = [row for row in proposal.versions if proposal.places[row.rate_table].endswith("/version") and _has_examples(row)]
    if proposal.faults or not having:
        return []
    known, faults, left = supposed(catalogue, proposal).catalogue, [], limits.MAX_LIST_WORK
    for row in having:
        more, left = _failing(row, proposal.places[row.rate_table], known, left)
        faults += more
    return faults


def _has_examples(row: models.RateTableVersion) -> bool:
    return bool(json.loads(row.content).get("examples"))


def _failing(row: models.RateTableVersion, place: str, catalogue: Catalogue, left: int) -> tuple[list[TermsFault], int]:
    """The examples of a version that are no claims under it, or come to another amount, each with why; and what is left of the work."""
    table = catalogue.chosen(row.rate_table, version=row.version).table
    faults = []
    for no, one in enumerate(json.loads(row.content)["examples"]):
        comparison = Comparison(kind=kind_of(table), before=None, after=table, catalogue=catalogue, language="zh", left=left)
        comparison.add(str(no), one["request"].encode())
        left, told = comparison.left, comparison.effect()
        paid, said = told.after.amount, one.get("amount")
        for failure in told.failures:
            why = "" if failure.after is None else f"{failure.after.pointer or ''} {failure.after.detail}".strip()
            faults.append(TermsFault(f"{place}/examples/{no}/request", tell("EXAMPLE_NOT_CALCULATED", why=why)))
        if not told.failures and said not in (None, paid):
            faults.append(TermsFault(f"{place}/examples/{no}/amount", tell("EXAMPLE_AMOUNT_DIFFERS", paid=paid, said=said)))
    return faults, left
