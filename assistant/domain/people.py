"""Customers and agents."""

import string
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, get_args

Role = Literal["agent", "lead", "admin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One way in which a customer reaches us."""

    channel: str
    #: The channel's own id for them.
    id: str
    #: Proven by the channel or by a signature.
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A person asking for help."""

    id: str
    created_at: datetime
    name: str | None = None
    email: str | None = None
    locale: str | None = None
    verified: bool = False
    #: 0 never met a bot … 1 at home with them; None: nothing known yet.
    familiarity: float | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    identities: tuple[Identity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A human of the support team."""

    id: str
    email: str
    name: str
    #: Looks after the team's accounts, and does what leads do.
    admin: bool = False
    #: Changes articles and settings.
    lead: bool = False
    #: Since when they cannot sign in.
    disabled_at: datetime | None = None

    @property
    def is_lead(self) -> bool:
        """Whether they may change articles and settings."""
        return self.lead or self.admin

    @property
    def role(self) -> Role:
        return "admin" if self.admin else "lead" if self.lead else "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPerson:
    """Whom a sign-in provider vouches for."""

    issuer: str
    #: The provider's own id for them: addresses may pass to others, this never does.
    subject: str
    #: In its canonical form.
    email: str
    name: str


class LoginAttempt(NamedTuple):
    """What the browser must bring back that began a sign-in through a provider."""

    state: str
    nonce: str
    #: The secret of PKCE.
    verifier: str


#: Of a password, whoever chooses it.
MIN_PASSWORD_CHARACTERS = 10
ROLES = get_args(Role)
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def normalize_email(email: str) -> str:
    """The canonical form of an e-mail address: trimmed, with A to Z in lower case.

    Other letters stay: some have an ASCII letter as their lower case, as the Kelvin sign has k, and would
    make the address another person's.
    """
    return email.strip().translate(_LOWER)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAccount:
    """An agent as administrators see them."""

    agent: Agent
    created_at: datetime
    #: When they last had the console open or called.
    seen_at: datetime | None
    sessions: int
    tokens: int
    #: An invitation that nobody has followed yet ends then.
    invited_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCredential:
    """A session or API token in the list of its owner."""

    #: The beginning of the secret's hash: tells them apart, and opens nothing.
    id: str
    is_token: bool
    label: str
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A way in for an agent: a session of the console (with a CSRF token) or an API token (without)."""

    #: Only the hash of the secret is ever kept.
    secret_hash: str
    csrf: str | None = None
    #: None: until revoked.
    expires_at: datetime | None = None
    #: What its owner calls an API token.
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRead:
    """Somebody looked at a customer's data."""

    #: ``agent:ID`` or operator.
    actor: str
    #: card or export.
    what: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastConversation:
    """An earlier conversation of the same customer, on whichever channel."""

    conversation: str
    channel: str
    closed_at: datetime | None
    summary: str | None
    csat: int | None
    #: What colleagues noted, newest last, and what was promised in it.
    notes: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
