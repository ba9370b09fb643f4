"""The tables of a draft as calculations would see them, made from its rows without storing anything."""

from __future__ import annotations

import json

from app.calculators.terms import RateTable
from app.tables import models
from app.tables.catalogue import Batch, Catalogue, Direction
from app.tables.proposals import Proposal
from app.tables.row_values import Shared, rate_table, read


def tables_of(catalogue: Catalogue, proposal: Proposal) -> dict[str, RateTable]:
    """Each new version, with the overlays that its fund has now."""
    made: dict[str, RateTable] = {}
    directions = {row.rate_table: row for row in proposal.rows if isinstance(row, models.Direction)}
    batches = {row.id: row for row in proposal.rows if isinstance(row, models.Batch)}
    loaded = frozenset(catalogue.tables) | {row.rate_table for row in proposal.versions}
    for row in proposal.versions:
        raw = json.loads(row.content)
        new = directions.get(row.rate_table)
        direction = catalogue.directions.get(row.rate_table) if new is None else _direction(new)
        assert direction is not None
        batch = catalogue.batches.get(direction.batch) or _batch(batches[direction.batch])
        fund = catalogue.funds[batch.fund]
        known = next((one.table for versions in catalogue.tables.values() for one in versions if one.table.fund == batch.fund), None)
        methods = dict(known.fund_methods if known else {}) | {row.rate_table: raw["method"]}
        exempt = frozenset(known.fund_exempt if known else ())
        shared = Shared(fund.overlays, methods, exempt, loaded)
        made[row.rate_table] = rate_table(read(row, f"rate_table_version {row.rate_table}", {}), direction, batch, shared)
    return made


def _direction(row: models.Direction) -> Direction:
    return Direction(row.rate_table, row.batch_id, row.number, row.title, row.method, row.area, row.not_loaded, tuple(row.schemes.split()))


def _batch(row: models.Batch) -> Batch:
    return Batch(row.id, row.fund_id, row.year, row.title, row.digest, json.loads(row.content), ())
