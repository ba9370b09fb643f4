"""Whether the rows of a backup agree with each other: contents with their digests, keys and drafts with the audit log.

A digest over the whole file is made anew by whoever alters it. The log is harder: each key, each step of a draft and each
published version is written there as well, entry chained to entry. Who makes the whole chain anew is found out by the
backup's signature or by the digest that was noted elsewhere (``seal``), not here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlmodel import SQLModel

from app.tables.catalogue.integrity import Said, fault_of_content, fault_of_series, fault_of_version, name_of
from app.tables.storage import audit_log as audit
from app.tables.storage.audit_objects import name_logged
from app.tables.storage.persons import person_of

_LOGGED: Final = ("overlay_version", "batch", "batch_version", "direction_version", "reference_rate_version", "rate_table_version")

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""The rows of each table."""

Entries = Mapping[tuple[str, str], Sequence[tuple[Mapping[str, Any], Any]]]
"""The entries of the log by action and object, each with its detail."""


def disagreements(rows: Rows) -> Iterator[Said]:
    """Each disagreement, in Chinese and in English; none where all rows agree."""
    yield from _contents(rows)
    yield from _chain(rows["audit"])
    entries: dict[tuple[str, str], list[tuple[Mapping[str, Any], Any]]] = {}
    for entry in rows["audit"]:
        entries.setdefault((entry["action"], entry["object"]), []).append((entry, json.loads(entry["detail"])))
    yield from _keys(rows, entries)
    yield from _drafts(rows, entries)
    yield from _published(rows, entries)


def _contents(rows: Rows) -> Iterator[Said]:
    for table in ("overlay_version", "batch", "batch_version", "direction_version", "draft_revision"):
        for row in rows[table]:
            yield from _about(table, row, fault_of_content(row["content"], row["digest"]))
    for row in rows["rate_table_version"]:
        yield from _about("rate_table_version", row, fault_of_version(row))
    rates: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for row in rows["reference_rate"]:
        rates.setdefault((row["series"], row["version"]), []).append(row)
    digests = {(row["series"], row["version"]): row["digest"] for row in rows["reference_rate_version"]}
    for row in rows["reference_rate_version"]:
        name, number = row["series"], row["version"]
        fault = fault_of_series(row, rates.get((name, number), []), digests.get((name, number - 1)))
        yield from _about("reference_rate_version", row, fault)


def _about(table: str, row: Mapping[str, Any], fault: Said | None) -> Iterator[Said]:
    if fault is not None:
        name = name_of(table, row)
        yield f"{name}：{fault[0]}", f"{name}: {fault[1]}"


def _chain(rows: Sequence[Mapping[str, Any]]) -> Iterator[Said]:
    last = audit.Head(0, "")
    for row in sorted(rows, key=lambda row: int(row["id"])):
        entry = audit.Entry(**row)
        for fault in audit.broken(entry, last):
            zh, _, en = fault.partition(" / ")
            yield f"审计日志{zh}", f"audit log: {en}"
        last = audit.Head(entry.id, entry.hash)


# --- keys -------------------------------------------------------------------------------------------


def _keys(rows: Rows, entries: Entries) -> Iterator[Said]:
    ends = {(row["key_id"], row["number"]): row["ends_at"] for row in rows["api_key_end"]}
    expiries = {(row["key_id"], row["number"]): row["expires_at"] for row in rows["api_key_secret"]}
    for row in rows["api_key"]:
        made = [detail for _, detail in entries.get(("key.create", row["id"]), ())]
        stored = {"name": row["name"], "owner": row["owner"], "scopes": row["scopes"].split()}
        if [{key: detail[key] for key in stored} for detail in made] != [stored]:
            yield _of_key(row["id"], "名称、责任人或权限与审计日志所记不同", "name, owner or scopes are not those of the audit log")
    logged_ends: dict[tuple[str, int], str | None] = {}
    logged_expiries: dict[tuple[str, int], str] = {}
    for (action, key_id), found in entries.items():
        for entry, detail in found:
            match action:
                case "key.create":
                    logged_expiries[key_id, 1] = detail["expires_at"]
                case "key.rotate":
                    logged_expiries[key_id, detail["number"]] = detail["expires_at"]
                    logged_ends[key_id, detail["number"] - 1] = detail["others_end_at"]
                case "key.revoke":
                    logged_ends[key_id, 0] = audit.instant_text(entry["at"])
    yield from _compared(expiries, logged_expiries, "密文的有效期", "the expiry of a secret")
    yield from _compared(_of_secrets(ends), _of_secrets(logged_ends), "轮换", "a rotation")
    for key_id, number in sorted(set(ends) ^ set(logged_ends)):
        if number == 0:
            yield _of_key(key_id, "吊销与审计日志所记不同", "its revocation is not what the audit log says")


def _of_secrets(ends: Mapping[tuple[str, int], Any]) -> dict[tuple[str, int], Any]:
    """The ends of secrets, without those of whole keys."""
    return {key: at for key, at in ends.items() if key[1] != 0}


def _compared(stored: Mapping[tuple[str, int], datetime], logged: Mapping[tuple[str, int], str | None], zh: str, en: str) -> Iterator[Said]:
    """What is stored of secrets, beside what the log says of them."""
    found = {key: audit.instant_text(at) for key, at in stored.items()}
    for key_id in sorted({key[0] for key in found.keys() | logged.keys() if found.get(key) != logged.get(key)}):
        yield _of_key(key_id, f"{zh}与审计日志所记不同", f"{en} is not what the audit log says")


def _of_key(key_id: str, zh: str, en: str) -> Said:
    return f"密钥 {key_id}：{zh}", f"key {key_id}: {en}"


# --- drafts and what was published ------------------------------------------------------------------


def _drafts(rows: Rows, entries: Entries) -> Iterator[Said]:
    digests = {(row["draft_id"], row["revision"]): row["digest"] for row in rows["draft_revision"]}
    authors: dict[str, list[tuple[int, str, str]]] = {}
    stored: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for row in rows["draft"]:
        stored.setdefault(("draft.begin", row["id"]), []).append((row["created_by"], row["kind"], row["target"]))
    for row in rows["draft_revision"]:
        yield from _person(row, row["author"])
        authors.setdefault(row["draft_id"], []).append((row["revision"], row["author"], row["person"] or row["author"]))
        if row["revision"] > 1:
            stored.setdefault(("draft.revise", row["draft_id"]), []).append((row["author"], str(row["revision"]), row["digest"]))
    for row in rows["draft_step"]:
        key = (f"draft.{row['kind'].lower()}", row["draft_id"])
        stored.setdefault(key, []).append((row["actor"], str(row["revision"]), digests[row["draft_id"], row["revision"]]))
        yield from _person(row, row["actor"])
        wrote = {one for no, *names in authors[row["draft_id"]] if no <= row["revision"] for one in names}
        if row["kind"] == "APPROVED" and wrote & {row["actor"], row["person"] or row["actor"]}:
            name = f"草案 {row['draft_id']}", f"draft {row['draft_id']}"
            yield f"{name[0]}：由编写者 {row['actor']} 自己批准", f"{name[1]}: approved by {row['actor']}, who wrote it"
    logged = {
        key: [(entry["actor"], *_parts(key[0], detail)) for entry, detail in found]
        for key, found in entries.items()
        if key[0].startswith("draft.")
    }
    for key in sorted(stored.keys() | logged.keys()):
        if sorted(stored.get(key, [])) != sorted(logged.get(key, [])):
            action, draft = key
            yield f"草案 {draft}：与审计日志所记的 {action} 不同", f"draft {draft}: not what the audit log says of {action}"


def _person(row: Mapping[str, Any], name: str) -> Iterator[Said]:
    """The normal form beside a name; rows of earlier releases have none."""
    if row["person"] not in {None, person_of(name)}:
        draft = row["draft_id"]
        yield f"草案 {draft}：{row['person']} 不是 {name} 的规范形式", f"draft {draft}: {row['person']} is not the normal form of {name}"


def _parts(action: str, detail: Any) -> tuple[str, str]:
    """What the log says of a step beside who took it."""
    return (detail["kind"], detail["target"]) if action == "draft.begin" else (detail["revision"], detail["digest"])


def _published(rows: Rows, entries: Entries) -> Iterator[Said]:
    """Versions beside what the log says was loaded or published; entries of earlier releases hold no digests."""
    keys = {name: [column.name for column in SQLModel.metadata.tables[name].primary_key] for name in _LOGGED}
    digests = {name_logged(name, [row[key] for key in keys[name]]): row["digest"] for name in _LOGGED for row in rows[name]}
    others = {f"fund {row['id']}" for row in rows["fund"]} | {f"direction {row['rate_table']}" for row in rows["direction"]}
    others |= {f"version_event {row['rate_table']} {row['version']} {row['kind']}" for row in rows["version_event"]}
    for (action, _), found in entries.items():
        if action not in {"tables.load", "draft.published"}:
            continue
        for entry, detail in found:
            no = entry["id"]
            for name, logged in zip(detail.get("versions", ()), detail.get("digests", ()), strict=False):
                if not digests.get(name, "").startswith(logged):
                    yield f"{name}：内容与审计日志第 {no} 条所记不同", f"{name}: its content is not that of entry {no} of the audit log"
            for name in detail.get("others", ()):
                if name not in others:
                    yield f"{name}：审计日志第 {no} 条所记，备份中没有", f"{name}: named by entry {no} of the audit log, not in the backup"
