"""Customers, workers and agents in any order, on the real store and desk; each step is checked.

The worker's thinking stops at a gate, so that everything else can happen while it thinks.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, precondition, rule

from assistant.answering.quotes.answerer import ExtractiveAnswerer
from assistant.conversation.inbound import customer_actions
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import Conflict
from assistant.domain.jobs import Job, JobKind
from assistant.domain.people import Agent
from assistant.ports.answering import AnswerRequest, Draft, Progress
from assistant.storage.store import SqlStore
from tests.conversation.promises import (
    StoredConversation,
    each_burst_has_one_reply,
    every_change_of_owner_is_audited,
    nobody_waits_in_silence,
    nothing_is_lost_or_doubled,
    numbers_have_no_gaps,
    the_assistant_is_silent,
    who_is_not_answered_has_a_turn_to_come,
)
from tests.harness import Harness, memory_database

#: Questions that the knowledge base answers, a wish for a person, small talk.
WORDS = st.sampled_from(["返品の期限は？", "開封した商品は？", "担当者と話したい", "こんにちは"])
#: Longer than a burst, a lease, a deadline.
PAUSES = st.sampled_from([0.1, 0.7, 7.0, 16.0, 31.0, 700.0, -5.0])


class GatedAnswerer:
    """An answerer that answers only when it is let."""

    def __init__(self) -> None:
        self.waiting: list[asyncio.Event] = []

    async def write_answer(self, request: AnswerRequest, progress: Progress) -> Draft:
        opened = asyncio.Event()
        self.waiting.append(opened)
        try:
            await opened.wait()
        finally:
            self.waiting.remove(opened)
        return await ExtractiveAnswerer().write_answer(request, progress)


class ConversationMachine(RuleBasedStateMachine):
    talks = Bundle("talks")
    sent = Bundle("sent")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.gate = GatedAnswerer()
        self.rig = Harness(memory_database(), answerer=self.gate)
        self.agents: list[Agent] = [self.run(self.rig.hire(name)) for name in ("Mori", "Sato")]
        self.known: list[str] = []
        self.acknowledged: dict[str, dict[str, str]] = {}
        self.workers: list[asyncio.Task[None]] = []
        #: Since when (seq) a person owns a conversation.
        self.taken: dict[str, int] = {}

    def run(self, coroutine: Any) -> Any:
        return self.loop.run(coroutine)

    def teardown(self) -> None:
        for task in self.workers:
            task.cancel()
        self.run(asyncio.sleep(0))
        self.loop.close()
        self.rig.database.close()

    # -- the customer

    @rule(target=talks)
    @precondition(lambda self: len(self.known) < 2)
    def opens(self) -> Any:
        conversation = self.run(self.rig.open()).conversation.id
        self.known.append(conversation)
        self.acknowledged[conversation] = {}
        return conversation

    @rule(target=sent, talk=talks, text=WORDS)
    def says(self, talk: str, text: str) -> Any:
        return self._deliver(talk, str(uuid4()), text)

    @rule(target=sent, talk=talks, text=WORDS)
    def asks(self, talk: str, text: str) -> Any:
        """Says something, pauses, and a worker begins to think about it."""
        said = self._deliver(talk, str(uuid4()), text)
        self.rig.clock.pass_(1)
        self.worker_starts()
        return said

    @rule(message=sent)
    def delivers_again(self, message: tuple[str, str, str]) -> None:
        self._deliver(*message)

    def _deliver(self, talk: str, message: str, text: str) -> Any:
        closed = self._state(talk).state is State.CLOSED
        try:
            self.run(self.rig.say(talk, text, message))
        except Conflict:
            assert closed
            assert message not in self.acknowledged[talk]
            return multiple()
        assert not closed or message in self.acknowledged[talk]
        self.acknowledged[talk][message] = text
        return talk, message, text

    @rule(talk=talks, what=st.sampled_from(["ask_for_person", "cancel_wait", "close"]))
    def presses(self, talk: str, what: str) -> None:
        rig, now = self.rig, self.rig.clock()
        press = {
            "ask_for_person": lambda s: customer_actions.request_human(
                s, talk, rig.policy, rig.assistant.pick_facts, now
            ),
            "cancel_wait": lambda s: customer_actions.cancel_wait(s, talk, now),
            "close": lambda s: customer_actions.close_conversation(
                s, talk, rig.policy, rig.assistant.pick_facts, now
            ),
        }[what]
        self._agents_or_nobody(rig.database.write(press))
        if what == "cancel_wait" and self._state(talk).state is State.ASSISTANT:
            # An agent's claim had lapsed, and the customer waits no more: nobody has it.
            self.taken.pop(talk, None)
        if what == "ask_for_person" and self._state(talk).state is not State.CLOSED:
            assert self._state(talk).state in (State.QUEUED, State.AGENT)

    # -- the worker

    @rule()
    def worker_starts(self) -> None:
        rig = self.rig
        due = self.run(rig.database.write(lambda s: s.jobs.claim_due(rig.clock(), rig.timing.lease, 10)))
        self.run(self._start(due))

    async def _start(self, due: list[Job]) -> None:
        does = {
            JobKind.TURN: self.rig.assistant.take_turn,
            JobKind.DEADLINE: self.rig.watchdog.handle_deadline,
            # Making packets better changes nothing that is promised here.
            JobKind.PACKET: self.rig.enricher.give_up,
            JobKind.IDLE: self.rig.closer.close_idle,
            JobKind.CASE: self.rig.case_opener.review_end,
            JobKind.SLA: self.rig.timer.update_clocks,
        }
        self.workers += [asyncio.ensure_future(does[item.kind](item)) for item in due]
        await self._until_quiet()

    @rule()
    @precondition(lambda self: self.gate.waiting)
    def another_worker_takes_over(self) -> None:
        """The first was not heard of for a whole lease; it still thinks."""
        self.rig.clock.pass_(self.rig.timing.lease.total_seconds() + 0.1)
        self.worker_starts()

    @rule(which=st.integers(0, 5))
    @precondition(lambda self: self.gate.waiting)
    def model_answers(self, which: int) -> None:
        self.gate.waiting[which % len(self.gate.waiting)].set()
        self.run(self._until_quiet())

    @rule()
    @precondition(lambda self: self.gate.waiting)
    def worker_dies(self) -> None:
        for task in self.workers:
            task.cancel()
        self.run(self._until_quiet())

    async def _until_quiet(self) -> None:
        """Everybody at work is either done or thinking."""
        await asyncio.sleep(0)
        while sum(not task.done() for task in self.workers) > sum(not e.is_set() for e in self.gate.waiting):
            await asyncio.sleep(0.0005)
        ended, self.workers = [t for t in self.workers if t.done()], [t for t in self.workers if not t.done()]
        for task in ended:
            assert task.cancelled() or task.exception() is None, task.exception()

    @rule(seconds=PAUSES)
    def time_passes(self, seconds: float) -> None:
        self.rig.clock.pass_(seconds)

    # -- agents

    @rule(talk=talks, who=st.integers(0, 1))
    def claims(self, talk: str, who: int) -> None:
        before = self._state(talk)
        won = self._agents_or_nobody(self.rig.claim(talk, self.agents[who]))
        had_it = before.state is State.AGENT and before.agent != self.agents[who].id
        assert not (won and had_it), "two agents in one conversation"
        if won and before.state is not State.AGENT:
            self.taken[talk] = self._state(talk).seq

    @rule(talk=talks, who=st.integers(0, 1), what=st.sampled_from(["reply", "note", "return", "resolve"]))
    def acts(self, talk: str, who: int, what: str) -> None:
        agent, before = self.agents[who], self._state(talk)
        ways: dict[str, Callable[[], Any]] = {
            "reply": lambda: self.rig.reply(talk, agent, "お待たせしました。"),
            "note": lambda: self.rig.reply(talk, agent, "要確認", private=True),
            "return": lambda: self.rig.give_back(talk, agent),
            "resolve": lambda: self.rig.resolve(talk, agent),
        }
        done = self._agents_or_nobody(ways[what]())
        owns = before.state is State.AGENT and before.agent == agent.id
        assert what == "note" or bool(done) == owns, "only the owner may"
        if done and what == "return":
            self.taken.pop(talk, None)

    def _agents_or_nobody(self, deed: Any) -> Any:
        """What a deed brought, or None when it does not fit the state."""
        try:
            return self.run(deed)
        except Conflict:
            return None

    # -- what must hold

    @invariant()
    def every_promise_holds(self) -> None:
        for talk in self.known:
            held = self._held(talk)
            nothing_is_lost_or_doubled(held, self.acknowledged[talk])
            numbers_have_no_gaps(held)
            each_burst_has_one_reply(held)
            who_is_not_answered_has_a_turn_to_come(held)
            nobody_waits_in_silence(held)
            every_change_of_owner_is_audited(held)
            if talk in self.taken:
                the_assistant_is_silent(held, self.taken[talk])

    def _held(self, talk: str) -> StoredConversation:
        """Everything stored about a conversation; nobody is at work in the database now."""
        with self.rig.database.engine.begin() as connection:
            store = SqlStore(connection)
            return StoredConversation(
                conversation=store.conversations.get(talk),
                messages=store.messages.list_public(talk),
                records=store.turns.list_all(talk),
                turn=store.jobs.get(JobKind.TURN, talk),
                deadline=store.jobs.get(JobKind.DEADLINE, talk),
                audit=store.audit.list_entries(conversation=talk),
            )

    def _state(self, talk: str) -> Conversation:
        return self._held(talk).conversation


class SettlingMachine(ConversationMachine):
    """The same, and at the end everything calms down: nobody is left without an answer or a place to wait."""

    def teardown(self) -> None:
        try:
            self.run(self._calm_down())
            for talk in self.known:
                held = self._held(talk)
                assert not held.unheard or held.conversation.state is not State.ASSISTANT, "left in silence"
        finally:
            ConversationMachine.teardown(self)

    async def _calm_down(self) -> None:
        self.gate.write_answer = ExtractiveAnswerer().write_answer  # type: ignore[method-assign]
        for event in self.gate.waiting:
            event.set()
        await self._until_quiet()
        for _ in range(3):
            self.rig.clock.pass_(timedelta(minutes=11).total_seconds())
            await self.rig.work()
