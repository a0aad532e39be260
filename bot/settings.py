"""Every setting, read from `<home>/opsbot.toml` and the environment; secrets come from the environment only."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.errors import SettingsError

FILE_NAME = "opsbot.toml"


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TelegramSettings(_Group):
    """[telegram]"""

    api_base_url: str = "https://api.telegram.org"  # another server that speaks the Bot API, e.g. the sandbox
    admins: tuple[int, ...] = ()  # user ids that may approve others; find yours with /start
    poll_seconds: int = Field(default=25, ge=0, le=50)  # length of one long poll


class MetricsSettings(_Group):
    """[metrics]"""

    sources: str = "sources.yaml"  # where the tables are; relative to the home
    catalog: str = ""  # your additions to the bundled catalogue, relative to the home
    calendar: str = ""  # your own promotions, merged over the bundled calendar
    poll_seconds: float = Field(default=3.0, gt=0)  # how often new or changed files are looked for


class KnowledgeSettings(_Group):
    """[knowledge]"""

    folders: tuple[str, ...] = ("playbooks",)  # relative to the home
    bundled: bool = True  # also index the review and playbooks that come with opsbot
    embedding: str = "builtin"  # "builtin", "hash", or a folder with an ONNX sentence model
    sync_seconds: float = Field(default=60.0, gt=0)


class DigestSettings(_Group):
    """[digest]"""

    late_minutes: int = Field(default=180, ge=1)  # a digest later than this is skipped and said so
    tick_seconds: float = Field(default=15.0, gt=0)


class Settings(BaseSettings):
    """The whole configuration; every value has a default, so that nothing needs to be configured."""

    model_config = SettingsConfigDict(env_prefix="OPSBOT_", env_nested_delimiter="__", extra="forbid", frozen=True)

    home: Path = Path(".opsbot")
    zone: str = "Asia/Shanghai"
    week_start: Literal["monday", "sunday"] = "monday"
    language: Literal["zh", "en"] = "zh"  # of messages that answer no question, e.g. digests
    database_url: SecretStr = SecretStr("")  # state; empty means SQLite in the home
    telegram: TelegramSettings = TelegramSettings()
    metrics: MetricsSettings = MetricsSettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    digest: DigestSettings = DigestSettings()

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{value!r} is not an IANA time zone, e.g. Asia/Shanghai") from None
        return value

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def path(self, relative: str) -> Path:
        """A path in the home; absolute paths stay as they are."""
        return self.home / relative

    @property
    def state_file(self) -> Path:
        """Where the bot's state lies unless `database_url` names another place."""
        return self.path("state") / "opsbot.sqlite"

    def with_documents(self, folder: Path) -> Self:
        """The same with one more folder of documents; of the others, those that are there."""
        present = tuple(held for held in self.knowledge.folders if self.path(held).is_dir())
        knowledge = self.knowledge.model_copy(update={"folders": (*present, str(folder.resolve()))})
        return self.model_copy(update={"knowledge": knowledge})

    @classmethod
    def load(cls, home: Path) -> Self:
        """Settings of `home`: the environment over opsbot.toml over the defaults. Raises SettingsError."""
        file = _read(home / FILE_NAME)
        if "home" in file or "database_url" in file:
            raise SettingsError(
                f"{FILE_NAME}: home and database_url are read from OPSBOT_HOME and OPSBOT_DATABASE_URL only"
            )

        class Layered(cls):  # type: ignore[valid-type,misc]
            @classmethod
            def settings_customise_sources(
                cls, settings_cls: type[BaseSettings], *sources: Any, **named: PydanticBaseSettingsSource
            ) -> tuple[PydanticBaseSettingsSource, ...]:
                values = InitSettingsSource(settings_cls, init_kwargs=file)
                return (named["init_settings"], named["env_settings"], values)

        try:
            return Layered(home=home.resolve())
        except ValidationError as error:
            raise SettingsError(_explain(error)) from None


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{FILE_NAME} is not valid TOML: {error}") from None


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        key = ".".join(str(part) for part in problem["loc"])
        lines.append(f"{FILE_NAME}: {key}: {problem['msg']}")
    return "\n".join(lines)
