"""When a handoff goes to a foreign desk, and when there is something for it to hear."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from assistant.domain.conversation import Conversation, State
from assistant.domain.foreign_desks import TAKEN_BACK_AT, DeskLink, LinkState
from assistant.domain.jobs import JobKind
from assistant.ports.storage.store import Store


def open_desk_link(store: Store, conversation: Conversation, now: datetime) -> None:
    """Have the handoff that *conversation* has just gone through opened in the foreign desk, if there is one.

    Until it is open there, the conversation waits in our own queue too.
    """
    desk = store.desk_links.get_target()
    if desk is None or conversation.state is not State.QUEUED:
        return
    last = store.desk_links.find_last(conversation.id)
    if last is None or last.state is not LinkState.OPENING:
        store.desk_links.add(
            DeskLink(
                id=uuid4().hex,
                desk=desk,
                conversation=conversation.id,
                state=LinkState.OPENING,
                created_at=now,
            )
        )
    store.jobs.schedule_once(JobKind.DESK, conversation.id, now, now)


def mark_take_back(store: Store, conversation: Conversation) -> None:
    """Remember that others have what a foreign desk had: what it still sends is late, whatever comes next."""
    last = store.desk_links.find_last(conversation.id)
    if last is None or conversation.state is State.CLOSED:
        return
    is_taken = not last.owns(conversation)
    if last.state is LinkState.OPENING and conversation.state is State.QUEUED:
        is_taken = False
    if is_taken == (TAKEN_BACK_AT in last.context):
        return
    context = {name: value for name, value in last.context.items() if name != TAKEN_BACK_AT}
    if is_taken:
        context[TAKEN_BACK_AT] = str(conversation.seq)
    store.desk_links.save(replace(last, context=context))


def wake_desk_sync(store: Store, conversation: str, now: datetime) -> bool:
    """Whether a foreign desk has the conversation, or is about to: it hears what is new."""
    last = store.desk_links.find_last(conversation)
    if last is None or not last.is_active:
        return False
    store.jobs.schedule_once(JobKind.DESK, conversation, now, now)
    return True
