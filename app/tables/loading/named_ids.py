"""What table files name and must be there: their fund, the tables that share a limit, the directions that stand apart.

A slip in such a name would be silent: a grant would take no room, a direction would not be exempt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import Session, select

from app.calculators.faults.telling import tell
from app.tables.files.file_values import Entries, Row
from app.tables.storage import models

_RESTED_ON: Final[tuple[type[Row], ...]] = (
    models.Fund,
    models.OverlayVersion,
    models.Batch,
    models.BatchVersion,
    models.Direction,
    models.ReferenceRateVersion,
    models.ReferenceRate,
)


@dataclass(frozen=True, slots=True)
class Names:
    """The ids of funds, of series and of tables, loaded or not."""

    funds: frozenset[str] = frozenset()
    series: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()

    def __or__(self, other: Names) -> Names:
        """The names of both."""
        return Names(self.funds | other.funds, self.series | other.series, self.tables | other.tables)


def names_in(found: Entries) -> Names:
    """What files say themselves."""
    rows = found.rows
    return Names(
        frozenset(row.id for row in rows if isinstance(row, models.Fund)),
        frozenset(row.series for row in rows if isinstance(row, models.ReferenceRateVersion)),
        frozenset(row.rate_table for row in rows if isinstance(row, models.Direction)),
    )


def names_stored(session: Session) -> Names:
    """What a database knows."""
    return Names(
        frozenset(session.exec(select(models.Fund.id)).all()),
        frozenset(session.exec(select(models.ReferenceRateVersion.series).distinct()).all()),
        frozenset(session.exec(select(models.Direction.rate_table)).all()),
    )


def stored(session: Session) -> Entries:
    """What files may rest on, as a database has it: all but the standards of its tables."""
    rows: list[Any] = [row for kind in _RESTED_ON for row in session.exec(select(kind)).all()]
    return Entries(rows=rows)


def check_names(found: Entries, known: Names, *, series: bool = True) -> None:
    """Refuse what is neither in these files nor known."""
    there = known | names_in(found)
    for row in found.rows:
        if isinstance(row, models.Batch) and row.fund_id not in there.funds:
            found.fault(f"{found.place_of(row).removesuffix('batch')}fund", tell("NO_SUCH_FUND", fund=row.fund_id))
    for name, place in found.others.items():
        if name not in there.tables:
            found.fault(place, tell("NO_SUCH_TABLE", table=name))
    for name, place in found.series.items() if series else ():
        if name not in there.series:
            found.fault(place, tell("NO_SUCH_SERIES", series=name, words=" ".join(sorted(there.series)) or tell("NONE")))
