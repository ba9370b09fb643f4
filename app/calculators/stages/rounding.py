"""Rounding once, where the table says, and spreading back to the fen (D47-D52)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from app.calculators.quantities import money
from app.calculators.results.working import Amount, Money, Rounding, Said, Share, StepValue, Sum, WorkedStep
from app.calculators.stages.caps import together
from app.calculators.stages.context import Atom, Case, ItemWork, Spent
from app.calculators.stages.item_step import rounded

Limit = tuple[list[int], int, int]  # places of atoms, room in fen, what stands in it


def round_items(case: Case, works: Sequence[ItemWork]) -> None:
    """Round each item × line × year once (D47); where drawdowns are separated, spread the rounded amount."""
    for one in works:
        groups: dict[tuple[str, int | None], list[Atom]] = {}
        for atom in one.atoms:
            groups.setdefault((atom.line.id, atom.year), []).append(atom)
        for atoms in groups.values():
            exact = case.terms.rounding.scope == "TOTAL"
            if len(atoms) == 1:
                (atom,) = atoms
                atom.amount = atom.exact if exact else rounded(case, atom.line, atom.exact)
                atom.origin = StepValue(atom.step)
                continue
            ordered = sorted(atoms, key=lambda atom: atom.order)
            weights = tuple(atom.exact for atom in ordered)
            amount: Amount = sum(weights, Fraction(0))
            shares: Sequence[Amount] = weights
            if not exact:
                amount = rounded(case, atoms[0].line, Fraction(amount))
                shares = money.spread(amount, weights)
            for place, (atom, share) in enumerate(zip(ordered, shares, strict=True)):
                atom.amount, atom.origin = share, Share(of=StepValue(atom.step), total=amount, weights=weights, place=place, exact=exact)


def before_caps(case: Case, works: Sequence[ItemWork], atoms: Sequence[Atom]) -> None:
    """What each item earns before caps, in fen; where only the total is rounded, a spread of the rounded total (D93)."""
    exact = [sum([atom.amount for atom in one.atoms]) for one in works]
    if case.terms.rounding.scope == "TOTAL":
        case.mode = _mode(case, atoms)
        exact = _whole(money.round_to(sum(exact), 1, case.mode), exact)
    for one, amount in zip(works, exact, strict=True):
        one.before = amount


def _whole(total: int, exact: Sequence[Amount]) -> list[Amount]:
    """A rounded total over amounts of which none passes its own fen rounded up."""
    if not total:
        return [0 for _ in exact]
    shares = money.spread_within(total, exact, [], [money.round_up(amount) for amount in exact])
    assert shares is not None, "rounded up one by one, amounts are together at least their rounded sum"
    return list(shares)


def spread_segments(case: Case, works: Sequence[ItemWork]) -> None:
    """Displayed segment amounts add up to the item's amount before caps (D52)."""
    for one in works:
        if not one.segments:
            continue
        shares = money.spread(int(one.before), one.weights)
        for segment, share in zip(one.segments, shares, strict=True):
            segment["amount"] = money.yuan(share)


def total_of(case: Case, works: Sequence[ItemWork], atoms: list[Atom], steps: list[WorkedStep]) -> Amount:
    """The sum of the items; with scope TOTAL it is rounded here, once, and spread back (D50).

    Where a coarser unit follows, it stays exact until then: 44,999.9967 is not 4.5万 and so not 5万.
    """
    exact = sum([atom.amount for atom in atoms])
    rounding: Rounding | None = None
    total: Amount = exact if case.terms.rounding.unit != 1 else 0
    parts = [Money(sum([atom.amount for atom in one.atoms]), together(one.atoms)) for one in works if one.atoms]
    if case.terms.rounding.scope == "TOTAL" and case.terms.rounding.unit == 1:
        total, mode = _settle(case, atoms, money.round_to(exact, 1, case.mode), 1)
        case.spend(atoms, "LESS_THAN_A_FEN", None)
        rounding = Rounding(mode, 1)
    elif case.terms.rounding.scope == "ITEM":
        total = int(exact)
    steps.append(
        WorkedStep(
            id="total",
            label=Said("STEP_TOTAL", {}),
            formula=Said("FORMULA_TOTAL", {}),
            working=Sum(parts),
            value=Money(total),
            clause=None,
            rounding=rounding,
        )
    )
    return total


def _mode(case: Case, atoms: Sequence[Atom]) -> str:
    """How a total is rounded: as the table says, else down as soon as one earning line is a ceiling."""
    ceiling = any(atom.line.wording == "CEILING" for atom in atoms if atom.exact)
    return case.terms.rounding.mode or ("DOWN" if ceiling else "HALF_UP")


def to_unit(case: Case, atoms: list[Atom], total: Amount, steps: list[WorkedStep]) -> int:
    """A coarser unit comes last, after every cap and top-up (D51)."""
    unit = case.terms.rounding.unit
    case.mode = _mode(case, atoms)
    final, mode = _settle(case, atoms, money.round_to(total, unit, case.mode), unit)
    case.spend(atoms, "LESS_THAN_THE_UNIT", None, money.yuan(unit))
    steps.append(
        WorkedStep(
            id="unit",
            label=Said("STEP_UNIT", {}),
            formula=Said("FORMULA_UNIT", {"unit": money.yuan(unit)}),
            working=Money(total, StepValue(steps[-1])),
            value=Money(final),
            clause=None,
            rounding=Rounding(mode, unit),
        )
    )
    return final


def _settle(case: Case, atoms: Sequence[Atom], final: int, unit: int) -> tuple[int, str]:
    """Spread a rounded total over the atoms; answer it, and how it was rounded.

    Nothing that rounds passes a limit: where an account of a cap, or a contract's interest, would be passed after spreading,
    the total takes the next lower unit (D92).
    """
    ordered = sorted(atoms, key=lambda atom: atom.order)
    weights = [atom.amount for atom in ordered]
    exact = sum(weights)
    if not exact:
        return 0, case.mode
    rounded_to = final
    if final <= exact and all(isinstance(weight, int) for weight in weights):  # no part passes its weight
        shares = money.spread(final, weights)
    else:
        most = [money.round_up(weight) for weight in weights]
        limits = _limits(case, ordered)
        if unit == 1:  # a fen that rounding adds goes where no limit forbids it (D50)
            within = [(members, max(room, stands)) for members, room, stands in limits]
            while (found := money.spread_within(final, weights, within, most)) is None:
                final -= 1
            shares = found
        else:
            shares = money.spread(final, weights)
            while _passes(shares, limits, up=final > exact):
                final -= unit
                shares = money.spread(final, weights)
    for atom, share in zip(ordered, shares, strict=True):
        atom.amount = share
    return final, "DOWN" if final < rounded_to else case.mode


def _limits(case: Case, ordered: Sequence[Atom]) -> list[Limit]:
    """Of each account the places of its atoms, its room less what is topped up, and what stands in it before rounding."""
    places = {id(atom): no for no, atom in enumerate(ordered)}
    found = []
    for account in case.accounts:
        members = [places[id(atom)] for atom in account.members if id(atom) in places]
        stands = money.round_up(sum([ordered[no].amount for no in members]))
        found.append((members, account.room - account.topped, stands))
    return found


def _passes(shares: Sequence[int], limits: Sequence[Limit], *, up: bool) -> bool:
    """Whether a spread passes a limit; one that was passed before already, by earlier grants, only stops rounding up."""
    spent = [(sum([shares[no] for no in members]), room, stands) for members, room, stands in limits]
    return any(most > room and (up or most > stands) for most, room, stands in spent)


def say_why_nothing(case: Case, works: Sequence[ItemWork]) -> None:
    """An item that earned something and is paid nothing has a reason: what took its last fen (D82)."""
    for one in works:
        if any(atom.amount for atom in one.atoms) or not any(atom.exact for atom in one.atoms):
            continue
        for spent in dict.fromkeys(atom.spent or Spent("LESS_THAN_A_FEN", None) for atom in one.atoms if atom.exact):
            if spent.code != "NOTHING_TO_TOP_UP":  # that is told of the whole claim
                case.refuse(spent.code, spent.clause, one.id, None, id=one.id, what=spent.what)
