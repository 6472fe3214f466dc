"""Puts a reply together: one honest sentence of acknowledgement, the answer, an offer, buttons."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.conversation.templates import render_template
from assistant.domain.knowledge import Passage
from assistant.domain.markdown import escape_markdown
from assistant.domain.messages import Button, Citation, Reply
from assistant.domain.signals import FEELING_THRESHOLD, Decision, Reason, Signals, Verdict
from assistant.domain.turns import PastTurn
from assistant.ports.answering import Draft

#: Reasons that call for an apology.
APOLOGY_REASONS = (Reason.FRUSTRATED, Reason.STUCK, Reason.COMPLAINT)
#: From here on somebody is reassured before they are answered.
WORRY_THRESHOLD = 0.7


#: Small talk that asks who or whether anybody is there: a person is one tap away.
ASKS_WHO = ("identity", "presence")


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMatches:
    """What is shown where nothing answers for sure."""

    #: Questions that one tap asks.
    choices: tuple[str, ...] = ()
    #: Articles that come near, the quote is the likeliest line of each.
    cards: Sequence[Citation] = ()
    #: What the first card is about: its title and heading.
    subject: str = ""


NO_MATCHES = NearMatches()


def compose_reply(
    verdict: Verdict,
    draft: Draft,
    language: str,
    *,
    signals: Signals,
    past: Sequence[PastTurn] = (),
    near: NearMatches = NO_MATCHES,
) -> Reply:
    """The reply to a turn that is not handed over."""
    turn, choices = signals.turn, near.choices
    parts = [_render_acknowledgement(verdict, language, signals, past)]
    if verdict.decision is Decision.GUIDE:
        parts.append(_render_guidance(draft, language, turn, choices))
    elif signals.only_rejects:
        others = [render_template("other_articles", language)] if choices else []
        parts.append("\n\n".join((*others, _render_offer(verdict, language, turn))))
    elif not draft.text:
        parts.append(_render_no_answer(verdict, language, turn, near))
    else:
        parts.append(draft.text)
    if draft.text and verdict.decision is Decision.OFFER:
        parts.append(_render_offer(verdict, language, turn))
    return Reply(
        text="\n\n".join(part for part in parts if part),
        language=language,
        citations=draft.citations or tuple(near.cards),
        buttons=_build_buttons(verdict, language, () if draft.text else choices),
    )


def name_subject(cards: Sequence[Citation], passages: Sequence[Passage]) -> str:
    """The title of the first card, and the heading under which its line stands."""
    nearest = [one for card in cards[:1] for one in passages if one.article == card.article]
    return " › ".join((nearest[0].title, *nearest[0].headings[-1:])) if nearest else ""


def compose_small_talk(kind: str, language: str, turn: int) -> Reply:
    text = render_template(f"small_talk_{kind}", language, variant=turn)
    buttons = (build_person_button(language),) if kind in ASKS_WHO else ()
    return Reply(text=text, language=language, buttons=buttons)


def build_person_button(language: str) -> Button:
    """One tap to a person: sends the wish in the customer's own name, on any channel."""
    label = render_template("button_person", language)
    return Button(label=label, value=label)


def _render_acknowledgement(
    verdict: Verdict, language: str, signals: Signals, past: Sequence[PastTurn]
) -> str:
    """A feeling is named once, and not again in the very next reply."""
    turn = signals.turn
    before = past[-1] if past else None
    if before and (_find_apology(before, before.signals) or before.signals.worry >= WORRY_THRESHOLD):
        return ""
    if reason := _find_apology(verdict, signals):
        return render_template(f"acknowledge_{reason}", language, variant=turn)
    return (
        render_template("acknowledge_worry", language, variant=turn)
        if signals.worry >= WORRY_THRESHOLD
        else ""
    )


def _find_apology(decided: Verdict | PastTurn, signals: Signals) -> Reason | None:
    """What is apologized for: "no machine understands this" asks for a person, and is said in anger."""
    if decided.reason in APOLOGY_REASONS:
        return decided.reason
    is_angry = decided.decision is Decision.OFFER and signals.frustration >= FEELING_THRESHOLD
    return Reason.FRUSTRATED if is_angry else None


def _render_guidance(draft: Draft, language: str, turn: int, choices: tuple[str, ...]) -> str:
    if draft.text:
        return "\n\n".join((draft.text, render_template("guide_answered", language, variant=turn)))
    lines = [render_template("guide_intro", language, variant=turn)]
    if choices:
        lines += [
            render_template("guide_example", language, example=choices[0]),
            render_template("guide_choices", language),
        ]
    return "\n".join(lines)


def _render_no_answer(verdict: Verdict, language: str, turn: int, near: NearMatches) -> str:
    if verdict.decision is Decision.CLARIFY:
        return render_template("clarify_choices" if near.choices else "clarify", language, variant=turn)
    if verdict.decision is Decision.OFFER:
        return _render_offer(verdict, language, turn)
    if not near.cards:
        return render_template("abstain", language, variant=turn)
    cards = [f"- **{card.title}**: {card.quote} [{card.n}]" for card in near.cards]
    declined = render_template("abstain_near", language, variant=turn, subject=escape_markdown(near.subject))
    return "\n".join((declined, *cards))


def _render_offer(verdict: Verdict, language: str, turn: int) -> str:
    return render_template(f"offer_{verdict.reason or Reason.NO_ANSWER}", language, variant=turn)


def _build_buttons(verdict: Verdict, language: str, choices: tuple[str, ...]) -> tuple[Button, ...]:
    """What one tap says: questions that can be answered, and the wish for a person where one is offered."""
    buttons = tuple(Button(label=choice, value=choice) for choice in choices)
    offered = verdict.decision in (Decision.OFFER, Decision.ABSTAIN, Decision.GUIDE, Decision.CLARIFY)
    return (*buttons, build_person_button(language)) if offered else buttons
