"""What is refused before anything is loaded: slips of YAML, names that are nowhere, examples that do not compute."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session, select

from app.tables.loading.loader import read_files
from app.tables.storage.database import engine_of
from app.tables.storage.migrations import migrate
from app.tables.storage.models import RateTableVersion
from tests.spec.test_table_files import DIRECTION, ONE, T, command, examples, faults
from tests.storage.notices import FUND, written


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A fresh database."""
    made = f"sqlite:///{tmp_path}/fresh.db"
    migrate(made)
    return made


YAML_SLIPS = [
    ("fund：t-fund\nbatch: {}\n", "第 1 行第 5 列：键后的冒号须为半角“: ”，不能用全角“：”"),
    ("fund:t-fund\nbatch: {}\n", "第 1 行第 5 列：冒号后须有一个空格"),
    ("batch:\n\tid: t\n", "第 2 行第 1 列：缩进须用空格，不能用制表符（Tab）"),
    ("batch:\n  id: t\n   year: u\n", "第 3 行第 8 列：此处不应有冒号：值中含“: ”的须加引号，或上一行未写完"),
    ("batch:\n   id: t\n  year: u\n", "第 3 行第 3 列：缩进与上面各行不齐"),
    ("batch: {id: 'a\n", "第 1 行第 13 列：引号没有成对"),
    ("batch: {id: a\n", "第 2 行第 1 列：花括号 { } 没有成对，或其中缺少逗号"),
    ("batch: {id: a，no: b}\n", "第 1 行第 14 列：括号中各项之间的逗号须为半角“, ”"),
    ("batch: {id：a}\n", "第 1 行第 9 列：键 id：a 中的冒号须为半角，其后有一个空格"),
    ("batch: {id:a}\n", "第 1 行第 9 列：键 id:a 中的冒号须为半角，其后有一个空格"),
    ("title: a\n---\ntitle: b\n", "第 2 行第 1 列：一个文件只写一份内容，不能用 --- 分隔"),
    ("title: @a\n", "第 1 行第 8 列：值以此符号开头的须加引号"),
    ("title: a\nlines\n", "第 3 行第 1 列：键后缺少“: ”"),
    ("title: a\x01\n", "不是 YAML：含有不允许的控制字符"),
]


@pytest.mark.parametrize(("text", "message"), YAML_SLIPS)
def test_slips_of_yaml_are_told_in_chinese_with_line_and_column(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / T).write_text(text, encoding="utf-8")
    assert [(fault.place, fault.message) for fault in read_files([tmp_path]).faults] == [(T, message)]


IMPOSSIBLE = examples("{name: a, request: '{\"application_date\": \"2024-06-30\"}'}")
POSSIBLE = examples(
    "{name: a, request: '{\"application_date\": \"2024-06-30\", \"applicant\": {\"uscc\": \"91350100M000100Y43\"},"
    " \"items\": [{\"item_id\": \"A\", \"base_amount\": \"1.00\", \"occurred_on\": \"2024-06-01\"}]}'}"
)
LATER = [
    ("confidence: read", IMPOSSIBLE, "t.yaml 第 16 行（方向 t-fund-2024-1-1 › 版本 1 › 例子 a › request）: 例子不能计算：/applicant 缺少必填字段"),
    ("confidence: read", POSSIBLE.replace("{name: a", "{name: a, amount: '0.31'"), "例子得 0.30 元，而不是 0.31 元"),
    ("fund: t-fund", "fund: t-funds", "t.yaml 第 1 行（fund）: 没有基金 t-funds"),
    ("clause: 按照30%给予奖励}", "clause: 按照30%给予奖励}\n          caps: [{per: [], limit: 9, pool: [t-fund-2024-9-1], clause: 至多9元}]", "没有标准表 t-fund-2024-9-1"),
    ("rate: 30%", "rate: '30% * reference(T_NONE, APPLICATION_DATE)'", "没有参考利率 T_NONE"),
]


@pytest.mark.parametrize("step", ["check", "load"])
@pytest.mark.parametrize(("old", "new", "told"), LATER, ids=["an example", "an example's amount", "a fund", "a pool", "a series"])
def test_checking_refuses_what_loading_refuses(tmp_path: Path, url: str, step: str, old: str, new: str, told: str) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    assert ONE.count(old) == 1
    written(folder, t=ONE.replace(old, new), funds=FUND)
    ended = command("tables", step, str(folder), url=url)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert told in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    engine = engine_of(url)
    with Session(engine) as session:
        assert session.exec(select(RateTableVersion)).all() == []
    engine.dispose()


@pytest.mark.parametrize("step", ["check", "load"])
@pytest.mark.parametrize("said", ["", "amount: '0.30', "], ids=["no amount", "its amount"])
def test_examples_that_compute_pass(tmp_path: Path, url: str, step: str, said: str) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    written(folder, t=ONE.replace("confidence: read", POSSIBLE.replace("{name: a, ", f"{{name: a, {said}")), funds=FUND)
    assert command("tables", step, str(folder), url=url).returncode == 0


def test_checking_knows_what_the_database_knows(tmp_path: Path, url: str) -> None:
    """A file may rest on a fund that was loaded before; with no database at all it is refused, and none is made."""
    (tmp_path / "funds.yaml").write_text(FUND, encoding="utf-8")
    (tmp_path / T).write_text(ONE, encoding="utf-8")
    assert command("tables", "check", str(tmp_path / T), url=url).returncode == 1
    assert command("tables", "load", str(tmp_path / "funds.yaml"), url=url).returncode == 0
    assert command("tables", "check", str(tmp_path / T), url=url).returncode == 0
    (tmp_path / T).write_text(ONE.replace("confidence: read", POSSIBLE), encoding="utf-8")
    assert command("tables", "check", str(tmp_path / T), url=url).returncode == 0
    none = tmp_path / "none.db"
    assert command("tables", "check", str(tmp_path / T), url=f"sqlite:///{none}").returncode == 1
    assert not none.exists()


@pytest.mark.parametrize("table", ["t-fund-2024-1-甲", "t-fund-2024-1-A", "t-fund-2024-1-1 ", f"t-fund-2024-1-{'1' * 25}", "-".join(["t-fund-2024-1", *["a" * 20] * 4])])
def test_an_id_that_no_claim_could_name(tmp_path: Path, table: str) -> None:
    found = faults(tmp_path, t=ONE.replace("rate_table: t-fund-2024-1-1", f"rate_table: '{table}'"))
    assert any(place == f"{DIRECTION}/rate_table" and message.startswith("不是标准表编号: ") for place, message in found), found
