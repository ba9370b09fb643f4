"""Small notices made up for these tests, as the YAML text that an officer would type."""

from __future__ import annotations

from pathlib import Path

FUND = """\
funds:
  - id: t-fund
    title: 试验资金
"""

BATCH = """\
fund: t-fund
batch: {id: t-fund-2024-1, year: '2024', no: '1', title: 2024年第一批}
document: {title: 试验通知, issuer: 试验部门, number: 试发〔2024〕1号, date: '2024-01-15'}
authority: official
directions:
"""

TERMS = """\
        terms:
          facts: ITEMS
          wording: EXACT
          lines:
            - {id: ALL, base: base_amount, rate: 30%, clause: 按照30%给予奖励}
"""


def version(number: int, first: str, last: str = "open", *, published: str = "", supersedes: int | None = None, terms: str = TERMS) -> str:
    """One version of a direction; it is published at the start of its first day unless said otherwise."""
    at = published or f"{first}T00:00:00+08:00"
    replaces = "" if supersedes is None else f"        supersedes: '{supersedes}'\n"
    return (
        f"      - version: '{number}'\n"
        f"        effective: {{first_day: '{first}', last_day: {last!r}}}\n"
        f"        published_at: '{at}'\n"
        f"        confidence: read\n{replaces}{terms}"
    )


def direction(*versions: str, number: int = 1) -> str:
    """One direction of the batch, an award on items."""
    return (
        f"  - rate_table: t-fund-2024-1-{number}\n"
        f"    no: '{number}'\n"
        f"    title: 试验奖励\n"
        f"    method: AWARD\n"
        f"    area: null\n"
        f"    versions:\n" + "".join(versions)
    )


def batch(*directions: str) -> str:
    """A batch file."""
    return BATCH + "".join(directions)


def series(*versions: str) -> str:
    """A file with one reference series."""
    return "series:\n  - series: T_RATE\n    title: 试验利率\n    source: 试验\n    authority: official\n    versions:\n" + "".join(versions)


def series_version(number: int, published: str, holds_until: str, *rows: tuple[str, str]) -> str:
    """One version of the series."""
    lines = "".join(f"          - {{on: '{on}', value: {value}, confidence: read}}\n" for on, value in rows)
    return (
        f"      - version: '{number}'\n"
        f"        published_at: '{published}'\n"
        f"        holds_until: '{holds_until}'\n"
        f"        rows:\n{lines}"
    )


def overlay(overlay_id: str, first: str, last: str, terms: str, *, version: int = 1, published: str = "") -> str:
    """One overlay of the fund, to stand after ``FUND`` and ``overlays:``."""
    at = f"        published_at: '{published}'\n" if published else ""
    return (
        f"      - id: {overlay_id}\n"
        f"        version: '{version}'\n"
        f"        title: 试验办法\n"
        f"        methods: all\n"
        f"        facts: all\n"
        f"        effective: {{first_day: '{first}', last_day: {last!r}}}\n{at}"
        f"        document: {{title: 试验办法, issuer: 试验部门, number: null, date: '{first}'}}\n"
        f"        authority: official\n"
        f"        terms: {terms}\n"
    )


def fund(*overlays: str) -> str:
    """The fund's file."""
    return FUND + ("    overlays:\n" + "".join(overlays) if overlays else "")


def written(folder: Path, **files: str) -> list[Path]:
    """The folder, with one file for each name; ``funds`` is written unless it is given."""
    for name, text in {"funds": FUND, **files}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return [folder]
