"""Makes any text safe to stand in a document: names out of the data may hold line breaks, marks and controls."""

from __future__ import annotations

import re
import unicodedata

BREAKS = re.compile(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")
UNSEEN = ("Cc", "Cs", "Cn", "Co")


def flat(text: str) -> str:
    """One line without controls, and without a sign that documents are cut at: no name begins a heading of its own."""
    one_line = BREAKS.sub(" ", text).replace("#", "＃")
    return "".join(sign for sign in one_line if unicodedata.category(sign) not in UNSEEN).strip()
