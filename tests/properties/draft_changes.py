"""Changes that officers begin: right ones and wrong ones, drawn from few values, so that they often meet."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from tests.properties.draft_model import BATCH, NOTICE, SECOND, SERIES, TABLE, Json

TURNS = [date(2024, 1, 15), date(2024, 3, 1), date(2024, 5, 1), date(2024, 7, 1), date(2025, 1, 1)]  # on which versions begin
firsts = st.sampled_from([day.isoformat() for day in TURNS])
lasts = st.sampled_from([(day - timedelta(days=by)).isoformat() for day in TURNS[1:] for by in (1, 0)])
numbers = st.sampled_from("1123")
words = st.sampled_from(["依据的通知已废止", "依据的通知已废止", "依据的通知已废止", ""])


def terms(rate: str, clause: bool, exempt: bool) -> Json:
    line = {"id": "ALL", "base": "base_amount", "rate": rate} | ({"clause": "按比例给予奖励"} if clause else {})
    made: Json = {"facts": "ITEMS", "wording": "EXACT", "lines": [line]}
    return made | ({"stacking": {"exempt_direction": "true"}} if exempt else {})


def a_version(target: str, new: bool, first: str, last: str, supersedes: str | None, said: Json) -> tuple[str, str, Json]:
    body = {"effective": {"first_day": first, "last_day": last}, "terms": said} | ({"supersedes": supersedes} if supersedes else {})
    own = {"direction": {"no": "2", "title": "另一方向", "method": "AWARD", "area": None}} if new else {}
    return "RATE_TABLE", target, {"batch": BATCH, "version": body} | own


def a_month(names: tuple[str, ...], days: list[str], value: str, confirmed: bool, until: str) -> tuple[str, str, Json]:
    rows = [{"on": day, "value": value} | ({"confirmed": "true"} if confirmed else {}) for day in days]
    content = {"series": [{"series": name, "holds_until": until, "add": rows} for name in names]}
    return "REFERENCE_RATE", " ".join(names), content


terms_ = st.builds(terms, st.sampled_from(["30%", "40%", "50%"]), st.sampled_from([True, True, True, True, False]), st.booleans())
versions = st.builds(
    a_version, st.just(TABLE), st.just(False), firsts, st.just("open") | lasts, st.none() | st.none() | numbers, terms_
)
of_second = st.builds(a_version, st.just(SECOND), st.booleans(), firsts, st.just("open"), st.none() | numbers, terms_)
withdrawals = st.builds(lambda no, why: ("WITHDRAWAL", TABLE, {"rate_table": TABLE, "version": no, "reason": why}), numbers, words)
ends = st.builds(
    lambda no, day, why: ("END_OF_VALIDITY", TABLE, {"rate_table": TABLE, "version": no, "last_day": day, "reason": why}), numbers, lasts, words
)
published_on = st.sampled_from(["2024-01-22", "2024-02-20", "2024-03-20", "2024-04-22", "2024-05-20", "2024-06-20"])
values = st.sampled_from(["3.45%", "3.35%", "3.15%", "3.10%", "2.50%"])
months = st.builds(
    a_month,
    st.sampled_from([SERIES, SERIES[:1], SERIES[1:]]),
    st.lists(published_on, min_size=1, max_size=2),
    values,
    st.booleans(),
    st.sampled_from(["2024-03-01", "2024-07-22", "2024-07-22"]),
)
notices = st.builds(
    lambda title: ("BATCH", BATCH, NOTICE | {"batch": NOTICE["batch"] | {"title": title}}), st.sampled_from(["2024年第一批", "甲", "乙"])
)
changes = st.one_of(versions, versions, versions, of_second, withdrawals, ends, months, notices)
