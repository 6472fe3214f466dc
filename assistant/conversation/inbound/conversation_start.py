"""A new conversation: whose it is, in which language, and what it carries over from the one before."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from assistant.conversation.timing import IDLE_CHECK
from assistant.domain.audit import CUSTOMER
from assistant.domain.conversation import Conversation
from assistant.domain.jobs import JobKind
from assistant.domain.messages import Author
from assistant.domain.people import Customer, Identity
from assistant.domain.surveys import SurveyState
from assistant.ports.storage.store import Store

WEB = "web"
#: How much of the last conversation a new one carries.
CARRIED_CHARACTERS = 300
#: How long a visitor's token opens a conversation that is closed.
TOKEN_LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """What a web page says about who is visiting."""

    locale: str | None = None
    #: The site's own id for a signed-in customer, and its proof.
    id: str | None = None
    signature: str | None = None
    name: str | None = None
    email: str | None = None
    #: Conversation that this one follows, and the token that proves it.
    previous: tuple[str, str] | None = None
    #: A hash of the address that they come from.
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedConversation:
    conversation: Conversation
    #: The visitor's bearer token; only its hash is kept.
    token: str


def open_conversation(
    store: Store, visitor: Visitor, identity_key: bytes, languages: tuple[str, ...], now: datetime
) -> StartedConversation:
    """Start a conversation on the web; an unproven id or a wrong earlier token is simply not believed."""
    before = _load_previous(store, visitor, now)
    customer = _identify_customer(store, visitor, identity_key, before, now)
    token = secrets.token_urlsafe(32)
    conversation = Conversation(
        id=uuid4().hex,
        customer=customer.id,
        channel=WEB,
        language=select_language(visitor.locale, languages),
        created_at=now,
        updated_at=now,
        previous=before.id if before else None,
        carried=summarize_conversation(store, before) if before else None,
        origin=visitor.origin,
    )
    if before:
        store.surveys.end_survey(before.id, SurveyState.CANCELLED)
    store.conversations.add(conversation, hash_secret(token))
    store.jobs.schedule(JobKind.IDLE, conversation.id, now + IDLE_CHECK, now)
    store.audit.append_owner_change(conversation, CUSTOMER, now)
    store.journal.append_entry(conversation.id, None, now)
    return StartedConversation(conversation=conversation, token=token)


def select_language(locale: str | None, languages: tuple[str, ...]) -> str:
    """The language of a BCP-47 *locale* if we speak it, else our first."""
    primary = (locale or "").split("-")[0].split("_")[0].lower()
    return primary if primary in languages else languages[0]


def hash_secret(secret: str) -> str:
    """Tokens have 256 random bits, so a plain hash keeps them."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_origin(address: str, key: bytes) -> str:
    """A keyed hash of an address: equal for the same one, and nobody can be found by it."""
    return hmac.new(key, f"address {address}".encode(), hashlib.sha256).hexdigest()


def authenticate_visitor(
    store: Store, conversation: str, token_hash: str, now: datetime
) -> Conversation | None:
    """The conversation that a token opens; it ends some time after the conversation did."""
    found = store.conversations.find_by_token(conversation, token_hash)
    over = found is not None and found.closed_at is not None and now - found.closed_at > TOKEN_LASTS
    return None if over else found


def is_valid_signature(customer_id: str, signature: str, key: bytes) -> bool:
    expected = hmac.new(key, customer_id.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.lower().encode())


def summarize_conversation(store: Store, conversation: Conversation) -> str | None:
    """In the customer's own words, what a conversation was about; old wishes are not carried."""
    said = [
        m.text
        for m in store.messages.list_public(conversation.id)
        if m.author is Author.CUSTOMER and m.text.strip()
    ]
    asked = [record.query for record in store.turns.list_all(conversation.id) if record.query]
    words = (asked or said)[:1]
    return words[0][:CARRIED_CHARACTERS] if words else None


def _load_previous(store: Store, visitor: Visitor, now: datetime) -> Conversation | None:
    if visitor.previous is None:
        return None
    conversation, token = visitor.previous
    return authenticate_visitor(store, conversation, hash_secret(token), now)


def _identify_customer(
    store: Store, visitor: Visitor, identity_key: bytes, before: Conversation | None, now: datetime
) -> Customer:
    proven = bool(
        visitor.id and visitor.signature and is_valid_signature(visitor.id, visitor.signature, identity_key)
    )
    if proven and visitor.id:
        return store.customers.find_by_identity(WEB, visitor.id) or _add_customer(
            store, visitor, now, identities=(Identity(channel=WEB, id=visitor.id, verified=True),)
        )
    if before and not visitor.id:
        return store.customers.get(before.customer)
    return _add_customer(store, visitor, now)


def _add_customer(
    store: Store, visitor: Visitor, now: datetime, *, identities: tuple[Identity, ...] = ()
) -> Customer:
    claimed = {"claimed_id": visitor.id} if visitor.id and not identities else {}
    customer_id = uuid4().hex
    # Nobody else can have this identity: it names this visitor until they prove who they are.
    visiting = Identity(channel=WEB, id=f"visitor:{customer_id}")
    customer = Customer(
        id=customer_id,
        created_at=now,
        name=visitor.name,
        email=visitor.email,
        locale=visitor.locale,
        verified=bool(identities),
        attributes=claimed,
        identities=identities or (visiting,),
    )
    store.customers.add(customer)
    return customer
