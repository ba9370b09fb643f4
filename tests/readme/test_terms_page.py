"""The page for the person who types a notice in: its file loads, pays what it promises, and names every word."""

from __future__ import annotations

import ast
import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from app.calculators.expressions import parser as grammar
from app.calculators.terms import builtins as nm
from app.calculators.terms import line_parser as reading_lines
from app.calculators.terms import parser as reading
from app.calculators.terms import window_parser as reading_days
from app.calculators.terms.model import TermsError
from app.calculators.terms.parser import parse_terms
from app.main import create_app
from app.settings import Settings
from app.tables.files import batch_file as notices
from app.tables.files.places import placed_in
from app.tables.files.reference_series import VALUES_ARE
from app.tables.loading.loader import LoadError, load, read_files
from app.tables.storage.database import engine_of
from app.tables.storage.migrations import migrate
from tests.readme.test_readme import missing

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ROOT / "app" / "tables" / "published"
PAGE = (ROOT / "docs" / "terms.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`]+)`")
Words = dict[str, list[str]]

# Terms in which every place of the vocabulary exists, so that a wrong word can be put there.
RULE = {"that": "name >= 0", "code": "C"}
BANDS = {"of": "events", "after": "0", "pay": [{"up_to": "1", "amount": "100万"}, {"amount": "20万"}]}
EVERYTHING: dict[str, Any] = {
    "facts": "CONTRACTS",
    "wording": "EXACT",
    "clause": "c",
    "day_count": {"is": "MONTHS_12", "assumed": "附件未见"},
    "currencies": [{"currency": "USD", "series": "USD_CNY", "on": "SIGNED_ON"}],
    "exclude_periods": ["OVERDUE"],
    "pay_first": "true",
    "needs": {
        "name": {"of": "CONTRACT", "type": "MONEY", "title": "t", "unit": "元", "decimals": "2", "clause": "c"},
        "events": {"of": "CONTRACT", "type": "COUNT"},
        "kind": {"of": "CONTRACT", "type": "CODE", "values": {"A": "甲", "B": "乙"}},
    },
    "titles": {"contract_rate": "合同年利率"},
    "windows": {"interest": {"first_day": "2026-01-01", "last_day": "2026-12-31", "tests": "PERIOD", "clause": "c", "clause_note": "n"}}
    | {kind: {"first_day": "2026-01-01", "last_day": "2026-12-31"} for kind in ("application", "investment")}
    | {kind: {"of": "signed_on", "first_day": "2026-01-01", "last_day": "2026-12-31"} for kind in ("event", "contract", "completion")},
    "term": {"months": "24", "from": "FIRST_DRAWDOWN", "end": "YEAR_END", "clause": "c", "clause_note": "n"},
    "require": [{"that": "name >= 0", "code": "C", "clause": "c", "clause_note": "n", "message": "m"}],
    "lines": [
        {"id": "LARGE", "title": "t", "when": "name >= 1000", "bands": BANDS, "require": [RULE], "wording": "CEILING", "clause": "c", "clause_note": "n"},
        {"id": "SMALL", "when": "name < 1000", "base": "balance", "rate": "1%"},
        {"id": "FEE", "amount": "1000"},
        {"id": "PART", "bands": {"of": "name", "pay": [{"rate": "1%"}]}},
    ],
    "caps": [
        {"bounds": "AMOUNT", "room": "DAILY", "per": ["LINE"], "period": "BATCH", "limit": "1", "pool": "FUND"}
        | {"lines": ["SMALL"], "when": "not earned(LARGE)", "clause": "c", "clause_note": "n"}
    ],
    "rounding": {"unit": "元", "mode": "DOWN", "scope": "ITEM"},
    "admit": {"categories": "unknown", "that": "name >= 0", "vat": "unknown", "related_party": "unknown", "clause": "c", "clause_note": "n"},
    "stacking": {
        "single_direction": {"exempt": "registered_in_beijing", "exempt_tables": ["xx-x-2025-0-1"], "authority": "draft"}
        | {"clause": "c", "clause_note": "n"},
        "higher_of": {"same_project": "false", "clause": "c", "clause_note": "n"},
        "offset": {"less": "name", "clause": "c", "clause_note": "n"},
        "exempt_direction": "false",
    },
    "payout": {"instalments": [{"share": "80%", "when": "w"}, {"when": "w"}], "sources": [{"share": "90%", "source": "s"}, {"source": "s"}]},
    "not_decided": [{"clause": "c", "message": "m"}],
    "other_funding": "IGNORED",
    "choose": "ONLY",
    "applicant": "ENTERPRISE",
}


def section(title: str) -> str:
    """What stands under a heading, up to the next."""
    return re.split(r"^#+ ", PAGE.split(f" {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def rows(title: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def words(title: str) -> Words:
    """The first column of a table to the words of the second."""
    return {cells[0].strip("`").replace("` of an overlay", " of an overlay"): CODE.findall(cells[1]) for cells in rows(title)}


KEYS, VALUES = words("Keys"), words("Values")
NAMES = {cells[0].strip("`"): CODE.findall(cells[1]) for cells in rows("Names")}


def faults(terms: dict[str, Any], *, overlay: bool = False) -> list[str]:
    """The messages with which terms are refused; none when they are accepted."""
    try:
        parse_terms(terms, overlay=overlay)
    except TermsError as refused:
        return [fault.message for fault in refused.faults]
    return []


def put(place: str, value: str) -> dict[str, Any]:
    """EVERYTHING with a value at a place such as ``caps[].period``; ``[]`` is the first row of a list."""
    path: list[str | int] = [int(part) if part.isdigit() else part for part in place.replace("[]", ".0").split(".")]
    if place == "lines[].rate":
        path[1] = 1  # the first line has bands
    made = copy.deepcopy(EVERYTHING)
    target: Any = made
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return made


def listed(messages: list[str], word: str) -> list[str]:
    """The words that a refusal of ``word`` says one may use."""
    found = [message for message in messages if word in message and ": " in message]
    assert found, messages
    return found[0].split(": ", 1)[1].removesuffix(" 或日期事实").removesuffix(" 或已声明的 CODE 事实").split(" ")


# --- the file -----------------------------------------------------------------------------------------


def batch_file() -> str:
    """The page's file."""
    return re.search(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[1]  # type: ignore[index]


@pytest.fixture
def typed(tmp_path: Path) -> Path:
    """The page's file, on disk."""
    path = tmp_path / "bj-sme-2027-1.yaml"
    path.write_text(batch_file(), encoding="utf-8")
    return path


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A fresh database."""
    made = f"sqlite:///{tmp_path}/fresh.db"
    migrate(made)
    return made


def test_the_file_loads_and_pays_what_the_page_promises(typed: Path, url: str) -> None:
    with Session(engine_of(url)) as session:
        assert load(session, [PUBLISHED / "funds.yaml", typed])["tables"] == 1
        assert load(session, [PUBLISHED / "funds.yaml", typed])["added"] == 0
    request, shown = (json.loads(text) for text in re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    assert "POST /v1/loan-interest-subsidies/calculate" in PAGE
    with TestClient(create_app(Settings(database_url=url)), client=("127.0.0.1", 50000), base_url="http://localhost") as client:
        response = client.post("/v1/loan-interest-subsidies/calculate", json=request)
    assert response.status_code == 200, response.text
    assert missing(shown, response.json()) == []


def test_each_mistake_is_answered_as_the_page_says(typed: Path) -> None:
    table = rows("What the proof says to a mistake")
    assert len(table) >= 10
    for cells in table:
        right, wrong, message = (cell.strip("`") for cell in cells)
        assert right in batch_file(), right
        typed.write_text(batch_file().replace(right, wrong, 1), encoding="utf-8")
        said = [fault.message for fault in read_files([typed]).faults]
        assert any(message in one for one in said), (wrong, said)


def test_each_slip_is_warned_of_as_the_page_says(typed: Path) -> None:
    assert read_files([typed]).doubts == []
    table = rows("What the clause says otherwise")
    assert len(table) == 5
    for cells in table:
        right, wrong, message = (cell.strip("`") for cell in cells)
        assert right in batch_file(), right
        typed.write_text(batch_file().replace(right, wrong, 1), encoding="utf-8")
        found = read_files([typed])
        assert found.faults == []
        assert any(message in one.zh for one in found.doubts), (wrong, found.doubts)


def test_a_file_that_is_no_yaml_is_answered_as_the_page_says(typed: Path) -> None:
    table = rows("A file that is no YAML")
    assert len(table) >= 5
    for cells in table:
        right, wrong, message = (cell.removeprefix("`").removesuffix("`") for cell in cells)
        assert right in batch_file(), right
        typed.write_text(batch_file().replace(right, wrong.replace("→", "\t"), 1), encoding="utf-8")
        (said,) = [fault.message for fault in read_files([typed]).faults]
        assert message in said, (wrong, said)


def test_a_fault_is_told_with_its_line_and_in_words(typed: Path) -> None:
    """The place that the page shows is that of the rate in the page's own file."""
    typed.write_text(batch_file().replace("rate: 'min(1.5%", "rate: 'min(1.5", 1), encoding="utf-8")
    found = read_files([typed])
    (place,) = {placed_in(found.paths, fault.place) for fault in found.faults}
    assert f"`{place}`" in section("What the proof says to a mistake")
    line = int(re.search(r"第 (\d+) 行", place)[1])  # type: ignore[index]
    assert "min(1.5%," in batch_file().splitlines()[line - 1]


def test_a_fund_an_overlay_a_series_and_a_standard_are_added_as_the_page_shows(typed: Path, url: str) -> None:
    funds, rates, more = re.findall(r"^```yaml\n(.*?)^```$", section("More than a table"), re.MULTILINE | re.DOTALL)
    for name, text in (("funds.yaml", funds), ("rates.yaml", rates)):
        (typed.parent / name).write_text(text, encoding="utf-8")
    with Session(engine_of(url)) as session:
        load(session, [PUBLISHED / "funds.yaml", typed])
        assert load(session, [typed.parent / "funds.yaml"])["added"] == 2  # the fund and its overlay
        assert load(session, [typed.parent / "rates.yaml"])["added"] == 3  # the version and its two rows
        typed.write_text(batch_file() + more, encoding="utf-8")
        assert load(session, [typed]) == {"tables": 2, "added": 2}  # the direction and its version


def test_a_correction_is_typed_as_the_page_shows(typed: Path) -> None:
    head = re.search(r"^```yaml\n(.*?)^```$", section("Corrections"), re.MULTILINE | re.DOTALL)[1]  # type: ignore[index]
    version = batch_file()[batch_file().index("      - version: '1'") :]
    terms = version[version.index("        terms:") :]
    typed.write_text(batch_file() + head + terms.replace("rate: 2%", "rate: 2.0%"), encoding="utf-8")
    assert read_files([typed]).faults == []


AROUND = {
    "confidence": notices.CONFIDENCES,
    "authority": notices.AUTHORITIES,
    "method": notices.METHODS,
    "area": notices.AREAS,
    "applies_by": notices.APPLIES_BY,
    "values_are": VALUES_ARE,
}


def test_the_words_around_the_terms_are_those_of_the_code() -> None:
    assert words("Around the terms") == {place: list(known) for place, known in AROUND.items()}


def test_the_codes_are_those_of_the_code_and_have_their_chinese() -> None:
    known = nm.LISTED | {"investment categories": nm.INVESTMENT_CATEGORIES}
    told = {cells[0].strip("`"): re.findall(r"`([A-Z_]+)` ([^,|]+?)(?:,|$)", cells[1]) for cells in rows("Codes")}
    assert told == {name: list(codes.items()) for name, codes in known.items()}


def test_values_may_be_a_map() -> None:
    shown = re.search(r"`values: (\{[^`]*\})`", section("Codes"))[1]  # type: ignore[index]
    need = {"of": "ITEM", "type": "CODE", "values": dict(part.split(": ") for part in shown.strip("{}").split(", "))}
    line = {"id": "ALL", "amount": "1", "clause": "c"}
    assert faults({"facts": "ITEMS", "wording": "EXACT", "needs": {"kind": need}, "lines": [line]}) == []


def test_a_loaded_version_is_not_changed(typed: Path, url: str) -> None:
    with Session(engine_of(url)) as session:
        load(session, [PUBLISHED / "funds.yaml", typed])
    typed.write_text(batch_file().replace("rate: 2%", "rate: 3%"), encoding="utf-8")
    message = section("Corrections").split("`")[1]
    with Session(engine_of(url)) as session, pytest.raises(LoadError, match=re.escape(message)):
        load(session, [typed])


def test_an_open_version_is_replaced_by_two(typed: Path) -> None:
    version = batch_file()[batch_file().index("      - version: '1'") :]
    ending = version.replace("'1'", "'2'\n        supersedes: '1'", 1).replace("last_day: open", "last_day: '2027-06-30'")
    beginning = version.replace("'1'", "'3'", 1).replace("first_day: '2027-02-01', last_day: open", "first_day: '2027-07-01', last_day: open")
    typed.write_text(batch_file() + ending + beginning, encoding="utf-8")
    assert read_files([typed]).faults == []
    typed.write_text(batch_file() + beginning, encoding="utf-8")
    assert any("施行期重叠" in fault.message for fault in read_files([typed]).faults)


# --- the words ----------------------------------------------------------------------------------------


def test_the_terms_for_probing_are_accepted() -> None:
    assert faults(EVERYTHING) == []


# Of a window only an event, a contract or a completion can say which date it tests; a band pays by the unit or a share.
ELSEWHERE = {("windows.interest", "of"): "windows.event", ("lines[]", "base"): "lines.1", ("lines[]", "rate"): "lines.1"}
ELSEWHERE |= {("lines[]", "amount"): "lines.2", ("needs.name", "values"): "needs.kind", ("lines[].bands.pay[]", "rate"): "lines.3.bands.pay.0"}


@pytest.mark.parametrize("place", [place for place in KEYS if "overlay" not in place])
def test_each_key_stands_in_the_terms_for_probing(place: str) -> None:
    """So that whatever is tried on all of them is tried on every word."""
    assert KEYS[place]
    for key in KEYS[place]:
        path = ELSEWHERE.get((place, key), place.replace("[]", ".0"))
        holder: Any = EVERYTHING
        for step in path.split(".") if path != "terms" else ():
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        assert key in holder, key


@pytest.mark.parametrize("place", [place for place in KEYS if "overlay" not in place and place != "terms"])
def test_the_keys_of_a_place_are_those_accepted(place: str) -> None:
    assert listed(faults(put(f"{place}.zzz", "x")), "zzz") == KEYS[place]


def test_the_keys_of_terms_are_those_accepted() -> None:
    assert listed(faults(EVERYTHING | {"zzz": "x"}), "zzz") == KEYS["terms"]
    assert listed(faults({"zzz": "x"}, overlay=True), "zzz") == KEYS["terms of an overlay"]


# Places where any other text is an expression, a list or a figure, so that no refusal lists the words.
OPEN = {
    "pay_first",
    "windows.interest.last_day",
    "lines[].rate",
    "caps[].per",
    "caps[].limit",
    "rounding.unit",
    "admit.categories",
    "stacking.exempt_direction",
    "stacking.higher_of.same_project",
    "currencies[].on",
}


@pytest.mark.parametrize("place", [place for place in VALUES if place not in OPEN])
def test_the_values_of_a_place_are_those_accepted(place: str) -> None:
    assert listed(faults(put(place, "ZZZ")), "ZZZ") == VALUES[place]


@pytest.mark.parametrize("place", sorted(OPEN))
def test_the_values_of_an_open_place_are_accepted(place: str) -> None:
    assert VALUES[place]
    for value in VALUES[place]:
        assert faults(put(place, value)) == [], (place, value)


def name_of(function: ast.expr) -> str:
    """The name by which a function is called, without what it belongs to."""
    return str(getattr(function, "attr", getattr(function, "id", "")))


def literals() -> Iterator[str]:
    """Each word that the reading compares a key or a value with, from its source."""
    for module in (reading, reading_days, reading_lines):
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            called, given = (name_of(node.func), node.args[1:]) if isinstance(node, ast.Call) else ("", [])
            if called == "key":  # r.key(body, "room", r.one_of, ("DAILY", "CUMULATIVE"), "DAILY")
                called, given = name_of(given[1]), given[2:]
            if called in {"mapping", "one_of", "_simple"}:
                for part in (part for argument in given for part in ast.walk(argument)):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def test_no_word_of_the_reading_is_missing_on_the_page() -> None:
    on_page = {word for row in (*KEYS.values(), *VALUES.values()) for word in row}
    found = set(literals())
    assert "instalments" in found
    assert "CUMULATIVE" in found
    assert found - on_page - {"APPLICANT"} == set()


def test_what_a_measure_may_speak_of() -> None:
    assert nm.MEASURE_OF
    for facts, allowed in nm.MEASURE_OF.items():
        told = listed(faults({"facts": facts, "needs": {"n": {"of": "ZZZ", "type": "MONEY"}}}), "ZZZ")
        assert told == list(allowed)
        assert all(f"`{word}`" in section("Values") for word in told)


@pytest.mark.parametrize("facts", nm.BUILT_IN)
def test_the_names_of_each_kind_of_facts(facts: str) -> None:
    line = {"id": "A", "amount": "1", "when": "zzz"}
    told = faults({"facts": facts, "wording": "EXACT", "clause": "c", "lines": [line]})[0].split("可用: ")[1].split(", ")
    assert told == sorted(NAMES["all"] + NAMES[facts])


# --- expressions --------------------------------------------------------------------------------------

BASES = {"ITEMS": "base_amount", "CONTRACTS": "balance", "PROJECTS": "admitted"}
OF_ANY = {"APPLICATION_DATE", "JAN_1", "JAN_1_LAST_YEAR", "AT_APPLICATION"}


def line(facts: str, **changes: str) -> dict[str, Any]:
    """A line that pays a share of an amount, changed."""
    return {"id": "SMALL", "base": BASES[facts], "rate": "1%"} | changes


def somewhere(text: str, *kinds: str) -> list[str]:
    """The faults of an expression where a condition, a base, a rate or a cap's condition stands: none if one place takes it."""
    told = []
    for facts in kinds or BASES:
        places: list[dict[str, Any]] = [
            {"lines": [line(facts)], "require": [{"that": text, "code": "C"}]},
            {"lines": [line(facts, base=text)]},
            {"lines": [line(facts, rate=text)]},
            {"lines": [line(facts)], "caps": [{"limit": "1", "when": text}]},
        ]
        told += [faults({"facts": facts, "wording": "EXACT", "clause": "c"} | place) for place in places]
    return [] if [] in told else told[0]


@pytest.mark.parametrize("cells", rows("Expressions"), ids=lambda cells: cells[0])
def test_each_sign_has_an_example_that_is_accepted(cells: list[str]) -> None:
    examples = CODE.findall(cells[1])
    assert examples
    for sign in CODE.findall(cells[0]):
        assert any(re.search(rf"(^|\s){re.escape(sign)}[\s(]", one) for one in examples), sign
    for one in examples:
        assert somewhere(one) == [], one


def test_every_sign_of_the_grammar_is_on_the_page() -> None:
    on_page = {word for cells in rows("Expressions") for word in CODE.findall(cells[0])}
    assert grammar.FUNCTIONS | grammar.WORDS | {"+", "-", "*", "×", ">=", "<=", ">", "<", "==", "!=", "≥", "≤"} == on_page
    assert somewhere("zzz(base_amount) >= 1")
    assert somewhere("base_amount / vat")
    assert somewhere("base_amount + 1%")


@pytest.mark.parametrize(("function", "first"), [("reference", "LPR_1Y"), ("status", "SME")])
def test_what_a_lookup_may_name(function: str, first: str) -> None:
    told = re.findall(r"[A-Z][A-Z0-9_]{2,}", somewhere(f"{function}({first}, ZZZ)")[0])
    assert len(told) >= 3
    for word in told:
        assert f"`{word}`" in section("Expressions"), word
        condition = f"{function}({first}, {word})" + (" > 3%" if function == "reference" else "")
        assert somewhere(condition, "CONTRACTS") == [], word
        assert (somewhere(condition, "ITEMS") == []) is (word in OF_ANY), word
