"""One simulated customer: an agenda that reacts to decisions, articles and buttons, never to wording."""

from dataclasses import dataclass, field
from random import Random

from assistant.conversation.templates import render_template
from assistant.domain.actions import Asking
from assistant.domain.messages import Button
from assistant.domain.signals import Decision
from assistant.rehearsal.article_goals import is_told
from assistant.rehearsal.goals import FACT_KINDS, PERSON_KINDS, CustomerGoal, GoalKind
from assistant.rehearsal.personas import Disturbance, Persona, add_typo, split_message, style_opening
from assistant.rehearsal.phrases import choose_phrase, list_phrases

#: How often somebody asks for a person before they leave.
MAX_REQUESTS = 3
#: Turns of somebody who wants what belongs to others.
MAX_PROBES = 2
MAX_ORDER_TURNS = 5
#: Chance that somebody who got the answer says thanks, and that one who did not wants a person.
THANKS = 0.25
WANTS_PERSON_AFTERWARDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenReply:
    """What a customer sees of a reply, and what was decided."""

    text: str
    decision: str
    buttons: tuple[Button, ...] = ()
    is_handed_over: bool = False
    #: What a request waits for: a slot of its tool, a proof; empty: nothing.
    asks_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderInHand:
    number: str
    postcode: str


@dataclass(slots=True, kw_only=True)
class SimulatedCustomer:
    goal: CustomerGoal
    persona: Persona
    disturbance: Disturbance
    rng: Random
    #: What `CHANGED_GOAL` begins with.
    detour: CustomerGoal | None = None
    order: OrderInHand | None = None
    turns: int = 0
    #: In which turn the fact was told, a person asked for, and reached.
    told_turn: int | None = None
    asked_turn: int | None = None
    reached_turn: int | None = None
    _level: int = 0
    _requests: int = 0
    _is_leaving: bool = False
    _said: list[str] = field(default_factory=list)
    _is_on_detour: bool = False
    #: Turns before the goal was told of.
    detour_turns: int = 0

    def open_conversation(self) -> list[str]:
        """The first messages."""
        if self.disturbance is Disturbance.CHANGED_GOAL and self.detour is not None:
            self._is_on_detour = True
            return self._say(style_opening(self.rng, self.persona, self.language, self.detour.tellings[0]))
        return self._begin()

    def answer_reply(self, reply: SeenReply) -> list[str]:
        """The next messages; [] when they leave."""
        self.turns += 1
        self._note_reply(reply)
        if reply.is_handed_over or self._is_leaving:
            return []
        if self._is_on_detour:
            self._is_on_detour, self.detour_turns = False, self.turns
            text = choose_phrase(self.rng, self.language, "reply", "change", text=self._begin_text())
            return self._say(text)
        if self.asked_turn is not None:
            return self._ask_for_person(reply)
        if self.goal.kind in FACT_KINDS:
            return self._pursue_fact(reply)
        if self.goal.kind is GoalKind.ORDER_STATUS:
            return self._pursue_order(reply)
        if self.goal.kind is GoalKind.OTHERS_DATA and self.turns < MAX_PROBES:
            return self._say(choose_phrase(self.rng, self.language, "goal", "others_data"))
        return []

    @property
    def language(self) -> str:
        return self.goal.language

    def _begin_text(self) -> str:
        if self.goal.kind in PERSON_KINDS:
            self.asked_turn = self.turns
        if self.goal.fact is not None and not self.persona.is_vague:
            self._level = 1
        return self._current_text

    def _begin(self) -> list[str]:
        text = self._begin_text()
        if self.goal.kind is GoalKind.WORRIED_FACT:
            return self._say(choose_phrase(self.rng, self.language, "goal", "worry", text=text))
        if self.goal.kind in FACT_KINDS | {GoalKind.UNANSWERABLE}:
            return self._say(style_opening(self.rng, self.persona, self.language, text))
        return self._say(text)

    def _note_reply(self, reply: SeenReply) -> None:
        if reply.is_handed_over and self.reached_turn is None:
            self.reached_turn = self.turns
        fact = self.goal.fact
        if fact is not None and self.told_turn is None and is_told(fact, "\n".join(self._said), reply.text):
            self.told_turn = self.turns
        if self.goal.kind is GoalKind.ORDER_STATUS and self.order is not None and not reply.asks_for:
            is_status = self.order.number in reply.text and any(
                self.order.number in said for said in self._said
            )
            self.told_turn = self.told_turn or (self.turns if is_status else None)

    def _pursue_fact(self, reply: SeenReply) -> list[str]:
        if self.told_turn is not None:
            return self._take_leave()
        if self.disturbance is Disturbance.REPEAT and self.turns == self.detour_turns + 1:
            return self._say(
                choose_phrase(self.rng, self.language, "reply", "again", text=self._current_text)
            )
        if self.turns - self.detour_turns >= self.persona.patience or self._level + 1 >= len(
            self.goal.tellings
        ):
            return self._give_up(reply)
        self._level += 1
        assert self.goal.fact is not None
        pressed = next((one for one in reply.buttons if one.value == self.goal.fact.title), None)
        if pressed is not None:
            return self._press(pressed)
        if self.persona.wants_no_person and reply.decision == Decision.OFFER:
            name = "decline"
        else:
            name = "angry_not_helped" if self.persona.is_angry else "not_helped"
        return self._say(choose_phrase(self.rng, self.language, "reply", name, text=self._current_text))

    @property
    def _current_text(self) -> str:
        return self.goal.tellings[self._level]

    def _take_leave(self) -> list[str]:
        if self.rng.random() >= THANKS:
            return []
        self._is_leaving = True
        return self._say(choose_phrase(self.rng, self.language, "reply", "thanks"))

    def _give_up(self, reply: SeenReply) -> list[str]:
        if self.persona.wants_no_person or self.rng.random() >= WANTS_PERSON_AFTERWARDS:
            return []
        self.asked_turn = self.turns
        return self._ask_for_person(reply)

    def _ask_for_person(self, reply: SeenReply) -> list[str]:
        if self._requests >= MAX_REQUESTS:
            return []
        self._requests += 1
        label = render_template("button_person", self.language)
        pressed = next((one for one in reply.buttons if one.label == label), None)
        if pressed is not None:
            return self._press(pressed)
        return self._say(choose_phrase(self.rng, self.language, "reply", "want_person"))

    def _pursue_order(self, reply: SeenReply) -> list[str]:
        if self.told_turn is not None or self.order is None or self.turns >= MAX_ORDER_TURNS:
            return []
        if reply.asks_for == Asking.PROOF:
            return self._say(
                choose_phrase(self.rng, self.language, "reply", "proof", postcode=self.order.postcode)
            )
        if reply.asks_for or self.turns == 1:
            return self._say(
                choose_phrase(self.rng, self.language, "reply", "order_number", number=self.order.number)
            )
        return []

    def _press(self, button: Button) -> list[str]:
        self._said.append(button.value)
        return [button.value]

    def _say(self, text: str) -> list[str]:
        """*text* as it is sent: with what disturbs it, in one message or two."""
        self._said.append(text)
        if self.disturbance is Disturbance.TYPO:
            text = add_typo(self.rng, text)
        if self.disturbance is Disturbance.BURST:
            return split_message(text)
        if self.disturbance is Disturbance.INTERRUPTION and self.turns == 0:
            return [self.rng.choice(list_phrases(self.language, "reply", "interrupt")), text]
        return [text]
