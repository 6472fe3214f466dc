"""The agents' desk: search, tags, saved views, saved replies, inside a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from assistant.domain.bulk_actions import BulkChange
from assistant.domain.callbacks import Callback
from assistant.domain.desk_items import CustomerNote, DraftUse, SavedReply, SavedView, Tag
from assistant.domain.inbox import InboxFilter, SearchHit
from assistant.domain.sla import SlaClock
from assistant.domain.teams import AssignmentCandidate, Team


class SearchStore(Protocol):
    """Messages, notes, customers and tags of all time."""

    def find_conversations(
        self, query: str, wanted: InboxFilter, *, before: int | None, limit: int
    ) -> Sequence[SearchHit]: ...  # latest entry first


class TagStore(Protocol):
    def list_all(self) -> Sequence[Tag]: ...
    def find_by_name(self, name: str) -> Tag | None: ...
    def add(self, tag: Tag, now: datetime) -> None: ...
    def remove(self, tag: str) -> int: ...  # how many conversations had it
    def replace_tags(self, conversation: str, tags: Sequence[str]) -> None: ...  # by id
    def load_by_conversation(self, conversations: Sequence[str]) -> Mapping[str, Sequence[Tag]]: ...


class ViewStore(Protocol):
    def list_visible(self, agent: str) -> Sequence[SavedView]: ...  # everybody's and the agent's own
    def get(self, view: str) -> SavedView | None: ...
    def add(self, view: SavedView, now: datetime) -> None: ...
    def remove(self, view: str) -> None: ...


class SavedReplyStore(Protocol):
    def list_visible(self, agent: str) -> Sequence[SavedReply]: ...  # most used first
    def get(self, reply: str) -> SavedReply | None: ...
    def save(self, reply: SavedReply, now: datetime) -> None: ...  # adds it, or changes it
    def remove(self, reply: str) -> None: ...
    def count_all(self) -> int: ...
    def count_use(self, reply: str, now: datetime) -> None: ...


class FollowerStore(Protocol):
    def add(self, conversation: str, agent: str, now: datetime) -> bool: ...  # False: did already
    def remove(self, conversation: str, agent: str) -> bool: ...
    def list_agents(self, conversation: str) -> Sequence[str]: ...  # oldest first
    def select_followed(self, agent: str, conversations: Sequence[str]) -> set[str]: ...


class MentionStore(Protocol):
    def add(self, conversation: str, message: str, agent: str, now: datetime) -> None: ...
    def has_named(self, conversation: str, message: str, agent: str) -> bool: ...
    def mark_read(self, conversation: str, agent: str, now: datetime) -> None: ...
    def count_unread(self, agent: str, conversations: Sequence[str]) -> Mapping[str, int]: ...
    def count_conversations(self, agent: str) -> int: ...  # with unread ones


class BulkChangeStore(Protocol):
    def add(self, change: BulkChange, now: datetime) -> None: ...
    def list_batch(self, batch: str, agent: str, since: datetime) -> Sequence[BulkChange]: ...
    def remove(self, batch: str, conversation: str) -> bool: ...  # False: undone already
    def delete_before(self, moment: datetime) -> None: ...


class CallbackStore(Protocol):
    def save(self, callback: Callback) -> None: ...  # adds it, or changes how it stands
    def get(self, callback: str) -> Callback | None: ...
    def list_by_conversation(self, conversation: str) -> Sequence[Callback]: ...  # earliest first
    def load_next(self, conversations: Sequence[str]) -> Mapping[str, Callback]: ...  # open ones
    def count_open(self) -> int: ...
    def count_missed(self) -> int: ...


class CustomerNoteStore(Protocol):
    """What agents wrote down about people."""

    def add(self, note: CustomerNote) -> None: ...
    def get(self, note: str) -> CustomerNote | None: ...
    def remove(self, note: str) -> None: ...
    def list_by_customers(self, customers: Sequence[str]) -> Sequence[CustomerNote]: ...  # newest first


class DraftUseStore(Protocol):
    """What became of drafts for agents."""

    def add(self, use: DraftUse, now: datetime) -> None: ...  # once for each step of a draft
    def count_steps(self, since: datetime) -> Mapping[tuple[str, str], int]: ...  # by (kind, step)


class SlaStore(Protocol):
    """Deadlines of conversations that people have."""

    def find_begin(self, conversation: str) -> datetime | None: ...  # None: no clock runs
    def list_clocks(self, conversation: str, since: datetime) -> Sequence[SlaClock]: ...
    def save_clocks(self, conversation: str, clocks: Sequence[SlaClock]) -> None: ...
    def end_others(self, conversation: str, clocks: Sequence[SlaClock], now: datetime) -> None: ...
    def schedule_updates(self, due_at: datetime) -> None: ...  # of all of them


class TeamStore(Protocol):
    def list_all(self) -> Sequence[Team]: ...  # by name
    def has_automatic(self) -> bool: ...
    def save(self, team: Team, now: datetime) -> None: ...  # adds it, or changes it
    def remove(self, team: str) -> bool: ...
    def list_candidates(
        self, team: str, since: datetime
    ) -> Sequence[AssignmentCandidate]: ...  # online; locked
    def list_skills(self, team: str) -> Sequence[frozenset[str]]: ...  # of each member
    def mark_assigned(self, team: str, agent: str, now: datetime) -> None: ...
