"""Signals: analysis of customers' messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from assistant.domain.customer_facts import CustomerFacts
from assistant.domain.signals import Signals
from assistant.domain.turns import History, TextEmbedding, Utterance

#: All earlier messages to the customer's requests and claims.
FactPicker = Callable[[Sequence[Utterance]], CustomerFacts]


class SignalReader(Protocol):
    """Computes signals of a customer's turn."""

    # meaning: the text's embedding, if available
    def compute_signals(
        self, text: str, history: History, meaning: TextEmbedding | None = None
    ) -> Signals: ...
