"""What is new, in sentences, Chinese and English: of funds, rules, batches and directions; of a load, of everything."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlmodel import Session

from app.calculators.bilingual import Phrase
from app.calculators.terms.code_lists import AREAS, AUTHORITIES, METHODS
from app.calculators.wording import labels as voc
from app.calculators.wording.labels import word
from app.calculators.wording.phrases import NOTHING, quoted
from app.tables.files.file_values import Row
from app.tables.files.later_additions import later_notices, later_words, words_of
from app.tables.files.rate_publication import said
from app.tables.files.reference_series import stored_rows
from app.tables.storage import models

_HEADER: Final = (
    (("fund",), Phrase("基金", "fund")),
    (("batch", "year"), Phrase("年度", "year")),
    (("batch", "no"), Phrase("批次号", "number")),
    (("batch", "title"), Phrase("名称", "title")),
    (("batch", "application_window", "first_day"), Phrase("申报首日", "first day of applications")),
    (("batch", "application_window", "last_day"), Phrase("申报末日", "last day of applications")),
    *((("document", key), Phrase(name.zh, name.en[:1].lower() + name.en[1:])) for key, name in voc.DOCUMENT.items()),
    (("authority",), Phrase("来源", "source")),
)
_WORDS: Final = (
    (("title",), Phrase("名称", "title")),
    (("no",), Phrase("编号", "number")),
    (("method",), Phrase("支持方式", "support method")),
    (("area",), Phrase("支持领域", "area")),
    (("not_loaded",), Phrase("标准未载入的原因", "why its standards are not loaded")),
    (("schemes",), Phrase("方案", "schemes")),
)
Fields = tuple[tuple[tuple[str, ...], Phrase], ...]
Sentence = tuple[str, str]


def news(session: Session, rows: Iterable[Row], *, of_load: bool = False) -> Iterator[Sentence]:
    """A sentence for each thing that rows say; what new versions of tables and rules say is told by ``differences``.

    Drafts tell of their events and series themselves; ``of_load`` tells of these, too.
    """
    for row in rows:
        match row:
            case models.Fund():
                yield f"新基金 {row.id}：“{row.title}”", f"New fund {row.id}: “{row.title}”"
            case models.OverlayVersion() if row.version == 1:
                yield f"基金 {row.fund_id} 新增规则 {row.id}", f"New rules {row.id} of fund {row.fund_id}"
            case models.OverlayVersion():
                zh = f"基金 {row.fund_id} 的规则 {row.id} 由版本 {row.version} 整体取代此前版本"
                yield zh, f"Version {row.version} of the rules {row.id} of fund {row.fund_id} takes the place of the one before"
            case models.Batch():
                yield from _told(f"新批次 {row.id}", f"New batch {row.id}", _HEADER, None, json.loads(row.content))
            case models.BatchVersion():
                batch = session.get_one(models.Batch, row.batch_id)
                earlier = [batch.content, *(one.content for one in later_notices(session, row.batch_id) if one.version < row.version)]
                zh, en = f"批次 {row.batch_id}", f"Batch {row.batch_id}"
                yield from _told(zh, en, _HEADER, json.loads(earlier[-1]), json.loads(row.content))
            case models.Direction():
                yield from _told(f"新方向 {row.rate_table}", f"New direction {row.rate_table}", _WORDS, None, json.loads(words_of(row)))
            case models.DirectionVersion():
                direction = session.get_one(models.Direction, row.rate_table)
                known = [words_of(direction), *(one.content for one in later_words(session, row.rate_table) if one.version < row.version)]
                zh, en = f"方向 {row.rate_table}", f"Direction {row.rate_table}"
                yield from _told(zh, en, _WORDS, json.loads(known[-1]), json.loads(row.content))
            case models.VersionEvent() if of_load:
                yield _event(row)
            case models.ReferenceRateVersion() if of_load:
                yield from _series(session, row)


def _told(zh: str, en: str, fields: Fields, before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> Iterator[Sentence]:
    for keys, name in fields:
        was, said_now = (None if one is None else _at(one, keys) for one in (before, now))
        if before is None and said_now is not None:
            words = _words(keys[-1], said_now)
            yield f"{zh} {name.zh}：{words.zh}", f"{en}, {name.en}: {words.en}"
        elif before is not None and was != said_now:
            old, new = _words(keys[-1], was), _words(keys[-1], said_now)
            yield f"{zh} {name.zh} 由 {old.zh} 调整为 {new.zh}", f"{en}, {name.en}: changed from {old.en} to {new.en}"


def _at(raw: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        raw = raw.get(key) if isinstance(raw, Mapping) else None
    return raw or None


def _words(key: str, raw: Any) -> Phrase:
    match key:
        case _ if raw is None:
            return NOTHING
        case "authority":
            return word(AUTHORITIES, raw)
        case "method":
            return word(METHODS, raw)
        case "area":
            return word(AREAS, raw)
        case "title" | "issuer" | "not_loaded":
            return quoted(raw)
        case "schemes":
            return Phrase(" ".join(raw), " ".join(raw))
        case _:
            return Phrase(str(raw), str(raw))


def _event(row: models.VersionEvent) -> Sentence:
    zh, en = f"{row.rate_table} 版本 {row.version}", f"{row.rate_table} version {row.version}"
    match row.kind:
        case "SUPERSEDED":
            return f"{zh} 由版本 {row.by_version} 取代", f"{en} is superseded by version {row.by_version}"
        case "ENDED":
            return f"{zh} 至 {row.ends_on} 止", f"{en} ends on {row.ends_on}"
        case _:
            return f"{zh} 撤回", f"{en} is withdrawn"


def _series(session: Session, row: models.ReferenceRateVersion) -> Iterator[Sentence]:
    """Beside the version before it, where that is stored: of several that are new, only the first has one."""
    raw = json.loads(row.content)
    before = session.get(models.ReferenceRateVersion, (row.series, row.version - 1)) if row.version > 1 else None
    yield from said(row.series, stored_rows(session, before), raw["rows"], row.holds_until.isoformat(), raw)
