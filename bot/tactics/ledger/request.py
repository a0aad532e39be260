"""What the button under a tactic stands for: which card is adopted, for which metric and scope."""

from __future__ import annotations

import re
from dataclasses import dataclass

from metrics.query import Scope

ADOPT = re.compile(r"/adopt(?:@\w+)? (?P<card>[0-9a-f]{16}) (?P<metric>\w+)(?: (?P<scope>.+))?", re.DOTALL)


@dataclass(frozen=True)
class AdoptRequest:
    """Kept with the answer, so that the button itself carries a number only."""

    card: str  # id
    metric: str  # catalogue id
    scope: Scope

    def __str__(self) -> str:
        scope = ";".join(f"{name}={','.join(values)}" for name, values in self.scope.items() if values)
        return f"/adopt {self.card} {self.metric} {scope}".rstrip()

    @classmethod
    def parse(cls, text: str) -> AdoptRequest | None:
        """None for anything else."""
        found = ADOPT.fullmatch(text.strip())
        if found is None:
            return None
        parts = [part.partition("=") for part in (found["scope"] or "").split(";") if part]
        scope = {name: tuple(values.split(",")) for name, _, values in parts if values}
        return cls(found["card"], found["metric"], scope)
