"""A new fund from nothing to a withdrawal by two officers' commands alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.access.conftest import HERE
from tests.commands.conftest import MONTH, Desk, entered
from tests.drafts.chip_fund import AWARDS, BATCH, DIRECTIONS, FUND, MEASURES, TABLE, UNSEEN, Json, award, batch, fund, measures, new_version


def answers(desk: Desk, *claims: Json) -> list[Any]:
    """Amounts or codes, from a service that starts on the database."""
    with TestClient(create_app(Settings(database_url=desk.url)), client=HERE, base_url="http://localhost") as client:
        found = [client.post(AWARDS, json=one).json() for one in claims]
    return [one.get("amount", one.get("code")) for one in found]


class Officers:
    """li writes files and enters them; wang reads, approves, publishes."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder = desk, folder

    def enter(self, body: Json) -> list[str]:
        """A draft from a content, all the way; what its report says."""
        path = self.folder / "content.json"
        path.write_text(json.dumps(body["content"], ensure_ascii=False), encoding="utf-8")
        made = self.desk.done("li", "tables", "draft", "begin", body["kind"].lower(), body["target"], "--content", str(path), "--quiet").strip()
        self.desk.done("li", "tables", "draft", "check", made)
        return self.publish(made)

    def publish(self, made: str) -> list[str]:
        """What the report says of a checked draft, which is then published."""
        said = self.desk.done("wang", "tables", "draft", "report", made)
        for name in ("approve", "publish"):
            self.desk.done("wang", "tables", "draft", name, made)
        return said.splitlines()


@pytest.fixture
def officers(desk: Desk, tmp_path: Path) -> Officers:
    """li and wang at the desk."""
    return Officers(desk, tmp_path)


def test_a_fund_its_measures_a_batch_a_correction_a_withdrawal_and_a_month(officers: Officers) -> None:
    desk = officers.desk
    said = officers.enter(fund(measures()))
    assert f"• 新基金 {FUND}：“集成电路专项资金” / New fund {FUND}: “集成电路专项资金”" in said
    place = said.index(f"• {MEASURES}  新增 单个企业年度上限 300万元，自 2026-01-01 起")
    assert said[place + 1 : place + 3] == [
        "  Added: cap per enterprise and year: 3,000,000.00 yuan, from 2026-01-01",
        "  条款 / clause: 单个企业年度支持金额不超过300万元",
    ]
    said = officers.enter(batch(*DIRECTIONS))
    assert f"• 新批次 {BATCH} 年度：2026 / New batch {BATCH}, year: 2026" in said
    assert "  条款 / clause: 按照不超过流片费用的30%给予奖励" in said
    assert answers(desk, award("5000000.00"), award("20000000.00")) == ["1500000.00", "3000000.00"]
    officers.enter(new_version("40%", supersedes="1"))
    assert answers(desk, award("5000000.00"), award("1.00", UNSEEN)) == ["2000000.00", "STANDARD_NOT_LOADED"]
    made = entered(desk.done("li", "tables", "draft", "withdraw", TABLE, "2", "--reason", "依据的通知已废止"))
    effect = desk.done("wang", "tables", "draft", "effect", made).splitlines()
    assert f"{TABLE}  与版本 2 相比 / beside version 2" in effect
    assert "  增减 / difference: -2000000.00 元" in effect
    assert any("NO_VERSION_IN_FORCE" in line for line in effect)
    said = officers.publish(made)
    assert "• 自 2026-01-20 起没有生效的版本 / no version is in force from 2026-01-20" in said
    assert answers(desk, award("5000000.00")) == ["NO_VERSION_IN_FORCE"]
    said = officers.publish(desk.done("li", *MONTH, "--quiet").strip())
    assert "• LPR_1Y 2026-09-21 公布 3.00%（此前 2026-08-20 为 3.00%，不变）" in said[2]


def test_a_withdrawal_with_a_return(officers: Officers) -> None:
    desk = officers.desk
    for body in (fund(), batch(*DIRECTIONS), new_version("40%", supersedes="1")):
        officers.enter(body)
    made = entered(desk.done("li", "tables", "draft", "withdraw", TABLE, "2", "--reason", "有误", "--returns", "1"))
    said = officers.publish(made)
    assert any("from 2026-01-20 on what version 1 says returns, as version 3" in line for line in said)
    assert answers(desk, award("5000000.00")) == ["1500000.00"]


def test_a_fund_from_its_file(officers: Officers, tmp_path: Path) -> None:
    """As a funds file has it; numbers and instants of the file are not the draft's."""
    rules = {**measures(), "version": "7", "published_at": "2026-01-05T00:00:00+08:00"}
    path = tmp_path / "funds.yaml"
    path.write_text(json.dumps({"funds": [{"id": "other", "title": "x"}, {"id": FUND, "title": "资金", "overlays": [rules]}]}), encoding="utf-8")
    desk = officers.desk
    made = desk.done("li", "tables", "draft", "begin", "fund", FUND, "--file", str(path), "--quiet").strip()
    desk.done("li", "tables", "draft", "check", made)
    assert f"• 基金 {FUND} 新增规则 {MEASURES} / New rules {MEASURES} of fund {FUND}" in officers.publish(made)
    (line,) = desk.refused("li", "tables", "draft", "begin", "fund", "nobody", "--file", str(path))
    assert line == "✗ /file: 文件中没有基金 nobody"
