"""The turn as a pipe: understand, decide, retrieve, decide, draft. Nothing is stored, no lock is held."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import NamedTuple

from assistant.conversation.compose import compose, small_talk
from assistant.conversation.disputes import both_sides, disputed
from assistant.conversation.disputes import unsure as unsure_answer
from assistant.conversation.gather import Gathered
from assistant.conversation.outcome import Thought
from assistant.domain.budgets import Allowance, Spender
from assistant.domain.conversation import Conversation
from assistant.domain.decide import decide_after, decide_before, unsure, voted
from assistant.domain.errors import Unavailable
from assistant.domain.knowledge import Passage
from assistant.domain.messages import Author, Reply
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, Reaction, Reason, Signals, Verdict
from assistant.domain.turns import Meaning, ReadTurn, Source, Summarise, Vote
from assistant.ports import Answerer, Ask, Draft, Progress, Retriever, Rewrite, SignalReader

#: Passages that an answer is drafted from.
PASSAGES = 6

#: Characters of a turn whose meaning is looked at, and earlier turns that it is compared with.
MEANT, RECENT = 2_000, 2

#: Articles that are named when none answers for sure.
RELATED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """Everything that thinking needs."""

    reader: SignalReader
    retriever: Retriever
    answerer: Answerer
    #: What the model that search uses makes of a text.
    meaning: Callable[[str], Awaitable[Meaning]]
    #: The turn in its context; None: there is no encoder.
    read_turn: ReadTurn | None
    #: A follow-up question to one that stands alone.
    rewrite: Rewrite
    policy: Policy
    languages: tuple[str, ...]
    #: Questions that this knowledge base answers, by language: examples for people new to this.
    examples: Callable[[str], tuple[str, ...]]
    #: A model's vote on turns that the reader is unsure of; None: there is no model.
    vote: Vote | None = None
    #: A conversation summed up by a model; None: there is none, quotes do.
    summarise: Summarise | None = None
    #: What a turn may spend on models; None: there is none, or nobody counts.
    allowance: Callable[[Spender], Allowance] | None = None

    def allowance_of(self, conversation: Conversation) -> Allowance | None:
        spender = Spender(
            conversation=conversation.id, customer=conversation.customer, origin=conversation.origin
        )
        return self.allowance(spender) if self.allowance else None


async def think(mind: Mind, gathered: Gathered, progress: Progress) -> Thought:
    """What to do with a burst of messages; raises nothing that a missing model or index could cause."""
    signals = await understand(mind, gathered)
    policy = mind.policy.for_channel(gathered.conversation.channel)
    verdict = decide_before(signals, gathered.history, policy)
    if verdict is not None and verdict.reason is Reason.ASKED_FOR_PERSON:
        return Thought(signals=signals, verdict=verdict, reply=None)
    if verdict is None and signals.small_talk is not None:
        reply = small_talk(signals.small_talk, signals.language, gathered.turn)
        verdict = decide_after(signals, gathered.history, policy, None)
        return Thought(signals=signals, verdict=verdict, reply=reply)
    return await _search_and_answer(mind, gathered, signals, verdict, progress)


async def understand(mind: Mind, gathered: Gathered) -> Signals:
    """The turn, read: in its context and with its meaning; by its words alone where no model can be asked."""
    labels = await mind.read_turn(gathered.text, gathered.history.lines) if mind.read_turn else None
    signals = mind.reader.read(gathered.text, gathered.history, Meaning((), labels or {}))
    if signals.asked_for_person:
        return signals
    try:
        meaning = replace(await mind.meaning(gathered.text[:MEANT]), labels=labels or {})
        turns = [
            replace(turn, vector=(await mind.meaning(turn.query)).vector)
            for turn in gathered.history.turns[-RECENT:]
        ]
    except Unavailable:
        return await _with_vote(mind, gathered, signals)
    earlier = list(gathered.history.turns[:-RECENT])
    signals = mind.reader.read(gathered.text, replace(gathered.history, turns=[*earlier, *turns]), meaning)
    return await _with_vote(mind, gathered, signals)


async def _with_vote(mind: Mind, gathered: Gathered, signals: Signals) -> Signals:
    """A model may vote where that could change something; it is never needed."""
    policy = mind.policy.for_channel(gathered.conversation.channel)
    if mind.vote is None or not policy.vote_within or not unsure(signals, policy):
        return signals
    allowance = mind.allowance_of(gathered.conversation)
    ballot = await mind.vote(gathered.text, gathered.history.lines, allowance)
    return signals if ballot is None else voted(signals, ballot)


async def _search_and_answer(
    mind: Mind, gathered: Gathered, signals: Signals, verdict: Verdict | None, progress: Progress
) -> Thought:
    policy = mind.policy.for_channel(gathered.conversation.channel)
    query = await mind.rewrite(gathered.text, gathered.history.lines)
    try:
        passages = await mind.retriever.search(query, language=signals.language, limit=PASSAGES)
    except Unavailable:
        return _without_search(signals, verdict, query)
    best = max((passage.score for passage in passages), default=None)
    if verdict is None:
        verdict = decide_after(signals, gathered.history, policy, best)
    draft = Draft(text="", model="")
    if best is not None and best >= _enough(verdict, policy):
        ask = Ask(
            question=query,
            language=signals.language,
            passages=passages,
            lines=gathered.history.lines,
            allowance=mind.allowance_of(gathered.conversation),
        )
        # What the help says in two ways is not shown before it is known that it is not said.
        shown = verdict.decision is not Decision.HANDOFF and not any(one.disputes for one in passages)
        draft = await _unlike_before(mind, ask, signals, policy, progress if shown else _unseen)
        if dispute := disputed(draft.citations, passages):
            draft = both_sides(draft, dispute, signals.language)
            verdict = unsure_answer(verdict)
        if not draft.text and verdict.decision is Decision.ANSWER:
            verdict = decide_after(signals, gathered.history, policy, None)
    found = Found(query, passages, draft, signals)
    reply = _reply(mind, gathered, signals.language, verdict, found)
    return _thought(found, signals, verdict, reply)


async def _unlike_before(mind: Mind, ask: Ask, signals: Signals, policy: Policy, progress: Progress) -> Draft:
    """A draft that goes on where the reply before did not help: from other articles, or none at all."""
    draft = await mind.answerer.answer(ask, progress)
    before = [line.text for line in ask.lines if line.author is Author.ASSISTANT]
    helped = signals.reaction not in (Reaction.REJECTED, Reaction.REPHRASED)
    if helped or not draft.text or not any(draft.text in text for text in before[-RECENT:]):
        return draft
    shown = {citation.article for citation in draft.citations}
    fresh = [passage for passage in ask.passages if passage.article not in shown]
    if not fresh or fresh[0].score < policy.answer_score:
        return Draft(text="", model="")
    return await mind.answerer.answer(replace(ask, passages=fresh), progress)


def _enough(verdict: Verdict, policy: Policy) -> float:
    """The score from which on a passage is answered from."""
    if verdict.decision is Decision.CLARIFY:
        return inf
    soothing = verdict.decision is Decision.OFFER and verdict.reason in (Reason.FRUSTRATED, Reason.COMPLAINT)
    # Neither a complaint nor "is this where I write?" asks anything of the help: only what is sure is quoted.
    careful = soothing or verdict.decision is Decision.GUIDE
    return max(policy.answer_score, policy.frustrated_answer_score if careful else 0.0)


class Found(NamedTuple):
    """What a search brought, and what was made of it."""

    query: str
    passages: Sequence[Passage]
    draft: Draft
    signals: Signals


def _reply(mind: Mind, gathered: Gathered, language: str, verdict: Verdict, found: Found) -> Reply:
    if verdict.decision is Decision.GUIDE:
        choices = mind.examples(language)
    else:
        choices = related(found, mind.policy.for_channel(gathered.conversation.channel))
    return compose(
        verdict,
        found.draft,
        language,
        signals=replace(found.signals, turn=gathered.turn),
        past=gathered.history.turns,
        choices=choices,
    )


def related(found: Found, policy: Policy) -> tuple[str, ...]:
    """Titles of articles that may be meant, when none is sure enough to answer from."""
    near = (passage.title for passage in found.passages if passage.score >= policy.clarify_score)
    titles = dict.fromkeys(title for title in near if title != found.query)
    return tuple(titles)[:RELATED]


def _thought(found: Found, signals: Signals, verdict: Verdict, reply: Reply) -> Thought:
    """What is told to the customer, or, when a person takes over, suggested to that person."""
    handed_over = verdict.decision is Decision.HANDOFF
    draft = found.draft
    cited = set() if handed_over else {citation.article for citation in draft.citations}
    return Thought(
        signals=signals,
        verdict=verdict,
        reply=None if handed_over else reply,
        suggested=reply if handed_over and draft.text else None,
        query=found.query,
        sources=sources(found.passages, cited),
        model=draft.model,
        prompt_version=draft.prompt_version,
        withheld=draft.withheld,
        tokens=draft.tokens,
        cost=draft.cost,
        instead=draft.instead,
    )


def sources(passages: Sequence[Passage], cited: set[str]) -> tuple[Source, ...]:
    """The articles that were looked at, each with its best passage's score."""
    best: dict[str, Source] = {}
    for passage in passages:
        if passage.article not in best or passage.score > best[passage.article].score:
            best[passage.article] = Source(
                article=passage.article,
                title=passage.title,
                score=round(passage.score, 3),
                shown=passage.article in cited,
            )
    return tuple(best.values())


def _without_search(signals: Signals, verdict: Verdict | None, query: str) -> Thought:
    """Keywords and vectors both down: a person, rather than silence."""
    failure = Verdict(decision=Decision.HANDOFF, reason=Reason.FAILURE)
    return Thought(signals=signals, verdict=verdict or failure, reply=None, query=query)


async def _unseen(_text: str) -> None:
    """A draft for the agent's eyes is not streamed to the customer."""
