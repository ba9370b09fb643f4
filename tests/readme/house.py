"""The house as its import contracts say it: the picture of README and the map of CONTRIBUTING.

``python -m tests.readme.house`` writes both; a test compares them.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping

from tests.readme.pages import READMES, ROOT, read

Layers = tuple[tuple[str, ...], ...]
"""The names of a package's layers, from the top down; those in one layer do not import each other."""


def layers() -> Mapping[str, Layers]:
    """Each package whose layers a contract names, by its dotted name."""
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    return {
        container: tuple(tuple(re.split(r"\s*\|\s*", layer)) for layer in one["layers"])
        for one in contracts
        if one["type"] == "layers"
        for container in one["containers"]
    }


def rooms(container: str = "app") -> Iterator[str]:
    """The packages in a container, each before what is in it, in the order of the layers."""
    for layer in layers().get(container, ()):
        for name in layer:
            inside = f"{container}.{name}"
            if (ROOT / inside.replace(".", "/")).is_dir():
                yield inside
                yield from rooms(inside)


def picture() -> str:
    """One column for each package that has layers: what stands in a row imports from rows below it alone."""
    known = layers()
    columns = [[room.replace(".", "/"), *map(" | ".join, known[room])] for room in ("app", *rooms()) if room in known]
    widths = [max(len(title) + 1, *map(len, rows)) for title, *rows in columns]
    lines = ["  ".join(f"┌─ {rows[0]} ".ljust(width + 3, "─") + "┐" for rows, width in zip(columns, widths, strict=True))]
    for no in range(1, max(map(len, columns)) + 1):
        drawn = ""
        for rows, width in zip(columns, widths, strict=True):
            if no < len(rows):
                drawn += f"│ {rows[no]:<{width}} │  "
            elif no == len(rows):
                drawn += f"└{'─' * (width + 2)}┘  "
            else:
                drawn += " " * (width + 6)
        lines.append(drawn.rstrip())
    return "\n".join(["```text", *lines, "```"])


def duty(room: str) -> str:
    """What the first paragraph of a package's docstring says, in Markdown."""
    told = ast.get_docstring(ast.parse(read(f"{room.replace('.', '/')}/__init__.py"))) or ""
    return " ".join(told.split("\n\n")[0].split()).replace("``", "`")


def table() -> str:
    """One line for each package."""
    rows = [f"| `{room.replace('.', '/')}` | {duty(room)} |" for room in rooms()]
    return "\n".join(["| package | its duty |", "|---|---|", *rows])


def drawn(page: str) -> str:
    """A page with the picture and the map as the contracts say them."""
    text = read(page)
    for name, made in (("picture", picture()), ("map", table())):
        text = re.sub(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda found, made=made: f"{found[1]}{made}\n{found[2]}", text, flags=re.DOTALL)
    return text


PAGES = (*READMES.values(), "CONTRIBUTING.md")


def main() -> None:
    """Write the picture and the map."""
    for page in PAGES:
        (ROOT / page).write_text(drawn(page), encoding="utf-8")


if __name__ == "__main__":
    main()
