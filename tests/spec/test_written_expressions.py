"""An expression in the words of the table has the brackets that its meaning needs, and no others."""

from __future__ import annotations

import pytest

from app.calculators.expressions.nodes import Code, Compare, Logic, Member, Name, Node, Not, plain

A, B = Name("a"), Name("b")
MORE, AMONG = Compare(">", A, B), Member(A, ("X", "Y"))

WRITTEN = [
    (Not(A), "not a"),
    (Not(MORE), "not a > b"),
    (Not(AMONG), "not a in [X, Y]"),
    (Not(Member(Code("X"), B)), "not X in b"),
    (Not(Not(A)), "not (not a)"),
    (Not(Logic("and", (A, B))), "not (a and b)"),
    (Logic("and", (Not(A), MORE)), "not a and a > b"),
    (Logic("or", (Logic("and", (A, B)), A)), "a and b or a"),
    (Logic("and", (Logic("or", (A, B)), A)), "(a or b) and a"),
    (Logic("and", (MORE, AMONG)), "a > b and a in [X, Y]"),
]


@pytest.mark.parametrize(("node", "text"), WRITTEN, ids=[text for _, text in WRITTEN])
def test_brackets_stand_where_they_are_needed(node: Node, text: str) -> None:
    assert plain(node) == text
