"""The files of invented schemes: the notices for the loader, and what the tests are to do with them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]
HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.yaml"))
REFUSED = sorted((HERE / "refused").glob("*.yaml"))


class Plain(yaml.SafeLoader):
    """Whole numbers, true and false are what they look like; money, rates and dates stay texts."""


Plain.yaml_implicit_resolvers = {}
Plain.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])
Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
Plain.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^null$"), list("n"))
Plain.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|[1-9][0-9]*)$"), list("0123456789"))


def parts(path: Path) -> tuple[list[str], Json]:
    """The documents for the loader, as typed, and what the test is to do with them."""
    *notices, told = re.split(r"^---$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return notices, yaml.load(told, Loader=Plain)


def write(folder: Path, path: Path) -> list[Path]:
    """The notice of a file on disk for the loader, with a fund for it where it brings none."""
    notices, _ = parts(path)
    fund = re.search(r"^fund: (\S+)$", "\n".join(notices), re.MULTILINE)
    if fund and not any(text.lstrip().startswith("funds:") or "\nfunds:" in text for text in notices):
        notices.append(f"funds:\n  - {{id: {fund[1]}, title: 示例资金}}\n")
    made = [folder / f"{path.stem}-{no}.yaml" for no in range(len(notices))]
    for file, text in zip(made, notices, strict=True):
        file.write_text(text, encoding="utf-8")
    return made
