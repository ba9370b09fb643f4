"""What the tables look like from outside: typed models, and how they are answered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.services.enumerations import coded
from app.services.shown_model import Day, Instant, View

SupportMethod = Annotated[str, coded("SupportMethod")]
SupportArea = Annotated[str, coded("SupportArea")]
FactKind = Annotated[str, coded("FactKind")]
ApplicantKind = Annotated[str, coded("ApplicantKind")]
Authority = Annotated[str, coded("Authority")]
Confidence = Annotated[str, coded("Confidence")]
VersionState = Literal["PUBLISHED", "SUPERSEDED", "WITHDRAWN"]


SERIES_VALUE_PATTERN = r"^-?(0|[1-9][0-9]{0,2})(\.[0-9]{1,8})?$"


class Window(View):
    """申报窗口，首末两日都算。"""

    model_config = ConfigDict(title="申报窗口")
    first_day: str | None = Field(title="首日；空为未公布")
    last_day: str | None = Field(title="末日或末日时刻；空为未公布")


class DocumentView(View):
    """公布依据的文件。"""

    model_config = ConfigDict(title="文件")
    title: str | None = Field(title="标题")
    issuer: str | None = Field(title="发文机关")
    number: str | None = Field(title="文号")
    date: str | None = Field(title="日期")


class OverlayView(View):
    """叠加在资金各标准表之上的管理办法或指南。"""

    model_config = ConfigDict(title="管理办法或指南")
    id: str = Field(title="编号")
    title: str = Field(title="名称")
    methods: list[SupportMethod] | None = Field(title="适用的支持方式；空为全部")
    facts: list[FactKind] | None = Field(title="适用的事实种类；空为全部")
    effective_from: Day = Field(title="生效日（含）")
    effective_until: Day | None = Field(title="失效日（不含）；空为未定")
    document: str = Field(title="文件")
    authority: Authority = Field(title="来源")
    digest: str = Field(title="摘要")


class FundView(View):
    """一项资金。"""

    model_config = ConfigDict(title="资金")
    id: str = Field(title="编号")
    title: str = Field(title="名称")
    overlays: list[OverlayView] = Field(title="管理办法与指南")


class FundList(View):
    """全部资金。"""

    model_config = ConfigDict(title="资金列表")
    funds: list[FundView] = Field(title="资金")


class DirectionView(View):
    """批次中的一个支持方向。"""

    model_config = ConfigDict(title="支持方向")
    rate_table: str = Field(title="标准表编号")
    no: str | None = Field(title="方向序号")
    title: str = Field(title="名称")
    method: SupportMethod | None = Field(title="支持方式；空为标准未载入")
    area: SupportArea | None = Field(title="支持领域")
    loaded: bool = Field(title="标准是否已载入")
    not_loaded: str | None = Field(title="未载入的原因")


class BatchView(View):
    """一项资金在一年中的一个批次。"""

    model_config = ConfigDict(title="批次")
    id: str = Field(title="编号")
    fund: str = Field(title="资金编号")
    year: int = Field(title="年度")
    no: int | None = Field(title="批次序号")
    title: str = Field(title="名称")
    application_window: Window | None = Field(title="申报窗口；空为未公布")
    document: DocumentView | None = Field(title="文件")
    authority: Authority | None = Field(title="来源")
    digest: str = Field(title="摘要：批次的全部内容，含支持方向；也是其 ETag")
    directions: list[DirectionView] = Field(title="支持方向")


class BatchList(View):
    """批次列表的一页，年度早的在前。"""

    model_config = ConfigDict(title="批次列表")
    batches: list[BatchView] = Field(title="批次")
    next: str | None = Field(title="下一页的 after；空为没有更多")


class TableEntry(View):
    """列表中的一张标准表。"""

    model_config = ConfigDict(title="标准表条目")
    id: str = Field(title="标准表编号")
    batch: str = Field(title="批次编号")
    no: str | None = Field(title="方向序号")
    title: str = Field(title="名称")
    method: SupportMethod | None = Field(title="支持方式；空为标准未载入")
    area: SupportArea | None = Field(title="支持领域")
    loaded: bool = Field(title="标准是否已载入")
    not_loaded: str | None = Field(title="未载入的原因")
    versions: list[int] = Field(title="已有版本")
    version: int | None = Field(title="as_of 日适用的版本，未给 as_of 时为最新版本")


class TableList(View):
    """符合条件的标准表，一页，按批次与方向排列。"""

    model_config = ConfigDict(title="标准表列表")
    rate_tables: list[TableEntry] = Field(title="标准表")
    next: str | None = Field(title="下一页的 after；空为没有更多")


class MeasureView(View):
    """标准表要求的一项事实；门户可据此画出表单。"""

    model_config = ConfigDict(title="所需事实")
    of: Annotated[str, coded("MeasureOf")] = Field(title="属于哪一种事实")
    type: Annotated[str, coded("MeasureType")] = Field(title="类型")
    title: str = Field(title="名称")
    unit: str | None = Field(title="单位")
    decimals: int | None = Field(title="小数位数")
    values: dict[str, str] | None = Field(title="可取的代码及其中文名")
    clause: str | None = Field(title="条款")
    overlay: str | None = Field(title="由哪一项管理办法要求；空为标准表自身")


class ClauseView(View):
    """标准表中一处的条款。"""

    model_config = ConfigDict(title="条款")
    place: str = Field(title="在 terms 中的位置（JSON 指针）")
    clause: str = Field(title="条款原文")


class TableView(View):
    """一张标准表的一个版本：条款、所需事实与来源。"""

    model_config = ConfigDict(title="标准表")
    id: str = Field(title="标准表编号")
    fund: str = Field(title="资金编号")
    batch: str = Field(title="批次编号")
    year: int = Field(title="年度")
    no: str = Field(title="方向序号")
    title: str = Field(title="名称")
    method: SupportMethod = Field(title="支持方式")
    facts: FactKind = Field(title="事实种类")
    applicant: ApplicantKind | None = Field(title="申请人种类；空为允许多种")
    applicants: list[ApplicantKind] = Field(title="允许的申请人种类；多于一种时请求以 applicant.kind 写明")
    endpoint: str = Field(title="计算接口")
    version: int = Field(title="版本")
    versions: list[int] = Field(title="已有版本")
    digest: str = Field(title="摘要")
    state: VersionState = Field(title="状态：在用、被更正、已撤回")
    effective_from: Day = Field(title="生效日（含）")
    effective_until: Day | None = Field(title="失效日（不含），按现在所知；空为未定")
    published_at: Instant = Field(title="公布时刻")
    superseded_at: Instant | None = Field(title="被更正的时刻")
    superseded_by: int | None = Field(title="更正它的版本")
    withdrawn_at: Instant | None = Field(title="撤回的时刻")
    ended_at: Instant | None = Field(title="公布其失效的时刻")
    ends_on: Day | None = Field(title="所公布的最后适用日（含）")
    confidence: Confidence | None = Field(title="可信程度")
    document: DocumentView = Field(title="文件")
    authority: Authority = Field(title="来源")
    needs: dict[str, MeasureView] = Field(title="所需事实（measures），以名称为键")
    categories: dict[str, str] = Field(title="category 可取的代码及其中文名；空为不区分类别")
    terms: dict[str, Any] = Field(title="载入的条款")
    clauses: list[ClauseView] = Field(title="各处条款")
    overlays: list[OverlayView] = Field(title="可能叠加的管理办法与指南")


class VersionEntry(View):
    """标准表的一个版本。"""

    model_config = ConfigDict(title="版本条目")
    version: int = Field(title="版本")
    digest: str = Field(title="摘要")
    state: VersionState = Field(title="状态：在用、被更正、已撤回")
    effective_from: Day = Field(title="生效日（含）")
    effective_until: Day | None = Field(title="失效日（不含），按现在所知；空为未定")
    published_at: Instant = Field(title="公布时刻")
    superseded_at: Instant | None = Field(title="被更正的时刻")
    superseded_by: int | None = Field(title="更正它的版本")
    withdrawn_at: Instant | None = Field(title="撤回的时刻")
    ended_at: Instant | None = Field(title="公布其失效的时刻")
    ends_on: Day | None = Field(title="所公布的最后适用日（含）")


class VersionList(View):
    """标准表的版本，一页，按版本号排列。"""

    model_config = ConfigDict(title="版本列表")
    id: str = Field(title="标准表编号")
    versions: list[VersionEntry] = Field(title="版本")
    next: int | None = Field(title="下一页的 after；空为没有更多")


class Change(View):
    """两个版本之间的一处不同。"""

    model_config = ConfigDict(title="不同")
    path: str = Field(title="位置（JSON 指针）")
    from_: Any = Field(title="原值；空为没有", alias="from")
    to: Any = Field(title="现值；空为没有")


class Difference(View):
    """一个版本相对于另一个版本的全部不同。"""

    model_config = ConfigDict(title="版本比较")
    id: str = Field(title="标准表编号")
    version: int = Field(title="版本")
    against: int = Field(title="与之比较的版本")
    changes: list[Change] = Field(title="各处不同")


class SeriesEntry(View):
    """一个参考利率系列。"""

    model_config = ConfigDict(title="参考利率条目")
    series: str = Field(title="代码")
    title: str | None = Field(title="名称")
    source: str | None = Field(title="出处")
    authority: Authority | None = Field(title="来源")
    values_are: Literal["PERCENT", "NUMBER"] = Field(title="值的种类：PERCENT 利率，以小数表示（3.45% 为 0.0345）；NUMBER 数，如汇率")
    version: int = Field(title="版本")
    digest: str = Field(title="摘要")
    published_at: Instant = Field(title="公布时刻")
    first_on: Day = Field(title="首个公布日")
    last_on: Day = Field(title="最后公布日")
    holds_until: Day = Field(title="最后一个值有效至（不含）")


class SeriesList(View):
    """全部参考利率系列。"""

    model_config = ConfigDict(title="参考利率列表")
    reference_rates: list[SeriesEntry] = Field(title="参考利率")


class SeriesRow(View):
    """一次公布的值。"""

    model_config = ConfigDict(title="公布值")
    on: Day = Field(title="公布日（自该日起适用）")
    value: str = Field(title="值，小数", pattern=SERIES_VALUE_PATTERN)
    confidence: Confidence = Field(title="可信程度")


class SeriesView(SeriesEntry):
    """一个参考利率系列及其公布值。"""

    model_config = ConfigDict(title="参考利率")
    versions: list[int] = Field(title="已有版本")
    value: SeriesRow | None = Field(title="on 日适用的公布值；未给 on 时为空")
    rows: list[SeriesRow] = Field(title="公布值，按公布日排列")
    next: str | None = Field(title="下一页的 after；空为没有更多")
