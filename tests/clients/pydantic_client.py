"""Calculates with the models that datamodel-code-generator made: ``python pydantic_client.py <address> <document>``.

Prints, for each example of each calculation, the operation, the example, the status and the amount.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
import service_models as models
from pydantic import ValidationError


def built(client: httpx.Client) -> None:
    """A claim put together from models; what is not said is sent as null, which says nothing (D105)."""
    item = models.Item(item_id="A-1", category="MPW", base_amount="4000000.00", occurred_on=date(2023, 2, 1), measures={"contract_completed": True, "industrialise_in_beijing": True, "district_recommended": True})
    applicant = models.Applicant(uscc="91350100M000100Y43", registered_in_beijing=True, dishonesty_records=[], other_municipal_funding=False, declaration_accepted=True)
    claim = models.AwardItemsClaim(rate_table="bj-gjj-2023-1-1", application_date=date(2023, 4, 10), applicant=applicant, items=[item])
    answered = client.post("/v1/awards/calculate", content=claim.model_dump_json(by_alias=True), headers={"Content-Type": "application/json"})
    result = models.Result.model_validate_json(answered.content)
    assert result.status is models.ResultStatus.ELIGIBLE
    assert isinstance(result.known_at, datetime)
    assert result.known_at.tzinfo is not None
    print("built", result.status.value, result.amount)
    for wrong in ({"amount": "1.00"}, {"base_amount": "1"}, {"item_id": None}):
        try:
            models.Item.model_validate({"item_id": "A-1"} | wrong)
        except ValidationError:
            print("refused", *wrong)


def main(address: str, document: dict[str, Any]) -> None:
    """Send every example of every calculation."""
    with httpx.Client(base_url=address, trust_env=False) as client:
        for path, methods in document["paths"].items():
            if not path.endswith(("/calculate", "/calculate/batch")) or "/drafts/" in path:
                continue
            described = methods["post"]
            body = described["requestBody"]["content"]["application/json"]
            kind = getattr(models, body["schema"]["$ref"].rsplit("/", 1)[1])
            for name, example in body["examples"].items():
                claim = kind.model_validate(example["value"])
                answered = client.post(path, content=claim.model_dump_json(by_alias=True, exclude_unset=True), headers={"Content-Type": "application/json"})
                assert answered.status_code == 200, answered.text
                if path.endswith("/batch"):
                    totals = models.CaseListAnswer.model_validate_json(answered.content).totals
                    print(described["operationId"], name, totals.ok, totals.amount)
                else:
                    result = models.Result.model_validate_json(answered.content)
                    print(described["operationId"], name, result.status.value, result.amount)
        built(client)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
