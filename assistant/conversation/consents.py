"""Consent of customers: taken from what they write, looked up before they are written to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_notice
from assistant.domain.audit import CUSTOMER
from assistant.domain.channels import ReachabilityChanged
from assistant.domain.consents import (
    CONSENT_VERSION,
    EVERY,
    ConsentRecord,
    ConsentState,
    compute_consent,
    is_allowed,
)
from assistant.domain.conversation import Conversation
from assistant.domain.messages import PROACTIVE, Author, Message
from assistant.domain.people import Customer, Identity
from assistant.domain.unicode_forms import fold_compatibility
from assistant.ports.storage.store import Store

#: Whole messages that end, anywhere, the messages that nobody asked for.
STOP_NOTICES = re.compile(
    r"(お知らせ|通知|配信)(を|の)?(停止|とめて|止めて|不要|解除|いりません|要りません)(して|します|希望)?"
    r"(ください|下さい|する|です)?"
    r"|(もう)?(お知らせ|通知)(を|は)?(送らないで|送って来ないで|送ってこないで)(ください|下さい)?"
    r"|(please )?(stop|no more|end|turn off|unsubscribe from) (the |these |all |sending )?"
    r"(notices|notifications|messages|news)"
    r"|(please )?unsubscribe( me)?|opt[ -]?out"
    r"|(알림|수신)\s?(중지|거부|해지|그만)(해\s?주세요|할게요)?"
)
#: The same said to such a message.
STOP_ANSWERS = re.compile(
    r"停止|ストップ|不要(です)?|いりません|やめて(ください|下さい)?|stop|end|no thanks|중지|그만"
)
START_NOTICES = re.compile(
    r"(お知らせ|通知|配信)(を|の)?(再開|受け取る|受け取ります|受信)(して|します|希望)?(ください|下さい|する)?"
    r"|(please )?(start|resume|subscribe to) (the |these )?(notices|notifications|news)|opt[ -]?in"
    r"|(알림|수신)\s?(재개|동의|받기)(해\s?주세요|할게요)?"
)
#: Longer messages say more than this.
MAX_COMMAND_CHARACTERS = 40


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
    store: Store, conversation: Conversation, message: Message, now: datetime
) -> Conversation | None:
    """Record a stop or start of notices that *message* is, and say so; None: it is neither.

    The returned conversation is not saved yet.
    """
    state = match_consent_words(message.text)
    if state is None and is_bare_stop(message.text) and _answers_notice(store, message):
        state = ConsentState.WITHDRAWN
    if state is None:
        return None
    text = words(f"consent_{state}", conversation.language)
    proof = ConsentProof(state=state, wording=text, evidence=message.id)
    record_consent(store, conversation, proof, now)
    return append_notice(store, conversation, Author.SYSTEM, text, now)[0]


def match_consent_words(text: str) -> ConsentState | None:
    """What a whole message says of messages that nobody asked for; None: nothing."""
    said = _fold_command(text)
    if STOP_NOTICES.fullmatch(said):
        return ConsentState.WITHDRAWN
    return ConsentState.GIVEN if START_NOTICES.fullmatch(said) else None


def is_bare_stop(text: str) -> bool:
    """A stop without what; meant for notices where it answers one."""
    return STOP_ANSWERS.fullmatch(_fold_command(text)) is not None


def _fold_command(text: str) -> str:
    """A short message without its punctuation, in lower case; longer ones say more than a command."""
    if len(text) > MAX_COMMAND_CHARACTERS:
        return ""
    return fold_compatibility(text).strip().strip("「」。.!！\"'").casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentProof:
    """What the customer said, and how that can be shown later."""

    state: ConsentState
    wording: str
    #: Id of the message or of the app's event.
    evidence: str
    #: message or app.
    source: str = "message"


def record_consent(store: Store, conversation: Conversation, proof: ConsentProof, now: datetime) -> None:
    """Enter what the customer of a conversation said, for every purpose on its channel."""
    identity = select_identity(store.customers.get(conversation.customer), conversation.channel)
    if identity is None:
        return
    record = ConsentRecord(
        identity_type=identity.channel,
        identity=_normalize(identity),
        purpose=EVERY,
        channel=conversation.channel,
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
    before = [one for one in store.messages.list_public(message.conversation) if one.seq < message.seq]
    return bool(before) and before[-1].kind == PROACTIVE
