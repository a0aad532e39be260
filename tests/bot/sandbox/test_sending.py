"""sendMessage and its neighbours through python-telegram-bot and in raw requests."""

from __future__ import annotations

import json

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken

from bot.sandbox import acts
from bot.sandbox.server import Sandbox
from bot.sandbox.world import World
from tests.bot.sandbox.conftest import CHEN, GROUP, LIN, STRANGER, USERNAME, ZHOU


async def test_get_me_tells_who_the_bot_is(world: World, bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.username, me.is_bot) == (world.bot_id, USERNAME, True)
    assert me.can_read_all_group_messages is False


async def test_html_becomes_entities_counted_in_utf16_units(bot: Bot) -> None:
    sent = await bot.send_message(LIN, "😀<b>母婴 &lt;1%</b> <i>稳</i>", parse_mode="HTML")
    assert sent.text == "😀母婴 <1% 稳"
    # 😀 takes two units, so bold begins at 2; 母婴 <1% has 2 + 1 + 3 = 6 units; a space; italic at 9
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [("bold", 2, 6), ("italic", 9, 1)]
    assert sent.parse_entities() == {sent.entities[0]: "母婴 <1%", sent.entities[1]: "稳"}


async def test_message_ids_increase_in_each_chat_by_itself(bot: Bot) -> None:
    first = [(await bot.send_message(LIN, "a")).message_id for _ in range(2)]
    other = (await bot.send_message(GROUP, "b")).message_id
    assert first[1] == first[0] + 1
    assert other == first[0]


async def test_a_reply_carries_the_message_but_not_what_that_replied_to(world: World, bot: Bot) -> None:
    asked = acts.say(world, GROUP, LIN, "上周GMV")
    first = await bot.send_message(GROUP, "¥312.4万", reply_parameters=ReplyParameters(asked["message_id"]))
    second = await bot.send_message(GROUP, "口径:付款金额", reply_parameters=ReplyParameters(first.message_id))
    assert first.reply_to_message.text == "上周GMV"
    assert second.reply_to_message.text == "¥312.4万"
    assert second.reply_to_message.reply_to_message is None


async def test_a_reply_shows_the_message_as_it_is_now(bot: Bot, http: httpx.AsyncClient) -> None:
    placeholder = await bot.send_message(GROUP, "在查…")
    await bot.send_message(GROUP, "补充", reply_parameters=ReplyParameters(placeholder.message_id))
    await placeholder.edit_text("¥312.4万")
    last = (await http.get(f"/sandbox/chats/{GROUP}/messages")).json()["messages"][-1]
    assert last["reply_to_message"]["text"] == "¥312.4万"


async def test_a_reply_to_nothing_is_refused_unless_that_is_allowed(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(GROUP, "x", reply_parameters=ReplyParameters(99))
    sent = await bot.send_message(GROUP, "x", reply_parameters=ReplyParameters(99, allow_sending_without_reply=True))
    assert sent.reply_to_message is None


async def test_the_older_reply_parameter_still_works(world: World, sandbox: Sandbox, api: httpx.AsyncClient) -> None:
    world.observers.clear()  # reply_to_message_id is no longer in the documentation
    asked = acts.say(world, LIN, LIN, "问")
    form = {"chat_id": str(LIN), "text": "答", "reply_to_message_id": str(asked["message_id"])}
    answer = (await api.post("/sendMessage", data=form)).json()
    assert answer["result"]["reply_to_message"]["text"] == "问"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Message text is empty"),
        ("   \n ", "Text must be non-empty"),
        ("文" * 4097, "Message is too long"),
        ("😀" * 2049, "Message is too long"),  # 2 units each: 4098
    ],
)
async def test_texts_of_a_wrong_length_are_refused(bot: Bot, text: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        await bot.send_message(LIN, text)


async def test_length_is_counted_after_entities_are_parsed(bot: Bot) -> None:
    sent = await bot.send_message(LIN, "<b>" + "&lt;" * 2048 + "😀" * 1024 + "</b>", parse_mode="HTML")
    assert len(sent.text) == 3072  # 2048 + 1024 characters, which are 2048 + 2 × 1024 = 4096 units


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("a < b", 'unsupported start tag "" at byte offset 2'),
        ("<table>x</table>", 'unsupported start tag "table" at byte offset 0'),
        ("<b>x", 'can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "unexpected end tag at byte offset 1"),
        ("<b>母<i>x</b></i>", 'unmatched end tag at byte offset 10, expected "</i>", found "</b>"'),
        ("<span>x</span>", 'tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<b", "unclosed start tag at byte offset 0"),
    ],
)
async def test_broken_html_is_refused_in_telegrams_words(bot: Bot, html: str, reason: str) -> None:
    with pytest.raises(BadRequest) as caught:
        await bot.send_message(LIN, html, parse_mode="HTML")
    assert caught.value.message.lower() == f"can't parse entities: {reason}".lower()


async def test_a_chat_that_the_bot_never_met_is_not_found(bot: Bot) -> None:
    for chat_id in (424242, STRANGER, "@nobody_there", -5):
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(chat_id, "hi")


async def test_a_person_who_writes_first_can_be_written_to(world: World, bot: Bot) -> None:
    acts.say(world, STRANGER, STRANGER, "/start")
    assert (await bot.send_message(STRANGER, "你好")).chat.id == STRANGER


async def test_a_public_group_is_found_by_its_name(world: World, bot: Bot) -> None:
    world.add_group(-77, "公开", [LIN], creator=ZHOU, username="ops_open")
    assert (await bot.send_message("@Ops_Open", "hi")).chat.id == -77


async def test_blocked_kicked_and_left_are_forbidden(world: World, bot: Bot) -> None:
    acts.block(world, CHEN, True)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(CHEN, "hi")
    acts.set_member(world, GROUP, world.bot_id, "kicked", by=ZHOU)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(GROUP, "hi")
    world.add_group(-5, "旧群", [LIN], creator=ZHOU, kind="group", bot="left")
    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(-5, "hi")


async def test_an_upgraded_group_names_its_new_id(world: World, bot: Bot) -> None:
    world.add_group(-5, "旧群", [LIN], creator=ZHOU, kind="group")
    acts.upgrade(world, -5, -1_000_000_000_005)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(-5, "hi")
    assert caught.value.new_chat_id == -1_000_000_000_005
    moves = [u.message for u in await bot.get_updates(timeout=0)]
    assert [(m.migrate_to_chat_id, m.migrate_from_chat_id) for m in moves] == [(-1_000_000_000_005, None), (None, -5)]


async def test_topics_exist_in_forums_only(world: World, bot: Bot) -> None:
    world.add_group(-9, "论坛", [LIN], creator=ZHOU, is_forum=True)
    topic = acts.add_topic(world, -9, LIN, "大促")
    sent = await bot.send_message(-9, "x", message_thread_id=topic)
    assert (sent.message_thread_id, sent.is_topic_message) == (topic, True)
    for chat_id, thread in ((-9, 1), (-9, 4711), (GROUP, topic)):
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.send_message(chat_id, "x", message_thread_id=thread)


async def test_buttons_are_checked(bot: Bot, api: httpx.AsyncClient) -> None:
    fits = InlineKeyboardMarkup([[InlineKeyboardButton("按", callback_data="母" * 21 + "x")]])  # 3 × 21 + 1 = 64 bytes
    sent = await bot.send_message(LIN, "x", reply_markup=fits)
    assert sent.reply_markup == fits
    for button, reason in [
        ({"text": "按", "callback_data": "母" * 22}, "BUTTON_DATA_INVALID"),
        ({"text": "按", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "按", "url": "javascript:alert(1)"}, "BUTTON_URL_INVALID"),
        ({"text": "按", "copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "按"}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
    ]:
        markup = json.dumps({"inline_keyboard": [[button]]})
        answer = (await api.post("/sendMessage", data={"chat_id": LIN, "text": "x", "reply_markup": markup})).json()
        assert answer == {"ok": False, "error_code": 400, "description": f"Bad Request: {reason}"}


async def test_a_request_may_be_a_form_a_query_json_or_multipart(api: httpx.AsyncClient) -> None:
    markup = {"inline_keyboard": [[{"text": "口径", "callback_data": "d"}]]}
    answers = [
        await api.post("/sendMessage", data={"chat_id": str(LIN), "text": "母婴", "reply_markup": json.dumps(markup)}),
        await api.get("/sendMessage", params={"chat_id": str(LIN), "text": "母婴", "reply_markup": json.dumps(markup)}),
        await api.post("/sendMessage", json={"chat_id": LIN, "text": "母婴", "reply_markup": markup}),
        await api.post("/SENDMESSAGE", json={"chat_id": str(LIN), "text": "母婴", "reply_markup": json.dumps(markup)}),
        await api.post(
            "/sendMessage",
            files={"chat_id": (None, str(LIN)), "text": (None, "母婴"), "reply_markup": (None, json.dumps(markup))},
        ),
    ]
    results = [answer.json()["result"] for answer in answers]
    assert [result.pop("message_id") for result in results] == [1, 2, 3, 4, 5]
    assert len({json.dumps({**result, "date": 0}, sort_keys=True) for result in results}) == 1
    assert results[0]["reply_markup"] == markup


async def test_optional_fields_are_absent_and_never_null(api: httpx.AsyncClient) -> None:
    answer = await api.post("/sendMessage", data={"chat_id": LIN, "text": "x"})
    assert set(answer.json()["result"]) == {"message_id", "from", "chat", "date", "text"}
    assert "null" not in answer.text


async def test_a_wrong_token_and_a_wrong_method_are_told_apart(
    sandbox: Sandbox, http: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    wrong = await http.post("/bot123:abc/getMe")
    assert (wrong.status_code, wrong.json()) == (
        401,
        {"ok": False, "error_code": 401, "description": "Unauthorized"},
    )
    unknown = await api.post("/sendTeleport")
    assert (unknown.status_code, unknown.json()["description"]) == (404, "Not Found")
    with pytest.raises(InvalidToken):
        async with Bot(f"{sandbox.world.bot_id}:{'A' * 35}", base_url=f"{sandbox.base_url}/bot"):
            pass


async def test_what_telegram_finds_in_a_text_is_marked(world: World) -> None:
    said = acts.say(world, GROUP, LIN, "😀 /kpi@opsbot_demo_bot 问 @opsbot_demo_bot #大促 https://a.cn/x。")
    text = said["text"].encode("utf-16-le")
    found = [
        (e["type"], text[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"))
        for e in said["entities"]
    ]
    assert found == [
        ("bot_command", "/kpi@opsbot_demo_bot"),
        ("mention", "@opsbot_demo_bot"),
        ("hashtag", "#大促"),
        ("url", "https://a.cn/x"),
    ]


async def test_explicit_entities_are_taken_and_those_outside_the_text_dropped(api: httpx.AsyncClient) -> None:
    entities = [{"type": "bold", "offset": 0, "length": 2}, {"type": "italic", "offset": 3, "length": 9}]
    answer = await api.post("/sendMessage", json={"chat_id": LIN, "text": "母婴 GMV", "entities": entities})
    assert answer.json()["result"]["entities"] == entities[:1]


async def test_copies_and_forwards(world: World, bot: Bot) -> None:
    said = acts.say(world, GROUP, LIN, "复盘 #大促")
    copied = await bot.copy_message(CHEN, GROUP, said["message_id"])
    forwarded = await bot.forward_message(CHEN, GROUP, said["message_id"])
    assert copied.message_id + 1 == forwarded.message_id
    assert (forwarded.text, forwarded.forward_origin.sender_user.id) == ("复盘 #大促", LIN)
    with pytest.raises(BadRequest, match="Message to copy not found"):
        await bot.copy_message(CHEN, GROUP, 999)


async def test_chat_actions_and_drafts(bot: Bot) -> None:
    assert await bot.send_chat_action(GROUP, "typing")
    with pytest.raises(BadRequest, match="Wrong parameter action in request"):
        await bot.send_chat_action(GROUP, "dancing")
    assert await bot.send_message_draft(LIN, 7, "正在写…")
    with pytest.raises(BadRequest, match="only in private chats"):
        await bot.send_message_draft(GROUP, 7, "正在写…")
