"""The websocket of the page: every event of the world, as JSON."""

from __future__ import annotations

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.live import Listener
from bot.sandbox.world import World

_SEND_SECONDS = 10.0


async def live(socket: WebSocket) -> None:
    """Send events until the page goes, falls behind, or the server stops."""
    world: World = socket.app.state.world
    await socket.accept()
    listener = world.hub.join()
    leaving = asyncio.create_task(_until_gone(socket))
    sending = asyncio.create_task(_forward(socket, listener))
    try:
        await asyncio.wait((leaving, sending), return_when=asyncio.FIRST_COMPLETED)
    finally:
        world.hub.leave(listener)
        leaving.cancel()
        sending.cancel()
        await asyncio.gather(leaving, sending, return_exceptions=True)


async def _until_gone(socket: WebSocket) -> None:
    """What the page sends is not read for meaning; the control API is for that."""
    try:
        while True:
            await socket.receive_text()
    except (WebSocketDisconnect, KeyError, RuntimeError):
        return


async def _forward(socket: WebSocket, listener: Listener) -> None:
    while (event := await listener.next()) is not None:
        await asyncio.wait_for(socket.send_json(event), _SEND_SECONDS)
    await socket.close(1013, "too slow or stopping; connect again")
