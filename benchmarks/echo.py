"""What the framework alone costs: the same request as Pydantic models, echoed through its response model."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import FastAPI
from pydantic import BaseModel, Field

Money = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,12})\.[0-9]{2}$")]


class Drawdown(BaseModel):
    """One drawdown."""

    drawdown_no: str
    on: date
    amount: Money


class Repayment(BaseModel):
    """One repayment of principal."""

    on: date
    principal: Money


class Floating(BaseModel):
    """A floating rate."""

    kind: Literal["FLOATING"]
    series: str
    multiplier: str
    spread: str
    reset: str


class Contract(BaseModel):
    """One loan contract."""

    contract_no: str
    lender: str
    loan_type: str
    currency: str
    signed_on: date
    matures_on: date
    drawdowns: list[Drawdown]
    repayments: list[Repayment]
    rate: Floating
    day_count: str


class Applicant(BaseModel):
    """Who applies."""

    name: str
    uscc: str
    registered_in_beijing: bool
    dishonesty_records: list[dict[str, str]]
    other_municipal_funding: bool
    declaration_accepted: bool
    measures: dict[str, str | bool]


class Claim(BaseModel):
    """The whole request."""

    rate_table: str
    application_date: date
    request_no: str
    applicant: Applicant
    contracts: list[Contract]


app = FastAPI()


@app.post("/echo")
async def echo(claim: Claim) -> Claim:
    """Return what came."""
    return claim
