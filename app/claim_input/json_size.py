"""How much JSON a body holds, counted before anything reads it: a few bytes of it can become a hundred times as much memory.

Brackets, commas and colons are counted outside strings, slice by slice: no loop of Python looks at each byte, other
threads go on in between, and counting ends where a limit is passed. One text or number has a limit of its own: what reads it holds
the interpreter until all of it is read.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Final

from app import limits
from app.errors import FieldError, ProblemError

_UP_AND_DOWN: Final = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")  # as signed bytes: 1, 1, -1, -1
_ALL_ELSE: Final = bytes(set(range(256)) - set(b'[]{},:"'))
_SLICE: Final = 64 * 1024


def check_structure(body: bytes, most: int = limits.MAX_TOKENS) -> None:
    """Refuse JSON that has too many tokens, too long a text or number, or is nested too deeply. Errors: ProblemError 400, 413.

    A token is a value or a key: there are no more of them than opening brackets, commas and colons, and one.
    What cannot be JSON is left to the decoder, which stops at the first byte that is wrong.

    >>> check_structure(b"[" * 64 + b"]" * 64)
    """
    opened = body.count(b"[") + body.count(b"{") if len(body) <= _SLICE else len(body)
    if opened <= limits.MAX_JSON_DEPTH and len(body) <= most:
        return
    tokens, depth, inside, escaped, run = 1, 0, 0, False, 0  # run: bytes of a text or a number that has not ended
    for start in range(0, len(body), _SLICE):
        part = body[start + escaped : start + _SLICE]
        if b"\\" in part:
            part = part.replace(b"\\\\", b"")
            escaped = part.endswith(b"\\")
            part = part.replace(b'\\"', b"").removesuffix(b"\\")
        else:
            escaped = False
        quote = part.find(b'"')
        between = part.translate(None, _ALL_ELSE).split(b'"')
        outside = b"".join(between[inside::2])
        if not inside and (outside or quote >= 0 or part.isspace()):
            run = 0
        elif (run := run + (len(part) if quote < 0 else quote)) > limits.MAX_TEXT_BYTES:
            raise too_long()
        if quote >= 0:
            run = len(part) - part.rfind(b'"') - 1
        inside ^= (len(between) - 1) & 1
        tokens += len(outside.translate(None, b"]}"))
        if tokens > most:
            raise too_much(most)
        steps = memoryview(outside.translate(_UP_AND_DOWN, b",:")).cast("b")
        depths = list(accumulate(steps, initial=depth))
        if max(depths) > limits.MAX_JSON_DEPTH:
            raise too_deep()
        if min(depths) < 0:  # no JSON from here on
            return
        depth = depths[-1]


def too_deep() -> ProblemError:
    """Make the problem of JSON that is nested too deeply."""
    most = limits.MAX_JSON_DEPTH
    zh, en = f"JSON 嵌套不得超过 {most} 层", f"The JSON must not be nested deeper than {most} levels"
    return ProblemError("MALFORMED_JSON", zh, en, errors=[FieldError("", "MALFORMED_JSON", zh, en)])


def too_long() -> ProblemError:
    """Make the problem of a text or number that is too long for any field."""
    most = limits.MAX_TEXT_BYTES
    return ProblemError(
        "PAYLOAD_TOO_LARGE",
        f"JSON 中的一段文本或一个数不得超过 {most} 字节",
        f"No text or number in the JSON may be longer than {most} bytes",
    )


def too_much(most: int) -> ProblemError:
    """Make the problem of JSON that has too many values and keys."""
    return ProblemError(
        "PAYLOAD_TOO_LARGE",
        f"JSON 中的值与键合计不得超过 {most} 个；请分成几次发送",
        f"The JSON must not have more than {most} values and keys in all; split it into several requests",
    )
