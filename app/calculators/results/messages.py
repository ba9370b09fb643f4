"""Every sentence of an answer, in Chinese and English, from the same data.

``say(language, key, **values)``: codes are never translated, sentences always come in both languages.
"""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

TEXTS: dict[str, tuple[str, str]] = {
    # reasons
    "OUTSIDE_APPLICATION_WINDOW": (
        "申请时间 {given} 不在申请期 {within}内",
        "applied on {given}, outside the application window {within}",
    ),
    "REQUIREMENT": ("未满足条件：{text}", "requirement not met: {text}"),
    "ALREADY_SUPPORTED_THIS_YEAR": (
        "同一年度已获 {table} 支持，同一项目单位只能获得单个方向支持",
        "already supported under {table} this year; one direction per unit and year",
    ),
    "NO_EARNING_ITEM": ("没有可支持的事项", "no item earns anything"),
    "NO_LINE_APPLIES": ("{id}：没有适用的档次", "{id}: no line of the table applies"),
    "LOAN_TYPE_EXCLUDED": ("{id}：贷款种类“{value}”不在支持范围", "{id}: loan type {value} is not supported"),
    "CURRENCY_NOT_ADMITTED": ("{id}：币种 {value} 不在支持范围", "{id}: currency {value} is not admitted"),
    "OUTSIDE_WINDOW": (
        "{id}：{what} {given} 不在 {within}内",
        "{id}: {what} {given} is not within {within}",
    ),
    "WITHIN": ("{first} 至 {last} ", "{first} to {last}"),
    "WITHIN_FIRST_DAY": ("{first} 至 {last}（首日未见公布）", "{first} to {last} (its first day was not seen)"),
    "WITHIN_LAST_DAY": ("{first} 至 {last}（末日未见公布）", "{first} to {last} (its last day was not seen)"),
    "NO_DAY_COUNTS": ("{id}：没有可计息的日期", "{id}: no day counts"),
    "ZERO_RATE": ("{id}：贴息率为零", "{id}: the subsidised rate is zero"),
    "NO_INTEREST": ("{id}：计入的日期没有利息", "{id}: no interest falls on the days that count"),
    "PRINCIPAL_CAP_USED": (
        "{id}：贷款规模上限已由其他贷款占满，没有可贴息的余额",
        "{id}: other loans have used up the cap on principal; no balance is left to subsidise",
    ),
    "NOTHING_TO_TOP_UP": ("已获支持不低于本次金额，无须补差", "earlier support is not below the new amount"),
    "PREMIUM_NOT_PAID": (
        "{id}：保费须全额支付",
        "{id}: the premium must be paid in full",
    ),
    "AFTER_APPLICATION": (
        "{id}：{what} {given} 晚于申请日 {on}，不计",
        "{id}: {what} {given} is after the application of {on} and earns nothing",
    ),
    "BEYOND_TERM": ("{id}：超出支持期限", "{id}: beyond the supported term"),
    "VOUCHER_AFTER_APPLICATION": (
        "{id}：{from_day} 至 {until_day} 的利息在申请日后支付，不计",
        "{id}: interest for {from_day} to {until_day} was paid after the application and is ignored",
    ),
    "CAP_USED": ("{id}：“{what}”已用完", "{id}: nothing is left under {what}"),
    "LESS_THAN_A_FEN": ("{id}：金额不足一分", "{id}: less than a fen"),
    "LESS_THAN_THE_UNIT": ("{id}：按 {what} 元取整后为零", "{id}: nothing is left when rounded to {what} yuan"),
    "OTHER_FUNDING_COVERS": ("{id}：其他财政资金不低于应得金额", "{id}: other fiscal money is not below the amount"),
    # warnings
    "DAY_COUNT_ASSUMED": (
        "通知未载明计息方式，以“{name}”计算：{note}",
        "the notice states no day count; {name} is assumed",
    ),
    "INTEREST_ESTIMATED": (
        "{id}：部分或全部利息没有凭证，按合同推算",
        "{id}: part or all of the interest has no voucher and is estimated from the contract",
    ),
    "CONTRACT_DAY_COUNT_ASSUMED": (
        "{id}：合同未写明计息方式，利息以“{name}”推算",
        "{id}: the contract's day count is not stated; interest is estimated by {name}",
    ),
    "CONTRACT_DAY_COUNT_DIVIDES": (
        "{id}：合同未写明计息方式，利息凭证按“{name}”分摊到各日",
        "{id}: the contract's day count is not stated; vouchers are shared among their days by {name}",
    ),
    "VOUCHER_NOT_USED": (
        "{id}：{number} 张利息凭证没有一天计入，对金额没有影响，请核对期间",
        "{id}: of {number} interest vouchers no day counts, so that they change nothing; please check their periods",
    ),
    "VOUCHER_AHEAD": (
        "{id}：{number} 张利息凭证计至申请日之后，却已在此前支付，请核对期间",
        "{id}: {number} interest vouchers run past the application although they were paid before it; please check their periods",
    ),
    "FIRST_INSURED_ASSUMED": (
        "{id}：未给出首次投保日，以本次申请中最早的保险起日 {on} 起算支持期限；此前已投保的，期限更早届满",
        "{id}: the first insured day is not stated and taken as {on}, the earliest in this claim; insured before, the term ends earlier",
    ),
    "FIRST_INSURED_LATE": (
        "{id}：首次投保日 {on} 晚于本保单的保险起日，请核对",
        "{id}: the first insured day {on} is after the policy begins; please check",
    ),
    "INTEREST_BOUND_NOT_CHECKED": (
        "{id}：没有合同利率也没有覆盖全部日期的凭证，未能与实付利息比较",
        "{id}: without contract rate or full vouchers the interest paid could not be compared",
    ),
    "REFERENCE_RATE_CONFIDENCE": (
        "{series} {day} 的值为推断（{confidence}），非直接读到的公布值",
        "the value of {series} published on {day} is {confidence}, not read",
    ),
    "CAP_NOT_PUBLISHED": ("限额存在但未见数额：{clause}", "a cap exists but its figure was not seen: {clause}"),
    "CONTRACT_RATE_HIGH": (
        "年利率 {rate} 超过 24%，请核对：3.85% 应写作 0.0385",
        "an annual rate of {rate} is above 24%; please check: 3.85% is written 0.0385",
    ),
    "AMOUNT_LOOKS_LIKE_WAN": (
        "{what} {value} 元不到标准表与之比较的 {least} 元的百分之一，已按元计算；如原意为万元，应填 {meant}",
        "{what} of {value} yuan is below a hundredth of the {least} yuan with which the table compares it; it was taken as yuan. "
        "If ten thousands were meant, it is {meant}",
    ),
    "UNTIL_LOOKS_INCLUSIVE": (
        "期间自 1 日起而止于月末 {until}：止日不含，当日不计；如原意含当日，应填 {next}",
        "the period begins on the first and ends on the last day of a month, {until}: until is exclusive, so that day does not count. "
        "If it was meant to count, until is {next}",
    ),
    "REPAID_AFTER_MATURITY": ("到期日之后仍有还本或余额，不计息", "principal outstanding or repaid after maturity does not count"),
    "OVERDUE_BALANCE": (
        "{id}：到期日仍有余额 {balance} 元，到期后不计息",
        "{id}: {balance} yuan outstanding at maturity; nothing counts from then on",
    ),
    "CLAIM_PERIOD_IGNORED": ("申请期间只用于贷款贴息，本次未用", "claim_period concerns loan interest only and was not used"),
    "PRINCIPAL_DOES_NOT_ADD_UP": (
        "还本合计 {repaid} 与放款合计 {drawn} 不符",
        "repayments of {repaid} do not add up to drawdowns of {drawn}",
    ),
    "WINDOW_NARROWLY_MISSED": ("{id}：距窗口仅差{by}，请核对日期", "{id}: the window was missed by {by} only"),
    "BY_DAYS": (" {days} 天", "{days} days"),
    "BY_PART_OF_A_DAY": ("不足一天", "less than a day"),
    "DATED_AFTER_APPLICATION": (
        "{id}：{what}晚于申请日的有 {number} 项（首项 {first}），仍予计入，请核对日期",
        "{id}: {number} dated after the application ({what}, the first on {first}); counted all the same, please check the dates",
    ),
    "PAID_ON": ("付款日", "paid on"),
    "DAYS_AFTER_APPLICATION": (
        "{id}：申请日及以后计息 {number} 天，限额前金额 {amount} 元，为预计数",
        "{id}: {number} days on or after the application count and earn {amount} yuan before caps; they are estimated",
    ),
    "CLOSING_DAY_WITHOUT_TIME": (
        "申请日为截止日而未给时刻，视为截止前提交",
        "applied on the closing day without a time; taken as in time",
    ),
    "RECONCILIATION_SKIPPED": ("{id}：{note}", "{id}: {note}"),
    "GRANT_NOT_MATCHED": (
        "已获支持的标准表 {table} 未载入，请核对编号{meant}",
        "the table {table} of an earlier grant is not loaded; please check its id{meant}",
    ),
    "SPELLED_DIFFERENTLY": (
        "与另一处的编号写法不同（大小写、全半角或空格），视为同一编号，请核对",
        "spelled otherwise than at the other place (case, width or blanks); taken as the same id, please check",
    ),
    "TERM_CUTS_DAYS": (
        "{id}：保险期间 {total} 天中只计 {from_day} 至 {until_day} 的 {number} 天，其余超出支持期限：{clause}",
        "{id}: only {number} of the policy's {total} days count, {from_day} to {until_day}; the others lie outside the term: {clause}",
    ),
    "LAUNCH_OUTSIDE_POLICY": (
        "{id}：发射日期 {launched} 不在保险期间内，请核对",
        "{id}: launched on {launched}, outside the period of the policy; please check",
    ),
    "USCC_CONFIRMED": (
        "统一社会信用代码的校验码不符，已按申请方确认采用，请与营业执照核对",
        "the check character of the unified social credit code is wrong; it was confirmed and used, please check the licence",
    ),
    "CAPS_NOT_ACROSS_CASES": (
        "各案例单独计算，同一项目单位或同一事项的限额不跨案例合并，合计可能超过限额",
        "each case is calculated alone: limits per applicant do not hold across cases, so that the total may exceed them",
    ),
    "GRANT_NOT_PLACED": (
        "已获支持占用“{cap}”的哪个账户不明，未予扣除，请核对：{clause}",
        "which account of the cap “{cap}” this earlier support takes is not known, so it takes none; please check: {clause}",
    ),
    "GRANT_TAKES_NO_ROOM": (
        "标准表没有这笔已获支持可以占用的限额，对金额没有影响",
        "the table has no cap in which this earlier support takes room; it changes nothing",
    ),
    "GRANT_KEYS_UNKNOWN": (
        "已获支持未区分账户，在“{cap}”的每个账户中都按全额扣除：{clause}",
        "the earlier support names no account and takes room in each account of the cap “{cap}”: {clause}",
    ),
    "GRANT_AFTER_APPLICATION": (
        "已获支持的批准日期 {on} 晚于申请日，仍予扣除，请核对",
        "the earlier support is dated {on}, after the application; it counts all the same, please check",
    ),
    "CAP_FACT_MISSING": (
        "限额按“{what}”分别计算，未给出；本次只有一项，不影响金额，请补充：{clause}",
        "a cap separates accounts by {what}, which was not sent; with one item it changes nothing: {clause}",
    ),
    "OTHER_FUNDING_NOT_STATED": (
        "{id}：未填其他财政资金，按没有计算；有的应填写",
        "{id}: other fiscal funding was not stated and is taken as none; if there is any, state it",
    ),
    "APPLIED_IN_A_LATER_YEAR": (
        "申请年度 {applied} 晚于批次年度 {year}，申请期未见公布，请确认是否仍予受理",
        "the application is of {applied}, the batch of {year}, and no application window was seen; please check that it is still admitted",
    ),
    "SINGLE_DIRECTION_IN_PRINCIPLE": (
        "同一年度已获 {table} 支持；条款为“原则上”，本次仍予计算，请向主管部门确认：{clause}",
        "already supported under {table} this year; the clause says “in principle”, so it is calculated; please check: {clause}",
    ),
    "STATUS_NOT_READ": (
        "标准表不读取这项资质，对金额没有影响；读取的资质: {read}{meant}",
        "the table does not read this status, which changes nothing; it reads: {read}{meant}",
    ),
    "FACT_NOT_READ": (
        "标准表不读取“{what}”（{shown}；共 {number} 处），对金额没有影响，请向主管部门确认",
        "the table does not read {what} ({shown}; {number} in all), which changes nothing; please check with the authority",
    ),
    "CODE_NOT_KNOWN": (
        "未知{what}；标准表不区分{what}，仍予计算；已知的有: {known}{meant}",
        "unknown {what}; the table takes any, so it is calculated all the same; known are: {known}{meant}",
    ),
    "CLAUSE_AUTHORITY": (
        "该条款的来源为{authority}，以正式文件为准：{clause}",
        "the source of this clause: {authority}; the official document prevails: {clause}",
    ),
    "TABLE_AUTHORITY": ("标准来源为{authority}，以正式文件为准", "the source of the table: {authority}; the official document prevails"),
    # steps
    "STEP_SUBSIDY": ("{id} 贴息（{line}）", "{id} interest subsidy ({line})"),
    "STEP_ITEM": ("{id} 金额（{line}）", "{id} amount ({line})"),
    "STEP_ADMITTED": ("{id} 纳入投资", "{id} admitted investment"),
    "STEP_INTEREST_CAP": ("{id} 贴息不超过利息", "{id} interest subsidy within the interest"),
    "STEP_BALANCE_CAP": ("{label}（{day}，共 {days} 天起作用）", "{label} ({day}; it bound on {days} days)"),
    "STEP_TOTAL": ("合计", "total"),
    "STEP_UNIT": ("取整", "rounding to the unit"),
    "STEP_TOP_UP": ("差额补齐", "top-up"),
    "STEP_OTHER_FUNDING": ("{id} 扣除其他财政资金", "{id} less other fiscal money"),
    "STEP_RECOVERY": ("{id} 应退回", "{id} to be paid back"),
    "FORMULA_RECOVERY": ("max(0, 已拨付 - 应得金额)", "max(0, paid - amount due)"),
    "CLAUSE_INTEREST": (
        "贴息不超过计息期间实际支付（无凭证时为合同推算）的利息",
        "the subsidy never exceeds the interest paid (or, without vouchers, accrued) for the days that count",
    ),
    "FORMULA_INTEREST_CAP": ("min(合计, 利息)", "min(sum, interest)"),
    # formulas
    "FORMULA_POINTS": ("Σ 贷款余额 × 贴息率 × 天数比例", "Σ balance × subsidised rate × day fraction"),
    "FORMULA_SHARE": ("Σ 利息 × 贴息比例", "Σ interest × share"),
    "FORMULA_CAP": ("min(合计, max(0, 限额 - 已获支持))", "min(sum, max(0, limit - granted))"),
    "FORMULA_BALANCE_CAP": ("min(当日贷款余额, 余额上限)", "min(balance of the day, balance cap)"),
    "FORMULA_BALANCE_CAP_ONCE": (
        "Σ min(当日贷款余额, 按放款先后分得的额度)",
        "Σ min(balance of the day, room that the drawdown took by its date)",
    ),
    "FORMULA_CAP_UNKNOWN": ("限额未公布", "limit not published"),
    "FORMULA_TOTAL": ("Σ 各项金额", "Σ items"),
    "FORMULA_UNIT": ("按 {unit} 元取整", "rounded to {unit} yuan"),
    "FORMULA_TOP_UP": ("max(0, 本次金额 - 已获支持)", "max(0, new amount - granted)"),
    "FORMULA_OTHER": ("max(0, 金额 - 其他财政资金)", "max(0, amount - other fiscal money)"),
    "FORMULA_ADMITTED": ("Σ 纳入的投资", "Σ admitted investment"),
    "FORMULA_BANDS": ("Σ 各段单位数 × 每单位金额", "Σ units in band × amount per unit"),
    "FORMULA_FIXED": ("定额", "fixed amount"),
    # why of a segment
    "WHY_LINE": ("{line}：{shown}", "{line}: {shown}"),
    # reconciliation
    "CAUSE_NONE_FOUND": ("未能识别原因", "no likely cause found"),
    "CAUSE_ONE_DAY": ("天数相差一天", "one day off"),
    "CAUSE_365_FOR_360": ("日利率按 365 而非 360（或相反）", "365 for 360 days, or the reverse"),
    "CAUSE_RESET_DATE": ("重定价日不一致", "another reset date"),
    "CAUSE_PERCENT": ("利率可能以百分数录入", "the rate may have been typed as a percentage"),
    "CAUSE_PENALTY": ("金额可能含罚息", "the amount may include penalty interest"),
    # open questions
    "OPEN_WINDOW_BOTH": ("{kind}未见公布，未作限制", "the {kind} was not seen and restricts nothing"),
    "OPEN_WINDOW_FIRST_DAY": ("{kind}的首日未见公布，首日之前未作限制", "the first day of the {kind} was not seen; it bars no early day"),
    "OPEN_WINDOW_LAST_DAY": ("{kind}的末日未见公布，末日之后未作限制", "the last day of the {kind} was not seen; it bars no late day"),
    "OPEN_CAP_PERIOD": (
        "{cap}的期间未见，按每次申请单独计算；如按年度或累计计算，此前已获支持占用限额，金额可能更低",
        "the period of the {cap} was not seen and it is counted for each claim; "
        "counted for a year or in all, earlier support would take room, and the amount may be lower",
    ),
    "OPEN_CAP_PER": (
        "{cap}按什么对象分别计算未见，按每个申请单位合并计算（最严）；如按项目、产品等分别计算，金额可能更高",
        "what the {cap} is counted per was not seen; it is counted per applicant, the tightest reading; "
        "counted per project, product or the like, the amount may be higher",
    ),
    "OPEN_CAP": ("限额存在但未见数额，本次按无此限额计算", "the cap's figure was not seen; calculated without it"),
    "OPEN_ROOM_TAKEN": (
        "贷款规模上限按放款累计占用：以前申请中已占用而未列入本次申请的额度未计",
        "room under the cap on principal is taken for ever: what loans of earlier claims took, if they are not in this one, is not known",
    ),
    "OPEN_TERM": (
        "支持期限（{length}）的起点未见公布，未按该期限作限制，金额可能偏高",
        "the start of the supported term ({length}) was not seen; the term is not applied, so that the amount may be too high",
    ),
    "OPEN_YEAR": (
        "批次年度为 {year} 年，申请期未见公布：{applied} 年的申请是否仍予受理，未见规定",
        "the batch is of {year} and no application window was seen: whether an application of {applied} is still admitted was not seen",
    ),
    "OPEN_SINGLE_DIRECTION": (
        "同一年度已获 {table} 支持；条款写明“原则上”，是否仍可支持由主管部门决定",
        "already supported under {table} this year; the clause says “in principle”, so the authority decides",
    ),
    "OPEN_ADMIT": ("纳入范围（{what}）未见，按所报投资全部计算", "what is admitted ({what}) was not seen; everything sent counts"),
    "OPEN_DAY_COUNT": ("计息方式未见，以“{name}”假定", "the day count was not seen; {name} is assumed"),
    "OPEN_GRANT": (
        "已获支持的标准表 {table} 未载入：是否占用限额、是否属同一年度的其他方向，只能按编号判断",
        "the table {table} of an earlier grant is not loaded: whether it takes room or is another direction of the year, only its id tells",
    ),
    # payout
    "PAY_AT_ONCE": ("一次拨付", "in one payment"),
    "PAY_DONE": ("已拨付", "already paid"),
    "PAY_BALANCE": ("验收后余款", "balance after acceptance"),
}


def say(language: Language, key: str, /, **values: object) -> str:
    """The sentence ``key`` in the language. Errors: KeyError for a key that is not in the table."""
    zh, en = TEXTS[key]
    text = en if language == "en" else zh
    return text.format(**values) if values else text
