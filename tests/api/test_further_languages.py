"""A language beside Japanese and English, where it is spoken and where it is not."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.api.customer import get_widget_config
from assistant.api.pages.help import WORDS
from assistant.api.settings import _list_sentences
from assistant.conversation.templates import LANGUAGES, WIDGET_WORDS, render_template
from assistant.domain.policy import Policy


def context(*languages: str) -> Any:
    return SimpleNamespace(
        languages=languages,
        policy=Policy(),
        clock=lambda: datetime(2026, 11, 23, 3, tzinfo=UTC),
        examples=lambda _: (),
        live=SimpleNamespace(logo=None),
        channels={},
    )


async def test_the_widget_gets_its_words_where_it_does_not_bring_them() -> None:
    found = await get_widget_config(context("ja", "ko"), "ko-KR")
    assert (found["language"], found["text"]) == ("ko", WIDGET_WORDS["ko"])
    assert found["greeting"] == render_template("greeting", "ko")


@pytest.mark.parametrize("lang", ["ja", "ko"])
async def test_the_widget_is_told_which_language_it_got(lang: str) -> None:
    found = await get_widget_config(context("ja", "en"), lang)
    assert (found["language"], found["text"]) == ("ja", {})


def test_leads_see_the_sentences_of_the_languages_that_are_spoken() -> None:
    assert {row["language"] for row in _list_sentences({}, ("ja", "en"))} == {"ja", "en"}
    assert {row["language"] for row in _list_sentences({}, ("ja", "ko"))} == {"ja", "en", "ko"}


def test_help_pages_have_the_words_of_every_language() -> None:
    assert WORDS.keys() == LANGUAGES.keys()
    assert {frozenset(words) for words in WORDS.values()} == {frozenset(WORDS["en"])}
