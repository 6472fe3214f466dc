"""Signals: analysis of customers' messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from assistant.domain.customer_facts import CustomerFacts
from assistant.domain.signals import Signals
from assistant.domain.turns import History, TextEmbedding, Utterance


class FactPicker(Protocol):
    """All messages to the customer's requests and claims; or to one of them, which takes far less."""

    def __call__(self, said: Sequence[Utterance], /) -> CustomerFacts: ...
    def extract_ask(self, said: Sequence[Utterance], /) -> str | None: ...
    def takes_reply(self, said: Sequence[Utterance], /) -> bool: ...
    def tells_matter(self, said: Sequence[Utterance], /) -> bool: ...
    def asks_something(self, said: Sequence[Utterance], /) -> bool: ...
    def extract_claimed(self, said: Sequence[Utterance], /) -> tuple[str, ...]: ...
    def extract_promises(self, said: Sequence[Utterance], /) -> tuple[str, ...]: ...


class SignalReader(Protocol):
    """Computes signals of a customer's turn."""

    # meaning: the text's embedding, if available
    def compute_signals(
        self, text: str, history: History, meaning: TextEmbedding | None = None
    ) -> Signals: ...
