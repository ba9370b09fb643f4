"""The service in this process, on a database of its own: what is random elsewhere (ids, secrets) follows from the number of a request."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.still.recording import KEPT_HEADERS, Answer, Needs, Request, packed, unpacked

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = "app/tables/published"
_ISSUED = re.compile(r"[0-9a-f]{16}")


class Service:
    """An application that is asked by ASGI messages, without a socket."""

    def __init__(self, app: Any, secret_of: dict[str, str], ids: dict[str, str]) -> None:
        self._app = app
        self._secret_of = secret_of
        self._ids = ids  # ids of keys, which are new in every database, and the names that stand for them
        self._etag = ""
        self._draft = ""

    async def ask(self, number: int, request: Request) -> Answer:
        """Send one request and wait for the whole answer."""
        _held_still(number)
        headers = {"host": "127.0.0.1:8000", "x-request-id": f"still-{number}", **request.headers}
        named = {"{etag}": self._etag, "{draft}": self._draft, **{f"{{secret:{who}}}": secret for who, secret in self._secret_of.items()}}
        body = b"" if request.body is None else unpacked(request.body)
        if request.body is not None:
            headers.setdefault("content-length", str(len(body)))
        path, _, query = _filled(request.target, named).partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("utf-8"),
            "query_string": query.encode("utf-8"),
            "root_path": "",
            "headers": [(name.encode("latin-1"), _filled(value, named).encode("latin-1")) for name, value in headers.items()],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8000),
            "state": {},
        }
        status, answered, parts = 0, {}, []
        sent = False

        async def receive() -> dict[str, Any]:
            nonlocal sent
            if sent:
                await asyncio.Event().wait()  # the caller stays until the answer is complete
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status = message["status"]
                answered = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message["headers"]}
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        await self._app(scope, receive, send)
        if "/drafts" in path or "/reference-rates" in path:
            self._etag = answered.get("etag", self._etag)
            self._draft = answered.get("location", self._draft).rsplit("/", 1)[-1]
        kept = {name: self._known(answered[name]) for name in KEPT_HEADERS if name in answered}
        return Answer(status=status, headers=kept, body=self._known(packed(b"".join(parts))))

    def _known(self, text: str) -> str:
        for id_, name in self._ids.items():
            text = text.replace(id_, name)
        return text


@asynccontextmanager
async def started(needs: Needs) -> AsyncIterator[Service]:
    """The service with the published tables, the tables of a recording, and a key for each person."""
    with tempfile.TemporaryDirectory(prefix="subsidy-still-") as place:
        folder = Path(place)
        tables = folder / "tables"
        tables.mkdir()
        for name, text in needs.files.items():
            (tables / name).write_text(text, encoding="utf-8")
        os.environ |= {"SUBSIDY_DATABASE_URL": f"sqlite:///{folder}/still.db"} | {
            f"SUBSIDY_{name}_SECONDS": "600" for name in ("HEAD", "BODY", "CHANGE", "ANSWER", "LOCK")
        }
        _command("migrate")
        _command("tables", "load", PUBLISHED, *([str(tables)] if needs.files else []))
        secret_of, ids = {}, {}
        for who, scopes in needs.keys.items():
            made = _command("keys", "create", "--name", who, "--owner", who, *(part for one in scopes for part in ("--scope", one)))
            secret_of[who] = made.stdout.strip().splitlines()[-1]
            ids |= dict.fromkeys(_ISSUED.findall(made.stderr), f"key-of-{who}")
        sys.stdout, printed = open(os.devnull, "w", encoding="utf-8"), sys.stdout  # noqa: SIM115 -- its log lines; closed below
        try:
            from app.main import create_app

            app = create_app()
            async with app.router.lifespan_context(app):
                service = Service(app, secret_of, ids)
                while (await service.ask(0, Request(source="", method="GET", target="/health/ready"))).status != 200:
                    await asyncio.sleep(0.05)
                yield service
        finally:
            sys.stdout.close()
            sys.stdout = printed


def _command(*words: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([sys.executable, "-m", "app.cli", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"subsidy {' '.join(words[:2])}: {done.stderr[-4000:]}{done.stdout[-2000:]}")
    return done


def _filled(text: str, named: dict[str, str]) -> str:
    for name, value in named.items():
        text = text.replace(name, value)
    return text


def _held_still(number: int) -> None:
    """Let ids that the service draws follow from the number of the request."""
    drawn = 0

    def token_hex(length: int = 32) -> str:
        nonlocal drawn
        drawn += 1
        return hashlib.shake_256(f"{number} {drawn}".encode()).hexdigest(length)

    secrets.token_hex = token_hex
