"""Asks how it was, once at the end of a conversation, and understands the answer."""

from dataclasses import dataclass
from datetime import datetime

from assistant.conversation.consents import may_write
from assistant.conversation.inbound.conversation_start import WEB
from assistant.conversation.templates import list_csat_options
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_reply
from assistant.domain.cases import CaseState
from assistant.domain.consents import Purpose
from assistant.domain.conversation import Conversation, State
from assistant.domain.messages import PROACTIVE, SURVEY_MESSAGE, Author, Button, Reply
from assistant.domain.outcomes import OutcomeKind
from assistant.domain.policy import Policy
from assistant.domain.surveys import (
    APP_WINDOW,
    ASSISTANT,
    EXPIRES_AFTER,
    PERSON,
    SURVEY_VERSION,
    UNASKED_OUTCOMES,
    AskedSurvey,
    SurveyKind,
    SurveyState,
    select_survey_kind,
)
from assistant.ports.storage.store import Store

#: Smallest and largest answer of surveys that are asked for as a number.
NUMBERS = {SurveyKind.NPS: (0, 10), SurveyKind.CES: (1, 7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A question as a customer sees it."""

    kind: str
    question: str
    options: tuple[tuple[int, str], ...]
    #: Names of the smallest and the largest number; None: every option has a name of its own.
    ends: tuple[str, str] | None = None


def ask_survey(
    store: Store, ended: Conversation, outcome: OutcomeKind, policy: Policy, now: datetime
) -> Conversation:
    """Ask what is due, if the channel can carry it; returns the conversation, not yet saved."""
    policy = policy.for_channel(ended.channel)
    had_person = any(message.author is Author.AGENT for message in store.messages.list_public(ended.id))
    if outcome in UNASKED_OUTCOMES or (PERSON if had_person else ASSISTANT) not in policy.surveys_after:
        return ended
    if not _can_carry(store, ended, now):
        return ended
    if not may_write(store, ended.customer, Purpose.SURVEYS, ended.channel):
        return ended
    people = [ended.customer, *store.links.list_linked_customers(ended.customer)]
    kind = select_survey_kind(policy.surveys, store.surveys.list_by_customers(people), now)
    if kind is None:
        return ended
    asked = AskedSurvey(conversation=ended.id, kind=kind, version=SURVEY_VERSION, asked_at=now)
    return append_question(store, ended, kind, now) if store.surveys.add(asked) else ended


def append_question(store: Store, ended: Conversation, kind: SurveyKind, now: datetime) -> Conversation:
    """Ask on an app, where it is a message; returns the conversation, not yet saved."""
    if ended.channel != WEB:
        ended, _ = append_reply(store, ended, Author.SYSTEM, render_survey_message(kind, ended.language), now)
    return ended


def _can_carry(store: Store, ended: Conversation, now: datetime) -> bool:
    """A page shows it beside the chat; an app must be reachable, and its window open."""
    if ended.channel == WEB:
        return True
    thread = store.threads.find_by_conversation(ended.id)
    return thread is not None and thread.unreachable is None and now - thread.heard_at < APP_WINDOW


def build_survey(store: Store, conversation: Conversation, now: datetime) -> Survey | None:
    """The question that a closed conversation, or the last notice, asks; None: none, answered or too old."""
    if conversation.state is not State.CLOSED and not _ends_with_notice(store, conversation):
        return None
    asked = store.surveys.get(conversation.id)
    if asked is not None and asked.state is SurveyState.ASKED and now - asked.asked_at <= EXPIRES_AFTER:
        return _render_survey(asked.kind, conversation.language)
    case = store.cases.find_by_conversation(conversation.id)
    if case is None or case.state is not CaseState.ASKED_AGAIN or now - case.updated_at > EXPIRES_AFTER:
        return None
    return _render_survey(case.survey_kind, conversation.language)


def _ends_with_notice(store: Store, conversation: Conversation) -> bool:
    """On an app: there a question of a notice is part of it."""
    if conversation.channel == WEB:
        return False
    last = store.messages.load_last([conversation.id]).get(conversation.id)
    return last is not None and last.kind == PROACTIVE


def _render_survey(kind: SurveyKind, language: str) -> Survey:
    question = words(f"{kind}_question", language)
    if kind is SurveyKind.CSAT:
        return Survey(kind=kind, question=question, options=tuple(list_csat_options(language)))
    low, high = NUMBERS[kind]
    return Survey(
        kind=kind,
        question=question,
        options=tuple((value, str(value)) for value in range(low, high + 1)),
        ends=(words(f"{kind}_low", language), words(f"{kind}_high", language)),
    )


def render_survey_message(kind: SurveyKind, language: str) -> Reply:
    """As a message of an app: with choices, which a channel without room for all leaves out."""
    survey = _render_survey(kind, language)
    text = survey.question
    if survey.ends is not None:
        (_, low), *_, (_, high) = survey.options
        low_name, high_name = survey.ends
        scale = words("survey_scale", language, low=low, low_name=low_name, high=high, high_name=high_name)
        text = f"{text}\n{scale}"
    buttons = tuple(Button(label=label, value=label) for _, label in survey.options)
    return Reply(text=text, language=language, buttons=buttons, kind=SURVEY_MESSAGE)
