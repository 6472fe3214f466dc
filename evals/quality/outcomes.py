"""How often the outcome ledger says what a person says of the same end.

``evals/cases/outcomes.jsonl`` has a line for each end, written by somebody who has not seen the rules::

    {"id": "o001", "state": "assistant", "agents_word": null, "helped": null, "outcome": "answered",
     "turns": [{"author": "customer", "text": "…"},
               {"author": "assistant", "text": "…", "decision": "answer", "shown": true},
               {"author": "agent", "text": "…"}]}

*state*: who had it before the end (assistant, queued, agent). *agents_word*: what the agent who ended it
chose (solved, workaround, unsolved, transferred_out, spam …). *helped*: the answer to "did that help?".
*decision* of a reply: answer, clarify, guide, offer, handoff or abstain; *shown*: an article was shown with
it. Feelings, thanks and reactions are read from the texts by the product.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from assistant.answering.reader.turn_encoder import TurnEncoder
from assistant.conversation.ending import select_agents_part
from assistant.domain.conversation import State
from assistant.domain.messages import Author
from assistant.domain.outcomes import EndedConversation, OutcomeKind, classify_outcome
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, Reaction, Verdict
from assistant.domain.statistics import compute_rate
from assistant.domain.turns import TurnRecord, TurnSource
from assistant.signals.facts import WordFactPicker
from assistant.signals.replay import ReplayedTurn, parse_transcript, replay_turns
from assistant.signals.signal_reader import RuleSignalReader
from evals.data.dialogues import load_json_lines
from evals.data.embedding_cache import CACHE

CASES = Path(__file__).parents[1] / "cases" / "outcomes.jsonl"
WANTED_CASES = 300
FACTS = WordFactPicker()
#: An article of a reply that shows one; which it is does not matter.
SHOWN = TurnSource(article="a", title="", score=1.0, shown=True)


def load_ends(path: Path = CASES) -> list[Mapping[str, Any]]:
    """The labelled ends, once somebody wrote them; ValueError names the line that is wrong."""
    if not path.exists():
        return []
    rows: list[Mapping[str, Any]] = list(load_json_lines(path))
    for number, row in enumerate(rows, start=1):
        try:
            State(row["state"]), OutcomeKind(row["outcome"])
            authors = [line.author for line in parse_transcript(row["turns"])]
            for author, turn in zip(authors, row["turns"], strict=True):
                if author is Author.ASSISTANT:
                    Decision(turn["decision"])
        except (KeyError, ValueError) as exc:
            raise ValueError(f"{path.name}, line {number}: {exc}") from exc
    return rows


@cache
def load_encoder() -> TurnEncoder:
    return TurnEncoder(CACHE)


def build_ended(row: Mapping[str, Any]) -> EndedConversation:
    """What the ledger would know of it; feelings and reactions are read from the texts."""
    turns: Sequence[Mapping[str, Any]] = row["turns"]
    lines = parse_transcript(turns)
    labels = {
        place: load_encoder().score_turn(line.text, lines[:place])
        for place, line in enumerate(lines)
        if line.author is Author.CUSTOMER
    }
    read = replay_turns(lines, RuleSignalReader(), Policy(), labels=labels)
    spoken = [line.author for line in lines]
    return EndedConversation(
        state=State(row["state"]),
        turns=[record for one in read if (record := _build_record(one, turns)) is not None],
        agents_word=row.get("agents_word"),
        helped=row.get("helped"),
        has_messages=Author.CUSTOMER in spoken,
        is_unanswered=bool(spoken) and spoken[-1] is Author.CUSTOMER and not _is_closing(read[-1]),
        has_agent_reply=Author.AGENT in spoken,
        takes_agents_reply=FACTS.takes_reply(select_agents_part(lines)),
        tells_matter=FACTS.tells_matter(lines),
    )


def _build_record(read: ReplayedTurn, turns: Sequence[Mapping[str, Any]]) -> TurnRecord | None:
    """The turn with the reply that it got; None: a person replied, or nobody.

    Thanks at the end get the word that the product always has for them.
    """
    is_last = read.index + 1 == len(turns)
    if is_last and _is_closing(read):
        return TurnRecord(
            turn=read.index, message_id="m", reply_id="r", signals=read.signals, verdict=read.verdict
        )
    reply = None if is_last else turns[read.index + 1]
    if reply is None or reply["author"] != Author.ASSISTANT:
        return None
    return TurnRecord(
        turn=read.index,
        message_id="m",
        reply_id="r",
        signals=read.signals,
        verdict=Verdict(decision=Decision(reply["decision"])),
        sources=(SHOWN,) if reply.get("shown") else (),
    )


def _is_closing(read: ReplayedTurn) -> bool:
    return read.signals.small_talk is not None or read.signals.reaction is Reaction.ACCEPTED


def measure_outcomes(path: Path = CASES) -> list[str]:
    """Lines of the report: agreement beside "closed = resolved", and what was confused."""
    rows = load_ends(path)
    if not rows:
        return [
            f"outcome ledger: {path.name} is not written yet ({WANTED_CASES} ends by somebody independent)"
        ]
    found = [(classify_outcome(build_ended(row))[0], OutcomeKind(row["outcome"])) for row in rows]
    ours = compute_rate(sum(one is true for one, true in found), len(found))
    trivial = compute_rate(
        sum(
            true in (OutcomeKind.CONFIRMED, OutcomeKind.ANSWERED, OutcomeKind.RESOLVED_BY_PERSON)
            for _, true in found
        ),
        len(found),
    )
    confused = Counter((true.value, one.value) for one, true in found if one is not true)
    return [
        f"outcome ledger: {ours.rate:.3f} of {ours.total} ends as labelled ({ours.low:.3f}–{ours.high:.3f})"
        f"   closed = resolved: {trivial.rate:.3f}",
        *(f"   {n:>3} × {true} called {one}" for (true, one), n in confused.most_common()),
    ]
