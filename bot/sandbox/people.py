"""The people of the demo: an operator, a manager, an admin, a newcomer, and the group of the first three."""

from __future__ import annotations

import json
from importlib.resources import files

from bot.sandbox.world import World

BOT_ID = 7_000_000_001
BOT_USERNAME = "opsbot_demo_bot"
OPERATOR, MANAGER, ADMIN, NEWCOMER = 1001, 1002, 1003, 1004
GROUP_ID = -1_000_000_000_001


def demo_world(language: str = "zh") -> World:
    """A fresh world; names are in `language` ("zh" or "en"). The newcomer has not written to the bot yet."""
    everything = json.loads((files("bot.sandbox") / "people.json").read_text(encoding="utf-8"))
    seeds = everything.get(language, everything["en"])
    world = World(bot_id=BOT_ID, username=BOT_USERNAME, name=seeds["bot"], language=language)
    for seed in seeds["people"]:
        world.add_person(
            seed["id"],
            seed["name"],
            username=seed["username"],
            language_code="zh-hans" if language == "zh" else language,
            role=seed["role"],
            role_label=seed["role_label"],
            started=seed["id"] != NEWCOMER,
        )
    world.add_group(GROUP_ID, seeds["group"], [OPERATOR, MANAGER, ADMIN], creator=ADMIN)
    return world
