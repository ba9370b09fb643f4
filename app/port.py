"""Say at once that a port is taken: before a database is migrated, tables are loaded, or an address is printed.

Standard library alone, for ``make serve`` asks before anything else.
"""

from __future__ import annotations

import errno
import os
import socket
import sys


def fault_of(host: str, port: int) -> str | None:
    """Why this port cannot be listened on; None where it can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: one that just ended is no hindrance
            tried.bind(address)
            tried.listen()  # two may bind, one listens
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = f"make serve PORT={port % 65_535 + 1}"
            zh = f"{host} 的端口 {port} 已被占用，未作任何改动；请另选，如 {other}（或 SUBSIDY_PORT）"
            en = f"port {port} of {host} is taken, nothing was done: choose another, as in {other} (or SUBSIDY_PORT)"
            return f"{zh} / {en}"
        return f"不能监听 {host} 的端口 {port}：{error.strerror} / cannot listen on port {port} of {host}: {error.strerror}"
    return None


def main() -> None:
    """End with 1 and one line where the port of the argument cannot be listened on."""
    fault = fault_of(os.environ.get("SUBSIDY_HOST", "127.0.0.1"), int(sys.argv[1]))
    if fault is not None:
        sys.stderr.write(f"✗ {fault}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
