"""The standards of a table: what its lines, caps, windows and facts cannot mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.calculators.bilingual import Phrase

TEXTS: Final[Mapping[str, Phrase]] = {
    "MISSPELT_CODE": Phrase(
        "{name} 没有代码 {code}，应为 {near}；可用: {words}", "{name} has no code {code}; should be {near}; there are: {words}"
    ),
    "SHARE_ABOVE_WHOLE": Phrase(
        "比例 {share} 超过 100%，条款中没有这个数字", "A share of {share} is more than 100%, and the clause does not have this figure"
    ),
    "REQUIREMENTS_CONTRADICT": Phrase(
        "各条件互相矛盾，没有任何情形能同时满足", "The requirements contradict each other: no case meets all of them"
    ),
    "LINE_CONTRADICTS_ITSELF": Phrase(
        "行 {line} 的条件与其适用情形互相矛盾，没有任何情形能同时满足",
        "The requirements of line {line} contradict its condition: no case meets all of them",
    ),
    "LINE_CONTRADICTS_TABLE": Phrase(
        "行 {line} 与全表的条件互相矛盾，没有任何情形能同时满足",
        "Line {line} contradicts the requirements of the table: no case meets all of them",
    ),
    "CAP_BELOW_AMOUNTS": Phrase(
        "限额 {limit} 元低于其所限各行的定额（最低 {least} 元），没有一行能足额给付",
        "The limit of {limit} yuan is below all fixed amounts that it bounds (the least is {least} yuan): none can be paid whole",
    ),
    "FACTS_OF_METHOD": Phrase("{method} 的事实应为 {wanted}，而不是 {given}", "The facts of {method} should be {wanted}, not {given}"),
    "GAP": Phrase("{axis} 有空隙: {where}", "{axis} has a gap: {where}"),
    "OVERLAP": Phrase(
        "行 {one} 与 {other} 同时成立: {where}（若有意，写 choose: FIRST 或 HIGHEST）",
        "Lines {one} and {other} hold at once: {where}; where that is meant, write choose: FIRST or HIGHEST",
    ),
    "TOO_COMPLEX": Phrase(
        "条件过于复杂，无法证明没有空隙或重叠（超过 {most} 步）；请减少条件或分为几张表",
        "The conditions are too complex to prove that there is no gap and no overlap (more than {most} steps); use "
        "fewer, or several tables",
    ),
    "LINE_CAN_NEVER_APPLY": Phrase(
        "行 {line} 永远不会适用：条件自相矛盾{before}", "Line {line} can never apply: its condition contradicts itself{before}"
    ),
    "LINE_TWICE": Phrase("行 {line} 重复", "Line {line} is there twice"),
    "CODE_WITHOUT_LINE": Phrase("代码 {code} 没有任何一行适用", "No line applies to code {code}"),
    "HIGHEST_OF_ONE_BASE": Phrase(
        "HIGHEST 比较各行的比例，各行的 base 须相同", "HIGHEST compares the rates of lines, so all have the same base"
    ),
    "NO_APPLICANT": Phrase("至少一种申请主体", "At least one kind of applicant"),
    "NO_LINES": Phrase("lines 至少一行", "At least one line"),
    "WORDING_MISSING": Phrase("须写明 wording: CEILING（不超过）或 EXACT（按照）", "wording is missing: CEILING (不超过) or EXACT (按照)"),
    "LINE_PAYS_ONE_WAY": Phrase("每行恰为 base 与 rate，或 amount，或 bands", "A line has base and rate, or amount, or bands"),
    "BELOW_ZERO": Phrase(
        "小于零: {given}；只公布了区间的，写 unknown", "Below zero: {given}; where only a range was published, write unknown"
    ),
    "INTEREST_MIXED": Phrase(
        "base: interest 不与其他项混合，份额写在 rate", "base: interest is not mixed with others; the share is the rate"
    ),
    "ANNUAL_RATE_ABOVE_WHOLE": Phrase("年贴息率或利息份额超过 100%", "An annual rate or a share of interest above 100%"),
    "ONCE_READS_CHANGING_FACTS": Phrase(
        "base 不含 balance 或 interest 的行一次性给付，不能读随日或随放款变化的事实",
        "A line without balance or interest in its base pays once and cannot read facts that change from day to day or with each drawdown",
    ),
    "WHEN_READS_CHANGING_FACTS": Phrase(
        "有一次性给付的行时，各行的 when 不能读随日或随放款变化的事实",
        "Where a line pays once, no line's when can read facts that change from day to day or with each drawdown",
    ),
    "ONCE_HAS_NO_INTEREST": Phrase("一次性给付的行没有利息可检验", "A line that pays once has no interest to test"),
    "ONCE_DEPENDS_ON_CHANGING_FACTS": Phrase(
        "一次性给付的行不能以随日或随放款变化的事实为条件",
        "A line that pays once cannot depend on facts that change from day to day or with each drawdown",
    ),
    "BANDS_OF": Phrase("bands.of 应为次数、数量或金额", "bands.of should be a count, a quantity or money"),
    "NO_BANDS": Phrase("bands.pay 至少一段", "bands.pay has at least one band"),
    "BANDS_OF_BALANCE": Phrase(
        "bands 不能分段每日余额或利息；按余额分段写 base，如 min(balance, 5000万) + 50% * max(0, balance - 5000万)",
        "bands cannot divide a daily balance or interest; by balance, write the base: min(balance, 5000万) + 50% * "
        "max(0, balance - 5000万)",
    ),
    "BANDS_PAY": Phrase(
        "次数与数量的段写 amount（每一单位），金额的段写 rate",
        "Bands of a count or quantity have an amount for each unit, bands of money a rate",
    ),
    "UP_TO_TOO_LOW": Phrase("up_to 应大于{than}", "up_to should be above {than}"),
    "ONLY_LAST_BAND_OPEN": Phrase("只有最后一段可以没有 up_to", "Only the last band may have no up_to"),
    "NO_SUCH_LINES": Phrase("没有这样的行: {lines}", "There is no such line: {lines}"),
    "EARNED_NO_LINE": Phrase("earned 的行不存在: {line}", "earned names no line: {line}"),
    "CAPS_OUT_OF_ORDER": Phrase(
        "限额应由窄到宽排列：先单发、单合同，后类别、项目、机构、企业",
        "Caps stand from narrow to wide: unit and contract, then category, project, lender, applicant",
    ),
    "LIMIT_ZERO": Phrase("限额应大于零", "A limit should be above zero"),
    "NO_BALANCE_TO_CAP": Phrase("只有贷款合同有余额可限", "Only loan contracts have a balance to cap"),
    "ACCRUAL_YEAR_ONLY_FOR_LOANS": Phrase(
        "只有贷款按计息年度分账；其他用 PROGRAM_YEAR", "Only loans are divided by years of interest; others use PROGRAM_YEAR"
    ),
    "ONCE_HAS_NO_YEARS": Phrase(
        "一次性给付的行（{lines}）没有计息年度与放款；以 lines 限定到按日计算的行",
        "Lines that pay once ({lines}) have no year of interest and no drawdown; name the daily lines in lines",
    ),
    "INTEREST_LIMIT_PER_CONTRACT": Phrase(
        "按利息定的限额是每份合同的限额: per 写 [CONTRACT]，period 不写 ACCRUAL_YEAR",
        "A limit by interest is one for each contract: per is [CONTRACT], and period is not ACCRUAL_YEAR",
    ),
    "BALANCE_CAP_OF_EACH_DAY": Phrase(
        "余额限额逐日适用，没有 period 与 pool", "A cap on the balance applies each day and has no period and no pool"
    ),
    "ROOM_ONLY_FOR_BALANCE": Phrase("room 只用于余额限额（bounds: BALANCE）", "room is for caps on the balance only (bounds: BALANCE)"),
    "UNKNOWN_ACCOUNT": Phrase(
        "per 不认识 {given}；可用: {words} 或已声明的 CODE 事实", "per does not know {given}; there are: {words}, and declared CODE facts"
    ),
    "ONLY_FOR_FACTS": Phrase("{what} 只用于 {facts}", "{what} is for {facts} only"),
    "NEEDS_PER_DRAWDOWN": Phrase(
        "{key} 读每笔放款的事实（{facts}），per 须含 DRAWDOWN", "{key} reads facts of each drawdown ({facts}), so per has DRAWDOWN"
    ),
    "CODE_NOT_DECLARED": Phrase("{name} 没有代码 {code}；values 中有: {values}", "{name} has no code {code}; its values are: {values}"),
    "WORD_DOES_NOTHING": Phrase("只用于 {facts}，对 {given} 不起作用", "For {facts} only; it does nothing for {given}"),
    "NO_SUCH_WINDOW": Phrase(
        "{facts} 没有这种窗口；可用: {words}，或在 require 中比较日期",
        "{facts} have no such window; there are: {words}; or compare dates in a requirement",
    ),
    "TESTS_ONLY_FOR_INTEREST": Phrase("只用于 interest；按哪一日期检验写在 of", "For interest only; by which date to test is said in of"),
    "OF_ONLY_FOR_SOME_WINDOWS": Phrase("of 只用于 event contract completion", "of is for event, contract and completion only"),
    "IS_NO_DATE_FACT": Phrase("{given} 不是日期事实；of 应写一个日期事实的名称", "{given} is no fact that is a date; of names one"),
    "WINDOW_OPEN_BOTH_WAYS": Phrase(
        "须有 first_day 或 last_day；未公布的写 unknown", "first_day or last_day is missing; write unknown for one that was not published"
    ),
    "LAST_BEFORE_FIRST": Phrase("last_day 早于 first_day", "last_day is before first_day"),
    "TERM_WITHOUT_LENGTH": Phrase("term 须有 months 或 end: YEAR_END", "term has months or end: YEAR_END"),
    "NO_SUCH_START": Phrase(
        "{given} 不是起点；可用: {words} 或日期事实", "{given} is no start; there are: {words}, and facts that are dates"
    ),
    "START_ONLY_FOR_CONTRACTS": Phrase(
        "{given} 只用于贷款合同；此处写一个日期事实的名称", "{given} is for loan contracts only; name a fact that is a date here"
    ),
    "QUANTITY_WITHOUT_UNIT": Phrase("QUANTITY 须有 unit", "A QUANTITY has a unit"),
    "VALUES_ONLY_FOR_CODES": Phrase("values 只用于 CODE", "values is for CODE only"),
    "NO_VALUES": Phrase("values 至少一个代码", "values has at least one code"),
    "SHARES_NOT_BELOW_WHOLE": Phrase("{word} 的份额合计应小于 100%", "The shares of {word} together should be below 100%"),
    "LAST_TAKES_THE_REST": Phrase("除最后一项外都写 share，最后一项得其余", "All but the last have a share; the last takes the rest"),
    "SHARE_ZERO": Phrase("share 应大于零", "A share should be above zero"),
}
