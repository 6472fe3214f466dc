"""Customers, agents, erasure and audit log, inside a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from assistant.domain.audit import AuditEntry
from assistant.domain.conversation import Conversation
from assistant.domain.people import Agent, AgentAccount, Credential, Customer, KnownCredential
from assistant.domain.teams import AgentAvailability, Availability, PresenceInterval


class CustomerStore(Protocol):
    def get(self, customer: str) -> Customer: ...  # NotFound
    def find_by_identity(self, channel: str, identity: str) -> Customer | None: ...
    def add(self, customer: Customer) -> None: ...
    def set_name(self, customer: str, name: str) -> None: ...
    def set_familiarity(self, customer: str, familiarity: float) -> None: ...
    def load_names(
        self, customers: Sequence[str]
    ) -> Mapping[str, tuple[str | None, bool]]: ...  # (name, verified)


class AgentAccountStore(Protocol):
    """Agents' accounts."""

    def get(self, agent: str) -> Agent | None: ...  # by id or e-mail address
    def find_by_email(self, email: str) -> Agent | None: ...
    def list_all(self) -> Sequence[Agent]: ...
    def list_active(self) -> Sequence[Agent]: ...  # who can sign in
    def add(self, agent: Agent, password_hash: str, now: datetime) -> None: ...
    def remove(self, agent: str, now: datetime) -> None: ...  # with its credentials


class CredentialStore(Protocol):
    """Agents' credentials: password, sessions, API tokens."""

    def load_password_hash(self, agent: str) -> str | None: ...
    def set_password(self, agent: str, password_hash: str) -> None: ...
    def add_credential(self, agent: str, credential: Credential, now: datetime) -> None: ...
    def find_by_secret(
        self, secret_hash: str, now: datetime
    ) -> tuple[Agent, str | None] | None: ...  # and its CSRF token
    def revoke_credential(self, secret_hash: str) -> None: ...
    def revoke_credentials(
        self, agent: str, *, tokens: bool, now: datetime
    ) -> int: ...  # sessions, with *tokens* also API tokens; how many


WorkingDays = Mapping[int, tuple[str, ...]]


class PresenceStore(Protocol):
    """Which agents are present."""

    def mark_present(self, agent: str, now: datetime) -> None: ...
    def mark_absent(self, agent: str, now: datetime) -> None: ...
    def count_present(self, since: datetime) -> int: ...
    def change_availability(self, agent: str, availability: Availability, now: datetime) -> None: ...
    def save_work(
        self, agent: str, capacity: int, skills: Sequence[str] = ..., days: WorkingDays | None = ...
    ) -> None: ...
    def list_availability(self) -> Sequence[AgentAvailability]: ...
    def list_presence(self, since: datetime) -> Sequence[PresenceInterval]: ...


class PreferenceStore(Protocol):
    """What agents chose for their own screens."""

    def load_preferences(self, agent: str) -> Mapping[str, Any]: ...
    def save_preferences(self, agent: str, preferences: Mapping[str, Any]) -> None: ...


class AgentStore(AgentAccountStore, CredentialStore, PresenceStore, PreferenceStore, Protocol):
    """Agents: accounts, credentials, presence, preferences."""


class AccountStore(Protocol):
    """Agents' accounts as administrators and their owners look after them."""

    def list_accounts(self, now: datetime) -> Sequence[AgentAccount]: ...
    def set_role(self, agent: str, *, admin: bool, lead: bool) -> None: ...
    def set_disabled(self, agent: str, since: datetime | None) -> None: ...
    def list_credentials(self, agent: str, now: datetime) -> Sequence[KnownCredential]: ...
    def revoke_credential_by_id(self, agent: str, credential: str) -> bool: ...  # whether it was there
    def save_invitation(self, agent: str, secret_hash: str, expires_at: datetime, now: datetime) -> None: ...
    def redeem_invitation(self, secret_hash: str, now: datetime) -> Agent | None: ...  # once


class CustomerLinkStore(Protocol):
    """Links between customers who are one person."""

    def add(self, one: str, other: str, proof: dict[str, Any], now: datetime) -> str: ...
    def end_link(self, link: str, now: datetime) -> bool: ...
    def list_by_customer(self, customer: str) -> Sequence[Mapping[str, Any]]: ...
    def list_linked_customers(self, customer: str) -> Sequence[str]: ...
    def list_similar_customers(self, customer: Customer) -> Sequence[tuple[str, str]]: ...  # (customer, why)
    def save_link_code(self, code_hash: str, customer: str, expires_at: datetime) -> None: ...
    def redeem_link_code(self, code_hash: str, now: datetime) -> str | None: ...


class ErasureStore(Protocol):
    """Erases people and conversations with all dependent rows; returns the number of rows.

    Ten members because each kind of row has a limit of its own.
    """

    def find_customers(self, named: str) -> Sequence[str]: ...  # customers by id, e-mail or CHANNEL:ID
    def erase_customers(
        self, customers: Sequence[str], *, journal: bool = True, keep_consents: bool = False
    ) -> int: ...
    #: Table -> its rows about these people, as JSON has them.
    def export_customers(self, customers: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]: ...
    def erase_facts(self, named: str) -> int: ...  # of an e-mail address or CHANNEL:ID, whoever has it
    def erase_conversations(self, conversations: Sequence[str], *, journal: bool = True) -> int: ...
    def list_closed_before(self, moment: datetime, *, limit: int) -> Sequence[str]: ...  # oldest first
    def list_idle_customers(self, moment: datetime, *, limit: int) -> Sequence[str]: ...  # customers
    def delete_journal_before(self, moment: datetime, *, limit: int) -> int: ...
    def delete_events_before(self, moment: datetime, *, limit: int) -> int: ...
    def delete_dead_letters_before(self, moment: datetime) -> int: ...
    def delete_expired(self, now: datetime) -> int: ...  # sessions, tokens, codes


class AuditLog(Protocol):
    """Who changed what; append-only."""

    def append_entry(self, actor: str, action: str, now: datetime, **details: Any) -> None: ...
    def append_owner_change(
        self, conversation: Conversation, actor: str, now: datetime
    ) -> None: ...  # the owner changed
    def list_entries(self, *, conversation: str | None = None) -> Sequence[AuditEntry]: ...  # in order
