"""From one step of a draft to the next, as links of the OpenAPI document: a client, or a test, can walk them.

Each link carries the draft's id and, where a step needs it, the ETag of the answer that it starts from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_NEXT: Final[Mapping[str, str]] = {
    "get_draft": "查看草案",
    "report_draft": "查看草案报告",
    "effect_of_draft": "测算影响",
    "calculate_under_draft": "按草案试算",
    "revise_draft": "修订",
    "discard_draft": "放弃",
    "check_draft": "检查",
    "approve_draft": "由编写者以外的人批准",
    "publish_draft": "公布",
}
_LOOKS: Final = ("get_draft", "report_draft")
_TRIES: Final = ("effect_of_draft", "calculate_under_draft")
_OF_STATE: Final[Mapping[str, tuple[str, ...]]] = {
    "DRAFT": (*_LOOKS, *_TRIES, "revise_draft", "discard_draft", "check_draft"),
    "CHECKED": (*_LOOKS, "revise_draft", "approve_draft"),
    "APPROVED": (*_LOOKS, "publish_draft"),
    "PUBLISHED": ("get_draft",),
    "DISCARDED": ("get_draft",),
    "any": ("report_draft", "revise_draft"),
}
_ETAG: Final = {"description": "草案此时的样子；其后的每一步以 If-Match 给出。", "schema": {"type": "string"}}
_LOCATION: Final = {"description": "草案的地址。", "schema": {"type": "string"}}


def _link(operation: str, draft: str, **more: str) -> dict[str, Any]:
    return {"operationId": operation, "description": _NEXT[operation], "parameters": {"draft_id": draft, **more}}


def shown(status: int, state: str) -> dict[int | str, dict[str, Any]]:
    """Document the answer that shows a draft in a state (``any`` where it may be any): its ETag, and where it leads."""
    seen = {"If-Match": "$response.header.ETag"}
    links = {
        name: _link(name, "$response.body#/id", **({} if name in (*_LOOKS, *_TRIES) else seen)) for name in _OF_STATE[state]
    }
    headers = {"ETag": _ETAG, **({"Location": _LOCATION} if status == 201 else {})}
    return {status: {"headers": headers, "links": links}}


def listed() -> dict[int | str, dict[str, Any]]:
    """Document the list: its first draft, and the next page."""
    following = {"operationId": "list_drafts", "description": "下一页", "parameters": {"after": "$response.body#/next"}}
    return {200: {"links": {"get_draft": _link("get_draft", "$response.body#/drafts/0/id"), "list_drafts": following}}}
