"""A whole core over a small sample shop and the bundled documents, opened once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import Core, open_core
from bot.assistant.lexicon import Lexicon
from bot.assistant.not_held import load_not_held
from bot.assistant.reading import Reader
from bot.assistant.types import Answer, Asker, Plan, Question, Role
from bot.assistant.understand import Understander
from bot.assistant.vocabulary import load_vocabulary
from bot.settings import Settings
from metrics import catalog
from metrics.calendar import Calendar
from metrics.demo.shop import build_shop

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

Ask = Callable[..., Answer]


@pytest.fixture(scope="session")
def shop_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    build_shop(home, now=NOW, days=70, scale=0.2)
    return home


@pytest.fixture(scope="session")
def core(shop_home: Path) -> Iterator[Core]:
    opened = open_core(Settings.load(shop_home))
    yield opened
    opened.close()


@pytest.fixture
def ask(core: Core) -> Ask:
    def answer(*texts: str, role: Role = "operator", categories: tuple[str, ...] = (), now: datetime = NOW) -> Answer:
        """Asks the texts one after the other in one conversation and returns the last answer."""
        context: tuple[Plan, ...] = ()
        for text in texts:
            given = core.assistant.answer_now(Question(text, Asker(role, categories=categories), now, context))
            context = (given.plan, *context)
        return given

    return answer


@pytest.fixture(scope="session")
def understander() -> Understander:
    """Over the bundled catalogue and calendar, data of a year and two months, and no values but the catalogue's."""
    model = catalog.load()
    lexicon = Lexicon(model, not_held=load_not_held())
    reader = Reader(lexicon, Calendar.load(), load_vocabulary())
    return Understander(reader, lexicon, model, lambda now: (date(2025, 9, 28), date(2026, 11, 22)))


def understand(understander: Understander, text: str, after: Sequence[str] = ()) -> Plan:
    """The plan of a question, asked after others in one conversation."""
    context: tuple[Plan, ...] = ()
    for earlier in after:
        plan = understander.understand(Question(earlier, Asker("operator"), NOW, context))
        context = (plan, *context)
    return understander.understand(Question(text, Asker("operator"), NOW, context))
