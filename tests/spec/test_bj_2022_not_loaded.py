"""Directions 2 to 11 of 2022: known to exist, their standards were not seen."""

from __future__ import annotations

import httpx
import pytest

from tests.spec.claims import item, post


@pytest.mark.parametrize("direction", range(2, 12))
def test_a_direction_whose_standard_was_not_seen_is_not_calculated(client: httpx.Client, direction: int) -> None:
    """The guide of 2022 has 12 directions; an amount is never guessed for the ten that were not seen."""
    body = {"rate_table": f"bj-gjj-2022-0-{direction}", "application_date": "2022-06-15", "items": [item("100.00")]}
    response = post(client, "AWARD", body)
    assert (response.status_code, response.json()["code"]) == (404, "STANDARD_NOT_LOADED")


def test_a_direction_that_does_not_exist_is_another_thing(client: httpx.Client) -> None:
    """There are 12 directions and no thirteenth."""
    body = {"rate_table": "bj-gjj-2022-0-13", "application_date": "2022-06-15", "items": [item("100.00")]}
    response = post(client, "AWARD", body)
    assert (response.status_code, response.json()["code"]) == (404, "RATE_TABLE_NOT_FOUND")
