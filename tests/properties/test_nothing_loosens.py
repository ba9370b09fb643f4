"""No fact loosens an amount by being absent, late or spelled otherwise, unless the answer says so.

A sample of the search over all tables and fields (``make search`` tries everything): of every table some claims that earn, of each
claim some variants. ``tests/search/statements.py`` lists the facts whose absence is itself a statement.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from tests.search.bases import Base, bases
from tests.search.judge import ask, raised, says_more
from tests.search.looking import Search, look, search
from tests.search.model import everything, name_of
from tests.search.statements import STATED, STATEMENTS, fact_of
from tests.search.tables import Loaded, loaded
from tests.search.variants import KINDS, SPELLINGS, UNSEEN, Variant, variants

PARTS = 8
SEED = 8


def told(done: Search) -> str:
    return "\n".join(one.told() for one in done.findings[:5])


@pytest.mark.parametrize("part", range(PARTS))
def test_no_variant_of_a_claim_earns_more_without_a_word(part: int) -> None:
    done = Search()
    for one in loaded()[part::PARTS]:
        done.add(search(one, sample=12, share=0.15, seed=SEED))
    assert done.unearned == [], "every table has a claim that earns"
    assert done.findings == [], told(done)
    assert done.tried.total() > 200


@cache
def starts(table: str) -> list[Base]:
    return bases(of(table))


def of(table: str) -> Loaded:
    return next(one for one in loaded() if one.table.id == table)


def test_spellings_dates_and_absences_are_really_tried() -> None:
    """A claim with one policy: each kind of variant is made of it, and what a variant is called is what it does."""
    launch = of("bj-gjj-2025-1-11")
    base = next(one for one in starts(launch.table.id) if one.name.endswith("granted"))
    made = list(variants(base.body, launch.rules(date.fromisoformat(base.body["application_date"])).measures))
    assert {one.kind for one in made} >= set(KINDS) - {"rate"}
    units = {one.how.rsplit(" ", 2)[-1]: one.body["policies"][0]["unit_id"] for one in made if one.field == "policies[].unit_id"}
    assert len(units) >= 5
    assert all(one.body != base.body for one in made)
    spelled = [one for one in made if one.field == "policies[].unit_id" and one.kind in {"respell", "unseen"}]
    assert len(spelled) == 2 * (len(SPELLINGS) + len(UNSEEN)), "each policy alone, in every spelling"
    late = [one for one in made if one.kind == "post-date" and one.field == "policies[].launched_on"]
    assert late and all(max(row["launched_on"] for row in one.body["policies"]) > base.body["application_date"] for one in late)


def test_the_search_finds_a_limit_that_is_loosened() -> None:
    """Another unit is another account: were an engine to take a spelling for another unit, the search would see this."""
    launch = of("bj-gjj-2025-1-11")
    base = next(one for one in starts(launch.table.id) if one.name.endswith("two"))
    policies = base.body["policies"]
    apart = {**base.body, "policies": [policies[0], {**policies[1], "unit_id": "another"}]}
    answer = ask(apart, launch.kind)
    assert raised(base.answer, answer) == "amount"
    assert not says_more(base.answer, answer)


def test_every_field_of_the_model_has_a_name_of_its_own() -> None:
    names = list(everything())
    assert len(names) == len(set(names)) > 70
    assert name_of(("contracts", 0, "drawdowns", 3, "on")) == "contracts[].drawdowns[].on"


@pytest.mark.parametrize("stated", STATEMENTS, ids=" ".join)
def test_each_statement_by_absence_is_still_needed(stated: tuple[str, str]) -> None:
    """Some variant raises an amount by it without a word; an entry that none needs is taken out of the list."""
    verb, fact = stated
    witness = STATEMENTS[stated].witness

    def only(one: Variant) -> bool:
        return STATED.get(one.kind) == verb and fact_of(one.field) == fact

    done = Search()
    for base in starts(witness):
        look(of(witness), base, done, only=only)
        if done.stated[stated]:
            break
    assert done.stated[stated] > 0
