"""Which simulated customers come: every article in turn, every kind of goal, the same for the same seed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain, count, zip_longest
from random import Random

from assistant.rehearsal.customer import OrderInHand, SimulatedCustomer
from assistant.rehearsal.goals import CustomerGoal, GoalKind
from assistant.rehearsal.personas import PERSONAS, Disturbance

#: Share of customers whose goal comes from no article.
FIXED_SHARE = 0.4
#: Share of questions that are asked by somebody who worries.
WORRIED_SHARE = 0.1
#: Share of conversations that something disturbs.
DISTURBED_SHARE = 0.6
#: What customers are for whom nothing else is told.
NO_DISTURBANCE_KINDS = frozenset({GoalKind.SMALL_TALK, GoalKind.OTHERS_DATA})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCustomer:
    #: Goal, persona and disturbance: what two runs are compared by.
    key: str
    goal: CustomerGoal
    persona: str
    disturbance: Disturbance
    detour: CustomerGoal | None
    seed: int

    def build_customer(self, order: OrderInHand | None) -> SimulatedCustomer:
        return SimulatedCustomer(
            goal=self.goal,
            persona=PERSONAS[self.persona],
            disturbance=self.disturbance,
            rng=Random(self.seed),
            detour=self.detour,
            order=order if self.goal.kind is GoalKind.ORDER_STATUS else None,
        )


def plan_customers(
    articles: Sequence[CustomerGoal], fixed: Sequence[CustomerGoal], most: int, seed: int
) -> list[PlannedCustomer]:
    """*most* customers; adding an article changes none of the others."""
    fixed_count = round(most * FIXED_SHARE) if articles else most
    chosen = [
        *_choose(_order_articles(articles, seed), most - fixed_count, articles, seed),
        *_choose(_order_kinds(fixed, seed), fixed_count, articles, seed),
    ]
    # Both halves in turn, so that a run that is broken off has seen some of each.
    half = most - fixed_count
    pairs = zip_longest(chosen[:half], chosen[half:])
    return [one for one in chain.from_iterable(pairs) if one is not None]


def _choose(
    goals: Sequence[CustomerGoal], most: int, others: Sequence[CustomerGoal], seed: int
) -> list[PlannedCustomer]:
    found: dict[str, PlannedCustomer] = {}
    if not goals:
        return []
    for visit in count():
        before = len(found)
        for goal in goals:
            if len(found) >= most:
                return list(found.values())
            one = _plan_visit(goal, visit, others, seed)
            found.setdefault(one.key, one)
        if len(found) == before and visit > len(PERSONAS) * len(Disturbance):
            return list(found.values())
    return []


def _plan_visit(goal: CustomerGoal, visit: int, others: Sequence[CustomerGoal], seed: int) -> PlannedCustomer:
    number = _hash_key(seed, goal.key, str(visit))
    rng = Random(number)
    persona = rng.choice(sorted(PERSONAS))
    disturbed = rng.random() < DISTURBED_SHARE and goal.kind not in NO_DISTURBANCE_KINDS
    disturbance = rng.choice(list(Disturbance)[1:]) if disturbed else Disturbance.NONE
    same = [one for one in others if one.language == goal.language and one.key != goal.key]
    detour = None
    if disturbance is Disturbance.CHANGED_GOAL:
        # By hash, so that a new article changes the detour of few.
        detour = min(same, key=lambda one: _hash_key(seed, goal.key, one.key), default=None)
    if goal.kind is GoalKind.FACT and rng.random() < WORRIED_SHARE:
        goal = replace(goal, kind=GoalKind.WORRIED_FACT)
    key = f"{goal.key}|{persona}|{disturbance}"
    return PlannedCustomer(
        key=key, goal=goal, persona=persona, disturbance=disturbance, detour=detour, seed=number
    )


def _order_articles(goals: Sequence[CustomerGoal], seed: int) -> list[CustomerGoal]:
    """The first question of every article, then the second …; articles and questions in a seeded order."""
    groups: dict[str, list[CustomerGoal]] = {}
    for goal in sorted(goals, key=lambda one: _hash_key(seed, one.key)):
        groups.setdefault(goal.fact.article if goal.fact else "", []).append(goal)
    return list(_take_in_turn(groups, seed))


def _order_kinds(goals: Sequence[CustomerGoal], seed: int) -> list[CustomerGoal]:
    groups: dict[str, list[CustomerGoal]] = {}
    for goal in sorted(goals, key=lambda one: _hash_key(seed, one.key)):
        groups.setdefault(f"{goal.language} {goal.kind} {goal.topic}", []).append(goal)
    return list(_take_in_turn(groups, seed))


def _take_in_turn(groups: Mapping[str, Sequence[CustomerGoal]], seed: int) -> Iterator[CustomerGoal]:
    ordered = [groups[name] for name in sorted(groups, key=lambda name: _hash_key(seed, name))]
    for rank in zip_longest(*ordered):
        yield from (goal for goal in rank if goal is not None)


def _hash_key(seed: int, *parts: str) -> int:
    return int(sha256("\x1f".join((str(seed), *parts)).encode()).hexdigest()[:12], 16)
