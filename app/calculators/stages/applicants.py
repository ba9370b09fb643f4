"""Who applies: the kind of applicant that a table admits, and the code of an enterprise (D45, D85, D86)."""

from __future__ import annotations

from app.calculators.claims.errors import Fault
from app.calculators.claims.model import Claim
from app.calculators.claims.uscc import uscc_check_character
from app.calculators.terms.model import Terms
from app.calculators.wording.labels import APPLICANTS, applicants


def _kind_of_applicant(claim: Claim, terms: Terms) -> str | None:
    """Who applies, as the claim says, or the one kind that the table admits; None where it is not known (D85)."""
    admitted, said = terms.applicants, claim.applicant.kind
    if said is not None:
        return said if said in admitted else None
    return admitted[0] if len(admitted) == 1 else None


def kind_faults(claim: Claim, terms: Terms) -> list[Fault]:
    """A kind of applicant that is needed and absent, or that the table does not admit (D85)."""
    if _kind_of_applicant(claim, terms) is not None:
        return []
    kinds = ", ".join(terms.applicants)
    named = applicants(terms.applicants)
    if claim.applicant.kind is None:
        zh = f"此标准表的申请主体有多种，须写明是哪一种：{named.zh}（{kinds}）"
        en = f"this table admits several kinds of applicant, say which: {kinds}"
        return [Fault("/applicant/kind", "FACT_REQUIRED", zh, en)]
    zh = f"此标准表的申请主体为{named.zh}（{kinds}），而不是{APPLICANTS[claim.applicant.kind].zh}"
    return [Fault("/applicant/kind", "WRONG_APPLICANT", zh, f"this table admits {kinds}, not {claim.applicant.kind}")]


def uscc_faults(claim: Claim, terms: Terms) -> list[Fault]:
    """What is wrong with the code of the applicant: one that is needed and absent joins all other missing facts (D83)."""
    number = claim.applicant.uscc
    if number is None:
        if _kind_of_applicant(claim, terms) != "ENTERPRISE":
            return []
        zh, en = "企业须给出统一社会信用代码", "An enterprise gives its unified social credit code"
        return [Fault("/applicant/uscc", "FACT_REQUIRED", zh, en)]
    # The form of a code was checked by the pattern; one that fails and is confirmed is warned of (D86).
    if claim.applicant.uscc_confirmed or uscc_check_character(number) == number[-1]:
        return []
    zh = "统一社会信用代码的校验码不符（GB 32100-2015）；与营业执照核对无误的，写 uscc_confirmed: true"
    en = (
        "The check character of the unified social credit code is wrong (GB 32100-2015); "
        "if it is what the licence says, send uscc_confirmed: true"
    )
    return [Fault("/applicant/uscc", "INVALID_USCC", zh, en)]
