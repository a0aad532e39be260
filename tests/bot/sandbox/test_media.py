"""Photos, documents, albums and downloads."""

from __future__ import annotations

import json

import httpx
import pytest
from telegram import Bot, InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest

from bot.sandbox import acts
from bot.sandbox.files import PHOTO_BYTES, Upload
from bot.sandbox.images import image_size
from bot.sandbox.world import World
from tests.bot.sandbox.conftest import GROUP, LIN, png


async def test_a_photo_keeps_its_size_caption_and_bytes(bot: Bot) -> None:
    picture = png(120, 80)
    sent = await bot.send_photo(GROUP, picture, caption="<b>走势</b>", parse_mode="HTML")
    assert [(p.width, p.height, p.file_size) for p in sent.photo] == [(120, 80, len(picture))]
    assert (sent.caption, sent.caption_entities[0].type) == ("走势", "bold")
    file = await bot.get_file(sent.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == picture


async def test_a_photo_is_sent_again_by_its_id(bot: Bot) -> None:
    first = await bot.send_photo(GROUP, png(10, 10))
    again = await bot.send_photo(LIN, first.photo[-1].file_id)
    assert again.photo == first.photo
    with pytest.raises(BadRequest, match="Can't use file of type photo as document"):
        await bot.send_document(LIN, first.photo[-1].file_id)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"not a picture", "Image_process_failed"),
        (b"", "File must be non-empty"),
        (png(5001, 5000), "Photo_invalid_dimensions"),
        (png(210, 10), "Photo_invalid_dimensions"),
        (png(10, 10, PHOTO_BYTES), "is too big for a photo; the maximum size is 10485760 bytes"),
    ],
    ids=["no picture", "empty", "too many pixels", "too long and thin", "too many bytes"],
)
async def test_what_is_no_photo_is_refused(world: World, api: httpx.AsyncClient, content: bytes, reason: str) -> None:
    answer = await api.post("/sendPhoto", data={"chat_id": LIN}, files={"photo": ("a.png", content)})
    assert answer.status_code == 400
    assert reason.lower() in answer.json()["description"].lower()
    assert len(world.rooms[LIN]) == 0


async def test_an_album_is_one_group_of_messages(bot: Bot) -> None:
    items = [InputMediaPhoto(png(10, 10), caption="一"), InputMediaPhoto(png(20, 10)), InputMediaPhoto(png(30, 10))]
    sent = await bot.send_media_group(GROUP, items)
    assert [message.photo[-1].width for message in sent] == [10, 20, 30]
    assert len({message.media_group_id for message in sent}) == 1
    assert [message.caption for message in sent] == ["一", None, None]
    assert sent[2].message_id == sent[0].message_id + 2


async def test_albums_of_the_wrong_make_are_refused(bot: Bot, api: httpx.AsyncClient) -> None:
    with pytest.raises(BadRequest, match="2-10 items"):
        await bot.send_media_group(GROUP, [InputMediaPhoto(png(10, 10))])
    with pytest.raises(BadRequest, match="can't be mixed"):
        await bot.send_media_group(GROUP, [InputMediaPhoto(png(10, 10)), InputMediaDocument(b"x")])
    media = json.dumps([{"type": "photo", "media": "attach://nowhere"}] * 2)
    answer = await api.post("/sendMediaGroup", data={"chat_id": GROUP, "media": media})
    assert "no part" in answer.json()["description"]


async def test_a_document_keeps_its_name_and_type(bot: Bot) -> None:
    sent = await bot.send_document(LIN, "日期,GMV\n".encode(), filename="周报 11月.csv", caption="周报")
    assert (sent.document.file_name, sent.document.mime_type, sent.caption) == ("周报 11月.csv", "text/csv", "周报")


async def test_captions_hold_1024_units(bot: Bot) -> None:
    assert len((await bot.send_photo(LIN, png(9, 9), caption="文" * 1024)).caption) == 1024
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(LIN, png(9, 9), caption="文" * 1025)


async def test_a_file_of_a_person_reaches_the_bot(world: World, bot: Bot) -> None:
    acts.send_document(world, LIN, LIN, Upload("目标.xlsx", b"PK..", ""), caption="新目标")
    message = (await bot.get_updates(timeout=0))[0].message
    assert (message.document.file_name, message.caption) == ("目标.xlsx", "新目标")
    assert bytes(await (await bot.get_file(message.document.file_id)).download_as_bytearray()) == b"PK.."


async def test_a_file_is_found_by_its_id_and_token_only(http: httpx.AsyncClient, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("nothing")
    sent = await bot.send_document(LIN, b"secret", filename="a.txt")
    path = (await bot.get_file(sent.document.file_id)).file_path
    assert path is not None
    assert (await http.get(path.replace(bot.token, "1:wrong"))).status_code == 401
    assert (await http.get(f"/file/bot{bot.token}/documents/../../etc/passwd")).status_code == 404


async def test_media_is_edited(bot: Bot) -> None:
    sent = await bot.send_photo(GROUP, png(10, 10), caption="旧")
    edited = await bot.edit_message_media(InputMediaPhoto(png(40, 10), caption="新"), GROUP, sent.message_id)
    assert (edited.photo[-1].width, edited.caption) == (40, "新")
    assert edited.edit_date is not None


def test_the_size_of_every_kind_of_picture_is_read() -> None:
    jpeg = (
        b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08"
        + (50).to_bytes(2, "big")
        + (70).to_bytes(2, "big")
        + b"\0" * 9
    )
    gif = b"GIF89a" + (7).to_bytes(2, "little") + (5).to_bytes(2, "little")
    webp = b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + (99).to_bytes(3, "little") + (49).to_bytes(3, "little")
    assert [image_size(content) for content in (png(3, 4), jpeg, gif, webp)] == [(3, 4), (70, 50), (7, 5), (100, 50)]
    assert [image_size(content[:20]) for content in (png(3, 4), jpeg[:12], b"GIF89a", b"")] == [None] * 4
