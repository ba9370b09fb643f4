"""Drafts of batches: a whole new one, or what became known later about one that is published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from app.calculators.terms import TermsFault
from app.tables import models
from app.tables.entries import Entries, given
from app.tables.notices import read_batch
from app.tables.proposed import MAX_DIRECTIONS, NEW_VERSION, OWN_DIRECTION, Proposal, has_versions, mapping, take, wall


def propose_batch(session: Session, made: Proposal, target: str, content: Mapping[str, Any], at: datetime) -> None:
    """A new batch with its directions; of a published one, what its file would say anew."""
    header = content.get("batch")
    if not isinstance(header, Mapping) or header.get("id") != target:
        made.faults.append(TermsFault("/batch/id", f"应为 {target}"))
        return
    stored = session.get(models.Batch, target)
    if stored is None and session.get(models.Fund, str(content.get("fund"))) is None:
        made.faults.append(TermsFault("/fund", f"没有基金 {given(content.get('fund'))}"))
        return
    given_directions = content.get("directions")
    if stored is not None and given_directions is None:
        given_directions = []
    elif not isinstance(given_directions, list) or not given_directions:
        made.faults.append(TermsFault("/directions", "至少一个支持方向"))
        return
    if len(given_directions) > MAX_DIRECTIONS:
        made.faults.append(TermsFault("/directions", f"至多 {MAX_DIRECTIONS} 项"))
        return
    directions = _directions(made, given_directions, at)
    if directions is None:
        return
    found = Entries(prove=made.prove)
    read_batch(found, "", {**content, "directions": directions})
    places = {f"/directions/{no}/versions/0": f"/directions/{no}/version" for no in range(len(directions))}
    if stored is not None:
        _check_new(session, made, found)
        _place(session, target, found)
    take(session, made, found, at, places)
    if not made.rows and not made.faults:
        made.faults.append(TermsFault("", "与现有内容相同"))


def _directions(made: Proposal, given_directions: list[Any], at: datetime) -> list[dict[str, Any]] | None:
    """Directions as a file would have them, each with its first version where it has one; None where one is not to be read."""
    full = []
    for no, one in enumerate(given_directions):
        direction = mapping(made, f"/directions/{no}", one, ("rate_table", *OWN_DIRECTION, "not_loaded", "version"))
        if direction is None:
            return None
        version = direction.pop("version", None)
        if version is not None:
            version = mapping(made, f"/directions/{no}/version", version, NEW_VERSION)
            if version is None:
                return None
            direction["versions"] = [{**version, "version": "1", "published_at": wall(at)}]
        full.append(direction)
    return full


def _check_new(session: Session, made: Proposal, found: Entries) -> None:
    """A direction that has its standards has drafts of its own: what it says here would be lost."""
    for row in found.rows:
        if isinstance(row, models.Direction) and has_versions(session, row.rate_table):
            made.faults.append(TermsFault(found.place_of(row), f"{row.rate_table} 已有标准；另以 RATE_TABLE 草案变更"))


def _place(session: Session, batch: str, found: Entries) -> None:
    """New directions come after those that are there."""
    there = len(session.exec(select(models.Direction).where(models.Direction.batch_id == batch)).all())
    for row in found.rows:
        if isinstance(row, models.Direction) and session.get(models.Direction, row.rate_table) is None:
            row.position = there
            there += 1
