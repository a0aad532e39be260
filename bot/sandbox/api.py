"""The Bot API over HTTP: /bot<token>/<method> and /file/bot<token>/<path>."""

from __future__ import annotations

import asyncio
import hmac
import inspect
import logging
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from bot.sandbox.errors import ApiError
from bot.sandbox.faults import Fault
from bot.sandbox.methods.table import METHODS, spelling
from bot.sandbox.parameters import Parameters
from bot.sandbox.requests import Decoded, decode
from bot.sandbox.wire import Json
from bot.sandbox.world import Exchange, World

_LOG = logging.getLogger(__name__)


class BrokenConnection(Response):
    """Begins an answer and breaks off: the server closes the connection on an unfinished one."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def call_method(request: Request) -> Response:
    """Answer one call; every outcome is one JSON object, as Telegram's."""
    world: World = request.app.state.world
    name = request.path_params["method"]
    method = spelling(name)
    decoded = Decoded()
    try:
        _check_token(world, request.path_params["token"])
        if method is None:
            raise ApiError(404, "Not Found")
        decoded = await decode(request)
        return await _with_faults(world, method, decoded)
    except ApiError as refusal:
        return _answered(world, method or name, decoded, refusal)


async def download(request: Request) -> Response:
    """'The file can then be downloaded via the link https://api.telegram.org/file/bot<token>/<file_path>'."""
    world: World = request.app.state.world
    try:
        _check_token(world, request.path_params["token"])
    except ApiError as refusal:
        return _json(refusal.code, _refused(refusal))
    stored = world.files.at(request.path_params["path"])
    if stored is None:
        return _json(404, _refused(ApiError(404, "Not Found")))
    return Response(stored.content, media_type=stored.content_type)


def _check_token(world: World, token: str) -> None:
    if not hmac.compare_digest(token.encode(), world.token.encode()):
        raise ApiError(401, "Unauthorized")


async def _with_faults(world: World, method: str, decoded: Decoded) -> Response:
    fault = world.faults.take(method, decoded.values.get("chat_id"))
    if fault is None:
        return await _perform(world, method, decoded)
    if fault.kind == "drop":
        return BrokenConnection()
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
    elif fault.kind != "lost_reply":
        raise _injected(fault)
    response = await _perform(world, method, decoded)
    if fault.kind == "lost_reply":
        await asyncio.sleep(fault.seconds)
        return BrokenConnection()
    return response


def _injected(fault: Fault) -> ApiError:
    if fault.kind == "too_many_requests":
        seconds = max(1, round(fault.seconds))
        return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
    return ApiError(500, "Internal Server Error")


async def _perform(world: World, method: str, decoded: Decoded) -> Response:
    try:
        result = METHODS[method](world, Parameters(decoded))
        if inspect.isawaitable(result):
            result = await result
    except ApiError:
        raise
    except Exception:
        # The one place where a mistake of the sandbox itself ends: the client sees a 500, the engineer the trace.
        incident = secrets.token_hex(4)
        _LOG.exception("the sandbox failed at %s (%s)", method, incident)
        raise ApiError(500, f"Internal Server Error: {incident}") from None
    return _answered(world, method, decoded, result)


def _answered(world: World, method: str, decoded: Decoded, outcome: Any) -> Response:
    if isinstance(outcome, ApiError):
        status, answer = outcome.code, _refused(outcome)
    else:
        status, answer = 200, {"ok": True, "result": outcome}
    exchange = Exchange(method, decoded.values, tuple(decoded.files), status, answer)
    for observe in world.observers:
        observe(exchange)
    return _json(status, answer)


def _refused(refusal: ApiError) -> Json:
    parameters = {"parameters": refusal.parameters} if refusal.parameters else {}
    return {"ok": False, "error_code": refusal.code, "description": refusal.description, **parameters}


def _json(status: int, answer: Json) -> Response:
    return JSONResponse(answer, status_code=status)
