"""A turn is read in its context in time, or its words alone are."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from assistant.answering.reader.turn_encoder import TurnEncoder
from assistant.domain.messages import Author
from assistant.domain.turns import COMPLAINT_ALONE, Utterance


class SlowEncoder(TurnEncoder):
    def score_turn(self, text: str, lines: Sequence[Utterance]) -> Mapping[str, float]:
        time.sleep(0.3 if text == "slow" else 0.0)
        return {"label": 1.0}


async def test_words_alone_are_read_when_the_encoder_takes_too_long(tmp_path: Path) -> None:
    encoder = SlowEncoder(tmp_path, seconds=0.1)
    vars(encoder.model)["_graph"] = (None, None)
    started = time.monotonic()
    assert await encoder.read_turn("slow", ()) is None
    assert time.monotonic() - started < 0.25
    assert encoder.model.timeouts == 1
    assert encoder.model.unavailable_reason is None
    await asyncio.sleep(0.4)
    assert await encoder.read_turn("quick", ()) == {"label": 1.0}
    encoder.model.close()


def test_a_complaint_after_other_questions_is_also_read_by_itself(tmp_path: Path) -> None:
    class Encoder(TurnEncoder):
        def _score_labels(self, text: str, lines: Sequence[Utterance]) -> dict[str, float]:
            return {"complaint": -1.0 if lines else 2.0}

    encoder = Encoder(tmp_path)
    before = [Utterance(author=Author.CUSTOMER, text="送料は？")]
    assert encoder.score_turn("割れて届きました", []) == {"complaint": 2.0}
    assert encoder.score_turn("割れて届きました", before) == {"complaint": -1.0, COMPLAINT_ALONE: 2.0}
