"""The few sentences at the top of a packet: what it is about, what was tried, and what to do first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.domain.actions import ProposalState
from assistant.domain.customer_facts import EXCERPT_SEPARATOR, CustomerFacts
from assistant.domain.signals import FEELING_THRESHOLD, Reason, Signals, is_distressed
from assistant.domain.summaries import SUMMARIES

LINE = "\n"
MAX_LAST_CHARACTERS = 120
#: Feelings that a summary names, most serious first.
NAMED_FEELINGS = ("distress", "harassment", "worry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Why a person comes in, and how the customer feels."""

    reason: Reason | None = None
    feelings: Mapping[str, float] = field(default_factory=dict)
    sensitive: str | None = None
    #: The assistant has searched and found something.
    is_tried: bool = False
    #: What was promised in earlier conversations.
    promises: tuple[str, ...] = ()
    #: Something was changed for them, and they know.
    is_done: bool = False

    def has_feeling(self, name: str) -> bool:
        return self.feelings.get(name, 0.0) >= FEELING_THRESHOLD

    @property
    def is_distressed(self) -> bool:
        return is_distressed(Signals(distress=self.feelings.get("distress", 0.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryParts:
    """What a summary without a model is made of."""

    ask: str | None
    searches: int = 0
    articles: tuple[str, ...] = ()
    is_angry: bool = False
    last: str = ""
    #: What was done for them, with the time.
    done: tuple[str, ...] = ()
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class NextStep:
    """Names of sentences in the tables of `summaries.py`, with what stands in them."""

    opening: str | None
    step: str
    values: tuple[tuple[str, str], ...] = ()
    #: Names of what is missing.
    missing: tuple[str, ...] = ()
    closing: str | None = None


def read_situation(packet: Mapping[str, Any]) -> Situation:
    """The situation that a packet was built from, as far as it is kept in it."""
    reason = packet["trigger"]["reason"]
    serious = packet["issue"].get("sensitive")
    return Situation(
        reason=Reason(reason) if reason else None,
        feelings=packet.get("feelings") or {},
        sensitive=serious,
        is_tried=any(attempt["sources"] for attempt in packet["attempts"]),
        promises=tuple(
            promise for past in packet["customer"]["previous"] for promise in past.get("promises", ())
        ),
        is_done=any(action["state"] == ProposalState.OK for action in packet["actions"]),
    )


def select_next_step(situation: Situation, facts: CustomerFacts) -> NextStep:
    """What the agent would best do first: the most pressing that applies."""
    if situation.sensitive == "harm" or situation.is_distressed:
        return NextStep(None, "step_safety")
    if situation.sensitive == "fraud":
        return NextStep(None, "step_fraud")
    opening, promises = _select_opening(situation), (*situation.promises, *facts.promises)
    if promises:
        return NextStep(opening, "step_promise", (("promise", promises[-1].partition(": ")[2]),))
    if facts.is_settled:
        return NextStep(None, "step_settled")
    if situation.is_done:
        return NextStep(opening, "step_done")
    return _select_way_to_answer(situation, facts, opening)


def _select_way_to_answer(situation: Situation, facts: CustomerFacts, opening: str | None) -> NextStep:
    """What is to be asked or answered, and how they want to be reached."""
    phone = next((fact.partition(": ")[2] for fact in facts.claimed if fact.startswith("phone: ")), None)
    if facts.ask is None:
        bare = NextStep(opening, "step_ask")
        return NextStep(opening, "step_call_ask", (("phone", phone),)) if phone else bare
    if facts.missing:
        return NextStep(opening, "step_missing", (), facts.missing)
    if phone and situation.reason is Reason.ASKED_FOR_PERSON:
        return NextStep(opening, "step_call", (("phone", phone),))
    if facts.wish is None and situation.is_tried and situation.reason in (Reason.STUCK, Reason.FRUSTRATED):
        return NextStep(opening, "step_other")
    step, values = _select_answer(situation, facts)
    return NextStep(opening, step, values, (), _select_closing(situation))


def _select_answer(situation: Situation, facts: CustomerFacts) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What they wish for or ask, in their words; else by what went wrong."""
    if facts.wish:
        return "step_wish", (("wish", facts.wish),)
    if facts.question:
        return "step_question", (("question", facts.question),)
    if situation.has_feeling("complaint") or situation.reason is Reason.COMPLAINT:
        return "step_trouble", ()
    return "step_complete" if facts.needs else "step_answer", ()


def _select_closing(situation: Situation) -> str | None:
    """What not to do again: an answer that missed what was asked."""
    return "close_missed" if situation.has_feeling("reply_missed") else None


def _select_opening(situation: Situation) -> str | None:
    """How to begin before the matter: what the customer feels comes first."""
    if situation.has_feeling("harassment"):
        return "open_harassment"
    if situation.has_feeling("worry"):
        return "open_worry"
    if situation.has_feeling("complaint") or situation.reason is Reason.COMPLAINT:
        return "open_complaint"
    if situation.has_feeling("frustration") or situation.reason is Reason.FRUSTRATED:
        return "open_frustration"
    return None


def render_next_step(step: NextStep, language: str) -> str:
    words = SUMMARIES[language]
    missing = words["and"].join(words.get(need, need) for need in step.missing)
    text = words[step.step].format(**dict(step.values), missing=missing)
    before = [words[step.opening]] if step.opening else []
    after = [words[step.closing]] if step.closing else []
    return words["gap"].join((*before, text, *after))


def render_summary(parts: SummaryParts, situation: Situation, step: NextStep, language: str) -> str:
    """What it is about, what was tried, why a person comes in; what was done, and the next step, in lines."""
    words = SUMMARIES[language]
    told = [render_ask(parts.ask, language)]
    if parts.searches:
        name = "tried" if parts.articles else "empty"
        told.append(words[name].format(count=parts.searches, articles=", ".join(parts.articles)))
    if parts.is_settled:
        told.append(words["settled"])
    elif situation.reason:
        told.append(words[situation.reason])
    if parts.is_angry and situation.reason is not Reason.FRUSTRATED:
        told.append(words[Reason.FRUSTRATED])
    told += [words[name] for name in NAMED_FEELINGS if situation.has_feeling(name)]
    if _is_worth_quoting(parts, situation):
        told.append(words["last"].format(last=" ".join(parts.last.split())[:MAX_LAST_CHARACTERS]))
    done = [words["done"].format(done=one) for one in parts.done]
    return LINE.join((words["gap"].join(told), *done, render_next_step(step, language)))


def render_ask(ask: str | None, language: str) -> str:
    words = SUMMARIES[language]
    return words["ask"].format(ask=ask) if ask else words["none"]


def _is_worth_quoting(parts: SummaryParts, situation: Situation) -> bool:
    """The last words, where they say more than the matter; an insult is not repeated."""
    if not parts.last or parts.ask is None or situation.has_feeling("harassment"):
        return False
    said = " ".join(parts.last.split())
    return all(piece.rstrip("…") not in said for piece in parts.ask.split(EXCERPT_SEPARATOR))


def update_summary(
    text: str, language: str, asks: tuple[str | None, str | None], step: NextStep, better: str | None
) -> str:
    """A summary with the matter as it is known now (*asks*: before, now) or *better* words, and *step*."""
    body, *done = text.split(LINE)[:-1]
    before, now = (render_ask(ask, language) for ask in asks)
    if body.startswith(before):
        body = now + body[len(before) :]
    return LINE.join((better or body, *done, render_next_step(step, language)))
