"""What the calls that look after the team's accounts respond, as types."""

from typing import Literal

from typing_extensions import TypedDict

from assistant.api.responses import Timestamp
from assistant.domain.people import Role


class PersonOut(TypedDict):
    id: str
    name: str
    email: str
    role: Role
    disabled: bool
    created_at: Timestamp
    seen_at: Timestamp | None
    sessions: int
    tokens: int
    #: Invited, and not come yet: until when the link is good.
    invited_until: Timestamp | None


class PeopleOut(TypedDict):
    people: list[PersonOut]


class InvitationOut(TypedDict):
    id: str
    #: Shown once: with it the person chooses a password.
    link: str


class CredentialOut(TypedDict):
    id: str
    kind: Literal["session", "token"]
    label: str
    #: The session of this call.
    current: bool
    created_at: Timestamp
    expires_at: Timestamp | None


class CredentialsOut(TypedDict):
    credentials: list[CredentialOut]


class TokenOut(TypedDict):
    #: Shown once.
    token: str
