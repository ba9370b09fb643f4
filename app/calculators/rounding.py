"""Rounding once, where the table says, and spreading back to the fen (D47-D52)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from app.calculators import money
from app.calculators.caps import amount_text
from app.calculators.items import Amount, Atom, Case, ItemWork
from app.calculators.results import Step
from app.calculators.steps import rounded


def round_items(case: Case, works: Sequence[ItemWork]) -> None:
    """Round each item × line × year once (D47); where drawdowns are separated, spread the rounded amount."""
    for one in works:
        groups: dict[tuple[str, int | None], list[Atom]] = {}
        for atom in one.atoms:
            groups.setdefault((atom.line.id, atom.year), []).append(atom)
        for atoms in groups.values():
            if case.terms.rounding.scope == "TOTAL":
                for atom in atoms:
                    atom.amount = atom.exact
                continue
            if len(atoms) == 1:
                atoms[0].amount = rounded(case, atoms[0].line, atoms[0].exact)
                continue
            amount = rounded(case, atoms[0].line, sum((atom.exact for atom in atoms), Fraction(0)))
            ordered = sorted(atoms, key=lambda atom: atom.order)
            shares = money.spread(amount, [atom.exact for atom in ordered])
            for atom, share in zip(ordered, shares, strict=True):
                atom.amount = share


def spread_segments(case: Case, works: Sequence[ItemWork]) -> None:
    """Displayed segment amounts add up to the item's amount before caps (D52)."""
    for one in works:
        if not one.segments:
            continue
        total = money.round_half_up(sum([atom.amount for atom in one.atoms]))
        shares = money.spread(total, one.weights)
        for segment, share in zip(one.segments, shares, strict=True):
            segment["amount"] = money.yuan(share)


def total_of(case: Case, works: Sequence[ItemWork], atoms: list[Atom], steps: list[Step]) -> Amount:
    """The sum of the items; with scope TOTAL it is rounded here, once, and spread back (D50).

    Where a coarser unit follows, it stays exact until then: 44,999.9967 is not 4.5万 and so not 5万.
    """
    exact = sum([atom.amount for atom in atoms])
    rounding = None
    total: Amount = exact if case.terms.rounding.unit != 1 else 0
    parts = [amount_text(sum([atom.amount for atom in one.atoms])) for one in works if one.atoms]
    if case.terms.rounding.scope == "TOTAL" and case.terms.rounding.unit == 1:
        mode = _mode(case, atoms)
        total = money.round_to(exact, 1, mode)
        rounding = f"{mode} 0.01"
        ordered = sorted(atoms, key=lambda atom: atom.order)
        exact_amounts = [atom.amount for atom in ordered]
        # Fen that rounding up adds may not lift an atom above the limit of a cap, which is whole fen.
        most = [money.round_up(amount) for amount in exact_amounts]
        shares = money.spread(total, exact_amounts, most)
        for atom, share in zip(ordered, shares, strict=True):
            atom.amount = share
    elif case.terms.rounding.scope == "ITEM":
        total = int(exact)
    steps.append(
        Step(
            0,
            "total",
            case.say("STEP_TOTAL"),
            case.say("FORMULA_TOTAL"),
            " + ".join(parts) or "0",
            amount_text(total),
            "元",
            rounding,
            None,
            None,
        )
    )
    return total


def _mode(case: Case, atoms: Sequence[Atom]) -> str:
    """How a total is rounded: as the table says, else down as soon as one earning line is a ceiling."""
    ceiling = any(atom.line.wording == "CEILING" for atom in atoms if atom.exact)
    return case.terms.rounding.mode or ("DOWN" if ceiling else "HALF_UP")


def to_unit(case: Case, atoms: list[Atom], total: Amount, steps: list[Step]) -> int:
    """A coarser unit comes last, after every cap and top-up (D51)."""
    unit = case.terms.rounding.unit
    mode = _mode(case, atoms)
    final = money.round_to(total, unit, mode)
    ordered = sorted(atoms, key=lambda atom: atom.order)
    if ordered and total:
        shares = money.spread(final, [atom.amount for atom in ordered])
        for atom, share in zip(ordered, shares, strict=True):
            atom.amount = share
    steps.append(
        Step(
            0,
            "unit",
            case.say("STEP_UNIT"),
            case.say("FORMULA_UNIT", unit=money.yuan(unit)),
            amount_text(total),
            money.yuan(final),
            "元",
            f"{mode} {money.yuan(unit)}",
            None,
            None,
        )
    )
    return final
