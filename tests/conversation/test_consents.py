"""What customers say about being written to is kept with its proof, and holds wherever they are."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from assistant.conversation.consent_words import is_bare_stop, match_consent_words
from assistant.conversation.consents import list_consents, may_write
from assistant.domain.consents import (
    ConsentState,
    Purpose,
    build_consent,
    compute_consent,
    parse_consent_event,
)
from assistant.domain.errors import BadInput
from tests.conversation.test_cases import close, hear
from tests.harness import MONDAY_NOON, Harness


async def allowed(rig: Harness, talk: str, purpose: str, channel: str) -> bool:
    customer = (await rig.state(talk)).customer
    return await rig.database.read(lambda store: may_write(store, customer, purpose, channel))


@pytest.mark.parametrize(
    "text",
    [
        "お知らせ停止",
        "配信停止",
        "配信を停止してください。",
        "通知を止めて",
        "Stop notices",
        "unsubscribe",
        "알림 중지",
        "ＳＴＯＰ notices",
    ],
)
def test_words_that_end_notices(text: str) -> None:
    assert match_consent_words(text) is ConsentState.WITHDRAWN


@pytest.mark.parametrize(
    "text",
    [
        "配信停止の方法を教えてください",
        "注文を停止したい",
        "stop my order",
        "お知らせが届きません",
        "停止",
        "stop",
        "do not stop notices",
    ],
)
def test_other_words_do_not(text: str) -> None:
    assert match_consent_words(text) is None


def test_a_bare_stop_is_known_as_one() -> None:
    assert is_bare_stop("停止")
    assert is_bare_stop("STOP.")
    assert not is_bare_stop("止まらない")


async def test_a_stop_is_kept_with_its_wording_and_confirmed_without_a_turn(rig: Harness) -> None:
    talk = await hear(rig, "配信停止", 1)
    assert "お知らせはお送りしません" in (await rig.answers(talk))[-1]
    customer = (await rig.state(talk)).customer
    (record,) = await rig.database.read(lambda store: list_consents(store, [customer]))
    assert (record.state, record.purpose, record.channel) == (ConsentState.WITHDRAWN, "*", "*")
    assert (record.evidence, record.by, record.source) == ("m1", "customer", "message")
    assert "お知らせ" in record.wording
    assert not await allowed(rig, talk, Purpose.ORDERS, "line")
    assert not await allowed(rig, talk, Purpose.ORDERS, "email")
    await hear(rig, "お知らせ再開", 2)
    assert await allowed(rig, talk, Purpose.TIPS, "line")


async def test_whoever_waits_for_a_person_can_stop_notices_and_goes_on_waiting(rig: Harness) -> None:
    talk = (await rig.open()).conversation.id
    await rig.press_person_button(talk)
    await rig.say(talk, "配信停止")
    assert not await allowed(rig, talk, Purpose.ORDERS, "web")
    assert (await rig.state(talk)).state == "queued"


async def test_no_survey_is_asked_after_a_stop(rig: Harness) -> None:
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, "返品の期限は？")
    await rig.say(talk, "お知らせ停止")
    await close(rig, talk)
    assert await rig.database.read(lambda store: store.surveys.get(talk)) is None


async def test_the_ledger_is_not_changed(rig: Harness) -> None:
    await hear(rig, "配信停止", 1)
    with pytest.raises(DBAPIError, match="not changed"), rig.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE consents SET state = 'given'")


def test_the_newest_word_holds_and_of_two_at_once_the_no() -> None:
    def said(state: str, minute: int, **more: str) -> Any:
        row = {"identity": "U1", "state": state, "wording": "…", **more}
        at = (MONDAY_NOON + timedelta(minutes=minute)).isoformat()
        return build_consent({**row, "at": at}, "line", "push", "e1", MONDAY_NOON + timedelta(hours=1))

    yes, no = said("given", 2), said("withdrawn", 1)
    assert compute_consent([yes, no], "tips", "line") is ConsentState.GIVEN
    assert compute_consent([yes, said("withdrawn", 2)], "tips", "line") is ConsentState.WITHDRAWN
    only_tips = said("withdrawn", 3, purpose="tips", channel="line")
    assert compute_consent([yes, only_tips], "orders", "line") is ConsentState.GIVEN
    assert compute_consent([only_tips], "tips", "email") is ConsentState.UNKNOWN


@pytest.mark.parametrize(
    "consent",
    [
        {"purpose": "tips", "state": "given"},  # without the words that were shown
        {"purpose": "everything", "state": "withdrawn"},
        {"purpose": "tips", "state": "maybe", "wording": "x"},
        {"purpose": "tips", "state": "withdrawn", "at": "yesterday"},
    ],
)
def test_a_pushed_consent_without_proof_is_refused(consent: dict[str, str]) -> None:
    event = {
        "type": "consent.changed",
        "data": {"customer": {"type": "line", "value": "U1"}, "consent": consent},
    }
    with pytest.raises(BadInput):
        parse_consent_event(event, MONDAY_NOON)
