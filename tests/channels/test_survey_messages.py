"""A survey on an app: choices where all of them fit, else a number to type; in a mail also a page."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from assistant.channels.base import ChannelConfig
from assistant.channels.email import EmailChannel
from assistant.channels.formatting import TextLimits, render_parts
from assistant.channels.registry import CHANNELS
from assistant.channels.telegram import build_keyboard
from assistant.conversation.surveys import render_survey_message
from assistant.domain.channels import Address, OutboundMessage, Thread
from assistant.domain.messages import Author, Message
from assistant.domain.signed_links import SURVEY_LINK, is_link_valid
from assistant.domain.surveys import SurveyKind

NOW = datetime(2026, 11, 23, tzinfo=UTC)
KEY = b"signs links"


def question(kind: SurveyKind, language: str = "ja") -> OutboundMessage:
    reply = render_survey_message(kind, language)
    message = Message(
        id="m1",
        conversation="c1",
        seq=9,
        author=Author.SYSTEM,
        text=reply.text,
        created_at=NOW,
        language=language,
        kind=reply.kind,
        buttons=reply.buttons,
    )
    address = Address(channel="email", account="", peer="p@x.example")
    thread = Thread(id="t1", address=address, conversation="c1", customer="p1", heard_at=NOW)
    return OutboundMessage(message=message, thread=thread, key="k", tries=0, introduces=False, now=NOW)


@pytest.mark.parametrize(
    ("name", "kind", "labels"),
    [
        ("line", SurveyKind.NPS, [str(number) for number in range(11)]),
        ("telegram", SurveyKind.CES, [str(number) for number in range(1, 8)]),
        ("whatsapp", SurveyKind.CES, [str(number) for number in range(1, 8)]),
        ("whatsapp", SurveyKind.NPS, []),
        ("slack", SurveyKind.CES, []),
        ("sms", SurveyKind.NPS, []),
        ("email", SurveyKind.CES, []),
    ],
)
def test_a_scale_is_offered_whole_or_typed(name: str, kind: SurveyKind, labels: list[str]) -> None:
    limits: TextLimits = CHANNELS[name].text_limits
    (part,) = render_parts(question(kind, "en"), limits)
    assert [button.label for button in part.buttons] == labels
    assert "Please answer with a number from" in part.texts[0]
    assert "\n1: " not in part.texts[0], "a number for a number"


def test_telegram_shows_numbers_side_by_side_and_words_below_one_another() -> None:
    numbers = build_keyboard(render_survey_message(SurveyKind.NPS, "en").buttons)["keyboard"]
    assert [len(row) for row in numbers] == [6, 5]
    assert numbers[1][-1] == {"text": "10"}
    words = build_keyboard(render_survey_message(SurveyKind.CSAT, "en").buttons)["keyboard"]
    assert [len(row) for row in words] == [1] * 5
    assert build_keyboard(()) == {"remove_keyboard": True}


def test_satisfaction_is_still_numbered_where_there_are_no_buttons() -> None:
    (part,) = render_parts(question(SurveyKind.CSAT, "en"), CHANNELS["sms"].text_limits)
    assert "5: Very satisfied" in part.texts[0]


def mailbox(key: bytes) -> EmailChannel:
    values = {"ADDRESS": "support@shop.example", "SECRET": "s", "SMTP_URL": "smtps://u:p@shop.example"}
    return EmailChannel(
        ChannelConfig(
            account="",
            values=values,
            client=httpx.AsyncClient(),
            public_url="https://shop.example/",
            link_key=key,
        )
    )


def test_a_mail_has_a_link_to_the_survey_for_as_long_as_it_is_shown() -> None:
    (part,) = mailbox(KEY).split_message(question(SurveyKind.NPS))
    link = urlsplit(part.texts[0].split()[-1])
    assert (link.netloc, link.path) == ("shop.example", "/survey/c1")
    query = {name: values[0] for name, values in parse_qs(link.query).items()}
    given = (KEY, SURVEY_LINK, "c1", query["until"], query["signature"])
    assert is_link_valid(*given, NOW + timedelta(days=6))
    assert not is_link_valid(*given, NOW + timedelta(days=8))
    (unsigned,) = mailbox(b"").split_message(question(SurveyKind.NPS))
    assert "/survey/" not in unsigned.texts[0]
