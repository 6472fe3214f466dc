"""The closed loop: cases are opened after bad ends, and taken from step to step, each in the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

from assistant.conversation.follow_ups import find_obstacle, load_latest_conversation
from assistant.conversation.surveys import append_question
from assistant.conversation.transcript import append_agent_message, save_conversation
from assistant.conversation.webhook_events import publish_event
from assistant.domain.audit import ASSISTANT
from assistant.domain.audit import format_actor as actor
from assistant.domain.cases import (
    ASKED_AGAIN_PREFIX,
    SCORES,
    Case,
    CaseFacts,
    CaseNotes,
    CaseState,
    find_trigger,
    is_low_score,
    take_step,
)
from assistant.domain.conversation import State
from assistant.domain.errors import BadInput, Conflict, NotFound
from assistant.domain.jobs import Job
from assistant.domain.messages import AgentMessage
from assistant.domain.outgoing_webhooks import EventType
from assistant.domain.people import Agent
from assistant.domain.policy import Policy
from assistant.domain.surveys import ONE_PER_PERSON, SurveyKind
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.storage.store import Database, Store

#: A job that keeps failing is tried again after this.
RETRY_LATER = timedelta(hours=1)


def compute_due_time(policy: Policy, now: datetime) -> datetime:
    """When a case opened now is due: after so many opening hours, by the clock where none are in sight."""
    length = timedelta(hours=policy.case_due_hours)
    return policy.hours.add_open_time(now, length) or now + length


class CaseOpener:
    """Looks at conversations that have ended or were rated, whether a case is due."""

    def __init__(self, database: Database[Store], policy: Policy, notifier: Notifier, clock: Clock) -> None:
        self._database, self._policy, self._notifier, self._clock = database, policy, notifier, clock

    async def review_end(self, item: Job) -> None:
        now = self._clock()

        def review(store: Store) -> None:
            conversation = store.conversations.get(item.conversation)
            review_conversation(store, item.conversation, self._policy.for_channel(conversation.channel), now)
            store.jobs.complete_job(item.kind, item.conversation, item.lease)

        await self._database.write(review)
        self._notifier.notify(item.conversation)

    async def give_up(self, item: Job) -> None:
        """Nobody waits for it: tried again later."""
        await self._database.write(lambda store: store.jobs.reschedule(item, self._clock() + RETRY_LATER))


def review_conversation(store: Store, conversation: str, policy: Policy, now: datetime) -> None:
    """Open a case where the policy wants one, and end one whose customer has answered again."""
    known = store.cases.find_by_conversation(conversation)
    if known is not None and known.state is CaseState.ASKED_AGAIN:
        _apply_second_answer(store, known, policy.cases, now)
        return
    found = find_trigger(policy.cases, _load_facts(store, conversation))
    if found is None:
        return
    trigger, value = found
    if known is not None:
        if known.state is CaseState.OPEN and trigger in SCORES:
            store.cases.save(replace(known, trigger=trigger, value=value, updated_at=now))
        return
    case = Case(
        id=uuid4().hex,
        conversation=conversation,
        trigger=trigger,
        value=value,
        due_at=compute_due_time(policy, now),
        created_at=now,
        updated_at=now,
    )
    if store.cases.add(case):
        _record(store, case, ASSISTANT, "opened", now)
        about = {"case": case.id, "trigger": trigger.value, "value": value, "due_at": case.due_at.isoformat()}
        publish_event(store, EventType.CASE_OPENED, now, conversation=conversation, **about)


def _load_facts(store: Store, conversation: str) -> CaseFacts:
    outcome, turns = store.outcomes.get(conversation), store.turns.list_all(conversation)
    scores = {kind: store.feedback.load_last_values(kind, [conversation]) for kind in SurveyKind}
    return CaseFacts(
        scores={kind: found[conversation] for kind, found in scores.items() if found},
        outcome=None if outcome is None else outcome.kind,
        complaint=max((turn.signals.complaint for turn in turns), default=0.0),
        frustration=(outcome.frustration_end or 0.0) if outcome else 0.0,
    )


def _apply_second_answer(store: Store, case: Case, rules: Mapping[str, float], now: datetime) -> None:
    kind = case.survey_kind
    answers = store.feedback.load_last_values(f"{ASKED_AGAIN_PREFIX}{kind}", [case.conversation])
    if case.conversation not in answers:
        return
    step = "give_up" if is_low_score(kind, answers[case.conversation], rules) else "recover"
    case = take_step(case, step, CaseNotes(), now)
    store.cases.save(case)
    _record(store, case, ASSISTANT, step, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """What an agent wants of a case; None: as it is."""

    step: str | None = None
    owner: str | None = None
    due_at: datetime | None = None
    notes: CaseNotes = field(default_factory=CaseNotes)
    #: What the customer is told; None with the step "tell": they were told elsewhere.
    text: str | None = None
    #: The improvement that it belongs to from now on; empty: none.
    improvement: str | None = None


def change_case(store: Store, case_id: str, agent: Agent, change: CaseChange, now: datetime) -> str:
    """Assign an owner and a time, and take a step; Conflict where the step does not fit.

    Returns the conversation in which something may be new.
    """
    case = store.cases.get(case_id)
    written_in = case.conversation
    if change.owner is not None:
        owner = store.agents.get(change.owner)
        if owner is None or owner.disabled_at:
            raise NotFound("There is no such agent.")
        case = replace(case, owner=owner.id)
    if change.due_at is not None:
        case = replace(case, due_at=change.due_at)
    if change.improvement is not None:
        case = _put_into_improvement(store, case, change.improvement)
    if change.step is not None:
        case = take_step(case, change.step, change.notes, now)
        # Whoever gets in touch first has it.
        case = replace(case, owner=case.owner or agent.id)
    if change.text is not None:
        if case.state is not CaseState.TOLD or change.step != "tell":
            raise BadInput("A text goes with the step tell.")
        written_in = _tell_customer(store, case, agent, change.text, now)
    if change.step == "ask_again":
        _ask_again(store, case, now)
    case = replace(case, updated_at=now)
    store.cases.save(case)
    _record(store, case, actor(agent.id), change.step or "assigned", now)
    return written_in


def _put_into_improvement(store: Store, case: Case, improvement: str) -> Case:
    """Conflict when it is done: its customers have been told."""
    for one in filter(None, (case.improvement, improvement)):
        store.improvements.get(one).require_open()
    return replace(case, improvement=improvement or None)


def _tell_customer(store: Store, case: Case, agent: Agent, text: str, now: datetime) -> str:
    """Write it where the customer is now; returns the conversation."""
    latest = load_latest_conversation(store, store.conversations.get(case.conversation).customer)
    assert latest is not None
    if latest.state is State.QUEUED or (latest.state is State.AGENT and latest.agent != agent.id):
        raise Conflict("The customer is in another conversation now; tell them there.")
    if obstacle := find_obstacle(store, latest, now):
        raise Conflict(
            "Nothing can be sent there now; tell the customer another way and take the step without a text.",
            why=obstacle,
        )
    written = AgentMessage(message_id=uuid4().hex, text=text)
    latest, _ = append_agent_message(store, latest, agent, written, now)
    return save_conversation(store, latest, now).id


def _ask_again(store: Store, case: Case, now: datetime) -> None:
    """Conflict unless the question can be shown with the conversation that it is about.

    A page shows it as long as the case waits for the answer.
    """
    conversation = store.conversations.get(case.conversation)
    latest = load_latest_conversation(store, conversation.customer)
    if conversation.state is not State.CLOSED or latest is None or latest.id != conversation.id:
        raise Conflict("The customer has gone on talking; ask there how it is now.")
    if obstacle := find_obstacle(store, conversation, now):
        raise Conflict("The question cannot be asked there now.", why=obstacle)
    people = [conversation.customer, *store.links.list_linked_customers(conversation.customer)]
    if any(now - when < ONE_PER_PERSON for _, when in store.surveys.list_by_customers(people)):
        raise Conflict("The customer was asked in the last 24 hours; ask again later.")
    conversation = append_question(store, conversation, case.survey_kind, now)
    save_conversation(store, conversation, now)


def _record(store: Store, case: Case, who: str, step: str, now: datetime) -> None:
    store.audit.append_entry(
        who, "case", now, case=case.id, step=step, state=case.state, owner=case.owner, trigger=case.trigger
    )
