"""Words that are filled into other texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.calculators.bilingual import Phrase

TEXTS: Final[Mapping[str, Phrase]] = {
    "A_TEXT": Phrase("文字", "a text"),
    "A_DATE": Phrase("日期", "a date"),
    "A_CODE": Phrase("代码", "a code"),
    "CODES": Phrase("代码组", "codes"),
    "CLAUSE_WORDS": Phrase("条款原文", "the words of the clause"),
    "AN_EXPRESSION": Phrase("表达式", "an expression"),
    "A_NAME": Phrase("名称", "a name"),
    "A_START": Phrase("起点", "a start"),
    "AN_EXPLANATION": Phrase("说明", "an explanation"),
    "A_UNIT": Phrase("单位", "a unit"),
    "CONVERSION_DAY": Phrase("换算日", "the day of conversion"),
    "MONEY": Phrase("金额", "money"),
    "A_RATE": Phrase("比例", "a rate"),
    "A_NUMBER": Phrase("数字", "a number"),
    "A_COUNT": Phrase("次数", "a count"),
    "A_QUANTITY": Phrase("数量", "a quantity"),
    "A_BOOLEAN": Phrase("是否", "true or false"),
    "THE_END": Phrase("'结尾'", "the end"),
    "TAKEN_BEFORE": Phrase("，或已被前面的行占尽", ", or earlier lines take all"),
    "ZERO": Phrase("零", "zero"),
    "BAND_BEFORE": Phrase("前一段的 up_to", "that of the band before"),
    "LINE_NUMBER": Phrase("第 {line} 行", "Line {line}"),
    "INDENT_WITH_BLANKS": Phrase("缩进须用空格，不能用制表符（Tab）", "indent with blanks, not with a tab"),
    "PLAIN_COLON": Phrase("键后的冒号须为半角“: ”，不能用全角“：”", "the colon after a key should be a plain one, with a blank after it"),
    "BLANK_AFTER_COLON": Phrase("冒号后须有一个空格", "a colon should be followed by a blank"),
    "PLAIN_COMMAS": Phrase("括号中各项之间的逗号须为半角“, ”", "the commas within brackets should be plain ones, with a blank after each"),
    "NOT_WRITTEN_AS_YAML": Phrase(
        "写法有误，请核对缩进、冒号、引号与括号", "not written as YAML; check indents, colons, quotes and brackets"
    ),
    "NO_COLON_HERE": Phrase(
        "此处不应有冒号：值中含“: ”的须加引号，或上一行未写完",
        "no colon should stand here; quote a value with one, or finish the line before",
    ),
    "QUOTE_NOT_CLOSED": Phrase("引号没有成对", "a quote is not closed"),
    "CURLY_NOT_CLOSED": Phrase("花括号 {{ }} 没有成对，或其中缺少逗号", "curly brackets are not closed, or a comma is missing in them"),
    "SQUARE_NOT_CLOSED": Phrase("方括号 [ ] 没有成对，或其中缺少逗号", "square brackets are not closed, or a comma is missing in them"),
    "ONE_CONTENT_A_FILE": Phrase("一个文件只写一份内容，不能用 --- 分隔", "a file holds one content; nothing is divided by ---"),
    "COLON_MISSING": Phrase("键后缺少“: ”", "a colon is missing after the key"),
    "INDENT_DOES_NOT_FIT": Phrase("缩进与上面各行不齐", "the indent does not fit the lines above"),
    "QUOTE_THE_VALUE": Phrase("值以此符号开头的须加引号", "quote a value that begins with this sign"),
    "VERSION": Phrase("版本", "version"),
    "VERSION_NUMBER": Phrase("版本 {version}", "version {version}"),
    "NOTHING": Phrase("（空）", "(nothing)"),
    "NONE": Phrase("（无）", "(none)"),
    "OTHERS": Phrase("（其他）", "(others)"),
    "ANY_CASE": Phrase("任何情形", "any case"),
    "AFTER_MINUS_SIGN": Phrase("负号之后的类型", "What follows the minus sign"),
    "MULTIPLICATION_SIDES": Phrase("乘法两边的类型", "The types on both sides of the multiplication"),
    "TYPE_BEFORE_IN": Phrase("in 左边的类型", "The type before in"),
    "TYPE_AFTER_IN": Phrase("in 右边的类型", "The type after in"),
    "TYPE_AFTER_NOT": Phrase("not 之后的类型", "The type after not"),
    "SIDES_OF": Phrase("{op} 两边的类型", "The types on both sides of {op}"),
    "TYPES_OF_PARTS": Phrase("{op} 各项的类型", "The types of the parts of {op}"),
    "NAMED_IN": Phrase("{function} 的{title}", "The {title} in {function}"),
    "PARAMETER_OF": Phrase("{function} 的{title}", "The {title} of {function}"),
    "CALL_OF_DAY": Phrase(
        "{function}({first}, 日期、日期事实或 {words})",
        "{function}({first}, a date, a fact that is a date, or {words})",
    ),
    "TYPE": Phrase("{title} {type}", "{title} {type}"),
    "IS": Phrase("{what}={value}", "{what}={value}"),
    "COMMA": Phrase(", ", ", "),
    "HOLDS": Phrase("{what} 成立", "{what} holds"),
    "HOLDS_NOT": Phrase("{what} 不成立", "{what} does not hold"),
    "MONTHS_BETWEEN": Phrase("{day} 距 {start} 的月数", "months from {start} to {day}"),
    "AND": Phrase(" 与 ", " and "),
    "OR": Phrase(" 或 ", " or "),
    "OR_CLOSE": Phrase("或", " or "),
}
