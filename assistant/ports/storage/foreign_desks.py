"""Handoffs to foreign desks inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from assistant.domain.foreign_desks import DeskEvent, DeskLink


class DeskLinkStore(Protocol):
    """Links between conversations and tickets, and what came from there.

    Thirteen members because links and their events are one thing.
    """

    def set_target(self, desk: str | None, names: dict[str, str], now: datetime) -> None: ...
    def get_target(self) -> str | None: ...  # where handoffs go; None: to our own agents
    def list_names(self) -> dict[str, str]: ...  # desk -> what people call it
    def add(self, link: DeskLink) -> None: ...
    def save(self, link: DeskLink) -> None: ...
    def get(self, link: str) -> DeskLink | None: ...
    def find_by_remote(self, desk: str, remote: str) -> DeskLink | None: ...
    def find_last(self, conversation: str) -> DeskLink | None: ...
    def list_by_conversation(self, conversation: str) -> Sequence[DeskLink]: ...  # oldest first
    def list_unpolled(self, desk: str, before: datetime, *, limit: int) -> Sequence[DeskLink]: ...
    def add_event(self, link: str, event: DeskEvent, now: datetime) -> bool: ...  # False: known
    def list_new_events(self, link: str) -> Sequence[DeskEvent]: ...  # in order
    def mark_applied(self, link: str, event: str, now: datetime, why: str | None = None) -> None: ...
