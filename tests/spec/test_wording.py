"""What an officer reads before a new version is approved: the difference from the one in force, in words."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from app.calculators.terms.model import TermsError
from app.tables.diff.differences import Difference, differences
from app.tables.loading.loader import read_files
from app.tables.storage import models
from tests.conftest import PUBLISHED

Json = dict[str, Any]
GONE = object()

VERSIONS: dict[str, Json] = {
    row.rate_table: json.loads(row.content)
    for row in read_files([PUBLISHED]).rows
    if isinstance(row, models.RateTableVersion) and row.version == 1  # of which the sentences below speak
}
TAPE_OUT, LOAN, LAUNCH, FACTORY = "bj-gjj-2023-2-1", "bj-gjj-2023-2-2", "bj-gjj-2025-1-11", "bj-gjj-2024-1-2"
FIRST_LOAN, CONSUMER, DATASET, SME = "bj-sme-2025-0-1", "cn-consumer-2025-0-1", "bj-gjj-2026-2-dataset", "cn-sme-2026-0-1"
FIRST_SET, GROWTH, EQUIPMENT, CHAIN = "cn-firstset-2019-0-1", "bj-gjj-2023-1-stable-growth", "bj-equip-2024-0-1", "bj-gjj-2022-0-12"


# Not published: a base that is a part of the balance, and two terms of which each narrows the other.
CAPPED, TWO_TERMS = "capped", "two terms"
VERSIONS[CAPPED], VERSIONS[TWO_TERMS] = copy.deepcopy(VERSIONS[LOAN]), copy.deepcopy(VERSIONS[SME])
VERSIONS[CAPPED]["terms"]["lines"][0]["base"] = "min(balance, 5000万)"
VERSIONS[TWO_TERMS]["terms"].setdefault("needs", {})["since"] = {"of": "APPLICANT", "type": "DATE", "title": "首次获得支持日"}
VERSIONS[TWO_TERMS]["terms"]["term"] = [VERSIONS[SME]["terms"]["term"], {"months": "36", "from": "since", "clause": "单户累计不超过3年"}]


def version(table: str) -> Json:
    """A published version as if it applied from 2026-05-01."""
    return copy.deepcopy(VERSIONS[table]) | {"effective": {"first_day": "2026-05-01", "last_day": "open"}}


def put(content: Json, pointer: str, value: Any) -> None:
    """Put a value at a place such as ``terms/caps/0/limit``; ``terms/caps/-`` is the end of the list."""
    holder: Any = content
    *path, last = [int(part) if part.isdigit() else part for part in pointer.split("/")]
    for part in path:
        holder = holder[part]
    if value is GONE:
        del holder[last]
    elif last == "-":
        holder.append(value)
    else:
        holder[last] = value


def told(table: str, *changes: tuple[str, Any]) -> list[Difference]:
    """The differences that changes make, each at a place."""
    now = version(table)
    for pointer, value in changes:
        put(now, pointer, value)
    return differences(version(table), now)


MLT, MLT_TITLE = "MEDIUM_LONG_TERM", "固定资产投资、研发中长期贷款"
FAI = "2023年1月1日至9月30日固定资产投资纳统额 ≥ 500万元"
YEAR = {"per": [], "period": "PROGRAM_YEAR", "limit": "5000万", "clause": "单个企业年度不超过5000万元"}
RELATED = {"that": "not related_party", "code": "RELATED", "clause": "非关联方"}
MASS = {"of": "ITEM", "type": "QUANTITY", "unit": "kg", "decimals": "3", "title": "质量"}
SPREAD = "contract_rate - (reference(LPR_1Y, JAN_1) - 1.5%)"
SIGNED = "months_after(application_date, -12)"
TERM = {"months": "36", "from": "first_insured_on", "clause": "不超过3年"}

# Of the terms: they apply from a day. Table, place, new value, Chinese and English without the day.
OF_A_DAY = [
    # caps
    (LOAN, "terms/caps/0/limit", "2000万", "单个企业年度上限 由 1000万元 调整为 2000万元", "Cap per enterprise and year: changed from 10,000,000.00 yuan to 20,000,000.00 yuan"),
    (LOAN, "terms/caps/0/limit", "12345.67", "单个企业年度上限 由 1000万元 调整为 12345.67元", "Cap per enterprise and year: changed from 10,000,000.00 yuan to 12,345.67 yuan"),
    (LOAN, "terms/caps/0/limit", "0.5", "单个企业年度上限 由 1000万元 调整为 0.50元", "Cap per enterprise and year: changed from 10,000,000.00 yuan to 0.50 yuan"),
    (LOAN, "terms/caps/0/limit", "1.5亿", "单个企业年度上限 由 1000万元 调整为 15000万元", "Cap per enterprise and year: changed from 10,000,000.00 yuan to 150,000,000.00 yuan"),
    (LOAN, "terms/caps/0/limit", "100000万", "单个企业年度上限 由 1000万元 调整为 10亿元", "Cap per enterprise and year: changed from 10,000,000.00 yuan to 1,000,000,000.00 yuan"),
    (LOAN, "terms/caps/0/limit", "unknown", "单个企业年度上限 由 1000万元 调整为 未公布", "Cap per enterprise and year: changed from 10,000,000.00 yuan to not published"),
    (LOAN, "terms/caps/0/clause", "不超过1000万元", "单个企业年度上限 条款文字 由 “单个企业年度贴息金额不超过1000万元（详见附件2）” 调整为 “不超过1000万元”", "Cap per enterprise and year, clause text: changed from “单个企业年度贴息金额不超过1000万元（详见附件2）” to “不超过1000万元”"),
    (TAPE_OUT, "terms/caps/0/limit", "400万", "单个企业本批次上限（档次 MPW） 由 300万元 调整为 400万元", "Cap per enterprise and batch on MPW: changed from 3,000,000.00 yuan to 4,000,000.00 yuan"),
    (TAPE_OUT, "terms/caps/4/pool", "FUND", "单个企业年度上限 共用限额的标准表 由 bj-gjj-2023-1-1、bj-gjj-2023-2-1 调整为 本资金的各标准表", "Cap per enterprise and year, tables that share it: changed from bj-gjj-2023-1-1, bj-gjj-2023-2-1 to every table of the fund"),
    (TAPE_OUT, "terms/caps/4/pool", GONE, "单个企业年度上限 共用限额的标准表 由 bj-gjj-2023-1-1、bj-gjj-2023-2-1 调整为 仅本标准表", "Cap per enterprise and year, tables that share it: changed from bj-gjj-2023-1-1, bj-gjj-2023-2-1 to this table alone"),
    (LAUNCH, "terms/caps/0/limit", "800万", "单个投保产品本批次上限 由 500万元 调整为 800万元", "Cap per insured unit and batch: changed from 5,000,000.00 yuan to 8,000,000.00 yuan"),
    (LAUNCH, "terms/caps/-", YEAR, "新增 单个企业年度上限 5000万元", "Added: cap per enterprise and year: 50,000,000.00 yuan"),
    (LAUNCH, "terms/caps/1", GONE, "取消 单个企业本批次上限 1000万元", "Removed: cap per enterprise and batch: 10,000,000.00 yuan"),
    (CONSUMER, "terms/caps/0/limit", "10万", "单笔放款贷款余额上限 由 5万元 调整为 10万元", "Balance cap per drawdown: changed from 50,000.00 yuan to 100,000.00 yuan"),
    (CONSUMER, "terms/caps/0/room", "CUMULATIVE", "单笔放款贷款余额上限 额度使用方式 由 按日，腾出的额度可再用 调整为 累计，用过不再腾出", "Balance cap per drawdown, use of its room: changed from by the day, freed room is used again to cumulative, used room is never freed"),
    (CONSUMER, "terms/caps/1/limit", "1500", "单家贷款机构累计上限（档次 SMALL） 由 1000元 调整为 1500元", "Cap per lender in all on SMALL: changed from 1,000.00 yuan to 1,500.00 yuan"),
    (FIRST_LOAN, "terms/caps/1/limit", "1.5% * disbursed", "单份合同累计上限（限非（档次 INNOVATIVE 有金额）时） 由 1% × 实际放款额 调整为 1.5% × 实际放款额", "Cap per contract in all, where not (line INNOVATIVE earns): changed from 1% × disbursed to 1.5% × disbursed"),
    (DATASET, "terms/caps/0/limit", "300万", "单个“数据集编号”累计上限 由 200万元 调整为 300万元", "Cap per dataset_id in all: changed from 2,000,000.00 yuan to 3,000,000.00 yuan"),
    # lines
    (LOAN, "terms/lines/0/rate", "1.5%", f"档次 {MLT}（{MLT_TITLE}） 年贴息率 由 2% 调整为 1.5%", f"Line {MLT}, annual rate: changed from 2% to 1.5%"),
    (LOAN, "terms/lines/0/rate", "unknown", f"档次 {MLT}（{MLT_TITLE}） 年贴息率 由 2% 调整为 未公布", f"Line {MLT}, annual rate: changed from 2% to not published"),
    (LOAN, "terms/lines/0/rate", f"min(2.5%, {SPREAD})", f"档次 {MLT}（{MLT_TITLE}） 年贴息率 由 2% 调整为 min(2.5%, 合同利率 - （LPR_1Y（申请当年1月1日） - 1.5%）)", f"Line {MLT}, annual rate: changed from 2% to min(2.5%, contract rate - (LPR_1Y on 1 January of the application's year - 1.5%))"),
    (LOAN, "terms/lines/0/rate", "0.5 * reference(LPR_1Y, 2026-01-20)", f"档次 {MLT}（{MLT_TITLE}） 年贴息率 由 2% 调整为 0.5 × LPR_1Y（2026-01-20）", f"Line {MLT}, annual rate: changed from 2% to 0.5 × LPR_1Y on 2026-01-20"),
    (LOAN, "terms/lines/0/rate", "1/3 * contract_rate", f"档次 {MLT}（{MLT_TITLE}） 年贴息率 由 2% 调整为 1/3 × 合同利率", f"Line {MLT}, annual rate: changed from 2% to 1/3 × contract rate"),
    (LOAN, "terms/lines/0/rate", "50% * reference(LPR_1Y, signed_on)", f"档次 {MLT}（{MLT_TITLE}） 年贴息率 由 2% 调整为 50% × LPR_1Y（签订日）", f"Line {MLT}, annual rate: changed from 2% to 50% × LPR_1Y as of signed on"),
    (LOAN, "terms/lines/0/rate", "50% * reference(LPR_1Y, months_after(signed_on, -1))", f"档次 {MLT}（{MLT_TITLE}） 年贴息率 由 2% 调整为 50% × LPR_1Y（签订日前1个月）", f"Line {MLT}, annual rate: changed from 2% to 50% × LPR_1Y as of 1 months before signed on"),
    (LOAN, "terms/lines/0/base", "min(balance, 5000万)", f"档次 {MLT}（{MLT_TITLE}） 计算依据 由 贷款余额 调整为 min(贷款余额, 5000万元)", f"Line {MLT}, base: changed from balance to min(balance, 50,000,000.00 yuan)"),
    (CAPPED, "terms/lines/0/rate", "1.5%", f"档次 {MLT}（{MLT_TITLE}） 年贴息率 由 2% 调整为 1.5%", f"Line {MLT}, annual rate: changed from 2% to 1.5%"),
    (LOAN, "terms/lines/1/when", "loan_type in [WORKING_CAPITAL] and day < months_after(first_drawdown, 12)", "档次 WORKING_CAPITAL（产业链龙头企业流动资金贷款） 适用情形 由 贷款种类 = 流动资金贷款 调整为 贷款种类 = 流动资金贷款 且 计息日 < 首次放款日后12个月", "Line WORKING_CAPITAL, where it applies: changed from loan type = WORKING_CAPITAL to loan type = WORKING_CAPITAL and day < 12 months after first drawdown"),
    (LOAN, "terms/lines/1/when", "loan_type in [WORKING_CAPITAL, BUSINESS]", "档次 WORKING_CAPITAL（产业链龙头企业流动资金贷款） 适用情形 由 贷款种类 = 流动资金贷款 调整为 贷款种类 属于 [流动资金贷款, 经营性贷款]", "Line WORKING_CAPITAL, where it applies: changed from loan type = WORKING_CAPITAL to loan type in [WORKING_CAPITAL, BUSINESS]"),
    (LOAN, "terms/lines/1/base", "interest", "档次 WORKING_CAPITAL（产业链龙头企业流动资金贷款） 计算依据 由 贷款余额 调整为 利息", "Line WORKING_CAPITAL, base: changed from balance to interest"),
    (FIRST_LOAN, "terms/lines/1/rate", "0.25", "档次 ORDINARY（一般企业） 比例 由 20% 调整为 25%", "Line ORDINARY, rate: changed from 20% to 25%"),
    (FIRST_LOAN, "terms/lines/1/title", "其他企业", "档次 ORDINARY（其他企业） 名称 由 “一般企业” 调整为 “其他企业”", "Line ORDINARY, title: changed from “一般企业” to “其他企业”"),
    (FIRST_SET, "terms/lines/0/base", "min(premium, 3% * sum_insured)", "档次 ALL（年度保费） 计算依据 由 min(已付保费, 3% × 保险金额) 调整为 min(保费, 3% × 保险金额)", "Line ALL, base: changed from min(premium paid, 3% × sum insured) to min(premium, 3% × sum insured)"),
    (GROWTH, "terms/lines/0/amount", "250万", "档次 RUNG_1（净增量2亿元至10亿元） 金额 由 200万元 调整为 250万元", "Line RUNG_1, amount: changed from 2,000,000.00 yuan to 2,500,000.00 yuan"),
    (GROWTH, "terms/lines/0/amount", "-20 * (-10万 * events - cost)", "档次 RUNG_1（净增量2亿元至10亿元） 金额 由 200万元 调整为 -20 × （-10万元 × 次数 - 产品成本）", "Line RUNG_1, amount: changed from 2,000,000.00 yuan to -20 × (-100,000.00 yuan × events - cost)"),
    (DATASET, "terms/lines/0/bands/pay/1/amount", "10万", "档次 TRADES（首次交易与复卖） 分段 由 次数（在该数据集此前已交易次数之后）分段：至1为每单位100万元、其余为每单位20万元 调整为 次数（在该数据集此前已交易次数之后）分段：至1为每单位100万元、其余为每单位10万元", "Line TRADES, bands: changed from events (after events_before) in bands: up to 1: 1,000,000.00 yuan each, the rest: 200,000.00 yuan each to events (after events_before) in bands: up to 1: 1,000,000.00 yuan each, the rest: 100,000.00 yuan each"),
    (TAPE_OUT, "terms/lines/2/wording", "EXACT", "档次 OTHER_FULL_MASK（其他工程产品） 金额性质 由 不超过，为上限 调整为 按照，为确定金额", "Line OTHER_FULL_MASK, kind of amount: changed from a ceiling to exact"),
    (TAPE_OUT, "terms/wording", "EXACT", "金额性质 由 不超过，为上限 调整为 按照，为确定金额", "Kind of amount: changed from a ceiling to exact"),
    # requirements
    (LOAN, "terms/lines/0/require/1/that", "fai_2022 >= 300万 or fai_2023_q1_q3 >= 500万", f"档次 {MLT} 的条件 INVESTMENT_BELOW_THRESHOLD 由 2022年固定资产投资纳统额 ≥ 500万元 或 {FAI} 调整为 2022年固定资产投资纳统额 ≥ 300万元 或 {FAI}", f"Requirement INVESTMENT_BELOW_THRESHOLD of line {MLT}: changed from fai_2022 ≥ 5,000,000.00 yuan or fai_2023_q1_q3 ≥ 5,000,000.00 yuan to fai_2022 ≥ 3,000,000.00 yuan or fai_2023_q1_q3 ≥ 5,000,000.00 yuan"),
    (LOAN, "terms/lines/0/require/0", GONE, f"取消 档次 {MLT} 的条件 INDUSTRY：属在京工业重点产业或软件信息服务业", f"Removed: requirement INDUSTRY of line {MLT}: key_industry"),
    (TAPE_OUT, "terms/require/-", RELATED, "新增 条件 RELATED：非 关联方", "Added: requirement RELATED: not related party"),
    (TAPE_OUT, "terms/require/0/message", GONE, "取消 条件 CONTRACT_NOT_COMPLETED 说明：“产品流片合同已执行完毕”", "Removed: requirement CONTRACT_NOT_COMPLETED, message: “产品流片合同已执行完毕”"),
    (LAUNCH, "terms/require/0/that", f"launched_on >= {SIGNED} and not dishonest_since({SIGNED})", "条件 NO_LAUNCH_APPROVAL 由 取得发射许可 调整为 发射日期 ≥ 申请日前12个月 且 自申请日前12个月以来无严重失信记录", "Requirement NO_LAUNCH_APPROVAL: changed from launch approved to launched on ≥ 12 months before application date and no dishonesty record since 12 months before application date"),
    (TAPE_OUT, "terms/require/0/that", "total(base_amount) > 2 * 500万 + 1000 and (events != 3 or category != MPW)", "条件 CONTRACT_NOT_COMPLETED 由 产品流片合同已执行完毕 调整为 计算基数合计 > 2 × 500万元 + 1000元 且 （次数 ≠ 3 或 流片类别 ≠ MPW）", "Requirement CONTRACT_NOT_COMPLETED: changed from contract_completed to total base amount > 2 × 5,000,000.00 yuan + 1,000.00 yuan and (events ≠ 3 or category ≠ MPW)"),
    (EQUIPMENT, "terms/require", [{"that": "BILL in purposes or status(SME, AT_APPLICATION)", "code": "BILLS", "clause": "票据"}], "新增 条件 BILLS：BILL 属于 用途与性质标记 或 申请时具有资质 SME", "Added: requirement BILLS: BILL in purposes or status SME at the application"),
    (EQUIPMENT, "terms/require", [{"that": "status(SME, 2025-12-31) and status(SME, signed_on)", "code": "SME", "clause": "中小企业"}], "新增 条件 SME：2025-12-31具有资质 SME 且 签订日具有资质 SME", "Added: requirement SME: status SME on 2025-12-31 and status SME as of signed on"),
    (FACTORY, "terms/require/-", {"that": "admitted(EQUIPMENT) >= 500万", "code": "LITTLE", "clause": "设备投资500万元以上"}, "新增 条件 LITTLE：纳入支持范围的投资（EQUIPMENT） ≥ 500万元", "Added: requirement LITTLE: admitted investment in EQUIPMENT ≥ 5,000,000.00 yuan"),
    # what built-in facts are called
    (TAPE_OUT, "terms/titles", {"base_amount": "流片费用"}, "新增 固定事实 base_amount 的名称：“流片费用”", "Added: title of the fact base_amount: “流片费用”"),
    # windows and terms
    (LAUNCH, "terms/windows/event/last_day", "2026-03-31", "发射日期的期间 末日 由 申请日 调整为 2026-03-31", "Event window, last day: changed from the application date to 2026-03-31"),
    (LAUNCH, "terms/windows/event/first_day", GONE, "发射日期的期间 首日 由 2024-04-01 调整为 不限", "Event window, first day: changed from 2024-04-01 to no limit"),
    (LAUNCH, "terms/windows/event/of", "paid_on", "保费付清日的期间 所依据的日期 由 发射日期 调整为 保费付清日", "Event window, the date tested: changed from launched on to paid on"),
    (LAUNCH, "terms/windows/application", GONE, "取消 申请期：2025-01-20 至 2025-03-31", "Removed: application window: 2025-01-20 to 2025-03-31"),
    (LOAN, "terms/windows/interest/first_day", "2025-10-01", "计息期间 首日 由 未公布 调整为 2025-10-01", "Interest window, first day: changed from not published to 2025-10-01"),
    (LOAN, "terms/windows/interest/tests", "PAID_ON", "计息期间 判断方式 由 按日子本身 调整为 按付息日", "Interest window, way of testing: changed from by the day itself to by the day of payment"),
    (LOAN, "terms/windows/interest", {"tests": "PAID_ON", "first_day": "unknown", "last_day": "unknown", "clause": "（详见附件2）"}, "计息期间 判断方式 由 按日子本身 调整为 按付息日", "Interest window, way of testing: changed from by the day itself to by the day of payment"),
    (CONSUMER, "terms/windows/contract", {"first_day": "2025-09-01", "last_day": "unknown", "clause": "合同签订于2025年9月1日后"}, "新增 合同期间：自 2025-09-01 起（末日未公布）（按签订日）", "Added: contract window: from 2025-09-01 (last day not published) (signed on)"),
    (DATASET, "terms/windows/application/last_day", "2026-09-30T17:30:15", "申请期 末日 由 2026-08-31 17:30 调整为 2026-09-30 17:30:15", "Application window, last day: changed from 2026-08-31 17:30 to 2026-09-30 17:30:15"),
    (FACTORY, "terms/windows/investment", {"first_day": "unknown", "last_day": "unknown", "clause": "投资期见附件"}, "新增 投资期间：未公布（按paid_on）", "Added: investment window: not published (paid_on)"),
    (SME, "terms/term/months", "36", "支持期限 由 24个月 调整为 36个月", "Supported term: changed from 24 months to 36 months"),
    (SME, "terms/term/from", "SIGNED_ON", "支持期限 起点 由 首次放款日 调整为 签订日", "Supported term, start: changed from the first drawdown to the day of signing"),
    (SME, "terms/term/end", "YEAR_END", "新增 支持期限 终点：至起始年12月31日止", "Added: supported term, end: to 31 December of its first year"),
    (TWO_TERMS, "terms/term/1/months", "48", "支持期限（自首次获得支持日起） 由 36个月 调整为 48个月", "Supported term from since: changed from 36 months to 48 months"),
    (TWO_TERMS, "terms/term/1", GONE, "取消 支持期限：自首次获得支持日起36个月", "Removed: supported term: 36 months from since"),
    (SME, "terms/term", GONE, "取消 支持期限：自首次放款日起24个月", "Removed: supported term: 24 months from the first drawdown"),
    (LAUNCH, "terms/term", TERM | {"end": "YEAR_END"}, "新增 支持期限：自首次投保日起36个月，至起始年12月31日止", "Added: supported term: 36 months from first insured on, to 31 December of its first year"),
    (LAUNCH, "terms/term", {"from": "first_insured_on", "end": "YEAR_END", "clause": "当年"}, "新增 支持期限：自首次投保日起，至起始年12月31日止", "Added: supported term: from first insured on, to 31 December of its first year"),
    # everything else that decides an amount
    (CONSUMER, "terms/day_count", "ACT_360", "计息方式 由 整月按1/12年、零头每日按1/360年 调整为 实际天数/360", "Day count: changed from whole months as 1/12 of a year, odd days as 1/360 to actual days/360"),
    (SME, "terms/day_count/assumed", "附件未见", "计息方式系推定的说明 由 “通知未载明计息方式” 调整为 “附件未见”", "Why the day count is assumed: changed from “通知未载明计息方式” to “附件未见”"),
    (FIRST_LOAN, "terms/exclude_periods", ["OVERDUE"], "不计息的期间 由 展期、逾期 调整为 逾期", "Periods that do not count: changed from extension, overdue to overdue"),
    (FIRST_LOAN, "terms/exclude_periods", [], "不计息的期间 由 展期、逾期 调整为 无", "Periods that do not count: changed from extension, overdue to none"),
    (FIRST_LOAN, "terms/pay_first", GONE, "先付后贴 由 有付息凭证后只计凭证覆盖的日子 调整为 不要求", "Interest to be paid first: changed from once vouchers are given, only days that they cover to not asked for"),
    (FIRST_LOAN, "terms/choose", "HIGHEST", "档次选用 由 取顺序在先的适用档次 调整为 取金额最高的适用档次", "Choice of line: changed from the first line that applies to the line that pays most"),
    (LOAN, "terms/currencies", ["CNY", {"currency": "USD", "series": "USD_CNY", "on": "SIGNED_ON"}], "币种 由 人民币 调整为 人民币、USD（按签订日的 USD_CNY 换算）", "Currencies: changed from CNY to CNY, USD (by USD_CNY of the day of signing)"),
    (LOAN, "terms/currencies", [{"currency": "USD", "series": "USD_CNY", "on": "2026-04-30"}], "币种 由 人民币 调整为 人民币、USD（按2026-04-30的 USD_CNY 换算）", "Currencies: changed from CNY to CNY, USD (by USD_CNY of 2026-04-30)"),
    (LOAN, "terms/applicant", "PERSON", "申请主体 由 企业 调整为 个人", "Kind of applicant: changed from enterprise to person"),
    (FACTORY, "terms/other_funding", "FROM_BASE", "其他财政资金 由 从支持金额中扣除 调整为 从计算依据中扣除", "Other fiscal money: changed from taken from the amount to taken from the base"),
    (FACTORY, "terms/rounding", {"unit": "1万元"}, "合计取整单位 由 分 调整为 1万元", "Unit of the total: changed from 0.01 yuan to 10,000.00 yuan"),
    (FACTORY, "terms/rounding", {"mode": "HALF_UP"}, "取整方式 由 随金额性质（上限舍去尾数，确定金额四舍五入） 调整为 四舍五入", "Way of rounding: changed from as the wording says (a ceiling down, exact half up) to half up"),
    (FACTORY, "terms/rounding", {"scope": "TOTAL"}, "取整对象 由 逐项 调整为 合计", "What is rounded: changed from each item to the total only"),
    (FACTORY, "terms/admit/vat", "EXCLUDED", "投资纳入范围 增值税 由 未公布 调整为 不计入", "Admitted investment, VAT: changed from not published to excluded"),
    (FACTORY, "terms/admit/categories", ["SOFTWARE", "EQUIPMENT"], "投资纳入范围 类别 由 未公布 调整为 EQUIPMENT、SOFTWARE", "Admitted investment, categories: changed from not published to EQUIPMENT, SOFTWARE"),
    (FACTORY, "terms/admit/that", "not started_on > 2026-01-01", "新增 投资纳入范围 每笔投资的条件：非 开工日 > 2026-01-01", "Added: admitted investment, what each payment must meet: not started on > 2026-01-01"),
    (TAPE_OUT, "terms/stacking", {"offset": {"less": "vat", "clause": "扣除增值税"}}, "新增 从每项金额中扣除：增值税", "Added: taken off each item's amount: VAT"),
    (FACTORY, "terms/admit", GONE, "取消 投资纳入范围：类别 未公布，增值税未公布，关联方采购未公布", "Removed: admitted investment: categories not published, VAT not published, related parties not published"),
    (TAPE_OUT, "terms/stacking", {"single_direction": {"exempt": "major_project_or_key_unit", "clause": "单个方向"}}, "新增 单一方向限制：同一单位一年只支持一个方向，例外 市级重大项目或重点单位", "Added: one direction per unit and year; exempt: major project or key unit"),
    (TAPE_OUT, "terms/stacking", {"higher_of": {"clause": "孰高兑付"}}, "新增 孰高兑付、差额补齐", "Added: the higher of two grants, paid as a top-up"),
    (TAPE_OUT, "terms/stacking", {"exempt_direction": "true"}, "本方向与单一方向限制 由 受限制 调整为 不受限制，也不限制其他方向", "This direction and the limit to one: changed from subject to it to neither bars nor is barred"),
    (FACTORY, "terms/payout", {"instalments": [{"share": "70%", "when": "立项后"}, {"when": "验收后"}]}, "新增 分期拨付：立项后 70%、验收后 其余", "Added: instalments: 立项后: 70%, 验收后: the rest"),
    (CONSUMER, "terms/payout/sources/0/share", "85%", "资金来源 由 CENTRAL 90%、PROVINCE 其余 调整为 CENTRAL 85%、PROVINCE 其余", "Sources of the money: changed from CENTRAL: 90%, PROVINCE: the rest to CENTRAL: 85%, PROVINCE: the rest"),
    (CONSUMER, "terms/payout", GONE, "取消 资金来源：CENTRAL 90%、PROVINCE 其余", "Removed: sources of the money: CENTRAL: 90%, PROVINCE: the rest"),
    # facts to be given, what is left open, the words of the notice
    (TAPE_OUT, "terms/needs/mass_kg", MASS, "新增 所需事实“质量”（mass_kg）：事项的数量", "Added: fact mass_kg: quantity of the item"),
    (TAPE_OUT, "terms/needs/contract_completed/title", "合同已执行", "所需事实“合同已执行”（contract_completed） 名称 由 “产品流片合同已执行完毕” 调整为 “合同已执行”", "Fact contract_completed, title: changed from “产品流片合同已执行完毕” to “合同已执行”"),
    (CHAIN, "terms/needs/category/values", {"NEW_GENERATION_IT": "新一代信息技术", "GREEN_ENERGY": "GREEN_ENERGY"}, "所需事实“领域”（category） 可选值 由 GREEN_ENERGY“绿色能源与节能环保”、NEW_GENERATION_IT“新一代信息技术” 调整为 NEW_GENERATION_IT“新一代信息技术”、GREEN_ENERGY", "Fact category, values: changed from GREEN_ENERGY “绿色能源与节能环保”, NEW_GENERATION_IT “新一代信息技术” to NEW_GENERATION_IT “新一代信息技术”, GREEN_ENERGY"),
    (LOAN, "terms/not_decided/0/message", "附件2已见。", "未尽事项 由 “附件2未见：计息期间、计息方式及实付利息的认定方法。” 调整为 “附件2已见。”", "Left open: changed from “附件2未见：计息期间、计息方式及实付利息的认定方法。” to “附件2已见。”"),
    (LOAN, "terms/clause", "依据本通知", "新增 全表通用的条款文字：“依据本通知”", "Added: clause text of the whole table: “依据本通知”"),
    (LOAN, "method", "LEASE_INTEREST", "支持方式 由 贷款贴息 调整为 融资租赁补贴", "Support method: changed from loan interest subsidy to lease interest subsidy"),
]


@pytest.mark.parametrize(("table", "place", "value", "zh", "en"), OF_A_DAY, ids=[f"{row[0]} {row[1]}" for row in OF_A_DAY])
def test_a_change_of_the_terms_is_one_sentence_that_names_its_first_day(table: str, place: str, value: Any, zh: str, en: str) -> None:
    (found,) = told(table, (place, value))
    assert found.zh == f"{zh}，自 2026-05-01 起"
    assert found.en == f"{en}, from 2026-05-01"


# Of the source of a version: they apply from no day.
OF_NO_DAY = [
    (LOAN, "effective/last_day", "2027-12-31", "施行末日 由 长期 调整为 2027-12-31", "Last day of effect: changed from open to 2027-12-31"),
    (LOAN, "effective/first_day", "2026-06-01", "施行首日 由 2026-05-01 调整为 2026-06-01", "First day of effect: changed from 2026-05-01 to 2026-06-01"),
    (LOAN, "authority", "official", "来源 由 官方页面的副本 调整为 正式公布", "Source: changed from a mirror of the official page to officially published"),
    (LOAN, "confidence", "implied", "数字的可靠程度 由 直接读到 调整为 由上下文推知", "How surely the figures were read: changed from read to implied"),
    (LOAN, "confidence", GONE, "取消 数字的可靠程度：直接读到", "Removed: how surely the figures were read: read"),
    (LOAN, "document/number", "京财〔2026〕1号", "新增 文号：“京财〔2026〕1号”", "Added: number of the document: “京财〔2026〕1号”"),
    (LOAN, "document/date", "2026-04-20", "文件日期 由 “2023-10-25” 调整为 “2026-04-20”", "Date of the document: changed from “2023-10-25” to “2026-04-20”"),
    (LOAN, "title", "贷款贴息", "标准表名称 由 “重点投资项目贷款贴息” 调整为 “贷款贴息”", "Title of the table: changed from “重点投资项目贷款贴息” to “贷款贴息”"),
    (LOAN, "supersedes", "1", "本版本为更正，取代版本 1", "This version is a correction and replaces version 1"),
]


@pytest.mark.parametrize(("table", "place", "value", "zh", "en"), OF_NO_DAY, ids=[f"{row[0]} {row[1]}" for row in OF_NO_DAY])
def test_a_change_of_the_source_or_the_period_is_one_sentence(table: str, place: str, value: Any, zh: str, en: str) -> None:
    (found,) = told(table, (place, value))
    assert (found.zh, found.en) == (zh, en)


# The same in other letters: an officer sees that somebody touched it, and that it changes nothing.
SAME = [
    (LOAN, "terms/caps/0/limit", "10000000", "单个企业年度上限 的写法由“1000万”改为“10000000”，含义不变", "Cap per enterprise and year: written as “10000000” instead of “1000万”, with the same meaning"),
    (LAUNCH, "terms/caps/0/period", "BATCH", "单个投保产品本批次上限 期间 的写法由（不写明）改为“BATCH”，含义不变", "Cap per insured unit and batch, period: written as “BATCH” instead of nothing, with the same meaning"),
    (LOAN, "terms/choose", "ONLY", "档次选用 的写法由（不写明）改为“ONLY”，含义不变", "Choice of line: written as “ONLY” instead of nothing, with the same meaning"),
    (TAPE_OUT, "terms/lines/0/when", "category == MPW", "档次 MPW 适用情形 的写法由“category in [MPW]”改为“category == MPW”，含义不变", "Line MPW, where it applies: written as “category == MPW” instead of “category in [MPW]”, with the same meaning"),
    (TAPE_OUT, "terms/lines/0/wording", "CEILING", "档次 MPW 金额性质 的写法由（不写明）改为“CEILING”，含义不变", "Line MPW, kind of amount: written as “CEILING” instead of nothing, with the same meaning"),
    (LOAN, "terms/lines/0/id", f"{MLT} ", "“lines”的写法有改动，含义不变", "“lines” is written otherwise, with the same meaning"),
    (LOAN, "terms/stacking", {}, "“stacking”的写法有改动，含义不变", "“stacking” is written otherwise, with the same meaning"),
]


@pytest.mark.parametrize(("table", "place", "value", "zh", "en"), SAME, ids=[f"{row[0]} {row[1]}" for row in SAME])
def test_another_spelling_is_told_as_such(table: str, place: str, value: Any, zh: str, en: str) -> None:
    (found,) = told(table, (place, value))
    assert (found.zh, found.en) == (zh, en)


def test_each_sentence_names_its_place_and_what_stood_there() -> None:
    assert [(one.place, one.before, one.after) for one in told(LOAN, ("terms/caps/0/limit", "2000万"))] == [("/terms/caps/0/limit", "1000万", "2000万")]
    gone = '{"clause":"单个企业补贴金额不超过1000万元。","limit":"1000万","per":[],"period":"BATCH"}'
    assert [(one.place, one.before, one.after) for one in told(LAUNCH, ("terms/caps/1", GONE))] == [("/terms/caps/1", gone, None)]
    assert [(one.place, one.before, one.after) for one in told(FIRST_LOAN, ("terms/pay_first", GONE))] == [("/terms/pay_first", "true", None)]


def test_a_cap_is_found_by_what_it_bounds_and_not_by_its_row() -> None:
    """A cap that comes first moves the others down; only the new one and a limit that changed are told."""
    now = version(LAUNCH)
    now["terms"]["caps"].insert(0, {"per": ["PROJECT"], "limit": "300万", "clause": "c"})
    put(now, "terms/caps/2/limit", "900万")
    assert [(one.place, one.zh) for one in differences(version(LAUNCH), now)] == [
        ("/terms/caps/0", "新增 单个项目本批次上限 300万元，自 2026-05-01 起"),
        ("/terms/caps/2/limit", "单个企业本批次上限 由 1000万元 调整为 900万元，自 2026-05-01 起"),
    ]


def test_a_cap_that_bounds_something_else_is_another_cap() -> None:
    assert [one.zh for one in told(LAUNCH, ("terms/caps/1/period", "PROGRAM_YEAR"))] == [
        "新增 单个企业年度上限 1000万元，自 2026-05-01 起",
        "取消 单个企业本批次上限 1000万元，自 2026-05-01 起",
    ]


def test_another_order_of_the_caps_is_told() -> None:
    now = version(LAUNCH)
    now["terms"]["caps"].reverse()
    (found,) = differences(version(LAUNCH), now)
    unit, batch = "单个投保产品本批次上限 500万元", "单个企业本批次上限 1000万元"
    assert found.zh == f"限额适用顺序 由 {unit} → {batch} 调整为 {batch} → {unit}，自 2026-05-01 起"
    unit, batch = "cap per insured unit and batch: 5,000,000.00 yuan", "cap per enterprise and batch: 10,000,000.00 yuan"
    assert found.en == f"Order of the caps: changed from {unit} → {batch} to {batch} → {unit}, from 2026-05-01"
    assert (found.place, found.before is None, found.after is None) == ("/terms/caps", False, False)


def test_the_order_of_the_lines_is_told_where_it_decides() -> None:
    """Of a table that takes the first line that applies; not of one whose lines cannot meet."""
    first, loan = version(FIRST_LOAN), version(LOAN)
    for content in (first, loan):
        content["terms"]["lines"].reverse()
    (found,) = differences(version(FIRST_LOAN), first)
    assert found.zh.startswith("档次顺序 由 档次 INNOVATIVE（创新型中小企业）：排第1，")
    assert found.en.startswith("Order of the lines: changed from line INNOVATIVE: no. 1, where ")
    assert differences(version(LOAN), loan) == []


def test_of_two_requirements_with_one_code_each_keeps_its_own() -> None:
    """The one that is the same is found first, whatever the order."""
    old, now = version(TAPE_OUT), version(TAPE_OUT)
    old["terms"]["require"] = [RELATED | {"that": "events >= 1"}, RELATED | {"that": "events <= 9"}]
    now["terms"]["require"] = [RELATED | {"that": "events <= 9"}, RELATED | {"that": "events >= 2"}]
    assert [(one.place, one.zh) for one in differences(old, now)] == [
        ("/terms/require/1/that", "条件 RELATED 由 次数 ≥ 1 调整为 次数 ≥ 2，自 2026-05-01 起")
    ]


def test_windows_with_the_same_days_are_not_taken_for_each_other() -> None:
    days = {"of": "occurred_on", "first_day": "2026-01-01", "last_day": "2026-12-31", "clause": "2026年度"}
    old, now = version(TAPE_OUT), version(TAPE_OUT)
    old["terms"]["windows"], now["terms"]["windows"] = {"event": days}, {"contract": days}
    assert [one.zh for one in differences(old, now)] == [
        "新增 合同期间：2026-01-01 至 2026-12-31（按发生日期），自 2026-05-01 起",
        "取消 发生日期的期间：2026-01-01 至 2026-12-31（按发生日期），自 2026-05-01 起",
    ]


def test_a_figure_and_its_clause_are_two_sentences() -> None:
    found = told(LOAN, ("terms/lines/1/rate", "1.2%"), ("terms/lines/1/clause", "按不超过1.2%的贴息率给予贴息"))
    assert [one.place for one in found] == ["/terms/lines/1/rate", "/terms/lines/1/clause"]


def test_facts_that_share_a_title_are_told_apart_by_their_names() -> None:
    share = ("terms/needs/contract_completed", {"of": "ITEM", "type": "BOOLEAN", "title": "关联方"})
    old, now = version(TAPE_OUT), version(TAPE_OUT)
    for content in (old, now):
        put(content, *share)
    put(now, "terms/require/0/that", "related_party")
    (found,) = differences(old, now)
    assert found.zh == "条件 CONTRACT_NOT_COMPLETED 由 “contract_completed” 调整为 “related_party”，自 2026-05-01 起"
    assert found.en == "Requirement CONTRACT_NOT_COMPLETED: changed from contract_completed to related party, from 2026-05-01"


def test_facts_that_share_an_english_name_are_told_apart_by_what_is_typed() -> None:
    old, now = version(TAPE_OUT), version(TAPE_OUT)
    for content, fact in ((old, "product_id"), (now, "product")):
        put(content, "terms/needs/product", {"of": "ITEM", "type": "CODE", "title": "品名"})
        put(content, "terms/require/0/that", f"{fact} == A")
    (found,) = differences(old, now)
    assert found.zh == "条件 CONTRACT_NOT_COMPLETED 由 产品编号 = A 调整为 品名 = A，自 2026-05-01 起"
    assert found.en == "Requirement CONTRACT_NOT_COMPLETED: changed from “product_id == A” to “product == A”, from 2026-05-01"


def test_a_line_that_pays_otherwise_loses_one_statement_and_gets_another() -> None:
    line = {"id": "ALL", "amount": "100万", "clause": "定额100万元"}
    assert [one.zh for one in told("bj-gjj-2026-2-token", ("terms/lines/0", line))] == [
        "档次 ALL 名称 由 “补贴期内认定费用” 调整为 “ALL”，自 2026-05-01 起",
        "取消 档次 ALL 计算依据：计算基数，自 2026-05-01 起",
        "取消 档次 ALL 比例：30%，自 2026-05-01 起",
        "新增 档次 ALL 金额：100万元，自 2026-05-01 起",
        "档次 ALL 条款文字 由 “Token 按补贴期内认定费用最高30%补贴” 调整为 “定额100万元”，自 2026-05-01 起",
    ]


def test_bands_of_an_amount_pay_shares() -> None:
    bands = {"of": "base_amount", "pay": [{"up_to": "1000万", "rate": "30%"}, {"rate": "10%"}]}
    line = {"id": "MORE", "when": "related_party", "bands": bands, "clause": "分段"}
    assert [(one.zh, one.en) for one in told("bj-gjj-2026-2-token", ("terms/lines/-", line))] == [
        (
            "新增 档次 MORE：关联方 的，计算基数分段：至1000万元为30%、其余为10%（不超过，为上限），自 2026-05-01 起",
            "Added: line MORE: where related party, base amount in bands: up to 10,000,000.00 yuan: 30%, the rest: 10% (a ceiling), from 2026-05-01",
        )
    ]


def test_a_version_that_no_longer_corrects_another() -> None:
    (found,) = differences(version(LOAN) | {"supersedes": "1"}, version(LOAN))
    assert (found.zh, found.en) == ("前一版本取代版本 1，本版本不取代其他版本", "The earlier version replaces version 1; this one replaces none")
    assert (found.place, found.before, found.after) == ("/supersedes", "1", None)


def test_a_first_version_read_in_words() -> None:
    """The tape-out award of 2022: what it is and where it comes from; what must be known, what is paid, up to which limits."""
    frame, found = (found := differences(None, VERSIONS["bj-gjj-2022-0-1"]))[:11], found[11:]
    assert [one.place for one in frame] == [
        *("/effective/first_day", "/effective/last_day", "/title", "/method"),
        *("/document/title", "/document/issuer", "/document/date", "/authority", "/confidence", "/terms/facts", "/terms/wording"),
    ]
    assert [frame[no].zh for no in (0, 3, 8)] == ["新增 施行首日：2022-02-01", "新增 支持方式：奖励，自 2022-02-01 起", "新增 数字的可靠程度：直接读到"]
    assert [one.zh.removesuffix("，自 2022-02-01 起") for one in found] == [
        "新增 所需事实“流片类别”（category）：事项的代码",
        "新增 档次 MPW（MPW首轮流片）：流片类别 = MPW首轮流片 的，计算基数 × 50%（按照，为确定金额）",
        "新增 档次 FULL_MASK（工程产品首轮流片（全掩膜））：流片类别 = 工程产品首轮流片（全掩膜） 的，计算基数 × 30%（按照，为确定金额）",
        "新增 档次 MADE_IN_BEIJING_FULL_MASK（在京代工的工程产品首轮流片（全掩膜））："
        "流片类别 = 在京代工的工程产品首轮流片（全掩膜） 的，计算基数 × 50%（按照，为确定金额）",
        "新增 单个企业年度上限（档次 MPW） 300万元",
        "新增 单个企业年度上限（档次 FULL_MASK） 1000万元",
        "新增 单个企业年度上限（档次 MADE_IN_BEIJING_FULL_MASK） 2000万元",
        "新增 未尽事项“发布的具体日期未见，施行期从所知最早日期起算。”",
    ]
    assert found[1].en == "Added: line MPW: where category = MPW, base amount × 50% (exact), from 2022-02-01"
    assert (found[4].place, found[4].before) == ("/terms/caps/0", None)
    assert [one.clause is not None for one in found] == [False, *[True] * 7]  # each new thing with the clause it rests on


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (CHAIN, "新增 档次 NEW_GENERATION_IT（新一代信息技术）：领域 = 新一代信息技术 的，（计算基数 - 增值税） × 5%（按照，为确定金额），自 2022-06-01 起"),
        (CHAIN, "新增 档次 NEW_GENERATION_IT 的条件 BELOW_THRESHOLD：计算基数 - 增值税 ≥ 500万元，自 2022-06-01 起"),
        (FIRST_LOAN, "新增 支持期限：自首次放款日起12个月，自 2025-02-19 起"),
        (FIRST_LOAN, "新增 档次 ORDINARY（一般企业）：排第2，利息 × 20%（按照，为确定金额），自 2025-02-19 起"),
        (FIRST_LOAN, "新增 不计息的期间：展期、逾期，自 2025-02-19 起"),
        (LOAN, "新增 计息期间：未公布，自 2023-10-25 起"),
        (LAUNCH, "新增 发射日期的期间：2024-04-01 至 申请日（按发射日期），自 2025-01-20 起"),
        (FACTORY, "新增 条件 BUILT_TOO_LONG：完工日 ≤ 开工日后36个月，自 2024-01-19 起"),
        (GROWTH, "新增 档次 RUNG_3（净增量20亿元以上）：产值净增量（2023年一季度比2022年一季度） ≥ 20亿元 且 产值增速 ≥ 10% 的，600万元（不超过，为上限），自 2023-02-01 起"),
        (CONSUMER, "新增 申请主体：个人，自 2025-08-12 起"),
    ],
)
def test_sentences_of_first_versions(table: str, sentence: str) -> None:
    assert sentence in [one.zh for one in differences(None, VERSIONS[table])]


def test_terms_that_cannot_be_meant_are_refused_with_their_place() -> None:
    now = version(LOAN)
    put(now, "terms/lines/0/rate", "2 percent")
    with pytest.raises(TermsError, match="terms/lines/0"):
        differences(version(LOAN), now)
