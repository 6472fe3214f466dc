"""Decides about one notice that waits; what is to be sent goes into the customer's conversation."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from assistant.conversation.consents import list_consents, may_write
from assistant.conversation.follow_ups import find_obstacle, load_latest_conversation
from assistant.conversation.inbound.conversation_start import WEB, summarize_conversation
from assistant.conversation.segments import list_segments
from assistant.conversation.templates import LANGUAGES
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import IDLE_CHECK
from assistant.conversation.transcript import append_reply, save_conversation
from assistant.domain.audit import ASSISTANT
from assistant.domain.cases import CaseState
from assistant.domain.consents import Purpose, compute_consent
from assistant.domain.conversation import PEOPLE_STATES, Conversation, State
from assistant.domain.customer_data import ORDER_PREFIX
from assistant.domain.errors import NotFound
from assistant.domain.hours import to_local_time
from assistant.domain.jobs import JobKind
from assistant.domain.messages import PROACTIVE, Author, Button, Reply
from assistant.domain.policy import Policy
from assistant.domain.proactive import (
    WEEK,
    ProactiveAction,
    ProactiveCase,
    ProactiveDecision,
    ProactiveNotice,
    ProactiveRule,
    ProactiveState,
    decide_notice,
    draw_share,
)
from assistant.domain.surveys import SURVEY_VERSION, AskedSurvey, SurveyKind
from assistant.ports.storage.store import Store

#: What is decided for good -> the state of the notice.
FINAL_STATES = {
    ProactiveAction.SEND: ProactiveState.SENT,
    ProactiveAction.DROP: ProactiveState.DROPPED,
    ProactiveAction.HOLD_OUT: ProactiveState.HELD_OUT,
}
#: Somebody of ours owes the customer a word.
OWING_STATES = frozenset({CaseState.OPEN, CaseState.CONTACTED, CaseState.RESOLVED})
#: Lines that follow the sentence where there is something to fill them with.
MORE_LINES = ("tracking", "eta")


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a person reads, and over which account."""

    conversation: Conversation
    account: str = ""
    obstacle: str | None = None


def process_notice(
    store: Store, notice_id: str, policy: Policy, templates: Collection[tuple[str, str]], now: datetime
) -> str | None:
    """Decide about a notice, once it is its turn; returns the conversation in which it was sent.

    *templates*: (channel, account) of apps that have an approved template for closed windows.
    """
    store.proactive.hold_turn()
    notice = store.proactive.find_waiting(notice_id)
    if notice is None:
        return None
    rule = next((one for one in policy.proactive.rules if one.name == notice.rule), None)
    place = _find_destination(store, notice, templates, now)
    if rule is None or place is None:
        reason = "off" if rule is None else "unknown_person"
        _save_decision(store, notice, ProactiveDecision(action=ProactiveAction.DROP, reason=reason), now)
        return None
    talk = place.conversation
    if rule.survey and not may_write(store, talk.customer, Purpose.SURVEYS, talk.channel):
        rule = replace(rule, survey="")  # the notice goes without its question
    text = render_notice(notice, rule, talk) or ""
    case = _read_case(store, notice, rule, place, policy, now)
    decision = decide_notice(replace(case, has_words=bool(text)), rule, policy.proactive)
    notice = replace(
        notice,
        customer=place.conversation.customer,
        channel=place.conversation.channel,
        account=place.account,
    )
    if decision.action is ProactiveAction.SEND:
        written_in = _send_notice(store, place.conversation, text, rule, now)
        notice = replace(notice, conversation=written_in)
    _save_decision(store, notice, decision, now)
    return notice.conversation if decision.action is ProactiveAction.SEND else None


def _save_decision(store: Store, notice: ProactiveNotice, decision: ProactiveDecision, now: datetime) -> None:
    if decision.action is ProactiveAction.HOLD:
        assert decision.until is not None
        store.proactive.save(replace(notice, reason=decision.reason, next_at=decision.until))
        return
    state = FINAL_STATES[decision.action]
    reason = decision.reason or None
    store.proactive.save(replace(notice, state=state, reason=reason, decided_at=now))
    about = {"notice": notice.id, "rule": notice.rule, "state": state.value, "reason": reason}
    store.audit.append_entry(ASSISTANT, "proactive", now, **about)


def _find_destination(
    store: Store, notice: ProactiveNotice, templates: Collection[tuple[str, str]], now: datetime
) -> Destination | None:
    """The conversation that they used last and can be written to in; None: we do not know them."""
    customer = notice.customer
    if customer is None:
        known = store.customers.find_by_identity(notice.identity_type, notice.identity)
        customer = known.id if known else None
    if customer is None:
        return None
    found: list[Conversation] = []
    if notice.conversation is not None:
        with suppress(NotFound):
            found = [store.conversations.get(notice.conversation)]
    else:
        people = store.links.list_linked_customers(customer)
        latest = [load_latest_conversation(store, one) for one in people]
        proven = [one for one in latest if one and _is_proven_place(store, one, customer)]
        found = sorted(proven, key=lambda one: one.updated_at, reverse=True)
    places = [_describe_destination(store, one, templates, now) for one in found]
    return next((one for one in places if one.obstacle is None), places[0] if places else None)


def _is_proven_place(store: Store, conversation: Conversation, customer: str) -> bool:
    """Whether it is *customer*'s own, or of somebody linked whose identity there is verified."""
    if conversation.customer == customer:
        return True
    identities = store.customers.get(conversation.customer).identities
    return any(one.verified and one.channel == conversation.channel for one in identities)


def _describe_destination(
    store: Store, conversation: Conversation, templates: Collection[tuple[str, str]], now: datetime
) -> Destination:
    thread = store.threads.find_by_conversation(conversation.id)
    account = thread.address.account if thread else ""
    obstacle = find_obstacle(store, conversation, now)
    if obstacle == "window" and (conversation.channel, account) in templates:
        obstacle = None
    if thread is None and conversation.state is State.CLOSED:
        obstacle = "unreachable"  # a page shows nothing to whoever has left it
    return Destination(conversation=conversation, account=account, obstacle=obstacle)


def _read_case(
    store: Store,
    notice: ProactiveNotice,
    rule: ProactiveRule,
    place: Destination,
    policy: Policy,
    now: datetime,
) -> ProactiveCase:
    conversation = place.conversation
    people = store.links.list_linked_customers(conversation.customer)
    talks = [talk for one in people for talk in store.conversations.list_by_customer(one, before="")]
    hour_ago = now - timedelta(hours=1)
    customer = store.customers.get(conversation.customer)
    return ProactiveCase(
        now=now,
        zone=policy.for_channel(conversation.channel).zone,
        expires_at=notice.expires_at,
        is_on=rule.name in policy.proactive_on,
        consent=compute_consent(list_consents(store, people), rule.purpose, conversation.channel),
        obstacle=place.obstacle,
        status=_load_order_status(store, notice),
        segments=frozenset(one.rule.name for one in list_segments(store, customer, policy)),
        is_waiting=any(talk.state in PEOPLE_STATES for talk in talks),
        was_told=store.proactive.is_sent(notice.rule, notice.subject, people),
        has_open_case=any(_has_open_case(store, talk.id) for talk in talks),
        sent_at=store.proactive.list_sent_times(people, rule.purpose, now - WEEK),
        sent_this_hour=store.proactive.count_sent(hour_ago),
        quota_left=_compute_quota_left(store, place, policy, now),
        draw=draw_share(rule.name, notice.person),
    )


def _has_open_case(store: Store, conversation: str) -> bool:
    case = store.cases.find_by_conversation(conversation)
    return case is not None and case.state in OWING_STATES


def _load_order_status(store: Store, notice: ProactiveNotice) -> str | None:
    """As the business told it last."""
    if notice.order_id is None:
        return None
    key = f"{ORDER_PREFIX}{notice.order_id}"
    facts = store.customer_facts.list_by_identities([(notice.identity_type, notice.identity)])
    lines = [fact.value for fact in facts if fact.key == key]
    first = lines[0].split("; ")[0] if lines else ""
    return first.removeprefix("status ") if first.startswith("status ") else None


def _compute_quota_left(store: Store, place: Destination, policy: Policy, now: datetime) -> int | None:
    """Pushes of this month that may be spent on notices; None: this channel counts none."""
    channel, limits = place.conversation.channel, policy.proactive
    if channel not in limits.quotas:
        return None
    local = to_local_time(now, policy.zone)
    begin = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = store.proactive.count_pushes(channel, place.account, f"{local:%Y-%m}")
    spent += store.proactive.count_sent(begin, channel, place.account)
    total = limits.quotas[channel]
    return total - round(total * limits.quota_reserve) - spent


def render_notice(notice: ProactiveNotice, rule: ProactiveRule, conversation: Conversation) -> str | None:
    """The text in the customer's language, with why they get it and how it ends; None: there are no words."""
    language = conversation.language.split("-")[0].lower()
    details = dict(notice.details)
    if rule.texts:
        text = rule.texts.get(f"{conversation.channel}.{language}") or rule.texts.get(language)
        if text is None:
            return None
        lines = [text.replace("$order", details.get("order", ""))]
    elif rule.template == "proactive_incident":
        if (title := details.get(f"title.{language}")) is None:
            return None
        lines = [words(rule.template, language, title=title)]
    else:
        lines = [words(rule.template, language, order=details.get("order", ""))]
        lines += [
            words(f"proactive_{name}", language, variant=0, **{name: details[name]})
            for name in MORE_LINES
            if details.get(name) and not rule.from_promise
        ]
    if language not in LANGUAGES:
        return None
    if rule.survey:
        lines.append(words(f"proactive_survey_{rule.survey}", language))
    why = "tips" if rule.purpose == "tips" else "orders"
    return "\n".join([*lines, "", words(f"proactive_why_{why}", language)])


def _send_notice(store: Store, before: Conversation, text: str, rule: ProactiveRule, now: datetime) -> str:
    """Write it where they are; what has ended goes on in a new conversation, so that answers find it."""
    conversation = before if before.state is not State.CLOSED else _continue_conversation(store, before, now)
    label = words("button_stop_notices", conversation.language)
    reply = Reply(
        text=text,
        language=conversation.language,
        buttons=(Button(label=label, value=label),),
        kind=PROACTIVE,
    )
    conversation, _ = append_reply(store, conversation, Author.SYSTEM, reply, now)
    if rule.survey and conversation.channel != WEB:
        asked = AskedSurvey(
            conversation=conversation.id,
            kind=SurveyKind(rule.survey),
            version=SURVEY_VERSION,
            asked_at=now,
        )
        store.surveys.add(asked)
    store.jobs.schedule_once(JobKind.IDLE, conversation.id, now + IDLE_CHECK, now)
    return save_conversation(store, conversation, now).id


def _continue_conversation(store: Store, before: Conversation, now: datetime) -> Conversation:
    """A new conversation in the same thread of an app."""
    conversation = Conversation(
        id=uuid4().hex,
        customer=before.customer,
        channel=before.channel,
        language=before.language,
        created_at=now,
        updated_at=now,
        previous=before.id,
        carried=summarize_conversation(store, before),
    )
    store.conversations.add(conversation, None)
    store.audit.append_owner_change(conversation, ASSISTANT, now)
    thread = store.threads.find_by_conversation(before.id)
    assert thread is not None
    store.threads.save_thread(replace(thread, conversation=conversation.id))
    return conversation
