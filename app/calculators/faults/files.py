"""Batches, series, drafts and files: what does not fit beside what is published, and what cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.calculators.bilingual import Phrase

TEXTS: Final[Mapping[str, Phrase]] = {
    "YEAR_OF_BATCH_ID": Phrase(
        "批次编号 {batch} 的年份是 {year}，而不是 {given}", "The year in the id of the batch, {batch}, is {year}, not {given}"
    ),
    "DIRECTION_NUMBER_TWICE": Phrase("方向编号 {number} 重复", "The number {number} of a direction is there twice"),
    "DIRECTION_NUMBER_TAKEN": Phrase("方向编号 {number} 已有: {table}", "The number {number} is that of another direction: {table}"),
    "ENDS_BEFORE_APPLICATIONS": Phrase(
        "施行期止于 {ends}，早于申请开始之日 {opens}", "The period of effect ends on {ends}, before applications open on {opens}"
    ),
    "ID_OF_ANOTHER_BATCH": Phrase("编号应以批次编号 {batch}- 开头", "The id should begin with the id of the batch, {batch}-"),
    "VERSIONS_OR_NOT_LOADED": Phrase(
        "须有 versions，或以 not_loaded 说明未载入的原因；两者不并存", "Either versions, or not_loaded to say why there are none; not both"
    ),
    "LIST_OF_SCHEMES": Phrase("应为方案编号的列表", "Should be a list of ids of schemes"),
    "WITHDRAWAL_WITH_LAST_DAY": Phrase(
        "撤回没有最后一日；失效写 kind: ENDED", "A withdrawal has no last day; for an end write kind: ENDED"
    ),
    "NO_VERSION_IN_FILE": Phrase("文件中没有版本 {version}", "The file has no version {version}"),
    "NO_TABLE_IN_FILE": Phrase("文件中没有标准表 {table}", "The file has no rate table {table}"),
    "NO_FUND_IN_FILE": Phrase("文件中没有基金 {fund}", "The file has no fund {fund}"),
    "NOT_IN_FILE": Phrase("文件中没有 {key}", "The file has no {key}"),
    "TOO_MANY_EXAMPLES": Phrase("至多 {most} 个例子", "At most {most} examples"),
    "EXAMPLE_NAME_TWICE": Phrase("例子重名", "Two examples have this name"),
    "SHOULD_BE_AMOUNT": Phrase('应为金额，如 "1234567.80"', 'Should be an amount such as "1234567.80"'),
    "EXAMPLE_AMOUNT_DIFFERS": Phrase("例子得 {paid} 元，而不是 {said} 元", "The example comes to {paid} yuan, not {said}"),
    "SHOULD_BE_JSON_OBJECT": Phrase("应为一个 JSON 对象，至多 {most} 字符", "Should be a JSON object of at most {most} characters"),
    "OUTSIDE_PERIOD": Phrase("不在版本 {version} 的施行期内", "Not in the period of version {version}"),
    "SUPERSEDES_NO_VERSION": Phrase(
        "版本 {version} 取代的版本 {superseded} 不在文件中，或不早于它",
        "Version {version} supersedes version {superseded}, which is not there or not earlier",
    ),
    "PUBLISHED_BEFORE_SUPERSEDED": Phrase(
        "版本 {version} 的 published_at 早于它取代的版本 {superseded}",
        "Version {version} is published before version {superseded}, which it supersedes",
    ),
    "PERIODS_OVERLAP": Phrase(
        "版本 {before} 与 {after} 的施行期重叠（更正须写 supersedes）",
        "The periods of versions {before} and {after} overlap; a correction says supersedes",
    ),
    "PERIODS_GAP": Phrase(
        "版本 {before} 与 {after} 的施行期之间有空隙", "There is a gap between the periods of versions {before} and {after}"
    ),
    "VERSION_REPLACED": Phrase("版本 {version} 已被取代或撤回", "Version {version} is superseded or withdrawn"),
    "VERSION_ENDED": Phrase("版本 {version} 已有失效日", "The end of version {version} is published already"),
    "NO_SUCH_VERSION": Phrase("{table} 没有版本 {version}", "{table} has no version {version}"),
    "TWICE_IN_FILES": Phrase("{what} 在文件中出现两次", "{what} is there twice"),
    "NO_BATCH_YET": Phrase("没有批次 {batch}；先以 BATCH 草案建立", "There is no batch {batch}; begin it with a BATCH draft"),
    "NO_SUCH_BATCH": Phrase("没有批次 {batch}", "There is no batch {batch}"),
    "NO_SUCH_FUND": Phrase("没有基金 {fund}", "There is no fund {fund}"),
    "NO_SUCH_TABLE": Phrase("没有标准表 {table}", "There is no table {table}"),
    "EXAMPLE_NOT_CALCULATED": Phrase("例子不能计算：{why}", "The example does not compute: {why}"),
    "NO_SUCH_SERIES": Phrase("没有参考利率 {series}；可用: {words}", "There is no reference series {series}; there are: {words}"),
    "NOTHING_TO_COPY": Phrase("没有 {table} 的{what}", "There is no {what} of {table}"),
    "DIRECTION_IS_KNOWN": Phrase("标准表已有支持方向，不可再写", "The table has its direction already; it is not written again"),
    "NO_DIRECTIONS": Phrase("至少一个支持方向", "At least one direction"),
    "TABLE_HAS_STANDARDS": Phrase(
        "{table} 已有标准；另以 RATE_TABLE 草案变更", "{table} has its standards already; it is changed with RATE_TABLE drafts"
    ),
    "DIRECTION_IS_FIXED": Phrase(
        "该方向已有标准，其名称、编号与领域不可更改；标准的变更是新版本",
        "The direction has its standards: its title, number and area cannot change; a change of its standards is a new version",
    ),
    "FUND_TITLE_IS_FIXED": Phrase("基金的名称不可变更：{title}", "The title of a fund cannot change: {title}"),
    "RULES_OF_ANOTHER_FUND": Phrase("规则 {rules} 属于基金 {fund}", "The rules {rules} belong to fund {fund}"),
    "NO_EARLIER_VERSION": Phrase(
        "{table} 在版本 {withdrawn} 之前没有版本 {version}", "{table} has, before version {withdrawn}, no version {version}"
    ),
    "BATCH_IS_FIXED": Phrase("批次的基金与年度不可变更：{fund} {year}", "The fund and the year of a batch cannot change: {fund} {year}"),
    "ROWS_OR_ADD": Phrase("须有 rows（全部）或 add（新增），二者取一", "Either rows (all) or add (new ones) must be given"),
    "SERIES_NOT_PUBLISHED": Phrase("系列尚未公布；请以 rows 给出全部", "The series is not published yet; give all its values as rows"),
    "DAY_NOT_YET_COME": Phrase("{day} 尚未到来", "{day} has not come yet"),
    "VALUE_PUBLISHED_ALREADY": Phrase(
        "{day} 已有公布值；更正请以 rows 给出全部", "{day} has a value already; to correct it, give all values as rows"
    ),
    "BEFORE_LAST_PUBLICATION": Phrase("早于最后公布日 {day}", "Earlier than the last publication, {day}"),
    "FAR_FROM_LAST": Phrase(
        "与上一公布值 {last} 相差过大；确认无误请写 {confirmation}",
        "Far from the last value, {last}; where it is right, say {confirmation}",
    ),
    "NOTHING_NEW": Phrase("与现有内容相同", "The same as what is there already"),
    "NO_SERIES": Phrase("至少一个系列", "At least one series"),
    "NO_VERSIONS": Phrase("至少一版", "At least one version"),
    "NO_ROWS": Phrase("至少一行", "At least one row"),
    "NOT_AFTER_ROW_BEFORE": Phrase("日期应晚于前一行 {day}", "The day should be after that of the row before, {day}"),
    "NOT_AFTER_LAST_PUBLICATION": Phrase("应晚于最后公布日", "Should be after the last publication"),
    "REASON_MISSING": Phrase("应写明理由", "The reason is missing"),
    "FILE_TOO_LARGE": Phrase("文件大于 {most} 字节", "The file is larger than {most} bytes"),
    "NO_ANCHORS": Phrase("第 {line} 行：不允许锚点或引用", "Line {line}: anchors and aliases are not allowed"),
    "CONTROL_CHARACTER_IN_LINE": Phrase("第 {line} 行：不允许控制字符 {given}", "Line {line}: a control character is not allowed: {given}"),
    "KEY_NO_TEXT": Phrase("{where}：键应为文字", "{where}: a key should be a text"),
    "KEY_TWICE": Phrase("{where}：键 {key} 重复", "{where}: the key {key} is there twice"),
    "UNREADABLE_FILE": Phrase("不能读取: {why}", "Cannot be read: {why}"),
    "FAULT_IN_LINE": Phrase("第 {line} 行第 {column} 列：{what}", "Line {line}, column {column}: {what}"),
    "COLON_OF_KEY": Phrase(
        "{where}第 {column} 列：键 {key} 中的冒号须为半角，其后有一个空格",
        "{where}, column {column}: in the key {key} the colon should be a plain one, with a blank after it",
    ),
    "NOT_UTF_8": Phrase("第 {line} 行：文件应存为 UTF-8 编码", "Line {line}: the file should be saved as UTF-8"),
    "FILE_NESTED_TOO_DEEPLY": Phrase("嵌套过深，不是标准表文件", "Nested too deeply for a table file"),
    "YAML_CONTROL_CHARACTER": Phrase("不是 YAML：含有不允许的控制字符", "Not YAML: it holds a control character"),
    "NOT_YAML": Phrase("不是 YAML", "Not YAML"),
    "EMPTY_FOLDER": Phrase("目录中没有 .yaml 文件", "The folder has no .yaml file"),
    "UNKNOWN_FILE": Phrase(
        "不是批次、基金或参考利率文件（缺少 {words}）",
        "Not a file of a batch, of funds or of reference rates; one of these is missing: {words}",
    ),
    "PUBLISHED_IS_FIXED": Phrase(
        "已公布的内容不可更改；更正须新增版本（supersedes）", "What is published cannot change; a correction is a new version (supersedes)"
    ),
    "DATABASE_DIFFERS": Phrase(
        "库中的这一版本于 {at} 记录，与文件不同，不可更改；文件中应去掉这一版本，或改为版本 {version}",
        "The database has had this version since {at}; the file says otherwise: take it out there, or make it version {version}",
    ),
}
