"""What long work shows while it lasts: on a terminal only, on standard error, and gone when it ends."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


def tracked(files: list[Path]) -> Iterable[Path]:
    """Hand out files one by one, with a bar that says how many are done."""
    if not sys.stderr.isatty():
        return files
    from rich.console import Console
    from rich.progress import track

    return track(files, "校验 / proving", console=Console(stderr=True), transient=True)


@contextmanager
def working(said: str) -> Iterator[None]:
    """Show that something is under way, of which nobody can say how far it is."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(said):
        yield
