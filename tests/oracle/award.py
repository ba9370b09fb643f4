"""Awards on items, naively (D33-D36, D56)."""

from __future__ import annotations

from tests.oracle import grant
from tests.oracle.accounts import Json, Situation, inside_term, terms_of
from tests.oracle.single_amounts import code_keys, fact_value, is_inside_windows, settle


def date_of(case: Situation) -> str:
    return str(case.terms.get("windows", {}).get("event", {}).get("of", "occurred_on"))


def expected(table: Json, request: Json, series: Json) -> Json:
    if table["terms"]["facts"] == "PROJECTS":
        return grant.expected(table, request, series)
    case = Situation(table, request, series)
    items = {i["item_id"]: i for i in request["items"]}
    read = {no: lambda name, i=i: fact_value(case, "ITEM", i, name) for no, i in items.items()}
    keys = {
        no: {
            "PRODUCT": i.get("product_id"),
            "PROJECT": i.get("project_id"),
            **code_keys(case, "ITEM", i),
        }
        for no, i in items.items()
    }
    return settle(
        case,
        list(items),
        read,
        keys,
        lambda no: (
            is_inside_windows(case, read[no], {"event": "occurred_on"})
            and (not terms_of(case) or inside_term(case, read[no](date_of(case)), read[no]))
        ),
        is_late=lambda no: items[no].get("occurred_on") is not None and items[no]["occurred_on"] > request["application_date"],
    )
