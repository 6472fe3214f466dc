"""What the assistant says at once to whoever writes while waiting; all the rest is for the agent."""

from collections.abc import Sequence
from datetime import datetime

from assistant.conversation.handoff.priority_update import list_unheard
from assistant.conversation.handoff.wait_estimate import load_waiting_status
from assistant.conversation.handoff.waiting_news import answer_distress, save_told
from assistant.conversation.inbound.customer_actions import cancel_wait
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_reply, save_conversation
from assistant.conversation.turn.turn_input import build_utterances
from assistant.domain.conversation import Conversation
from assistant.domain.messages import (
    ADDED_NOTED,
    CONTACT_NOTED,
    CONTACT_QUESTION,
    Author,
    Button,
    Message,
    Reply,
)
from assistant.domain.policy import Policy
from assistant.domain.signals import HumanRequest, Reaction, Signals
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Store

#: Claims by which somebody can be reached.
CONTACTS = ("e-mail: ", "phone: ")


def reply_while_waiting(
    store: Store,
    queued: Conversation,
    added: Signals,
    policy: Policy,
    pick_facts: FactPicker,
    now: datetime,
) -> None:
    """The most pressing of: who listens meanwhile, the end of the wait, a contact noted, what is passed on.

    *added*: what they wrote since anybody spoke, as it was read.
    """
    if load_waiting_status(store, queued, policy, now).is_distressed:
        answer_distress(store, queued, policy, now)
        return
    messages = store.messages.list_public(queued.id)
    if _wants_no_person(messages, added, pick_facts):
        cancel_wait(store, queued.id, now)
    elif not _confirm_contact(store, queued, messages, pick_facts, now):
        _acknowledge_added(store, queued, messages, added, policy, now)


def _wants_no_person(messages: Sequence[Message], added: Signals, pick_facts: FactPicker) -> bool:
    """Whether they take back the wish for a person, and say nothing else that somebody must answer."""
    if not _takes_wish_back(messages, added):
        return False
    return not pick_facts.asks_something(build_utterances(list_unheard(messages)))


def _takes_wish_back(messages: Sequence[Message], added: Signals) -> bool:
    """A no to the person who was called; not one to what an agent offered who has left since."""
    ours = next((m.author for m in reversed(messages) if m.author is not Author.CUSTOMER), None)
    is_plain = added.wish is HumanRequest.NONE and added.sensitive is None
    return is_plain and added.reaction is Reaction.DECLINED and ours is not Author.AGENT


def _confirm_contact(
    store: Store, queued: Conversation, messages: Sequence[Message], pick_facts: FactPicker, now: datetime
) -> bool:
    """Who was asked for an address and has given one hears that it arrived, once."""
    asked = next((m.seq for m in reversed(messages) if m.kind == CONTACT_QUESTION), None)
    since = [message for message in messages if asked is not None and message.seq > asked]
    if any(message.kind == CONTACT_NOTED for message in since):
        return False
    claimed = pick_facts.extract_claimed(build_utterances(since))
    if not any(fact.startswith(CONTACTS) for fact in claimed):
        return False
    text = words("contact_noted", queued.language)
    notice = Reply(text=text, language=queued.language, kind=CONTACT_NOTED)
    queued, _ = append_reply(store, queued, Author.ASSISTANT, notice, now)
    save_conversation(store, queued, now)
    return True


def _acknowledge_added(
    store: Store,
    queued: Conversation,
    messages: Sequence[Message],
    added: Signals,
    policy: Policy,
    now: datetime,
) -> None:
    """The first message of a wait is acknowledged, with how it stands and the way out; silence follows.

    Nothing goes to whoever was queued without a word. Who takes the wish back beside something else is told
    of the way out again.
    """
    since = queued.waiting_since or now
    is_told = any(m.kind == ADDED_NOTED for m in messages if m.created_at >= since)
    if not queued.told or (is_told and not _takes_wish_back(messages, added)):
        return
    label = words("button_cancel_handoff", queued.language)
    status = load_waiting_status(store, queued, policy, now)
    text = "\n".join((words("added_while_waiting", queued.language), status.text))
    way_out = Button(label=label, value=label)
    notice = Reply(text=text, language=queued.language, kind=ADDED_NOTED, buttons=(way_out,))
    spoken, _ = append_reply(store, queued, Author.ASSISTANT, notice, now)
    save_told(store, spoken, text, now)
