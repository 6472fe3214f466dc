"""Assessing recorded dialogues: what the product would have read and decided, the replies as recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.domain.decide import decide_after, decide_before
from assistant.domain.errors import BadInput
from assistant.domain.messages import Author
from assistant.domain.policy import Policy
from assistant.domain.signals import Signals, Verdict
from assistant.domain.turns import History, Meaning, PastTurn, Said
from assistant.ports import SignalReader
from assistant.signals.progress import abstains

#: What the embedding model makes of each text; empty where there is none.
Meanings = Mapping[str, Meaning]
NO_MEANINGS: Meanings = {}
#: Index of a line -> what the turn encoder makes of it; empty where there is none.
Labels = Mapping[int, Mapping[str, float]]
NO_LABELS: Labels = {}

#: Stands for "the recorded reply answered"; a transcript does not tell how well.
ANSWERED = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """One customer turn of a transcript, read and decided on."""

    #: Index of the turn in the transcript.
    index: int
    signals: Signals
    verdict: Verdict

    def as_dict(self, places: Sequence[int]) -> dict[str, Any]:
        """As the contract prints it; *places* are the transcript's indexes of the customer turns."""
        return {
            "turn": self.index,
            "frustration": self.signals.frustration,
            "unfamiliarity": self.signals.unfamiliarity,
            "asked_for_person": self.signals.asked_for_person,
            "language": self.signals.language,
            "decision": str(self.verdict.decision),
            "reason": str(self.verdict.reason) if self.verdict.reason else None,
            "evidence": [
                {"turn": places[item.turn], "text": item.text, "why": item.why}
                for item in self.signals.evidence
            ],
        }


@dataclass(slots=True)
class _Replay:
    """What has been said and decided so far."""

    meanings: Meanings
    labels: Labels
    lines: list[Said] = field(default_factory=list)
    turns: list[PastTurn] = field(default_factory=list)
    #: Turns before this one were an agent's, or before an agent's: their wishes are over.
    episode: int = 0


def assess(
    turns: Sequence[Mapping[str, Any]],
    reader: SignalReader,
    policy: Policy,
    meanings: Meanings = NO_MEANINGS,
    labels: Labels = NO_LABELS,
) -> list[dict[str, Any]]:
    """One entry per customer turn of ``[{"author", "text"}, …]``, as the contract's batch mode prints it."""
    read = replay(said(turns), reader, policy, meanings, labels)
    places = [item.index for item in read]
    return [item.as_dict(places) for item in read]


def said(turns: Sequence[Mapping[str, Any]]) -> list[Said]:
    """The turns of a transcript; BadInput names the one that is not."""
    lines = []
    for index, turn in enumerate(turns):
        author, text = turn.get("author"), turn.get("text")
        if author not in list(Author) or not isinstance(text, str):
            raise BadInput(f'turn {index}: expected {{"author": "customer|assistant|agent", "text": "…"}}')
        lines.append(Said(author=Author(author), text=text))
    return lines


def replay(
    lines: Sequence[Said],
    reader: SignalReader,
    policy: Policy,
    meanings: Meanings = NO_MEANINGS,
    labels: Labels = NO_LABELS,
) -> list[Assessed]:
    so_far, result = _Replay(meanings, labels), []
    for index, line in enumerate(lines):
        if line.author is Author.CUSTOMER:
            result.append(_turn(index, lines, so_far, reader, policy))
        elif line.author is Author.AGENT:
            so_far.episode = len(so_far.turns)
        so_far.lines.append(line)
    return result


def _turn(
    index: int, lines: Sequence[Said], so_far: _Replay, reader: SignalReader, policy: Policy
) -> Assessed:
    whole = History(lines=so_far.lines, turns=so_far.turns)
    meaning = so_far.meanings.get(lines[index].text)
    if index in so_far.labels:
        meaning = replace(meaning or Meaning(()), labels=so_far.labels[index])
    signals = reader.read(lines[index].text, whole, meaning)
    episode = History(lines=so_far.lines, turns=so_far.turns[so_far.episode :])
    score = _score(lines[index + 1 :])
    verdict = decide_before(signals, episode, policy) or decide_after(signals, episode, policy, score)
    so_far.turns.append(
        PastTurn(
            signals=signals,
            decision=verdict.decision,
            reason=verdict.reason,
            query=lines[index].text,
            best_score=score,
            vector=(meaning.vector or None) if meaning else None,
        )
    )
    return Assessed(index=index, signals=signals, verdict=verdict)


def _score(following: Sequence[Said]) -> float | None:
    """Whether the recorded reply answered; None: it said that it could not."""
    reply = next((line for line in following if line.author is not Author.SYSTEM), None)
    if reply is None or reply.author is not Author.ASSISTANT:
        return ANSWERED
    return None if abstains(reply.text) else ANSWERED
