"""Mentions and followers: who is told of what, and who is not."""

from assistant.api.inbox_rows import load_inbox_rows
from assistant.conversation import following
from assistant.conversation.agent_access import disable_agent
from assistant.domain.inbox import InboxFilter
from assistant.domain.people import Agent
from tests.harness import Harness


async def marks(rig: Harness, conversation: str, agent: Agent) -> tuple[int, int]:
    """Unread messages and unread mentions as the agent's inbox shows them."""
    row = await rig.database.read(
        lambda store: load_inbox_rows(store, [store.conversations.get(conversation)], agent.id)[0]
    )
    return row["unread"], row["mentions"]


async def read(rig: Harness, conversation: str, agent: Agent, seq: int) -> None:
    await rig.database.write(
        lambda store: following.mark_conversation_read(store, conversation, agent, seq, rig.clock())
    )


async def test_a_colleague_who_is_named_finds_the_note_until_they_have_seen_it(rig: Harness) -> None:
    conversation = (await rig.open()).conversation.id
    mori, sato, gone = await rig.hire("Mori"), await rig.hire("Sato"), await rig.hire("Kudo")
    await rig.say(conversation, "返品したい")
    await rig.database.write(lambda store: disable_agent(store, gone, rig.clock()))
    await rig.reply(conversation, mori, "@Sato @Mori @Kudo 在庫を見てください", private=True)
    assert [(await marks(rig, conversation, one))[1] for one in (sato, mori, gone)] == [1, 0, 0]
    wanted = InboxFilter(mentioned=sato.id)
    listed = await rig.database.read(
        lambda store: store.conversations.list_inbox(wanted, after=None, limit=5)
    )
    assert [one.id for one in listed] == [conversation]
    await read(rig, conversation, sato, 0)
    assert (await marks(rig, conversation, sato))[1] == 1
    await read(rig, conversation, sato, 1)
    assert (await marks(rig, conversation, sato))[1] == 0
    assert await rig.database.read(lambda store: store.mentions.count_conversations(sato.id)) == 0


async def test_what_customers_read_names_nobody(rig: Harness) -> None:
    conversation = (await rig.open()).conversation.id
    mori, sato = await rig.hire("Mori"), await rig.hire("Sato")
    await rig.claim(conversation, mori)
    await rig.reply(conversation, mori, "@Sato が担当します")
    assert await marks(rig, conversation, sato) == (0, 0)


async def test_a_follower_hears_of_what_customers_and_colleagues_say_from_then_on(rig: Harness) -> None:
    conversation = (await rig.open()).conversation.id
    mori, sato = await rig.hire("Mori"), await rig.hire("Sato")
    await rig.say(conversation, "前に言ったこと")
    await rig.claim(conversation, mori)
    for _ in range(2):
        await rig.database.write(
            lambda store: following.follow_conversation(store, conversation, sato, rig.clock())
        )
    assert (await marks(rig, conversation, sato))[0] == 0
    await rig.say(conversation, "まだですか")
    await rig.reply(conversation, mori, "確認します")
    assert (await marks(rig, conversation, sato))[0] == 2
    assert (await marks(rig, conversation, mori))[0] == 2  # the customer's only
    await rig.database.write(
        lambda store: following.unfollow_conversation(store, conversation, sato, rig.clock())
    )
    assert (await marks(rig, conversation, sato))[0] == 0
    noted = await rig.database.read(lambda store: store.audit.list_entries())
    done = [entry.action for entry in noted if entry.action.endswith("followed")]
    assert done == ["followed", "unfollowed"]


async def test_an_account_that_is_removed_leaves_no_marks(rig: Harness) -> None:
    conversation = (await rig.open()).conversation.id
    mori, sato = await rig.hire("Mori"), await rig.hire("Sato")
    await rig.database.write(
        lambda store: following.follow_conversation(store, conversation, sato, rig.clock())
    )
    await rig.reply(conversation, mori, "@Sato", private=True)
    await rig.database.write(lambda store: store.agents.remove(sato.id, rig.clock()))
    assert await rig.database.read(lambda store: store.followers.list_agents(conversation)) == []
