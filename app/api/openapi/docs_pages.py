"""The documentation pages: Scalar in Chinese and Swagger UI, both from vendored files alone."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.errors import ProblemError

STATIC: Final = Path(__file__).resolve().parents[1] / "static"
FILES: Final = {
    "docs.css": "text/css; charset=utf-8",
    "scalar.js": "text/javascript; charset=utf-8",
    "swagger.js": "text/javascript; charset=utf-8",
    "scalar/standalone.js": "text/javascript; charset=utf-8",
    "swagger-ui/swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui/swagger-ui.css": "text/css; charset=utf-8",
}

# Both pages write styles into the document; nothing else is allowed that they do not need.
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-cache",
}
# Addresses in the pages are relative, so that they hold under whatever prefix a gateway puts before them.
_PAGE: Final = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>补贴计算服务接口文档</title>
<link rel="icon" href="data:,">
{styles}<link rel="stylesheet" href="{static}docs.css">
</head>
<body>
<div id="reference"></div>
<script src="{static}{library}"></script>
<script src="{static}{start}"></script>
</body>
</html>
"""

router = APIRouter(include_in_schema=False)


def _page(static: str, library: str, start: str, styles: str = "") -> Response:
    html = _PAGE.format(static=static, library=library, start=start, styles=styles)
    return Response(html, media_type="text/html; charset=utf-8", headers=_HEADERS)


@router.get("/docs")
async def scalar_page() -> Response:
    """Answer the Scalar page."""
    return _page("docs/static/", "scalar/standalone.js", "scalar.js")


@router.get("/docs/swagger")
async def swagger_page() -> Response:
    """Answer the Swagger UI page."""
    style = '<link rel="stylesheet" href="static/swagger-ui/swagger-ui.css">\n'
    return _page("static/", "swagger-ui/swagger-ui-bundle.js", "swagger.js", style)


@router.get("/docs/static/{name:path}")
def static_file(name: str, request: Request) -> Response:
    """Answer one of the vendored files; in a thread, because some are megabytes."""
    media_type = FILES.get(name)
    if media_type is None:
        raise ProblemError("NOT_FOUND")
    content = (STATIC / name).read_bytes()
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
