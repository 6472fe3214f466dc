"""Three ways to tell people of events: the product's rules over memory, over its tables, and none at all."""

import heapq
import re
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from assistant.conversation.inbound.events import InboundContext, apply_events
from assistant.conversation.proactive import schedule_notices
from assistant.conversation.proactive_sending import process_notice
from assistant.conversation.timing import Timing
from assistant.domain.channels import Address, MessageReceived
from assistant.domain.consents import build_consent
from assistant.domain.customer_data import parse_event
from assistant.domain.policy import Policy
from assistant.domain.proactive import (
    WEEK,
    ProactiveAction,
    ProactiveCase,
    ProactivePolicy,
    ProactiveRule,
    decide_notice,
    draw_share,
)
from assistant.storage import tables as t
from assistant.storage.database import create_sqlite_engine
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore
from evals.quality.proactive_world import START, STATUSES, Sent, SimulatedEvent, World, select_rules

#: A sender that died is started again after it.
RESTART = timedelta(seconds=30)
#: After the last event what is held is looked at for so many hours.
TAIL_HOURS = 240
ORDER = re.compile(r"KM-\d+")
TIPS = "agreed to notices"


class NaiveSender:
    """Tells every delivery of an event at once."""

    def __init__(self, world: World, limits: ProactivePolicy) -> None:
        self._world = world

    def run(self) -> list[Sent]:
        return [
            _record_sent(event.at, rule, event)
            for event in self._world.events
            for rule in select_rules(event.kind)
        ]


def _record_sent(at: datetime, rule: ProactiveRule, event: SimulatedEvent) -> Sent:
    return Sent(at=at, person=event.person, rule=rule.name, purpose=rule.purpose, order=event.order)


class MemorySender:
    """The product's decision over lists."""

    def __init__(self, world: World, limits: ProactivePolicy) -> None:
        self._world, self._limits = world, limits
        self._sent: list[Sent] = []
        self._of_person: dict[tuple[int, str], list[datetime]] = defaultdict(list)
        self._status: dict[str, tuple[datetime, str]] = {}
        self._scheduled: set[tuple[str, str]] = set()
        self._queue: list[tuple[datetime, int, datetime, ProactiveRule, SimulatedEvent]] = []
        self._numbers = count()

    def run(self) -> list[Sent]:
        for event in self._world.events:
            self._decide_until(event.at)
            self._take_in(event)
        self._decide_until(None)
        return self._sent

    def _take_in(self, event: SimulatedEvent) -> None:
        known = self._status.get(event.order)
        if known is None or known[0] <= event.happened_at:
            self._status[event.order] = (event.happened_at, STATUSES[event.kind])
        for rule in select_rules(event.kind):
            if (rule.name, event.order) not in self._scheduled:
                self._scheduled.add((rule.name, event.order))
                due = event.happened_at + rule.delay
                self._wait(max(due, event.at), due + rule.window, rule, event)

    def _wait(self, at: datetime, expires: datetime, rule: ProactiveRule, event: SimulatedEvent) -> None:
        heapq.heappush(self._queue, (at, next(self._numbers), expires, rule, event))

    def _decide_until(self, moment: datetime | None) -> None:
        while self._queue and (moment is None or self._queue[0][0] <= moment):
            now, _, expires, rule, event = heapq.heappop(self._queue)
            decision = decide_notice(self._read_case(now, expires, rule, event), rule, self._limits)
            if self._world.crashes_now():  # before the commit: nothing was kept
                self._wait(now + RESTART, expires, rule, event)
            elif decision.action is ProactiveAction.HOLD and decision.until is not None:
                self._wait(decision.until, expires, rule, event)
            elif decision.action is ProactiveAction.SEND:
                self._of_person[event.person, rule.purpose].append(now)
                found = Sent(
                    at=now, person=event.person, rule=rule.name, purpose=rule.purpose, order=event.order
                )
                self._sent.append(found)

    def _read_case(
        self, now: datetime, expires: datetime, rule: ProactiveRule, event: SimulatedEvent
    ) -> ProactiveCase:
        times = self._of_person[event.person, rule.purpose]
        return ProactiveCase(
            now=now,
            expires_at=expires,
            consent=self._world.find_consent(event.person, now),
            status=self._status[event.order][1],
            sent_at=[at for at in times[-20:] if at > now - WEEK],
            draw=draw_share(rule.name, str(event.person)),
        )


class TableSender:
    """The product's own steps over SQLite; a share of the transactions is rolled back at their end."""

    def __init__(self, world: World, limits: ProactivePolicy) -> None:
        self._world = world
        names = frozenset(rule.name for rule in limits.rules)
        self._policy = replace(Policy(), proactive=limits, proactive_on=names)
        self._engine = create_sqlite_engine(None)
        metadata.create_all(self._engine)
        self._said = sorted(
            (at, person, state) for person, records in world.consents.items() for at, state in records
        )

    def run(self) -> list[Sent]:
        people = sorted({event.person for event in self._world.events})
        self._write(lambda store: self._greet(store, people), crashes=False)
        for event in self._world.events:
            self._work_until(event.at)
            self._write(lambda store, event=event: self._take_in(store, event))
        last = self._world.events[-1].at
        for hours in range(TAIL_HOURS):
            self._work_until(last + timedelta(hours=hours))
        return self._list_sent()

    def _write(self, step: Any, *, crashes: bool = True) -> None:
        """Until it is committed: whoever died is started again."""
        while True:
            with self._engine.connect().execution_options(write=True) as connection:
                step(SqlStore(connection))
                if not (crashes and self._world.crashes_now()):
                    connection.commit()
                    return

    def _greet(self, store: SqlStore, people: list[int]) -> None:
        said = [
            MessageReceived(
                id=f"e{one}", message_id="m", address=Address(channel="line", peer=f"U{one}"), text="Hello"
            )
            for one in people
        ]
        apply_events(store, said, InboundContext(timing=Timing(), languages=("en",)), START - WEEK)

    def _take_in(self, store: SqlStore, event: SimulatedEvent) -> None:
        pushed = {
            "type": event.kind,
            "timestamp": event.happened_at.isoformat(),
            "data": {"customer": {"type": "line", "value": f"U{event.person}"}, "order": {"id": event.order}},
        }
        store.customer_facts.save_facts(parse_event(pushed, event.at))
        schedule_notices(store, pushed, self._policy, event.at)

    def _work_until(self, now: datetime) -> None:
        while self._said and self._said[0][0] <= now:
            at, person, state = self._said.pop(0)
            row = {"identity": f"U{person}", "state": state.value, "wording": "…", "at": at.isoformat()}
            record = build_consent(row, "line", "push", "e", now)
            self._write(lambda store, record=record: store.consents.add(record))
        with self._engine.connect() as connection:
            due = SqlStore(connection).proactive.list_due(now, limit=10_000)
        for notice in due:
            self._write(lambda store, one=notice: process_notice(store, one, self._policy, (), now))

    def _list_sent(self) -> list[Sent]:
        """What really stands in the conversations."""
        m, k, i = t.messages.c, t.conversations.c, t.identities.c
        query = sa.select(m.created_at, m.text, i.id).where(
            m.kind == "proactive", m.conversation == k.id, i.customer == k.customer
        )
        with self._engine.connect() as connection:
            return [
                Sent(
                    at=row.created_at,
                    person=int(row.id[1:]),
                    rule=row.text.split(".")[0],
                    purpose="tips" if TIPS in row.text else "orders",
                    order="".join(ORDER.findall(row.text)),
                )
                for row in connection.execute(query)
            ]
