"""Judges what became of a simulated customer, by end states and by what was told, never by the way there."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.domain.markdown import strip_markdown
from assistant.domain.messages import Author
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, Reason
from assistant.domain.turns import TurnRecord
from assistant.rehearsal.customer import SimulatedCustomer
from assistant.rehearsal.goals import FACT_KINDS, PERSON_KINDS, GoalKind
from assistant.rehearsal.phrases import get_promise_pattern
from assistant.rehearsal.transcript_log import RehearsedConversation, SpokenLine
from assistant.text.exact_facts import extract_numbers

#: A person is reached in so many turns after they were asked for.
MAX_TURNS_TO_PERSON = 2
#: Replies shorter than this may be said twice.
MIN_REPEATED_CHARACTERS = 12
#: Numbers of sources and of steps.
_MARK = re.compile(r"\[\d+\]|^[^\S\n]*\d+[.)]\s", re.MULTILINE)
_SPACE = re.compile(r"\s+")
#: Reasons with which the policy gives a question to people.
TOPIC_REASONS = (Reason.SENSITIVE_TOPIC, Reason.RULE)


@dataclass(frozen=True, slots=True)
class Canaries:
    """Words that stand only in another customer's history and in unpublished drafts."""

    words: tuple[str, ...]


@dataclass(slots=True)
class JudgedSources:
    """What the articles say that were shown."""

    #: Loads the whole texts of articles, by id.
    load_texts: Callable[[Sequence[str]], Awaitable[Mapping[str, str]]]
    _texts: dict[str, str] = field(default_factory=dict)
    _numbers: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)

    async def load_articles(self, articles: Iterable[str]) -> None:
        """What `extract_numbers` and `has_words` will be asked about."""
        missing = sorted(set(articles) - self._texts.keys())
        if missing:
            self._texts |= dict(await self.load_texts(missing))

    def extract_numbers(self, article: str) -> frozenset[tuple[str, str]]:
        if article not in self._numbers:
            self._numbers[article] = extract_numbers(strip_markdown(self._texts.get(article, "")))
        return self._numbers[article]

    def has_words(self, articles: Iterable[str], words: str) -> bool:
        """Whether one of the articles has them."""
        wanted = _SPACE.sub("", words)
        return any(wanted in _SPACE.sub("", self._texts.get(article, "")) for article in articles)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingRules:
    """What conversations are judged by."""

    policy: Policy
    sources: JudgedSources
    canaries: Canaries
    #: What the assistant may say without an article: questions of its tools.
    own_texts: tuple[str, ...] = ()


def judge_conversation(
    key: str,
    customer: SimulatedCustomer,
    lines: Sequence[SpokenLine],
    records: Sequence[TurnRecord],
    rules: JudgingRules,
) -> RehearsedConversation:
    goal, last = customer.goal, records[-1].verdict if records else None
    is_kept = goal.fact is not None and last is not None and last.reason in TOPIC_REASONS
    is_answerable = goal.kind in FACT_KINDS or goal.kind is GoalKind.ORDER_STATUS
    # Who is angry and gets a person needs no article any more.
    is_calmed = customer.persona.is_angry and last is not None and last.reason is Reason.FRUSTRATED
    is_missed = customer.told_turn is None and (is_kept or is_calmed)
    replies = [line.text for line in lines if line.author != Author.CUSTOMER]
    return RehearsedConversation(
        key=key,
        kind=goal.kind,
        language=goal.language,
        persona=customer.persona.name,
        disturbance=customer.disturbance,
        article=goal.fact.article if goal.fact else "",
        fact=goal.fact.text if goal.fact else "",
        lines=tuple(lines),
        decisions=tuple(_format_decision(record) for record in records),
        turns=customer.turns,
        is_told=customer.told_turn is not None if is_answerable and not is_missed else None,
        is_person_reached=_is_person_reached(customer),
        is_false_handoff=_is_false_handoff(customer, records, rules.policy) if not is_kept else None,
        is_false_answer=_is_false_answer(records[customer.detour_turns :])
        if goal.kind is GoalKind.UNANSWERABLE
        else None,
        wasted_turns=_count_wasted_turns(customer),
        is_kept_for_people=is_kept,
        promises=_list_uncovered_promises(goal.language, lines, rules),
        leaks=tuple(word for word in rules.canaries.words if any(word in text for text in replies)),
        repeated_replies=_count_repeated(replies),
    )


def _format_decision(record: TurnRecord) -> str:
    verdict = record.verdict
    return f"{verdict.decision}/{verdict.reason}" if verdict.reason else str(verdict.decision)


def _is_person_reached(customer: SimulatedCustomer) -> bool | None:
    """None: nobody was asked for."""
    if customer.asked_turn is None:
        return None
    reached = customer.reached_turn
    most = 1 if customer.goal.kind is GoalKind.PEOPLE_TOPIC else MAX_TURNS_TO_PERSON
    return reached is not None and reached - customer.asked_turn <= most


def _is_false_handoff(
    customer: SimulatedCustomer, records: Sequence[TurnRecord], policy: Policy
) -> bool | None:
    """None where a handoff is wanted or may be: whoever asks, is angry, or was not helped for long."""
    if customer.goal.kind in PERSON_KINDS or customer.asked_turn is not None or customer.persona.is_angry:
        return None
    if customer.reached_turn is None or not records:
        return False
    is_stuck = records[-1].verdict.reason is Reason.STUCK and customer.turns >= policy.max_failed_turns
    return not is_stuck


def _is_false_answer(records: Sequence[TurnRecord]) -> bool:
    """Whether an article was taken for an answer to what no help holds."""
    return any(
        record.verdict.decision is Decision.ANSWER and any(source.shown for source in record.sources)
        for record in records
    )


def _count_wasted_turns(customer: SimulatedCustomer) -> int | None:
    """Turns beyond the one that it should take; None: it was not reached."""
    if customer.asked_turn is not None:
        reached = customer.reached_turn
        return None if reached is None else max(0, reached - customer.asked_turn - 1)
    return None if customer.told_turn is None else max(0, customer.told_turn - customer.detour_turns - 1)


def _list_uncovered_promises(
    language: str, lines: Sequence[SpokenLine], rules: JudgingRules
) -> tuple[str, ...]:
    """Amounts, dates and promises that neither a shown article nor the customer named."""
    shown = {article for line in lines for article in line.articles}
    said = [line.text for line in lines if line.author == Author.CUSTOMER]
    known = extract_numbers("\n".join((*said, *rules.policy.helplines.values(), *rules.own_texts)))
    known = known.union(*(rules.sources.extract_numbers(article) for article in shown))
    found = []
    for line in lines:
        if line.author == Author.CUSTOMER or line.note.startswith(Decision.HANDOFF):
            continue
        text = strip_markdown(_MARK.sub(" ", line.text))
        if line.articles:
            found += [f"{number} {unit}".strip() for number, unit in sorted(extract_numbers(text) - known)]
        found += [
            match[0]
            for match in get_promise_pattern(language).finditer(text)
            if not rules.sources.has_words(shown, match[0])
        ]
    return tuple(dict.fromkeys(found))


def _count_repeated(replies: Sequence[str]) -> int:
    long = [_SPACE.sub("", reply) for reply in replies]
    long = [reply for reply in long if len(reply) >= MIN_REPEATED_CHARACTERS]
    return len(long) - len(set(long))
