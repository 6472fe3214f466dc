"""Any order of events keeps the promises; and each guard, taken away, breaks one, which is noticed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partialmethod
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from assistant.conversation import desk
from assistant.conversation.turn import runner
from assistant.domain.conversation import Conversation, State
from assistant.domain.jobs import JobKind
from assistant.storage.conversations import SqlMessages
from assistant.storage.jobs import SqlJobQueue
from tests.conversation.machine import SettlingMachine

ANY_ORDER = settings(
    max_examples=20,
    stateful_step_count=40,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
Patch = pytest.MonkeyPatch


@pytest.mark.slow
def test_the_promises_hold_in_any_order() -> None:
    run_state_machine_as_test(SettlingMachine, settings=ANY_ORDER)


def forgets_what_it_has_received(patch: Patch) -> None:
    patch.setattr(SqlMessages, "get", lambda *_: None)


def commits_without_a_lease(patch: Patch) -> None:
    done = SqlJobQueue.complete_job

    def any_lease(self: SqlJobQueue, kind: JobKind, conversation: str, lease: str | None = None) -> bool:
        done(self, kind, conversation)
        return True

    patch.setattr(SqlJobQueue, "complete_job", any_lease)


def keeps_the_turn_of_another_owner(patch: Patch) -> None:
    """Takeovers leave the turn and its lease alone: then only the epoch keeps its reply from the customer."""
    done = SqlJobQueue.complete_job

    def leased_only(self: SqlJobQueue, kind: JobKind, conversation: str, lease: str | None = None) -> bool:
        return (kind is JobKind.TURN and lease is None) or done(self, kind, conversation, lease)

    patch.setattr(SqlJobQueue, "complete_job", leased_only)


def ignores_the_epoch(patch: Patch) -> None:
    keeps_the_turn_of_another_owner(patch)
    patch.setattr(runner, "has_owner_changed", lambda *_: False)


def lets_two_agents_claim(patch: Patch) -> None:
    def claim(self: Conversation, agent: str, now: datetime) -> Conversation:
        return replace(self, state=State.AGENT, epoch=self.epoch + 1, agent=agent, updated_at=now)

    patch.setattr(Conversation, "claim", claim)
    patch.setattr(desk, "_is_claimed_by_other", lambda *_: False)


def lets_anybody_reply(patch: Patch) -> None:
    patch.setattr(Conversation, "require_owner", lambda *_: None)


def overlooks_what_was_said_meanwhile(patch: Patch) -> None:
    patch.setattr(runner, "has_newer_messages", lambda *_: False)


def sets_no_deadline(patch: Patch) -> None:
    for name in ("schedule", "schedule_once"):
        patch.setattr(SqlJobQueue, name, partialmethod(_but_deadlines, getattr(SqlJobQueue, name)))


def _but_deadlines(self: SqlJobQueue, done: Callable[..., None], kind: JobKind, *rest: Any) -> None:
    if kind is not JobKind.DEADLINE:
        done(self, kind, *rest)


def remembers_old_episodes(patch: Patch) -> None:
    returned = Conversation._move_to_assistant

    def with_everything(self: Conversation, now: datetime) -> Conversation:
        return replace(returned(self, now), episode_from=self.episode_from)

    patch.setattr(Conversation, "_move_to_assistant", with_everything)


def takes_messages_after_the_end(patch: Patch) -> None:
    patch.setattr("assistant.conversation.inbound.receive._require_open", lambda *_: None)


QUESTION = "返品の期限は？"


def says_it_twice(machine: SettlingMachine, talk: str) -> None:
    machine.delivers_again(machine.says(talk, QUESTION))


def two_workers_think(machine: SettlingMachine, talk: str) -> None:
    machine.asks(talk, QUESTION)
    machine.another_worker_takes_over()
    machine.model_answers(0)
    machine.model_answers(0)


def takes_over_while_it_thinks(machine: SettlingMachine, talk: str) -> None:
    machine.asks(talk, QUESTION)
    machine.claims(talk, 0)
    machine.model_answers(0)


def both_claim(machine: SettlingMachine, talk: str) -> None:
    machine.claims(talk, 0)
    machine.claims(talk, 1)


def another_replies(machine: SettlingMachine, talk: str) -> None:
    machine.claims(talk, 0)
    machine.acts(talk, 1, "reply")


def goes_on_while_it_thinks(machine: SettlingMachine, talk: str) -> None:
    machine.asks(talk, QUESTION)
    machine.time_passes(7)
    machine.says(talk, "開封した商品は？")
    machine.model_answers(0)


def only_says(machine: SettlingMachine, talk: str) -> None:
    machine.says(talk, QUESTION)


def is_given_back(machine: SettlingMachine, talk: str) -> None:
    machine.says(talk, QUESTION)
    machine.claims(talk, 0)
    machine.acts(talk, 0, "return")


def speaks_after_the_end(machine: SettlingMachine, talk: str) -> None:
    machine.presses(talk, "close")
    machine.says(talk, QUESTION)


Story = Callable[[SettlingMachine, str], None]
#: A guard's absence, and what happens then: with the guard the same story breaks nothing.
MUTANTS: list[tuple[Callable[[Patch], None], Story]] = [
    (forgets_what_it_has_received, says_it_twice),
    (commits_without_a_lease, two_workers_think),
    (ignores_the_epoch, takes_over_while_it_thinks),
    (lets_two_agents_claim, both_claim),
    (lets_anybody_reply, another_replies),
    (overlooks_what_was_said_meanwhile, goes_on_while_it_thinks),
    (sets_no_deadline, only_says),
    (remembers_old_episodes, is_given_back),
    (takes_messages_after_the_end, speaks_after_the_end),
]


def told(story: Story) -> None:
    """Play *story* on the machine, looking at every promise after it, and at the end when all is calm."""
    machine = SettlingMachine()
    try:
        talk = machine.opens()
        assert isinstance(talk, str)
        story(machine, talk)
        machine.every_promise_holds()
    finally:
        machine.teardown()


@pytest.mark.parametrize("story", [story for _, story in MUTANTS], ids=lambda story: story.__name__)
def test_the_promises_hold_in(story: Story) -> None:
    told(story)


@pytest.mark.parametrize(("mutant", "story"), MUTANTS, ids=lambda part: part.__name__)
def test_a_guard_taken_away_is_noticed(
    mutant: Callable[[Patch], None], story: Story, monkeypatch: Patch
) -> None:
    mutant(monkeypatch)
    # A promise is broken, or the schema refuses, or there is no deadline for a closed conversation.
    with pytest.raises((AssertionError, IntegrityError, KeyError)):
        told(story)


def test_the_epoch_alone_keeps_a_late_reply_back(monkeypatch: Patch) -> None:
    """The control of `ignores_the_epoch`: it is the missing check that breaks the promise."""
    keeps_the_turn_of_another_owner(monkeypatch)
    told(takes_over_while_it_thinks)
