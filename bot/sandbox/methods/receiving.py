"""Methods by which the bot gets its updates."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.sandbox.errors import bad_request
from bot.sandbox.parameters import Parameters
from bot.sandbox.updates import WEBHOOK_ACTIVE
from bot.sandbox.webhook import Target
from bot.sandbox.wire import Json
from bot.sandbox.world import World

_LONGEST_POLL = 50
_LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


async def get_updates(world: World, given: Parameters) -> list[Json]:
    """'This method will not work if an outgoing webhook is set up.'"""
    offset, limit = given.integer("offset"), given.integer("limit", 100)
    timeout = min(max(given.integer("timeout"), 0), _LONGEST_POLL)
    if world.webhook.target is not None:
        raise WEBHOOK_ACTIVE
    _allow(world, given)
    world.updates.confirm(offset)
    # 'Values between 1-100 are accepted'; Telegram brings others into that range.
    return await world.updates.poll(min(max(limit, 1), 100), timeout)


async def set_webhook(world: World, given: Parameters) -> bool:
    """'Use an empty string to remove webhook integration'."""
    url = given.text("url").strip()
    if not url:
        return await delete_webhook(world, given)
    secret = given.text("secret_token")
    # '1-256 characters. Only characters A-Z, a-z, 0-9, _ and - are allowed.'
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad_request("secret token contains unallowed characters")
    connections = given.integer("max_connections", 40)
    _check_url(url)
    _allow(world, given)
    _drop_pending(world, given)
    await world.webhook.point_at(Target(url, secret, min(max(connections, 1), 100)))
    return True


async def delete_webhook(world: World, given: Parameters) -> bool:
    """'Use this method to remove webhook integration if you decide to switch back to getUpdates.'"""
    await world.webhook.remove()
    _drop_pending(world, given)
    return True


def get_webhook_info(world: World, given: Parameters) -> Json:
    """'If the bot is using getUpdates, will return an object with the url field empty.'"""
    return world.webhook.wire()


def _check_url(url: str) -> None:
    """Like a local Bot API server plain HTTP is fine here, but nothing ever leaves this machine."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname in _LOCAL_HOSTS and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise bad_request("bad webhook: the sandbox delivers to http://127.0.0.1 or localhost only")


def _allow(world: World, given: Parameters) -> None:
    """'If not specified, the previous setting will be used.'"""
    kinds = given.array("allowed_updates", "String")
    if kinds is not None:
        world.updates.allow(kind for kind in kinds if isinstance(kind, str))


def _drop_pending(world: World, given: Parameters) -> None:
    if given.flag("drop_pending_updates"):
        world.updates.clear()
