"""Facts that meet a condition of a table: the first guess of a claim that earns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from operator import eq, ge, gt, le, lt
from random import Random
from typing import Any

from app.calculators.expressions import nodes as ex
from app.calculators.terms import builtins as nm
from app.calculators.terms.model import Terms

Guess = dict[str, Any]
"""Facts by the names under which expressions read them; ``statuses`` holds codes."""


class Unreadable(LookupError):
    """The other side of a comparison reads something that is not guessed yet."""


def meet(node: ex.Node, want: bool, guess: Guess, rng: Random, terms: Terms) -> None:
    """Change the guess so that a condition holds, or does not; what cannot be guessed is left to the next try."""
    match node:
        case ex.Name(name):
            guess[name] = want
        case ex.Not(part):
            meet(part, not want, guess, rng, terms)
        case ex.Logic(op, parts):
            for part in parts if (op == "and") is want else (rng.choice(parts),):
                meet(part, want, guess, rng, terms)
        case ex.Member(ex.Name(name), tuple() as codes):
            others = [one for one in _codes(name, terms) if one not in codes]
            if (guess.get(name) in codes) is not want:
                guess[name] = rng.choice(codes if want else others or ["OTHER"])
        case ex.Member(ex.Code(code), ex.Name(name)):
            kept = [one for one in guess.get(name, []) if one != code]
            guess[name] = [*kept, code] if want else kept
        case ex.Call("status"):
            kept = [one for one in guess.get("statuses", []) if one != node.key[1]]
            guess["statuses"] = [*kept, node.key[1]] if want else kept
        case ex.Compare(op, left, right):
            _compare(op if want else _CONTRARY[op], left, right, guess, rng, terms)
        case _:
            pass


_CONTRARY = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


def _codes(name: str, terms: Terms) -> list[str]:
    measure = terms.needs.get(name)
    if measure is not None and measure.values is not None:
        return list(measure.values)
    return [*nm.LOAN_TYPES] if name == "loan_type" else [*terms.codes.get(name, ())]


def _compare(op: str, left: ex.Node, right: ex.Node, guess: Guess, rng: Random, terms: Terms) -> None:
    if not ex.facts_in(left) or (isinstance(right, ex.Name) and not isinstance(left, ex.Name)):
        left, right, op = right, left, ex.MIRRORED.get(op, op)
    names = sorted(ex.reads(left))
    if not names:
        return
    if isinstance(right, ex.Code):
        guess[names[0]] = right.value if op == "==" else next((one for one in _codes(names[0], terms) if one != right.value), "OTHER")
        return
    try:
        value = ex.evaluate(right, lambda key: _known(key, guess))
    except Unreadable:
        return
    if isinstance(value, date):
        days = {">": 1, ">=": rng.choice([0, 30, 200]), "<": -1, "<=": -rng.choice([0, 30, 200])}.get(op, 0)
        if isinstance(left, ex.Name) and not _holds(op, guess.get(names[0]), value):
            guess[names[0]] = value + timedelta(days=days)
        return
    factor = {">": rng.choice([Fraction(11, 10), Fraction(2)]), ">=": rng.choice([Fraction(1), Fraction(3, 2)]), "<": Fraction(1, 2), "<=": Fraction(1)}
    within = [one for one in names if isinstance(guess.get(one), Fraction | int)] or names
    name = within[0] if isinstance(left, ex.Name) else rng.choice(within)
    target = value * factor.get(op, Fraction(1))
    guess[name] = target if isinstance(left, ex.Name) else target * rng.choice([2, 4]) + 100


def _holds(op: str, guessed: Any, value: date) -> bool:
    """Whether a day that another condition led to meets this one, too: of a period, its other end."""
    return isinstance(guessed, date) and {">=": ge, ">": gt, "<=": le, "<": lt}.get(op, eq)(guessed, value)


def _known(key: Any, guess: Mapping[str, Any]) -> Any:
    found = guess.get(key) if isinstance(key, str) else None
    if found is None:
        raise Unreadable
    return found
