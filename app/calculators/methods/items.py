"""Awards (奖励) and grants on items: a share of a base, fixed amounts, ladders, bands (DOMAIN §5)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.calculators.claims.errors import FactsError, Fault
from app.calculators.claims.model import Item
from app.calculators.expressions import nodes as ex
from app.calculators.loans.line_rates import not_loaded
from app.calculators.methods.after_application import happens_later
from app.calculators.quantities import money
from app.calculators.results.working import NOTHING, Most, Operation, Part, Product, Sum, WorkedStep, operand, worked
from app.calculators.stages.cap_accounts import keys_of
from app.calculators.stages.codes import check_category
from app.calculators.stages.context import Atom, Case, ItemId, ItemWork, choose_lines, meets, refuse_requirement
from app.calculators.stages.item_step import item_step
from app.calculators.stages.scope import Scope, read_measures, yuan_value
from app.calculators.stages.windows import beyond_term, outside_window
from app.calculators.terms.builtins import BUILT_IN
from app.calculators.terms.model import UNKNOWN, Bands, Line
from app.calculators.wording.phrases import title

MONEY_FIELDS = {name for name, fact in BUILT_IN["ITEMS"].items() if fact.type == ex.MONEY}


def work(case: Case) -> list[ItemWork]:
    """One ItemWork for each item, in order of its id. Errors: FactsError, NotComputable."""
    faults: list[Fault] = []
    works = []
    for index, item in sorted(enumerate(case.claim.items or ()), key=lambda pair: pair[1].item_id):
        scope = item_scope(case, item, index, faults)
        works.append(ItemWork(ItemId(item.item_id), index, scope, project_id=item.project_id))
    if faults:
        raise FactsError(faults)
    for one in works:
        item = (case.claim.items or ())[one.index]
        own = {
            "item_id": item.item_id,
            "category": item.category,
            "product_id": item.product_id,
            "project_id": item.project_id,
        }
        price_item(case, one, own)
    return works


def item_scope(case: Case, item: Item, index: int, faults: list[Fault]) -> Scope:
    pointer = f"/items/{index}"
    values: dict[str, Any] = read_measures(item.measures, case.rules.measures["ITEM"], pointer, faults)
    for name, fact in BUILT_IN["ITEMS"].items():
        if hasattr(item, name):
            value = getattr(item, name)
            values[name] = yuan_value(value) if fact.type == ex.MONEY else value
    faults += check_category(item.category, f"{pointer}/category", case.terms)
    if item.base_amount is not None:
        for part in ("vat", "hardware", "related_party_amount"):
            if values[part] is not None and values[part] > values["base_amount"]:
                zh, en = f"部分金额大于{title('base_amount', case.rules.spoken).zh}", "the part exceeds base_amount"
                faults.append(Fault(f"{pointer}/{part}", "PART_ABOVE_WHOLE", zh, en))
    return Scope(values, pointer, case.applicant)


def price_item(case: Case, one: ItemWork, own: dict[str, str | None]) -> None:
    """Windows, requirements, line and amount of an item; a reason wherever it earns nothing."""
    late = happens_later(case, one.scope, one.id)
    for kind in ("event", "contract", "completion"):
        if outside_window(case, kind, one.scope, one.id):
            return
    if late or beyond_term(case, one.scope, one.id):
        return
    ok = True
    for requirement in case.terms.require:
        if not requirement.totals and requirement.level != "APPLICANT" and not ex.evaluate(requirement.that, one.scope.of):
            refuse_requirement(case, requirement, one.id)
            ok = False
    if not ok:
        return
    holding = choose_lines(case, one.scope.of)
    if not holding:
        case.refuse("NO_LINE_APPLIES", None, one.id, None, id=one.id)
        return
    priced = [
        (line, *line_amount(case, line, one.base_scope or one.scope, one.id)) for line in holding if meets(case, line, one.scope.of, one.id)
    ]
    if not priced:
        return
    best = priced[0]
    for other in priced[1:]:
        if other[1] > best[1]:
            best = other
    line, exact, step = best
    one.atoms.append(
        Atom(
            item=one.id,
            line=line,
            year=None,
            drawdown_no="",
            keys=keys_of(case, own | {"line": line.id}, one.scope),
            scope=one.scope,
            exact=exact,
            step=step,
        )
    )
    one.steps.append(step)


def line_amount(case: Case, line: Line, scope: Scope, item: ItemId, factor: Fraction = Fraction(1)) -> tuple[Fraction, WorkedStep]:
    """What one line pays for one item, exact fen, and its step. Errors: NotComputable, FactsError."""
    if line.rate is UNKNOWN or line.amount is UNKNOWN:
        raise not_loaded(line, scope.pointer)
    if line.bands is not None:
        total, parts = _banded(case, line.bands, scope)
        return total * 100, item_step(case, item, line, formula="FORMULA_BANDS", working=Sum(parts), exact=total * 100)
    nodes: list[Any] = [line.amount] if line.amount is not None else [line.base, line.rate]
    values = [Fraction(ex.evaluate(node, scope.of)) for node in nodes]
    exact = factor * 100
    for value in values:
        exact *= max(Fraction(0), value)
    fixed = isinstance(nodes[0], ex.Number) and len(nodes) == 1
    working = _product(case, nodes, values, factor, scope)
    return exact, item_step(case, item, line, formula="FORMULA_FIXED" if fixed else nodes, working=working, exact=exact)


def _product(case: Case, nodes: Sequence[Any], values: Sequence[Fraction], factor: Fraction, scope: Scope) -> Operation:
    """The factors of a line's amount; nothing where one is below zero."""
    factors = [worked(node, scope.of, case.terms.types, scope.pointer) for node in nodes]
    below = [no for no, value in enumerate(values) if value < 0]
    if len(below) > 1:  # two of them are no gain
        factors = [Most([NOTHING, one]) for one in factors]
    if factor != 1:
        factors.append(Part(factor.numerator, factor.denominator))
    product = Product(factors)
    return Most([NOTHING, product]) if len(below) == 1 else product


def _banded(case: Case, bands: Bands, scope: Scope) -> tuple[Fraction, list[Operation]]:
    """Each band pays its own part of the stretch from ``after`` to ``after`` + amount (D34), in 元."""
    amount = Fraction(ex.evaluate(bands.of, scope.of))
    start = Fraction(ex.evaluate(bands.after, scope.of)) if bands.after is not None else Fraction(0)
    end = start + amount
    lower = Fraction(0)
    total = Fraction(0)
    parts: list[Operation] = []
    for band in bands.pay:
        upper = end if band.up_to is None else min(end, band.up_to)
        part = max(Fraction(0), upper - max(start, lower))
        node: Any = band.amount if band.amount is not None else band.rate
        if part:
            total += part * Fraction(ex.evaluate(node, scope.of))
            inside = operand(part, ex.MONEY if band.rate is not None else ex.QUANTITY)
            parts.append(Product([inside, worked(node, scope.of, case.terms.types, scope.pointer)]))
        if band.up_to is not None:
            lower = band.up_to
    return total, parts


def money_fen(text: str | None) -> int:
    """元 text as fen; nothing is zero."""
    return 0 if text is None else money.fen(text)
