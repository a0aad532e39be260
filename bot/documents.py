"""The documents that the settings name, opened: all that reading them needs, without the numbers and the assistant."""

from __future__ import annotations

from pathlib import Path

from bot.settings import Settings
from knowledge.library import Library

BUNDLED_PLAYBOOKS = Path(__file__).parents[1] / "knowledge" / "playbooks"


def open_library(settings: Settings, index: Path, *, serving: bool = False) -> Library:
    """The bundled playbooks first, then the team's own folders.

    The default folder may be absent: nobody asked for it. One that the settings name must be there.
    """
    bundled = [BUNDLED_PLAYBOOKS] if settings.knowledge.bundled else []
    own = [settings.path(folder) for folder in settings.knowledge.folders]
    return Library.open(
        index,
        bundled + own,
        embedding=settings.knowledge.embedding,
        serving=serving,
        may_be_absent=() if "folders" in settings.knowledge.model_fields_set else own,
    )
