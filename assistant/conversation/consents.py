"""Consent of customers: taken from what they write, looked up before they are written to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.conversation.actions.consent import Consent, read_consent
from assistant.conversation.consent_words import is_bare_stop, match_consent_words
from assistant.conversation.inbound.conversation_start import WEB
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_notice, append_reply
from assistant.domain.audit import CUSTOMER
from assistant.domain.channels import ReachabilityChanged
from assistant.domain.consents import (
    CONSENT_VERSION,
    EVERY,
    OPT_IN_PURPOSES,
    ConsentRecord,
    ConsentState,
    Purpose,
    compute_consent,
    is_allowed,
)
from assistant.domain.conversation import Conversation
from assistant.domain.messages import CONSENT_QUESTION, PROACTIVE, Author, Button, Message, Reply
from assistant.domain.people import Customer, Identity
from assistant.domain.policy import Policy
from assistant.ports.storage.store import Store


def list_consents(store: Store, customers: Sequence[str]) -> list[ConsentRecord]:
    """What these customers, one person, said about being written to, oldest first."""
    identities = [
        (one.channel, _normalize(one)) for each in customers for one in store.customers.get(each).identities
    ]
    return list(store.consents.list_by_identities(sorted(identities))) if identities else []


def may_write(store: Store, customer: str, purpose: str, channel: str) -> bool:
    """Whether a person may be written to for a purpose over a channel."""
    people = store.links.list_linked_customers(customer)
    return is_allowed(compute_consent(list_consents(store, people), purpose, channel), purpose)


def apply_consent_words(
    store: Store, conversation: Conversation, message: Message, now: datetime, *, is_proven: bool = True
) -> Conversation | None:
    """Record a stop or start of notices that *message* is, and say so; None: it is neither.

    A stop counts from anybody, a yes only where the channel shows who sent it (*is_proven*).
    The returned conversation is not saved yet.
    """
    if (answered := _apply_answer(store, conversation, message, now)) is not None:
        return answered
    state = match_consent_words(message.text)
    if state is None and is_bare_stop(message.text) and _answers_notice(store, message):
        state = ConsentState.WITHDRAWN
    if state is None or (state is ConsentState.GIVEN and not is_proven):
        return None
    text = words(f"consent_{state}", conversation.language)
    proof = ConsentProof(state=state, wording=text, evidence=message.id)
    record_consent(store, conversation, proof, now)
    return append_notice(store, conversation, Author.SYSTEM, text, now)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentProof:
    """What the customer said, and how that can be shown later."""

    state: ConsentState
    wording: str
    #: Id of the message or of the app's event.
    evidence: str
    #: message or app.
    source: str = "message"
    purpose: str = EVERY


def record_consent(store: Store, conversation: Conversation, proof: ConsentProof, now: datetime) -> None:
    """Enter what the customer of a conversation said.

    A stop of everything in words holds on every channel; what else is said, on this one.
    """
    identity = select_identity(store.customers.get(conversation.customer), conversation.channel)
    if identity is None:
        return
    is_stop = proof.state is ConsentState.WITHDRAWN and (proof.source, proof.purpose) == ("message", EVERY)
    record = ConsentRecord(
        identity_type=identity.channel,
        identity=_normalize(identity),
        purpose=proof.purpose,
        channel=EVERY if is_stop else conversation.channel,
        state=proof.state,
        wording=proof.wording,
        version=CONSENT_VERSION,
        source=proof.source,
        by=CUSTOMER,
        evidence=proof.evidence,
        at=now,
        recorded_at=now,
    )
    store.consents.add(record)
    store.audit.append_entry(CUSTOMER, "consent", now, conversation=conversation.id, state=proof.state)


def record_app_consent(store: Store, conversation: str, event: ReachabilityChanged, now: datetime) -> None:
    """Enter what the customer told their app: that they want nothing any more, or that they do again."""
    state = ConsentState.WITHDRAWN if event.why else ConsentState.GIVEN
    proof = ConsentProof(state=state, wording=event.why or "START", evidence=event.id, source="app")
    record_consent(store, store.conversations.get(conversation), proof, now)


def select_identity(customer: Customer, channel: str) -> Identity | None:
    """The identity by which a customer is known on a channel, else any."""
    return next(iter(sorted(customer.identities, key=lambda one: one.channel != channel)), None)


def _normalize(identity: Identity) -> str:
    return identity.id.lower() if identity.channel == "email" else identity.id


def _answers_notice(store: Store, message: Message) -> bool:
    """Whether the last message before was one that nobody asked for."""
    before = _find_message_before(store, message)
    return before is not None and before.kind == PROACTIVE


def _find_message_before(store: Store, message: Message) -> Message | None:
    before = [one for one in store.messages.list_public(message.conversation) if one.seq < message.seq]
    return before[-1] if before else None


def ask_consent(store: Store, conversation: Conversation, policy: Policy, now: datetime) -> Conversation:
    """Ask whether tips may be sent, once in a web chat; returns the conversation, not yet saved.

    Only where a rule in force would send them, and the person never said anything about it.
    """
    asks = any(
        rule.purpose in OPT_IN_PURPOSES and rule.name in policy.proactive_on
        for rule in policy.proactive.rules
    )
    if not asks or conversation.channel != WEB:
        return conversation
    if select_identity(store.customers.get(conversation.customer), conversation.channel) is None:
        return conversation
    people = store.links.list_linked_customers(conversation.customer)
    said = compute_consent(list_consents(store, people), Purpose.TIPS, conversation.channel)
    kinds = {one.kind for one in store.messages.list_public(conversation.id)}
    if said is not ConsentState.UNKNOWN or CONSENT_QUESTION in kinds:
        return conversation
    language = conversation.language
    labels = [words(name, language) for name in ("button_consent_yes", "button_consent_no")]
    reply = Reply(
        text=words("consent_question", language),
        language=language,
        buttons=tuple(Button(label=label, value=label) for label in labels),
        kind=CONSENT_QUESTION,
    )
    return append_reply(store, conversation, Author.SYSTEM, reply, now)[0]


def _apply_answer(
    store: Store, conversation: Conversation, message: Message, now: datetime
) -> Conversation | None:
    """Record a plain yes or no to the question that was just asked, with its words; None: it is neither."""
    asked = _find_message_before(store, message)
    if asked is None or asked.kind != CONSENT_QUESTION:
        return None
    answer = read_consent(message.text)
    if answer is Consent.UNCLEAR:
        return None
    state = ConsentState.GIVEN if answer is Consent.YES else ConsentState.WITHDRAWN
    proof = ConsentProof(state=state, wording=asked.text, evidence=message.id, purpose=Purpose.TIPS)
    record_consent(store, conversation, proof, now)
    text = words(f"consent_tips_{state}", conversation.language)
    return append_notice(store, conversation, Author.SYSTEM, text, now)[0]
