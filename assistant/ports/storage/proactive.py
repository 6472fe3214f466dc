"""Consent, messages that nobody asked for and segments, inside a transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from assistant.domain.consents import ConsentRecord
from assistant.domain.people import DataRead
from assistant.domain.proactive import ProactiveNotice, RuleEffect
from assistant.domain.segments import PurchaseScore


class ConsentStore(Protocol):
    """What customers said about being written to, and who looked at their data; rows are only added."""

    def add(self, record: ConsentRecord) -> None: ...
    def list_by_identities(self, identities: Sequence[tuple[str, str]]) -> Sequence[ConsentRecord]: ...
    def is_new_read(self, customer: str, actor: str, what: str, now: datetime) -> bool: ...
    def add_read(self, customer: str, actor: str, what: str, now: datetime) -> None: ...
    def list_reads(self, customer: str, *, limit: int) -> Sequence[DataRead]: ...  # newest first


class ProactiveQueue(Protocol):
    """Notices that wait to be decided.

    Eight members because what waits for people who never write is deleted here, too.
    """

    def add(self, notice: ProactiveNotice) -> bool: ...  # False: the person is to be told of it already
    def move_waiting(self, notice: ProactiveNotice) -> None: ...
    def list_due(self, now: datetime, *, limit: int) -> Sequence[str]: ...
    def hold_turn(self) -> None: ...  # one decision at a time, until the end of the transaction
    def find_waiting(self, notice: str) -> ProactiveNotice | None: ...
    def save(self, notice: ProactiveNotice) -> None: ...
    #: Decided ones of people whom nobody knows; returns how many.
    def delete_unclaimed(self, before: datetime, *, limit: int) -> int: ...
    def list_touched_conversations(
        self, words: Sequence[str], now: datetime, *, limit: int
    ) -> Sequence[tuple[str, str]]: ...  # (conversation, customer)


class ProactiveLedger(Protocol):
    """What was sent, and what is left of quotas.

    Eight members because caps, quotas and the effect are each counted another way.
    """

    def list_sent_times(
        self, customers: Sequence[str], purpose: str, since: datetime
    ) -> Sequence[datetime]: ...
    def is_sent(self, rule: str, subject: str, customers: Sequence[str]) -> bool: ...
    def count_sent(self, since: datetime, channel: str | None = None, account: str | None = None) -> int: ...
    def add_push(self, channel: str, account: str, month: str) -> None: ...
    def count_pushes(self, channel: str, account: str, month: str) -> int: ...
    def list_by_conversations(self, conversations: Sequence[str]) -> Sequence[ProactiveNotice]: ...
    #: (rule, state, reason, how many) since then.
    def count_by_rule(self, since: datetime) -> Sequence[tuple[str, str, str | None, int]]: ...
    def measure_effects(self, since: datetime, days: int) -> Mapping[str, RuleEffect]: ...  # by rule


class ProactiveStore(ProactiveQueue, ProactiveLedger, Protocol):
    """Messages that nobody asked for: to whom, when, and what came of them."""


class PurchaseScoreStore(Protocol):
    """Scores of buyers, as of one snapshot."""

    #: (identity type, identity, line of the order).
    def iterate_orders(self) -> Iterator[tuple[str, str, str]]: ...
    def replace_all(self, scores: Sequence[PurchaseScore]) -> None: ...
    def list_by_identities(self, identities: Sequence[tuple[str, str]]) -> Sequence[PurchaseScore]: ...
