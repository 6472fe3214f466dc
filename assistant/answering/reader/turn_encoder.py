"""The turn encoder: a multi-label classifier of a customer's turn in its context.

Labels such as frustrated, asks for a person, the reply missed. Fine-tuned from the embedding model by `python
-m evals train turns`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answering.reader.adapted_model import READ_SECONDS, AdaptedModel
from assistant.answering.reader.turn_encoding import encode_turn
from assistant.domain.turns import COMPLAINT_ALONE, TURN_LABELS
from assistant.models.embeddings.adapter_weights import TURNS
from assistant.tracing import start_inner_span

if TYPE_CHECKING:
    from assistant.domain.turns import ReadTurn, Utterance


class TurnEncoder:
    """Scores a turn's labels; while it cannot, turns are read by their words."""

    def __init__(self, models: Path, seconds: float = READ_SECONDS) -> None:
        """*models* is the folder of prepared models, *seconds* what reading a turn may take."""
        self.model = AdaptedModel("turn encoder", models, TURNS, instead="turns are read by their words")
        self.seconds = seconds

    async def read_turn(self, text: str, lines: Sequence[Utterance]) -> Mapping[str, float] | None:
        """Label -> logit of *text* after *lines*; None while it cannot be read in time."""
        before = tuple(lines)
        with start_inner_span("read turn"):
            return await self.model.read_or_none(
                lambda: self.model.run_in_thread(lambda _until: self.score_turn(text, before), self.seconds)
            )

    def score_turn(self, text: str, lines: Sequence[Utterance]) -> Mapping[str, float]:
        """As `read_turn`, in this thread; COMPLAINT_ALONE is what a turn after others says by itself."""
        labels = self._score_labels(text, lines)
        if not lines:
            return labels
        return labels | {COMPLAINT_ALONE: self._score_labels(text, ())["complaint"]}

    def _score_labels(self, text: str, lines: Sequence[Utterance]) -> dict[str, float]:
        ids, turn_end = encode_turn(self.model.tokenizer, text, lines)
        tokens, whole = self.model.run(ids, turn_end)
        logits = tokens[:turn_end].mean(axis=0) + whole
        return dict(zip(TURN_LABELS, logits.tolist(), strict=True))


def build_turn_reader(embeddings: str, models: Path) -> ReadTurn | None:
    """A function that reads turns, if *embeddings* is the local model that the encoder is made of."""
    from assistant.models.embeddings.factory import LOCAL

    return open_turn_encoder(models).read_turn if embeddings == LOCAL else None


def check_reading_health(embeddings: str, models: Path) -> dict[str, str | None]:
    """Part -> why it cannot be read with, None while it can; the parts made of the local model."""
    from assistant.answering.reader.cross_encoder import open_reader
    from assistant.models.embeddings.factory import LOCAL

    if embeddings != LOCAL:
        return {"reader": None, "turns": None}
    return {
        "reader": open_reader(models).model.unavailable_reason,
        "turns": open_turn_encoder(models).model.unavailable_reason,
    }


@cache
def open_turn_encoder(models: Path) -> TurnEncoder:
    """The shared encoder of this process for the folder of prepared models."""
    return TurnEncoder(models)
