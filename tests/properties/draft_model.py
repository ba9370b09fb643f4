"""Drafts as a plain model, against which the real ones are run: dicts and lists, none of the service's code.

It knows one award table that is published, a second one that is not yet, two reference series and one notice.
Every rule is written as naively as it can be: versions are periods of days, what was known at an instant is a copy.
"""

from __future__ import annotations

import copy
import itertools
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

BATCH, TABLE, SECOND = "t-fund-2024-1", "t-fund-2024-1-1", "t-fund-2024-1-2"
SERIES = ("T_ONE", "T_TWO")
NOTICE: dict[str, Any] = {
    "fund": "t-fund",
    "batch": {"id": BATCH, "year": "2024", "no": "1", "title": "2024年第一批"},
    "document": {"title": "试验通知", "issuer": "试验部门", "number": "试发〔2024〕1号", "date": "2024-01-15"},
    "authority": "official",
}
ONE_DAY = timedelta(days=1)
MOST_POINTS = Fraction("0.30")
ENDED = ("PUBLISHED", "DISCARDED")
Json = dict[str, Any]


class Model:
    """What was begun, written, checked, approved and published; and what was known after each publication."""

    def __init__(self) -> None:
        self.drafts: dict[str, Json] = {}
        self.log: list[tuple[str, str, str]] = []
        self.tables: dict[str, list[Json]] = {TABLE: [_version(date(2024, 1, 15), None, "30%", exempt=False)], SECOND: []}
        self.series: dict[str, list[list[tuple[str, str]]]] = {name: [[("2024-01-22", "3.45%")]] for name in SERIES}
        self.notice = copy.deepcopy(NOTICE)
        self.published: Counter[str] = Counter()  # how often something was published about a table, a series, a batch
        self.known = [self.now()]

    def now(self) -> Json:
        """What is known now: of each table the periods of its versions in force, of each series its rows."""
        tables = {
            name: [(one["first"], one["last"], no, one["rate"]) for no, one in enumerate(versions, 1) if _in_force(one)]
            for name, versions in self.tables.items()
        }
        return {
            "tables": tables,
            "series": {name: (len(versions), versions[-1]) for name, versions in self.series.items()},
            "with_versions": {name for name, versions in self.tables.items() if versions},
            "exempt": {name for name, versions in self.tables.items() if any(one["exempt"] for one in versions)},
            "states": {name: [_state(one) for one in versions] for name, versions in self.tables.items()},
        }

    # --- which step is accepted

    def refusal(self, act: str, actor: str, draft_id: str, seen: str | None) -> str | None:
        """The error with which a step is refused; None where it is accepted."""
        draft = self.drafts.get(draft_id)
        if draft is None:
            return "NoSuchDraft"
        if draft["state"] in ENDED:
            return "NotNow"
        if seen is not None and seen != draft["etag"]:
            return "SomebodyWasFaster"
        if act in ("revise", "discard"):
            return None
        if draft["state"] != {"check": "DRAFT", "approve": "CHECKED", "publish": "APPROVED"}[act]:
            return "NotNow"
        if act == "approve" and actor in draft["authors"]:
            return "OwnDraft"
        if act in ("approve", "publish") and draft["stands_on"] != self._published_about(draft):
            return "Overtaken"
        if act in ("check", "publish") and self.after(draft["kind"], draft["target"], draft["content"]) is None:
            return "Refused"
        return None

    def _published_about(self, draft: Json) -> list[int]:
        return [self.published[name] for name in draft["target"].split()]

    # --- steps that were accepted

    def begun(self, actor: str, draft_id: str, kind: str, target: str, content: Json, etag: str) -> None:
        """A draft was begun."""
        assert draft_id not in self.drafts
        made = {"kind": kind, "target": target, "content": content, "state": "DRAFT", "revision": 1}
        self.drafts[draft_id] = {**made, "authors": [actor], "etag": etag, "etags": [etag], "steps": []}
        self.log.append((actor, "draft.begin", draft_id))

    def taken(self, act: str, actor: str, draft_id: str, etag: str, content: Json | None = None) -> None:
        """A step was taken; its ETag is one that the draft never had."""
        draft = self.drafts[draft_id]
        assert etag not in draft["etags"]
        draft["etag"] = etag
        draft["etags"].append(etag)
        if act == "revise":
            draft |= {"content": content, "state": "DRAFT", "revision": draft["revision"] + 1, "steps": []}
            draft["authors"] = list(dict.fromkeys([*draft["authors"], actor]))
            self.log.append((actor, "draft.revise", draft_id))
            return
        draft["state"] = {"check": "CHECKED", "approve": "APPROVED", "publish": "PUBLISHED", "discard": "DISCARDED"}[act]
        draft["steps"].append((draft["state"], actor))
        self.log.append((actor, f"draft.{draft['state'].lower()}", draft_id))
        if act == "check":
            draft["stands_on"] = self._published_about(draft)
        if act == "publish":
            after = self.after(draft["kind"], draft["target"], draft["content"])
            assert after is not None
            self.tables, self.series, self.notice = after
            self.published.update(draft["target"].split())
            self.known.append(self.now())

    # --- what a content would make of what is published

    def after(self, kind: str, target: str, content: Json) -> tuple[Any, Any, Any] | None:
        """Tables, series and notice once this is published; None where it cannot be."""
        fault, made = self._published(kind, target, content)
        return None if fault else made

    def fault(self, kind: str, target: str, content: Json) -> str:
        """Why it cannot be published, in one word; nothing where it can."""
        return self._published(kind, target, content)[0]

    def _published(self, kind: str, target: str, content: Json) -> tuple[str, tuple[Any, Any, Any]]:
        tables, series, notice = copy.deepcopy((self.tables, self.series, self.notice))
        if kind == "BATCH":
            return "same" if content == notice else "", (tables, series, content)
        if kind == "REFERENCE_RATE":
            fault = "" if all(_month(series[one["series"]], one) for one in content["series"]) else "month"
        elif kind == "RATE_TABLE":
            fault = _new_version(tables[target], content)
        else:
            fault = "" if _event(tables[target], kind, content) else "event"
        return fault, (tables, series, notice)


def _version(first: date, last: date | None, rate: str, *, exempt: bool) -> Json:
    return {"first": first, "last": last, "rate": rate, "exempt": exempt, "superseded": False, "withdrawn": False, "cut": False}


def _in_force(version: Json) -> bool:
    return not version["superseded"] and not version["withdrawn"]


def _state(version: Json) -> str:
    return "WITHDRAWN" if version["withdrawn"] else "SUPERSEDED" if version["superseded"] else "PUBLISHED"


def _new_version(versions: list[Json], content: Json) -> str:
    """Add the version: it replaces the one that it names and cuts off those that go on into it; then no gap, no overlap."""
    said = content["version"]
    if "clause" not in said["terms"]["lines"][0]:
        return "clause"
    if ("direction" in content) == bool(versions):
        return "direction"
    first, last = (None if day == "open" else date.fromisoformat(day) for day in said["effective"].values())
    assert first is not None
    if last is not None and last < first:
        return "period"
    if "supersedes" in said:
        replaced = int(said["supersedes"])
        if replaced > len(versions) or versions[replaced - 1]["superseded"]:
            return "supersedes"
        versions[replaced - 1]["superseded"] = True
    for one in versions:
        if _in_force(one) and not one["cut"] and one["first"] < first and (one["last"] is None or one["last"] >= first):
            one |= {"last": first - ONE_DAY, "cut": True}
    exempt = "stacking" in said["terms"]
    versions.append(_version(first, last, said["terms"]["lines"][0]["rate"], exempt=exempt))
    ordered = sorted((one for one in versions if _in_force(one)), key=lambda one: one["first"])
    for before, after in itertools.pairwise(ordered):
        if before["last"] is None or before["last"] >= after["first"]:
            return "overlap"
        if before["last"] + ONE_DAY < after["first"]:
            return "gap"
    return ""


def _event(versions: list[Json], kind: str, content: Json) -> bool:
    """Withdraw a version that is in force, or end it on one of its days; that can be said once."""
    number = int(content["version"])
    if not content["reason"] or number > len(versions) or not _in_force(versions[number - 1]):
        return False
    version = versions[number - 1]
    if kind == "WITHDRAWAL":
        version["withdrawn"] = True
        return True
    day = date.fromisoformat(content["last_day"])
    if version["cut"] or day < version["first"] or (version["last"] is not None and day > version["last"]):
        return False
    version |= {"last": day, "cut": True}
    return True


def _month(versions: list[list[tuple[str, str]]], content: Json) -> bool:
    """Add rows to a series: each later than the one before it, and near it unless it is confirmed."""
    rows = list(versions[-1])
    for row in content["add"]:
        on, value = rows[-1]
        far = abs(Fraction(row["value"].rstrip("%")) - Fraction(value.rstrip("%"))) > MOST_POINTS
        if row["on"] <= on or (far and row.get("confirmed") != "true"):
            return False
        rows.append((row["on"], row["value"]))
    versions.append(rows)
    return bool(content["holds_until"] > rows[-1][0])


def in_force(known: Json, table: str, day: date) -> tuple[int, str] | None:
    """Number and rate of the version in force on a day, of what was known at an instant."""
    for first, last, number, rate in known["tables"][table]:
        if first <= day and (last is None or day <= last):
            return number, rate
    return None
