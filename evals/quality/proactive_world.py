"""Four weeks of simulated orders: what happens, when it is delivered, and who said what about messages."""

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from assistant.app.proactive_file import load_built_in_rules
from assistant.domain.consents import ConsentState
from assistant.domain.proactive import ProactivePolicy, ProactiveRule

START = datetime(2026, 11, 1, tzinfo=UTC)
SPAN_DAYS = 28
LIMITS = ProactivePolicy(
    rules=load_built_in_rules(),
    per_day={"orders": 2, "tips": 1},
    per_week={"orders": 5, "tips": 2},
    quotas={},
)
#: The life of an order; the business tells each step of it.
STEPS = ("order.shipped", "order.delivered", "order.return_received", "order.payment_failed")
STATUSES = dict(zip(STEPS, ("shipped", "delivered", "return received", "payment failed"), strict=True))
SHARE_OF_CRASHES = 0.05
#: People there are for so many events.
EVENTS_PER_PERSON = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedEvent:
    """One delivery of an event."""

    at: datetime
    person: int
    kind: str
    order: str
    #: When the state that it tells began; later deliveries tell the same.
    happened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    at: datetime
    person: int
    rule: str
    purpose: str
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is true, whatever a sender believes."""

    events: Sequence[SimulatedEvent]
    #: Person -> moments at which they said something about messages, and what.
    consents: dict[int, list[tuple[datetime, ConsentState]]] = field(default_factory=dict)
    crashes: random.Random = field(default_factory=lambda: random.Random(7))

    def find_consent(self, person: int, now: datetime) -> ConsentState:
        said = self.consents.get(person, [])
        at = bisect_right([moment for moment, _ in said], now)
        return said[at - 1][1] if at else ConsentState.UNKNOWN

    def crashes_now(self) -> bool:
        return self.crashes.random() < SHARE_OF_CRASHES


def build_world(events: int, seed: int) -> World:
    """Deliveries in the order in which they arrive."""
    rng = random.Random(seed)
    people = max(10, events // EVENTS_PER_PERSON)
    deliveries: list[SimulatedEvent] = []
    for number in range(events // len(STEPS) + 1):
        person = rng.randrange(people)
        begin = START + timedelta(minutes=rng.randrange(SPAN_DAYS * 1440))
        for step, kind in enumerate(STEPS):
            happened = begin + timedelta(hours=step * rng.choice((1, 20, 60)))
            for _ in range(rng.choice((1, 1, 1, 2, 3))):
                late = timedelta(minutes=rng.choice((0, 0, 1, 30, 300)))
                deliveries.append(
                    SimulatedEvent(
                        at=happened + late,
                        person=person,
                        kind=kind,
                        order=f"KM-{number}",
                        happened_at=happened,
                    )
                )
    consents = {person: _draw_consents(rng) for person in range(people)}
    return World(
        events=sorted(deliveries, key=lambda one: one.at), consents=consents, crashes=random.Random(seed)
    )


def _draw_consents(rng: random.Random) -> list[tuple[datetime, ConsentState]]:
    moments = sorted(
        START + timedelta(minutes=rng.randrange(-1440, SPAN_DAYS * 1440))
        for _ in range(rng.choice((0, 1, 1, 3)))
    )
    return [(at, rng.choice((ConsentState.GIVEN, ConsentState.WITHDRAWN))) for at in moments]


def select_rules(kind: str) -> list[ProactiveRule]:
    return [rule for rule in LIMITS.rules if kind in rule.events and not rule.from_promise]
