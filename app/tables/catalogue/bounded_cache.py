"""What callers pin by naming a time, bounded in memory: the last answers are kept, and what was known then is looked up, not copied."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Set
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The last ``most`` values that were asked for; one that was dropped is made again. For several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many are kept now."""
        return len(self._kept)

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of a key. What ``make`` raises is raised, and nothing is kept of it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()  # two threads may make the same: it is the same value
        with self._lock:
            self._kept[key] = made
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


class TablesKnown(Set[str]):
    """The tables that were known at a time, by the instants since which they are."""

    __slots__ = ("_at", "_since")

    def __init__(self, since: Mapping[str, datetime], at: datetime) -> None:
        self._since, self._at = since, at

    def __contains__(self, table: object) -> bool:
        """Whether a table was known."""
        since = self._since.get(table)  # type: ignore[call-overload]  # a set is asked for anything
        return since is not None and since <= self._at

    def __iter__(self) -> Iterator[str]:
        """Every one of them."""
        return (table for table, since in self._since.items() if since <= self._at)

    def __len__(self) -> int:
        """How many they are."""
        return sum(1 for _ in self)


class MethodsKnown(Mapping[str, str]):
    """The methods of the tables of a fund that were known at a time."""

    __slots__ = ("_known", "_methods")

    def __init__(self, methods: Mapping[str, str], since: Mapping[str, datetime], at: datetime) -> None:
        self._methods, self._known = methods, TablesKnown(since, at)

    def __getitem__(self, table: str) -> str:
        """The method of a table. Errors: KeyError where it was not known."""
        if table not in self._known:
            raise KeyError(table)
        return self._methods[table]

    def __iter__(self) -> Iterator[str]:
        """The tables."""
        return (table for table in self._methods if table in self._known)

    def __len__(self) -> int:
        """How many they are."""
        return sum(1 for _ in self)
