"""Grants on projects (and awards on projects), naively (D53, D55, D56)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

from tests.oracle.accounts import Json, Situation, in_window, inside_term, terms_of, yuan
from tests.oracle.language import RefusedError, evaluate, money
from tests.oracle.single_amounts import code_keys, fact_value, is_inside_windows, on, settle


def default_other_funding(table: Json) -> str:
    """D103: other money is left alone unless the clause takes it off; versions published before December 2026 take it off."""
    published_at = datetime.fromisoformat(table.get("published_at", "2020-01-01T00:00:00+00:00"))
    return "IGNORED" if published_at >= datetime(2026, 12, 1, tzinfo=timezone(timedelta(hours=8))) else "FROM_AMOUNT"


def say_other_funding(case: Situation, kind: str, projects: dict[str, Json]) -> None:
    """D99, D103: other money that is not stated where it is read, or stated where it is not, with the sum of it."""
    stated = [project.get("other_fiscal_funding") for project in projects.values()]
    if kind != "IGNORED" and None in stated:
        case.said.warnings.add("OTHER_FUNDING_NOT_STATED")
    if kind == "IGNORED" and (whole := sum(money(each) for each in stated if each)):
        case.said.messages.add(yuan(whole))


def expected(table: Json, request: Json, series: Json) -> Json:
    if table["terms"]["facts"] == "ITEMS":
        from tests.oracle import award

        return award.expected(table, request, series)
    case = Situation(table, request, series)
    projects = {p["project_id"]: p for p in request["projects"]}
    admit = case.terms.get("admit", {})

    def admitted(project: Json) -> Fraction:
        """元 of investment that the table admits inside its window, at most what was accepted."""
        total = counted(project)
        if project.get("accepted_investment") is not None:
            total = min(total, Fraction(project["accepted_investment"]))
        return total

    def counted(project: Json, category: str | None = None, *, late: bool = False) -> Fraction:
        """What is admitted, of one category or of all, before acceptance; ``late``: of it what was paid after the application."""
        total = Fraction(0)
        for each in project["investments"]:
            if category is not None and each["category"] != category:
                continue
            if late and (each.get("paid_on") or "") <= request["application_date"]:
                continue
            if isinstance(admit.get("categories"), list) and each["category"] not in admit["categories"]:
                continue
            paid_on = on(each["paid_on"]) if each.get("paid_on") else None
            if not in_window(case, "investment", paid_on):
                continue
            if admit.get("that"):

                def of_payment(name: str, each: Json = each) -> Any:
                    if case.need(name).get("of") == "INVESTMENT":
                        return case.measure("INVESTMENT", each, name)
                    return value(project, name)

                if not evaluate(admit["that"], of_payment, case.calls({})):
                    continue
            if admit.get("related_party") == "EXCLUDED":
                if each.get("related_party") is None:
                    raise RefusedError("FACT_REQUIRED")
                if each["related_party"]:
                    continue
            total += Fraction(each["amount"])
            if admit.get("vat") == "EXCLUDED":
                if each.get("vat") is None:
                    raise RefusedError("FACT_REQUIRED")
                total -= Fraction(each["vat"])
        return total

    def part(project: Json, category: str, is_base: bool) -> Fraction:
        """A category's part, lowered like the whole is by acceptance and by other money."""
        whole = counted(project)
        now = base_value(project, "admitted") if is_base else admitted(project)
        return counted(project, category) * now / whole if whole else Fraction(0)

    def value(project: Json, name: str) -> Any:
        if name == "admitted":
            return admitted(project)
        if name == "accepted":
            if project.get("accepted_investment") is None:
                raise RefusedError("FACT_REQUIRED")
            return Fraction(project["accepted_investment"])
        return fact_value(case, "PROJECT", project, name)

    kind = case.terms.get("other_funding") or default_other_funding(table)
    other = {no: int(money(p.get("other_fiscal_funding") or "0.00")) for no, p in projects.items()}
    say_other_funding(case, kind, projects)

    def say_late(no: str) -> None:
        """D75: a completion or a payment after the application counts and is said."""
        project, applied_on = projects[no], case.applied_on
        if project.get("completed_on") and on(project["completed_on"]) > applied_on:
            case.said.warned_places.add(r"/projects/\d+/completed_on")
        if counted(project, late=True) > 0:
            case.said.warned_places.add(r"/projects/\d+/investments.*")

    def base_value(project: Json, name: str) -> Any:
        """53: eligible investment less other money, before a cap on the base."""
        if name == "admitted" and kind == "FROM_BASE":
            return max(Fraction(0), admitted(project) - Fraction(other[project["project_id"]], 100))
        return value(project, name)

    read = {no: lambda name, p=p: value(p, name) for no, p in projects.items()}
    keys = {no: {"PROJECT": no, "UNIT": no, **code_keys(case, "PROJECT", p)} for no, p in projects.items()}
    answer = settle(
        case,
        list(projects),
        read,
        keys,
        lambda no: (
            is_inside_windows(case, read[no], {"completion": "completed_on", "event": "completed_on"})
            and (not terms_of(case) or inside_term(case, read[no]("completed_on"), read[no]))
        ),
        functions={no: lambda code, is_base, p=p: part(p, code, is_base) for no, p in projects.items()},
        read_base={no: lambda name, p=p: base_value(p, name) for no, p in projects.items()},
        other=other if kind == "FROM_AMOUNT" else None,
        say_late=say_late,
    )
    for no, project in projects.items():
        if project.get("accepted_investment") is not None:
            paid = money(project["paid_instalments"])
            now = money(answer["items"][no]["amount"])
            answer["items"][no]["recovery"] = yuan(max(Fraction(0), paid - now))
            answer["payout"] = []  # the balance after acceptance is paid, not the parts of the whole
    return answer
