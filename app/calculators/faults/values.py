"""Values and expressions: what each may be, and where it may stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.calculators.bilingual import Phrase

TEXTS: Final[Mapping[str, Phrase]] = {
    "SHOULD_BE_HERE": Phrase("此处应为{what}", "Should be {what}"),
    "KEYS_AND_VALUES_HERE": Phrase("此处应为一组 键: 值", "Should be keys and values"),
    "KEYS_AND_VALUES": Phrase("应为一组 键: 值", "Should be keys and values"),
    "LIST_HERE": Phrase("此处应为列表", "Should be a list"),
    "TEXT_HERE": Phrase("此处应为文字", "Should be a text"),
    "NUMBER_HERE": Phrase("此处应为数字，而不是 {given}", "Should be a number, not {given}"),
    "WHOLE_NUMBER_HERE": Phrase("此处应为 {least} 至 {most} 的整数", "Should be a whole number from {least} to {most}"),
    "TRUE_OR_FALSE": Phrase("此处应为 true 或 false", "Should be true or false"),
    "TOO_MANY_ENTRIES": Phrase("至多 {most} 项", "At most {most} entries"),
    "TOO_LONG": Phrase("{name} 至多 {most} 字", "{name} has at most {most} characters"),
    "SHOULD_BE": Phrase("应为 {wanted}", "Should be {wanted}"),
    "ONE_OF_WORDS": Phrase("应为 {words} 之一，而不是 {given}", "Should be one of {words}, not {given}"),
    "ALL_OR_LIST": Phrase("应为 all 或列表，可用: {words}", "Should be all or a list of: {words}"),
    "ID_SPELLING": Phrase(
        "编号由小写字母、数字与连字符组成，而不是 {given}", "An id is made of small letters, digits and hyphens, not {given}"
    ),
    "WHOLE_FROM_ONE": Phrase("应为正整数，而不是 {given}", "Should be a whole number from 1, not {given}"),
    "DAY_MONTH_OR_YEAR": Phrase(
        "应为日期 YYYY-MM-DD、YYYY-MM 或 YYYY，而不是 {given}", "Should be a date, YYYY-MM-DD, YYYY-MM or YYYY, not {given}"
    ),
    "SHOULD_BE_YEAR": Phrase("应为年份，而不是 {given}", "Should be a year, not {given}"),
    "SHOULD_BE_DAY": Phrase("应为日期 YYYY-MM-DD，而不是 {given}", "Should be a date, YYYY-MM-DD, not {given}"),
    "SHOULD_BE_INSTANT": Phrase(
        "应为带时区的时刻，如 2024-01-15T00:00:00+08:00，而不是 {given}",
        "Should be an instant with its offset, such as 2024-01-15T00:00:00+08:00, not {given}",
    ),
    "SHOULD_BE_PERCENTAGE": Phrase("应为百分数，如 3.45%，而不是 {given}", "Should be a percentage such as 3.45%, not {given}"),
    "UNKNOWN_KEY": Phrase("不认识的词；可用: {words}", "Unknown word; there are: {words}"),
    "UNKNOWN_WORD": Phrase("不认识的词 {given}；可用: {words}", "Unknown word {given}; there are: {words}"),
    "NONE_OF_WORDS": Phrase("{given} 不在可用的词中: {words}", "{given} is none of: {words}"),
    "NOT_A_DATE": Phrase("不是日期: {given}", "Not a date: {given}"),
    "NOT_A_DAY": Phrase("不是日期: {given}（应为 YYYY-MM-DD）", "Not a date: {given}; should be YYYY-MM-DD"),
    "SHOULD_BE_DECIMAL": Phrase(
        "应为大于零的数，如 7.1879，至多八位小数，而不是 {given}",
        "Should be a number above zero such as 7.1879 with at most eight decimals, not {given}",
    ),
    "SERIES_VALUES_FIXED": Phrase("系列的值是 {kind}，不可更改", "The values of the series are {kind}, which cannot be changed"),
    "SERIES_VALUES_PUBLISHED": Phrase(
        "系列 {series} 的值已公布为 {kind}，不可更改", "The values of series {series} were published as {kind}, which cannot be changed"
    ),
    "SERIES_IS_NO_RATE": Phrase(
        "{series} 的值是数（NUMBER），不是利率；只能用于换算币种",
        "The values of {series} are numbers (NUMBER) and no rates; it can only convert a currency",
    ),
    "LATER_THAN_LOADING": Phrase(
        "晚于载入的时刻 {now}；公布之后再载入", "After the moment of loading, {now}; load it once it is published"
    ),
    "IN_FORCE_LATER": Phrase(
        "晚于载入的时刻 {now}；施行前公布的，写明 published_at",
        "After the moment of loading, {now}; if it was published before it takes effect, give published_at",
    ),
    "NOT_A_CLOCK_TIME": Phrase("不是时刻: {given}（应为 HH:MM）", "Not a clock time: {given}; should be HH:MM"),
    "NO_SUCH_DAY": Phrase("没有这一天: {given}", "There is no such day: {given}"),
    "CODE_SPELLING": Phrase("代码应为大写字母、数字和下划线: {given}", "A code is made of capitals, digits and underscores: {given}"),
    "FACT_NAME_SPELLING": Phrase(
        "名称应为小写字母、数字和下划线，且不是 and or not in",
        "A name is made of small letters, digits and underscores, and is not and, or, not, in",
    ),
    "NAME_TAKEN": Phrase("与既有名称相同", "The name is taken"),
    "TITLE_IN_NEEDS": Phrase("名称写在 needs 的 title", "Its title stands in needs"),
    "CLAUSE_MISSING": Phrase("缺少条款原文 clause", "The clause is missing: the words of the notice"),
    "NO_TABLE_ID": Phrase("不是标准表编号: {given}", "Not the id of a rate table: {given}"),
    "UNKNOWN_UNIT": Phrase("不认识的单位 {given}；例: 分、元、100元、1万元", "Unknown unit {given}; such as 分, 元, 100元, 1万元"),
    "UNIT_ZERO": Phrase("单位不能为零", "The unit cannot be zero"),
    "VALUES_ARE_TEXTS": Phrase("每个值都写成文字（加引号），如 '2%'、'12'、'true'", "Every value is a text, in quotes: '2%', '12', 'true'"),
    "NESTED_TOO_DEEPLY": Phrase("嵌套过深，至多 {most} 层", "Nested too deeply; at most {most} levels"),
    "MORE_FAULTS": Phrase("错误至少 {count} 处，只列出前 {listed} 处", "There are at least {count} faults; the first {listed} are listed"),
    "CONTROL_CHARACTER": Phrase("不允许控制字符 {given}", "A control character is not allowed: {given}"),
    "EXPRESSION_TOO_LONG": Phrase("表达式过长（至多 {most} 字）", "The expression is too long; at most {most} characters"),
    "EXPRESSION_TOO_DEEP": Phrase("嵌套过深（至多 {most} 层）", "Nested too deeply; at most {most} levels"),
    "EXPRESSION_TOO_LARGE": Phrase("表达式过大（至多 {most} 项）", "The expression is too large; at most {most} parts"),
    "NOT_EXPECTED": Phrase("此处不应为 {given}", "{given} should not stand here"),
    "EXPECTED_HERE": Phrase("此处应为 {wanted}，而不是 {given}", "Should be {wanted} here, not {given}"),
    "NOT_UNDERSTOOD": Phrase("无法识别: {given}", "Not understood: {given}"),
    "WRITTEN_OTHERWISE": Phrase("应写作 {right}，而不是 {given}", "Should be written {right}, not {given}"),
    "ONE_TOO_MANY": Phrase("多余的 {given}", "{given} is one too many"),
    "TAKES_PARTS": Phrase("{function} 要 {wanted} 项", "{function} takes {wanted} parts"),
    "TAKES_TWO_PARTS": Phrase("{function} 至少两项", "{function} takes two parts at least"),
    "LIST_OF_CODES": Phrase("列表中应为代码，而不是 {given}", "The list is of codes, not {given}"),
    "TWICE_IN_LIST": Phrase("列表中 {given} 重复", "{given} is in the list twice"),
    "LIST_COMMAS": Phrase("列表各项以逗号分隔", "The entries of a list are separated by commas"),
    "TYPES_DO_NOT_FIT": Phrase("{what}不相容: {sides}", "{what} do not fit: {sides}"),
    "WRONG_ARGUMENTS": Phrase("{function} 的参数不对", "The arguments of {function} are wrong"),
    "CODE_IS_NO_NUMBER": Phrase(
        "{code} 是代码，不能计算；参考利率应写作 reference({code}, DAY)",
        "{code} is a code, with which nothing is calculated; a reference rate is written reference({code}, DAY)",
    ),
    "UNDECLARED_NAME": Phrase("未声明的名称: {name}；可用: {names}", "Undeclared name: {name}; there are: {names}"),
    "WRONG_RESULT": Phrase("应得 {wanted}，而表达式是 {given}", "Should give {wanted}, and the expression is {given}"),
    "BARE_SHARE": Phrase("{figure} 是 {figure} 倍；比例请写作 {figure}%", "{figure} is {figure} times; write a share as {figure}%"),
    "ONLY_IN_REQUIREMENTS": Phrase(
        "此处不能用 {function}；它只用于 require 的 that，按合计分档请把合计声明为项目单位的事实",
        "{function} cannot be used here: only in the that of a requirement; for rungs by a total, declare the total as "
        "a fact of the applicant",
    ),
    "ONLY_IN_WHEN_OF_CAPS": Phrase(
        "此处不能用 {function}；它只用于金额限额的 when", "{function} cannot be used here: only in the when of a cap on money"
    ),
    "NO_CHANGING_FACTS_HERE": Phrase(
        "此处不能读随日或随放款变化的事实", "Facts that change from day to day or with each drawdown cannot be read here"
    ),
    "ONLY_FACTS_OF_APPLICANT": Phrase("此处只能读项目单位的事实", "Only facts of the applicant can be read here"),
    "NO_BALANCE_IN_CONDITIONS": Phrase("条件不能读每日余额", "A condition cannot read the daily balance"),
    "PAYMENTS_ONLY_IN_ADMIT": Phrase("投资明细的事实只用于 admit 的 that", "Facts of a payment are used in the that of admit only"),
    "ADMIT_READS_ADMITTED": Phrase(
        "admit 的 that 决定什么被纳入，不能读 admitted", "The that of admit decides what is admitted and cannot read admitted"
    ),
    "FUNCTION_ONLY_FOR_FACTS": Phrase("{function}({of}) 只用于 {facts}", "{function}({of}) is for {facts} only"),
    "ADMITTED_ALWAYS_ZERO": Phrase(
        "admitted({code}) 总为零：类别 {code} 不在 categories 中",
        "admitted({code}) is always zero: category {code} is not among categories",
    ),
    "INTEREST_MISPLACED": Phrase(
        "interest 只作 base、用于 require 的 that 或金额限额的 limit",
        "interest is only a base, in the that of a requirement, or in the limit of a cap on money",
    ),
    "DAY_MISPLACED": Phrase(
        "day 只作比较的一边，如 day < months_after(signed_on, 12)；按日的参考利率与资质写 DAY、ON_DAY",
        "day is only one side of a comparison, such as day < months_after(signed_on, 12); for a rate or status of each "
        "day write DAY, ON_DAY",
    ),
    "NO_TOTAL_OF": Phrase(
        "total 不能合计 {name}：它随日或随放款变化", "total cannot add up {name}: it changes from day to day or with each drawdown"
    ),
    "ONLY_CONTRACTS_HAVE_MOMENT": Phrase(
        "只有贷款合同有 {moment}；此处可用申请日、日期或日期事实",
        "Only loan contracts have {moment}; here there are the application date, dates and facts that are dates",
    ),
    "NO_SUCH_PURPOSE": Phrase("purposes 没有 {given}；可用: {words}", "purposes has no {given}; there are: {words}"),
    "READS_FACTS_OF_ITEMS": Phrase(
        "应读每一项的事实；项目单位此前所获由请求的 granted 给出",
        "Should read facts of each item; what the applicant was granted before is in the granted of the request",
    ),
}
