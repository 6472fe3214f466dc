"""Plays one scripted customer against the whole engine, with the worker's jobs done by hand."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from assistant.cli.demo_shop.orders import NewOrder
from assistant.conversation.actions.execution import ActionExecutor
from assistant.conversation.inbound.conversation_start import Visitor, open_conversation
from assistant.conversation.inbound.receive import receive_inbound
from assistant.conversation.timing import Timing
from assistant.conversation.turn.runner import TurnHandler
from assistant.domain.actions import ActionFlow, Proposal, Tool
from assistant.domain.conversation import State
from assistant.domain.jobs import JobKind
from assistant.domain.messages import Author, InboundMessage, Message
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from evals.data.action_cases import ActionCase, Person, build_person, fill_placeholders, iterate_says
from evals.fakes.faulty_shop import FaultyShop, KilledWorker

IDENTITY_KEY = b"the site's identity secret"
MAX_TURNS = 16
#: What a run does to the line, to changes and to us; right is what is right in all four.
RUNS = ("calm", "slow", "killed", "lost")
#: Beside them: our worker killed between the yes and the call, and a shop that is down throughout.
OTHER_RUNS = ("stopped", "down")
ITEMS = ("真鍮のしおり", "藍染めの布巾")
ADDRESS = "京都府京都市左京区吉田1-1"


@dataclass
class MovedClock:
    now: datetime = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """All that a conversation needs; every case has a shop of its own behind the same client."""

    database: SqlDatabase[SqlStore]
    assistant: TurnHandler
    executor: ActionExecutor
    tools: Mapping[str, Tool]
    shop: FaultyShop
    clock: MovedClock
    timing: Timing = field(default_factory=Timing)


@dataclass
class Played:
    """What happened in one run of a case."""

    case: ActionCase
    person: Person
    order: dict[str, Any]
    messages: list[Message]
    proposals: list[Proposal]
    #: Ids of messages that answered the question for a yes.
    confirmations: set[str]
    state: State
    #: Changes to orders of others.
    strays: int

    @property
    def replies(self) -> list[str]:
        return [m.text for m in self.messages if m.author is not Author.CUSTOMER]


async def play_case(engine: Engine, case: ActionCase, run: str) -> Played:
    player = _Player(engine, case, run)
    await player.open()
    for text in case.opening:
        await player.say(text)
    await player.settle()
    for _ in range(MAX_TURNS):
        words = await player.choose_words()
        if words is None:
            break
        await player.say(words)
        await player.settle()
    return await player.collect()


class _Player:
    def __init__(self, engine: Engine, case: ActionCase, run: str) -> None:
        self._engine, self._case, self._run = engine, case, run
        self._person = build_person(case)
        self._values = self._person.to_values()
        self._says: dict[str, Iterator[str]] = {}
        self._aside = dict(case.aside or {})
        self._confirmations: set[str] = set()
        self._is_stop_due = run == "stopped"
        self._talk = ""
        self._asked = ""

    async def open(self) -> None:
        shop, person = self._engine.shop, self._person
        self._engine.clock.now += timedelta(days=2)  # tries of the run before are forgotten
        shop.orders.clear()
        for number, status in (
            (person.order, self._case.order_status),
            (self._values["wrong_order"], "accepted"),
        ):
            is_theirs = number == person.order
            shop.orders.add_order(
                NewOrder(
                    id=number,
                    customer=self._case.id if is_theirs else "somebody else",
                    status=status,
                    items=ITEMS,
                    total=7_310,
                    postcode=person.postcode if is_theirs else "999-9999",
                    phone=person.phone if is_theirs else "08000000000",
                    address=ADDRESS,
                )
            )
        visitor = Visitor(locale=self._case.language)
        if self._case.who == "member":
            key = hmac.new(IDENTITY_KEY, self._case.id.encode(), hashlib.sha256).hexdigest()
            visitor = Visitor(locale=self._case.language, id=self._case.id, signature=key)
        engine = self._engine
        opened = await engine.database.write(
            lambda store: open_conversation(store, visitor, IDENTITY_KEY, ("ja", "en"), engine.clock())
        )
        self._talk = opened.conversation.id
        self._set_faults()

    def _set_faults(self) -> None:
        transport, run = self._engine.shop.transport, self._run
        transport.delay = 0.05
        kill = "kill after" if int(self._person.order[-1]) % 2 else "kill before"
        by_run = {
            "slow": {"/": "slow"},
            "killed": {"/tools": kill},
            "lost": {"/tools": "lost"},
            "down": {"/": "down"},
        }
        transport.faults = (
            by_run.get(run, {}) if run in ("slow", "down") or self._case.goal != "order_status" else {}
        )

    async def say(self, text: str) -> None:
        engine = self._engine
        inbound = InboundMessage(
            conversation=self._talk, message_id=str(uuid4()), text=fill_placeholders(text, self._values)
        )
        if self._asked == "confirm":
            self._confirmations.add(inbound.message_id)
        deliveries = 2 if self._run == "killed" else 1
        for _ in range(deliveries):
            await engine.database.write(
                lambda store: receive_inbound(store, inbound, engine.timing, engine.clock())
            )

    async def settle(self) -> None:
        """What is due, a killed worker's work done by the next one."""
        engine = self._engine
        engine.clock.now += engine.timing.debounce + timedelta(milliseconds=10)
        for _ in range(20):
            try:
                if not await self._work_once():
                    return
            except KilledWorker:
                engine.shop.transport.faults = {}
                engine.clock.now += engine.timing.lease + timedelta(seconds=1)

    async def _work_once(self) -> bool:
        engine = self._engine
        kinds = (JobKind.TURN, JobKind.ACTION)
        due = await engine.database.write(
            lambda store: store.jobs.claim_due(engine.clock(), engine.timing.lease, 10, kinds)
        )
        for job in due:
            if job.kind is JobKind.ACTION and self._is_stop_due:
                self._is_stop_due = False
                raise KilledWorker
            handler = (
                engine.assistant.take_turn if job.kind is JobKind.TURN else engine.executor.execute_proposal
            )
            await handler(job)
        return bool(due)

    async def choose_words(self) -> str | None:
        """The answer to the question that is open; None: there is none."""
        engine = self._engine
        flow, state, last = await engine.database.read(self._look)
        if state is not State.ASSISTANT:
            return None
        if flow is None:
            return self._tap_offer(last)
        self._asked = flow.asking
        if self._aside and self._aside.get("at") == flow.asking:
            self._asked = ""
            said, self._aside = self._aside["text"], {}
            return said
        if flow.asking == "code":
            self._values["code"] = engine.shop.orders.find_last_mail() or ""
        words = self._says.setdefault(flow.asking, iterate_says(self._case, flow.asking))
        return next(words) or None

    def _look(self, store: SqlStore) -> tuple[ActionFlow | None, State, Message]:
        since = self._engine.clock() - timedelta(minutes=30)
        messages = store.messages.list_public(self._talk)
        state = store.conversations.get(self._talk).state
        return store.actions.load_flow(self._talk, since), state, messages[-1]

    def _tap_offer(self, last: Message) -> str | None:
        """A customer whose request was answered as a question taps it where it is offered."""
        purpose = self._engine.tools[self._case.goal].purpose[self._case.language]
        has_begun = bool(self._says) or self._asked == "tapped"
        if has_begun or purpose not in {button.value for button in last.buttons}:
            return None
        self._asked = "tapped"
        return purpose

    async def collect(self) -> Played:
        engine = self._engine
        messages, proposals, state = await engine.database.read(
            lambda store: (
                list(store.messages.list_public(self._talk)),
                list(store.actions.list_by_conversation(self._talk)),
                store.conversations.get(self._talk).state,
            )
        )
        order = engine.shop.orders.find_order(self._person.order) or {}
        other = engine.shop.orders.find_order(self._values["wrong_order"]) or {}
        return Played(
            case=self._case,
            person=self._person,
            order=order,
            messages=messages,
            proposals=proposals,
            confirmations=self._confirmations,
            state=state,
            strays=int(other.get("changes", 0)),
        )
