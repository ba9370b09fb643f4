"""What separates the accounts of a cap: facts compared in normal form, and required of whatever earns (D67, D68, D70)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.calculators.claims import model as facts
from app.calculators.claims.errors import FactsError, Fault
from app.calculators.claims.spelling import normal
from app.calculators.expressions.nodes import MissingFact
from app.calculators.stages.context import Case, ItemId
from app.calculators.stages.scope import Scope
from app.calculators.terms import builtins as nm
from app.calculators.terms.cap_periods import account
from app.calculators.terms.model import Cap

AccountKey = tuple[str | None, ...]
Keys = Mapping[str, str]

ROWS: Mapping[str, Any] = {"CONTRACTS": facts.Contract, "POLICIES": facts.Policy, "ITEMS": facts.Item, "PROJECTS": facts.Project}


def keys_of(case: Case, own: Mapping[str, str | None], scope: Scope) -> dict[str, str]:
    """What separates accounts, as sent, by the names that earlier grants use. What was not sent is left out."""
    found = {name: value for name, value in own.items() if value is not None}
    for name in case.rules.key_names:
        if name not in found:
            try:
                found[name] = str(scope.of(name))
            except MissingFact:  # asked for by the caps that need it, of what earns
                continue
    return found


def account_key(cap: Cap, keys: Keys) -> AccountKey:
    """The account to which these keys belong, in normal form; None for what was not sent."""
    return tuple([normal(keys[name]) if name in keys else None for name in cap.keys])


def shown_key(case: Case, cap: Cap, keys: Keys) -> tuple[str, ...]:
    """How an account is called in the answer: its keys as sent; a lender only where the number alone is not enough."""
    shown = [keys.get(part if (row := account(part)) is None else row.key, "") for part in cap.per]
    if "DRAWDOWN" in cap.per and "CONTRACT" not in cap.per:
        shown.append(keys["contract_no"])
    if "LENDER" not in cap.per and "lender" in cap.keys and normal(keys["contract_no"]) in case.shared_numbers:
        shown.append(keys["lender"])
    return tuple(shown)


def contract_name(case: Case, contract: ItemId) -> str:
    """A contract's number as sent, with its lender where two share the number (D70)."""
    return f"{contract.text} {contract.lender}" if normal(contract.text) in case.shared_numbers else contract.text


def title_of(case: Case, name: str) -> str:
    """The Chinese title of a fact that separates accounts."""
    measure = case.rules.needs.get(name)
    if measure is not None:
        return measure.title
    kind = str(case.terms.facts)
    fact = nm.BUILT_IN[kind].get(name)
    if fact is not None:
        return case.terms.titles.get(name, fact.zh)
    declared = ROWS[kind].__dataclass_fields__.get(name)
    return name if declared is None else str(declared.metadata["title"])


def _place(case: Case, scope: Scope, name: str) -> str:
    """The pointer of a fact that was not sent: of the item, its drawdown or the applicant."""
    measure = case.rules.needs.get(name)
    while scope.around is not None and scope.around.around is not None and (measure is None or measure.of != "DRAWDOWN"):
        scope = scope.around
    if measure is None or name in nm.BUILT_IN[str(case.terms.facts)]:
        return f"{scope.pointer}/{name}"
    return f"{'/applicant' if measure.of == 'APPLICANT' else scope.pointer}/measures/{name}"


class Under(NamedTuple):
    """One item, or one drawdown of it, that a cap bounds."""

    item: ItemId
    drawdown_no: str
    scope: Scope
    key: AccountKey


def ask_for_keys(case: Case, cap: Cap, under: Sequence[Under], *, touched: bool) -> bool:
    """Ask whatever a cap bounds for the facts that separate its accounts (D68); whether one is missing for good.

    A fault, gathered with all others of its kind; only a warning where nothing else could share the account: there is one
    item under the cap (or one drawdown, where a drawdown carries the fact), and no earlier grant that the cap reads (``touched``).
    """
    asked = False
    told = {fault.pointer for fault in case.faults}
    for place, name in enumerate(cap.keys):
        lacking = [one for one in under if one.key[place] is None]
        if not lacking:
            continue
        measure = case.rules.needs.get(name)
        of_drawdown = measure is not None and measure.of == "DRAWDOWN"
        alone = not touched and len({(one.item, one.drawdown_no if of_drawdown else "") for one in under}) == 1
        asked = asked or not alone
        title = title_of(case, name)
        for one in lacking:
            where = _place(case, one.scope, name)
            if alone:
                case.warn("CAP_FACT_MISSING", where, what=title if case.language == "zh" else name, clause=cap.clause)
            else:
                zh, en = f"限额按此事实分别计算，须给出: {title}（{cap.clause}）", f"a cap separates accounts by it: {name} ({cap.clause})"
                if where not in told:
                    told.add(where)
                    case.faults.append(Fault(where, "FACT_REQUIRED", zh, en))
    return asked


def shared_numbers(claim: facts.Claim) -> frozenset[str]:
    """Contract numbers, in normal form, that two lenders of the claim share (D70)."""
    contracts = claim.contracts or ()
    if len(contracts) < 2:
        return frozenset()
    seen: set[str] = set()
    return frozenset(number for number in map(normal, (one.contract_no for one in contracts)) if number in seen or seen.add(number))  # type: ignore[func-returns-value]


def missing_keys(cap: Cap, given: Keys, shared: frozenset[str]) -> Iterator[str]:
    """The names of a cap's keys that an earlier grant does not give; a lender only where the number alone is not enough."""
    for name in cap.keys:
        if name in given or name == "line":
            continue
        if name == "lender" and "LENDER" not in cap.per and given.get("contract_no") not in shared:
            continue
        yield name


def ambiguous(cap: Cap) -> FactsError:
    """The error where one account's limit reads facts on which its members differ."""
    return FactsError(
        [
            Fault(
                "",
                "CAP_FACT_AMBIGUOUS",
                f"同一限额账户内的事实不一致，无法确定限额：{cap.clause}",
                f"facts differ within one cap account, so that its limit is not determined: {cap.clause}",
            )
        ]
    )
