"""The demo as a process of its own, told by lines on standard input what to do; prints one JSON object a line.

Run by the benchmarks as `python -m benchmarks.serving_process HOME QUESTIONS`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from bot.clock import SystemClock
from bot.demo import Demo, prepare_shop
from bot.sandbox.people import BOT_USERNAME, GROUP_ID, OPERATOR
from bot.settings import Settings


async def serve(home: Path, questions: int) -> None:
    """Starts as `opsbot demo` does, answers when told to, ends at the end of its input."""
    settings = Settings.load(home)
    clock = SystemClock(settings.timezone)
    await asyncio.to_thread(prepare_shop, home, clock, lambda _: None)
    demo = Demo(settings, clock, 0, lambda _: None)
    stopped = asyncio.Event()
    try:
        await demo.start()
        keeping = asyncio.create_task(demo.keep(stopped))
        _say(url=demo.sandbox.base_url, chat=GROUP_ID, speaker=OPERATOR, bot=BOT_USERNAME)
        while await asyncio.to_thread(sys.stdin.readline):
            await answer(demo, clock, questions)
            _say(answered=questions)
        stopped.set()
        await keeping
    finally:
        await demo.stop()


async def answer(demo: Demo, clock: SystemClock, questions: int) -> None:
    """Mixed questions without the chat, whose limits would stretch them over minutes."""
    from benchmarks.questions import mixed_questions
    from bot.assistant.types import Asker, Plan, Question

    assert demo._serving is not None
    core = demo._serving.core
    for asked in mixed_questions(core.analyst.model, questions):
        context: tuple[Plan, ...] = ()
        for text in (*asked.after, asked.text):
            try:
                answered = await core.assistant.answer(Question(text, Asker("manager"), clock.now(), context))
            except Exception:  # counted by the benchmark of answers
                break
            context = (answered.plan, *context)


def _say(**fields: object) -> None:
    print(json.dumps(fields), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
