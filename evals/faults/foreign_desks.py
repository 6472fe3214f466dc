"""A foreign desk that is down for two hours under load, in simulated time: lost, doubled, out of order."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from uuid import uuid4

from structlog.testing import capture_logs

from assistant.conversation.foreign_desks.incoming import DeskRules, store_desk_events
from assistant.conversation.inbound.conversation_start import Visitor, open_conversation
from assistant.conversation.inbound.customer_actions import request_human
from assistant.conversation.inbound.receive import receive_inbound
from assistant.conversation.timing import Timing
from assistant.desks.registry import open_desks
from assistant.domain.foreign_desks import DeskLink
from assistant.domain.jobs import JobKind
from assistant.domain.messages import Author, InboundMessage, Message
from assistant.domain.policy import Policy
from assistant.jobs.desk_sync import DeskSync
from assistant.notifications.notifier import LocalNotifier
from assistant.signals.facts import WordFactPicker
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore
from evals.faults.load import LoadGenerator
from evals.faults.rows import FaultRow, Outcome
from evals.faults.site import Installation
from evals.world.desk_chatwoot import SimulatedChatwoot
from evals.world.desk_mail import SimulatedMailDesk
from evals.world.desk_slack import SimulatedSlack
from evals.world.desk_webhook import SimulatedWebhookDesk
from evals.world.desk_zendesk import SimulatedZendesk
from evals.world.desks import Callback, SimulatedDesk

KINDS: tuple[type[SimulatedDesk], ...] = (
    SimulatedZendesk,
    SimulatedChatwoot,
    SimulatedSlack,
    SimulatedMailDesk,
    SimulatedWebhookDesk,
)
STEP_SECONDS = 60.0
#: Minutes: up, down, up again; nobody says anything in the last ones.
BEFORE = 10
DOWN = 120
AFTER = 20
QUIET = 60
CONVERSATIONS = 6
#: Of callbacks: never delivered, delivered twice; of the desk's answers: lost on the way back.
MISSED = 0.3
TWICE = 0.3
LOST = 0.1


@dataclass
class DeskSimulation:
    """Customers here, people in the desk, and our service between them."""

    desk: SimulatedDesk
    seed: int
    now: datetime = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    #: Conversation -> what the customer said, in order.
    said: dict[str, list[str]] = field(default_factory=dict)
    #: Ticket -> what people there replied, in order.
    replied: dict[str, list[str]] = field(default_factory=dict)
    waiting: list[Callback] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        engine = create_sqlite_engine(None)
        metadata.create_all(engine)
        self.database = SqlDatabase(engine, SqlStore)
        self.adapter = open_desks(self.desk.settings, self.desk.client())[self.desk.name]
        self.desk.connect(self.adapter)
        self.timing, self.policy = Timing(), Policy()
        rules, desks = DeskRules(timing=self.timing, policy=self.policy), {self.desk.name: self.adapter}

        def build_url(link: str, _now: datetime, media: str) -> str:
            return f"https://help.example.jp/v1/desks/packets/{link}{media}"

        notifier = LocalNotifier()
        self.sync = DeskSync(self.database, desks, notifier, rules, build_url, lambda: self.now)

    async def run(self) -> Counter[str]:
        """Violations by kind."""
        name, title = self.desk.name, self.adapter.title
        await self.database.write(lambda store: store.desk_links.set_target(name, {name: title}, self.now))
        for minute in range(BEFORE + DOWN + AFTER + QUIET):
            self.desk.is_down = BEFORE <= minute < BEFORE + DOWN
            if len(self.said) < CONVERSATIONS and minute % 2 == 0:
                await self._open()
            if minute < BEFORE + DOWN + AFTER:
                await self._talk()
            await self._deliver_callbacks()
            self.now += timedelta(seconds=STEP_SECONDS)
            await self._work()
        return await self._count()

    async def _open(self) -> None:
        visitor, key = Visitor(locale="ja"), b"the site's identity secret"
        started = await self.database.write(
            lambda store: open_conversation(store, visitor, key, ("ja", "en"), self.now)
        )
        conversation = started.conversation.id
        self.said[conversation] = []
        await self._say(conversation)
        pick = WordFactPicker()
        await self.database.write(
            lambda store: request_human(store, conversation, self.policy, pick, self.now)
        )

    async def _say(self, conversation: str) -> None:
        texts = self.said[conversation]
        text = f"c-{len(self.said)}-{len(texts)}-{self.random.randrange(10**6):06d}"
        texts.append(text)
        inbound = InboundMessage(conversation=conversation, message_id=uuid4().hex, text=text)
        await self.database.write(lambda store: receive_inbound(store, inbound, self.timing, self.now))

    async def _talk(self) -> None:
        """A sixth of the customers write, a tenth of the tickets are answered; answers to calls are lost."""
        for conversation in list(self.said):
            if self.random.random() < 1 / 6:
                await self._say(conversation)
        for number, ticket in enumerate(list(self.desk.tickets.values())):
            if self.random.random() < 1 / 10:
                texts = self.replied.setdefault(ticket.id, [])
                texts.append(f"r-{number}-{len(texts)}")  # with the ticket's id it would be a quoted packet
                callback = self.desk.reply(ticket, texts[-1])
                if self.random.random() >= MISSED and not self.desk.is_down:
                    self.waiting += [callback] * (2 if self.random.random() < TWICE else 1)
        self.desk.lost_answers = sum(self.random.random() < LOST for _ in self.desk.tickets)

    async def _deliver_callbacks(self) -> None:
        """In any order."""
        self.random.shuffle(self.waiting)
        for callback in self.waiting:
            call = self.adapter.inbound(self.desk.build_call(callback))
            step = partial(store_desk_events, desk=self.desk.name, events=call.events, now=self.now)
            await self.database.write(step)
        self.waiting.clear()

    async def _work(self) -> None:
        await self.sync.schedule_polls()
        for _ in range(50):
            due = await self.database.write(
                lambda store: store.jobs.claim_due(self.now, self.timing.lease, 64, (JobKind.DESK,))
            )
            if not due:
                return
            await asyncio.gather(*map(self.sync.sync_conversation, due))

    async def _count(self) -> Counter[str]:
        found: Counter[str] = Counter()
        found["tickets"] = abs(len(self.desk.tickets) - len(self.said))
        for conversation, said in self.said.items():
            link, messages = await self.database.read(partial(_load_end, conversation=conversation))
            remote = (link.remote or "") if link else ""
            ticket = self.desk.tickets.get(remote.rpartition(":")[2])
            if ticket is None:
                found["lost"] += len(said)
                continue
            there = [text for text in said if text in ticket.opening]
            found += compare_texts(said, there + [text.rpartition(" ")[2] for text in ticket.texts])
            heard = [message.text for message in messages if message.author is Author.AGENT]
            found += compare_texts(self.replied.get(ticket.id, []), heard)
        return found


def _load_end(store: SqlStore, conversation: str) -> tuple[DeskLink | None, Sequence[Message]]:
    return store.desk_links.find_last(conversation), store.messages.list_public(conversation)


def compare_texts(sent: Sequence[str], arrived: Sequence[str]) -> Counter[str]:
    """What of *sent*, each of which is unique, was lost, doubled, or out of order in *arrived*."""
    counts, places = Counter(arrived), {text: place for place, text in enumerate(sent)}
    known = [places[text] for text in dict.fromkeys(arrived) if text in places]
    return Counter(
        lost=sum(counts[text] == 0 for text in sent),
        doubled=sum(count - 1 for count in counts.values() if count > 1),
        order=sum(later < earlier for earlier, later in pairwise(known)),
    )


async def break_desks(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """All five desks, each down for two simulated hours while customers and people in it go on writing."""
    total: Counter[str] = Counter()
    messages = replies = 0
    for seed, kind in enumerate(KINDS):
        simulation = DeskSimulation(kind(), seed)
        with capture_logs():  # each failed try is a line
            total += await simulation.run()
        messages += sum(map(len, simulation.said.values()))
        replies += sum(map(len, simulation.replied.values()))
    lost, doubled, order = total["lost"], total["doubled"], total["order"]
    remark = f"{len(KINDS)} desks, {messages} messages, {replies} replies; lost {lost}, doubled {doubled}"
    return sum(total.values()), f"{remark}, out of order {order}, tickets too many or few {total['tickets']}"


ROWS = (FaultRow(id="F1", what="a foreign desk is down for 2 h", breaks=break_desks),)
