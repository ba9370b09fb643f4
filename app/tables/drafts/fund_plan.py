"""Drafts of funds: a new fund, its rules (overlays), a corrected version of such rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.calculators.faults.telling import tell
from app.calculators.terms.model import TermsFault
from app.tables.drafts.planned_rows import MAX_OVERLAYS, Proposal, mapping, take, wall
from app.tables.files.batch_file import OVERLAY, read_funds
from app.tables.files.file_values import Entries
from app.tables.storage import models

NEW_OVERLAY = tuple(word for word in OVERLAY if word not in {"version", "published_at"})


def propose_fund(session: Session, made: Proposal, target: str, content: Mapping[str, Any], at: datetime) -> None:
    """A fund and rules that lie over its tables; of a fund that is stored, rules that are new or otherwise than before."""
    if content.get("id") != target:
        made.faults.append(TermsFault("/id", tell("SHOULD_BE", wanted=target)))
    stored, raw = session.get(models.Fund, target), content.get("overlays") or []
    if not isinstance(raw, list):
        made.faults.append(TermsFault("/overlays", tell("LIST_HERE")))
    elif len(raw) > MAX_OVERLAYS:
        made.faults.append(TermsFault("/overlays", tell("TOO_MANY_ENTRIES", most=MAX_OVERLAYS)))
    if stored is not None and content.get("title") not in {None, stored.title}:
        made.faults.append(TermsFault("/title", tell("FUND_TITLE_IS_FIXED", title=stored.title)))
    if made.faults:
        return
    overlays = [_overlay(session, made, target, no, one, at) for no, one in enumerate(raw)]
    if made.faults:
        return
    found = Entries(prove=made.prove)
    title = content.get("title") if stored is None else stored.title
    read_funds(found, "", {"funds": [{"id": target, "title": title, "overlays": overlays}]})
    take(session, made, found, at, {"/funds/0": ""})
    if not made.rows and not made.faults:
        made.faults.append(TermsFault("", tell("NOTHING_NEW")))


def _overlay(session: Session, made: Proposal, fund: str, no: int, raw: Any, at: datetime) -> dict[str, Any] | None:
    """Rules as a file would have them: in the next version of what has their id."""
    overlay = mapping(made, f"/overlays/{no}", raw, NEW_OVERLAY)
    if overlay is None:
        return None
    of, name = models.OverlayVersion, str(overlay.get("id"))
    last = session.exec(select(of).where(of.id == name).order_by(col(of.version).desc()).limit(1)).first()
    if last is not None and last.fund_id != fund:
        made.faults.append(TermsFault(f"/overlays/{no}/id", tell("RULES_OF_ANOTHER_FUND", rules=name, fund=last.fund_id)))
    if last is not None and {key: value for key, value in json.loads(last.content).items() if key in NEW_OVERLAY} == overlay:
        made.faults.append(TermsFault(f"/overlays/{no}", tell("NOTHING_NEW")))
    return {**overlay, "version": str(1 if last is None else last.version + 1), "published_at": wall(at)}
