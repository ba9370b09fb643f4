"""Drafts as they are sent and shown."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Header, Path, Query
from pydantic import Field

from app.api.http.parameters import Searched
from app.services.draft_models import TARGET, StateName

DRAFT_ID = "^[0-9a-f]{16}$"
ETAG = '^"[1-9][0-9]{0,8}-(draft|checked|approved|published|discarded)-[0-9a-f]{16}(-gzip)?"$'


class DraftFilter(Searched):
    """Which drafts to list, and which part of them."""

    state: StateName | None = Field(None, title="状态")
    target: str | None = Field(None, title="对象", pattern=TARGET, max_length=80)
    after: str | None = Field(None, title="从这个草案之后起，即上一页的 next", pattern=DRAFT_ID, max_length=16)


DraftQuery = Annotated[DraftFilter, Query()]
DraftId = Annotated[str, Path(title="草案编号", pattern=DRAFT_ID, max_length=16, examples=["0123456789abcdef"])]
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=200, include_in_schema=False)]  # one that is absent is 428
IF_MATCH: Final[dict[str, Any]] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "取回草案时的 ETag，原样给出；不接受 `*`、弱 ETag（`W/`）与多个值。草案已变则为 412，未给出则为 428。",
    "schema": {"title": "取回草案时的 ETag", "type": "string", "pattern": ETAG, "maxLength": 200},
    "example": '"1-draft-0123456789abcdef"',
}
