"""Unfinished requests, proposals and proofs of identity, inside a transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from assistant.domain.actions import ActionFlow, IdentityGrant, Proposal, ProposalState
from assistant.domain.customer_data import CustomerFact


class ProposalStore(Protocol):
    """Changes that were shown to customers."""

    def add(self, proposal: Proposal) -> None: ...
    def get(self, proposal: str) -> Proposal | None: ...
    def list_by_conversation(self, conversation: str) -> Sequence[Proposal]: ...  # oldest first
    #: Only from one of *before*; whether it was in one.
    def move(
        self, proposal: str, state: ProposalState, *, before: Collection[ProposalState], **changes: Any
    ) -> bool: ...
    def count_decided(self, customer: str, since: datetime) -> int: ...  # approved, whatever came of it
    def count_decided_by_agent(self, agent: str, since: datetime) -> int: ...  # on their own authority


class ActionStore(ProposalStore, Protocol):
    """Proposals, and the unfinished request of each conversation.

    Eight members because a request and the proposal that it leads to change in one step.
    """

    def load_flow(self, conversation: str, since: datetime) -> ActionFlow | None: ...
    def save_flow(self, conversation: str, flow: ActionFlow | None, now: datetime) -> None: ...


class IdentityProofStore(Protocol):
    """Who proved to own what, and how often somebody tried."""

    def load_grants(self, conversation: str, now: datetime) -> Mapping[str, IdentityGrant]: ...  # by subject
    def save_grant(self, conversation: str, grant: IdentityGrant, expires_at: datetime) -> None: ...
    #: Counts a try for every key, or for none; whether none is over its limit.
    def reserve_attempt(self, limits: Mapping[str, int], now: datetime, expires_at: datetime) -> bool: ...
    def return_attempt(self, keys: Collection[str]) -> None: ...  # a try that was no guess
    def save_code(self, conversation: str, subject: str, code_hash: str, expires_at: datetime) -> None: ...
    def redeem_code(self, conversation: str, subject: str, code_hash: str, now: datetime) -> bool: ...


class CustomerFactStore(Protocol):
    """What other systems say of customers; the latest state wins."""

    def save_facts(self, facts: Sequence[CustomerFact]) -> int: ...  # how many were newer
    def list_by_identities(self, identities: Sequence[tuple[str, str]]) -> Sequence[CustomerFact]: ...
    def delete_older(self, key: str, until: datetime) -> int: ...  # heard of before then
    def start_import(self, source: str, rows: int, now: datetime) -> str: ...  # its id
    def import_facts(self, import_id: str, facts: Sequence[CustomerFact]) -> None: ...  # a batch of it
    def undo_import(self, import_id: str, now: datetime) -> int | None: ...  # how many were put back
