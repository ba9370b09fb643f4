"""Ask the service of this machine whether it is ready, for a container's health check.

Standard library alone: it runs every few seconds, so it must not import what the service imports.
"""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection, HTTPException

SECONDS = 2


def ready(host: str, port: int) -> bool:
    """Whether ``/health/ready`` answers 200; no proxy of the environment is asked."""
    connection = HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def main() -> None:
    """End with 0 where the service is ready, with 1 where it is not."""
    host, port = os.environ.get("SUBSIDY_HOST", "127.0.0.1"), os.environ.get("SUBSIDY_PORT", "8000")
    sys.exit(0 if ready(host, int(port)) else 1)


if __name__ == "__main__":
    main()
