"""Run the service. Imported by the ``subsidy serve`` command and by the container; nothing else is loaded."""

from __future__ import annotations

from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.port import fault_of
from app.settings import settings

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
MAX_HEAD_BYTES: Final = 128 * 1024
"""Request line and headers. The service itself refuses far less with a proper answer; this bounds what waits for it."""

_ANSWER: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BoundedHttp(HttpToolsProtocol):
    """HTTP whose request heads end: the parser would collect one without end until memory does."""

    head_bytes = 0
    in_head = True

    def on_message_begin(self) -> None:
        """A request begins."""
        self.head_bytes, self.in_head = 0, True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head has ended."""
        self.in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Parse what came; break the connection where it is still a head, and too long."""
        super().data_received(data)
        if self.in_head:
            self.head_bytes += len(data)
            if self.head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
                self.transport.write(_ANSWER)
                self.transport.close()


OPTIONS: Final[dict[str, Any]] = {
    "loop": "uvloop",
    "http": BoundedHttp,
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,  # who the caller is, is said by the connection, not by a header
    "timeout_keep_alive": 75,  # longer than the pools of callers and gateways keep an idle connection: theirs to close
}


def serve() -> None:
    """Serve until stopped. Refuses an address beyond loopback where callers need no credential, and a port that is taken."""
    now = settings()
    if now.host not in LOOPBACK and now.authentication == "loopback":
        raise SystemExit(
            f"拒绝监听 {now.host}：未要求身份验证时只能监听本机，请设 SUBSIDY_AUTHENTICATION=required"
            f" / refusing to listen on {now.host}: without authentication only on loopback; set SUBSIDY_AUTHENTICATION=required"
        )
    fault = fault_of(now.host, now.port)
    if fault is not None:
        raise SystemExit(f"✗ {fault}")
    uvicorn.run("app.main:create_app", factory=True, host=now.host, port=now.port, log_level=now.log_level, **OPTIONS)


if __name__ == "__main__":
    serve()
