"""Hooks of schemathesis for drafts: two officers with keys, and contents that can be published.

Links of the document carry the id and the ETag from one step to the next. What they cannot know is added here: that li
writes and wang approves, each with his own key (one approval in five is tried by li); that a content fits a published
table; and that an officer who does not come from another step opens a draft of the list. Three right requests in four
are made so; the others, and all that are meant to be wrong, stay as they were generated. Answers are counted by the
hooks of ``tests.contract``.
"""

from __future__ import annotations

import json
import os
import random
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

import schemathesis
from schemathesis import GenerationMode
from schemathesis.generation.meta import TestPhase

from app.api.drafts.examples import BEGIN
from app.calculators.claims.patterns import TABLE_PATTERN
from tests.contract.schemathesis_hooks import LIVE, METHODS, Body, asked, fitting, tables

LI, WANG = os.environ["SUBSIDY_LI"], os.environ["SUBSIDY_WANG"]
FIRST = date(2026, 12, 1)
numbers = count(100)
BEFORE = {"check": "DRAFT", "approve": "CHECKED", "publish": "APPROVED"}  # in which state a draft waits for the step


@schemathesis.auth(refresh_interval=None)
class TwoOfficers:
    """li begins, revises, checks and gives up; wang approves and publishes."""

    def get(self, case: Any, _: Any) -> str:
        """Whose key a request shows."""
        if case.operation.path.endswith("/approve"):
            return LI if random.Random(str(case.path_parameters)).random() < 0.2 else WANG
        return WANG if case.operation.path.endswith("/publish") else LI

    def set(self, case: Any, data: str, _: Any) -> None:
        """Show it."""
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


def _seen(path: str) -> tuple[Any, str] | None:
    """What li is shown, and its ETag; None where it is not there."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"{LIVE}{path}", headers={"Authorization": f"Bearer {LI}"})
    try:
        with opener.open(request, timeout=600) as answer:
            return json.load(answer), answer.headers.get("ETag", "")
    except urllib.error.HTTPError:
        return None


def _opened(path: str, draw: random.Random) -> str:
    """One of the last drafts that wait for a step, of all where it is no step; a new one where there is none."""
    state = BEFORE.get(path.rpartition("/")[2])
    seen = _seen("/v1/drafts?limit=10" + (f"&state={state}" if state else ""))
    listed = [one["id"] for one in seen[0]["drafts"]] if seen else []
    stale = state == "APPROVED" and draw.random() < 0.5  # something else may have been published since the check
    return draw.choice(listed) if listed and not stale else _waiting(state or "DRAFT")


def _waiting(state: str) -> str:
    """A new draft of li's of a batch that nobody else drafts, which wang has approved where that is asked for."""
    draft: Body = asked("/v1/drafts", _new_batch(f"bj-gjj-2027-{next(numbers)}"))
    for step, secret in [("check", LI), ("approve", WANG)][: ["DRAFT", "CHECKED", "APPROVED"].index(state)]:
        etag = (_seen(f"/v1/drafts/{draft['id']}") or ({}, ""))[1]
        asked(f"/v1/drafts/{draft['id']}/{step}", {}, {"Authorization": f"Bearer {secret}", "If-Match": etag})
    return str(draft["id"])


def _day(draw: random.Random) -> str:
    return (FIRST + timedelta(days=draw.randint(0, 2000))).isoformat()


def _any_table(draw: random.Random) -> Body:
    return draw.choice([table for kind in METHODS for table in tables(kind)])


def _version(draw: random.Random) -> Body:
    """The present terms of some table, from some day on."""
    table = _any_table(draw)
    version = {"effective": {"first_day": _day(draw), "last_day": "open"}, "confidence": "read", "terms": table["terms"]}
    return {"kind": "RATE_TABLE", "target": table["id"], "content": {"batch": table["batch"], "version": version}}


def _end(draw: random.Random) -> Body:
    table = _any_table(draw)
    said = {"rate_table": table["id"], "version": str(table["version"]), "reason": "依据的通知已废止"}
    if draw.random() < 0.5:
        return {"kind": "WITHDRAWAL", "target": table["id"], "content": said}
    return {"kind": "END_OF_VALIDITY", "target": table["id"], "content": {**said, "last_day": _day(draw)}}


def _batch(draw: random.Random) -> Body:
    return _new_batch(f"bj-gjj-2027-{draw.randint(1, 99)}")


def _new_batch(name: str) -> Body:
    return {"kind": "BATCH", "target": name, "file": BEGIN["file"]["value"]["file"].replace("bj-gjj-2027-1", name)}


CHANGES: list[Callable[[random.Random], Body]] = [_version, _version, _version, _end, _batch]


def _month(draw: random.Random) -> Body:
    """A value some days after the last one."""
    seen = _seen("/v1/reference-rates/LPR_1Y")
    assert seen is not None
    last = seen[0]["rows"][-1]
    on = date.fromisoformat(last["on"]) + timedelta(days=draw.randint(1, 3))
    until = (on + timedelta(days=40)).isoformat()
    return {"on": on.isoformat(), "values": {"LPR_1Y": "0.0300"}, "holds_until": until, "confirmed": True}


def _trial(case: Any, draft: Body, draw: random.Random) -> None:
    """A claim under a table of the draft: any other is 404, which schemathesis takes to mean that the draft was lost."""
    target = draft["target"]
    if draft["kind"] == "BATCH":
        directions = draft["content"].get("directions")
        listed = directions if isinstance(directions, list) else []
        target = next((str(one["rate_table"]) for one in listed if isinstance(one, dict) and {"rate_table", "version"} <= set(one)), target)
    if case.meta.generation.mode is GenerationMode.POSITIVE:
        found = next(((kind, table) for kind in METHODS for table in tables(kind) if table["id"] == target), None)
        case.body = fitting(found[0], case.body, draw, found[1]) if found else {**case.body, "rate_table": target}
    elif isinstance(named := case.body.get("rate_table"), str):  # one that no table can have stays wrong, but is not looked for
        case.body["rate_table"] = target if re.fullmatch(TABLE_PATTERN, named) else [named]


@schemathesis.hook
def map_case(_: Any, case: Any) -> Any:
    """Make three right requests in four fit what is published, or a draft as it stands."""
    if case.meta is None:
        return case
    body = case.body if isinstance(case.body, dict) else {}
    draw = random.Random(json.dumps([body, dict(case.headers or {}), case.path_parameters], sort_keys=True, default=str))
    method, path = case.method.upper(), case.operation.path
    waits = BEFORE.get(path.rpartition("/")[2])
    fit = case.meta.generation.mode is GenerationMode.POSITIVE and draw.random() < (0.9 if waits else 0.75)
    found = None
    if "{draft_id}" in path:
        found = _seen(f"/v1/drafts/{case.path_parameters['draft_id']}")
        walked = case.meta.phase.name is TestPhase.STATEFUL  # then a link has led here, right or wrong
        if fit and (found is None or (not walked and waits not in (None, found[0]["state"]))):
            case.path_parameters["draft_id"] = _opened(path, draw)
            found = _seen(f"/v1/drafts/{case.path_parameters['draft_id']}")
    if found is not None and path.endswith("/calculate") and isinstance(case.body, dict):
        _trial(case, found[0], draw)
    if not fit:
        return case
    if found is not None and "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = found[1]
    note = {"note": body["note"]} if "note" in body else {}
    if (method, path) == ("POST", "/v1/drafts"):
        case.body = draw.choice(CHANGES)(draw) | note
    elif (method, path) == ("POST", "/v1/reference-rates"):
        case.body = _month(draw)
    elif method == "PUT" and found is not None:
        case.body = {"content": found[0]["content"]} | note
    return case


given_up: set[str] = set()


@schemathesis.hook
def after_call(_: Any, case: Any, response: Any) -> None:
    """Note what was given up."""
    if response.status_code == 200 and case.method.upper() == "DELETE":
        given_up.add(response.json()["id"])


@schemathesis.check
def what_is_given_up_is_read_and_goes_no_further(_: Any, response: Any, case: Any) -> None:
    """In place of ``use_after_free``: nothing of a draft is ever deleted (decision 0003)."""
    if response.status_code == 200 and (case.path_parameters or {}).get("draft_id") in given_up:
        assert case.method.upper() != "PUT" and not case.operation.path.endswith(tuple(BEFORE)), "a step after the end"
        assert response.json().get("state", "DISCARDED") == "DISCARDED", "it came back"
