"""Table files that cannot be meant: refused with place and reason, and nothing of them is loaded (D66)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.tables.files.batch_file import read_batch
from app.tables.files.file_values import Entries
from app.tables.files.yaml_reader import parsed
from app.tables.loading.loader import LoadError, load, read_files
from app.tables.storage.database import engine_of
from app.tables.storage.migrations import migrate
from app.tables.storage.models import RateTableVersion
from tests.conftest import PUBLISHED, ROOT
from tests.storage.notices import BATCH, FUND, batch, direction, fund, overlay, series, series_version, version, written

ONE = batch(direction(version(1, "2024-01-15")))
RATE = series(series_version(1, "2024-01-01T00:00:00+08:00", "2024-03-01", ("2024-01-02", "3.45%"), ("2024-02-02", "3.40%")))
RULES = fund(overlay("t-rules", "2024-01-01", "open", "{}"))
T = "t.yaml"
DIRECTION = "t.yaml/directions/0"
VERSION = f"{DIRECTION}/versions/0"


def faults(folder: Path, **files: str) -> list[tuple[str, str]]:
    """Place and message of each fault of these files."""
    return [(fault.place, fault.message) for fault in read_files(written(folder, **files)).faults]


def test_the_files_that_are_changed_below_are_right(tmp_path: Path) -> None:
    assert faults(tmp_path, t=ONE, rate=RATE, funds=RULES) == []


def examples(*rows: str) -> str:
    """A version with invented claims."""
    return f"confidence: read\n        examples: [{', '.join(rows)}]"


def opens(first: str, last: str = "null") -> str:
    """A batch to which one may apply on some days."""
    return f"no: '1', application_window: {{first_day: {first}, last_day: {last}}},"


CHANGES = [
    # what is typed instead of what, where the fault stands, what it says
    ("fund: t-fund", "fund: t-fund\ncolour: red", f"{T}/colour", "不认识的词；可用: fund batch document authority directions"),
    ("fund: t-fund", "fund: null", f"{T}/fund", "此处应为文字"),
    ("fund: t-fund", "fund: ' '", f"{T}/fund", "此处应为文字"),
    ("batch: {id: t-fund-2024-1, year: '2024', no: '1', title: 2024年第一批}", "batch: red", f"{T}/batch", "此处应为一组 键: 值"),
    ("year: '2024'", "year: '24'", f"{T}/batch/year", "应为年份，而不是 '24'"),
    ("title: 2024年第一批", "title: [a]", f"{T}/batch/title", "此处应为文字"),
    ("title: 2024年第一批", f"title: {'批' * 301}", f"{T}/batch", "title 至多 300 字"),
    ("no: '1',", "no: '1', application_window: red,", f"{T}/batch/application_window", "此处应为一组 键: 值"),
    ("no: '1',", "no: '1', application_window: {first_day: []},", f"{T}/batch/application_window/first_day", "应为日期 YYYY-MM-DD，而不是 []"),
    ("{title: 试验通知, issuer: 试验部门, number: 试发〔2024〕1号, date: '2024-01-15'}", "试验通知", f"{T}/document", "此处应为一组 键: 值"),
    ("authority: official", "authority: hearsay", f"{T}/authority", "应为 official mirror_of_official_page"),
    ("rate_table: t-fund-2024-1-1", "rate_table: other-1", f"{DIRECTION}/rate_table", "编号应以批次编号 t-fund-2024-1- 开头"),
    ("method: AWARD", "method: LOTTERY", f"{DIRECTION}/method", "应为 LOAN_INTEREST INSURANCE AWARD GRANT LEASE_INTEREST 之一"),
    ("area: null", "area: NOWHERE", f"{DIRECTION}/area", "应为 INNOVATION_SYSTEM"),
    ("area: null", "schemes: one two", f"{DIRECTION}/schemes", "应为方案编号的列表"),
    ("area: null", "schemes: ['one two']", f"{DIRECTION}/schemes", "应为方案编号的列表"),
    ("area: null", "not_loaded: 附件未见", DIRECTION, "须有 versions，或以 not_loaded 说明未载入的原因；两者不并存"),
    ("version: '1'", "version: one", f"{VERSION}/version", "应为正整数，而不是 'one'"),
    ("first_day: '2024-01-15'", "first_day: 15.1.2024", f"{VERSION}/effective/first_day", "应为日期 YYYY-MM-DD，而不是 '15.1.2024'"),
    ("first_day: '2024-01-15'", "first_day: '2024-02-30'", f"{VERSION}/effective/first_day", "应为日期 YYYY-MM-DD，而不是 '2024-02-30'"),
    ("last_day: 'open'", "last_day: '2024-01-14'", f"{VERSION}/effective", "last_day 早于 first_day"),
    ("published_at: '2024-01-15T00:00:00+08:00'", "published_at: '2024-01-15'", f"{VERSION}/published_at", "应为带时区的时刻"),
    ("published_at: '2024-01-15T00:00:00+08:00'", "published_at: '2024-01-15T25:00:00Z'", f"{VERSION}/published_at", "应为带时区的时刻"),
    ("confidence: read", "confidence: sure", f"{VERSION}/confidence", "应为 read implied 之一，而不是 'sure'"),
    ("confidence: read", "confidence: read\n        authority: hearsay", f"{VERSION}/authority", "应为 official"),
    ("confidence: read", "confidence: read\n        document: {}", f"{VERSION}/document/title", "此处应为文字"),
    ("confidence: read", examples("{name: a, request: '{}'}", "{name: a, request: '{}'}"), f"{VERSION}/examples/1/name", "例子重名"),
    ("confidence: read", examples("{name: a, amount: '1', request: '{}'}"), f"{VERSION}/examples/0/amount", '应为金额，如 "1234567.80"'),
    ("confidence: read", examples("{name: a, request: '[]'}"), f"{VERSION}/examples/0/request", "应为一个 JSON 对象，至多 20000 字符"),
    ("confidence: read", examples("{name: a, request: '{'}"), f"{VERSION}/examples/0/request", "应为一个 JSON 对象，至多 20000 字符"),
    ("confidence: read", examples(*(f"{{name: n{no}, request: '{{}}'}}" for no in range(21))), f"{VERSION}/examples", "至多 20 个例子"),
    ("no: '1',", opens("'2024-02-30'"), f"{T}/batch/application_window/first_day", "应为日期 YYYY-MM-DD，而不是 '2024-02-30'"),
    ("no: '1',", opens("soon"), f"{T}/batch/application_window/first_day", "应为日期 YYYY-MM-DD，而不是 'soon'"),
    ("no: '1',", opens("'2024-01-15'", "'2024-02-30T17:00'"), f"{T}/batch/application_window/last_day", "应为日期 YYYY-MM-DD"),
    ("no: '1',", opens("'2024-01-15'", "'2024-02-28T25:00'"), f"{T}/batch/application_window/last_day", "不是时刻: '25:00'（应为 HH:MM）"),
    ("no: '1',", opens("'2024-03-01'", "'2024-02-28T17:00'"), f"{T}/batch/application_window", "last_day 早于 first_day"),
    ("date: '2024-01-15'", "date: '2024-13-15'", f"{T}/document/date", "应为日期 YYYY-MM-DD、YYYY-MM 或 YYYY，而不是 '2024-13-15'"),
    ("date: '2024-01-15'", "date: '2024-02-29、30'", f"{T}/document/date", "应为日期 YYYY-MM-DD、YYYY-MM 或 YYYY"),
    ("date: '2024-01-15'", "date: 一月", f"{T}/document/date", "应为日期 YYYY-MM-DD、YYYY-MM 或 YYYY，而不是 '一月'"),
    ("year: '2024'", "year: '2025'", f"{T}/batch/year", "批次编号 t-fund-2024-1 的年份是 2024，而不是 '2025'"),
    ("rate: 30%", "rate: 三成", f"{VERSION}/terms/lines/0/rate", "无法识别: '三成'"),
]


@pytest.mark.parametrize(("old", "new", "place", "message"), CHANGES, ids=[new[:40] for _, new, _, _ in CHANGES])
def test_a_batch_that_cannot_be_meant(tmp_path: Path, old: str, new: str, place: str, message: str) -> None:
    assert old in ONE
    found = faults(tmp_path, t=ONE.replace(old, new, 1))
    assert [fault for fault in found if fault[0] == place and message in fault[1]], found


def test_dates_that_are_known_in_part(tmp_path: Path) -> None:
    for date in ("'2024'", "'2024-01'", "'2024-01-22、23'", "null"):
        assert faults(tmp_path, t=ONE.replace("date: '2024-01-15'", f"date: {date}")) == [], date
    for window in (opens("'2024-01-15'", "'2024-02-28T17:30'"), opens("'2024-01-15'"), opens("null", "'2024-01-15'"), opens("'2024-01-15'", "'2024-01-15'")):
        assert faults(tmp_path, t=ONE.replace("no: '1',", window, 1)) == [], window


def test_what_is_stored_of_a_batch_does_not_stand_in_the_way_of_its_tables() -> None:
    """A draft of a table is read together with its batch, which can no longer be written otherwise."""
    text = ONE.replace("date: '2024-01-15'", "date: 一月").replace("year: '2024'", "year: '2025'").replace("no: '1',", opens("soon"), 1)
    stored = Entries(published=frozenset({"/batch", "/document"}))
    read_batch(stored, "", parsed(text.encode()))
    assert stored.faults == []
    new = Entries()
    read_batch(new, "", parsed(text.encode()))
    assert sorted(fault.place for fault in new.faults) == ["/batch/application_window/first_day", "/batch/year", "/document/date"]


def test_directions_have_numbers_of_their_own(tmp_path: Path) -> None:
    second = direction(version(1, "2024-01-15"), number=2)
    assert faults(tmp_path, t=batch(direction(version(1, "2024-01-15")), second)) == []
    same = batch(direction(version(1, "2024-01-15")), second.replace("no: '2'", "no: '1'"))
    assert faults(tmp_path, t=same) == [("t.yaml/directions/1/no", "方向编号 '1' 重复")]
    none = same.replace("    no: '1'\n", "    no: null\n")
    assert faults(tmp_path, t=none) == []


def test_a_version_does_not_end_before_applications_open(tmp_path: Path) -> None:
    """Nobody could apply under it; an earlier version may end when another follows."""
    ending = batch(direction(version(1, "2024-01-15", "2024-02-28")))
    place = f"{VERSION}/effective/last_day"
    assert faults(tmp_path, t=ending.replace("no: '1',", opens("'2024-02-28'"), 1)) == []
    assert faults(tmp_path, t=ending.replace("no: '1',", opens("'2024-02-29'"), 1)) == [(place, "施行期止于 2024-02-28，早于申请开始之日 2024-02-29")]
    window = "          windows: {application: {first_day: '2024-03-01', clause: c}}\n"
    own = ending.replace("          wording: EXACT\n", f"          wording: EXACT\n{window}")
    assert faults(tmp_path, t=own) == [(place, "施行期止于 2024-02-28，早于申请开始之日 2024-03-01")]
    both = batch(direction(version(1, "2024-01-15", "2024-02-28"), version(2, "2024-02-29")))
    assert faults(tmp_path, t=both.replace("no: '1',", opens("'2024-03-01'"), 1)) == []


OVERLAYS = [
    ("authority: official", "authority: hearsay", "/authority", "应为 official"),
    ("methods: all", "methods: []", "/methods", "应为 all 或列表，可用: LOAN_INTEREST"),
    ("methods: all", "methods: [AWARD, LOTTERY]", "/methods/1", "应为 LOAN_INTEREST"),
    ("facts: all", "facts: TREES", "/facts", "应为 all 或列表，可用: CONTRACTS"),
    ("document: {title: 试验办法, issuer: 试验部门, number: null, date: '2024-01-01'}", "document: 试验办法", "/document", "此处应为一组 键: 值"),
    ("effective: {first_day: '2024-01-01', last_day: 'open'}", "effective: red", "/effective", "此处应为一组 键: 值"),
    ("terms: {}", "terms: {lines: []}", "/terms/lines", "不认识的词 'lines'"),
    ("version: '1'", "version: '0'", "/version", "应为正整数，而不是 '0'"),
]


@pytest.mark.parametrize(("old", "new", "place", "message"), OVERLAYS, ids=[new[:40] for _, new, _, _ in OVERLAYS])
def test_an_overlay_that_cannot_be_meant(tmp_path: Path, old: str, new: str, place: str, message: str) -> None:
    assert old in RULES
    found = faults(tmp_path, t=ONE, funds=RULES.replace(old, new, 1))
    assert [fault for fault in found if fault[0] == f"funds.yaml/funds/0/overlays/0{place}" and message in fault[1]], found


def test_an_overlay_may_stand_without_a_document(tmp_path: Path) -> None:
    text = RULES.replace("        document: {title: 试验办法, issuer: 试验部门, number: null, date: '2024-01-01'}\n", "")
    assert text != RULES
    assert faults(tmp_path, t=ONE, funds=text) == []


@pytest.mark.parametrize(
    ("overlays", "place", "message"),
    [("red", "funds.yaml/funds/0/overlays", "此处应为列表"), ("[red]", "funds.yaml/funds/0/overlays/0", "此处应为一组 键: 值")],
)
def test_overlays_that_are_no_list_of_overlays(tmp_path: Path, overlays: str, place: str, message: str) -> None:
    assert faults(tmp_path, t=ONE, funds=f"{FUND}    overlays: {overlays}\n") == [(place, message)]


RATES = [
    ("authority: official", "authority: hearsay", "rate.yaml/series/0/authority", "应为 official"),
    ("value: 3.45%", "value: '0.0345'", "rate.yaml/series/0/versions/0/rows/0/value", "应为百分数，如 3.45%，而不是 '0.0345'"),
    ("confidence: read", "confidence: sure", "rate.yaml/series/0/versions/0/rows/0/confidence", "应为 read implied 之一"),
    ("on: '2024-02-02'", "on: '2024-01-02'", "rate.yaml/series/0/versions/0/rows/1/on", "日期应晚于前一行 2024-01-02"),
    ("holds_until: '2024-03-01'", "holds_until: '2024-02-02'", "rate.yaml/series/0/versions/0/holds_until", "应晚于最后公布日"),
]


@pytest.mark.parametrize(("old", "new", "place", "message"), RATES, ids=[new for _, new, _, _ in RATES])
def test_reference_rates_that_cannot_be_meant(tmp_path: Path, old: str, new: str, place: str, message: str) -> None:
    assert old in RATE
    found = faults(tmp_path, rate=RATE.replace(old, new, 1))
    assert [fault for fault in found if fault[0] == place and message in fault[1]], found


def test_a_series_has_a_version_and_a_version_has_a_row(tmp_path: Path) -> None:
    head = "series:\n  - {series: T_RATE, title: t, source: t, authority: official, versions: %s}\n"
    empty = "[{version: '1', published_at: '2024-01-01T00:00:00+08:00', holds_until: '2024-03-01', rows: []}]"
    assert faults(tmp_path, rate=head % "[]") == [("rate.yaml/series/0/versions", "至少一版")]
    assert faults(tmp_path, rate=head % empty) == [("rate.yaml/series/0/versions/0/rows", "至少一行")]


VERSIONS = [
    # the versions and events of a direction, what is said of the direction
    ((version(1, "2024-01-15"), version(1, "2024-01-15")), "", "t-fund-2024-1-1 1 在文件中出现两次"),
    ((version(1, "2024-01-15"), version(2, "2024-06-01")), "", "版本 1 与 2 的施行期重叠（更正须写 supersedes）"),
    ((version(1, "2024-01-15", "2024-05-30"), version(2, "2024-06-01")), "", "版本 1 与 2 的施行期之间有空隙"),
    ((version(1, "2024-01-15"), version(2, "2024-01-15", supersedes=3)), "", "版本 2 取代的版本 3 不在文件中，或不早于它"),
    ((version(1, "2024-01-15"), version(2, "2024-01-15", supersedes=2)), "", "版本 2 取代的版本 2 不在文件中，或不早于它"),
    (
        (version(1, "2024-01-15"), version(2, "2024-01-15", published="2024-01-14T00:00:00+08:00", supersedes=1)),
        "",
        "版本 2 的 published_at 早于它取代的版本 1",
    ),
    ((version(1, "2024-01-15"),), "kind: LOST", "应为 WITHDRAWN ENDED 之一，而不是 'LOST'"),
    ((version(1, "2024-01-15"),), "kind: WITHDRAWN, last_day: '2024-05-31'", "撤回没有最后一日；失效写 kind: ENDED"),
    ((version(2, "2024-01-15"),), "kind: WITHDRAWN", "文件中没有版本 1"),
    ((version(1, "2024-01-15"),), "kind: ENDED, last_day: '2024-01-14'", "不在版本 1 的施行期内"),
    ((version(1, "2024-01-15", "2024-05-31"),), "kind: ENDED, last_day: '2024-06-01'", "不在版本 1 的施行期内"),
    ((version(1, "2024-01-15"),), "kind: ENDED", "应为日期 YYYY-MM-DD，而不是 None"),
]


def with_event(versions: tuple[str, ...], event: str) -> str:
    """A batch with one direction, and an event of its first version."""
    events = f"    events: [{{version: '1', known_at: '2024-04-01T00:00:00+08:00', {event}}}]\n" if event else ""
    return batch(direction(*versions)) + events


@pytest.mark.parametrize(("versions", "event", "message"), VERSIONS, ids=[message for _, _, message in VERSIONS])
def test_versions_and_events_that_contradict_each_other(tmp_path: Path, versions: tuple[str, ...], event: str, message: str) -> None:
    found = faults(tmp_path, t=with_event(versions, event))
    assert message in [why for place, why in found if place.startswith(DIRECTION)]


@pytest.mark.parametrize(
    ("versions", "event"),
    [
        ((version(1, "2024-01-15"),), "kind: ENDED, last_day: '2024-01-15'"),
        ((version(1, "2024-01-15", "2024-05-31"),), "kind: ENDED, last_day: '2024-05-31'"),
        ((version(1, "2024-01-15"), version(2, "2024-06-01")), "kind: ENDED, last_day: '2024-05-31'"),
        ((version(1, "2024-01-15"), version(2, "2024-01-15")), "kind: WITHDRAWN"),
        ((version(1, "2024-01-15", "2024-05-31"), version(2, "2024-06-01")), ""),
    ],
)
def test_versions_that_follow_each_other_day_by_day(tmp_path: Path, versions: tuple[str, ...], event: str) -> None:
    assert faults(tmp_path, t=with_event(versions, event)) == []


TEXTS = [
    # a whole file, what is said of it
    ("- a\n- b\n", "应为一组 键: 值"),
    ("colour: red\n", "不是批次、基金或参考利率文件（缺少 funds 或 series 或 batch）"),
    ("batch: &one {id: x}\n", "第 1 行：不允许锚点或引用"),
    ("fund: t-fund\nbatch: *one\n", "第 2 行：不允许锚点或引用"),
    ("fund: t-fund\nfund: t-fund\n", "第 2 行：键 fund 重复"),
    ("? [a, b]\n: c\n", "第 1 行：键应为文字"),
    ('fund: "a\\x07b"\n', "第 1 行：不允许控制字符 '\\x07'"),
    ("fund: [a\n", "第 2 行第 1 列：方括号 [ ] 没有成对，或其中缺少逗号"),
    ("a: " + "b" * 1_000_000, "文件大于 1000000 字节"),
    ("a: " + "[" * 20_000, "嵌套过深，不是标准表文件"),
]


@pytest.mark.parametrize(("text", "message"), TEXTS, ids=[message for _, message in TEXTS])
def test_a_file_that_is_no_table_file(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / T).write_text(text, encoding="utf-8")
    ((place, why),) = [(fault.place, fault.message) for fault in read_files([tmp_path]).faults]
    assert place == T
    assert message in why


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / T).write_bytes("fund: 基金\n".encode("gbk"))
    ((place, why),) = [(fault.place, fault.message) for fault in read_files([tmp_path]).faults]
    assert place == T
    assert why == "第 1 行：文件应存为 UTF-8 编码"


def test_a_file_or_folder_that_holds_nothing(tmp_path: Path) -> None:
    missing = read_files([tmp_path / T]).faults
    assert [fault.place for fault in missing] == [T]
    assert missing[0].message.startswith("不能读取: ")
    assert [(fault.place, fault.message) for fault in read_files([tmp_path]).faults] == [(tmp_path.name, "目录中没有 .yaml 文件")]


def test_every_scalar_is_a_text_and_only_null_is_nothing(tmp_path: Path) -> None:
    """D66: ``on``, ``yes``, ``1e3``, ``12:30`` and dates stay what was typed."""
    text = ONE.replace("area: null", "area: ~\n    schemes: [on, yes, 1e3, '12:30', 2024-01-15]")
    found = read_files(written(tmp_path, t=text))
    assert found.faults == []
    assert [row.schemes for row in found.rows if hasattr(row, "schemes")] == ["on yes 1e3 12:30 2024-01-15"]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A fresh database."""
    made = f"sqlite:///{tmp_path}/fresh.db"
    migrate(made)
    return made


def refused(url: str, paths: list[Path]) -> list[tuple[str, str]]:
    """The faults with which the loader refuses files."""
    engine = engine_of(url)
    try:
        with Session(engine) as session, pytest.raises(LoadError) as wrong:
            load(session, paths)
    finally:
        engine.dispose()
    return [(fault.place, fault.message) for fault in wrong.value.faults]


def test_a_batch_needs_its_fund_in_a_file_or_in_the_database(tmp_path: Path, url: str) -> None:
    (tmp_path / T).write_text(ONE, encoding="utf-8")
    assert refused(url, [tmp_path / T]) == [("t.yaml/fund", "没有基金 t-fund")]
    engine = engine_of(url)
    (tmp_path / "funds.yaml").write_text(FUND, encoding="utf-8")
    with Session(engine) as session:
        assert load(session, [tmp_path / "funds.yaml"]) == {"tables": 0, "added": 1}
        assert load(session, [tmp_path / T]) == {"tables": 1, "added": 3}
    engine.dispose()


def test_a_version_that_the_file_no_longer_has_stays_published(tmp_path: Path, url: str) -> None:
    """A file of an earlier release loads into a database that has more; nothing is taken away."""
    both = batch(direction(version(1, "2024-01-15", "2024-05-31"), version(2, "2024-06-01")))
    engine = engine_of(url)
    with Session(engine) as session:
        load(session, written(tmp_path, t=both))
        assert load(session, written(tmp_path, t=ONE.replace("'open'", "'2024-05-31'"))) == {"tables": 1, "added": 0}
        assert [row.version for row in session.exec(select(RateTableVersion)).all()] == [1, 2]
    engine.dispose()


def test_a_series_is_not_known_before_its_publication(tmp_path: Path, url: str) -> None:
    """D18, D65: published on 2024-06-01, it gives 3.45% from then on and nothing before."""
    line = "lines: [{id: ALL, base: base_amount, rate: 'reference(T_RATE, APPLICATION_DATE)', clause: c}]"
    terms = f"        terms:\n          facts: ITEMS\n          applicant: PERSON\n          wording: EXACT\n          {line}\n"
    rate = series(series_version(1, "2024-06-01T00:00:00+08:00", "2025-01-01", ("2024-01-02", "3.45%")))
    engine = engine_of(url)
    with Session(engine) as session:
        load(session, written(tmp_path, t=batch(direction(version(1, "2024-01-15", terms=terms))), rate=rate))
    engine.dispose()
    claim = {"rate_table": "t-fund-2024-1-1", "application_date": "2024-07-01", "applicant": {}, "items": [{"item_id": "A", "base_amount": "100.00"}]}
    with TestClient(create_app(Settings(database_url=url)), client=("127.0.0.1", 50000), base_url="http://localhost") as client:
        before, since = (
            client.post("/v1/awards/calculate", json=claim | {"known_at": known_at})
            for known_at in ("2024-05-31T23:59:59+08:00", "2024-06-01T00:00:00+08:00")
        )
    assert (before.status_code, before.json()["code"]) == (422, "REFERENCE_RATE_NOT_COVERED")
    assert (since.status_code, since.json()["amount"]) == (200, "3.45")


def command(*arguments: str, url: str) -> subprocess.CompletedProcess[str]:
    """Run the ``subsidy`` command."""
    environment = os.environ | {"SUBSIDY_DATABASE_URL": url, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False
    )


@pytest.mark.parametrize("step", ["check", "load"])
def test_the_command_says_place_and_reason_and_ends_with_1(tmp_path: Path, url: str, step: str) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    written(folder, t=BATCH.replace("directions:\n", "directions: red\n"))
    ended = command("tables", step, str(folder), url=url)
    assert ended.returncode == 1
    assert ended.stderr == "✗ t.yaml 第 5 行（directions）: 此处应为列表\n"
    assert ended.stdout == ""


def test_the_command_loads_what_is_published_once(url: str) -> None:
    first, again = command("tables", "load", url=url), command("tables", "load", url=url)
    assert (first.returncode, again.returncode) == (0, 0)
    tables = len(read_files([PUBLISHED]).tables)
    assert f" / {tables} rate tables proved, " in first.stdout
    assert again.stdout == f"{tables} 张标准表无误，新增 0 行 / {tables} rate tables proved, 0 rows added\n"
