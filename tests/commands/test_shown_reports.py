"""On the command line one approves and publishes what one has read: the revision whose report was shown, and no later one."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.commands.conftest import RAISED, REWORDED, Desk, edited, step


def test_nobody_approves_or_publishes_without_the_report(desk: Desk, raising: str) -> None:
    step(desk, "li", "check", raising)
    for name in ("approve", "publish"):
        (line,) = desk.refused("wang", "tables", "draft", name, raising)
        assert line.endswith(f"look at the draft's report first: subsidy tables draft report {raising} (or name what was seen with --if-match)")
    desk.done("zhao", "tables", "draft", "report", raising)  # what another has read is not what wang has read
    assert desk.refused("wang", "tables", "draft", "approve", raising) == [line]
    desk.done("wang", "tables", "draft", "report", raising)
    desk.done("wang", "tables", "draft", "approve", raising)
    desk.done("wang", "tables", "draft", "publish", raising)
    shown = [(one.actor, json.loads(one.detail)["revision"]) for one in desk.log() if one.action == "report.shown"]
    assert shown == [("zhao", "2"), ("wang", "2")]


def test_a_revision_that_is_later_than_the_report_is_refused(desk: Desk, raising: str, tmp_path: Path) -> None:
    """li changes a figure after wang has read; wang's approval is of what he read, so there is none."""
    step(desk, "li", "check", raising)
    desk.done("wang", "tables", "draft", "report", raising)
    more = edited(desk, raising, tmp_path / "d.yaml", (RAISED[1], "limit: 5000万"), (REWORDED[1], REWORDED[1].replace("2000万", "5000万")))
    desk.done("li", "tables", "draft", "revise", raising, "--content", more)
    step(desk, "li", "check", raising)
    (line,) = desk.refused("wang", "tables", "draft", "approve", raising)
    assert line == (
        "✗ 草案现为第 3 版（li），所看的报告是第 2 版；请重新看报告"
        " / the draft is now revision 3 by li, and the report that was shown is of revision 2: look at it again"
    )
    said = desk.done("wang", "tables", "draft", "report", raising)
    assert "由 1000万元 调整为 5000万元" in said
    desk.done("wang", "tables", "draft", "approve", raising)
    desk.done("wang", "tables", "draft", "publish", raising)


def test_an_etag_says_what_was_seen_as_well(desk: Desk, raising: str) -> None:
    etag = re.findall(r"ETag (\S+)", step(desk, "li", "check", raising))[0]
    approved = desk.done("wang", "tables", "draft", "approve", raising, "--if-match", etag)
    (line,) = desk.refused("wang", "tables", "draft", "publish", raising)
    assert "look at the draft's report first" in line
    desk.done("wang", "tables", "draft", "publish", raising, "--if-match", re.findall(r"ETag (\S+)", approved)[0])


def test_the_same_report_twice_is_one_entry(desk: Desk, raising: str) -> None:
    for _ in range(3):
        desk.done("wang", "tables", "draft", "report", raising)
    assert [one.actor for one in desk.log() if one.action == "report.shown"] == ["wang"]
