"""Restarts, crashes, lost replies, silence, leaks: nothing twice, nothing lost, nothing shown."""

from __future__ import annotations

import asyncio
import io
import logging
import time
from pathlib import Path

import pytest
from telegram import Update

from bot.assistant.types import Answer, Question
from bot.errors import SettingsError
from bot.sandbox.faults import Fault
from bot.telegram.health import Patience, Watchdog
from bot.telegram.polling import StampedRequest
from bot.telegram.processor import key_of
from bot.telegram.redaction import Redaction
from tests.bot.fakes import answer_to
from tests.bot.telegram.conftest import GROUP_ID, MANAGER, OPERATOR, Stage, staged, until

BOT = "@opsbot_demo_bot"


async def test_a_question_that_a_stop_interrupts_is_answered_once_after_the_next_start(stage: Stage) -> None:
    hang = asyncio.Event()

    async def hanging(question: Question) -> Answer:
        await hang.wait()
        return answer_to(question.text)

    await stage.let_everyone_in()
    stage.assistant.script = hanging
    stage.say(OPERATOR, OPERATOR, "第一")
    stage.say(OPERATOR, OPERATOR, "第二")
    await until(lambda: bool(stage.assistant.questions))
    begun = time.monotonic()
    await stage.surface.stop()
    assert time.monotonic() - begun < 10
    assert stage.from_bot(OPERATOR) == []
    stage.assistant.script = None
    stage.surface = stage.new_surface()
    await stage.surface.start()
    assert [message["text"] for message in await stage.replies(OPERATOR, 2)] == ["答：第一", "答：第二"]
    await stage.restart()
    await stage.quiet()
    assert len(stage.from_bot(OPERATOR)) == 2


async def test_what_is_written_while_the_bot_is_down_is_answered_when_it_comes_back(stage: Stage) -> None:
    await stage.let_everyone_in()
    await stage.surface.stop()
    stage.say(GROUP_ID, OPERATOR, f"{BOT} 刚才的问题")
    stage.surface = stage.new_surface()
    await stage.surface.start()
    assert (await stage.replies(GROUP_ID, 1))[0]["text"] == "答：刚才的问题"


async def test_an_update_that_comes_again_is_ignored(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(OPERATOR, OPERATOR, "上周GMV")
    pending = list(stage.world.updates._pending)
    await stage.replies(OPERATOR, 1)
    await stage.surface.stop()
    stage.world.updates._pending.extend(pending)
    stage.surface = stage.new_surface()
    await stage.surface.start()
    await stage.quiet(0.8)
    assert pending
    assert len(stage.from_bot(OPERATOR)) == 1


async def test_the_key_of_an_update_survives_its_journal(stage: Stage) -> None:
    await stage.let_everyone_in()
    await stage.surface.stop()
    stage.say(GROUP_ID, OPERATOR, f"{BOT} 😀 上周GMV")
    raw = stage.world.updates._pending[0]
    update = Update.de_json(dict(raw), None)
    assert key_of(Update.de_json(update.to_dict(), None)) == key_of(update)


async def test_an_answer_whose_receipt_is_lost_is_not_sent_again(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.world.faults.add(Fault("lost_reply", "sendMessage", OPERATOR, seconds=0.1))
    stage.say(OPERATOR, OPERATOR, "上周GMV")
    await stage.replies(OPERATOR, 1)
    await stage.quiet(1.0)
    await stage.restart()
    await stage.quiet(0.5)
    assert len(stage.from_bot(OPERATOR)) == 1


async def test_a_broken_assistant_gives_one_sentence_with_a_number_that_leads_to_the_log(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(question: Question) -> Answer:
        raise RuntimeError(f"secret path /srv/data and {stage.sandbox.token}")

    await stage.let_everyone_in()
    stage.assistant.script = broken
    stage.say(OPERATOR, OPERATOR, "上周GMV")
    (said,) = await stage.replies(OPERATOR, 1)
    number = said["text"].partition("编号 ")[2][:6]
    assert "/srv" not in said["text"]
    (line,) = [record for record in caplog.records if number in record.getMessage()]
    assert "RuntimeError" in (line.exc_text or "")
    stage.assistant.script = None
    stage.say(OPERATOR, OPERATOR, "本周GMV")
    assert (await stage.replies(OPERATOR, 2))[1]["text"] == "答：本周GMV"


async def test_the_token_reaches_no_log_line_and_no_chat(tmp_path: Path) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setLevel(logging.DEBUG)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        async with staged(tmp_path) as stage:
            token = stage.sandbox.token

            async def broken(question: Question) -> Answer:
                raise ValueError(f"GET {stage.sandbox.base_url}/bot{token}/getMe")

            await stage.let_everyone_in()
            stage.world.faults.add(Fault("server_error", "getUpdates", times=2))
            stage.world.faults.add(Fault("drop", "sendMessage", times=1))
            stage.assistant.script = broken
            stage.say(OPERATOR, OPERATOR, "上周GMV")
            stage.say(MANAGER, MANAGER, "上周GMV")
            await until(lambda: bool(stage.from_bot(OPERATOR) or stage.from_bot(MANAGER)))
            logging.getLogger("httpx").warning("POST %s/bot%s/getMe", stage.sandbox.base_url, token)
            logging.getLogger("any").error("bot %r", token.replace(":", "%3A"))
            logging.getLogger("any").error("the broken %s and %s", token)
            texts = str(stage.from_bot(OPERATOR) + stage.from_bot(MANAGER))
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    assert "[token]" in written.getvalue()
    secret = token.partition(":")[2]
    assert secret not in written.getvalue()
    assert secret not in texts


def test_redaction_leaves_other_lines_and_the_factory_as_they_were() -> None:
    factory = logging.getLogRecordFactory()
    redaction = Redaction("123:abcdefghij")
    redaction.install()
    try:
        record = logging.getLogger("x").makeRecord("x", 20, "f", 1, "%d of %s", (3, "four"), None)
    finally:
        redaction.remove()
    assert record.args == (3, "four")
    assert logging.getLogRecordFactory() is factory


async def test_a_wrong_token_and_an_unreachable_server_are_settings_errors_without_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.connection.CONNECT_PAUSES", (0.01,))
    async with staged(tmp_path, started=False) as stage:
        token, stage.world.token = stage.world.token, "7000000001:somethingelse_somethingelse_some"
        stage.world.token, wrong = token, stage.world.token
        surface = stage.new_surface()
        stage.world.token = wrong  # the server now knows another one
        with pytest.raises(SettingsError, match="BotFather") as refused:
            await surface.start()
        assert token not in str(refused.value)
        await stage.sandbox.stop()
        with pytest.raises(SettingsError, match="cannot be reached"):
            await stage.new_surface().start()


async def test_health_turns_bad_when_polls_fail_and_good_again(stage: Stage) -> None:
    await until(lambda: stage.surface.health().last_update is not None)
    assert stage.surface.health().ok
    assert stage.surface.health().problems == ()


async def test_a_poll_that_hangs_is_ended_and_polling_goes_on(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.surface._connection.polling._deadline_seconds = 1.5
    stage.world.faults.add(Fault("delay", "getUpdates", seconds=30))
    await until(lambda: not stage.world.faults.waiting)
    stage.say(OPERATOR, OPERATOR, "上周GMV")
    await stage.replies(OPERATOR, 1)


async def test_the_watchdog_restarts_a_silent_polling_and_says_so() -> None:
    restarts = []
    request = StampedRequest(1)
    watchdog = Watchdog(request, Patience(stale_seconds=0.1, look_seconds=0.02), lambda: restarted(restarts))
    assert watchdog.health().ok
    running = asyncio.create_task(watchdog.run())
    await until(lambda: len(restarts) >= 2, 2.0)
    running.cancel()
    await asyncio.sleep(0.12)
    health = watchdog.health()
    assert not health.ok
    assert "no successful getUpdates" in health.problems[0]
    await request.shutdown()


async def restarted(restarts: list[float]) -> None:
    restarts.append(time.monotonic())


async def test_the_surface_restarts_its_own_polling(stage: Stage) -> None:
    await stage.let_everyone_in()
    await stage.surface._listen_anew()
    stage.say(OPERATOR, OPERATOR, "上周GMV")
    await stage.replies(OPERATOR, 1)


async def test_commands_are_set_in_both_languages_and_updates_are_asked_for_by_name(stage: Stage) -> None:
    languages = [call.parameters.get("language_code", "") for call in stage.made("setMyCommands")]
    assert sorted(languages) == ["", "en"]
    await until(lambda: bool(stage.made("getUpdates")))
    assert "callback_query" in str(stage.made("getUpdates")[0].parameters["allowed_updates"])


async def test_an_answer_that_waits_for_its_turn_when_the_bot_stops_is_given_after_the_next_start(
    stage: Stage,
) -> None:
    await stage.let_everyone_in()
    stage.world.faults.add(Fault("too_many_requests", "sendMessage", GROUP_ID, seconds=60))
    stage.say(GROUP_ID, OPERATOR, f"{BOT} 第一")
    stage.say(GROUP_ID, OPERATOR, f"{BOT} 第二")
    await until(lambda: bool(stage.made("sendMessage")))
    await stage.restart()
    # The first was refused with a 429, the second was never attempted: neither can have arrived.
    await stage.replies(GROUP_ID, 2)
    await stage.quiet()
    assert [message["text"] for message in stage.from_bot(GROUP_ID)] == ["答：第一", "答：第二"]
