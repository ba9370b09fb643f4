"""The catalogue's values as views."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.api.http.paging import page
from app.api.http.parameters import SeriesPage
from app.api.tables import schemas as views
from app.calculators.quantities.money import decimal_text
from app.calculators.stages.codes import categories
from app.calculators.stages.reference_rates import row_on
from app.calculators.terms.builtins import BUILT_IN
from app.calculators.terms.code_lists import SUPPORT_METHODS
from app.calculators.terms.model import Measure, Overlay, ReferenceSeries
from app.services.calculation import KINDS
from app.services.calculation_identity import instant_text
from app.tables.catalogue.series_history import SeriesVersion
from app.tables.catalogue.series_history import newest as newest_rates
from app.tables.catalogue.snapshot import Batch, Catalogue, Direction, Version
from app.tables.storage.canonical_json import canonical, digest


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)


def _document(raw: Any) -> views.DocumentView:
    given: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
    return views.DocumentView(**{name: given.get(name) for name in views.DocumentView.model_fields})


def _overlay(overlay: Overlay) -> views.OverlayView:
    return views.OverlayView(
        id=overlay.id,
        title=overlay.title,
        methods=None if overlay.methods is None else sorted(overlay.methods),
        facts=None if overlay.facts is None else sorted(overlay.facts),
        effective_from=overlay.effective_from.isoformat(),
        effective_until=_day(overlay.effective_until),
        document=overlay.document,
        authority=overlay.authority,
        digest=overlay.digest,
    )


def funds(catalogue: Catalogue) -> views.FundList:
    """Show all funds."""
    return views.FundList(
        funds=[
            views.FundView(id=fund.id, title=fund.title, overlays=[_overlay(one) for one in fund.overlays])
            for fund in catalogue.funds.values()
        ]
    )


def _direction(direction: Direction) -> views.DirectionView:
    return views.DirectionView(
        rate_table=direction.rate_table,
        no=direction.number,
        title=direction.title,
        method=direction.method,
        area=direction.area,
        loaded=direction.not_loaded is None,
        not_loaded=direction.not_loaded,
    )


def batch(shown: Batch) -> views.BatchView:
    """Show one batch."""
    header: Mapping[str, Any] = shown.content.get("batch") or {}
    window: Mapping[str, Any] | None = header.get("application_window")
    number = str(header.get("no") or "")
    view = views.BatchView(
        id=shown.id,
        fund=shown.fund,
        year=shown.year,
        no=int(number) if number.isdecimal() else None,
        title=shown.title,
        application_window=window
        and views.Window(first_day=_known(window.get("first_day")), last_day=_known(window.get("last_day"))),
        document=_document(shown.content["document"]) if shown.content.get("document") else None,
        authority=shown.content.get("authority"),
        digest="",
        directions=[_direction(direction) for direction in shown.directions],
    )
    return view.model_copy(update={"digest": digest(canonical(view.model_dump(exclude={"digest"})))})


def _known(text: str | None) -> str | None:
    return None if text == "unknown" else text


def newest(catalogue: Catalogue, table_id: str) -> Version:
    """Return the version that stands and came into force last."""
    versions = catalogue.versions(table_id)
    standing = [one for one in versions if one.standing(catalogue.latest_known_at)] or list(versions)
    return max(standing, key=lambda one: (one.table.effective_from, one.table.version))


def table(catalogue: Catalogue, version: Version) -> views.TableView:
    """Show one version of a table."""
    shown = version.table
    raw = version.raw
    facts = str(shown.terms.facts)
    overlays = [
        one
        for one in shown.overlays
        if (one.methods is None or shown.method in one.methods) and (one.facts is None or facts in one.facts)
    ]
    needs = {name: _measure(need, None) for name, need in shown.terms.needs.items() if name not in BUILT_IN[facts]}
    for one in overlays:
        needs |= {name: _measure(need, one.id) for name, need in one.terms.needs.items() if name not in BUILT_IN[facts]}
    return views.TableView(
        id=shown.id,
        fund=shown.fund,
        batch=shown.batch,
        year=shown.year,
        no=shown.direction,
        title=shown.title,
        method=shown.method,
        facts=facts,
        applicant=shown.terms.applicants[0] if len(shown.terms.applicants) == 1 else None,
        applicants=list(shown.terms.applicants),
        endpoint=_endpoint(shown.method),
        versions=[one.table.version for one in catalogue.versions(shown.id)],
        confidence=raw.get("confidence"),
        document=_document(raw.get("document")),
        authority=shown.authority,
        needs=needs,
        categories=categories(shown.terms),
        terms=raw["terms"],
        clauses=list(_clauses(raw["terms"], "")),
        overlays=[_overlay(one) for one in overlays],
        **version_entry(catalogue, version).model_dump(),
    )


def table_tag(catalogue: Catalogue, version: Version) -> str:
    """The digest of a version; where more is shown than it said when it was published, with the digest of that.

    So a version that was withdrawn, ended or followed is never taken for the one that a caller has kept.
    """
    shown = version.table
    since: dict[str, list[str | None]] = {
        "versions": [one.table.digest for one in catalogue.versions(shown.id) if one.table.version > shown.version],
        "events": [_instant(at) for at in (version.superseded_at, version.withdrawn_at, version.ended_at)],
        "overlays": [*sorted(catalogue.funds[shown.fund].recorded)],
    }
    if not since["versions"] and not since["overlays"] and not any(since["events"]):
        return shown.digest
    return f"{shown.digest}-{digest(canonical(since)).removeprefix('sha256:')[:16]}"


def _endpoint(method: str) -> str:
    calculated_as = SUPPORT_METHODS[method].calculated_as
    return next(f"/v1/{kind.path}/calculate" for kind in KINDS if kind.method == calculated_as)


def _measure(need: Measure, overlay: str | None) -> views.MeasureView:
    return views.MeasureView(
        of=need.of,
        type=need.type,
        title=need.title,
        unit=need.unit,
        decimals=need.decimals,
        values=None if need.values is None else dict(need.values),
        clause=need.clause,
        overlay=overlay,
    )


def _clauses(raw: Any, place: str) -> Iterator[views.ClauseView]:
    pairs: Iterator[tuple[Any, Any]]
    if isinstance(raw, Mapping):
        if isinstance(raw.get("clause"), str):
            yield views.ClauseView(place=place, clause=raw["clause"])
        pairs = iter(raw.items())
    elif isinstance(raw, list):
        pairs = iter(enumerate(raw))
    else:
        return
    for key, part in pairs:
        yield from _clauses(part, f"{place}/{_escaped(key)}")


def _escaped(key: Any) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def version_entry(catalogue: Catalogue, version: Version) -> views.VersionEntry:
    """Show a version as an entry of a list, with the period that it has as known now; of one that is gone, that it had."""
    shown = version.table
    standing = version.standing(catalogue.latest_known_at) or (version.standings[-1] if version.standings else None)
    return views.VersionEntry(
        version=shown.version,
        digest=shown.digest,
        state=version.state(catalogue.latest_known_at),
        effective_from=shown.effective_from.isoformat(),
        effective_until=_day(standing.effective_until if standing else shown.effective_until),
        published_at=instant_text(shown.published_at),
        superseded_at=_instant(version.superseded_at),
        superseded_by=version.superseded_by,
        withdrawn_at=_instant(version.withdrawn_at),
        ended_at=_instant(version.ended_at),
        ends_on=_day(version.ends_on),
    )


def changes(before: Any, now: Any, path: str = "") -> Iterator[views.Change]:
    """Yield every place at which two contents differ; lists are compared place by place."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in [*before, *(key for key in now if key not in before)]:
            yield from changes(before.get(key), now.get(key), f"{path}/{_escaped(key)}")
    elif isinstance(before, list) and isinstance(now, list):
        for index in range(max(len(before), len(now))):
            old = before[index] if index < len(before) else None
            new = now[index] if index < len(now) else None
            yield from changes(old, new, f"{path}/{index}")
    elif before != now:
        yield views.Change(path=path, from_=before, to=now)


def series_entry(versions: Sequence[SeriesVersion]) -> views.SeriesEntry:
    """Show the newest version of a reference series as an entry of a list."""
    newest_version = newest_rates(versions)
    shown, content = newest_version.series, newest_version.content
    return views.SeriesEntry(
        series=shown.series,
        title=content.get("title"),
        source=content.get("source"),
        authority=content.get("authority"),
        values_are=shown.values_are,
        version=shown.version,
        digest=shown.digest,
        published_at=instant_text(newest_version.published_at),
        first_on=date.fromordinal(shown.days[0]).isoformat(),
        last_on=date.fromordinal(shown.days[-1]).isoformat(),
        holds_until=shown.holds_until.isoformat(),
    )


def series(versions: Sequence[SeriesVersion], query: SeriesPage) -> views.SeriesView:
    """Show the newest version of a reference series: a page of its values, and the one of the day that is asked for."""
    shown = newest_rates(versions).series
    first = 0 if query.after is None else bisect_right(shown.days, query.after.toordinal())
    rows, more = page((_row(shown, at) for at in range(first, len(shown.days))), query.limit)
    row = None if query.on is None else row_on(shown, query.on.toordinal())
    return views.SeriesView(
        versions=sorted(one.version for one in versions),
        value=None if row is None else _row(shown, row),
        rows=rows,
        next=rows[-1].on if more else None,
        **series_entry(versions).model_dump(),
    )


def _row(series: ReferenceSeries, at: int) -> views.SeriesRow:
    return views.SeriesRow(
        on=date.fromordinal(series.days[at]).isoformat(), value=decimal_text(series.values[at]), confidence=series.confidences[at]
    )
