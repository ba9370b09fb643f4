"""Run the service. Imported by the ``subsidy serve`` command and by the container; nothing else is loaded."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from copy import deepcopy
from typing import Any, Final

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from app.http_protocol import BoundedHttp, bounded
from app.limits import INTERPRETER_SECONDS
from app.port import fault_of
from app.settings import settings

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_FRAME: Final = re.compile(r'^  File "([^"]+)", line ([0-9]+), in (\S+)$', re.MULTILINE)
_KIND: Final = re.compile(r"^([A-Za-z_][A-Za-z0-9_.]*)(?::|$)", re.MULTILINE)


class Discreet(logging.Filter):
    """Lets of a fault only its kind and its place be written: a message may hold what a caller sent, address and query included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the first line of what is said; add the kind and the place of a fault, never its own words."""
        said = record.getMessage()
        first, _, more = said.partition("\n")
        fault = record.exc_info[1] if record.exc_info else None
        if fault is not None:
            steps = traceback.extract_tb(fault.__traceback__)[-1:]
            first += f": {type(fault).__name__}" + "".join(f" ({step.filename}:{step.lineno} {step.name})" for step in steps)
        elif frames := _FRAME.findall(more):  # a fault at the start is handed over as text
            first += f" {' '.join(_KIND.findall(more)[-1:])} ({':'.join(frames[-1][:2])} {frames[-1][2]})"
        record.msg, record.args = first, ()
        record.exc_info = record.exc_text = record.stack_info = None
        vars(record).pop("color_message", None)
        return True


def _discreet_logs() -> dict[str, Any]:
    config: dict[str, Any] = deepcopy(LOGGING_CONFIG)
    config["filters"] = {"discreet": {"()": Discreet}}
    for handler in config["handlers"].values():
        handler["filters"] = ["discreet"]
    config["root"] = {"handlers": ["default"], "level": "WARNING"}  # the event loop, the database's driver
    return config


OPTIONS: Final[dict[str, Any]] = {
    "loop": "uvloop",
    "http": BoundedHttp,
    "ws": "none",
    "log_config": _discreet_logs(),
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
    sys.setswitchinterval(INTERPRETER_SECONDS)
    options = OPTIONS | {"http": bounded(now.head_seconds, now.body_seconds), "log_level": now.log_level}
    uvicorn.run("app.main:create_app", factory=True, host=now.host, port=now.port, **options)


if __name__ == "__main__":
    serve()
