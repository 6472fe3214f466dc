"""Handoff packets of independent writers' dialogues, to be read by a person: ``python -m evals packets``.

Only dialogues are printed that a person would come into: the product hands them over, else the writer marked
a wish for a person (P, else p), and it is handed over there.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from assistant.domain.handoff import HandoffCase, build_packet
from assistant.domain.messages import Author
from assistant.domain.policy import Policy
from assistant.domain.priorities import compute_priority
from assistant.domain.signals import Decision, Reason, Verdict
from assistant.domain.turns import TurnRecord
from assistant.signals.facts import pick_facts
from assistant.signals.replay import ReplayedTurn
from evals.data.dialogues import Dialogue
from evals.quality.signals import SignalBench

#: Files of evals/cases/turns; those for measuring the signals stay unread.
WRITERS = ("d1.ja", "d2.en", "d4.ja", "d5.en")
START = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m evals packets", description=__doc__)
    options.add_argument("--writers", nargs="*", default=WRITERS, help="files of evals/cases/turns")
    options.add_argument("--count", type=int, default=20, help="packets of each writer")
    options.add_argument("--whole", action="store_true", help="the whole packet as JSON")
    chosen = options.parse_args()
    for writer in chosen.writers:
        bench = SignalBench([writer])
        places = [(each, select_handoff_turn(each, bench.replay_dialogue(each))) for each in bench.dialogues]
        needing = [(each, place) for each, place in places if place is not None]
        step = max(1, len(needing) // chosen.count)
        print(f"{writer}: a person comes into {len(needing)} of {len(places)} dialogues")
        for dialogue, place in needing[::step][: chosen.count]:
            turns = [turn for turn in bench.replay_dialogue(dialogue) if turn.index <= place.index]
            for line in print_dialogue(dialogue, turns, whole=chosen.whole):
                print(line, flush=True)


def print_dialogue(dialogue: Dialogue, said: Sequence[ReplayedTurn], *, whole: bool) -> Iterator[str]:
    """The dialogue as far as it was *said*, and its packet."""
    packet = build_dialogue_packet(dialogue, said)
    yield f"\n{dialogue.id} · {dialogue.persona}"
    for line in dialogue.lines[: said[-1].index + 1]:
        yield f"  {'>' if line.author is Author.CUSTOMER else '   '} {line.text}"
    if whole:
        yield json.dumps(packet, ensure_ascii=False, indent=1)
        return
    issue, facts = packet["issue"], packet["facts"]
    yield f"  WANTED   {issue['ask']}"
    yield f"  FACTS    {facts['claimed']}  missing {facts['missing']}  promised {packet['promises']}"
    yield f"  FEELINGS { {name: value for name, value in packet['feelings'].items() if value >= 0.5} }"
    yield f"  SUMMARY  {issue['summary'][dialogue.language]}"


def select_handoff_turn(dialogue: Dialogue, turns: Sequence[ReplayedTurn]) -> ReplayedTurn | None:
    """Where a person comes in; None: nobody needs one."""
    handed_over = next((turn for turn in turns if turn.verdict.decision is Decision.HANDOFF), None)
    marked = (next((turn for turn in turns if mark in dialogue.labels[turn.index]), None) for mark in "Pp")
    return handed_over or next(filter(None, marked), None)


def build_dialogue_packet(dialogue: Dialogue, turns: Sequence[ReplayedTurn]) -> dict[str, Any]:
    last = turns[-1]
    signals = {turn.index: turn.signals for turn in turns}
    lines = [
        replace(line, signals=signals.get(at)) for at, line in enumerate(dialogue.lines[: last.index + 1])
    ]
    verdict = last.verdict
    if verdict.decision is not Decision.HANDOFF:
        verdict = Verdict(decision=Decision.HANDOFF, reason=Reason.ASKED_FOR_PERSON)
    facts, earlier = pick_facts(lines), [turn.signals for turn in turns]
    case = HandoffCase(
        conversation=dialogue.id,
        epoch=1,
        created_at=START,
        channel="web",
        verdict=verdict,
        signals=last.signals,
        priority=compute_priority(verdict, last.signals, Policy(), earlier=earlier),
        lines=lines,
        records=[build_record(turn) for turn in turns],
        facts=facts,
    )
    return build_packet(case)


def build_record(turn: ReplayedTurn) -> TurnRecord:
    return TurnRecord(
        turn=turn.signals.turn,
        message_id=str(turn.index),
        reply_id=None,
        signals=turn.signals,
        verdict=turn.verdict,
    )
