"""The control API: what the page and the tests do to the world as people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox import acts
from bot.sandbox.control_values import boolean, choice, integer, optional_integer, string
from bot.sandbox.errors import ApiError, ControlError
from bot.sandbox.faults import KINDS, Fault
from bot.sandbox.requests import BodyTooLargeError, Decoded, read_body
from bot.sandbox.rooms import Room, Status
from bot.sandbox.wire import Json
from bot.sandbox.world import World

_JSON_BYTES = 64 * 1024
_DOCUMENT_BYTES = 20 * 1024 * 1024
_MOST_MESSAGES = 200
# Shown in the page itself; anything else is offered as a download and never run as part of the page.
_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_STATUSES: tuple[Status, ...] = ("member", "left", "kicked", "administrator")

Handler = Callable[[World, Request], Awaitable[Json | Response]]


def routes() -> list[Route]:
    """All routes below /sandbox but the websocket."""
    chat = "/chats/{chat_id:chat}"
    return [
        _route("/state", state, "GET"),
        _route(f"{chat}/messages", messages, "GET"),
        _route(f"{chat}/messages", say, "POST"),
        _route(f"{chat}/documents", send_document, "POST"),
        _route(f"{chat}/callbacks", press, "POST"),
        _route(f"{chat}/reactions", react, "POST"),
        _route(f"{chat}/members", set_member, "POST"),
        _route("/people/{user_id:int}/block", block, "POST"),
        _route("/faults", add_fault, "POST"),
        _route("/files/{file_id}", file, "GET"),
    ]


async def state(world: World, request: Request) -> Json:
    """Everything the page needs to draw itself."""
    people = [
        {"user": person.user, "role": person.role, "role_label": person.role_label} for person in world.people.values()
    ]
    return {
        "bot": world.bot,
        "people": people,
        "chats": [_chat(room) for room in world.rooms.values() if room.migrated_to is None],
        "commands": world.profile.shown_commands(world.language),
    }


def _chat(room: Room) -> Json:
    return {"chat": room.chat, "members": room.present, "blocked": room.blocked, "last_message": room.last}


async def messages(world: World, request: Request) -> Json:
    """A page of a chat's messages, oldest first, and the reactions to them."""
    room = _room(world, request)
    before = _query_integer(request, "before")
    limit = _query_integer(request, "limit")
    page = room.page(before, min(max(limit if limit is not None else 50, 1), _MOST_MESSAGES))
    reactions = {
        str(message["message_id"]): [
            {"user_id": user_id, "reactions": given} for user_id, given in by_user.items() if given
        ]
        for message in page
        if (by_user := room.reactions.get(message["message_id"]))
    }
    return {"messages": page, "reactions": reactions}


async def say(world: World, request: Request) -> Json:
    """A person's text message."""
    given = await _body(request)
    message = acts.say(
        world,
        request.path_params["chat_id"],
        integer(given, "from_user_id"),
        string(given, "text"),
        reply_to=optional_integer(given, "reply_to_message_id"),
        thread_id=optional_integer(given, "message_thread_id"),
    )
    return {"message": message}


async def send_document(world: World, request: Request) -> Json:
    """A person's file, as multipart/form-data."""
    decoded = await _read(request, _DOCUMENT_BYTES)
    upload = decoded.files.get("file")
    if upload is None:
        raise ControlError(400, "the part 'file' is missing; send the document as multipart/form-data")
    user_id = integer(decoded.values, "from_user_id")
    caption = decoded.values.get("caption", "")
    return {"message": acts.send_document(world, request.path_params["chat_id"], user_id, upload, str(caption))}


async def press(world: World, request: Request) -> Json:
    """A press of an inline button; the bot's answer comes as the event callback_answer."""
    given = await _body(request)
    who, where = integer(given, "from_user_id"), integer(given, "message_id")
    query_id = acts.press(world, request.path_params["chat_id"], who, where, string(given, "data"))
    return {"callback_query_id": query_id}


async def react(world: World, request: Request) -> Json:
    """A person's reaction; an empty emoji takes it back."""
    given = await _body(request)
    who, where = integer(given, "from_user_id"), integer(given, "message_id")
    emoji = given.get("emoji")
    acts.react(world, request.path_params["chat_id"], who, where, string(given, "emoji") if emoji else None)
    return {"ok": True}


async def set_member(world: World, request: Request) -> Json:
    """Somebody comes, goes or becomes an administrator; the bot's own id works as well."""
    given = await _body(request)
    user_id = integer(given, "user_id")
    status = choice(given, "status", _STATUSES)
    acts.set_member(world, request.path_params["chat_id"], user_id, status)
    return {"ok": True}


async def block(world: World, request: Request) -> Json:
    """A person blocks the bot or lets it in again."""
    given = await _body(request)
    user_id = request.path_params["user_id"]
    if user_id not in world.people:
        raise ControlError(404, f"nobody here has the id {user_id}")
    acts.block(world, user_id, boolean(given, "blocked"))
    return {"ok": True}


async def add_fault(world: World, request: Request) -> Json:
    """Trouble for the next calls of the bot; see Fault."""
    given = await _body(request)
    seconds = given.get("seconds", 1)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= 600:
        raise ControlError(400, "'seconds' must be a number from 0 to 600")
    kind = choice(given, "kind", KINDS)
    method = string(given, "method") if "method" in given else "*"
    times = integer(given, "times") if "times" in given else 1
    world.faults.add(Fault(kind, method, optional_integer(given, "chat_id"), max(times, 1), float(seconds)))
    return {"waiting": len(world.faults.waiting)}


async def file(world: World, request: Request) -> Response:
    """A file's bytes; pictures inline."""
    stored = world.files.get(request.path_params["file_id"])
    if stored is None:
        raise ControlError(404, "there is no such file, or it was dropped for newer ones")
    inline = stored.content_type in _INLINE
    kind = stored.content_type if inline else "application/octet-stream"
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=86400"}
    response = Response(stored.content, media_type=kind, headers=headers)
    if not inline:
        response.headers["Content-Disposition"] = _attachment(stored.name)
    return response


def _attachment(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name or 'file', safe='')}"


def _route(path: str, handler: Handler, verb: str) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            answer = await handler(request.app.state.world, request)
        except ControlError as refusal:
            return JSONResponse({"error": refusal.sentence}, status_code=refusal.status)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    return Route(path, endpoint, methods=[verb])


def _room(world: World, request: Request) -> Room:
    chat_id = request.path_params["chat_id"]
    if chat_id not in world.rooms:
        raise ControlError(404, f"there is no chat {chat_id}")
    return world.rooms[chat_id]


def _query_integer(request: Request, name: str) -> int | None:
    return optional_integer(dict(request.query_params), name)


async def _body(request: Request) -> Json:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise ControlError(415, "send the request as application/json")
    return (await _read(request, _JSON_BYTES)).values


async def _read(request: Request, most_bytes: int) -> Decoded:
    try:
        return await read_body(request, most_bytes)
    except BodyTooLargeError:
        raise ControlError(413, f"the request is larger than {most_bytes} bytes; send less") from None
    except (HTTPException, ApiError):
        raise ControlError(400, "the request cannot be read; send well-formed JSON or multipart/form-data") from None
