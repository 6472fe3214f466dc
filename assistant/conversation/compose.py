"""Puts a reply together: one honest sentence of acknowledgement, the answer, an offer, buttons."""

from collections.abc import Sequence

from assistant.conversation.wording import say
from assistant.domain.messages import Button, Reply
from assistant.domain.signals import Decision, Reason, Signals, Verdict
from assistant.domain.turns import PastTurn
from assistant.ports import Draft

#: Reasons that call for an apology.
FELT = (Reason.FRUSTRATED, Reason.STUCK, Reason.COMPLAINT)
#: From here on somebody is reassured before they are answered.
WORRIED = 0.5


def compose(
    verdict: Verdict,
    draft: Draft,
    language: str,
    *,
    signals: Signals,
    past: Sequence[PastTurn] = (),
    choices: tuple[str, ...] = (),
) -> Reply:
    """The reply to a turn that is not handed over; *choices* are questions that one tap asks."""
    turn = signals.turn
    parts = [_acknowledgement(verdict, language, signals, past)]
    if verdict.decision is Decision.GUIDE:
        parts.append(_guidance(draft, language, turn, choices))
    elif not draft.text:
        parts.append(_without_answer(verdict, language, turn, choices))
    else:
        parts.append(draft.text)
    if draft.text and verdict.decision is Decision.OFFER:
        parts.append(_offer(verdict, language, turn))
    return Reply(
        text="\n\n".join(part for part in parts if part),
        language=language,
        citations=draft.citations,
        buttons=_buttons(verdict, language, () if draft.text else choices),
    )


def small_talk(kind: str, language: str, turn: int) -> Reply:
    return Reply(text=say(f"small_talk_{kind}", language, variant=turn), language=language)


def person_button(language: str) -> Button:
    """One tap to a person: sends the wish in the customer's own name, on any channel."""
    label = say("button_person", language)
    return Button(label=label, value=label)


def _acknowledgement(verdict: Verdict, language: str, signals: Signals, past: Sequence[PastTurn]) -> str:
    """A feeling is named once, and not again in the very next reply."""
    turn = signals.turn
    if past and (past[-1].reason in FELT or past[-1].signals.worry >= WORRIED):
        return ""
    if verdict.reason not in FELT:
        return say("acknowledge_worry", language, variant=turn) if signals.worry >= WORRIED else ""
    return say(f"acknowledge_{verdict.reason}", language, variant=turn)


def _guidance(draft: Draft, language: str, turn: int, choices: tuple[str, ...]) -> str:
    if draft.text:
        return "\n\n".join((draft.text, say("guide_answered", language, variant=turn)))
    lines = [say("guide_intro", language, variant=turn)]
    if choices:
        lines += [say("guide_example", language, example=choices[0]), say("guide_choices", language)]
    return "\n".join(lines)


def _without_answer(verdict: Verdict, language: str, turn: int, choices: tuple[str, ...]) -> str:
    if verdict.decision is Decision.CLARIFY:
        return say("clarify_choices" if choices else "clarify", language, variant=turn)
    if verdict.decision is Decision.OFFER:
        return _offer(verdict, language, turn)
    related = (say("related", language),) if choices else ()
    return "\n".join((say("abstain", language, variant=turn), *related))


def _offer(verdict: Verdict, language: str, turn: int) -> str:
    return say(f"offer_{verdict.reason or Reason.NO_ANSWER}", language, variant=turn)


def _buttons(verdict: Verdict, language: str, choices: tuple[str, ...]) -> tuple[Button, ...]:
    """What one tap says: questions that can be answered, and the wish for a person where one is offered."""
    buttons = tuple(Button(label=choice, value=choice) for choice in choices)
    offered = verdict.decision in (Decision.OFFER, Decision.ABSTAIN, Decision.GUIDE, Decision.CLARIFY)
    return (*buttons, person_button(language)) if offered else buttons
