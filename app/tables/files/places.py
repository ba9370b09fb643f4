"""Where something stands in a table file: the line for the editor, and words for whoever reads the notice.

Only a file that has faults is read a second time for this; what is loaded never carries lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

_NAMES: Final = ("rate_table", "series", "id", "name", "on", "version")  # what tells the members of a list apart, the first that is there
_LISTS: Final = {  # what one member of a list is called
    "funds": "资金",
    "overlays": "叠加规则",
    "directions": "方向",
    "versions": "版本",
    "events": "事件",
    "examples": "例子",
    "series": "系列",
    "rows": "公布值",
    "add": "公布值",
    "lines": "行",
    "require": "条件",
    "caps": "限额",
    "pay": "分段",
    "term": "期限",
    "not_decided": "未定事项",
    "instalments": "分期",
    "sources": "资金来源",
    "currencies": "币种",
}
_HOLDERS: Final = {  # what a group of keys is called
    "batch": "批次",
    "document": "文件",
    "effective": "施行期",
    "application_window": "申请时间",
    "needs": "所需事实",
    "titles": "固定事实的名称",
    "windows": "期间",
    "bands": "分段",
    "rounding": "取整",
    "admit": "纳入的投资",
    "stacking": "叠加规则",
    "payout": "拨付",
    "single_direction": "单一方向",
    "higher_of": "孰高补差",
    "offset": "扣减",
    "event": "发生日期的期间",
    "interest": "计息期间",
    "application": "申请期间",
    "contract": "合同期间",
    "investment": "投资期间",
    "completion": "完工期间",
}
_MAX_NAME: Final = 60  # characters of a name in a place


def placed_in(paths: Mapping[str, Path], place: str) -> str:
    """A place as the reading of files names it, ``t.yaml/directions/0``, for whoever has the file open."""
    name, _, pointer = place.partition("/")
    return shown(paths[name], pointer) if name in paths else place


def shown(path: Path, pointer: str) -> str:
    """``t.yaml 第 12 行（方向 t-1 › 版本 1 › 行 SMALL › rate）``; the file alone where it cannot be read."""
    root = _tree(path)
    if root is None or not pointer:
        return path.name
    line, words = 1, list[str]()
    for at, word in _way(root, pointer):
        line, words = at, [*words, *word]
    return f"{path.name} 第 {line} 行" + (f"（{' › '.join(words)}）" if words else "")


def _tree(path: Path) -> yaml.Node | None:
    try:
        return yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (OSError, UnicodeDecodeError, RecursionError, yaml.YAMLError):
        return None


def _way(node: yaml.Node, pointer: str) -> Iterator[tuple[int, list[str]]]:
    """The line of each step of a pointer as far as the file has it, and what the step is called; what is missing is named at the end."""
    holder, parts = "", pointer.strip("/").split("/")
    for no, part in enumerate(parts):
        found = _child(node, part)
        if found is None:
            yield node.start_mark.line + 1, ["/".join(parts[no:])]
            return
        line, node = found
        of_list = isinstance(node, yaml.SequenceNode) and no + 1 < len(parts)  # then its member is named next
        yield line + 1, [] if of_list or part == "terms" else [_called(holder, part, node)]
        holder = part


def _child(node: yaml.Node, part: str) -> tuple[int, yaml.Node] | None:
    """The line and the node below a key or a position; a list of one may be written without its list."""
    if isinstance(node, yaml.SequenceNode):
        if not part.isdecimal() or int(part) >= len(node.value):
            return None
        return node.value[int(part)].start_mark.line, node.value[int(part)]
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark.line, value) for key, value in node.value if key.value == part), None)
    return None


def _called(holder: str, part: str, node: yaml.Node) -> str:
    if not part.isdecimal():
        return f"各{_LISTS[part]}" if part in _LISTS and isinstance(node, yaml.SequenceNode) else _HOLDERS.get(part, part)
    return f"{_LISTS.get(holder, holder)} {_name(node) or f'第 {int(part) + 1} 项'}"


def _name(node: yaml.Node) -> str | None:
    said: dict[Any, Any] = {}
    if isinstance(node, yaml.MappingNode):
        said = {key.value: value.value for key, value in node.value if isinstance(value, yaml.ScalarNode)}
    found = next((str(said[key]) for key in _NAMES if said.get(key)), None)
    return None if found is None else re.sub(r"\s+", " ", found)[:_MAX_NAME]
