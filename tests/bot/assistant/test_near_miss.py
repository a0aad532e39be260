"""Names written as they sound or with a slip are read as such, said, and never guessed against another word."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.assistant.lexicon import Lexicon
from bot.assistant.near_miss import merged, syllables
from bot.assistant.not_held import load_not_held
from bot.assistant.reading import Reader, Reading
from bot.assistant.vocabulary import load_vocabulary
from metrics import catalog
from metrics.calendar import Calendar

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Lexicon(catalog.load(), not_held=load_not_held()), Calendar.load(), load_vocabulary())


def read(reader: Reader, text: str) -> Reading:
    return reader.read(text, NOW)


@pytest.mark.parametrize(
    ("text", "written", "metric"),
    [
        ("上周转画率", "转画率", "conversion_rate"),  # the same sound
        ("上月付够率和复够律", "复够律", "repurchase_rate"),
        ("昨天fangkeshu", "fangkeshu", "visitors"),  # pinyin typed out
        ("zhuanhualü 上周", "zhuanhualü", "conversion_rate"),
        ("convertion rate last week", "convertion rate", "conversion_rate"),  # one letter
        ("conversionrate last week", "conversionrate", "conversion_rate"),  # a space
        ("上周退款绿", "退款绿", "refund_rate"),  # swallows the shorter name inside it
    ],
)
def test_a_slip_beyond_doubt_is_read_and_told(text: str, written: str, metric: str, reader: Reader) -> None:
    reading = read(reader, text)
    assert metric in reading.metrics
    assert written in [before for before, _ in reading.read_as]
    assert not reading.unknown


def test_two_slips_of_one_question_are_both_read(reader: Reader) -> None:
    reading = read(reader, "家店上月退款绿")
    assert reading.values == {"category": ("家电",)}
    assert reading.metrics == ("refund_rate",)


def test_a_word_of_its_own_is_only_guessed_at(reader: Reader) -> None:
    reading = read(reader, "母音上周转化率")  # 母音 is a vowel
    assert not reading.read_as
    assert [guess.names for guess in reading.guesses] == [("母婴",)]
    assert reading.unknown == ("母音",)


def test_a_sound_of_two_names_is_only_guessed_at(reader: Reader) -> None:
    reading = read(reader, "昨天shipin的GMV")  # 食品 and 视频
    assert not reading.read_as
    assert {reader._lexicon.names[name].id for guess in reading.guesses for name in guess.names} == {"食品", "短视频"}


def test_a_short_latin_word_is_never_changed_silently(reader: Reader) -> None:
    assert not read(reader, "GVM yesterday").read_as
    assert not read(reader, "GMV of Nike").guesses


def test_what_the_catalogue_lacks_is_never_the_reading_of_a_slip(reader: Reader) -> None:
    reading = read(reader, "上周利闰")  # sounds like 利润, which is not held
    assert not reading.read_as
    assert not reading.guesses


def test_sounds_that_speakers_confuse_are_one() -> None:
    assert [merged(sound) for sound in syllables("张")] == [merged(sound) for sound in syllables("脏")]
    assert merged("ning") == merged("lin")
    assert merged("shan") != merged("shen")


def test_slips_are_looked_for_among_the_values_that_the_data_hold_now() -> None:
    lexicon = Lexicon(catalog.load(), {"category": ["Petfoodie"]})
    reader = Reader(lexicon, Calendar.load(), load_vocabulary())
    assert read(reader, "petfoodei GMV yesterday").values == {"category": ("Petfoodie",)}
    lexicon.learn({"category": ["Gardening"]})
    assert read(reader, "gardenign GMV yesterday").values == {"category": ("Gardening",)}
    assert read(reader, "petfoodei GMV yesterday").values == {}


def test_half_of_a_word_is_no_slip_of_a_name(reader: Reader) -> None:
    reading = read(reader, "livestream Q&A")  # "livestream q" is two letters away from "livestreams"
    assert (reading.read_as, reading.guesses) == ((), ())
    assert reading.unknown == ("q&a",)
