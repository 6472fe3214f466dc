"""The conversation engine on a database of its own in memory, with a clock that is moved by hand."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from assistant.conversation.inbound.conversation_start import Visitor, open_conversation
from assistant.conversation.inbound.customer_actions import close_conversation
from assistant.conversation.inbound.receive import receive_inbound
from assistant.conversation.timing import Timing
from assistant.conversation.turn.runner import TurnHandler
from assistant.conversation.turn.think import TurnDependencies
from assistant.domain.conversation import State
from assistant.domain.jobs import Job, JobKind
from assistant.domain.messages import Author, InboundMessage, Message
from assistant.domain.turns import TurnRecord
from assistant.ports.notifications import Notifier
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Database, Store
from assistant.rehearsal.customer import SeenReply, SimulatedCustomer
from assistant.rehearsal.judging import JudgingRules, judge_conversation
from assistant.rehearsal.personas import LATE_SECONDS, Disturbance
from assistant.rehearsal.transcript_log import RehearsedConversation, SpokenLine

#: Between two customers.
PAUSE_SECONDS = 60.0
#: A busy machine decides nothing.
PATIENT = Timing(turn_deadline=timedelta(minutes=10))
MAX_TURNS = 12
#: Titles of articles and buttons in a line's note.
MAX_NOTED = 4


@dataclass(slots=True)
class SimulatedClock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(slots=True, kw_only=True)
class RehearsalEngine:
    """Talks to one customer after the other."""

    database: Database[Store]
    mind: TurnDependencies
    wire: Notifier
    pick_facts: FactPicker
    clock: SimulatedClock
    rules: JudgingRules
    #: Gives the database back.
    close: Callable[[], None]
    timing: Timing = PATIENT

    async def rehearse_customer(self, key: str, customer: SimulatedCustomer) -> RehearsedConversation:
        """One conversation from the first message until the customer leaves, judged."""
        visitor = Visitor(locale=customer.language)
        languages, now = self.mind.languages, self.clock()
        started = await self.database.write(
            lambda store: open_conversation(store, visitor, b"rehearsal", languages, now)
        )
        conversation, lines, records = started.conversation.id, list[SpokenLine](), list[TurnRecord]()
        says, seen = customer.open_conversation(), 0
        for _ in range(MAX_TURNS):
            lines += [SpokenLine(author=Author.CUSTOMER, text=text) for text in says]
            await self._say(conversation, says, customer)
            replies, records, seen = await self._load_replies(conversation, seen)
            reply = await self._see_reply(conversation, replies, records)
            lines += [_log_reply(one, records) for one in replies]
            says = customer.answer_reply(reply)
            if not says:
                break
            late = customer.disturbance is Disturbance.LATE
            self.clock.advance(LATE_SECONDS if late else 10.0)
        await self._leave(conversation)
        await self.rules.sources.load_articles(article for line in lines for article in line.articles)
        return judge_conversation(key, customer, lines, records, self.rules)

    async def _say(self, conversation: str, texts: Sequence[str], customer: SimulatedCustomer) -> None:
        """Send the messages and let the assistant answer; the last may come while it works."""
        interrupts = customer.disturbance is Disturbance.INTERRUPTION and len(texts) > 1
        for text in texts[:-1] if interrupts else texts:
            await self._send(conversation, text)
            self.clock.advance(0.1)
        self._let_quiet_time_pass()
        if interrupts:
            jobs = await self._claim_jobs()
            turns = [asyncio.create_task(self._do_job(job)) for job in jobs]
            await asyncio.sleep(0)
            await self._send(conversation, texts[-1])
            await asyncio.gather(*turns)
            self._let_quiet_time_pass()
        while jobs := await self._claim_jobs():
            for job in jobs:
                await self._do_job(job)

    def _let_quiet_time_pass(self) -> None:
        self.clock.advance(self.timing.debounce.total_seconds() + 0.01)

    async def _send(self, conversation: str, text: str) -> None:
        inbound = InboundMessage(conversation=conversation, message_id=str(uuid4()), text=text)
        await self.database.write(lambda store: receive_inbound(store, inbound, self.timing, self.clock()))

    async def _claim_jobs(self) -> Sequence[Job]:
        return await self.database.write(
            lambda store: store.jobs.claim_due(self.clock(), self.timing.lease, 4, (JobKind.TURN,))
        )

    async def _do_job(self, job: Job) -> None:
        handler = TurnHandler(
            database=self.database,
            mind=self.mind,
            wire=self.wire,
            timing=self.timing,
            pick_facts=self.pick_facts,
            clock=self.clock,
        )
        await handler.take_turn(job)

    async def _load_replies(
        self, conversation: str, seen: int
    ) -> tuple[list[Message], list[TurnRecord], int]:
        def load(store: Store) -> tuple[list[Message], list[TurnRecord]]:
            messages = store.messages.list_public(conversation, after=seen)
            return list(messages), list(store.turns.list_all(conversation))

        messages, records = await self.database.read(load)
        replies = [one for one in messages if one.author is not Author.CUSTOMER]
        return replies, records, max((one.seq for one in messages), default=seen)

    async def _see_reply(
        self, conversation: str, replies: Sequence[Message], records: Sequence[TurnRecord]
    ) -> SeenReply:
        def load(store: Store) -> tuple[State, str]:
            flow = store.actions.load_flow(conversation, self.clock() - timedelta(hours=1))
            return store.conversations.get(conversation).state, flow.asking if flow else ""

        state, asks_for = await self.database.read(load)
        return SeenReply(
            text="\n".join(one.text for one in replies),
            decision=str(records[-1].verdict.decision) if records else "",
            buttons=tuple(button for one in replies for button in one.buttons),
            is_handed_over=state is not State.ASSISTANT,
            asks_for=asks_for,
        )

    async def _leave(self, conversation: str) -> None:
        now, policy = self.clock(), self.rules.policy
        await self.database.write(
            lambda store: close_conversation(store, conversation, policy, self.pick_facts, now)
        )
        self.clock.advance(PAUSE_SECONDS)


def _log_reply(message: Message, records: Sequence[TurnRecord]) -> SpokenLine:
    known: Mapping[str | None, TurnRecord] = {record.reply_id: record for record in records}
    record = known.get(message.id, records[-1] if records else None)
    parts = []
    if record is not None:
        verdict = record.verdict
        parts.append(f"{verdict.decision}" + (f" ({verdict.reason})" if verdict.reason else ""))
    parts += [one.article for one in message.citations][:MAX_NOTED]
    if message.buttons:
        parts.append("buttons: " + " / ".join(one.label for one in message.buttons[:MAX_NOTED]))
    return SpokenLine(
        author=Author.ASSISTANT,
        text=message.text,
        note=" · ".join(parts),
        articles=tuple(one.article for one in message.citations),
    )
