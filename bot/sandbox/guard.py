"""Keeps other sites out of the control API: only pages that this server itself has served may use it.

A browser on this machine can be made to send requests here by any page (cross-site), or by a name that is
pointed at 127.0.0.1 (DNS rebinding). The first carries a foreign Origin, the second a foreign Host.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_NAMES = ("127.0.0.1", "localhost", "[::1]")


class LocalGuard:
    """Lets a request through when its Host is this server and its Origin, if it has one, as well."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or is_local(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "not a page of this server"})
        else:
            sentence = "this server answers its own page only; open it as http://127.0.0.1 with its port"
            await JSONResponse({"error": sentence}, status_code=403)(scope, receive, send)


def is_local(scope: Scope) -> bool:
    """Whether Host names this server and Origin, where given, is the same place."""
    headers = Headers(scope=scope)
    port = (scope.get("server") or ("", 80))[1]
    hosts = {f"{name}:{port}" for name in _NAMES} | (set(_NAMES) if port == 80 else set())
    host = headers.get("host", "").lower()
    origin = headers.get("origin")
    return host in hosts and (origin is None or origin.lower() in {f"http://{name}" for name in hosts})
