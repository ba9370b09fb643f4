"""Random tables and requests that go together, by seed: valid data, and slips for which a claim is refused.

``case(method, seed)`` gives the raw table (every scalar a text, in the words of the table files) and the
request (the JSON of the API). The same seed gives the same case for ever.
"""

from __future__ import annotations

import random

from tests.oracle.generate_items import award_case, insurance_case
from tests.oracle.generate_loans import loan_case
from tests.oracle.generate_projects import grant_case
from tests.oracle.generate_shared import Json, windows_and_stacking
from tests.oracle.generate_slips import slips

MAKERS = {"LOAN_INTEREST": loan_case, "INSURANCE": insurance_case, "AWARD": award_case, "GRANT": grant_case}


def case(method: str, seed: int) -> tuple[Json, Json]:
    """The table and the request of one seed."""
    rng = random.Random(f"{method}-{seed}")
    table, claim = MAKERS[method](rng)
    windows_and_stacking(rng, table, claim)
    if method != "LOAN_INTEREST":
        slips(rng, table, claim)
    return table, claim
