"""News for whoever waits: said again when the wait changes, and every few minutes; nobody is forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assistant.conversation.handoff.wait_estimate import (
    WaitingStatus,
    is_in_distress,
    load_waiting_status,
    render_support,
)
from assistant.conversation.inbound.conversation_start import WEB
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import QUEUE_REMINDER, WAITING_CHECK
from assistant.conversation.transcript import append_notice, save_conversation
from assistant.domain.conversation import Conversation, State
from assistant.domain.jobs import JobKind
from assistant.domain.messages import Author, Message
from assistant.domain.policy import Policy
from assistant.ports.storage.store import Store

#: Whoever has written nothing for this long is told how it stands only as often as this.
SILENCE = timedelta(hours=1)
#: Where nothing is to be said by itself, how often it is looked at.
IDLE_CHECK = timedelta(days=1)
#: Messages that are looked back on.
LOOK_BACK = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWords:
    """When somebody last spoke in a conversation that waits."""

    #: Any of us.
    ours: datetime
    #: The customer.
    theirs: datetime
    #: The customer spoke last.
    is_unheard: bool


def schedule_waiting_news(store: Store, conversation: Conversation, now: datetime) -> None:
    """Whoever waits has a due row, from the moment they begin to; what they wrote before is read."""
    store.jobs.schedule(JobKind.PACKET, conversation.id, now, now)
    store.jobs.schedule(JobKind.DEADLINE, conversation.id, now + WAITING_CHECK, now)


def require_waiting_news(store: Store, conversation: Conversation, now: datetime) -> None:
    """Who writes while waiting is looked after soon, however far away the next news was."""
    pending = store.jobs.get(JobKind.DEADLINE, conversation.id)
    if pending is None or pending.due_at > now + QUEUE_REMINDER:
        store.jobs.schedule(JobKind.DEADLINE, conversation.id, now + QUEUE_REMINDER, now)


def tell_waiting_news(
    store: Store, conversation: Conversation, policy: Policy, now: datetime
) -> Conversation | None:
    """Say how it stands if it is time to, and plan the next look; None: there was nothing to say."""
    status = load_waiting_status(store, conversation, policy, now)
    spoken = _load_last_words(store, conversation)
    pause = _compute_pause(conversation, policy, spoken, now)
    is_due = _is_news_due(conversation, status, spoken, pause, now)
    is_same = not (spoken.is_unheard or status.is_distressed or _has_changed(conversation, status))
    spoken = replace(spoken, ours=now, is_unheard=False) if is_due else spoken
    due_at = _find_next_check(conversation, policy, spoken, pause, status, now)
    store.jobs.schedule(JobKind.DEADLINE, conversation.id, due_at, now)
    if not is_due:
        return None
    if is_same:
        return _append_unchanged_news(store, conversation, status, now)
    return append_waiting_news(store, conversation, "still_waiting", status, now)


def _append_unchanged_news(
    store: Store, conversation: Conversation, status: WaitingStatus, now: datetime
) -> Conversation:
    """That nobody is forgotten, and for how long they have waited, not the same lines again."""
    language = conversation.language
    waited = (now - (conversation.waiting_since or now)) // timedelta(minutes=1)
    situation = words("still_waiting_unchanged", language, minutes=str(waited))
    nobody, still_nobody = words("nobody_at_desk", language), words("still_nobody_at_desk", language)
    text = "\n".join((situation, status.text.replace(nobody, still_nobody)))
    spoken, _ = append_notice(store, conversation, Author.ASSISTANT, text, now)
    return save_conversation(store, spoken, now)


def append_waiting_news(
    store: Store,
    conversation: Conversation,
    situation: str,
    status: WaitingStatus,
    now: datetime,
    *,
    new_owner_by: str | None = None,
) -> Conversation:
    """Tell the customer how it stands, and agents what was told."""
    text = "\n".join((words(situation, conversation.language), status.text))
    spoken, _ = append_notice(store, conversation, Author.ASSISTANT, text, now)
    return save_told(store, spoken, text, now, new_owner_by=new_owner_by)


def answer_distress(
    store: Store, conversation: Conversation, policy: Policy, now: datetime
) -> Conversation | None:
    """Who listens meanwhile, at once to whoever is in distress and has written again; None: nothing was said.

    At most once in `WAITING_CHECK`: what is written sooner is answered by then.
    """
    if not is_in_distress(store, conversation) or not _load_last_words(store, conversation).is_unheard:
        return None
    support = render_support(policy, conversation.language)
    helplines = policy.helplines.get(conversation.language) or support
    ours = [m for m in _load_messages(store, conversation) if m.author is Author.ASSISTANT]
    told_at = max((m.created_at for m in ours if helplines in m.text), default=None)
    if told_at is not None and now - told_at < WAITING_CHECK:
        store.jobs.schedule(JobKind.DEADLINE, conversation.id, told_at + WAITING_CHECK, now)
        return None
    spoken, _ = append_notice(store, conversation, Author.ASSISTANT, support, now)
    return save_told(store, spoken, support, now)


def save_told(
    store: Store, conversation: Conversation, text: str, now: datetime, *, new_owner_by: str | None = None
) -> Conversation:
    """Keep *text*, which was just said, as what the customer was told, for agents to see."""
    if packet := store.handoffs.load_last_packet(conversation.id):
        store.handoffs.replace_packet(packet | {"told_customer": text})
    return save_conversation(store, replace(conversation, told=text), now, new_owner_by=new_owner_by)


def _is_news_due(
    conversation: Conversation,
    status: WaitingStatus,
    spoken: LastWords,
    pause: timedelta | None,
    now: datetime,
) -> bool:
    if spoken.is_unheard and status.is_distressed:
        return now - spoken.ours >= WAITING_CHECK
    if spoken.is_unheard and now - spoken.theirs >= QUEUE_REMINDER:
        return True
    if pause is None:
        return False
    changed = _has_changed(conversation, status)
    # On a page that is looked at a change is said at once; an app would ring each time.
    at_once = (
        changed and not status.is_distressed and conversation.channel == WEB and now - spoken.theirs < SILENCE
    )
    if now - spoken.ours < (WAITING_CHECK if at_once else pause):
        return False
    return changed or status.is_open


def _has_changed(conversation: Conversation, status: WaitingStatus) -> bool:
    """Whether what was told last no longer holds, the minutes aside."""
    told, nobody = conversation.told or "", words("nobody_at_desk", conversation.language)
    return status.standing not in told or (nobody in told) is not (nobody in status.standing)


def _compute_pause(
    conversation: Conversation, policy: Policy, spoken: LastWords, now: datetime
) -> timedelta | None:
    """How long it may be quiet; None: for good, unless the customer writes."""
    minutes = policy.get_waiting_news_minutes(conversation.channel)
    if not minutes:
        return None
    pause = timedelta(minutes=minutes)
    return pause if now - spoken.theirs < SILENCE else max(pause, SILENCE)


def _find_next_check(
    conversation: Conversation,
    policy: Policy,
    spoken: LastWords,
    pause: timedelta | None,
    status: WaitingStatus,
    now: datetime,
) -> datetime:
    moments = [now + IDLE_CHECK]
    if spoken.is_unheard:
        moments.append(
            spoken.ours + WAITING_CHECK if status.is_distressed else spoken.theirs + QUEUE_REMINDER
        )
    if pause is not None and not status.is_open:
        moments.append(policy.hours.find_next_opening(now) or now + IDLE_CHECK)
    elif pause is not None:
        watched = conversation.channel == WEB and now - spoken.theirs < SILENCE
        moments.append(now + WAITING_CHECK if watched else spoken.ours + pause)
    return max(min(moments), now + timedelta(seconds=1))


def _load_last_words(store: Store, conversation: Conversation) -> LastWords:
    messages = _load_messages(store, conversation)
    since = conversation.waiting_since or conversation.updated_at
    ours = _find_last(messages, from_customer=False)
    theirs = _find_last(messages, from_customer=True)
    unheard = theirs is not None and (ours is None or theirs.seq > ours.seq)
    return LastWords(
        ours=ours.created_at if ours else since,
        theirs=max(theirs.created_at, since) if theirs else since,
        is_unheard=unheard and conversation.state is State.QUEUED,
    )


def _load_messages(store: Store, conversation: Conversation) -> Sequence[Message]:
    return store.messages.list_public(conversation.id, after=max(0, conversation.seq - LOOK_BACK))


def _find_last(messages: Sequence[Message], *, from_customer: bool) -> Message | None:
    return next((m for m in reversed(messages) if (m.author is Author.CUSTOMER) is from_customer), None)
