"""The difference between two versions of a rate table in sentences, Chinese and English, for those who check and approve.

It compares what the versions mean, not how their files are laid out: a line is found by its id, a cap by what it
bounds, a requirement by its code. Nothing that differs is left out: where only the spelling changed, that is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final

from app.calculators.bilingual import Phrase
from app.calculators.wording.phrases import quoted
from app.tables.diff.fields import Statement, Version, frame, frame_of_overlay, rules
from app.tables.diff.sections import Group, Part, groups
from app.tables.storage.canonical_json import canonical

_OF_EACH_VERSION: Final = frozenset({"version", "published_at"})  # two versions always differ in these
_UNORDERED: Final = frozenset({"require", "lines", "pool", "exclude_periods", "currencies", "not_decided", "categories", "values", "term"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One sentence: where (a JSON pointer into the new content or, for what is gone, into the old), and what changed."""

    place: str
    zh: str
    en: str
    before: str | None  # as published: a text as it stands, anything else as canonical JSON
    after: str | None
    clause: str | None = None  # the clause beside what is new


def differences(before: Mapping[str, Any] | None, now: Mapping[str, Any], *, overlay: bool = False) -> list[Difference]:
    """What ``now`` says otherwise than ``before``; of a first version (None) what it says at all.

    Both are the content of a version as published, of a table or of an overlay. ``version`` and ``published_at`` are not
    compared. Errors: TermsError where the terms of one cannot be meant.
    """
    new = Version(now, overlay)
    first_day = now["effective"]["first_day"]
    since = Phrase(f"，自 {first_day} 起", f", from {first_day}")
    if before is None:
        always = Phrase("", "")
        told = [
            _added(one.place, _with(one.name, one.words), one.raw, since if one.dated else always)
            for one in _of_the_whole(new)
            if one.raw is not None
        ]
        return told + [one for group in groups(new) for part in group.parts for one in _new_part(part, since)]
    old = Version(before, overlay)
    found = list(_supersedes(before, now))
    for was, said in zip(_of_the_whole(old), _of_the_whole(new), strict=True):
        found += _changed(was, said, since)
    for was_group, group in zip(groups(old), groups(new), strict=True):
        found += _group(was_group, group, since)
    return [*found, *_spelled_otherwise(before, now, {one.place for one in found})]


def _of_the_whole(version: Version) -> Iterator[Statement]:
    return frame_of_overlay(version) if version.overlay else chain(frame(version), rules(version))


# --- the version as a whole ----------------------------------------------------------------------------


def _supersedes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    was, said = before.get("supersedes"), now.get("supersedes")
    if was == said:
        return
    if said is None:
        zh, en = f"前一版本取代版本 {was}，本版本不取代其他版本", f"The earlier version replaces version {was}; this one replaces none"
    else:
        zh, en = f"本版本为更正，取代版本 {said}", f"This version is a correction and replaces version {said}"
    yield Difference(place="/supersedes", zh=zh, en=en, before=was, after=said)


def _spelled_otherwise(before: Mapping[str, Any], now: Mapping[str, Any], told: Collection[str]) -> Iterator[Difference]:
    """Sections of which nothing was told and that are not the same: they say it in other letters."""
    for at, was, said in (("", before, now), ("/terms", before["terms"], now["terms"])):
        for key in sorted((was.keys() | said.keys()) - _OF_EACH_VERSION - {"terms"}):
            place = f"{at}/{key}"
            same = (key in was) == (key in said) and _in_order(was[key], key) == _in_order(said[key], key)
            if not same and not any(one == place or one.startswith(f"{place}/") for one in told):
                zh, en = f"“{key}”的写法有改动，含义不变", f"“{key}” is written otherwise, with the same meaning"
                yield Difference(place=place, zh=zh, en=en, before=_written(was.get(key)), after=_written(said.get(key)))


def _in_order(raw: Any, key: str) -> Any:
    """The same content with every list sorted whose order means nothing, or whose new order is told anyway."""
    if isinstance(raw, Mapping):
        return {name: _in_order(part, name) for name, part in raw.items()}
    if isinstance(raw, list):
        parts = [_in_order(part, "") for part in raw]
        return sorted(parts, key=canonical) if key in _UNORDERED else parts
    return raw


# --- statements ----------------------------------------------------------------------------------------


def _changed(was: Statement, said: Statement, since: Phrase) -> Iterator[Difference]:
    if was.raw is None and said.raw is None and (was.meaning == said.meaning or not said.by_default):
        return  # a default, or said once for the whole table
    since = since if said.dated else Phrase("", "")
    place, name = was.place if said.raw is None else said.place, said.name
    if was.meaning == said.meaning:
        if was.raw != said.raw:
            yield _respelled(place, name, was.raw, said.raw)
    elif was.meaning is None:
        yield _added(place, _with(name, said.words), said.raw, since)
    elif said.meaning is None:
        yield _removed(place, _with(name, was.words), was.raw, since)
    else:
        old, new, typed = was.words, said.words, (_as_typed(was.raw), _as_typed(said.raw))
        if old.zh == new.zh:  # two facts with one title: only their names tell them apart
            old, new = Phrase(typed[0].zh, old.en), Phrase(typed[1].zh, new.en)
        if old.en == new.en:
            old, new = Phrase(old.zh, typed[0].en), Phrase(new.zh, typed[1].en)
        zh, en = f"{name.zh} 由 {old.zh} 调整为 {new.zh}{since.zh}", f"{name.en}: changed from {old.en} to {new.en}{since.en}"
        yield Difference(place=place, zh=zh, en=en, before=_written(was.raw), after=_written(said.raw))


def _respelled(place: str, name: Phrase, was: Any, said: Any) -> Difference:
    old, new = _as_typed(was), _as_typed(said)
    zh = f"{name.zh} 的写法由{old.zh}改为{new.zh}，含义不变"
    en = f"{name.en}: written as {new.en} instead of {old.en}, with the same meaning"
    return Difference(place=place, zh=zh, en=en, before=_written(was), after=_written(said))


def _as_typed(raw: Any) -> Phrase:
    return Phrase("（不写明）", "nothing") if raw is None else quoted(str(_written(raw)))


def _with(name: Phrase, words: Phrase) -> Phrase:
    return Phrase(f"{name.zh}：{words.zh}", f"{name.en}: {words.en}")


def _added(place: str, what: Phrase, raw: Any, since: Phrase) -> Difference:
    return Difference(
        place=place, zh=f"新增 {what.zh}{since.zh}", en=f"Added: {_inside(what.en)}{since.en}", before=None, after=_written(raw)
    )


def _removed(place: str, what: Phrase, raw: Any, since: Phrase) -> Difference:
    return Difference(
        place=place, zh=f"取消 {what.zh}{since.zh}", en=f"Removed: {_inside(what.en)}{since.en}", before=_written(raw), after=None
    )


def _inside(sentence: str) -> str:
    """A name that begins no sentence any more."""
    return sentence[:1].lower() + sentence[1:]


def _written(raw: Any) -> str | None:
    return raw if raw is None or isinstance(raw, str) else canonical(raw)


# --- parts ---------------------------------------------------------------------------------------------


def _group(was: Group, said: Group, since: Phrase) -> Iterator[Difference]:
    pairs = _paired(was.parts, said.parts)
    for no, part in enumerate(said.parts):
        if no in pairs:
            yield from _part(was.parts[pairs[no]], part, since)
        else:
            yield from _new_part(part, since)
    kept = set(pairs.values())
    for no, part in enumerate(was.parts):
        if no not in kept:
            yield _removed(part.place, part.whole, part.raw, since)
    name = said.order or was.order
    if name is not None and list(pairs.values()) != sorted(pairs.values()):
        yield _reordered(name, was, said, pairs, since)


def _reordered(name: Phrase, was: Group, said: Group, pairs: Mapping[int, int], since: Phrase) -> Difference:
    old, new = [was.parts[no] for no in sorted(pairs.values())], [said.parts[no] for no in pairs]
    zh = [" → ".join(part.whole.zh for part in parts) for parts in (old, new)]
    en = [" → ".join(_inside(part.whole.en) for part in parts) for parts in (old, new)]
    return Difference(
        place=said.place,
        zh=f"{name.zh} 由 {zh[0]} 调整为 {zh[1]}{since.zh}",
        en=f"{name.en}: changed from {en[0]} to {en[1]}{since.en}",
        before=canonical([part.raw for part in old]),
        after=canonical([part.raw for part in new]),
    )


def _part(was: Part, said: Part, since: Phrase) -> Iterator[Difference]:
    for old, new in zip(was.statements, said.statements, strict=True):
        yield from _changed(old, new, since)
    yield from _group(Group(was.place, was.parts), Group(said.place, said.parts), since)


def _new_part(part: Part, since: Phrase) -> Iterator[Difference]:
    clause = part.raw.get("clause") if isinstance(part.raw, Mapping) else None
    yield replace(_added(part.place, part.whole, part.raw, since), clause=clause)
    for inner in part.parts:
        yield from _new_part(inner, since)


def _paired(was: tuple[Part, ...], said: tuple[Part, ...]) -> dict[int, int]:
    """Which old part each new one was, in the order of the new: equal ones first, then by their keys, the closest first."""
    pairs: dict[int, int] = {}
    free = dict(enumerate(was))
    for depth in range(-1, max((len(part.keys) for part in was), default=0)):
        for no, part in enumerate(said):
            found = None if no in pairs else next((at for at, one in free.items() if _key(one, depth) == _key(part, depth)), None)
            if found is not None:
                pairs[no] = found
                del free[found]
    return dict(sorted(pairs.items()))


def _key(part: Part, depth: int) -> Any:
    return (part.raw, part.keys[-1]) if depth < 0 else part.keys[depth]
