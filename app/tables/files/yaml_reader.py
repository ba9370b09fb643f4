"""Table files: YAML with every scalar as text (D66). No float, date, boolean or sexagesimal reaches a figure."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any, Final

import yaml

from app.calculators.bilingual import Phrase
from app.calculators.faults.telling import FaultError, tell

MAX_BYTES = 1_000_000


class FileError(FaultError, ValueError):
    """A file that cannot be read as a table file; the message names line and reason."""


def unseen(text: str) -> str | None:
    """The first sign of a text that nobody sees; None where all are seen, line ends apart.

    A database refuses control signs and halves of pairs; written out they are no part of YAML, but an escape can make
    them. What has no width or turns the direction of writing would make two ids look like one, and a clause read otherwise
    than it is stored.
    """
    return next((sign for sign in text if sign != "\n" and unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}), None)




_RUN_TOGETHER: Final = re.compile(r"[a-z_]+\s*[:：]")


def yaml_fault(text: str, wrong: yaml.MarkedYAMLError) -> Phrase:
    """What a fault of YAML is most likely to be, in words, with line and column: an officer has typed it, no programmer."""
    mark = wrong.problem_mark or wrong.context_mark
    if "quoted scalar" in (wrong.context or "") and wrong.context_mark is not None:
        mark = wrong.context_mark  # where it opens; the end of the file says nothing
    if mark is None:
        return tell("NOT_YAML")
    lines = text.splitlines() or [""]
    for at in dict.fromkeys((mark.line, mark.line - 1, *((wrong.context_mark.line,) if wrong.context_mark else ()))):
        line = lines[at] if 0 <= at < len(lines) else ""
        slip = _slip(line)
        if slip is not None:
            return tell("FAULT_IN_LINE", line=at + 1, column=slip[0] + 1, what=slip[1])
    return tell("FAULT_IN_LINE", line=mark.line + 1, column=mark.column + 1, what=_meant(wrong))


def _slip(line: str) -> tuple[int, Phrase] | None:
    """The column of what is most often typed wrongly, and what it should be."""
    indent = re.match(r"[ ]*\t\s*", line)
    if indent is not None:
        return line.index("\t"), tell("INDENT_WITH_BLANKS")
    key = re.match(r"\s*(?:- )?[{]?\s*[a-z_]+\s*(?P<sign>：)", line)
    if key is not None:
        return key.start("sign"), tell("PLAIN_COLON")
    close = re.match(r"\s*(?:- )?[{]?\s*[a-z_]+(?P<sign>:)(?=[^\s:])", line) or re.search(r"[{,]\s*[a-z_]+(?P<sign>:)(?=[^\s:])", line)
    if close is not None:
        return close.start("sign"), tell("BLANK_AFTER_COLON")
    comma = re.search(r"[{\[].*?(?P<sign>，)\s*[a-z_]+:", line)
    if comma is not None:
        return comma.start("sign"), tell("PLAIN_COMMAS")
    return None


def _meant(wrong: yaml.MarkedYAMLError) -> Phrase:
    said = f"{wrong.context or ''} {wrong.problem or ''}"
    return tell(next((code for part, code in _YAML_SAID if part in said), "NOT_WRITTEN_AS_YAML"))


_YAML_SAID: Final = (  # of what the library says, the part by which a fault is known
    ("found character '\\t'", "INDENT_WITH_BLANKS"),
    ("mapping values are not allowed here", "NO_COLON_HERE"),
    ("while scanning a quoted scalar", "QUOTE_NOT_CLOSED"),
    ("expected a single document", "ONE_CONTENT_A_FILE"),
    ("flow mapping", "CURLY_NOT_CLOSED"),
    ("flow sequence", "SQUARE_NOT_CLOSED"),
    ("could not find expected ':'", "COLON_MISSING"),
    ("expected <block end>", "INDENT_DOES_NOT_FIT"),
    ("did not find expected", "INDENT_DOES_NOT_FIT"),
    ("cannot start any token", "QUOTE_THE_VALUE"),
)


class _TextLoader(yaml.BaseLoader):
    """Every scalar is a text, except a written-out ``null``; duplicate keys, anchors and aliases are refused."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise FileError(tell("NO_ANCHORS", line=event.start_mark.line + 1))
        return super().compose_node(parent, index)

    def construct_scalar(self, node: Any) -> Any:
        if node.style is None and node.value in {"null", "~", ""}:
            return None
        wrong = unseen(node.value)
        if wrong is not None:
            raise FileError(tell("CONTROL_CHARACTER_IN_LINE", line=node.start_mark.line + 1, given=repr(wrong)))
        return str(node.value)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            where = tell("LINE_NUMBER", line=key_node.start_mark.line + 1)
            if key is None:
                raise FileError(tell("KEY_NO_TEXT", where=where))
            if _RUN_TOGETHER.match(key):  # ``{id：A}`` and ``{id:A}`` are keys of YAML with nothing behind them
                raise FileError(tell("COLON_OF_KEY", where=where, column=key_node.start_mark.column + 1, key=key))
            if key in found:
                raise FileError(tell("KEY_TWICE", where=where, key=key))
            found[key] = self.construct_object(value_node, deep=True)
        return found


def read(path: Path) -> dict[str, Any]:
    """The content of one file, every scalar a text. Errors: FileError."""
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        raise FileError(tell("UNREADABLE_FILE", why=wrong.strerror)) from wrong
    return parsed(raw)


def parsed(raw: bytes) -> dict[str, Any]:
    """The content of a file's bytes. Errors: FileError."""
    if len(raw) > MAX_BYTES:
        raise FileError(tell("FILE_TOO_LARGE", most=MAX_BYTES))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        raise FileError(tell("NOT_UTF_8", line=line)) from wrong
    try:
        content = yaml.load(text, Loader=_TextLoader)  # noqa: S506 - builds texts only
    except RecursionError as wrong:
        raise FileError(tell("FILE_NESTED_TOO_DEEPLY")) from wrong
    except yaml.MarkedYAMLError as wrong:
        raise FileError(yaml_fault(text, wrong)) from wrong
    except yaml.YAMLError as wrong:
        raise FileError(tell("YAML_CONTROL_CHARACTER")) from wrong
    if not isinstance(content, dict):
        raise FileError(tell("KEYS_AND_VALUES"))
    return content
