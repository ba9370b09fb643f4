"""Claims on the published tables, as short as a row of a specification allows."""

from __future__ import annotations

from typing import Any

import httpx

from tests.bureau import PATHS, USCC

Body = dict[str, Any]

AS_FIRST_PUBLISHED = {"known_at": "2026-11-30T23:59:59+08:00"}
"""The moment before the corrections of 1 December 2026: version 1 of every table is chosen, and answers as it always did.

The files that send it say what version 1 of their table answers; what the corrected versions answer stands in
``test_corrections_*.py``.
"""


def applicant(**more: Any) -> Body:
    """An enterprise of Beijing with a clean record that declares its facts true."""
    return {
        "uscc": USCC,
        "registered_in_beijing": True,
        "dishonesty_records": [],
        "other_municipal_funding": False,
        "declaration_accepted": True,
    } | more


def item(amount: str | None = None, no: str = "A-1", **more: Any) -> Body:
    """One item; a base of ``amount`` yuan where one is given."""
    base = {} if amount is None else {"base_amount": amount}
    return {"item_id": no} | base | more


def grant(table: str, on: str, amount: str, **keys: str) -> Body:
    """An earlier grant under a table."""
    return {"rate_table": table, "on": on, "amount": amount, "keys": keys}


def post(client: httpx.Client, method: str, body: Body) -> httpx.Response:
    """The service's response to a claim; the applicant has a default."""
    return client.post(PATHS[method], json={"applicant": applicant()} | body)


def answer(client: httpx.Client, method: str, body: Body) -> Body:
    """The answer to a claim that is right."""
    response = post(client, method, body)
    assert response.status_code == 200, response.text
    found: Body = response.json()
    return found


def reasons(found: Body) -> set[str]:
    """The codes of an answer's reasons."""
    return {one["code"] for one in found["reasons"]}


def warnings(found: Body) -> set[str]:
    """The codes of an answer's warnings."""
    return {one["code"] for one in found["warnings"]}


def binding(found: Body) -> list[str]:
    """The scopes of the caps that bound, in their order."""
    return [one["scope"] for one in found["caps"] if one["binding"]]
