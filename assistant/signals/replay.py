"""Replays recorded dialogues: computes signals and decisions, with the replies as recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.domain.decide import decide_after_search, decide_before_search
from assistant.domain.errors import BadInput
from assistant.domain.messages import Author
from assistant.domain.policy import Policy
from assistant.domain.signals import Signals, Verdict
from assistant.domain.turns import History, PastTurn, TextEmbedding, Utterance
from assistant.ports.signals import SignalReader
from assistant.signals.progress import is_abstention

#: Text -> its embedding; empty where there is none.
Meanings = Mapping[str, TextEmbedding]
NO_MEANINGS: Meanings = {}
#: Index of a line -> the turn encoder's logits; empty where there are none.
Labels = Mapping[int, Mapping[str, float]]
NO_LABELS: Labels = {}

#: Placeholder for "the recorded reply answered": a transcript does not tell how well.
ANSWERED = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedTurn:
    """The signals and decision of one customer turn of a transcript."""

    #: Index of the turn in the transcript.
    index: int
    signals: Signals
    verdict: Verdict

    def as_dict(self, places: Sequence[int]) -> dict[str, Any]:
        """As JSON of the contract; *places* are the transcript's indexes of the customer turns."""
        return {
            "turn": self.index,
            "frustration": self.signals.frustration,
            "unfamiliarity": self.signals.unfamiliarity,
            "asked_for_person": self.signals.asked_for_person,
            "language": self.signals.language,
            "decision": str(self.verdict.decision),
            "reason": str(self.verdict.reason) if self.verdict.reason else None,
            "evidence": [item.as_dict() | {"turn": places[item.turn]} for item in self.signals.evidence],
        }


@dataclass(slots=True)
class _ReplayState:
    """Messages and decisions so far."""

    meanings: Meanings
    labels: Labels
    lines: list[Utterance] = field(default_factory=list)
    turns: list[PastTurn] = field(default_factory=list)
    #: Turns before this index belong to an earlier episode, which an agent handled.
    episode: int = 0


def replay_transcript(
    turns: Sequence[Mapping[str, Any]],
    reader: SignalReader,
    policy: Policy,
    meanings: Meanings = NO_MEANINGS,
    labels: Labels = NO_LABELS,
) -> list[dict[str, Any]]:
    """One entry per customer turn of ``[{"author", "text"}, …]``, as the contract's batch mode prints it."""
    read = replay_turns(parse_transcript(turns), reader, policy, meanings, labels)
    places = [item.index for item in read]
    return [item.as_dict(places) for item in read]


def parse_transcript(turns: Sequence[Mapping[str, Any]]) -> list[Utterance]:
    """The turns of a transcript; BadInput names the invalid one."""
    lines = []
    for index, turn in enumerate(turns):
        author, text = turn.get("author"), turn.get("text")
        if author not in list(Author) or not isinstance(text, str):
            raise BadInput(f'turn {index}: expected {{"author": "customer|assistant|agent", "text": "…"}}')
        lines.append(Utterance(author=Author(author), text=text))
    return lines


def replay_turns(
    lines: Sequence[Utterance],
    reader: SignalReader,
    policy: Policy,
    meanings: Meanings = NO_MEANINGS,
    labels: Labels = NO_LABELS,
) -> list[ReplayedTurn]:
    so_far, result = _ReplayState(meanings, labels), []
    for index, line in enumerate(lines):
        if line.author is Author.CUSTOMER:
            result.append(_replay_turn(index, lines, so_far, reader, policy))
        elif line.author is Author.AGENT:
            so_far.episode = len(so_far.turns)
        so_far.lines.append(line)
    return result


def _replay_turn(
    index: int, lines: Sequence[Utterance], so_far: _ReplayState, reader: SignalReader, policy: Policy
) -> ReplayedTurn:
    whole = History(lines=so_far.lines, turns=so_far.turns)
    meaning = so_far.meanings.get(lines[index].text)
    if index in so_far.labels:
        meaning = replace(meaning or TextEmbedding(()), labels=so_far.labels[index])
    signals = reader.compute_signals(lines[index].text, whole, meaning)
    episode = History(lines=so_far.lines, turns=so_far.turns[so_far.episode :])
    score = _score_reply(lines[index + 1 :])
    verdict = decide_before_search(signals, episode, policy) or decide_after_search(
        signals, episode, policy, score
    )
    so_far.turns.append(
        PastTurn(
            signals=signals,
            decision=verdict.decision,
            reason=verdict.reason,
            query=lines[index].text,
            vector=(meaning.vector or None) if meaning else None,
        )
    )
    return ReplayedTurn(index=index, signals=signals, verdict=verdict)


def _score_reply(following: Sequence[Utterance]) -> float | None:
    """Whether the recorded reply answered; None: it said that it could not."""
    reply = next((line for line in following if line.author is not Author.SYSTEM), None)
    if reply is None or reply.author is not Author.ASSISTANT:
        return ANSWERED
    return None if is_abstention(reply.text) else ANSWERED
