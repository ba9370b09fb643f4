"""What a calculation may cost: over the budget it is refused before it begins, with the counts, the limit and what to do."""

from __future__ import annotations

from typing import Final

from app import limits
from app.calculators.bilingual import Phrase
from app.calculators.workload.estimate import MOST_LINES, MOST_WORK, Cost
from app.errors import FieldError, ProblemError, invalid
from app.services.summary import Detail

_SPLIT = Phrase(
    "请分几次计算，并把先算出的金额写入其后各次的 applicant.granted，限额才会一并适用",
    "calculate it in several parts, and give what was calculated first in applicant.granted of the next, so that caps hold across them",
)
_FEWER_LOANS = Phrase(
    f"请缩短 claim_period，减少放款、还本、利率变动或利息凭证，或{_SPLIT.zh.removeprefix('请')}",
    f"shorten claim_period, send fewer drawdowns, repayments, changes of rates or vouchers, or {_SPLIT.en}",
)

IN_WORDS: Final = (
    "计算量在计算之前按数目估算：放款 × 其存续期间的变动（还本、还款计划、利率变动、凭证与剔除期间）、凭证 × 利率、"
    "事项 × 限额、此前已获支持 × 限额账户。"
    f"超过 {MOST_WORK:,} 个工作单位的，以 422 `TOO_MUCH_WORK` 拒绝，写明数目、估算与上限。"
    f"应答至多 {MOST_LINES:,} 行（计息分段、步骤、限额等）；含计算过程会超过的，以 422 `ANSWER_TOO_LARGE` 拒绝，"
    "可改以 `detail=SUMMARY` 请求。"
)
IN_WORDS_OF_LISTS: Final = (
    "每个案例的限度与单独计算相同，超过的单独失败。"
    f"各案例合计至多 {limits.MAX_LIST_WORK:,} 个工作单位，每读 {limits.BYTES_PER_UNIT} 字节（含公共部分）计一个；"
    "用尽之后的案例以 `TOO_MUCH_WORK` 失败，可另行发送。"
)


def check(cost: Cost, detail: Detail, where: str | None) -> None:
    """Refuse what is too much. Errors: ProblemError TOO_MUCH_WORK, ANSWER_TOO_LARGE.

    ``where`` is the pointer to ``detail``; None where only full answers are given.
    """
    if cost.work > MOST_WORK:
        zh, en = f"估算 {cost.work:,} 个工作单位，上限 {MOST_WORK:,}", f"about {cost.work:,} units of work, the limit is {MOST_WORK:,}"
        raise _too_much(cost, zh, en)
    lines = cost.lines if detail == "SUMMARY" else cost.lines + cost.working
    if lines <= MOST_LINES:
        return
    zh, en = f"应答可达 {lines:,} 行，上限 {MOST_LINES:,}", f"an answer of up to {lines:,} lines, the limit is {MOST_LINES:,}"
    if where is None or cost.lines > MOST_LINES:
        raise _too_much(cost, zh, en)
    counts = cost.said()
    zh, en = f"{zh}（{counts.zh}）；请以 detail=SUMMARY 请求摘要", f"{en} ({counts.en}); ask for detail=SUMMARY"
    raise invalid([FieldError(where, "ANSWER_TOO_LARGE", zh, en)])


def _too_much(cost: Cost, zh: str, en: str) -> ProblemError:
    counts, advice = cost.said(), _FEWER_LOANS if cost.rows == "contracts" else _SPLIT
    zh, en = f"{zh}（{counts.zh}）；{advice.zh}", f"{en} ({counts.en}); {advice.en}"
    return invalid([FieldError(f"/{cost.rows}", "TOO_MUCH_WORK", zh, en)])


def spent(pointer: str) -> ProblemError:
    """Make the problem of a case that is not calculated, because those before it took all that a request may cost."""
    most = limits.MAX_LIST_WORK
    zh = f"此前的案例已用尽一次请求的 {most:,} 个工作单位；请把这一案例及其后的另行发送"
    en = f"the cases before took the {most:,} units of work of one request; send this case and those after it in another"
    return invalid([FieldError(pointer, "TOO_MUCH_WORK", zh, en)])
