"""How it is known that a backup is the one that was made: by a signature, or by a digest that was noted elsewhere.

A digest inside the file finds damage, not forgery: whoever alters the file makes the digest anew. So a restore asks for
something that is not in the file: the key of ``SUBSIDY_BACKUP_KEY_FILE``, by which the file carries an HMAC-SHA-256, or the
digest that was printed when the backup was made.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

MIN_KEY_BYTES: Final = 32
MAX_KEY_BYTES: Final = 4_096
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


class BackupError(ValueError):
    """A backup that is not restored, or a database that cannot take it; told in both languages, a line for each reason."""

    def __init__(self, zh: str, en: str, *others: tuple[str, str]) -> None:
        super().__init__("\n".join(f"{one} / {other}" for one, other in ((zh, en), *others)))


class Seal:
    """Digest and, with a key, HMAC over the lines of a backup."""

    def __init__(self, key: bytes | None) -> None:
        self._digest = hashlib.sha256()
        self._hmac = None if key is None else hmac.new(key, digestmod="sha256")

    def add(self, line: bytes) -> None:
        """Count a line in."""
        self._digest.update(line)
        if self._hmac is not None:
            self._hmac.update(line)

    @property
    def digest(self) -> str:
        """``sha256:`` and 64 hexadecimal digits, as it is printed and asked for."""
        return f"sha256:{self._digest.hexdigest()}"

    def written(self) -> dict[str, str]:
        """What the last line of the file says of the lines before it."""
        signed = {} if self._hmac is None else {"hmac": self._hmac.hexdigest()}
        return {"sha256": self.digest.removeprefix("sha256:"), **signed}

    def check(self, said: Mapping[str, Any], noted: str | None) -> None:
        """Hold the lines against the file's last line, the key and the noted digest. Errors: BackupError."""
        if said.get("sha256") != self.digest.removeprefix("sha256:"):
            raise BackupError(
                "备份被改动或损坏：内容与末行的摘要不符",
                "the backup was altered or damaged: its content does not match the digest of its last line",
            )
        if noted is not None and not hmac.compare_digest(noted, self.digest):
            raise BackupError(
                f"不是所给摘要的那份备份：本文件的摘要是 {self.digest}",
                f"not the backup of the given digest: that of this file is {self.digest}",
            )
        if self._hmac is None or (noted is not None and "hmac" not in said):
            return
        if "hmac" not in said:
            raise BackupError(
                "备份没有签名，而设有 SUBSIDY_BACKUP_KEY_FILE；请以 --digest 给出备份时输出的摘要",
                "the backup is not signed, though SUBSIDY_BACKUP_KEY_FILE is set: give the digest printed at backup as --digest",
            )
        if not hmac.compare_digest(str(said["hmac"]), self._hmac.hexdigest()):
            raise BackupError(
                "签名不符：备份被改动，或以另一密钥签名",
                "the signature does not match: the backup was altered, or signed with another key",
            )


def noted_digest(noted: str | None, key: bytes | None) -> str | None:
    """The digest that a restore was given. Errors: BackupError where neither digest nor key is there, or it is no digest."""
    if noted is None:
        if key is None:
            raise BackupError(
                "恢复须以 --digest 给出备份时输出、另处保管的摘要，或设置 SUBSIDY_BACKUP_KEY_FILE",
                "a restore needs --digest, printed at backup and kept elsewhere, or SUBSIDY_BACKUP_KEY_FILE",
            )
        return None
    if not _DIGEST.fullmatch(noted.strip().lower()):
        raise BackupError("--digest 应为 sha256: 加 64 位十六进制数", "--digest should be sha256: and 64 hexadecimal digits")
    return noted.strip().lower()


def key_of(path: Path | None) -> bytes | None:
    """The key in a file, without the line end; None where no file is named. Errors: BackupError, OSError."""
    if path is None:
        return None
    with path.open("rb") as file:
        key = file.read(MAX_KEY_BYTES + 1).rstrip(b"\r\n")
    if not MIN_KEY_BYTES <= len(key) <= MAX_KEY_BYTES:
        raise BackupError(
            f"SUBSIDY_BACKUP_KEY_FILE 中的密钥应为 {MIN_KEY_BYTES} 至 {MAX_KEY_BYTES} 字节",
            f"the key in SUBSIDY_BACKUP_KEY_FILE should have {MIN_KEY_BYTES} to {MAX_KEY_BYTES} bytes",
        )
    return key
