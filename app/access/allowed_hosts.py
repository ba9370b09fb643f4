"""Which names of this service a request may be addressed to.

A page of some other site can let its own name point to 127.0.0.1 and then ask the service through the browser of whoever
works on the machine (DNS rebinding). Such a request comes from loopback and bears no forwarding header; only the name that
it is addressed to, its ``Host``, is another one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

_HOST: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z._-]+))(?::[0-9]{1,5})?")
_NAME: Final = re.compile(r"[0-9A-Za-z._-]+")


@lru_cache(maxsize=1024)
def name_in(header: bytes) -> str:
    """The name or address in a ``Host`` header, in lower case, without port; empty where it is none.

    >>> name_in(b"LocalHost.:8000"), name_in(b"[::1]:8000"), name_in(b"a b")
    ('localhost', '::1', '')
    """
    match = _HOST.fullmatch(header.decode("latin-1"))
    return "" if match is None else (match[1] or match[2]).lower().rstrip(".")


@lru_cache(maxsize=1024)
def is_loopback(name: str) -> bool:
    """Whether a name in a ``Host`` header means this machine to everybody: ``localhost`` or a loopback address."""
    return name == "localhost" or (_is_address(name) and ip_address(name).is_loopback)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def listed(text: str) -> frozenset[str]:
    """The names in a list with commas. Errors: ValueError for what is no name."""
    names = [one.strip().lower().rstrip(".") for one in text.split(",") if one.strip()]
    for name in names:
        if not _NAME.fullmatch(name) and not _is_address(name):
            raise ValueError(f"{name!r} 不是主机名或地址；以逗号分隔，不带端口 / {name!r} is no name or address; use commas, no ports")
    return frozenset(names)
