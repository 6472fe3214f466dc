"""Reading what a customer says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from assistant.domain.customer_facts import CustomerFacts
from assistant.domain.signals import Signals
from assistant.domain.turns import History, TextEmbedding, Utterance

#: Everything said so far to what the customer wants and claims.
FactPicker = Callable[[Sequence[Utterance]], CustomerFacts]


class SignalReader(Protocol):
    """What a customer's turn tells besides its words."""

    # meaning: what the embedding model makes of it, if at hand
    def compute_signals(
        self, text: str, history: History, meaning: TextEmbedding | None = None
    ) -> Signals: ...
