"""The corpus of ``make bench-hostile``: small ones of its requests reach what they are meant to burden, and are answered."""

from __future__ import annotations

import random

import httpx
import pytest

from benchmarks.hostile import changed
from benchmarks.hostile_bodies import CORPUS, Hostile


@pytest.mark.parametrize("hostile", [one for one in CORPUS if one.calculated and one.sent == "SENT"], ids=lambda one: one.name)
def test_a_small_one_is_calculated(client: httpx.Client, hostile: Hostile) -> None:
    """Else the benchmark would measure a refusal that has nothing to do with size."""
    response = client.post(hostile.path, content=hostile.body(0.001), headers={"Content-Type": "application/json"})
    assert response.status_code == 200, response.text[:2_000]


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda one: f"{one.name}, {one.sent}")
def test_a_small_one_and_what_is_made_of_it_is_never_a_fault(client: httpx.Client, hostile: Hostile) -> None:
    body = hostile.body(0.001)
    made = [changed(body, random.Random(f"1 {number}")) for number in range(10)]
    assert made == [changed(body, random.Random(f"1 {number}")) for number in range(10)]
    assert len({body, *made}) > 5
    for content in (body, *made):
        response = client.post(hostile.path, content=content, headers={"Content-Type": "application/json", **hostile.headers})
        assert response.status_code in {200, 400, 401, 413, 415, 422}, (content[:2_000], response.text[:2_000])


def test_a_larger_share_is_a_larger_body() -> None:
    by_share = [one for one in CORPUS if one.sent != "TRAILERS" and "leaves" not in one.name]
    assert by_share
    for hostile in by_share:
        assert len(hostile.body(0.1)) > len(hostile.body(0.001)), hostile.name
