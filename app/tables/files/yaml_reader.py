"""Table files: YAML with every scalar as text (D66). No float, date, boolean or sexagesimal reaches a figure."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any, Final

import yaml

MAX_BYTES = 1_000_000


class FileError(ValueError):
    """A file that cannot be read as a table file; the message names line and reason."""


def unseen(text: str) -> str | None:
    """The first sign of a text that nobody sees; None where all are seen, line ends apart.

    A database refuses control signs and halves of pairs; written out they are no part of YAML, but an escape can make
    them. What has no width or turns the direction of writing would make two ids look like one, and a clause read otherwise
    than it is stored.
    """
    return next((sign for sign in text if sign != "\n" and unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}), None)




_RUN_TOGETHER: Final = re.compile(r"[a-z_]+\s*[:：]")


def yaml_fault(text: str, wrong: yaml.MarkedYAMLError) -> str:
    """What a fault of YAML is most likely to be, in words, with line and column: an officer has typed it, no programmer."""
    mark = wrong.problem_mark or wrong.context_mark
    if "quoted scalar" in (wrong.context or "") and wrong.context_mark is not None:
        mark = wrong.context_mark  # where it opens; the end of the file says nothing
    if mark is None:
        return "不是 YAML"
    lines = text.splitlines() or [""]
    for at in dict.fromkeys((mark.line, mark.line - 1, *((wrong.context_mark.line,) if wrong.context_mark else ()))):
        line = lines[at] if 0 <= at < len(lines) else ""
        slip = _slip(line)
        if slip is not None:
            return f"第 {at + 1} 行第 {slip[0] + 1} 列：{slip[1]}"
    return f"第 {mark.line + 1} 行第 {mark.column + 1} 列：{_meant(wrong)}"


def _slip(line: str) -> tuple[int, str] | None:
    """The column of what is most often typed wrongly, and what it should be."""
    indent = re.match(r"[ ]*\t\s*", line)
    if indent is not None:
        return line.index("\t"), "缩进须用空格，不能用制表符（Tab）"
    key = re.match(r"\s*(?:- )?[{]?\s*[a-z_]+\s*(?P<sign>：)", line)
    if key is not None:
        return key.start("sign"), "键后的冒号须为半角“: ”，不能用全角“：”"
    close = re.match(r"\s*(?:- )?[{]?\s*[a-z_]+(?P<sign>:)(?=[^\s:])", line) or re.search(r"[{,]\s*[a-z_]+(?P<sign>:)(?=[^\s:])", line)
    if close is not None:
        return close.start("sign"), "冒号后须有一个空格"
    comma = re.search(r"[{\[].*?(?P<sign>，)\s*[a-z_]+:", line)
    if comma is not None:
        return comma.start("sign"), "括号中各项之间的逗号须为半角“, ”"
    return None


def _meant(wrong: yaml.MarkedYAMLError) -> str:
    said = f"{wrong.context or ''} {wrong.problem or ''}"
    return next((zh for english, zh in _YAML_SAID if english in said), "写法有误，请核对缩进、冒号、引号与括号")


_YAML_SAID: Final = (  # of what the library says, the part by which a fault is known
    ("found character '\\t'", "缩进须用空格，不能用制表符（Tab）"),
    ("mapping values are not allowed here", "此处不应有冒号：值中含“: ”的须加引号，或上一行未写完"),
    ("while scanning a quoted scalar", "引号没有成对"),
    ("expected a single document", "一个文件只写一份内容，不能用 --- 分隔"),
    ("flow mapping", "花括号 { } 没有成对，或其中缺少逗号"),
    ("flow sequence", "方括号 [ ] 没有成对，或其中缺少逗号"),
    ("could not find expected ':'", "键后缺少“: ”"),
    ("expected <block end>", "缩进与上面各行不齐"),
    ("did not find expected", "缩进与上面各行不齐"),
    ("cannot start any token", "值以此符号开头的须加引号"),
)


class _TextLoader(yaml.BaseLoader):
    """Every scalar is a text, except a written-out ``null``; duplicate keys, anchors and aliases are refused."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise FileError(f"第 {event.start_mark.line + 1} 行：不允许锚点或引用")
        return super().compose_node(parent, index)

    def construct_scalar(self, node: Any) -> Any:
        if node.style is None and node.value in {"null", "~", ""}:
            return None
        wrong = unseen(node.value)
        if wrong is not None:
            raise FileError(f"第 {node.start_mark.line + 1} 行：不允许控制字符 {wrong!r}")
        return str(node.value)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            where = f"第 {key_node.start_mark.line + 1} 行"
            if key is None:
                raise FileError(f"{where}：键应为文字")
            if _RUN_TOGETHER.match(key):  # ``{id：A}`` and ``{id:A}`` are keys of YAML with nothing behind them
                raise FileError(f"{where}第 {key_node.start_mark.column + 1} 列：键 {key} 中的冒号须为半角，其后有一个空格")
            if key in found:
                raise FileError(f"{where}：键 {key} 重复")
            found[key] = self.construct_object(value_node, deep=True)
        return found


def read(path: Path) -> dict[str, Any]:
    """The content of one file, every scalar a text. Errors: FileError."""
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        raise FileError(f"不能读取: {wrong.strerror}") from wrong
    return parsed(raw)


def parsed(raw: bytes) -> dict[str, Any]:
    """The content of a file's bytes. Errors: FileError."""
    if len(raw) > MAX_BYTES:
        raise FileError(f"文件大于 {MAX_BYTES} 字节")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        raise FileError(f"第 {line} 行：文件应存为 UTF-8 编码") from wrong
    try:
        content = yaml.load(text, Loader=_TextLoader)  # noqa: S506 - builds texts only
    except RecursionError as wrong:
        raise FileError("嵌套过深，不是标准表文件") from wrong
    except yaml.MarkedYAMLError as wrong:
        raise FileError(yaml_fault(text, wrong)) from wrong
    except yaml.YAMLError as wrong:
        raise FileError("不是 YAML：含有不允许的控制字符") from wrong
    if not isinstance(content, dict):
        raise FileError("应为一组 键: 值")
    return content
