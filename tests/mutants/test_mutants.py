"""The maker of mutants makes each kind, and the list of survivors names mutants that there are."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from tests.mutants.making import all_mutants, mutated, path_of, sample, sites
from tests.mutants.survivors import KINDS, listed

CHANGES = [
    ("a < b", {"a < b -> a <= b"}),
    ("a >= b", {"a >= b -> a > b"}),
    ("a < b <= c", {"a < b <= c -> a <= b <= c", "a < b <= c -> a < b < c"}),
    ("a == b", {"a == b -> a != b"}),
    ("a + b", {"a + b -> a - b"}),
    ("'text' + b", set()),
    ("a - b", {"a - b -> a + b"}),
    ("a * b", {"a * b -> a + b"}),
    ("a / b", {"a / b -> a * b"}),
    ("a and b", {"a and b -> a or b"}),
    ("not a", {"not a -> a"}),
    ("x = min(a, b)", {"min(a, b) -> max(a, b)"}),
    ("x = 7", {"7 -> 8", "7 -> 6"}),
    ("x = True", {"True -> False"}),
    ("x = f(a, b)", {"f(a, b) -> f(b, a)"}),
    ("x = f(a, a)", set()),
    ("x = f('甲', 'a')", set()),
    ("found.append(a)", {"found.append(a) -> pass"}),
    ("while a:\n    continue", {"continue -> break"}),
    ("while a:\n    break", {"break -> continue"}),
    ("def f():\n    if a:\n        return b\n    return c", {"return b -> pass"}),
    ("if a:\n    raise b(1)", {"raise b(1) -> pass"}),
    ("def f(a: Literal[1]) -> Literal[2]:\n    'says 3'", set()),
    ("@cache(4)\ndef f():\n    assert a < b", set()),
]


@pytest.mark.parametrize(("source", "expected"), CHANGES)
def test_what_is_changed(source: str, expected: set[str]) -> None:
    assert {site.change for site in sites(ast.parse(source))} == expected


def test_a_mutant_is_its_module_with_that_one_change() -> None:
    chosen = sample(all_mutants("app/calculators/loans"), 20, 1)
    assert len(chosen) == 20
    for one in chosen:
        before = ast.unparse(ast.parse(path_of(one.module).read_text(encoding="utf-8"))).splitlines()
        after = ast.unparse(mutated(one.module, one.no)).splitlines()
        assert before != after
        compile(mutated(one.module, one.no), one.module, "exec")


def test_each_has_a_name_of_its_own() -> None:
    names = Counter(one.name for one in all_mutants())
    assert len(names) > 5000
    assert [name for name, count in names.items() if count > 1] == []


def test_a_sample_is_the_same_for_a_seed_and_spread_by_size() -> None:
    found = all_mutants()
    assert sample(found, 300, 5) == sample(found, 300, 5) != sample(found, 300, 6)
    sizes = Counter(one.module for one in found)
    counts = Counter(one.module for one in sample(found, 300, 5))
    assert counts.total() == 300
    share = 300 / len(found)
    wrong = {module: counts[module] for module, size in sizes.items() if abs(counts[module] - size * share) > 1}
    assert wrong == {}


def test_every_listed_survivor_is_a_mutant_that_there_is_and_has_a_reason() -> None:
    names = {one.name for one in all_mutants()}
    known = listed()
    assert sorted(set(known) - names) == []
    assert {one.kind for one in known.values()} <= set(KINDS)
    assert [name for name, one in known.items() if len(one.reason) < 15] == []
