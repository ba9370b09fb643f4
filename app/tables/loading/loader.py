"""Load published tables from files: proved first, then added; what is published is never changed.

Loading is idempotent, also on a database in use: the same content adds nothing, the same version with other content is
refused, and what was published here beyond the files stays (``drift``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel, col, create_engine, func, select

from app.calculators.bilingual import Phrase
from app.calculators.faults.telling import joined, tell
from app.calculators.quantities.calendar import BEIJING
from app.calculators.terms.model import TermsFault
from app.tables.catalogue.new_rows import counts_of
from app.tables.catalogue.repository import read_catalogue
from app.tables.catalogue.series_history import row_known_at
from app.tables.catalogue.snapshot import Catalogue
from app.tables.files.batch_file import read_batch, read_funds, read_references
from app.tables.files.clause_doubts import doubts
from app.tables.files.file_values import Entries, Row, key_of
from app.tables.files.later_additions import CannotSay, notice_added, words_added
from app.tables.files.places import placed_in
from app.tables.files.reference_series import stored_values_are, values_are
from app.tables.files.yaml_reader import FileError, read
from app.tables.loading.drift import check_beside
from app.tables.loading.named_ids import check_names, names_stored
from app.tables.storage import audit_log as audit
from app.tables.storage import models
from app.tables.storage.audit_objects import LOGGED, name_logged
from app.tables.storage.write_order import known_at, place_of

READERS = {"funds": read_funds, "series": read_references, "batch": read_batch}
_TIMED = (models.RateTableVersion, models.VersionEvent)
_PUBLISHED_AT = (models.OverlayVersion, models.RateTableVersion, models.ReferenceRateVersion)
Recorded = models.OverlayVersion | models.RateTableVersion | models.ReferenceRateVersion | models.VersionEvent


class LoadError(ValueError):
    """Files that were refused; ``faults`` name the place and the reason of each."""

    def __init__(self, found: Entries) -> None:
        super().__init__("\n".join(f"{fault.place}: {fault.message}" for fault in found.faults))
        self.faults = found.faults
        self.paths = found.paths

    def placed(self, fault: TermsFault) -> str:
        """Where a fault stands, for whoever has the file open: its line, and words; the place itself where it is in no file."""
        return placed_in(self.paths, fault.place)


def read_files(paths: list[Path], watched: Callable[[list[Path]], Iterable[Path]] = iter) -> Entries:
    """Read and prove files and folders of files. ``watched`` is handed the files and gives each back when its turn comes."""
    found = Entries()
    files: set[Path] = set()
    for path in paths:
        inside = set(path.glob("*.yaml")) if path.is_dir() else {path}
        if not inside:
            found.fault(path.name, tell("EMPTY_FOLDER"))
        files |= inside
    for path in watched(sorted(files, key=lambda file: (file.name, file))):
        found.paths.setdefault(path.name, path)
        try:
            content = read(path)
        except FileError as wrong:
            found.fault(path.name, wrong.told)
            continue
        kind = next((word for word in READERS if word in content), None)
        if kind is None:
            found.fault(path.name, tell("UNKNOWN_FILE", words=joined("OR", READERS)))
        else:
            READERS[kind](found, path.name, content)
            found.doubts += doubts(content, path.name)
    return found


def load(session: Session, paths: list[Path], at: datetime | None = None) -> dict[str, int]:
    """Prove all files, then add what is new, in one transaction. Errors: LoadError; nothing is added then."""
    done = store(session, read_files(paths), at=at)
    session.commit()
    return done


def store(session: Session, found: Entries, actor: str | None = None, at: datetime | None = None) -> dict[str, int]:
    """Add what is new in proved files; with an actor, the audit log says so. Errors: LoadError; nothing is added then.

    ``at`` is the moment of loading, by default now. What is added to a database in use is known from then, however old its
    notice; only the first load of an empty one reproduces history and takes ``published_at`` (D79).
    In the caller's transaction, which for an entry in the log must hold the write lock (``database.writing``).
    """
    new = what_is_new(session, found, datetime.now(UTC) if at is None else at)
    put(session, new, actor)
    return {"tables": len(found.tables), "added": len(new)}


def put(session: Session, new: list[Row], actor: str | None) -> None:
    """Add the rows of a load, and the entry of the log that names them."""
    add(session, new)
    if new and actor is not None:
        counts = Counter(str(row.__tablename__) for row in new)
        audit.append(session, actor, "tables.load", "-", {"added": dict(sorted(counts.items())), **objects_logged(new)})


def catalogue_of(*files: Entries) -> Catalogue:
    """The catalogue of files that no database has: in memory, where several say the same the first stands."""
    rows: dict[tuple[Any, ...], Row] = {}
    for row in (row for found in files for row in found.rows):
        rows.setdefault((type(row), *key_of(row)), type(row)(**row.model_dump()))
    engine = create_engine("sqlite://")
    try:
        SQLModel.metadata.create_all(engine)
        with Session(engine) as session:
            add(session, list(rows.values()))
            return read_catalogue(session)
    finally:
        engine.dispose()


def objects_logged(rows: Iterable[Row]) -> dict[str, list[str]]:
    """Every object that is added, as the audit log names it.

    ``versions`` have digests, of which ``digests`` are the beginnings: what a backup is held against. ``others`` have none.
    """
    versions, digests, others = [], [], []
    for row in rows:
        match row:
            case models.ReferenceRate():
                pass  # a value is of its version, whose digest stands for it
            case models.Fund() | models.Direction() | models.VersionEvent():
                others.append(f"{row.__tablename__} {' '.join(str(part) for part in key_of(row))}")
            case _:
                versions.append(name_logged(str(row.__tablename__), key_of(row)))
                digests.append(row.digest[:LOGGED])
    return {"versions": versions, "digests": digests, "others": others}


def what_is_new(session: Session, found: Entries, at: datetime) -> list[Row]:
    """The rows that are not stored yet, with the instant from which they are known. Errors: LoadError where anything was refused."""
    new: list[Row] = []
    if not found.faults:
        recorded = _recorded_at(session, at)
        check_names(found, names_stored(session), series=False)  # series have their own check, which also knows what they hold
        check_series(session, found)
        new = list(_new_rows(session, found, recorded or at))
        check_beside(session, found, new)
        _check_published(found, new, at)
        for row in new:
            if isinstance(row, Recorded):
                row.recorded_at = recorded
    if found.faults:
        raise LoadError(found)
    return new


def _recorded_at(session: Session, at: datetime) -> datetime | None:
    """From when on what is loaded now is known: later than everything that was known before; None in an empty database (D79)."""
    if not any(counts_of(session)):
        return None
    floor = latest_known(session)
    return at if floor is None else max(at, floor + timedelta(microseconds=1))


def add(session: Session, rows: list[Row]) -> None:
    """Add rows in the order in which the database can take them: versions and their events one by one, as they became known."""
    placed = sorted(((place_of(str(row.__tablename__), row.model_dump()), row) for row in rows), key=itemgetter(0))
    for _, together in groupby(placed, key=lambda one: one[0] if isinstance(one[1], _TIMED) else one[0][0]):
        session.add_all([row for _, row in together])
        session.flush()


def latest_known(session: Session) -> datetime | None:
    """The latest instant at which anything became known, as ``Catalogue.latest_known_at`` has it; None while nothing is stored."""
    known = [func.max(func.coalesce(col(kind.recorded_at), col(kind.published_at))) for kind in _PUBLISHED_AT]
    known.append(func.max(func.coalesce(col(models.VersionEvent.recorded_at), col(models.VersionEvent.known_at))))
    found = [session.exec(select(instant)).one() for instant in known]
    last_value = session.exec(select(func.max(col(models.ReferenceRate.on)))).one()
    if last_value is not None:
        found.append(row_known_at(last_value.toordinal()))
    return max((instant for instant in found if instant is not None), default=None)


def _new_rows(session: Session, found: Entries, at: datetime) -> Iterator[Row]:
    """Rows that are not there yet, and what is said in addition; a published row with other content is a fault."""
    for row in found.rows:
        there = _stored(session, row)
        if there is None:
            yield row
        elif isinstance(row, models.Batch | models.Direction):
            try:
                said = _added_by(session, row, at)
            except CannotSay as wrong:
                found.fault(" ".join(str(part) for part in key_of(row)), wrong.told)
            else:
                yield from [] if said is None else [said]
        elif _said(there) != _said(row):
            found.fault(" ".join(str(part) for part in key_of(row)), _kept(session, there))


def _added_by(session: Session, row: models.Batch | models.Direction, at: datetime) -> Row | None:
    if isinstance(row, models.Batch):
        return notice_added(session, row, at, again=False)
    return words_added(session, row, at, again=False)


def _kept(session: Session, there: Any) -> Phrase:
    """Why a stored row does not give way to the file's, and what the file should say instead."""
    if not isinstance(there, models.RateTableVersion | models.ReferenceRateVersion) or there.recorded_at is None:
        return tell("PUBLISHED_IS_FIXED")
    number = 1 + max(one.version for one in _of_the_same(session, there))
    at = there.recorded_at.astimezone(BEIJING).isoformat(timespec="seconds")
    return tell("DATABASE_DIFFERS", at=at, version=number)


def _of_the_same(session: Session, there: models.RateTableVersion | models.ReferenceRateVersion) -> Sequence[Any]:
    if isinstance(there, models.RateTableVersion):
        return session.exec(select(models.RateTableVersion).where(models.RateTableVersion.rate_table == there.rate_table)).all()
    return session.exec(select(models.ReferenceRateVersion).where(models.ReferenceRateVersion.series == there.series)).all()


def _stored(session: Session, row: Row) -> Any:
    if not isinstance(row, models.VersionEvent):
        return session.get(type(row), key_of(row))
    of = models.VersionEvent
    query = select(of).where(of.rate_table == row.rate_table, of.version == row.version, of.kind == row.kind)
    return session.exec(query).first()


def _said(row: Any) -> Any:
    """What was published with a row; a digest stands for all that it was made from."""
    if isinstance(row, models.VersionEvent):
        return (row.known_at, row.by_version, row.ends_on)
    if isinstance(row, models.Fund | models.ReferenceRate):
        return row.model_dump()  # by name: a row read back dumps its columns in another order
    return row.digest


def _check_published(found: Entries, new: list[Row], at: datetime) -> None:
    """Nothing new says that it was published after the moment at which it is loaded (D79)."""
    now = at.astimezone(BEIJING).isoformat(timespec="seconds")
    today = at.astimezone(BEIJING).date()
    for row in new:
        if isinstance(row, models.ReferenceRate) and row.on > today:
            found.fault(f"{found.place_of(row)}/on", tell("DAY_NOT_YET_COME", day=row.on))
        if not isinstance(row, Recorded) or known_at(row.model_dump()) <= at:
            continue
        if isinstance(row, models.VersionEvent):
            if row.kind != "SUPERSEDED":  # that, the version in its place says
                found.fault(f"{found.place_of(row)}/known_at", tell("LATER_THAN_LOADING", now=now))
        elif isinstance(row, models.OverlayVersion) and "published_at" not in json.loads(row.content):
            found.fault(f"{found.place_of(row)}/effective/first_day", tell("IN_FORCE_LATER", now=now))
        else:
            found.fault(f"{found.place_of(row)}/published_at", tell("LATER_THAN_LOADING", now=now))


def check_series(session: Session, found: Entries) -> None:
    """Each series that a table names is in these files or in the database; one that it reads as a rate has rates (D101)."""
    of = models.ReferenceRateVersion
    known = {row.series for row in found.rows if isinstance(row, of)} | set(session.exec(select(of.series).distinct()).all())
    for name, place in found.series.items():
        if name not in known:
            found.fault(place, tell("NO_SUCH_SERIES", series=name, words=" ".join(sorted(known)) or tell("NONE")))
    here = {row.series: values_are(json.loads(row.content)) for row in found.rows if isinstance(row, of)}
    for name, place in found.rates.items():
        if (here.get(name) or stored_values_are(session, name)) == "NUMBER":
            found.fault(place, tell("SERIES_IS_NO_RATE", series=name))
    for row in found.rows:
        if isinstance(row, of) and stored_values_are(session, row.series) not in {None, here[row.series]}:
            kind = stored_values_are(session, row.series)
            found.fault(found.place_of(row), tell("SERIES_VALUES_PUBLISHED", series=row.series, kind=kind))
