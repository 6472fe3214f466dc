"""Surveys over simulated ends on apps and on the web: asked twice for an end, into a closed window, too soon
after another, shown on after an answer; beside the naive way, a survey at each close.
"""

import hashlib
import hmac
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import sqlalchemy as sa

from assistant.conversation.desk import (
    Desk,
    Resolution,
    add_agent_message,
    claim_conversation,
    resolve_conversation,
)
from assistant.conversation.ending import end_idle_conversation
from assistant.conversation.inbound.conversation_start import WEB, Visitor, open_conversation
from assistant.conversation.inbound.customer_actions import Rating, close_conversation, save_rating
from assistant.conversation.inbound.events import InboundContext, apply_events
from assistant.conversation.inbound.receive import receive_inbound
from assistant.conversation.surveys import build_survey
from assistant.conversation.timing import Timing
from assistant.domain.channels import Address, MessageReceived
from assistant.domain.conversation import Outcome, State
from assistant.domain.messages import AgentMessage, InboundMessage
from assistant.domain.people import Agent
from assistant.domain.policy import Policy
from assistant.domain.surveys import APP_WINDOW, ONE_PER_PERSON
from assistant.signals.facts import WordFactPicker
from assistant.storage import tables as t
from assistant.storage.database import create_sqlite_engine
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore

START = datetime(2026, 1, 5, tzinfo=UTC)
PEOPLE = 300
APPS = ("line", "whatsapp", "sms")
CHANNELS = (*APPS, WEB)
IDENTITY_KEY = b"signs visitors' ids"
RULES = {"csat": 3, "nps": 90, "ces": 30}
#: What comes after an end: nothing, an answer, something else instead.
AFTER = ("", "", "5", "開封した商品は返品できますか")
#: Between two messages, and how long agents take: over the day in which apps let us write, too.
PAUSES_MINUTES = (1, 5, 30, 300, 2_000)
TIMING = Timing()
ARRIVALS = InboundContext(timing=TIMING, languages=("ja", "en"))
AGENT = Agent(id="agent", email="agent@shop.example", name="Agent")


@dataclass(frozen=True, slots=True)
class CloseAttempt:
    """Somebody, or silence, ends a conversation, perhaps one that has ended."""

    conversation: str
    customer: str
    at: datetime
    #: An app may be written to, and does not ring for a silent end.
    is_open: bool
    is_silent: bool


class SimulatedDesk:
    """Ends conversations on apps and the web in every way there is, each a while after the customer wrote."""

    def __init__(self, store: SqlStore, seed: int) -> None:
        self.store, self.chance = store, random.Random(seed)
        self.now, self.events = START, 0
        policy = replace(Policy(), surveys=RULES)
        self.desk = Desk(timing=TIMING, pick_facts=WordFactPicker(), policy=policy)
        #: Conversations on apps that ended by silence.
        self.silent: set[str] = set()
        self.attempts: list[CloseAttempt] = []
        #: Surveys that are still shown on a page after they were answered, or after something else was asked.
        self.shown_on = 0
        self._tokens: dict[str, tuple[str, str]] = {}
        store.agents.add(AGENT, "-", START)

    def pass_time(self) -> None:
        self.now += timedelta(minutes=self.chance.choice(PAUSES_MINUTES) * self.chance.random())

    def hear(self, address: Address, text: str) -> str:
        self.events += 1
        name = str(UUID(int=self.events))
        event = MessageReceived(id=name, message_id=name, address=address, text=text)
        return apply_events(self.store, [event], ARRIVALS, self.now)[0]

    def simulate_end(self) -> None:
        """Somebody writes, it ends, and perhaps they write again."""
        address = Address(channel=self.chance.choice(CHANNELS), peer=f"p{self.chance.randrange(PEOPLE)}")
        hear = self._hear_on_page if address.channel == WEB else self.hear
        conversation, heard_at = hear(address, "返品の期限は？"), self.now
        self.pass_time()
        for _ in range(self.chance.choice((1, 1, 1, 2))):  # some ends are tried twice
            self._end(conversation, heard_at)
        self.pass_time()
        text = self.chance.choice(AFTER)
        if address.channel == WEB:
            self._go_on_on_page(address, conversation, text)
        elif text:
            self.hear(address, text)

    def _hear_on_page(self, address: Address, text: str) -> str:
        """A signed-in visitor opens the chat again, beside what they had, and writes."""
        peer, self.events = address.peer, self.events + 1
        signature = hmac.new(IDENTITY_KEY, peer.encode(), hashlib.sha256).hexdigest()
        visitor = Visitor(locale="ja", id=peer, signature=signature, previous=self._tokens.get(peer))
        opened = open_conversation(self.store, visitor, IDENTITY_KEY, ("ja", "en"), self.now)
        name = opened.conversation.id
        self._tokens[peer] = (name, opened.token)
        inbound = InboundMessage(conversation=name, message_id=str(UUID(int=self.events)), text=text)
        receive_inbound(self.store, inbound, TIMING, self.now)
        return name

    def _go_on_on_page(self, address: Address, conversation: str, text: str) -> None:
        """Nothing, an answer to the question that is shown, or another conversation instead."""
        question = build_survey(self.store, self.store.conversations.get(conversation), self.now)
        if not text:
            return
        if text.isdigit() and question is not None:
            rating = Rating(kind=question.kind, value=question.options[0][0])
            save_rating(self.store, conversation, rating, self.now)
        elif not text.isdigit():
            self._hear_on_page(address, text)
        else:
            return
        after = build_survey(self.store, self.store.conversations.get(conversation), self.now)
        self.shown_on += after is not None

    def _end(self, conversation_id: str, heard_at: datetime) -> None:
        store, before = self.store, self.store.conversations.get(conversation_id)
        how = self.chance.choice(("agent", "agent", "silence", "customer"))
        on_page = before.channel == WEB
        attempt = CloseAttempt(
            conversation=before.id,
            customer=before.customer,
            at=self.now,
            is_open=on_page or self.now - heard_at < APP_WINDOW,
            is_silent=how == "silence" and not on_page,
        )
        self.attempts.append(attempt)
        if before.state is State.CLOSED:
            return
        if how == "customer":
            close_conversation(
                store, before.id, self.desk.policy, self.desk.pick_facts, self.now, helped=True
            )
        elif how == "silence" and before.state is State.ASSISTANT:
            end_idle_conversation(store, before, self.desk.policy, self.desk.pick_facts, self.now)
            self.silent |= {before.id} if attempt.is_silent else set()
        else:
            self._resolve(before.id)

    def _resolve(self, conversation: str) -> None:
        claim_conversation(self.store, conversation, AGENT, self.desk, self.now)
        written = AgentMessage(message_id=str(UUID(int=self.chance.getrandbits(128))), text="30日です。")
        add_agent_message(self.store, conversation, AGENT, written, TIMING, self.now)
        resolution = Resolution(outcome=Outcome.SOLVED)
        resolve_conversation(self.store, conversation, AGENT, resolution, self.desk.policy, self.now)


def count_survey_faults(connection: sa.Connection, silent: set[str]) -> dict[str, int]:
    """Faults by kind, from the rows alone; all are to be 0."""
    m, s, c = t.messages.c, t.surveys.c, t.conversations.c
    asked = connection.execute(
        sa.select(s.conversation, s.kind, s.asked_at, c.customer).join(
            t.conversations, c.id == s.conversation
        )
    ).all()
    shown = sa.select(m.conversation, m.created_at).where(m.kind == "survey")
    messages = connection.execute(shown).all()
    heard = {
        row.conversation: row.at
        for row in connection.execute(
            sa.select(m.conversation, sa.func.max(m.created_at).label("at"))
            .where(m.author == "customer")
            .group_by(m.conversation)
        )
    }
    by_person: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for row in asked:
        by_person[row.customer].append((row.asked_at, row.kind))
    too_soon = sum(
        later[0] - earlier[0] < ONE_PER_PERSON
        for times in by_person.values()
        for earlier, later in pairwise(sorted(times))
    )
    return {
        "asked": len(asked),
        "asked twice": len(messages) - len({row.conversation for row in messages}),
        "closed window": sum(row.created_at - heard[row.conversation] >= APP_WINDOW for row in messages),
        "after silence": sum(row.conversation in silent for row in asked),
        "within a day of another": too_soon,
        "within the kind's days": sum(
            _count_early([at for at, of in times if of == kind], days)
            for times in by_person.values()
            for kind, days in RULES.items()
        ),
    }


def count_naive_faults(attempts: Sequence[CloseAttempt]) -> dict[str, int]:
    """The same faults, had every close sent its question."""
    by_person: defaultdict[str, list[datetime]] = defaultdict(list)
    for one in attempts:
        by_person[one.customer].append(one.at)
    days = {"within a day of another": ONE_PER_PERSON.days, "within the kind's days": RULES["csat"]}
    return {
        "asked": len(attempts),
        "asked twice": len(attempts) - len({one.conversation for one in attempts}),
        "closed window": sum(not one.is_open for one in attempts),
        "after silence": sum(one.is_silent for one in attempts),
        **{
            name: sum(_count_early(sorted(times), least) for times in by_person.values())
            for name, least in days.items()
        },
    }


def _count_early(times: list[datetime], days: int) -> int:
    return sum(later - earlier < timedelta(days=days) for earlier, later in pairwise(sorted(times)))


def measure_surveys(ends: int, seed: int = 19) -> list[str]:
    engine = create_sqlite_engine(None)
    metadata.create_all(engine)
    with engine.execution_options(write=True).begin() as connection:
        desk = SimulatedDesk(SqlStore(connection), seed)
        for _ in range(ends):
            desk.simulate_end()
        ended = connection.execute(sa.select(sa.func.count()).select_from(t.outcomes)).scalar_one()
        faults = count_survey_faults(connection, desk.silent) | {"shown after an answer": desk.shown_on}
    return [
        f"surveys: {ended:,} simulated ends on apps and the web",
        _describe_faults("by the rules", faults),
        _describe_faults("at each close", count_naive_faults(desk.attempts)),
    ]


def _describe_faults(way: str, faults: Mapping[str, int]) -> str:
    counted = "   ".join(f"{name}: {n:,}" for name, n in faults.items())
    return f"   {way:<14} {counted}"
