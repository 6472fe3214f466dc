"""Of the events of one call, a broken one costs only itself."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from assistant.conversation.inbound import events as arriving
from assistant.conversation.inbound.events import InboundContext, apply_events
from assistant.conversation.inbound.receive import receive_inbound
from assistant.domain.channels import Address, Attachment, ChannelEvent, MessageReceived
from assistant.domain.errors import Unavailable
from assistant.storage import tables as t
from assistant.storage.store import SqlStore
from tests.harness import LANGUAGES, Harness

LONG = "x" * 300
#: Longer than our own ids.
LONG_PEER = "customer-" + "1" * 100


def said(number: int, text: str, peer: str = "customer-1", **more: Any) -> MessageReceived:
    address = Address(channel="line", peer=peer)
    return MessageReceived(id=f"e{number}", message_id=f"m{number}", address=address, text=text, **more)


async def take(rig: Harness, *events: ChannelEvent) -> list[str]:
    arrivals = InboundContext(timing=rig.timing, languages=LANGUAGES)
    return await rig.database.write(lambda store: apply_events(store, events, arrivals, rig.clock()))


async def buried(rig: Harness) -> int:
    return await rig.database.read(lambda store: store.jobs.count_dead_letters())


@pytest.mark.parametrize(
    "fault", [KeyError("text"), RecursionError(), UnicodeEncodeError("x", "y", 0, 1, "z")]
)
async def test_a_broken_event_costs_only_itself(
    rig: Harness, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:

    def fails(store: SqlStore, inbound: Any, *more: Any) -> Any:
        result = receive_inbound(store, inbound, *more)
        if "壊" in inbound.text:
            raise fault
        return result

    monkeypatch.setattr(arriving, "receive_inbound", fails)
    (conversation,) = await take(rig, said(1, "一つ目"), said(2, "壊れています"), said(3, "二つ目"))
    assert [m.text for m in await rig.messages(conversation)] == ["一つ目", "二つ目"]
    assert await buried(rig) == 1
    assert await take(rig, said(2, "壊れています")) == []


async def test_what_could_not_be_taken_in_keeps_its_words_until_its_writer_is_forgotten(
    rig: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    (conversation,) = await take(rig, said(1, "一つ目", peer=LONG_PEER))

    def fails(*_: Any) -> Any:
        raise KeyError("text")

    inside = Attachment(kind="file", source="data:" + "A" * 9_000, name="写真.png")
    with monkeypatch.context() as broken:
        broken.setattr(arriving, "receive_inbound", fails)
        await take(
            rig,
            said(2, "壊れています", peer=LONG_PEER, attachments=(inside,)),
            said(3, "別の人", peer="other"),
        )
    letters = await load_letters(rig)
    assert [(json.loads(one.content)["text"], one.peer) for one in letters] == [
        ("壊れています", LONG_PEER),
        ("別の人", "other"),
    ]
    assert json.loads(letters[0].content)["attachments"][0]["name"] == "写真.png"
    assert len(letters[0].content) < 5_000
    assert "壊れ" not in letters[0].why
    customer = await rig.database.read(lambda store: store.conversations.get(conversation).customer)
    await rig.database.write(lambda store: store.erasure.erase_customers([customer]))
    assert [one.peer for one in await load_letters(rig)] == ["other"]
    later = rig.clock() + timedelta(days=1)
    await rig.database.write(lambda store: store.erasure.delete_dead_letters_before(later))
    assert await buried(rig) == 0


async def load_letters(rig: Harness) -> Any:
    query = sa.select(t.dead_letters).order_by(t.dead_letters.c.id)
    return await rig.database.read(lambda store: store.jobs._connection.execute(query).all())


async def test_when_the_database_fails_none_is_taken_for_had(
    rig: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> Any:
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(arriving, "receive_inbound", fails)
        with pytest.raises(Unavailable):
            await take(rig, said(1, "一つ目"))
    assert len(await take(rig, said(1, "一つ目"))) == 1
    assert await buried(rig) == 0


async def test_ids_and_senders_of_any_length_are_known_again(rig: Harness) -> None:
    peers = [f"{LONG}a", f"{LONG}b", "日" * 260, "zero\x00", "half\ud800"]
    events = [said(n, f"{n}番です", peer, name=LONG, locale=LONG) for n, peer in enumerate(peers)]
    conversations = await take(rig, *events)
    assert len(set(conversations)) == len(peers)
    assert await take(rig, *(said(10 + n, "続きです", peer) for n, peer in enumerate(peers))) == conversations
    for conversation, peer in zip(conversations[:3], peers[:3], strict=True):
        thread = await rig.database.read(lambda store, c=conversation: store.threads.find_by_conversation(c))  # type: ignore[misc]
        assert thread is not None
        assert thread.address.peer == peer


async def test_an_id_that_looks_like_anothers_hash_is_not_taken_for_it(rig: Harness) -> None:
    from hashlib import sha256

    (conversation,) = await take(rig, MessageReceived(**vars_of(said(1, "一つ目")) | {"id": LONG}))
    hashed = sha256(LONG.encode()).hexdigest()
    await take(rig, MessageReceived(**vars_of(said(2, "二つ目")) | {"id": hashed}))
    assert [m.text for m in await rig.messages(conversation)] == ["一つ目", "二つ目"]


def vars_of(event: MessageReceived) -> dict[str, Any]:
    return {name: getattr(event, name) for name in MessageReceived.__dataclass_fields__}
