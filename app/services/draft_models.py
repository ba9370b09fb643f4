"""What is said of drafts, in requests and in answers, as HTTP and commands take and show it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.calculators.claims import patterns
from app.calculators.results.messages import Language
from app.claim_input.claim_schemas import BATCH_PATTERN, DATE_PATTERN, REFERENCE_VALUE_PATTERN
from app.services.calculation_identity import instant_text
from app.services.enumerations import coded
from app.services.shown_model import Instant, View
from app.tables.drafts.publication_plan import MAX_MESSAGE, MAX_PLACE
from app.tables.drafts.workflow import State
from app.tables.files.clause_doubts import Doubt

Kind = Literal["RATE_TABLE", "BATCH", "FUND", "REFERENCE_RATE", "WITHDRAWAL", "END_OF_VALIDITY"]
StateName = Literal["DRAFT", "CHECKED", "APPROVED", "PUBLISHED", "DISCARDED"]
TARGET = r"^[A-Za-z0-9_-]+( [A-Za-z0-9_-]+)*$"
MAX_FILE = 200_000  # signs; the largest published file has 12,000. Reading YAML is slow: it takes half a second
MAX_CASES = 1_000

CONTENT: Final = "内容：与标准表文件同样的词，每个值都写成文字；版本号与公布时刻由服务给出"
FILE: Final = "标准表文件的文本（YAML）"
UNSEEN: Final = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # control signs and what has no width
Note = Annotated[str, Field(title="说明，不含控制字符", max_length=500, pattern=f"^[^{UNSEEN}]*$")]
SeriesCode = Annotated[str, Field(pattern=patterns.SERIES_PATTERN, max_length=32)]
ReferenceValue = Annotated[str, Field(pattern=REFERENCE_VALUE_PATTERN, max_length=12)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class CopyOf(_Body):
    """从哪里复制：一张标准表（某一版本，空为最新），或整个批次。"""

    model_config = ConfigDict(title="复制来源")
    rate_table: str | None = Field(None, title="标准表编号", pattern=patterns.TABLE_PATTERN, max_length=80)
    version: int | None = Field(None, title="版本", ge=1, le=100_000)
    batch: str | None = Field(None, title="批次编号", pattern=BATCH_PATTERN, max_length=80)


class DraftRequest(_Body):
    """要起草的变更。content、file、copy_of 至多给出一个；都不给出则从空白起草。"""

    model_config = ConfigDict(title="起草")
    kind: Kind = Field(title="变更的种类：标准表、批次、基金及其规则、参考利率、撤回、失效")
    target: str = Field(title="对象：标准表编号、批次编号、基金编号，或以空格相隔的参考利率代码", pattern=TARGET, max_length=80)
    content: dict[str, Any] | None = Field(None, title=CONTENT, max_length=20)
    file: str | None = Field(None, title=FILE, max_length=MAX_FILE)
    copy_of: CopyOf | None = Field(None, title="复制来源")
    note: Note = ""


class RevisionRequest(_Body):
    """一版新的修订。content 与 file 给出一个。"""

    model_config = ConfigDict(title="修订")
    content: dict[str, Any] | None = Field(None, title=CONTENT, max_length=20)
    file: str | None = Field(None, title=FILE, max_length=MAX_FILE)
    note: Note = ""


class MonthRequest(_Body):
    """一次公布的参考利率：同一日的一个或几个系列。"""

    model_config = ConfigDict(title="公布参考利率")
    on: str = Field(title="公布日", pattern=DATE_PATTERN, examples=["2026-09-21"])
    values: dict[SeriesCode, ReferenceValue] = Field(
        title="各系列的值，以代码为键：利率为小数（3.00% 写作 0.0300），值是数的系列（如汇率）写作 7.1879",
        min_length=1,
        max_length=4,
        examples=[{"LPR_1Y": "0.0300", "LPR_5Y": "0.0350"}],
    )
    holds_until: str = Field(title="有效至（不含），通常为下一公布日", pattern=DATE_PATTERN, examples=["2026-10-20"])
    confirmed: bool = Field(False, title="与上一值相差很大时，确认无误")


class CaseRequest(_Body):
    """一个案例：与计算接口同样的请求；标准表、版本与时点由草案决定。"""

    model_config = ConfigDict(title="测算案例")
    item_id: str = Field(title="案例编号", pattern=patterns.ID_PATTERN, max_length=64)
    request: dict[str, Any] = Field(title="计算请求")


class EffectRequest(_Body):
    """测算影响所用的案例；标准表中所附的例子总会一并测算。"""

    model_config = ConfigDict(title="测算影响")
    cases: list[CaseRequest] = Field(title="案例", max_length=MAX_CASES)


class StepView(View):
    """一步：检查、批准、公布或放弃。"""

    model_config = ConfigDict(title="步骤")
    kind: Annotated[str, coded("DraftStep")] = Field(title="步骤")
    actor: str = Field(title="何人")
    at: Instant = Field(title="何时")


class DraftEntry(View):
    """一个草案。"""

    model_config = ConfigDict(title="草案条目")
    id: str = Field(title="草案编号")
    kind: Annotated[str, coded("DraftKind")] = Field(title="变更的种类")
    target: str = Field(title="对象")
    state: Annotated[StateName, coded("DraftState")] = Field(title="状态")
    revision: int = Field(title="第几版修订")
    authors: list[str] = Field(title="编写者；他们都不能批准")
    source: str = Field(title="由何而来")
    note: str = Field(title="说明")
    created_by: str = Field(title="起草人")
    created_at: Instant = Field(title="起草时刻")
    changed_by: str = Field(title="最近修订人")
    changed_at: Instant = Field(title="最近修订时刻")
    steps: list[StepView] = Field(title="这一版修订走过的步骤")


class DraftView(DraftEntry):
    """一个草案及其内容。"""

    model_config = ConfigDict(title="草案")
    digest: str = Field(title="内容的摘要")
    content: dict[str, Any] = Field(title="内容")


class WarningView(View):
    """数字或用语与旁边的条款不同的一处；不妨碍公布。"""

    model_config = ConfigDict(title="与条款不同之处")
    place: str = Field(title="在内容中的位置（JSON 指针）")
    message: str = Field(title="何处不同")
    note: str | None = Field(title="所写的理由（clause_note）；空为未说明")


class JudgedView(DraftView):
    """刚检查或批准的草案，及其数字与条款不同之处。"""

    model_config = ConfigDict(title="检查或批准的草案")
    warnings: list[WarningView] = Field(title="与条款不同之处")


class DraftList(View):
    """草案列表的一页，后起草的在前。"""

    model_config = ConfigDict(title="草案列表")
    drafts: list[DraftEntry] = Field(title="草案")
    next: str | None = Field(title="下一页的 after；空为没有更多")


class FaultView(View):
    """一处错误。"""

    model_config = ConfigDict(title="错误")
    place: str = Field(title="在内容中的位置（JSON 指针）")
    message: str = Field(title="应如何改")


class DifferenceView(View):
    """与现行版本的一处不同，一句话。"""

    model_config = ConfigDict(title="一句不同")
    rate_table: str = Field(title="标准表编号，或资金规则的编号")
    place: str = Field(title="位置（JSON 指针）")
    sentence: str = Field(title="说明")
    before: str | None = Field(title="原为")
    after: str | None = Field(title="改为")
    clause: str | None = Field(title="新增内容所依据的条款；空为没有或不是新增")


class ReportView(View):
    """批准之前要看的：能否公布，会带来什么，与现行版本有何不同。"""

    model_config = ConfigDict(title="草案报告")
    publishable: bool = Field(title="是否没有错误")
    faults: list[FaultView] = Field(title="错误")
    warnings: list[WarningView] = Field(title="数字或用语与条款不同之处")
    consequences: list[str] = Field(title="公布时一并发生的")
    differences: list[DifferenceView] = Field(title="与现行版本的不同")


def entry(found: State) -> DraftEntry:
    """Show a draft in a list."""
    return DraftEntry(**_entry(found))


def draft(found: State) -> DraftView:
    """Show a draft with what it says."""
    return DraftView(**_entry(found), digest=found.revision.digest, content=found.content)


def judged(found: State, doubted: Iterable[Doubt], language: Language) -> JudgedView:
    """Show a draft that was checked or approved, with what its clauses say otherwise."""
    return JudgedView(**draft(found).model_dump(), warnings=warnings(doubted, language))


def warnings(doubted: Iterable[Doubt], language: Language) -> list[WarningView]:
    """Show what clauses say otherwise."""
    shown = ((one.place[:MAX_PLACE], (one.zh if language == "zh" else one.en)[:MAX_MESSAGE], one.note) for one in doubted)
    return [WarningView(place=place, message=message, note=note) for place, message, note in shown]


def _entry(found: State) -> dict[str, Any]:
    return {
        "id": found.draft.id,
        "kind": found.draft.kind,
        "target": found.draft.target,
        "state": found.state,
        "revision": found.revision.revision,
        "authors": list(found.authors),
        "source": found.draft.source,
        "note": found.revision.note,
        "created_by": found.draft.created_by,
        "created_at": instant_text(found.draft.created_at),
        "changed_by": found.revision.author,
        "changed_at": instant_text(found.revision.at),
        "steps": [StepView(kind=one.kind, actor=one.actor, at=instant_text(one.at)) for one in found.steps],
    }
