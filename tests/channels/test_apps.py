"""What is special to one app: greetings, windows, tags, statuses, STOP, edits, threads, mail."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from assistant.channels import signatures
from assistant.domain.channels import DeliveryState
from assistant.domain.conversation import State
from assistant.domain.inbox import InboxFilter
from tests.channels import line_platform
from tests.channels import test_contracts as apps
from tests.channels.conftest import ChannelHarness
from tests.channels.contract import QUESTION, ChannelContract
from tests.channels.platform import SimulatedPlatform, body_of
from tests.channels.platforms import (
    MessengerPlatform,
    SlackPlatform,
    SmtpServer,
    TelegramPlatform,
    TwilioPlatform,
    WhatsAppPlatform,
    now_seconds,
)

DAY = 24 * 3600


def scene_of(
    kind: type[ChannelContract],
    make_scene: Callable[..., ChannelHarness],
    platform: SimulatedPlatform,
    **more: str,
) -> ChannelHarness:
    channel = kind()
    return make_scene(platform, {**channel.settings, **more}, channel.name, channel.sign)


async def agents_words(scene: ChannelHarness, words: str, after: float) -> None:
    """An agent takes the conversation over and writes *after* so many seconds."""
    mori, conversation = await scene.agent(), await scene.conversation()
    await scene.rig.claim(conversation, mori)
    await scene.rig.work()
    scene.rig.clock.pass_(after)
    await scene.rig.reply(conversation, mori, words)
    await scene.rig.work()


# -- Meta


@pytest.mark.parametrize(
    ("token", "status", "text"), [("my word", 200, "1158201444"), ("another", 403, None), ("", 403, None)]
)
async def test_meta_asks_whether_the_address_is_ours(
    make_scene: Callable[..., ChannelHarness], token: str, status: int, text: str | None
) -> None:
    scene = scene_of(apps.TestWhatsApp, make_scene, WhatsAppPlatform())
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token}
    response = await scene.http.get(scene.url, params=query)
    assert response.status_code == status
    if text:
        assert (response.text, response.headers["content-type"]) == (text, "text/plain; charset=utf-8")


async def test_statuses_come_in_any_order_and_only_go_forward(
    make_scene: Callable[..., ChannelHarness],
) -> None:
    platform, app = WhatsAppPlatform(), apps.TestWhatsApp()
    scene = scene_of(apps.TestWhatsApp, make_scene, platform)
    await scene.tell(app.message(QUESTION["ja"], "m1"))
    for status in ("read", "sent", "delivered", "failed"):
        news = {"id": "wamid.out1", "status": status, "recipient_id": app.peer, "errors": [{"title": "x"}]}
        await scene.tell(app.call([], statuses=[news]))
    delivery = (await scene.deliveries())[0]
    assert (delivery.state, delivery.status) == (DeliveryState.SENT, "read")


async def test_a_message_that_failed_later_is_shown_as_failed(
    make_scene: Callable[..., ChannelHarness],
) -> None:
    app = apps.TestWhatsApp()
    scene = scene_of(apps.TestWhatsApp, make_scene, WhatsAppPlatform())
    await scene.tell(app.message(QUESTION["ja"], "m1"))
    errors = [{"code": 131026, "title": "Message undeliverable"}]
    news = {"id": "wamid.out1", "status": "failed", "recipient_id": app.peer, "errors": errors}
    await scene.tell(app.call([], statuses=[news]))
    delivery = (await scene.deliveries())[0]
    assert (delivery.state, delivery.why) == (DeliveryState.FAILED, "WhatsApp: Message undeliverable")


@pytest.mark.parametrize("template", ["", "support_reply"])
async def test_after_a_day_whatsapp_takes_only_a_template(
    make_scene: Callable[..., ChannelHarness], template: str
) -> None:
    platform = WhatsAppPlatform()
    scene = scene_of(apps.TestWhatsApp, make_scene, platform, ASSISTANT_WHATSAPP_TEMPLATE=template)
    await scene.tell(apps.TestWhatsApp().message(QUESTION["ja"], "m1"))
    await agents_words(scene, "解決しました", after=DAY + 60)
    last = (await scene.deliveries())[-1]
    if template:
        parameter = platform.templates[0]["template"]["components"][0]["parameters"][0]
        assert (last.state, parameter["text"]) == (DeliveryState.SENT, "解決しました")
    else:
        assert last.state is DeliveryState.FAILED
        assert "24 hours" in str(last.why)


@pytest.mark.parametrize(
    ("after", "way", "tag"), [(60, "RESPONSE", None), (2 * DAY, "MESSAGE_TAG", "HUMAN_AGENT")]
)
async def test_only_people_write_after_a_day_and_are_marked(
    make_scene: Callable[..., ChannelHarness], after: int, way: str, tag: str | None
) -> None:
    platform = MessengerPlatform()
    scene = scene_of(apps.TestMessenger, make_scene, platform)
    await scene.tell(apps.TestMessenger().message(QUESTION["ja"], "m1"))
    await agents_words(scene, "解決しました", after=after)
    last = platform.phone[apps.TestMessenger.peer][-1]
    assert (last["text"], last["way"], last["tag"]) == ("解決しました", way, tag)


async def test_after_a_week_nobody_writes_on_messenger(make_scene: Callable[..., ChannelHarness]) -> None:
    scene = scene_of(apps.TestMessenger, make_scene, MessengerPlatform())
    await scene.tell(apps.TestMessenger().message(QUESTION["ja"], "m1"))
    await agents_words(scene, "解決しました", after=8 * DAY)
    assert "window of 168 hours" in str((await scene.deliveries())[-1].why)


# -- SMS


async def test_stop_is_obeyed_until_start(make_scene: Callable[..., ChannelHarness]) -> None:
    platform, app = TwilioPlatform(), apps.TestSms()
    scene = scene_of(apps.TestSms, make_scene, platform)
    await scene.tell(app.message("担当者と話したいです", "m1"))
    await scene.tell(app.message(" Stop ", "m2"))
    calls = len(platform.calls)
    await agents_words(scene, "もしもし", after=1)
    assert len(platform.calls) == calls
    await scene.tell(app.message("START", "m3"))
    await scene.rig.reply(await scene.conversation(), (await owner(scene)), "おかえりなさい")
    await scene.rig.work()
    assert platform.texts(app.peer)[-1] == "おかえりなさい"


async def test_help_says_who_we_are_and_how_to_stop_and_starts_no_turn(
    make_scene: Callable[..., ChannelHarness],
) -> None:
    platform, app = TwilioPlatform(), apps.TestSms()
    scene = scene_of(apps.TestSms, make_scene, platform)
    await scene.tell(app.message("help", "m1"))
    [said] = platform.texts(app.peer)
    assert "STOP" in said or "停止" in said
    assert await scene.count("turns") == 0


async def owner(scene: ChannelHarness) -> Any:
    agent = (await scene.rig.state(await scene.conversation())).agent
    return await scene.rig.database.read(lambda store: store.agents.get(str(agent)))


async def test_choices_are_numbered_and_zero_is_a_person(make_scene: Callable[..., ChannelHarness]) -> None:
    platform, app = TwilioPlatform(), apps.TestSms()
    scene = scene_of(apps.TestSms, make_scene, platform)
    await scene.tell(app.message("パソコンの調子が悪い", "m1"))
    assert "0：担当者と話す" in platform.texts(app.peer)[-1]
    await scene.tell(app.message("０", "m2"))
    assert (await scene.rig.state(await scene.conversation())).state is State.QUEUED


async def test_an_sms_fits_and_leads_to_the_article(make_scene: Callable[..., ChannelHarness]) -> None:
    platform, app = TwilioPlatform(), apps.TestSms()
    scene = scene_of(apps.TestSms, make_scene, platform)
    await scene.tell(app.message(QUESTION["ja"], "m1"))
    text = platform.texts(app.peer)[0]
    assert len(text) <= 335
    assert "http://localhost:8000/help/ja/returns.md" in text


# -- Telegram, Slack


async def test_an_edit_before_the_answer_changes_the_question(
    make_scene: Callable[..., ChannelHarness],
) -> None:
    platform, app = TelegramPlatform(), apps.TestTelegram()
    scene = scene_of(apps.TestTelegram, make_scene, platform)
    await scene.post(app.message("送料は", "m1"))
    edited = json.loads(app.message(QUESTION["ja"], "m1"))
    await scene.tell(body_of({"update_id": 9, "edited_message": edited["message"]}))
    messages = await scene.rig.messages(await scene.conversation())
    assert messages[0].text == QUESTION["ja"]
    assert "30日以内" in platform.texts(app.peer)[0]


async def test_a_blocked_bot_is_said_and_not_tried_again(make_scene: Callable[..., ChannelHarness]) -> None:
    platform, app = TelegramPlatform(blocked=True), apps.TestTelegram()
    scene = scene_of(apps.TestTelegram, make_scene, platform)
    await scene.tell(app.message(QUESTION["ja"], "m1"))
    assert "blocked the bot" in str((await scene.deliveries())[0].why)


async def test_slack_tests_the_address(make_scene: Callable[..., ChannelHarness]) -> None:
    scene = scene_of(apps.TestSlack, make_scene, SlackPlatform())
    body = body_of({"type": "url_verification", "challenge": "3eZbrw1aB", "token": "x"})
    assert (await scene.post(body)).text == "3eZbrw1aB"
    assert (await scene.post(body, {})).status_code == 401


# -- mail


@pytest.fixture
async def mail(make_scene: Callable[..., ChannelHarness]) -> Any:
    office = SmtpServer()
    async with office.open():
        yield make_scene(office, apps.email_settings(office.port), "email", apps.TestEmail().sign)


async def test_an_answer_is_threaded_marked_and_both_plain_and_html(mail: ChannelHarness) -> None:
    await mail.tell(apps.TestEmail().message(QUESTION["ja"], "m1"))
    sent = mail.platform.phone[apps.TestEmail.peer][0]
    # Whoever forges a sender also writes the subject: no automatic mail repeats it.
    assert (sent["In-Reply-To"], sent["Subject"]) == ("<m1@customer.example>", "お問い合わせへのお返事")
    assert (sent["Auto-Submitted"], sent.get_content_type()) == ("auto-replied", "multipart/alternative")
    assert 'href="http://localhost:8000/help/ja/returns.md"' in sent.get_body(("html",)).get_content()


async def test_only_our_own_signed_address_joins_a_thread(mail: ChannelHarness) -> None:
    app = apps.TestEmail()
    await mail.tell(app.message(QUESTION["ja"], "m1"))
    signed = str(mail.platform.phone[app.peer][0]["Reply-To"])
    stranger = {"From": "mallory@evil.example", "To": signed}
    await mail.tell(body_of(app.mail("前の会話を見せて", "m2") | stranger))
    await mail.tell(body_of(app.mail("送料も教えてください", "m3") | {"To": signed}))
    assert await mail.count("conversations") == 2
    page = await mail.rig.database.read(
        lambda s: s.conversations.list_inbox(InboxFilter(), after=None, limit=9)
    )
    first = await mail.rig.messages(min(page, key=lambda one: one.created_at).id)
    assert "送料も教えてください" in [m.text for m in first]
    assert "前の会話を見せて" not in [m.text for m in first]


async def test_quotes_and_signature_are_left_out(mail: ChannelHarness) -> None:
    quoted = "2026年11月20日(金) 10:00 こもれび <support@shop.example>:\n> 以前の返信\n> です"
    text = f"返品の期限はいつまでですか\n\n{quoted}"
    await mail.tell(apps.TestEmail().message(text, "m1"))
    assert (await mail.rig.messages(await mail.conversation()))[0].text == QUESTION["ja"]


async def test_a_forged_sender_makes_us_write_once(mail: ChannelHarness) -> None:
    app = apps.TestEmail()
    for number in range(12):
        mine = app.mail(QUESTION["ja"], f"n{number}") | {"Subject": "You won: http://evil.example"}
        await mail.tell(body_of(mine))
    [only] = mail.platform.phone[app.peer]
    assert "evil" not in str(only)
    conversations = await mail.rig.database.read(
        lambda s: s.conversations.list_inbox(InboxFilter(), after=None, limit=50)
    )
    assert Counter(one.state for one in conversations) == {State.ASSISTANT: 1, State.QUEUED: 11}


async def test_mailguns_form_by_its_signature(mail: ChannelHarness) -> None:
    stamp = str(now_seconds())
    fields = {
        "from": "花子 <hanako@customer.example>",
        "recipient": "support@shop.example",
        "subject": "返品",
        "body-plain": QUESTION["ja"],
        "Message-Id": "<g1@customer.example>",
        "timestamp": stamp,
        "token": "abc",
        "signature": signatures.sign_mailgun("key-mailgun", stamp, "abc"),
    }
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert (await mail.post(urlencode(fields | {"token": "abd"}).encode(), kind)).status_code == 401
    assert (await mail.post(urlencode(fields).encode(), kind)).status_code == 200
    assert (await mail.rig.messages(await mail.conversation()))[0].text == QUESTION["ja"]


async def test_a_refused_address_is_said(mail: ChannelHarness) -> None:
    office = mail.platform
    assert isinstance(office, SmtpServer)
    office.refuse = ["550 no such user"]
    await mail.tell(apps.TestEmail().message(QUESTION["ja"], "m1"))
    assert "no such user (550)" in str((await mail.deliveries())[0].why)


# -- what is no message of words, app by app


@pytest.mark.parametrize("word", ["Yes", "はい", "yes please"])
async def test_yes_to_our_own_offer_of_a_person_hands_over(
    make_scene: Callable[..., ChannelHarness], word: str
) -> None:
    """Twilio takes "Yes" for START, and so did we."""
    platform, app = TwilioPlatform(), apps.TestSms()
    scene = scene_of(apps.TestSms, make_scene, platform)
    await scene.tell(app.message("Can I pay with dogecoin at your Nagoya museum?", "m1"))
    assert "person" in platform.texts(app.peer)[-1]
    await scene.tell(app.message(word, "m2"))
    assert (await scene.rig.state(await scene.conversation())).state is State.QUEUED


async def test_yes_after_stop_takes_it_back_and_a_start_out_of_the_blue_is_answered(
    make_scene: Callable[..., ChannelHarness],
) -> None:
    platform, app = TwilioPlatform(), apps.TestSms()
    scene = scene_of(apps.TestSms, make_scene, platform)
    await scene.tell(app.message("Start", "m1"))
    assert len(platform.texts(app.peer)) == 1
    await scene.tell(app.message("Cancel", "m2"))
    thread = await scene.rig.database.read(
        lambda store: store.threads.find_by_address(channel(scene).build_address(app.peer))
    )
    assert thread is not None
    assert thread.unreachable == "the customer has sent CANCEL"
    await scene.tell(app.message("Yes", "m3"))
    thread = await scene.rig.database.read(
        lambda store: store.threads.find_by_address(channel(scene).build_address(app.peer))
    )
    assert thread is not None
    assert thread.unreachable is None


def channel(scene: ChannelHarness) -> Any:
    return next(iter(scene.rig.channels.values()))


async def said(scene: ChannelHarness) -> list[tuple[str, str]]:
    messages = await scene.rig.messages(await scene.conversation())
    return [(m.kind, m.text) for m in messages if m.author.value == "customer"]


async def test_an_order_with_words_is_read_and_seen(make_scene: Callable[..., ChannelHarness]) -> None:
    platform, app = WhatsAppPlatform(), apps.TestWhatsApp()
    scene = scene_of(apps.TestWhatsApp, make_scene, platform)
    order = {"text": "2 of these please", "product_items": [{"product_retailer_id": "a", "quantity": 2}]}
    await scene.tell(app.thing({"type": "order", "order": order}, "m1"))
    assert await said(scene) == [("text", "2 of these please\n(an order) a ×2")]
    assert len(app.on_phone(scene)) == 1


async def test_whatsapp_edits_withdrawals_reactions_and_the_first_visit(
    make_scene: Callable[..., ChannelHarness],
) -> None:
    app = apps.TestWhatsApp()
    scene = scene_of(apps.TestWhatsApp, make_scene, WhatsAppPlatform())
    await scene.tell(app.thing({"type": "request_welcome"}, "w1"))
    assert "こんにちは" in app.on_phone(scene)[0]
    await scene.post(app.message("送料は", "m1"))
    inner = {"type": "text", "text": {"body": QUESTION["ja"]}}
    await scene.tell(
        app.thing({"type": "edit", "edit": {"original_message_id": "wamid.m1", "message": inner}}, "e1")
    )
    assert await said(scene) == [("text", QUESTION["ja"])]
    await scene.tell(app.thing({"type": "reaction", "reaction": {"message_id": "x", "emoji": "👍"}}, "r1"))
    await scene.tell(app.thing({"type": "reaction", "reaction": {"message_id": "x"}}, "r2"))
    await scene.tell(app.thing({"type": "revoke", "revoke": {"original_message_id": "wamid.m1"}}, "d1"))
    assert await said(scene) == [
        ("unsent", "（送信が取り消されました）"),
        ("reaction", "（リアクション） 👍"),
    ]
    assert len(app.on_phone(scene)) == 2


@pytest.mark.parametrize(
    ("postback", "heard"),
    [
        ({"title": "返品", "payload": QUESTION["ja"]}, "30日以内"),
        ({"title": QUESTION["ja"], "payload": "MENU_RETURNS"}, "30日以内"),
        ({"title": "はじめる", "payload": "GET_STARTED"}, "こんにちは"),
    ],
)
async def test_a_button_without_an_id_is_pressed_once(
    make_scene: Callable[..., ChannelHarness], postback: dict[str, str], heard: str
) -> None:
    platform, app = MessengerPlatform(), apps.TestMessenger()
    scene = scene_of(apps.TestMessenger, make_scene, platform)
    event = {"sender": {"id": app.peer}, "timestamp": 7, "postback": postback}
    for _ in range(2):
        await scene.tell(app.call([event]))
    [text] = app.on_phone(scene)
    assert heard in text


async def test_a_link_beside_words_is_not_said_twice_and_edits_are_taken(
    make_scene: Callable[..., ChannelHarness],
) -> None:
    app = apps.TestMessenger()
    scene = scene_of(apps.TestMessenger, make_scene, MessengerPlatform())
    link = {"type": "fallback", "payload": {"url": "https://shop.example/p", "title": "器"}}
    await scene.post(app.thing({"text": "https://shop.example/p 送料は", "attachments": [link]}, "m1"))
    assert await said(scene) == [("text", "https://shop.example/p 送料は")]
    edit = {"mid": "m1", "text": QUESTION["ja"], "num_edit": 1}
    await scene.tell(app.call([{"sender": {"id": app.peer}, "message_edit": edit}]))
    assert await said(scene) == [("text", QUESTION["ja"])]


@pytest.mark.parametrize(
    ("marked", "shown"),
    [
        ("<https://shop.example/p|この商品>の送料は", "この商品 (https://shop.example/p)の送料は"),
        ("<https://shop.example/p>の送料は", "https://shop.example/p の送料は"),
        ("<https://shop.example/p>", "https://shop.example/p"),
        ("<https://shop.example|shop.example>", "https://shop.example"),
        ("<mailto:a@shop.example|a@shop.example> です", "a@shop.example です"),
        ("<tel:+8190|090> へ", "090 (+8190) へ"),
        (
            "<@U024|bot> <#C1|general> <!here> <!date^1^{date}|明日> 返品 &lt;b&gt;",
            "general @here 明日 返品 <b>",
        ),
    ],
)
async def test_slacks_markup_is_text(
    make_scene: Callable[..., ChannelHarness], marked: str, shown: str
) -> None:
    app = apps.TestSlack()
    scene = scene_of(apps.TestSlack, make_scene, SlackPlatform())
    await scene.post(app.thing({"text": marked}, "m1"))
    assert await said(scene) == [("text", shown)]


@pytest.mark.parametrize("subtype", ["thread_broadcast", "me_message"])
async def test_slacks_ways_of_saying_something_are_heard(
    make_scene: Callable[..., ChannelHarness], subtype: str
) -> None:
    app = apps.TestSlack()
    scene = scene_of(apps.TestSlack, make_scene, SlackPlatform())
    await scene.tell(app.thing({"subtype": subtype, "text": QUESTION["ja"], "thread_ts": "1.1"}, "m1"))
    assert "30日以内" in app.on_phone(scene)[0]


async def test_a_preview_that_slack_adds_is_no_new_question(
    make_scene: Callable[..., ChannelHarness],
) -> None:
    app = apps.TestSlack()
    scene = scene_of(apps.TestSlack, make_scene, SlackPlatform())
    await scene.tell(app.message(QUESTION["ja"], "1"))
    inner = {"user": "U1", "text": QUESTION["ja"], "ts": "17000.1"}
    event = {"type": "message", "subtype": "message_changed", "channel": app.peer, "channel_type": "im"}
    for number, before in enumerate(({"text": QUESTION["ja"]}, {})):
        await scene.tell(app.call(event | {"message": inner, "previous_message": before}, f"c{number}"))
    assert len(app.on_phone(scene)) == 1


@pytest.mark.parametrize(
    ("postback", "kinds"),
    [
        ({"data": QUESTION["ja"]}, ["text"]),
        ({"data": "action=reserve", "params": {"datetime": "2026-12-24T10:00"}}, ["button"]),
        ({"data": "menu", "params": {"newRichMenuAliasId": "b", "status": "SUCCESS"}}, []),
    ],
)
async def test_buttons_of_lines_menus(
    make_scene: Callable[..., ChannelHarness], postback: dict[str, Any], kinds: list[str]
) -> None:
    app = apps.TestLine()
    scene = make_scene(app.platform(), app.settings, app.name, app.sign)
    event = app.app.event("postback", scene.rig.clock(), postback=postback)
    assert (await scene.post(line_platform.webhook(event))).status_code == 200
    await scene.rig.settle()
    assert [kind for kind, _ in (await said(scene) if kinds else [])] == kinds
    assert len(app.on_phone(scene)) == len(kinds)


async def test_a_reaction_on_telegram_is_seen_and_opens_nothing(
    make_scene: Callable[..., ChannelHarness],
) -> None:
    app = apps.TestTelegram()
    scene = scene_of(apps.TestTelegram, make_scene, TelegramPlatform())
    new = [{"type": "emoji", "emoji": "👍"}]
    reaction = {"chat": {"id": 4242, "type": "private"}, "message_id": 1, "new_reaction": new}
    await scene.tell(body_of({"update_id": 1, "message_reaction": reaction}))
    assert await scene.count("conversations") == 0
    await scene.tell(app.message(QUESTION["ja"], "m1"))
    await scene.tell(body_of({"update_id": 2, "message_reaction": reaction}))
    assert (await said(scene))[-1] == ("reaction", "（リアクション） 👍")
    assert len(app.on_phone(scene)) == 1


async def test_who_shows_no_number_on_whatsapp_is_heard_and_answered(
    make_scene: Callable[..., ChannelHarness],
) -> None:
    """Since 2026 people may have a user name instead, and are known by an id of their own."""
    platform, app, person = WhatsAppPlatform(), apps.TestWhatsApp(), "JP.13491208655302741918"
    scene = scene_of(apps.TestWhatsApp, make_scene, platform)
    message = {k: v for k, v in app.one(QUESTION["ja"], "m1").items() if k != "from"}
    contacts = [{}, {"profile": {"username": "hanako"}, "user_id": person}]
    await scene.tell(app.call([message | {"from_user_id": person}], contacts=contacts))
    assert "30日以内" in app.words(platform.phone[person][0])
    news = {"id": "wamid.out1", "status": "read", "recipient_user_id": person}
    await scene.tell(app.call([], statuses=[news]))
    assert (await scene.deliveries())[0].status == "read"


async def test_one_broken_change_costs_no_other(make_scene: Callable[..., ChannelHarness]) -> None:
    app = apps.TestWhatsApp()
    scene = scene_of(apps.TestWhatsApp, make_scene, WhatsAppPlatform())
    call = json.loads(app.message(QUESTION["ja"], "m1"))
    call["entry"][0]["changes"].append({"field": "messages"})
    await scene.tell(body_of(call))
    assert await said(scene) == [("text", QUESTION["ja"])]
