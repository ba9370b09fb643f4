"""``tables load`` shows what it would change of tables in force, and does it only when that is confirmed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.commands import tables
from app.tables.storage import models
from app.tables.storage.models import RateTableVersion, ReferenceRateVersion
from tests.commands.conftest import TABLE, Desk
from tests.commands.test_draft_commands import answer
from tests.conftest import PUBLISHED
from tests.drafts.test_life import four_rockets
from tests.drafts.test_loading import with_a_second
from tests.storage.notices import batch, direction, version, written

RULES = """\
      - id: bj-gjj-measures-2027
        title: 管理办法（2027）
        methods: [INSURANCE]
        facts: all
        effective: {first_day: '2027-01-01', last_day: open}
        published_at: '2026-11-01T00:00:00+08:00'
        document: {title: 管理办法, issuer: 某局, number: null, date: '2026-11-01'}
        authority: official
        terms:
          caps:
            - {per: [], period: PROGRAM_YEAR, limit: 100万, clause: 单个企业年度支持金额不超过100万元}
"""


def rows_of(desk: Desk) -> list[int]:
    """How much is stored."""
    return [len(desk.rows(kind)) for kind in (models.RateTableVersion, models.VersionEvent, models.OverlayVersion, models.ReferenceRateVersion, models.Audit)]


def cases(folder: Path) -> str:
    """Four rockets, at 10,000,000 under version 1."""
    path = folder / "cases.json"
    path.write_text(json.dumps({"cases": [{"item_id": "four", "request": four_rockets()}]}), encoding="utf-8")
    return str(path)


def test_a_correction_of_a_table_in_force_is_shown_and_waits_for_confirmation(desk: Desk, tmp_path: Path) -> None:
    """40% of four premiums of 12,000,000 without any cap: 19,200,000 instead of 10,000,000."""
    path, before = with_a_second(tmp_path, 2, "2025-01-20", supersedes=True), rows_of(desk)
    result = desk.run(None, "tables", "load", str(path), "--cases", cases(tmp_path))
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"✗ 将改变现行标准表的金额：{TABLE}；核对后加 --confirm，未载入",
        f"  amounts of tables in force would change: {TABLE}; nothing was loaded, add --confirm if that is right",
    ]
    shown = result.stdout.splitlines()
    assert f"• {TABLE} 版本 1 由版本 2 取代 / {TABLE} version 1 is superseded by version 2" in shown
    assert any(line.startswith(f"• {TABLE}  取消 单个企业本批次上限 1000万元") for line in shown)
    assert f"{TABLE}  与版本 1 相比 / beside version 1" in shown
    assert "  增减 / difference: 9200000.00 元" in shown
    assert "  • four: 10000000.00 → 19200000.00 (9200000.00)" in shown
    assert rows_of(desk) == before
    assert answer(desk.url, "2025-03-10") == ("10000000.00", 1)

    done = desk.done(None, "tables", "load", str(path), "--confirm")
    assert "没有案例：以 --cases 给出，或在标准表中附 examples / no case: give --cases, or store examples with the table" in done
    assert "1 rate tables proved, 2 rows added" in done
    assert answer(desk.url, "2025-03-10") == ("19200000.00", 2)
    detail = json.loads(desk.log()[-1].detail)
    assert (detail["versions"], detail["others"]) == ([f"{TABLE} 2"], [f"version_event {TABLE} 1 SUPERSEDED"])
    assert desk.done(None, "tables", "load", str(path)).endswith("1 rate tables proved, 0 rows added\n")  # nothing is new, nothing to confirm


def more_rules(folder: Path) -> Path:
    """The funds' file with new measures of a fund that has tables in force."""
    text = (PUBLISHED / "funds.yaml").read_text(encoding="utf-8")
    path = folder / "funds.yaml"
    path.write_text(text.replace("    overlays:\n", f"    overlays:\n{RULES}", 1), encoding="utf-8")
    return path


def more_rates(folder: Path) -> Path:
    """The series' file with a correction."""
    text = (PUBLISHED / "reference_rates.yaml").read_text(encoding="utf-8")
    name = text.index("series: LPR_1Y")
    versions, end = text.index("versions:", name), text.find("  - series:", name)
    end = len(text) if end < 0 else end
    first = text[versions + len("versions:\n") : end].rstrip("\n") + "\n"
    assert first.count("version:") == 1
    again = first.replace("version: '1'", "version: '2'")
    assert again != first
    path = folder / "reference_rates.yaml"
    path.write_text(text[:end].rstrip("\n") + "\n" + again + text[end:], encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("made", "said", "kind"),
    [
        (more_rules, "• 基金 bj-gjj 新增规则 bj-gjj-measures-2027 / New rules bj-gjj-measures-2027 of fund bj-gjj", models.OverlayVersion),
        (more_rates, "• LPR_1Y 有效至 2026-09-21（不含） / LPR_1Y is valid until 2026-09-21, exclusive", ReferenceRateVersion),
    ],
    ids=["rules", "rates"],
)
def test_rules_and_rates_wait_for_it_as_well(desk: Desk, tmp_path: Path, made: Any, said: str, kind: type) -> None:
    path, before = made(tmp_path), len(desk.rows(kind))
    result = desk.run(None, "tables", "load", str(path))
    assert (result.exit_code, len(desk.rows(kind))) == (1, before), result.output
    assert said in result.stdout.splitlines()
    assert "add --confirm if that is right" in result.stderr
    desk.done(None, "tables", "load", str(path), "--confirm")
    assert len(desk.rows(kind)) == before + 1


def test_what_is_new_and_changes_nothing_in_force_is_loaded_at_once(desk: Desk, tmp_path: Path) -> None:
    """A fund and a batch of its own; an end in it later asks, for by then it is in force."""
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    done = desk.done(None, "tables", "load", *map(str, written(first, t=batch(direction(version(1, "2024-01-15"))))))
    assert done.endswith("rows added\n")
    ended = direction(version(1, "2024-01-15")) + "    events:\n      - {version: '1', kind: ENDED, known_at: '2024-06-01T00:00:00+08:00', last_day: '2024-06-30'}\n"
    result = desk.run(None, "tables", "load", *map(str, written(second, t=batch(ended))))
    assert result.exit_code == 1
    assert "• t-fund-2024-1-1 版本 1 至 2024-06-30 止 / t-fund-2024-1-1 version 1 ends on 2024-06-30" in result.stdout.splitlines()
    assert [row.version for row in desk.rows(RateTableVersion) if row.rate_table == "t-fund-2024-1-1"] == [1]


def test_a_release_that_changes_tables_in_force_says_how_it_is_confirmed(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the published files, which `make serve` loads, both ways are said; of one's own files (above) the command's alone."""
    monkeypatch.setattr(tables, "PUBLISHED", with_a_second(tmp_path, 2, "2025-01-20", supersedes=True))
    before = rows_of(desk)
    assert desk.refused(None, "tables", "load") == [
        f"✗ 将改变现行标准表的金额：{TABLE}；核对后加 --confirm（用 make 时为 make serve CONFIRM=1），未载入",
        f"  amounts of tables in force would change: {TABLE}; nothing was loaded, add --confirm if that is right"
        " (with make: make serve CONFIRM=1)",
    ]
    assert rows_of(desk) == before
    assert "1 rate tables proved, 2 rows added" in desk.done(None, "tables", "load", "--confirm")
