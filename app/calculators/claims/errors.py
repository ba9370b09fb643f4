"""What can be wrong: with the facts of a claim, or with a table that cannot answer for them."""

from __future__ import annotations

from dataclasses import dataclass

from app.calculators.bilingual import Phrase


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in the facts: where (JSON pointer), which (stable code), and what would be right.

    ``title`` is what the fact is called where only the table knows it: a measure, or a field that the table calls by another name.
    """

    pointer: str
    code: str
    zh: str
    en: str
    title: Phrase | None = None


class FactsError(Exception):
    """The facts contradict each other or lack something that the table reads."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.pointer} {fault.code}: {fault.en}" for fault in faults))
        self.faults = faults


class NotComputable(Exception):
    """The facts are right, but what was published does not decide the amount; ``pointer`` says for which of them."""

    def __init__(self, code: str, zh: str, en: str, pointer: str) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.pointer = pointer
