"""Policies and projects that several files of the specification send, and how a refusal is read."""

from __future__ import annotations

from typing import Any

import httpx

from tests.bureau import policy
from tests.spec.claims import Body, post


def launch(no: str, premium: str, launched_on: str = "2024-06-06", **more: Any) -> Body:
    """A policy on one rocket, approved, paid in full before the launch, in force for a year from the launch."""
    usual = {
        "unit_kind": "ROCKET",
        "launched_on": launched_on,
        "launch_approved": True,
        "paid_on": "2024-01-02",
        "period_from": "2024-01-02",
        "period_until": "2025-01-02",
    }
    return policy(no, premium, **(usual | more))


def project(*amounts: str, no: str = "G-1", **more: Any) -> Body:
    """A project of equipment bought for these amounts, built in a year."""
    usual = {
        "project_id": no,
        "started_on": "2023-01-15",
        "completed_on": "2024-01-15",
        "investments": [{"category": "EQUIPMENT", "amount": amount} for amount in amounts],
    }
    return usual | more


def refused(client: httpx.Client, method: str, body: Body) -> list[tuple[str, str]]:
    """Pointer and code of each fault of a claim that is wrong (422)."""
    response = post(client, method, body)
    assert response.status_code == 422, response.text
    return [(one["pointer"], one["code"]) for one in response.json()["errors"]]
