"""Table files: YAML with every scalar as text (D66). No float, date, boolean or sexagesimal reaches a figure."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

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
        content = yaml.load(raw.decode("utf-8"), Loader=_TextLoader)  # noqa: S506 - builds texts only
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as wrong:
        raise FileError(f"不是 UTF-8 的 YAML: {wrong}") from wrong
    if not isinstance(content, dict):
        raise FileError("应为一组 键: 值")
    return content
