"""Searches for what a burst asks and writes the answer: one, or one for each of several requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from assistant.conversation.turn.burst import (
    RequestFinding,
    contains_question,
    merge_drafts,
    search_requests,
    select_own_language,
)
from assistant.conversation.turn.contradictory_sources import find_dispute, quote_both_sides
from assistant.domain.messages import Author
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, Reaction, Reason, Signals, Verdict
from assistant.ports.answering import AnswerRequest, Draft, Progress, ignore_progress

if TYPE_CHECKING:
    from assistant.conversation.turn.think import TurnDependencies
    from assistant.conversation.turn.turn_input import TurnInput

#: Passages that an answer is drafted from.
MAX_PASSAGES = 6
#: Replies before that an answer must not repeat.
MAX_COMPARED_REPLIES = 2


class BurstAnswer(NamedTuple):
    """What is answered to a burst."""

    draft: Draft
    #: The help contradicts itself in it.
    is_disputed: bool
    #: Of the request that was answered with the least certainty, 0-1.
    score: float


async def search_burst(
    mind: TurnDependencies, gathered: TurnInput, signals: Signals, policy: Policy
) -> Sequence[RequestFinding]:
    """What each request of a burst finds where several have an answer, else what all of it finds together.

    Who writes in a language that is not answered in gets the articles in the language of the page.
    """
    findings = await _search_requests_or_all(mind, gathered, signals, policy)
    if not signals.is_foreign:
        return findings
    return [RequestFinding(one.text, select_own_language(one.passages, signals.language)) for one in findings]


async def _search_requests_or_all(
    mind: TurnDependencies, gathered: TurnInput, signals: Signals, policy: Policy
) -> Sequence[RequestFinding]:
    several = await search_requests(
        mind.retriever,
        gathered.text,
        language=signals.language,
        limit=MAX_PASSAGES,
        min_score=policy.answer_score,
    )
    if several:
        return several
    query = await mind.rewrite(gathered.text, gathered.history.lines, gathered.allowance)
    return [await _search_with_subject(mind, gathered, signals, query, policy)]


async def _search_with_subject(
    mind: TurnDependencies, gathered: TurnInput, signals: Signals, query: str, policy: Policy
) -> RequestFinding:
    """What *query* finds; where that answers nothing, what was asked before and *query* find together."""

    async def search(question: str) -> RequestFinding:
        found = await mind.retriever.search(question, language=signals.language, limit=MAX_PASSAGES)
        return RequestFinding(question, found)

    finding = await search(query)
    whole = mind.prepend_subject(gathered.text, gathered.history.lines)
    if finding.score >= policy.answer_score or whole in (query, gathered.text.strip()):
        return finding
    other = await search(whole)
    return other if other.score >= policy.answer_score else finding


async def answer_findings(
    mind: TurnDependencies,
    gathered: TurnInput,
    signals: Signals,
    verdict: Verdict,
    findings: Sequence[RequestFinding],
    progress: Progress,
) -> BurstAnswer:
    """One draft out of the answers to each."""
    policy = mind.policy.for_channel(gathered.conversation.channel)
    # What the help says in two ways is not shown before it is known that it is not said.
    disputes = any(passage.disputes for finding in findings for passage in finding.passages)
    shown = verdict.decision is not Decision.HANDOFF and not disputes
    asks = contains_question(gathered.text)
    drafts, scores, disputed = list[Draft](), list[float](), False
    for finding in findings:
        if not finding.passages or finding.score < _select_threshold(verdict, policy, asks=asks):
            continue
        ask = AnswerRequest(
            question=finding.text,
            language=signals.language,
            passages=finding.passages,
            lines=gathered.history.lines,
            allowance=gathered.allowance,
        )
        # The answers after the first are shown when they are whole: only then their sources have numbers.
        draft = await _write_new_answer(
            mind, ask, signals, policy, progress if shown and not drafts else ignore_progress
        )
        if dispute := find_dispute(draft.citations, finding.passages):
            draft, disputed = quote_both_sides(draft, dispute, signals.language), True
        drafts.append(draft)
        scores.append(finding.score)
    return BurstAnswer(merge_drafts(drafts), disputed, min(scores, default=0.0))


async def _write_new_answer(
    mind: TurnDependencies, ask: AnswerRequest, signals: Signals, policy: Policy, progress: Progress
) -> Draft:
    """A draft that goes on where the reply before did not help: from other articles, or none at all."""
    draft = await mind.answerer.write_answer(ask, progress)
    before = [line.text for line in ask.lines if line.author is Author.ASSISTANT]
    helped = signals.reaction not in (Reaction.REJECTED, Reaction.REPHRASED)
    if helped or not draft.text or not any(draft.text in text for text in before[-MAX_COMPARED_REPLIES:]):
        return draft
    shown = {citation.article for citation in draft.citations}
    fresh = [passage for passage in ask.passages if passage.article not in shown]
    if not fresh or fresh[0].score < policy.answer_score:
        return Draft(text="", model="")
    return await mind.answerer.write_answer(replace(ask, passages=fresh), progress)


def _select_threshold(verdict: Verdict, policy: Policy, *, asks: bool) -> float:
    """The score from which on a passage is answered from; *asks*: there is a question in the turn.

    A complaint that asks nothing gets an apology and a way out, "I am new to this" gets guidance; no rule.
    """
    asks_nothing = not asks and (verdict.reason is Reason.COMPLAINT or verdict.decision is Decision.GUIDE)
    if verdict.decision is Decision.CLARIFY or asks_nothing:
        return inf
    soothing = verdict.decision is Decision.OFFER and verdict.reason in (Reason.FRUSTRATED, Reason.COMPLAINT)
    # Neither a complaint nor "is this where I write?" asks anything of the help, and an agent who is given a
    # reply that misses reads no second one: only what is sure is quoted.
    careful = soothing or verdict.decision in (Decision.GUIDE, Decision.HANDOFF)
    return max(policy.answer_score, policy.frustrated_answer_score if careful else 0.0)
