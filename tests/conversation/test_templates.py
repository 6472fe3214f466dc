"""The fixed sentences."""

from datetime import UTC, datetime
from string import Template
from zoneinfo import ZoneInfo

import pytest

from assistant.conversation.templates import (
    LANGUAGES,
    TemplateMismatch,
    format_moment,
    list_csat_options,
    render_template,
)
from assistant.domain.channels import KINDS
from assistant.domain.hours import BusinessHours
from assistant.domain.signals import Reason

JA = LANGUAGES["ja"]
EN = LANGUAGES["en"]


def holes(sentence: str) -> set[str]:
    return set(Template(sentence).get_identifiers())


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_languages_know_the_same_situations(language: str) -> None:
    assert LANGUAGES[language].keys() == JA.keys()


@pytest.mark.parametrize("situation", JA)
def test_every_wording_of_a_situation_takes_the_same_values(situation: str) -> None:
    assert len(
        {frozenset(holes(sentence)) for rows in LANGUAGES.values() for sentence in rows[situation]}
    ) == 1 or (situation == "moment_date")


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_a_sentence_for_every_handoff(reason: Reason, language: str) -> None:
    assert render_template(f"handoff_{reason}", language)


def test_wordings_go_round() -> None:
    assert render_template("abstain", "ja", variant=0) != render_template("abstain", "ja", variant=1)
    assert render_template("abstain", "ja", variant=len(JA["abstain"])) == render_template("abstain", "ja")


def test_filling_is_strict_both_ways() -> None:
    with pytest.raises(TemplateMismatch):
        render_template("waiting_minutes", "ja")
    with pytest.raises(TemplateMismatch):
        render_template("greeting", "ja", name="x")
    with pytest.raises(TemplateMismatch):
        render_template("no such thing", "ja")


def test_a_customers_words_cannot_bring_a_placeholder() -> None:
    assert "${minutes}" in render_template("guide_example", "ja", example="${minutes}")


def test_an_unknown_language_is_spoken_to_in_english() -> None:
    assert LANGUAGES["en"] is EN
    assert render_template("csat_thanks", "fr") == render_template("csat_thanks", "en")
    assert render_template("csat_thanks", "ja-JP") == render_template("csat_thanks", "ja")


@pytest.mark.parametrize(
    ("when", "ja", "en"),
    [
        ("2026-11-24T01:00", "本日10:00", "10:00 (Japan time) today"),
        ("2026-11-25T01:00", "明日10:00", "10:00 (Japan time) tomorrow"),
        ("2026-11-30T01:30", "11月30日（月）10:30", "10:30 (Japan time) on Monday, 11/30"),
    ],
)
def test_moments_are_said_as_one_says_them(when: str, ja: str, en: str) -> None:
    now = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    then = datetime.fromisoformat(when).replace(tzinfo=UTC)
    assert (format_moment(then, now, "ja"), format_moment(then, now, "en")) == (ja, en)


@pytest.mark.parametrize(
    ("now", "zone", "ja", "en"),
    [
        ("2026-07-01T06:00", "Europe/Berlin", "本日10:00（UTC+2）", "10:00 (UTC+2) today"),
        ("2026-12-01T06:00", "Europe/Berlin", "本日10:00（UTC+1）", "10:00 (UTC+1) today"),
        ("2026-12-01T06:00", "Asia/Kolkata", "本日10:00（UTC+5:30）", "10:00 (UTC+5:30) today"),
        ("2026-12-01T06:00", "America/New_York", "本日10:00（UTC-5）", "10:00 (UTC-5) today"),
    ],
)
def test_whose_clock_it_is_is_said_where_it_may_be_another(now: str, zone: str, ja: str, en: str) -> None:
    here = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(zone))
    then = here.replace(hour=10)
    assert [format_moment(then, here, language, zone=zone) for language in ("ja", "en")] == [ja, en]


def test_the_survey_has_five_options() -> None:
    assert [value for value, _ in list_csat_options("ja")] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_people_send_has_a_name(kind: str, language: str) -> None:
    assert render_template(f"sent_{kind}", language)[0] in "（("


@pytest.mark.parametrize(
    ("now", "ja", "en"),
    [
        ("2026-11-30T12:15", "本日13:00以降", "from 13:00 (Japan time) today"),  # the lunch break
        ("2026-11-30T18:00", "明日10:00以降", "from 10:00 (Japan time) tomorrow"),
        (
            "2026-12-01T00:30",
            "本日10:00以降",
            "from 10:00 (Japan time) today",
        ),  # after midnight it is today already
        ("2026-12-04T19:00", "12月7日（月）10:00以降", "from 10:00 (Japan time) on Monday, 12/7"),
        ("2026-12-28T19:00", "1月4日（月）10:00以降", "from 10:00 (Japan time) on Monday, 1/4"),
    ],
)
def test_when_people_are_back_is_said_as_one_says_it(now: str, ja: str, en: str) -> None:
    weekdays = dict.fromkeys(range(5), ("10:00", "12:00", "13:00", "18:00"))
    days_off = frozenset({"2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01"})
    hours = BusinessHours(days=weekdays, holidays=days_off)
    at = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Asia/Tokyo"))
    opening = hours.find_next_opening(at)
    assert opening is not None
    assert ja in render_template("outside_hours", "ja", opening=format_moment(opening, at, "ja"))
    assert en in render_template("outside_hours", "en", opening=format_moment(opening, at, "en"))
