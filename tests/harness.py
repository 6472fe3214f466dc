"""The whole engine on a database in memory, with a list for an index and a clock that is moved by hand."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import uuid4

import sqlalchemy as sa

from assistant.answering.query_rewrite import prepend_subject, rewrite_from_conversation
from assistant.answering.quotes.answerer import ExtractiveAnswerer
from assistant.answering.quotes.cards import list_cards
from assistant.conversation import desk
from assistant.conversation.actions.execution import ActionExecutor
from assistant.conversation.callbacks import CallbackReminder
from assistant.conversation.cases import CaseOpener
from assistant.conversation.desk import Desk, Resolution
from assistant.conversation.ending import IdleCloser
from assistant.conversation.foreign_desks.incoming import DeskRules
from assistant.conversation.handoff.assignment import AutomaticAssignment
from assistant.conversation.handoff.packet_enrichment import PacketEnricher
from assistant.conversation.handoff.watchdog import Watchdog
from assistant.conversation.inbound import customer_actions
from assistant.conversation.inbound.conversation_start import StartedConversation, Visitor, open_conversation
from assistant.conversation.inbound.receive import InboundReceipt, receive_inbound
from assistant.conversation.sla import SlaTimer
from assistant.conversation.timing import Timing
from assistant.conversation.turn.runner import TurnHandler
from assistant.conversation.turn.think import TurnDependencies
from assistant.domain.conversation import Conversation, Outcome
from assistant.domain.errors import Unavailable
from assistant.domain.jobs import JobKind
from assistant.domain.knowledge import Passage
from assistant.domain.messages import AgentMessage, Author, InboundMessage, Message
from assistant.domain.people import Agent
from assistant.domain.policy import Policy
from assistant.domain.signed_links import AGENT_FILE_LINK, FILE_LINK_LIFETIME, sign_link
from assistant.domain.turns import TURN_LABELS, TextEmbedding, Utterance
from assistant.jobs.attachment_download import AttachmentDownloader
from assistant.jobs.desk_sync import DeskSync
from assistant.jobs.outbox import Outbox
from assistant.jobs.worker_loop import LANES, JobHandlers
from assistant.knowledge.retrieval.in_memory import InMemoryRetriever
from assistant.notifications.notifier import LocalNotifier
from assistant.ports.answering import Answerer
from assistant.ports.channels import Channel
from assistant.ports.foreign_desks import ForeignDesk
from assistant.ports.knowledge import Retriever
from assistant.signals.bare_turn import strip_refusal
from assistant.signals.facts import WordFactPicker
from assistant.signals.signal_reader import RuleSignalReader
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore

#: Signs links to packets and files.
LINK_KEY = b"key of links"
IDENTITY_KEY = b"the site's identity secret"
LANGUAGES = ("ja", "en")
JAPANESE = Visitor(locale="ja")
MONDAY_NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def build_file_url(media: str, now: datetime) -> str:
    signed = sign_link(LINK_KEY, AGENT_FILE_LINK, media, now + FILE_LINK_LIFETIME)
    return f"https://help.example.jp/v1/files/{signed}"


@cache
def _create_empty_schema() -> sqlite3.Connection:
    """Our tables without a row, made once: making them takes as long as many a test."""
    engine = create_sqlite_engine(None)
    metadata.create_all(engine)
    made = engine.raw_connection().driver_connection
    assert isinstance(made, sqlite3.Connection)
    return made


def memory_database(engine: sa.Engine | None = None) -> SqlDatabase[SqlStore]:
    """A database without a row; *engine*: one in memory whose last database was closed."""
    engine = engine or create_sqlite_engine(None)
    opened = engine.raw_connection()
    _create_empty_schema().backup(cast(sqlite3.Connection, opened.driver_connection))
    opened.close()
    return SqlDatabase(engine, SqlStore)


def passage(article: str, title: str, text: str, language: str) -> Passage:
    return Passage(
        chunk=abs(hash(article)) % 1_000_000,
        article=article,
        title=title,
        url=f"http://localhost:8000/help/{article}",
        language=language,
        headings=(),
        text=text,
        score=0.0,
    )


RETURNS_JA = passage(
    "ja/returns.md",
    "返品の期限",
    "返品の期限は、商品の到着から30日以内です。開封した商品は返品できません。",
    "ja",
)
RETURNS_EN = passage(
    "en/returns.md",
    "Return deadline",
    "You can return an item within 30 days of delivery. Opened items cannot be returned.",
    "en",
)


#: The logit of a label that the fake reader of turns does not see in a text.
UNSEEN_LOGIT = -8.0


class FixedScoreRetriever:
    """A retriever that is as sure as it is told to be."""

    def __init__(self, score: float) -> None:
        self.score = score

    async def search(self, question: str, *, language: str | None = None, limit: int = 6) -> list[Passage]:
        return [replace(RETURNS_JA if language == "ja" else RETURNS_EN, score=self.score)]


class FakeTurnReader:
    """Sees in a text the labels that it is told to, with their logits, and no other."""

    def __init__(self, logits: Mapping[str, Mapping[str, float]] | None = None) -> None:
        self.logits = logits or {}
        #: Each text that was read, with the texts of the lines before it.
        self.seen: list[tuple[str, list[str]]] = []

    async def read_turn(self, text: str, lines: Sequence[Utterance]) -> Mapping[str, float]:
        self.seen.append((text, [line.text for line in lines]))
        return {**dict.fromkeys(TURN_LABELS, UNSEEN_LOGIT), **self.logits.get(text, {})}


@dataclass
class ManualClock:
    now: datetime = MONDAY_NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class RunningClock(ManualClock):
    def __call__(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Harness:
    """Speaks as the customer and as agents, and does what is due when told to."""

    database: SqlDatabase[SqlStore]
    passages: InMemoryRetriever = field(default_factory=lambda: InMemoryRetriever(RETURNS_JA, RETURNS_EN))
    answerer: Answerer = field(default_factory=ExtractiveAnswerer)
    policy: Policy = field(default_factory=Policy)
    timing: Timing = field(default_factory=Timing)
    clock: ManualClock = field(default_factory=ManualClock)
    #: Messaging apps, by name and account.
    channels: dict[tuple[str, str], Channel] = field(default_factory=dict)
    #: Foreign desks, by name.
    desks: dict[str, ForeignDesk] = field(default_factory=dict)
    #: Reads turns in their context; with it replies have cards and questions their subject, as in the
    #: assistant. None: turns are read by their words, and what is found is all that is shown.
    turn_reader: FakeTurnReader | None = None
    #: Instead of the passages, where a test tells the scores.
    retriever: Retriever | None = None
    #: Text -> its vector; the model cannot be asked about others.
    vectors: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.wire = LocalNotifier()
        self.mind = TurnDependencies(
            reader=RuleSignalReader(languages=LANGUAGES),
            retriever=self.retriever or self.passages,
            answerer=self.answerer,
            embed_text=self.meaning,
            read_turn=None,
            rewrite=rewrite_from_conversation,
            list_cards=list_cards,
            strip_refusal=strip_refusal,
            policy=self.policy,
            languages=LANGUAGES,
            examples=lambda language: ("返品の期限",) if language == "ja" else ("Return deadline",),
        )
        if self.turn_reader is not None:
            self.mind = replace(
                self.mind,
                read_turn=self.turn_reader.read_turn,
                prepend_subject=prepend_subject,
            )
        self.assistant = TurnHandler(
            database=self.database,
            mind=self.mind,
            wire=self.wire,
            timing=self.timing,
            pick_facts=WordFactPicker(),
            clock=self.clock,
        )
        self.watchdog = Watchdog(
            self.database, self.policy, WordFactPicker(), self.wire, self.timing, self.clock
        )
        self.closer = IdleCloser(self.database, self.policy, WordFactPicker(), self.wire, self.clock)
        self.case_opener = CaseOpener(self.database, self.policy, self.wire, self.clock)
        self.timer = SlaTimer(database=self.database, policy=self.policy, wire=self.wire, clock=self.clock)
        self.outbox = Outbox(self.database, self.channels, self.wire, self.clock, build_file_url)
        self.fetcher = AttachmentDownloader(self.database, self.channels, self.wire, self.clock)
        self.enricher = PacketEnricher(
            database=self.database,
            mind=self.mind,
            wire=self.wire,
            pick_facts=WordFactPicker(),
            clock=self.clock,
        )
        self.desk = Desk(timing=self.timing, pick_facts=WordFactPicker(), policy=self.policy)
        self.assignment = AutomaticAssignment(
            database=self.database, desk=self.desk, wire=self.wire, clock=self.clock
        )
        self.caller = CallbackReminder(
            database=self.database, timing=self.timing, wire=self.wire, clock=self.clock
        )
        self.desk_sync = DeskSync(
            self.database,
            self.desks,
            self.wire,
            DeskRules(timing=self.timing, policy=self.policy),
            lambda link, _now, media: f"https://help.example.jp/v1/desks/packets/{link}{media}",
            self.clock,
        )
        self.executor: ActionExecutor | None = None

    async def meaning(self, text: str) -> TextEmbedding:
        """No language model here, but for texts whose vector a test tells."""
        if text not in self.vectors:
            raise Unavailable
        return TextEmbedding(self.vectors[text])

    # -- the customer

    async def open(self, visitor: Visitor = JAPANESE) -> StartedConversation:
        return await self.database.write(
            lambda store: open_conversation(store, visitor, IDENTITY_KEY, LANGUAGES, self.clock())
        )

    async def say(self, conversation: str, text: str, message_id: str | None = None) -> InboundReceipt:
        inbound = InboundMessage(conversation=conversation, message_id=message_id or str(uuid4()), text=text)
        return await self.database.write(
            lambda store: receive_inbound(store, inbound, self.timing, self.clock())
        )

    async def press_person_button(self, conversation: str) -> tuple[Conversation, Message]:
        return await self.database.write(
            lambda store: customer_actions.request_human(
                store, conversation, self.policy, WordFactPicker(), self.clock()
            )
        )

    async def ask(self, conversation: str, text: str) -> Message:
        """Say something and get what is said to it."""
        await self.say(conversation, text)
        await self.settle()
        return (await self.messages(conversation))[-1]

    # -- agents

    async def open_desk(self, name: str, desk: ForeignDesk) -> None:
        """Handoffs go to a foreign desk from now on."""
        self.desks[name] = desk
        names = {name: desk.title}
        await self.database.write(lambda store: store.desk_links.set_target(name, names, self.clock()))

    async def hire(self, name: str = "Mori") -> Agent:
        agent = Agent(id=uuid4().hex, email=f"{name.lower()}@shop.example", name=name)
        await self.database.write(lambda store: store.agents.add(agent, "hash", self.clock()))
        return agent

    async def claim(self, conversation: str, agent: Agent) -> Conversation:
        return await self.database.write(
            lambda store: desk.claim_conversation(store, conversation, agent, self.desk, self.clock())
        )

    async def reply(self, conversation: str, agent: Agent, text: str, *, private: bool = False) -> Message:
        written = AgentMessage(message_id=str(uuid4()), text=text, private=private)
        return await self.database.write(
            lambda store: desk.add_agent_message(
                store, conversation, agent, written, self.timing, self.clock()
            )
        )

    async def give_back(self, conversation: str, agent: Agent) -> Conversation:
        return await self.database.write(
            lambda store: desk.return_to_assistant(store, conversation, agent, self.clock())
        )

    async def release(self, conversation: str, agent: Agent) -> Conversation:
        return await self.database.write(
            lambda store: desk.release_conversation(store, conversation, agent, self.clock())
        )

    async def resolve(self, conversation: str, agent: Agent) -> Conversation:
        return await self.database.write(
            lambda store: desk.resolve_conversation(
                store, conversation, agent, Resolution(outcome=Outcome.SOLVED), self.policy, self.clock()
            )
        )

    # -- the worker

    async def settle(self) -> None:
        """Let the quiet time pass and do what is due then."""
        self.clock.pass_(self.timing.debounce.total_seconds() + 0.01)
        await self.work()

    async def work(self) -> None:
        """Do what is due now, until nothing is; of the kinds that the worker loop does."""
        kinds = [kind for lane in LANES for kind in lane]
        while due := await self.database.write(
            lambda store: store.jobs.claim_due(self.clock(), self.timing.lease, 10, kinds)
        ):
            for item in due:
                await self.duties.handlers[item.kind](item)

    @property
    def duties(self) -> JobHandlers:
        executor = self.executor
        return JobHandlers(
            handlers={
                **({JobKind.ACTION: executor.execute_proposal} if executor else {}),
                JobKind.TURN: self.outbox.with_typing_indicator(self.assistant.take_turn),
                JobKind.DEADLINE: self.watchdog.handle_deadline,
                JobKind.DELIVERY: self.outbox.deliver_messages,
                JobKind.MEDIA: self.fetcher.download_attachments,
                JobKind.PACKET: self.enricher.enrich_packet,
                JobKind.ASSIGN: self.assignment.assign_next,
                JobKind.IDLE: self.closer.close_idle,
                JobKind.CALLBACK: self.caller.remind_agent,
                JobKind.CASE: self.case_opener.review_end,
                JobKind.SLA: self.timer.update_clocks,
                JobKind.DESK: self.desk_sync.sync_conversation,
            },
            default_fallback=self.assistant.give_up,
            fallbacks={
                JobKind.DELIVERY: self.outbox.give_up,
                JobKind.MEDIA: self.fetcher.give_up,
                JobKind.PACKET: self.enricher.give_up,
                JobKind.ASSIGN: self.assignment.give_up,
                JobKind.IDLE: self.closer.give_up,
                JobKind.CALLBACK: self.caller.give_up,
                JobKind.SLA: self.timer.give_up,
                JobKind.CASE: self.case_opener.give_up,
                JobKind.DESK: self.desk_sync.give_up,
            },
        )

    # -- looking

    async def messages(self, conversation: str) -> list[Message]:
        return list(await self.database.read(lambda store: store.messages.list_public(conversation)))

    async def answers(self, conversation: str) -> list[str]:
        """What was said to the customer."""
        return [m.text for m in await self.messages(conversation) if m.author is not Author.CUSTOMER]

    async def state(self, conversation: str) -> Conversation:
        return await self.database.read(lambda store: store.conversations.get(conversation))

    async def packet(self, conversation: str) -> dict[str, Any]:
        packet = await self.database.read(lambda store: store.handoffs.load_last_packet(conversation))
        assert packet is not None
        return packet
