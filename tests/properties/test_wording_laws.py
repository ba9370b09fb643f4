"""Laws of the difference in words: nothing that changes goes unsaid, nothing is said of what did not change."""

from __future__ import annotations

import copy
import json
import random
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.calculators.terms.model import TermsError, unsaid_other_funding
from app.calculators.terms.parser import parse_terms
from app.tables.diff.differences import Difference, differences
from app.tables.loading.loader import read_files
from app.tables.storage import models
from app.tables.storage.canonical_json import canonical
from tests.conftest import PUBLISHED
from tests.readme.test_terms_page import EVERYTHING
from tests.shapes.files import FILES, write

Json = dict[str, Any]
Way = tuple[str | int, ...]
LAW = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], derandomize=True)


def invented() -> list[Any]:
    """The rows of the schemes of ``tests/shapes``, which use every word of the vocabulary."""
    with tempfile.TemporaryDirectory() as folder:
        files = [made for path in FILES for made in write(Path(folder), path)]
        return read_files(files).rows


SOME = {"document": {"title": "t", "issuer": "i", "number": "n", "date": "d"}, "authority": "official", "confidence": "read"}
CONTENTS: dict[str, Json] = {
    f"{row.rate_table} {row.version}": json.loads(row.content)
    for row in read_files([PUBLISHED]).rows
    if isinstance(row, models.RateTableVersion)
} | {
    "every word": SOME
    | {"version": "1", "published_at": "2026-01-01T00:00:00+08:00", "effective": {"first_day": "2026-01-01", "last_day": "open"}}
    | {"title": "t", "method": "LOAN_INTEREST", "supersedes": "1", "terms": EVERYTHING},
} | {
    f"{row.rate_table} {row.version}": {"confidence": "read"} | json.loads(row.content)
    for row in invented()
    if isinstance(row, models.RateTableVersion)
}
IGNORED = {("version",), ("published_at",)}

# What may stand instead of a leaf: other figures, days, codes and conditions; those that do not fit are not used.
WORDS = [
    *("1", "2", "7", "24", "0.5", "3%", "66.6%", "500万", "1.5亿", "12345.67", "2 * 300万", "unknown", "true", "false", "all", "open"),
    *("2026-05-01", "2026-12-31", "2027-01-01T17:00", "APPLICATION_DATE", "SIGNED_ON", "EACH_DRAWDOWN", "FIRST_DRAWDOWN", "YEAR_END"),
    *("CEILING", "EXACT", "ENTERPRISE", "PERSON", "HOUSEHOLD", "FIRST", "HIGHEST", "ONLY", "ACT_360", "ACT_365"),
    *("ACT_ACT", "D30_360", "MONTHS_12"),
    *("OVERDUE", "OTHER", "PAID_ON", "PERIOD", "AMOUNT", "BALANCE", "DAILY", "CUMULATIVE", "BATCH", "LIFETIME", "PROGRAM_YEAR", "CLAIM"),
    *("CONTRACTS", "POLICIES", "ITEMS", "PROJECTS", "UNIT", "PROJECT", "LENDER", "CONTRACT", "LINE", "FUND", "HALF_UP", "DOWN", "TOTAL"),
    *("MONEY", "RATE", "COUNT", "DATE", "BOOLEAN", "CODE", "APPLICANT", "ITEM", "INCLUDED", "EXCLUDED", "FROM_BASE", "IGNORED", "100元"),
    *("AWARD", "GRANT", "INSURANCE", "LOAN_INTEREST", "official", "news", "assumed", "read", "implied", "另一段文字", "OTHER_CODE", "price"),
    *("balance", "interest", "base_amount", "premium_paid", "admitted", "cost", "events", "occurred_on", "signed_on", "launched_on"),
    *("digital_rmb_account", "not registered_in_beijing", "base_amount >= 1", "loan_type in [RESEARCH]", "category in [MPW]", "drawn < 7万"),
]


def leaves(content: Any, path: Way = ()) -> Iterator[Way]:
    """Where every text of a content stands."""
    if isinstance(content, dict | list):
        for key, part in content.items() if isinstance(content, dict) else enumerate(content):
            yield from leaves(part, (*path, key))
    elif path not in IGNORED:
        yield path


def at(content: Any, path: Way) -> Any:
    """What stands at a path."""
    for key in path:
        content = content[key]
    return content


def put(content: Json, path: Way, value: Any) -> Json:
    """The content with another value at a path; without it where the value is None and it is a key."""
    made = copy.deepcopy(content)
    holder = at(made, path[:-1])
    if value is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return made


def can_be_meant(content: Json) -> bool:
    """Whether the terms parse, and the rest is what a loaded version has."""
    try:
        parse_terms(content["terms"])
    except (TermsError, KeyError):
        return False
    days = content.get("effective", {})
    kept = content["method"] in {"AWARD", "GRANT", "INSURANCE", "LOAN_INTEREST"} and "first_day" in days
    return kept and content["authority"] in {"official", "news", "assumed"} | AUTHORITIES and content.get("confidence") in {"read", "implied"}


AUTHORITIES = {content["authority"] for content in CONTENTS.values()}


def mutant(name: str, path: Way, start: int) -> Json | None:
    """A content that differs from a published one in this leaf and can be meant: the first from ``start`` on, None if there is none."""
    was = at(CONTENTS[name], path)
    near = [] if was is None else [f"{was} ", f"{was}1", f"2{was}"]
    texts: list[str | None] = [word for word in [*WORDS, *near] if word != was]
    if path[0] == "terms":
        texts.append(None)
    made = (put(CONTENTS[name], path, texts[(start + no) % len(texts)]) for no in range(len(texts)))
    return next((one for one in made if can_be_meant(one)), None)


STARTS = st.integers(0, 999)
LEAVES = [(name, path) for name, content in CONTENTS.items() for path in leaves(content)]


def resolved(content: Any, pointer: str) -> bool:
    """Whether a JSON pointer points into the content."""
    for part in pointer.split("/")[1:]:
        try:
            content = content[int(part)] if isinstance(content, list) else content[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def unsaid(before: Json, now: Json) -> bool:
    """Whether both leave other fiscal money unsaid and mean something else: what that means goes by the time of publication (D103)."""
    if now["terms"]["facts"] != "PROJECTS" or any("other_funding" in one.get("terms", {"other_funding"}) for one in (before, now)):
        return False
    first, second = (unsaid_other_funding(datetime.fromisoformat(one["published_at"])) for one in (before, now))
    return first != second


def check(found: list[Difference], before: Json, now: Json) -> None:
    """Each difference is a sentence in both languages about a place that is there, and a text stands there in one of the two."""
    silent = [one for one in found if one.before is None and one.after is None]
    assert [one.zh.partition(" ")[0] for one in silent] == ["其他财政资金"] * unsaid(before, now)
    for one in found:
        assert one.zh.strip() and one.en.strip()
        assert resolved(now if one.after is not None else before, one.place), one
        assert one.before != one.after or one in silent


@LAW
@given(leaf=st.sampled_from(LEAVES), start=STARTS)
def test_any_leaf_that_changes_is_said(leaf: tuple[str, Way], start: int) -> None:
    name, path = leaf
    before, now = CONTENTS[name], mutant(name, path, start)
    assume(now is not None)
    assert now is not None
    for one, other in ((before, now), (now, before)):
        found = differences(one, other)
        assert found, (name, path, at(before, path))
        check(found, one, other)
        assert all("None" not in said.zh + said.en for said in found)


def is_held(way: Way) -> bool:
    """Whether other words read what stands here, so that nothing else may: the facts, their types, the lines of a cap."""
    row = {("terms", "lines", no, "id") for no in (0, 1)}
    return way in row | {("terms", "facts")} or (way[:2] == ("terms", "needs") and way[-1] == "type")


@pytest.mark.parametrize(
    "way", [way for name, way in LEAVES if name == "every word" and not is_held(way)], ids=lambda way: "/".join(map(str, way))
)
def test_a_change_of_any_word_of_the_vocabulary_is_said(way: Way) -> None:
    """Of each word, one after the other, that there can be; ``test_terms_page`` sees to it that each is there."""
    before = CONTENTS["every word"]
    for start in (0, 40):
        now = mutant("every word", way, start)
        assert now is not None
        said = differences(before, now)
        assert said
        check(said, before, now)


TEXTS = {"clause", "clause_note", "title", "message", "issuer", "number", "date", "when", "source", "assumed"}


@LAW
@given(leaf=st.sampled_from([leaf for leaf in LEAVES if leaf[1][-1] in TEXTS]), text=st.text(st.characters(exclude_categories=["C"]), min_size=1))
def test_any_text_that_changes_is_said(leaf: tuple[str, Way], text: str) -> None:
    name, path = leaf
    now = put(CONTENTS[name], path, text)
    assume(text != at(CONTENTS[name], path) and can_be_meant(now))
    found = differences(CONTENTS[name], now)
    assert found
    check(found, CONTENTS[name], now)


ONE_STATEMENT = {"values", "bands", "instalments", "sources", "currencies", "exclude_periods", "per", "pool", "categories"}


def statement(path: Way) -> Way:
    """What is said in one sentence, however much of it changes."""
    ends = [no for no, key in enumerate(path) if key in ONE_STATEMENT]
    return path[: ends[0] + 1] if ends else path


@settings(LAW, max_examples=250)
@given(leaf=st.sampled_from(LEAVES), second=st.integers(0, 10_000), starts=st.tuples(STARTS, STARTS))
def test_of_two_changes_neither_hides_the_other(leaf: tuple[str, Way], second: int, starts: tuple[int, int]) -> None:
    name, path = leaf
    mine = [one for of, one in LEAVES if of == name]
    other = mine[second % len(mine)]
    assume(statement(other) != statement(path))
    one, two = mutant(name, path, starts[0]), mutant(name, other, starts[1])
    assume(one is not None and two is not None)
    assert one is not None and two is not None
    texts = [at(made, where) if where in leaves(made) else None for made, where in ((one, path), (two, other))]
    assume(not any(text is not None and text.endswith(" ") for text in texts))  # no change but of spelling
    both = put(one, other, texts[1])
    assume(can_be_meant(both))
    assert len(differences(CONTENTS[name], both)) >= 2, (path, other)


@pytest.mark.parametrize("name", CONTENTS)
def test_nothing_is_said_where_nothing_changed(name: str) -> None:
    content = CONTENTS[name]
    later = copy.deepcopy(content) | {"version": "99", "published_at": f"{content['published_at'][:10]}T23:59:59+08:00"}
    assert differences(content, later) == []


@pytest.mark.parametrize("name", CONTENTS)
def test_lists_whose_order_means_nothing_may_be_reordered(name: str) -> None:
    now = copy.deepcopy(CONTENTS[name])
    terms = now["terms"]
    rows = [terms, *terms["lines"], *terms.get("caps", [])]
    ordered = {"caps", "per", "bands"} | ({"lines"} if terms.get("choose", "ONLY") != "ONLY" else set())
    for row in rows:
        for key, part in row.items():
            if isinstance(part, list) and key not in ordered:
                random.Random(7).shuffle(part)
                part.reverse()
    assert differences(CONTENTS[name], now) == []


@pytest.mark.parametrize("name", [name for name, content in CONTENTS.items() if len(content["terms"].get("caps", [])) > 1])
def test_another_order_of_the_caps_is_one_sentence(name: str) -> None:
    now = copy.deepcopy(CONTENTS[name])
    now["terms"]["caps"].reverse()
    assert [one.place for one in differences(CONTENTS[name], now)] == ["/terms/caps"]


@pytest.mark.parametrize("name", CONTENTS)
def test_any_two_tables_differ_in_words(name: str) -> None:
    assert len(CONTENTS) > 1
    for other, content in CONTENTS.items():
        found = differences(CONTENTS[name], content)
        assert bool(found) is (name != other)
        check(found, CONTENTS[name], content)


@pytest.mark.parametrize("name", CONTENTS)
def test_a_first_version_is_read_in_words(name: str) -> None:
    """One sentence for each line, cap, requirement and window, at its place, and each begins with 新增."""
    content = CONTENTS[name]
    terms, found = content["terms"], differences(None, content)
    check(found, {}, content)
    assert all(one.zh.startswith("新增 ") and one.en.startswith("Added: ") and one.before is None for one in found)
    places = [f"/terms/windows/{kind}" for kind in terms.get("windows", {})]
    for key in ("require", "lines", "caps"):
        places += [f"/terms/{key}/{no}" for no in range(len(terms.get(key, [])))]
    places += [f"/terms/lines/{no}/require/{at}" for no, line in enumerate(terms["lines"]) for at in range(len(line.get("require", [])))]
    said = [one.place for one in found]
    assert all(said.count(place) == 1 for place in places)
    written = {one.place: one.after for one in found}
    assert all(written[place] == canonical(at(content, tuple(int(p) if p.isdigit() else p for p in place.split("/")[1:]))) for place in places)
