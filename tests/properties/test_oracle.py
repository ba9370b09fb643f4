"""The engine against the naive oracle: 2,000 random cases of each method, to the fen.

Each chunk is its own test, so that they spread over workers and a failing one names its seeds. More of
them with other seeds: ``python -m tests.fuzz``.
"""

from __future__ import annotations

import pytest

from app.calculators.terms.parser import parse_terms
from app.calculators.verification.coverage import prove
from tests.oracle.generate import MAKERS, case
from tests.oracle.judge import compare

CHUNKS, CHUNK = 20, 100


@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("method", MAKERS)
def test_engine_and_oracle_agree(method: str, chunk: int) -> None:
    found = [told for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK) if (told := compare(method, seed)) is not None]
    assert not found, f"{len(found)} of {CHUNK} disagree\n\n" + "\n\n".join(found[:3])


@pytest.mark.parametrize("method", MAKERS)
def test_the_generated_tables_are_tables_that_load(method: str) -> None:
    """A comparison on tables that the loader would refuse proves nothing about published ones."""
    for seed in range(200):
        table, _ = case(method, seed)
        assert prove(parse_terms(table["terms"]), method) == [], table
