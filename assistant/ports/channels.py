"""A messaging app, as the product meets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from assistant.domain.channels import Call, Event, Letter, Part, Sent, Thread


class Channel(Protocol):
    """One account in a messaging app: its webhook in, its calls out."""

    name: str
    account: str
    largest_call: int  # bytes that a webhook call of this app may have

    def greet(self, call: Call) -> str | None: ...  # the answer to the app's own test; None: no test
    def verify(self, call: Call) -> None: ...  # Unauthorized
    def parse(self, call: Call) -> Sequence[Event]: ...  # BadInput; unknown events yield none
    def parts(self, letter: Letter) -> Sequence[Part]: ...  # pure: the same on every try
    async def send(self, letter: Letter, part: Part) -> Sent: ...  # NotYet, Undeliverable
    async def typing(self, thread: Thread) -> None: ...  # shows that somebody is at it, if the app can
    async def fetch(self, source: str) -> bytes: ...  # a customer's file; NotYet, Undeliverable
    async def name_of(self, thread: Thread) -> str | None: ...  # what the person calls themselves
    async def check(self) -> Sequence[str]: ...  # what works, a line each; SetupError with the mend
    async def refresh(self, now: datetime) -> None: ...  # asks the app about its limits, where they change
    def standing(self, thread: Thread, now: datetime) -> Sequence[Mapping[str, Any]]: ...  # its limits now
