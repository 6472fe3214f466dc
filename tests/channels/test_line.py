"""LINE from the first question to the agent's words on the phone, and everything that its platform does."""

from datetime import timedelta

import httpx
import pytest

from assistant.domain.channels import DeliveryState
from assistant.domain.conversation import State
from assistant.domain.messages import Author
from tests.channels.conftest import ChannelHarness
from tests.channels.line_platform import USER, LinePlatform, refusal, webhook

RETURNS = "返品の期限はいつまでですか"


async def say(scene: ChannelHarness, line: LinePlatform, text: str) -> None:
    await scene.tell(webhook(line.message(text, scene.rig.clock())))


async def test_from_question_to_the_agents_answer_on_the_phone(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    await say(scene, line, RETURNS)
    assert "30日以内" in line.texts(USER)[-1]
    assert "http://localhost:8000/help/ja/returns.md" in line.texts(USER)[-1]
    assert "自動でお答え" in line.texts(USER)[0]
    await say(scene, line, "それはもう読みました。何度も同じことを言わせないで。いい加減にして！")
    await say(scene, line, "担当者と話す")
    conversation = await scene.conversation()
    assert (await scene.rig.state(conversation)).state is State.QUEUED
    assert "担当者" in line.texts(USER)[-1]
    mori = await scene.agent()
    await scene.rig.claim(conversation, mori)
    await scene.rig.reply(conversation, mori, "森です。返品番号をお送りします。")
    await scene.rig.work()
    last = line.phone[USER][-1]
    assert (last["text"], last["sender"]["name"]) == ("森です。返品番号をお送りします。", mori.name)
    before = len(line.phone[USER])
    await say(scene, line, "ありがとうございます")
    assert len(line.phone[USER]) == before, "the assistant keeps silent while an agent has it"


async def test_a_person_is_one_tap_away_under_every_answer(scene: ChannelHarness, line: LinePlatform) -> None:
    await say(scene, line, RETURNS)
    items = line.phone[USER][-1]["quickReply"]["items"]
    assert items[-1]["action"] == {"type": "message", "label": "担当者と話す", "text": "担当者と話す"}


async def test_a_fresh_token_costs_nothing_and_late_words_are_pushed(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    await say(scene, line, RETURNS)
    assert line.pushed == 0
    mori = await scene.agent()
    conversation = await scene.conversation()
    scene.rig.clock.pass_(120)
    await scene.rig.claim(conversation, mori)
    await scene.rig.reply(conversation, mori, "森です。")
    await scene.rig.work()
    assert line.pushed == 2  # who has come, and what they say
    assert line.texts(USER)[-1] == "森です。"


async def test_shows_that_it_is_thinking_and_learns_the_name(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    await say(scene, line, RETURNS)
    conversation = await scene.conversation()
    await scene.rig.outbox.show_typing_indicator(conversation)
    assert any(call.url.path == "/v2/bot/chat/loading/start" for call in line.calls)
    customer = (await scene.rig.state(conversation)).customer
    names = await scene.rig.database.read(lambda store: store.customers.load_names([customer]))
    assert names[customer][0] == "花子"


@pytest.mark.parametrize(
    "trouble",
    [httpx.ConnectTimeout("no"), refusal(500, "Internal"), refusal(429, "Too many requests")],
    ids=str,
)
async def test_trouble_is_waited_out_and_nothing_is_sent_twice(
    scene: ChannelHarness, line: LinePlatform, trouble: httpx.Response | Exception
) -> None:
    line.troubles = [trouble, trouble]
    await say(scene, line, RETURNS)
    assert line.texts(USER) == []
    assert [d.state for d in await scene.deliveries()] == [DeliveryState.WAITING]
    for _ in range(3):
        scene.rig.clock.pass_(10)
        await scene.rig.work()
    assert len(line.texts(USER)) == 1


@pytest.mark.parametrize("seconds", [0, 120], ids=["by reply token", "by push"])
async def test_an_answer_lost_on_the_way_back_is_no_second_message(
    scene: ChannelHarness, line: LinePlatform, seconds: int
) -> None:
    await scene.post(webhook(line.message(RETURNS, scene.rig.clock())))
    scene.rig.clock.pass_(seconds)
    line.lost_answers = 1
    await scene.rig.settle()
    scene.rig.clock.pass_(5)
    await scene.rig.work()
    assert len(line.texts(USER)) == 1
    assert [d.state for d in await scene.deliveries()] == [DeliveryState.SENT]


async def test_waits_as_long_as_it_is_asked_to(scene: ChannelHarness, line: LinePlatform) -> None:
    line.troubles = [httpx.Response(429, headers={"retry-after": "40"})]
    await say(scene, line, RETURNS)
    scene.rig.clock.pass_(35)
    await scene.rig.work()
    assert line.texts(USER) == []
    scene.rig.clock.pass_(6)
    await scene.rig.work()
    assert len(line.texts(USER)) == 1


async def test_order_holds_through_retries(scene: ChannelHarness, line: LinePlatform) -> None:
    await say(scene, line, "担当者と話す")
    conversation, mori = await scene.conversation(), await scene.agent()
    line.troubles = [refusal(500, "x"), refusal(500, "x")]
    await scene.rig.claim(conversation, mori)
    for number in range(5):
        await scene.rig.reply(conversation, mori, f"{number}番目")
    for _ in range(4):
        await scene.rig.work()
        scene.rig.clock.pass_(10)
    assert line.texts(USER)[-5:] == [f"{number}番目" for number in range(5)]


async def test_what_the_assistant_wrote_before_a_takeover_is_kept(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    line.troubles = [refusal(500, "x")]
    await say(scene, line, RETURNS)
    mori = await scene.agent()
    conversation = await scene.conversation()
    await scene.rig.claim(conversation, mori)
    scene.rig.clock.pass_(10)
    await scene.rig.work()
    assert [d.state for d in await scene.deliveries()] == [DeliveryState.WITHHELD, DeliveryState.SENT]
    assert len(line.texts(USER)) == 1


async def test_after_an_hour_it_has_failed_and_agents_see_why(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    line.troubles = [refusal(503, "maintenance")] * 100
    await say(scene, line, RETURNS)
    for _ in range(30):
        scene.rig.clock.pass_(300)
        await scene.rig.work()
    delivery = (await scene.deliveries())[0]
    assert (delivery.state, delivery.why) == (DeliveryState.FAILED, "the app has trouble: maintenance (503)")


async def test_a_revoked_token_is_said_at_once_and_by_name(scene: ChannelHarness, line: LinePlatform) -> None:
    line.revoked = True
    await say(scene, line, RETURNS)
    delivery = (await scene.deliveries())[0]
    assert delivery.state is DeliveryState.FAILED
    assert "ASSISTANT_LINE_ACCESS_TOKEN" in str(delivery.why)
    line.revoked = False
    await say(scene, line, RETURNS + "。教えてください")
    assert len(line.texts(USER)) == 1


async def test_a_quota_that_is_used_up_is_not_tried_again(scene: ChannelHarness, line: LinePlatform) -> None:
    line.quota = 0
    await scene.post(webhook(line.message(RETURNS, scene.rig.clock())))
    scene.rig.clock.pass_(120)
    await scene.rig.settle()
    delivery = (await scene.deliveries())[0]
    assert (delivery.state, "monthly limit" in str(delivery.why)) == (DeliveryState.FAILED, True)


async def test_who_blocks_us_gets_no_calls_until_they_come_back(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    await say(scene, line, "担当者と話す")
    await scene.tell(webhook(line.event("unfollow", scene.rig.clock())))
    conversation, mori = await scene.conversation(), await scene.agent()
    calls = len(line.calls)
    await scene.rig.claim(conversation, mori)
    await scene.rig.work()
    assert len(line.calls) == calls
    assert "blocked" in str((await scene.deliveries())[-1].why)
    await scene.tell(webhook(line.event("follow", scene.rig.clock(), follow={"isUnblocked": True})))
    await scene.rig.reply(conversation, mori, "おかえりなさい")
    await scene.rig.work()
    assert line.texts(USER)[-1] == "おかえりなさい"


async def test_a_new_friend_is_greeted(scene: ChannelHarness, line: LinePlatform) -> None:
    await scene.tell(webhook(line.event("follow", scene.rig.clock(), follow={"isUnblocked": False})))
    assert "こんにちは" in line.texts(USER)[0]


async def test_what_was_taken_back_is_nowhere_and_not_answered(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    event = line.message("私の暗証番号は 9999 です", scene.rig.clock())
    back = line.event("unsend", scene.rig.clock(), unsend={"messageId": event["message"]["id"]})
    await scene.tell(webhook(event, back))
    messages = await scene.rig.messages(await scene.conversation())
    assert [m.text for m in messages] == ["（送信が取り消されました）"]
    scene.rig.clock.pass_(60)
    await scene.rig.work()
    assert line.texts(USER) == []


async def test_three_short_messages_get_one_answer(scene: ChannelHarness, line: LinePlatform) -> None:
    for text in ("すみません", "返品の", "期限はいつまでですか"):
        await scene.post(webhook(line.message(text, scene.rig.clock())))
        scene.rig.clock.pass_(0.2)
    await scene.rig.settle()
    assert len(line.texts(USER)) == 1


async def test_standby_and_groups_are_left_alone_unless_it_is_for_us(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    now = scene.rig.clock()
    waiting = line.message(RETURNS, now) | {"mode": "standby"}
    group = {"source": {"type": "group", "groupId": "C1", "userId": USER}}
    talk = line.message(RETURNS, now) | group
    await scene.tell(webhook(waiting, talk))
    assert await scene.count("messages") == 0
    mention = {"mentionees": [{"index": 0, "length": 5, "isSelf": True}]}
    asked = line.message(f"@こもれび {RETURNS}", now, mention=mention) | group
    await scene.tell(webhook(asked))
    assert (await scene.rig.messages(await scene.conversation()))[0].text == RETURNS


async def test_pictures_are_kept_for_people_and_honestly_not_read(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 100
    event = line.event("message", scene.rig.clock(), message={"id": "325708", "type": "image"})
    line.files["325708"] = picture
    await scene.tell(webhook(event))
    assert "読み取れません" in line.texts(USER)[0]
    conversation = await scene.conversation()
    media = (await scene.rig.database.read(lambda store: store.media.list_by_conversation(conversation)))[0]
    assert (media.type, media.size) == ("image/png", len(picture))
    scene.rig.clock.pass_(60)
    await scene.rig.work()
    assert len(line.texts(USER)) == 1


async def test_a_sticker_is_no_question_but_who_begins_with_one_hears_something(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    sticker = {"id": "1", "type": "sticker", "packageId": "1", "stickerId": "2", "keywords": ["ありがとう"]}
    for number in ("1", "2"):
        message = sticker | {"id": number}
        await scene.tell(webhook(line.event("message", scene.rig.clock(), message=message)))
    assert len(line.texts(USER)) == 1
    assert "文章でお書き" in line.texts(USER)[0]
    assert [m.text for m in await scene.rig.messages(await scene.conversation())][::2] == [
        "（スタンプ） ありがとう"
    ] * 2


async def test_the_survey_is_asked_and_its_answer_understood(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    await say(scene, line, "担当者と話す")
    conversation, mori = await scene.conversation(), await scene.agent()
    await scene.rig.claim(conversation, mori)
    await scene.rig.reply(conversation, mori, "解決しました。")
    await scene.rig.resolve(conversation, mori)
    await scene.rig.work()
    labels = [item["action"]["label"] for item in line.phone[USER][-1]["quickReply"]["items"]]
    assert labels == ["とても不満", "不満", "どちらともいえない", "満足", "とても満足"]
    await say(scene, line, "とても満足")
    scores = await scene.rig.database.read(
        lambda store: store.feedback.load_last_values("csat", [conversation])
    )
    assert scores == {conversation: 5}
    assert line.texts(USER)[-1] == "ご回答ありがとうございました。"
    scene.rig.clock.pass_(timedelta(hours=3).total_seconds())
    await say(scene, line, RETURNS)
    assert await scene.conversation() != conversation
    assert (await scene.rig.messages(await scene.conversation()))[-1].author is Author.ASSISTANT


async def test_a_text_longer_than_any_message_is_kept_whole(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    await say(scene, line, "あ" * 100_000)
    conversation = await scene.conversation()
    media = (await scene.rig.database.read(lambda store: store.media.list_by_conversation(conversation)))[0]
    assert (media.size, media.type) == (300_000, "text/plain")
    assert len((await scene.rig.messages(conversation))[0].text) == 4000


async def test_a_thousand_events_in_one_call(scene: ChannelHarness, line: LinePlatform) -> None:
    now = scene.rig.clock()
    events = [line.message(f"質問{n}", now, peer=f"U{n:032x}") for n in range(1, 1001)]
    assert (await scene.post(webhook(*events))).status_code == 200
    assert await scene.count("messages") == 1000


async def test_being_called_in_a_group_without_a_word_is_answered(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    group = {"source": {"type": "group", "groupId": "C1", "userId": USER}}
    mention = {"mentionees": [{"index": 0, "length": 5, "isSelf": True}]}
    await scene.tell(webhook(line.message("@こもれび", scene.rig.clock(), mention=mention) | group))
    assert [m.kind for m in await scene.rig.messages(await scene.conversation())] == [
        "unknown",
        "file_notice",
    ]


async def test_half_a_character_costs_no_other_event_of_the_call(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    """Five good ones and one whose every text holds half of a surrogate pair were all refused with 500."""
    now = scene.rig.clock()
    good = [line.message(f"質問{n}", now, peer=f"U{n:032x}") for n in range(5)]
    bad = line.message("HALF", now, peer="UHALF", id="HALF") | {"webhookEventId": "HALF"}
    body = webhook(*good[:3], bad, *good[3:]).replace(b"HALF", rb"\ud83d\u0000x")
    assert (await scene.post(body)).status_code == 200
    assert await scene.count("messages") == 6
