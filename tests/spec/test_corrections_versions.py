"""The corrections of 1 December 2026: what was published stays as it was, and each correction says what it corrects and why."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.bodies import launch
from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, item

FIRST = {
    "bj-equip-2024-0-1": "d8ba6e909d03",
    "bj-gjj-2022-0-1": "d9debb0f2da7",
    "bj-gjj-2022-0-12": "1ce218c45a63",
    "bj-gjj-2023-1-1": "e43e127d347d",
    "bj-gjj-2023-1-stable-growth": "70c1c80269b5",
    "bj-gjj-2023-2-1": "536c0b77632c",
    "bj-gjj-2023-2-2": "fd65887107c9",
    "bj-gjj-2023-3-data-asset-entry": "ec462cd5b5b6",
    "bj-gjj-2023-3-data-asset-registration": "202c82a5376e",
    "bj-gjj-2023-3-data-trade": "f72933d02afb",
    "bj-gjj-2024-1-1": "0f1f710ae7bf",
    "bj-gjj-2024-1-2": "b6485bcfd4f6",
    "bj-gjj-2024-3-1": "c20c0081340e",
    "bj-gjj-2024-5-1": "61f2c5311e23",
    "bj-gjj-2025-1-11": "7f38fe68089f",
    "bj-gjj-2025-3-1": "df1f773b503d",
    "bj-gjj-2026-1-pilot-platform": "593c3a9b7525",
    "bj-gjj-2026-2-dataset": "1567a20bf3db",
    "bj-gjj-2026-2-token": "3be1533b32df",
    "bj-sme-2025-0-1": "cb858c3e83e3",
    "cn-consumer-2025-0-1": "35490c5d9a0a",
    "cn-firstset-2019-0-1": "f422b570e792",
    "cn-firstset-2025-0-1": "2320390fc445",
    "cn-sme-2026-0-1": "814d4b8115d8",
}
"""The digest of version 1 of each table, in its first twelve digits."""

NOT_CORRECTED = {"bj-gjj-2025-1-11"}
CORRECTED = sorted(FIRST.keys() - NOT_CORRECTED)


def shown(client: httpx.Client, path: str) -> Any:
    """What the service shows at a path."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("table", FIRST)
def test_version_1_keeps_its_content(client: httpx.Client, table: str) -> None:
    found = shown(client, f"/v1/rate-tables/{table}/versions/1")
    assert (found["version"], found["digest"][:19]) == (1, f"sha256:{FIRST[table]}")


@pytest.mark.parametrize("table", CORRECTED)
def test_a_correction_takes_the_place_of_version_1_and_says_why(client: httpx.Client, table: str) -> None:
    """The reason stands with the version: whoever compares the two reads it."""
    found = shown(client, f"/v1/rate-tables/{table}")
    assert (found["version"], found["versions"]) == (2, [1, 2])
    assert shown(client, f"/v1/rate-tables/{table}/versions/1")["superseded_by"] == 2
    told = {one["path"]: one["to"] for one in shown(client, f"/v1/rate-tables/{table}/versions/2/diff?against=1")["changes"]}
    assert told["/supersedes"] == "1"
    assert told["/reason"].startswith("版本1")


@pytest.mark.parametrize("table", sorted(NOT_CORRECTED))
def test_a_table_that_was_not_corrected_has_one_version(client: httpx.Client, table: str) -> None:
    assert shown(client, f"/v1/rate-tables/{table}")["versions"] == [1]


def as_version_1(client: httpx.Client, method: str, body: Body) -> tuple[Body, Body]:
    """What version 1 answers where it is named, and what was chosen before the corrections were known."""
    return answer(client, method, body | {"version": 1}), answer(client, method, body | AS_FIRST_PUBLISHED)


def a_loan(table: str, on: str, **measures: Any) -> Body:
    """A loan of 1,000,000 at 3.6%, drawn two weeks before the application."""
    one = loan(loan_type="FIXED_ASSET", signed_on=on, drawn=[(on, "1000000.00")], matures_on="2030-01-01", measures=measures)
    return {"rate_table": table, "application_date": on[:-2] + "28", "contracts": [one]}


CLAIMS = [
    ("LOAN_INTEREST", a_loan("cn-sme-2026-0-1", "2026-05-10", other_central_subsidy=False)),
    ("LOAN_INTEREST", a_loan("bj-equip-2024-0-1", "2024-05-10")),
    ("AWARD", {"rate_table": "bj-gjj-2024-3-1", "application_date": "2024-05-10", "items": [item(category="NEW_DRUG", product_id="P")]}),
    ("INSURANCE", {"rate_table": "bj-gjj-2024-1-1", "application_date": "2024-07-10", "policies": [launch("P-1", "8000000.00")]}),
    ("AWARD", {"rate_table": "bj-gjj-2022-0-1", "application_date": "2022-06-10", "items": [item("100.00", category="MPW")]}),
]


@pytest.mark.parametrize(("method", "body"), CLAIMS, ids=[body["rate_table"] for _, body in CLAIMS])
def test_version_1_answers_as_it_did_where_it_is_named(client: httpx.Client, method: str, body: Body) -> None:
    """A request that names version 1 has the amount, the limits and the working of a day before the corrections.

    The rules of its fund are those that are known now: what they leave open besides is told as well, and nothing less.
    """
    named, before = as_version_1(client, method, body)
    assert named["amount"] != "0.00"
    for part in ("status", "amount", "amount_kind", "items", "caps", "steps", "reasons", "warnings"):
        assert named[part] == before[part], part
    assert [one for one in named["not_decided_here"] if one in before["not_decided_here"]] == before["not_decided_here"]
    assert (named["provenance"]["rate_table"], before["provenance"]["rate_table"]["version"]) == (before["provenance"]["rate_table"], 1)


@pytest.mark.parametrize(
    ("known_at", "version"),
    [("2026-11-30T23:59:59+08:00", 1), ("2026-12-01T00:00:00+08:00", 2), (None, 2)],
)
def test_a_past_application_goes_by_the_version_known_now(client: httpx.Client, known_at: str | None, version: int) -> None:
    """An application of 2022 has version 2, which takes the place of version 1 over the same days; as known before it, version 1."""
    body = {"rate_table": "bj-gjj-2022-0-1", "application_date": "2022-06-10", "items": [item("100.00", category="MPW")]}
    found = answer(client, "AWARD", body | ({} if known_at is None else {"known_at": known_at}))
    assert found["provenance"]["rate_table"]["version"] == version
    assert found["amount"] == "50.00"


@pytest.mark.parametrize(
    ("table", "before", "first"),
    [
        ("bj-gjj-2023-1-1", "2023-02-23", "2023-02-24"),
        ("bj-gjj-2023-1-stable-growth", "2023-02-23", "2023-02-24"),
        ("bj-gjj-2023-3-data-asset-entry", "2023-10-31", "2023-11-01"),
        ("bj-gjj-2023-3-data-asset-registration", "2023-10-31", "2023-11-01"),
        ("bj-gjj-2023-3-data-trade", "2023-10-31", "2023-11-01"),
        ("bj-gjj-2024-5-1", "2024-10-31", "2024-11-01"),
        ("bj-gjj-2025-3-1", "2025-01-19", "2025-01-20"),
        ("cn-firstset-2025-0-1", "2025-09-09", "2025-09-10"),
    ],
)
def test_a_table_begins_with_its_notice(client: httpx.Client, table: str, before: str, first: str) -> None:
    """No notice, no support: version 1 began in January, or on the first of the month, where the day is known now."""
    response = client.get(f"/v1/rate-tables/{table}", params={"as_of": before})
    assert (response.status_code, response.json()["code"]) == (404, "NO_VERSION_IN_FORCE")
    found = shown(client, f"/v1/rate-tables/{table}?as_of={first}")
    assert (found["version"], found["effective_from"]) == (2, first)
