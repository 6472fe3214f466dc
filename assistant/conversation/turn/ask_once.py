"""One question, one grounded answer: the turn without a conversation around it, for commands and evals."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from assistant.conversation.templates import render_template
from assistant.conversation.turn.think import TurnDependencies, compute_turn_result
from assistant.conversation.turn.turn_input import LOOK_BACK, TurnInput
from assistant.domain.conversation import Conversation
from assistant.domain.people import Customer
from assistant.domain.turns import History, Utterance
from assistant.ports.answering import ignore_progress

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def answer_once(
    mind: TurnDependencies, question: str, lines: Sequence[Utterance] = ()
) -> dict[str, Any]:
    """answer, decision, reason and citations, as `assistant ask --json` prints them.

    *lines*: what was said before, oldest first; a question may refer to it.
    """
    asked = _build_turn_input(question, lines, mind.languages[0])
    thought = await compute_turn_result(mind, asked, ignore_progress)
    language = thought.signals.language
    if thought.reply is not None:
        text, citations = thought.reply.text, thought.reply.citations
    else:
        text, citations = render_template(f"handoff_{thought.verdict.reason}", language), ()
    return {
        "answer": text,
        "decision": thought.verdict.decision,
        "reason": thought.verdict.reason,
        "citations": [asdict(citation) for citation in citations],
    }


def _build_turn_input(question: str, lines: Sequence[Utterance], language: str) -> TurnInput:
    """The question as the last message of a conversation that is never stored."""
    conversation = Conversation(
        id="", customer="", channel="web", language=language, created_at=EPOCH, updated_at=EPOCH
    )
    return TurnInput(
        conversation=conversation,
        customer=Customer(id="", created_at=EPOCH),
        text=question,
        message_id="",
        last_seq=1,
        turn=0,
        history=History(lines=lines[-LOOK_BACK:]),
    )
