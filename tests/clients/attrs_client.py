"""Calculates with the client that openapi-python-client made: ``python attrs_client.py <address> <document>``.

Prints, for each example of each calculation, the operation, the example, the status and the amount.
"""

from __future__ import annotations

import importlib
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

from service_client import Client, models
from service_client.types import UNSET


def operation(operation_id: str, tag: str) -> Any:
    """The module of an operation: it lies in the folder of its tag."""
    return importlib.import_module(f"service_client.api.{tag}.{operation_id}")


def built(module: Any, client: Client) -> None:
    """A claim put together from classes, where what is not said is left out."""
    policy = models.Policy(
        policy_no="P-1",
        insurer="某财产保险公司",
        insurance_type="LAUNCH",
        unit_id="ROCKET-Y7",
        premium="8000000.00",
        premium_paid="8000000.00",
        period_from=date(2024, 6, 6),
        period_until=date(2025, 6, 6),
        launched_on=date(2024, 6, 6),
        launch_approved=True,
        paid_on=date(2024, 5, 20),
    )
    applicant = models.Applicant(uscc="91350100M000100Y43", registered_in_beijing=True, dishonesty_records=[], declaration_accepted=True)
    claim = models.InsuranceClaim(rate_table="bj-gjj-2025-1-11", application_date=date(2025, 2, 10), applicant=applicant, policies=[policy])
    assert claim.version is UNSET
    result = module.sync(client=client, body=claim)
    assert isinstance(result, models.Result), result
    assert result.status is models.ResultStatus.ELIGIBLE
    assert result.amount_kind is models.AmountKind.MAXIMUM
    assert isinstance(result.known_at, datetime)
    assert result.known_at.tzinfo is not None
    assert isinstance(result.provenance.rate_table.effective_from, date)
    print("built", result.status.value, result.amount)
    summary = module.sync(client=client, body=claim, detail=models.Detail.SUMMARY)
    assert isinstance(summary, models.Summary), summary
    print("summary", summary.status.value, summary.amount)
    refused = module.sync_detailed(client=client, body=models.InsuranceClaim(rate_table="bj-gjj-2025-1-99", application_date=date(2025, 2, 10), applicant=applicant, policies=[policy]))
    assert refused.status_code == 404
    assert refused.parsed.code is models.ProblemCode.RATE_TABLE_NOT_FOUND


def main(address: str, document: dict[str, Any]) -> None:
    """Send every example of every calculation."""
    client = Client(base_url=address)
    for path, methods in document["paths"].items():
        if not path.endswith(("/calculate", "/calculate/batch")) or "/drafts/" in path:
            continue
        described = methods["post"]
        module = operation(described["operationId"], described["tags"][0])
        body = described["requestBody"]["content"]["application/json"]
        kinds = [part["$ref"] for part in (body["schema"], *document["components"]["schemas"][body["schema"]["$ref"].rsplit("/", 1)[1]].get("anyOf", ()))]
        for name, example in body["examples"].items():
            fits = [getattr(models, one.rsplit("/", 1)[1], None) for one in kinds]
            kind = next(one for one in fits if one is not None and set(example["value"]) <= set(one.__annotations__))
            answered = module.sync(client=client, body=kind.from_dict(example["value"]))
            if path.endswith("/batch"):
                assert isinstance(answered, models.CaseListAnswer), answered
                assert all(isinstance(case, models.CaseResult) for case in answered.cases)
                print(described["operationId"], name, answered.totals.ok, answered.totals.amount)
            else:
                assert isinstance(answered, models.Result), answered
                print(described["operationId"], name, answered.status.value, answered.amount)
        if "insurance" in path and not path.endswith("/batch"):
            built(module, client)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
