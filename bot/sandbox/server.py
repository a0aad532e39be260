"""The sandbox as a running server: the Bot API, the control API, the page."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, Router, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox import api, control
from bot.sandbox.errors import PortUnavailableError, SandboxError
from bot.sandbox.guard import LocalGuard
from bot.sandbox.stream import live
from bot.sandbox.world import World

_STOP_SECONDS = 3.0
_START_SECONDS = 10.0


class _QuietServer(uvicorn.Server):
    """uvicorn would take over SIGINT and SIGTERM and raise them again: the bot around it stops itself."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Sandbox:
    """A world behind a port of this machine."""

    def __init__(self, world: World, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Port 0 lets the system choose a free one; `base_url` tells which."""
        self.world = world
        self._host = host
        self._port = port
        self._server: _QuietServer | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def base_url(self) -> str:
        """http://host:port; the Bot API is at {base_url}/bot<token>/<method>."""
        return f"http://{self._host}:{self._port}"

    @property
    def token(self) -> str:
        """The bot's token; random for each world."""
        return self.world.token

    async def start(self) -> None:
        """Listen; raises PortUnavailableError when the address cannot be had."""
        if self._serving is not None:
            raise SandboxError("the sandbox is already running; stop it first")
        listening = _listen(self._host, self._port)
        self._port = int(listening.getsockname()[1])
        # Paths hold the token: no access log, and nothing of uvicorn's own below an emergency.
        settings = uvicorn.Config(
            application(self.world),
            log_config=None,
            log_level="critical",
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=64 * 1024,
            # Clients drop an idle connection after 5 s; were that our bound too, some calls would hit a closing one.
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        self._server = _QuietServer(settings)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]))
        await self._until_started()
        self.world.webhook.resume()

    async def stop(self) -> None:
        """Stop within a few seconds, whatever is going on; what waits for the bot stays in the world."""
        server, serving = self._server, self._serving
        self._server = self._serving = None
        if server is None or serving is None:
            return
        await self.world.webhook.pause()
        self.world.updates.interrupt(None)
        self.world.hub.close()
        server.should_exit = True
        done, _ = await asyncio.wait((serving,), timeout=_STOP_SECONDS)
        if not done:
            server.force_exit = True
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    async def _until_started(self) -> None:
        server, serving = self._server, self._serving
        deadline = asyncio.get_running_loop().time() + _START_SECONDS
        while server is not None and serving is not None and not server.started:
            if serving.done() or asyncio.get_running_loop().time() > deadline:
                await self.stop()
                raise SandboxError(f"the sandbox did not start on {self.base_url}; try another port")
            await asyncio.sleep(0.01)


class _ChatId(Convertor[int]):
    """A chat id in a path: groups have negative ones, which Starlette's own `int` does not take."""

    regex = "-?[0-9]{1,18}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


def application(world: World) -> Starlette:
    """The ASGI application over a world."""
    register_url_convertor("chat", _ChatId())
    page = Path(str(files("bot.sandbox") / "page"))
    own = Router([*control.routes(), WebSocketRoute("/live", live)])
    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", api.call_method, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", api.download, methods=["GET"]),
            Mount("/sandbox", LocalGuard(own)),
            Mount("/page", LocalGuard(StaticFiles(directory=page, check_dir=False))),
            Route("/", LocalGuard(_index(page)), methods=["GET"]),
        ],
        exception_handlers={HTTPException: _no_such_route},
    )
    app.state.world = world
    return app


def _index(page: Path) -> ASGIApp:
    async def index(scope: Scope, receive: Receive, send: Send) -> None:
        # A page that is put into a frame could be clicked through from elsewhere.
        headers = {"Content-Security-Policy": "frame-ancestors 'none'", "Cache-Control": "no-cache"}
        await FileResponse(page / "index.html", headers=headers)(scope, receive, send)

    return index


async def _no_such_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    sentence = f"there is no {request.method} {request.scope['path']} here"
    return JSONResponse({"error": sentence}, status_code=status)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sets TCP_NODELAY on what it accepts; without it every answer waits 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except (OSError, OverflowError) as error:
        listening.close()
        raise PortUnavailableError(_why(error, host, port)) from None
    listening.setblocking(False)
    return listening


def _why(error: Exception, host: str, port: int) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return f"port {port} on {host} is in use by another program; stop that program or choose another port"
    if number == errno.EACCES:
        return f"port {port} needs more rights than this user has; choose one above 1023"
    return f"cannot listen on {host}:{port} ({error}); use 127.0.0.1 and a port from 1024 to 65535"
