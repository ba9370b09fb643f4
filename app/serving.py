"""Run the service. Imported by the ``subsidy serve`` command and by the container; nothing else is loaded."""

from __future__ import annotations

import uvicorn

from app.settings import settings

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def serve() -> None:
    """Serve until stopped. Refuses an address beyond loopback: there is no authentication yet."""
    now = settings()
    if now.host not in LOOPBACK:
        raise SystemExit(f"refusing to listen on {now.host}: no authentication is configured, only loopback addresses are allowed")
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=now.host,
        port=now.port,
        loop="uvloop",
        http="httptools",
        log_level=now.log_level,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,  # longer than the pools of callers and gateways keep an idle connection: theirs to close
    )


if __name__ == "__main__":
    serve()
