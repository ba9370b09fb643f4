"""The English of what is wrong with a table: each message once in Chinese where it is found, its English here.

A message is the key, with ``{}`` for what is filled in; a test finds every message in the source that is missing here.
What is filled in is code, figures and names, and a few words, which are listed, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

_VALUES: Final[Mapping[str, str]] = {  # each value: what it may be
    "此处应为{}": "Should be {}",
    "此处应为一组 键: 值": "Should be keys and values",
    "应为一组 键: 值": "Should be keys and values",
    "此处应为列表": "Should be a list",
    "此处应为文字": "Should be a text",
    "此处应为数字，而不是 {}": "Should be a number, not {}",
    "此处应为 {} 至 {} 的整数": "Should be a whole number from {} to {}",
    "此处应为 true 或 false": "Should be true or false",
    "至多 {} 项": "At most {} entries",
    "{} 至多 {} 字": "{} has at most {} characters",
    "应为 {}": "Should be {}",
    "应为 {} 之一，而不是 {}": "Should be one of {}, not {}",
    "应为 all 或列表，可用: {}": "Should be all or a list of: {}",
    "编号由小写字母、数字与连字符组成，而不是 {}": "An id is made of small letters, digits and hyphens, not {}",
    "应为正整数，而不是 {}": "Should be a whole number from 1, not {}",
    "应为日期 YYYY-MM-DD、YYYY-MM 或 YYYY，而不是 {}": "Should be a date, YYYY-MM-DD, YYYY-MM or YYYY, not {}",
    "应为年份，而不是 {}": "Should be a year, not {}",
    "应为日期 YYYY-MM-DD，而不是 {}": "Should be a date, YYYY-MM-DD, not {}",
    "应为带时区的时刻，如 2024-01-15T00:00:00+08:00，而不是 {}": (
        "Should be an instant with its offset, such as 2024-01-15T00:00:00+08:00, not {}"
    ),
    "应为百分数，如 3.45%，而不是 {}": "Should be a percentage such as 3.45%, not {}",
    "不认识的词；可用: {}": "Unknown word; there are: {}",
    "不认识的词 {}；可用: {}": "Unknown word {}; there are: {}",
    "{} 不在可用的词中: {}": "{} is none of: {}",
    "不是日期: {}": "Not a date: {}",
    "不是日期: {}（应为 YYYY-MM-DD）": "Not a date: {}; should be YYYY-MM-DD",
    "应为大于零的数，如 7.1879，至多八位小数，而不是 {}": (
        "Should be a number above zero such as 7.1879 with at most eight decimals, not {}"
    ),
    "系列的值是 {}，不可更改": "The values of the series are {}, which cannot be changed",
    "系列 {} 的值已公布为 {}，不可更改": "The values of series {} were published as {}, which cannot be changed",
    "{} 的值是数（NUMBER），不是利率；只能用于换算币种": (
        "The values of {} are numbers (NUMBER) and no rates; it can only convert a currency"
    ),
    "晚于载入的时刻 {}；公布之后再载入": "After the moment of loading, {}; load it once it is published",
    "晚于载入的时刻 {}；施行前公布的，写明 published_at": (
        "After the moment of loading, {}; if it was published before it takes effect, give published_at"
    ),
    "不是时刻: {}（应为 HH:MM）": "Not a clock time: {}; should be HH:MM",
    "没有这一天: {}": "There is no such day: {}",
    "没有这一时刻: {}": "There is no such instant: {}",
    "代码应为大写字母、数字和下划线: {}": "A code is made of capitals, digits and underscores: {}",
    "名称应为小写字母、数字和下划线": "A name is made of small letters, digits and underscores",
    "名称应为小写字母、数字和下划线，且不是 and or not in": (
        "A name is made of small letters, digits and underscores, and is not and, or, not, in"
    ),
    "与既有名称相同": "The name is taken",
    "名称写在 needs 的 title": "Its title stands in needs",
    "缺少条款原文 clause": "The clause is missing: the words of the notice",
    "不是标准表编号: {}": "Not the id of a rate table: {}",
    "不认识的单位 {}；例: 分、元、100元、1万元": "Unknown unit {}; such as 分, 元, 100元, 1万元",
    "单位不能为零": "The unit cannot be zero",
    "每个值都写成文字（加引号），如 '2%'、'12'、'true'": "Every value is a text, in quotes: '2%', '12', 'true'",
    "嵌套过深，至多 {} 层": "Nested too deeply; at most {} levels",
    "错误至少 {} 处，只列出前 {} 处": "There are at least {} faults; the first {} are listed",
    "不允许控制字符 {}": "A control character is not allowed: {}",
}
_EXPRESSIONS: Final[Mapping[str, str]] = {
    "表达式过长（至多 {} 字）": "The expression is too long; at most {} characters",
    "嵌套过深（至多 {} 层）": "Nested too deeply; at most {} levels",
    "表达式过大（至多 {} 项）": "The expression is too large; at most {} parts",
    "此处不应为 {}": "{} should not stand here",
    "此处应为 {}，而不是 {}": "Should be {} here, not {}",
    "无法识别: {}": "Not understood: {}",
    "应写作 {}，而不是 {}": "Should be written {}, not {}",
    "多余的 {}": "{} is one too many",
    "{} 要 {} 项": "{} takes {} parts",
    "{} 至少两项": "{} takes two parts at least",
    "列表中应为代码，而不是 {}": "The list is of codes, not {}",
    "列表中 {} 重复": "{} is in the list twice",
    "列表各项以逗号分隔": "The entries of a list are separated by commas",
    "{}不相容": "{} do not fit",
    "{}不相容: {}": "{} do not fit: {}",
    "{} 的参数不对": "The arguments of {} are wrong",
    "{} 是代码，不能计算；参考利率应写作 reference({}, DAY)": (
        "{0} is a code, with which nothing is calculated; a reference rate is written reference({1}, DAY)"
    ),
    "未声明的名称: {}；可用: {}": "Undeclared name: {}; there are: {}",
    "应得 {}，而表达式是 {}": "Should give {}, and the expression is {}",
    "{} 是 {} 倍；比例请写作 {}%": "{} is {} times; write a share as {}%",
    "此处不能用 {}": "{} cannot be used here",
    "此处不能用 {}；它只用于 require 的 that，按合计分档请把合计声明为项目单位的事实": (
        "{} cannot be used here: only in the that of a requirement; for rungs by a total, declare the total as a fact of the applicant"
    ),
    "此处不能用 {}；它只用于金额限额的 when": "{} cannot be used here: only in the when of a cap on money",
    "此处不能读随日或随放款变化的事实": "Facts that change from day to day or with each drawdown cannot be read here",
    "此处只能读项目单位的事实": "Only facts of the applicant can be read here",
    "条件不能读每日余额": "A condition cannot read the daily balance",
    "投资明细的事实只用于 admit 的 that": "Facts of a payment are used in the that of admit only",
    "admit 的 that 决定什么被纳入，不能读 admitted": "The that of admit decides what is admitted and cannot read admitted",
    "admitted(类别) 只用于 PROJECTS": "admitted(CATEGORY) is for PROJECTS only",
    "admitted({}) 总为零：类别 {} 不在 categories 中": "admitted({}) is always zero: category {} is not among categories",
    "interest 只作 base、用于 require 的 that 或金额限额的 limit": (
        "interest is only a base, in the that of a requirement, or in the limit of a cap on money"
    ),
    "day 只作比较的一边，如 day < months_after(signed_on, 12)；按日的参考利率与资质写 DAY、ON_DAY": (
        "day is only one side of a comparison, such as day < months_after(signed_on, 12); "
        "for a rate or status of each day write DAY, ON_DAY"
    ),
    "total 不能合计 {}：它随日或随放款变化": "total cannot add up {}: it changes from day to day or with each drawdown",
    "只有贷款合同有 {}": "Only loan contracts have {}",
    "只有贷款合同有 {}；此处可用申请日、日期或日期事实": (
        "Only loan contracts have {}; here there are the application date, dates and facts that are dates"
    ),
    "purposes 没有 {}；可用: {}": "purposes has no {}; there are: {}",
    "应读每一项的事实；项目单位此前所获由请求的 granted 给出": (
        "Should read facts of each item; what the applicant was granted before is in the granted of the request"
    ),
}
_TABLES: Final[Mapping[str, str]] = {
    "{} 没有代码 {}，应为 {}；可用: {}": "{} has no code {}; should be {}; there are: {}",
    "比例 {} 超过 100%，条款中没有这个数字": "A share of {} is more than 100%, and the clause does not have this figure",
    "各条件互相矛盾，没有任何情形能同时满足": "The requirements contradict each other: no case meets all of them",
    "行 {} 的条件与其适用情形互相矛盾，没有任何情形能同时满足": (
        "The requirements of line {} contradict its condition: no case meets all of them"
    ),
    "行 {} 与全表的条件互相矛盾，没有任何情形能同时满足": "Line {} contradicts the requirements of the table: no case meets all of them",
    "限额 {} 元低于其所限各行的定额（最低 {} 元），没有一行能足额给付": (
        "The limit of {} yuan is below all fixed amounts that it bounds (the least is {} yuan): none can be paid whole"
    ),
    "{} 的事实应为 {}，而不是 {}": "The facts of {} should be {}, not {}",
    "{} 有空隙: {}": "{} has a gap: {}",
    "行 {} 与 {} 同时成立: {}（若有意，写 choose: FIRST 或 HIGHEST）": (
        "Lines {} and {} hold at once: {}; where that is meant, write choose: FIRST or HIGHEST"
    ),
    "条件过于复杂，无法证明没有空隙或重叠（{} 种情形，至多 {}）": (
        "The conditions are too complex to prove that there is no gap and no overlap ({} cases, at most {})"
    ),
    "条件过于复杂，无法证明没有空隙或重叠（超过 {} 步）；请减少条件或分为几张表": (
        "The conditions are too complex to prove that there is no gap and no overlap (more than {} steps); use fewer, or several tables"
    ),
    "这一行永远不会适用": "This line can never apply",
    "行 {} 永远不会适用：条件自相矛盾{}": "Line {} can never apply: its condition contradicts itself{}",
    "行 {} 重复": "Line {} is there twice",
    "代码 {} 没有任何一行适用": "No line applies to code {}",
    "HIGHEST 比较各行的比例，各行的 base 须相同": "HIGHEST compares the rates of lines, so all have the same base",
    "至少一种申请主体": "At least one kind of applicant",
    "lines 至少一行": "At least one line",
    "须写明 wording: CEILING（不超过）或 EXACT（按照）": "wording is missing: CEILING (不超过) or EXACT (按照)",
    "每行恰为 base 与 rate，或 amount，或 bands": "A line has base and rate, or amount, or bands",
    "小于零: {}；只公布了区间的，写 unknown": "Below zero: {}; where only a range was published, write unknown",
    "base: interest 不与其他项混合，份额写在 rate": "base: interest is not mixed with others; the share is the rate",
    "年贴息率或利息份额超过 100%": "An annual rate or a share of interest above 100%",
    "base 不含 balance 或 interest 的行一次性给付，不能读随日或随放款变化的事实": (
        "A line without balance or interest in its base pays once and cannot read facts that change from day to day or with each drawdown"
    ),
    "有一次性给付的行时，各行的 when 不能读随日或随放款变化的事实": (
        "Where a line pays once, no line's when can read facts that change from day to day or with each drawdown"
    ),
    "一次性给付的行没有利息可检验": "A line that pays once has no interest to test",
    "一次性给付的行不能以随日或随放款变化的事实为条件": (
        "A line that pays once cannot depend on facts that change from day to day or with each drawdown"
    ),
    "bands.of 应为次数、数量或金额": "bands.of should be a count, a quantity or money",
    "bands.pay 至少一段": "bands.pay has at least one band",
    "bands 不能分段每日余额或利息；按余额分段写 base，如 min(balance, 5000万) + 50% * max(0, balance - 5000万)": (
        "bands cannot divide a daily balance or interest; by balance, write the base: min(balance, 5000万) + 50% * max(0, balance - 5000万)"
    ),
    "次数与数量的段写 amount（每一单位），金额的段写 rate": (
        "Bands of a count or quantity have an amount for each unit, bands of money a rate"
    ),
    "第 {} 段的 up_to 应大于前一段": "The up_to of band {} should be above the one before",
    "up_to 应大于{}": "up_to should be above {}",
    "只有最后一段可以没有 up_to": "Only the last band may have no up_to",
    "没有这样的行: {}": "There is no such line: {}",
    "earned 的行不存在: {}": "earned names no line: {}",
    "限额应由窄到宽排列：先单发、单合同，后类别、项目、机构、企业": (
        "Caps stand from narrow to wide: unit and contract, then category, project, lender, applicant"
    ),
    "限额应大于零": "A limit should be above zero",
    "只有贷款合同有余额可限": "Only loan contracts have a balance to cap",
    "只有贷款合同按日计息，才有 ACCRUAL_YEAR": "Only loan contracts, whose interest runs by the day, have an ACCRUAL_YEAR",
    "只有贷款按计息年度分账；其他用 PROGRAM_YEAR": "Only loans are divided by years of interest; others use PROGRAM_YEAR",
    "一次性给付的行（{}）没有计息年度与放款；以 lines 限定到按日计算的行": (
        "Lines that pay once ({}) have no year of interest and no drawdown; name the daily lines in lines"
    ),
    "按利息定的限额是每份合同的限额: per 写 [CONTRACT]，period 不写 ACCRUAL_YEAR": (
        "A limit by interest is one for each contract: per is [CONTRACT], and period is not ACCRUAL_YEAR"
    ),
    "余额限额逐日适用，没有 period 与 pool": "A cap on the balance applies each day and has no period and no pool",
    "room 只用于余额限额（bounds: BALANCE）": "room is for caps on the balance only (bounds: BALANCE)",
    "per 不认识 {}；可用: {} 或已声明的 CODE 事实": "per does not know {}; there are: {}, and declared CODE facts",
    "{} 只用于 {}": "{} is for {} only",
    "{} 读每笔放款的事实（{}），per 须含 DRAWDOWN": "{} reads facts of each drawdown ({}), so per has DRAWDOWN",
    "{} 没有代码 {}；values 中有: {}": "{} has no code {}; its values are: {}",
    "只用于 {}，对 {} 不起作用": "For {} only; it does nothing for {}",
    "{} 没有这种窗口；可用: {}，或在 require 中比较日期": "{} have no such window; there are: {}; or compare dates in a requirement",
    "只用于 interest；按哪一日期检验写在 of": "For interest only; by which date to test is said in of",
    "of 只用于 event contract completion": "of is for event, contract and completion only",
    "{} 不是日期": "{} is no date",
    "{} 不是日期事实；of 应写一个日期事实的名称": "{} is no fact that is a date; of names one",
    "须有 first_day 或 last_day；未公布的写 unknown": "first_day or last_day is missing; write unknown for one that was not published",
    "last_day 早于 first_day": "last_day is before first_day",
    "term 须有 months 或 end: YEAR_END": "term has months or end: YEAR_END",
    "{} 不是起点；可用: {} 或日期事实": "{} is no start; there are: {}, and facts that are dates",
    "{} 只用于贷款合同；此处写一个日期事实的名称": "{} is for loan contracts only; name a fact that is a date here",
    "QUANTITY 须有 unit": "A QUANTITY has a unit",
    "values 只用于 CODE": "values is for CODE only",
    "values 至少一个代码": "values has at least one code",
    "{} 的份额合计应小于 100%": "The shares of {} together should be below 100%",
    "除最后一项外都写 share，最后一项得其余": "All but the last have a share; the last takes the rest",
    "share 应大于零": "A share should be above zero",
}
_NOTICES: Final[Mapping[str, str]] = {
    "批次编号 {} 的年份是 {}，而不是 {}": "The year in the id of the batch, {}, is {}, not {}",
    "方向编号 {} 重复": "The number {} of a direction is there twice",
    "方向编号 {} 已有: {}": "The number {} is that of another direction: {}",
    "施行期止于 {}，早于申请开始之日 {}": "The period of effect ends on {}, before applications open on {}",
    "编号应以批次编号 {}- 开头": "The id should begin with the id of the batch, {}-",
    "须有 versions，或以 not_loaded 说明未载入的原因；两者不并存": "Either versions, or not_loaded to say why there are none; not both",
    "应为方案编号的列表": "Should be a list of ids of schemes",
    "撤回没有最后一日；失效写 kind: ENDED": "A withdrawal has no last day; for an end write kind: ENDED",
    "文件中没有版本 {}": "The file has no version {}",
    "文件中没有标准表 {}": "The file has no rate table {}",
    "文件中没有基金 {}": "The file has no fund {}",
    "文件中没有 {}": "The file has no {}",
    "至多 {} 个例子": "At most {} examples",
    "例子重名": "Two examples have this name",
    '应为金额，如 "1234567.80"': 'Should be an amount such as "1234567.80"',
    "例子得 {} 元，而不是 {} 元": "The example comes to {} yuan, not {}",
    "应为一个 JSON 对象，至多 {} 字符": "Should be a JSON object of at most {} characters",
    "不在版本 {} 的施行期内": "Not in the period of version {}",
    "版本 {} 取代的版本 {} 不在文件中，或不早于它": "Version {} supersedes version {}, which is not there or not earlier",
    "版本 {} 的 published_at 早于它取代的版本 {}": "Version {} is published before version {}, which it supersedes",
    "版本 {} 与 {} 的施行期重叠（更正须写 supersedes）": "The periods of versions {} and {} overlap; a correction says supersedes",
    "版本 {} 与 {} 的施行期之间有空隙": "There is a gap between the periods of versions {} and {}",
    "版本 {} 已被取代或撤回": "Version {} is superseded or withdrawn",
    "版本 {} 已有失效日": "The end of version {} is published already",
    "{} 没有版本 {}": "{} has no version {}",
    "{} 在文件中出现两次": "{} is there twice",
    "没有批次 {}；先以 BATCH 草案建立": "There is no batch {}; begin it with a BATCH draft",
    "没有批次 {}": "There is no batch {}",
    "没有基金 {}": "There is no fund {}",
    "没有标准表 {}": "There is no table {}",
    "例子不能计算：{}": "The example does not compute: {}",
    "没有参考利率 {}；可用: {}": "There is no reference series {}; there are: {}",
    "没有 {} 的{}": "There is no {1} of {0}",
    "标准表已有支持方向，不可再写": "The table has its direction already; it is not written again",
    "至少一个支持方向": "At least one direction",
    "{} 已有标准；另以 RATE_TABLE 草案变更": "{} has its standards already; it is changed with RATE_TABLE drafts",
    "该方向已有标准，其名称、编号与领域不可更改；标准的变更是新版本": (
        "The direction has its standards: its title, number and area cannot change; a change of its standards is a new version"
    ),
    "基金的名称不可变更：{}": "The title of a fund cannot change: {}",
    "规则 {} 属于基金 {}": "The rules {} belong to fund {}",
    "{} 在版本 {} 之前没有版本 {}": "{} has, before version {}, no version {}",
    "批次的基金与年度不可变更：{} {}": "The fund and the year of a batch cannot change: {} {}",
    "须有 rows（全部）或 add（新增），二者取一": "Either rows (all) or add (new ones) must be given",
    "系列尚未公布；请以 rows 给出全部": "The series is not published yet; give all its values as rows",
    "{} 尚未到来": "{} has not come yet",
    "{} 已有公布值；更正请以 rows 给出全部": "{} has a value already; to correct it, give all values as rows",
    "早于最后公布日 {}": "Earlier than the last publication, {}",
    "与上一公布值 {} 相差过大；确认无误请写 {}": "Far from the last value, {}; where it is right, say {}",
    "与现有内容相同": "The same as what is there already",
    "至少一个系列": "At least one series",
    "至少一版": "At least one version",
    "至少一行": "At least one row",
    "日期应晚于前一行 {}": "The day should be after that of the row before, {}",
    "应晚于最后公布日": "Should be after the last publication",
    "应写明理由": "The reason is missing",
    "文件大于 {} 字节": "The file is larger than {} bytes",
    "第 {} 行：不允许锚点或引用": "Line {}: anchors and aliases are not allowed",
    "第 {} 行：不允许控制字符 {}": "Line {}: a control character is not allowed: {}",
    "{}：键应为文字": "{}: a key should be a text",
    "{}：键 {} 重复": "{}: the key {} is there twice",
    "不能读取: {}": "Cannot be read: {}",
    "第 {} 行第 {} 列：{}": "Line {}, column {}: {}",
    "{}第 {} 列：键 {} 中的冒号须为半角，其后有一个空格": (
        "{}, column {}: in the key {} the colon should be a plain one, with a blank after it"
    ),
    "第 {} 行：文件应存为 UTF-8 编码": "Line {}: the file should be saved as UTF-8",
    "嵌套过深，不是标准表文件": "Nested too deeply for a table file",
    "不是 YAML：含有不允许的控制字符": "Not YAML: it holds a control character",
    "不是 YAML": "Not YAML",
    "目录中没有 .yaml 文件": "The folder has no .yaml file",
    "不是批次、基金或参考利率文件（缺少 {}）": "Not a file of a batch, of funds or of reference rates; one of these is missing: {}",
    "已公布的内容不可更改；更正须新增版本（supersedes）": "What is published cannot change; a correction is a new version (supersedes)",
    "已公布的版本不在文件中": "A published version is not in the file",
    "库中的这一版本于 {} 记录，与文件不同，不可更改；文件中应去掉这一版本，或改为版本 {}": (
        "The database has had this version since {}; the file says otherwise: take it out there, or make it version {}"
    ),
}
_WORDS: Final[Mapping[str, str]] = {  # that are filled in
    "文字": "a text",
    "日期": "a date",
    "代码": "a code",
    "代码组": "codes",
    "条款原文": "the words of the clause",
    "表达式": "an expression",
    "名称": "a name",
    "起点": "a start",
    "说明": "an explanation",
    "单位": "a unit",
    "换算日": "the day of conversion",
    "金额": "money",
    "比例": "a rate",
    "数字": "a number",
    "次数": "a count",
    "数量": "a quantity",
    "是否": "true or false",
    "结尾": "the end",
    "，或已被前面的行占尽": ", or earlier lines take all",
    "零": "zero",
    "前一段的 up_to": "that of the band before",
    "第 {} 行": "Line {}",
    "缩进须用空格，不能用制表符（Tab）": "indent with blanks, not with a tab",
    "键后的冒号须为半角“: ”，不能用全角“：”": "the colon after a key should be a plain one, with a blank after it",
    "冒号后须有一个空格": "a colon should be followed by a blank",
    "括号中各项之间的逗号须为半角“, ”": "the commas within brackets should be plain ones, with a blank after each",
    "写法有误，请核对缩进、冒号、引号与括号": "not written as YAML; check indents, colons, quotes and brackets",
    "此处不应有冒号：值中含“: ”的须加引号，或上一行未写完": "no colon should stand here; quote a value with one, or finish the line before",
    "引号没有成对": "a quote is not closed",
    "花括号 { } 没有成对，或其中缺少逗号": "curly brackets are not closed, or a comma is missing in them",
    "方括号 [ ] 没有成对，或其中缺少逗号": "square brackets are not closed, or a comma is missing in them",
    "一个文件只写一份内容，不能用 --- 分隔": "a file holds one content; nothing is divided by ---",
    "键后缺少“: ”": "a colon is missing after the key",
    "缩进与上面各行不齐": "the indent does not fit the lines above",
    "值以此符号开头的须加引号": "quote a value that begins with this sign",
    "版本": "version",
    "版本 {}": "version {}",
    "（空）": "(nothing)",
    "（无）": "(none)",
    "（其他）": "(others)",
    "（有误）": "(faulty)",
    "任何情形": "any case",
    "负号": "The parts of a minus sign",
    "负号之后的类型": "What follows the minus sign",
    "乘法两边的类型": "The types on both sides of the multiplication",
    "in 左边": "What stands before in",
    "in 右边": "What stands after in",
    "in 左边的类型": "The type before in",
    "in 右边的类型": "The type after in",
    "not 之后": "What follows not",
    "not 之后的类型": "The type after not",
    "months_after 的日期": "The date of months_after",
    "months_after 的月数": "The months of months_after",
    "dishonest_since 的日期": "The date of dishonest_since",
    "total 的名称": "The name in total",
    "{} 两边的类型": "The types on both sides of {}",
    "{} 各项的类型": "The types of the parts of {}",
    "{} 各项": "The parts of {}",
    "reference(系列, 日期或 {})": "reference(SERIES, a date or {})",
    "reference(系列, 日期、日期事实或 {})": "reference(SERIES, a date, a fact that is a date, or {})",
    "status(代码, {})": "status(CODE, {})",
    "status(代码, 日期、日期事实或 {})": "status(CODE, a date, a fact that is a date, or {})",
    "{} 成立": "{} holds",
    "{} 不成立": "{} does not hold",
    "{} 距 {} 的月数": "months from {1} to {0}",
    "{} 与 {}": "{} and {}",
    "{} 或 {}": "{} or {}",
    "{}或{}": "{} or {}",
}
MESSAGES: Final[Mapping[str, str]] = {**_VALUES, **_EXPRESSIONS, **_TABLES, **_NOTICES}
_CHINESE: Final = re.compile("[\u4e00-\u9fff]")


def english(message: str) -> str:
    """A message in English; as it is where it, or what is filled into it, has no English.

    >>> english("版本 1 与 2 的施行期之间有空隙"), english("此处应为日期")
    ('There is a gap between the periods of versions 1 and 2', 'Should be a date')
    """
    return _told(message, MESSAGES)


def _filled_in(text: str) -> str:
    return _told(text, _WORDS) if _CHINESE.search(text) else text


def _told(text: str, texts: Mapping[str, str]) -> str:
    if text in texts:
        return texts[text]
    for pattern, said in _patterns(texts is MESSAGES):
        match = pattern.fullmatch(text)
        if match is not None:
            return said.format(*map(_filled_in, match.groups()))
    return text


@lru_cache(maxsize=2)
def _patterns(messages: bool) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each text as a pattern, the most telling first: of two that fit, the one with more of its own words is meant."""
    texts = MESSAGES if messages else _WORDS
    ordered = sorted((key for key in texts if "{}" in key), key=lambda key: -len(key.replace("{}", "")))
    return tuple((re.compile("(.*?)".join(map(re.escape, key.split("{}"))), re.DOTALL), texts[key]) for key in ordered)
