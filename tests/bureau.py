"""A small bureau for the specification: its own tables, its own rates, the real service over HTTP.

``Bureau(terms, method=…)`` publishes one table with these terms, goes through the real loader, database
and catalogue, and answers requests through the whole web shell.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlmodel import Session
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.tables.catalogue.repository import read_catalogue
from app.tables.catalogue.snapshot import Catalogue
from app.tables.loading.loader import load
from app.tables.storage.database import engine_of
from app.tables.storage.migrations import migrate

PUBLISHED = Path(__file__).resolve().parents[1] / "app" / "tables" / "published"
TABLE = "xx-spec-2025-0-1"
USCC = "91350100M000100Y43"
PATHS = {
    "LOAN_INTEREST": "/v1/loan-interest-subsidies/calculate",
    "LEASE_INTEREST": "/v1/loan-interest-subsidies/calculate",
    "INSURANCE": "/v1/insurance-subsidies/calculate",
    "AWARD": "/v1/awards/calculate",
    "GRANT": "/v1/grants/calculate",
}


@lru_cache(maxsize=1)
def migrated() -> Path:
    """An empty database with the newest schema, made once for a process and copied."""
    folder = tempfile.TemporaryDirectory(prefix="subsidy-spec-")
    _kept.append(folder)
    path = Path(folder.name) / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


_kept: list[tempfile.TemporaryDirectory[str]] = []  # until the process ends


def _indent(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.strip("\n").splitlines())


def batch_file(terms: str, method: str, *, fund: str = "xx-spec", year: int = 2025, extra: str = "") -> str:
    """A batch file with one direction that has these terms; every clause is 'c' unless the terms say more."""
    return f"""
fund: {fund}
batch: {{id: {fund}-{year}-0, year: '{year}', title: 测试批次}}
document: {{title: 测试通知, date: '{year}-01-01'}}
authority: official
directions:
  - rate_table: {fund}-{year}-0-1
    no: '1'
    title: 测试方向
    method: {method}
    versions:
      - version: '1'
        effective: {{first_day: '2000-01-01', last_day: open}}
        published_at: '2020-01-01T00:00:00+08:00'
        terms:
          clause: c
{_indent(terms, 10)}
{extra}
"""


def catalogue_of(*paths: Path) -> Catalogue:
    """The catalogue of files and folders, loaded into a database of their own."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(migrated(), f"{folder}/spec.db")
        engine = engine_of(f"sqlite:///{folder}/spec.db")
        with Session(engine) as session:
            load(session, list(paths))
            found = read_catalogue(session)
        engine.dispose()
    return found


def published_with(batch: str, *changes: tuple[str, str]) -> Catalogue:
    """What is published, with texts of the file of one batch replaced, as if it had been published so.

    A text that a correction repeats is replaced in every version that has it, at most once in each.
    """
    text = (PUBLISHED / f"{batch}.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert max(part.count(old) for part in text.split("- version: '")) == 1, old
        text = text.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        changed = Path(folder) / f"{batch}.yaml"
        changed.write_text(text, encoding="utf-8")
        return catalogue_of(changed, *(path for path in PUBLISHED.glob("*.yaml") if path.stem != batch))


def _unseen(root: Path, table: str, beside: str, fund: str) -> str:
    """A table that another names and whose standards were not seen: one more direction, or a batch and perhaps a fund of its own."""
    batch, no = table.rsplit("-", 1)
    direction = f"  - {{rate_table: {table}, no: '{no}', title: 另一方向, not_loaded: 标准未见}}\n"
    if batch == beside.rsplit("-", 1)[0]:
        return direction
    own, year, _ = batch.rsplit("-", 2)
    if own != fund:
        (root / f"{own}-funds.yaml").write_text(f"funds: [{{id: {own}, title: 另一资金}}]\n")
    (root / f"{batch}.yaml").write_text(
        f"fund: {own}\nbatch: {{id: {batch}, year: '{year}', title: 另一批次}}\ndocument: {{title: 另一通知}}\nauthority: official\n"
        f"directions:\n{direction}"
    )
    return ""


class Bureau:
    """One table, the published reference rates, and a client.

    ``fund`` names a published fund to which the table belongs; its overlays and its other tables are there then.
    ``extra`` holds further directions of the batch, ``series`` further reference series.
    """

    def __init__(
        self,
        terms: str,
        method: str = "LOAN_INTEREST",
        *,
        overlays: str = "",
        year: int = 2025,
        fund: str = "xx-spec",
        extra: str = "",
        series: str = "",
    ) -> None:
        self.method = method
        self.table = f"{fund}-{year}-0-1"
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            published = PUBLISHED
            if fund == "xx-spec":
                (root / "funds.yaml").write_text(f"funds:\n  - id: xx-spec\n    title: 测试资金\n{_indent(overlays, 4)}\n")
                published = PUBLISHED / "reference_rates.yaml"
            for name in set(re.findall(r"pool: \[([a-z0-9-]+)\]", terms)) - {self.table}:
                extra += _unseen(root, name, self.table, fund) if f"rate_table: {name}\n" not in extra else ""
            (root / "batch.yaml").write_text(batch_file(terms, method, fund=fund, year=year, extra=extra))
            if series:
                (root / "series.yaml").write_text(f"series:\n{_indent(series, 2)}\n")
            self.catalogue = catalogue_of(root, published)
        app = create_app(Settings())
        app.state.catalogue = self.catalogue
        self.client = TestClient(app, client=("127.0.0.1", 50000), base_url="http://localhost")

    def post(self, body: dict[str, Any], language: str = "zh") -> Any:
        """The response to a claim; table, date and applicant have defaults."""
        claim = {"rate_table": self.table, "application_date": "2026-06-30", "applicant": {"uscc": USCC}} | body
        return self.client.post(
            PATHS[self.method],
            content=json.dumps(claim),
            headers={"Content-Type": "application/json", "Accept-Language": language},
        )

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a claim that is right."""
        response = self.post(body)
        assert response.status_code == 200, response.text
        return response.json()  # type: ignore[no-any-return]

    def amount(self, **body: Any) -> str:
        """The total that a claim earns."""
        return str(self.answer(body)["amount"])

    def refusal(self, **body: Any) -> list[tuple[str, str]]:
        """Pointer and code of each fault of a claim that is wrong."""
        response = self.post(body)
        assert response.status_code == 422, response.text
        return [(one["pointer"], one["code"]) for one in response.json()["errors"]]


def loan(no: str = "L-1", **more: Any) -> dict[str, Any]:
    """A contract of 1,000,000.00 yuan at 3.6% for 2025; ``drawn`` is a list of (day, amount)."""
    drawn = more.pop("drawn", [("2025-01-01", "1000000.00")])
    repaid = more.pop("repaid", [])
    return {
        "contract_no": no,
        "lender": "BANK",
        "loan_type": "WORKING_CAPITAL",
        "signed_on": "2024-01-01",
        "matures_on": "2026-01-01",
        "drawdowns": [{"drawdown_no": str(n), "on": on, "amount": amount} for n, (on, amount) in enumerate(drawn, 1)],
        "repayments": [{"on": on, "principal": amount} for on, amount in repaid],
        "rate": {"kind": "FIXED", "annual_rate": "0.036"},
    } | more


def policy(no: str, premium: str, **more: Any) -> dict[str, Any]:
    """A policy on its own unit, paid in full."""
    return {
        "policy_no": no,
        "insurer": "INSURER",
        "insurance_type": "LAUNCH",
        "unit_id": f"UNIT-{no}",
        "premium": premium,
        "premium_paid": premium,
        "paid_on": "2025-01-01",
        "period_from": "2025-01-01",
        "period_until": "2026-01-01",
    } | more
