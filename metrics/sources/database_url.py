"""The address of a database: written in sources.yaml, its secrets in the environment, never shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SCHEMES = ("postgresql", "postgres")


@dataclass(frozen=True)
class Database:
    """One database by the name that sources.yaml gives it."""

    id: str
    url: str = field(repr=False)  # with its password: only the driver may see it
    unset: tuple[str, ...] = ()  # environment variables that the address needs and that are not there
    has_written_password: bool = False  # the password stands in the file itself

    @classmethod
    def of(cls, id: str, written: str, environment: Mapping[str, str] | None = None) -> Database:
        """Out of the text in sources.yaml, with `${NAME}` taken from the environment."""
        held = os.environ if environment is None else environment
        names = VARIABLE.findall(written)
        url = VARIABLE.sub(lambda found: held.get(found[1], ""), written).strip()
        unset = tuple(dict.fromkeys(name for name in names if not held.get(name)))
        return cls(id, _plain_scheme(url), unset, _password_of(VARIABLE.sub("", written)) != "")

    def problem(self) -> str:
        """What is wrong with the address, "" when it can be tried; never a part of the address itself."""
        if self.unset:
            return f"the environment variable {self.unset[0]} is not set; set it to postgresql://user:password@host/db"
        if self.url.partition("://")[0] not in SCHEMES or "://" not in self.url:
            return "its address must begin with postgresql://; no other kind of database can be read"
        return ""


def _plain_scheme(url: str) -> str:
    """`postgresql+psycopg://…`, as other programs write it, names a driver that is no part of the address."""
    scheme, separator, rest = url.partition("://")
    return scheme.split("+")[0].lower() + separator + rest if separator else url


def _password_of(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:  # an address that nothing can be read out of is reported by problem()
        return ""
