"""The turn as a pipe: understand, decide, retrieve, decide, draft. Nothing is stored, no lock is held."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple, Protocol

from assistant.conversation.turn.burst import select_own_language, select_questions_beside
from assistant.conversation.turn.burst_answer import MAX_PASSAGES, answer_findings, search_burst
from assistant.conversation.turn.contradictory_sources import downgrade_to_offer as unsure_answer
from assistant.conversation.turn.reply import NearMatches, compose_reply, compose_small_talk, name_subject
from assistant.conversation.turn.result import TurnResult, build_turn_sources
from assistant.conversation.turn.suggestion_rules import drop_unhelpful, is_suggestible, list_related_titles
from assistant.conversation.turn.turn_input import TurnInput
from assistant.domain.budgets import ModelBudget, Spender
from assistant.domain.conversation import Conversation
from assistant.domain.decide import (
    apply_model_opinion,
    decide_after_rejection,
    decide_after_search,
    decide_before_search,
    needs_model_opinion,
)
from assistant.domain.errors import Unavailable
from assistant.domain.knowledge import Passage
from assistant.domain.messages import Citation, Reply
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, HumanRequest, Reason, Signals, Verdict
from assistant.domain.text_edits import TextEditor
from assistant.domain.turns import ConversationSummarizer, ReadTurn, TextEmbedding, TurnClassifier, Utterance
from assistant.ports.answering import Answerer, AnswerRequest, Draft, Progress, Rewrite, ignore_progress
from assistant.ports.knowledge import Retriever
from assistant.ports.signals import SignalReader

#: How long somebody who asked for a person is kept waiting for an answer to what else they asked.
MAX_BESIDE_SECONDS = 5.0

#: Characters of a turn whose meaning is looked at, and earlier turns that it is compared with.
MAX_EMBEDDED_CHARACTERS = 2_000
MAX_COMPARED_TURNS = 2


class TurnActions(Protocol):
    """Does what a turn asks to be done."""

    #: None: the turn asks for nothing of the kind.
    async def answer_turn(self, turn: TurnInput, signals: Signals, policy: Policy) -> TurnResult | None: ...
    #: Its history tells what is open.
    def name_request(self, turn: TurnInput) -> TurnInput: ...
    async def extend_reply(self, turn: TurnInput, result: TurnResult, policy: Policy) -> TurnResult: ...
    async def warm_up(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnDependencies:
    """Everything that thinking needs."""

    reader: SignalReader
    retriever: Retriever
    answerer: Answerer
    #: What the model that search uses makes of a text.
    embed_text: Callable[[str], Awaitable[TextEmbedding]]
    #: The turn in its context; None: there is no encoder.
    read_turn: ReadTurn | None
    #: A follow-up question to one that stands alone.
    rewrite: Rewrite
    policy: Policy
    languages: tuple[str, ...]
    #: Questions that this knowledge base answers, by language: examples for people new to this.
    examples: Callable[[str], tuple[str, ...]]
    #: A model's vote on turns that the reader is unsure of; None: there is no model.
    classify_turn: TurnClassifier | None = None
    #: A conversation summed up by a model; None: there is none, quotes do.
    summarise: ConversationSummarizer | None = None
    #: Texts translated and rephrased for agents; None: there is no model.
    edit_text: TextEditor | None = None
    #: A question after the one asked before it, for what says too little by itself.
    prepend_subject: Callable[[str, Sequence[Utterance]], str] = lambda question, _lines: question
    #: A turn without the words that no person is needed.
    strip_refusal: Callable[[str], str] = str
    #: Articles that come near a question that none answers for sure, each with its likeliest line.
    list_cards: Callable[[AnswerRequest], Sequence[Citation]] = lambda _ask: ()
    #: Part -> why it cannot be read with; None: it works.
    check_reading: Callable[[], Mapping[str, str | None]] = dict
    #: What can be done for customers besides answering; None: nothing.
    actions: TurnActions | None = None
    #: What a turn may spend on models; None: there is none, or nobody counts.
    budget_factory: Callable[[Spender], ModelBudget] | None = None

    def build_budget(self, conversation: Conversation) -> ModelBudget | None:
        spender = Spender(
            conversation=conversation.id, customer=conversation.customer, origin=conversation.origin
        )
        return self.budget_factory(spender) if self.budget_factory else None


async def compute_turn_result(mind: TurnDependencies, gathered: TurnInput, progress: Progress) -> TurnResult:
    """What to do with a burst of messages; raises nothing that a missing model or index could cause."""
    # One for all that this turn asks of models: a vote and the answers share the message's budget.
    gathered = replace(gathered, allowance=mind.build_budget(gathered.conversation))
    signals = await analyze_turn(mind, gathered)
    policy = mind.policy.for_channel(gathered.conversation.channel)
    verdict = decide_before_search(signals, gathered.history, policy)
    if verdict is not None and verdict.reason is Reason.ASKED_FOR_PERSON:
        return await _answer_beside_wish(mind, gathered, signals, verdict)
    # Several answers to the same question of a request are no sign of going in circles.
    is_request = gathered.flow is not None and verdict is not None and verdict.reason is Reason.STUCK
    if mind.actions is not None and (verdict is None or is_request):
        acted = await mind.actions.answer_turn(gathered, signals, policy)
        if acted is not None:
            return acted
    if verdict is None and signals.small_talk is not None:
        reply = compose_small_talk(signals.small_talk, signals.language, gathered.turn)
        verdict = decide_after_search(signals, gathered.history, policy, None)
        result = TurnResult(signals=signals, verdict=verdict, reply=reply)
    elif signals.only_rejects:
        result = await _answer_rejection(mind, gathered, signals, verdict)
    else:
        named = mind.actions.name_request(gathered) if mind.actions else gathered
        asked = replace(named, text=mind.strip_refusal(gathered.text))
        result = await _search_and_answer(mind, asked, signals, verdict, progress)
    return await mind.actions.extend_reply(gathered, result, policy) if mind.actions else result


async def analyze_turn(mind: TurnDependencies, gathered: TurnInput) -> Signals:
    """The turn, read: in its context and with its meaning; by its words alone where no model can be asked."""
    labels = await mind.read_turn(gathered.text, gathered.history.lines) if mind.read_turn else None
    signals = mind.reader.compute_signals(gathered.text, gathered.history, TextEmbedding((), labels or {}))
    if signals.asked_for_person:
        return signals
    try:
        embedding = await mind.embed_text(gathered.text[:MAX_EMBEDDED_CHARACTERS])
        meaning = replace(embedding, labels=labels or {})
        turns = [
            replace(turn, vector=(await mind.embed_text(turn.query)).vector)
            for turn in gathered.history.turns[-MAX_COMPARED_TURNS:]
        ]
    except Unavailable:
        return await _apply_turn_classifier(mind, gathered, signals)
    earlier = list(gathered.history.turns[:-MAX_COMPARED_TURNS])
    signals = mind.reader.compute_signals(
        gathered.text, replace(gathered.history, turns=[*earlier, *turns]), meaning
    )
    return await _apply_turn_classifier(mind, gathered, signals)


async def _apply_turn_classifier(mind: TurnDependencies, gathered: TurnInput, signals: Signals) -> Signals:
    """A model may vote where that could change something; it is never needed."""
    policy = mind.policy.for_channel(gathered.conversation.channel)
    if mind.classify_turn is None or not policy.vote_within or not needs_model_opinion(signals, policy):
        return signals
    ballot = await mind.classify_turn(gathered.text, gathered.history.lines, gathered.allowance)
    return signals if ballot is None else apply_model_opinion(signals, ballot)


async def _search_and_answer(
    mind: TurnDependencies, gathered: TurnInput, signals: Signals, verdict: Verdict | None, progress: Progress
) -> TurnResult:
    policy = mind.policy.for_channel(gathered.conversation.channel)
    try:
        findings = await search_burst(mind, gathered, signals, policy)
    except Unavailable:
        return _build_search_failure(signals, verdict, gathered.text)
    passages = [passage for finding in findings for passage in finding.passages]
    best = max((passage.score for passage in passages), default=None)
    if verdict is None:
        verdict = decide_after_search(signals, gathered.history, policy, best)
    answer = await answer_findings(mind, gathered, signals, verdict, findings, progress)
    if answer.is_disputed:
        verdict = unsure_answer(verdict)
    elif not answer.draft.text and verdict.decision is Decision.ANSWER:
        verdict = decide_after_search(signals, gathered.history, policy, None)
    query = "\n".join(one.text for one in findings)
    cards: Sequence[Citation] = ()
    if verdict.decision is Decision.ABSTAIN and not answer.draft.text:
        fresh = drop_unhelpful(passages, signals, gathered.history)
        cards = _list_cards(mind, query, signals.language, fresh, policy)
    found = SearchOutcome(query, passages, answer.draft, signals, cards)
    reply = _compose_turn_reply(mind, gathered, signals.language, verdict, found)
    result = _build_turn_result(found, signals, verdict, reply)
    sure = answer.score >= policy.frustrated_answer_score and not answer.is_disputed
    return replace(result, is_sure=bool(answer.draft.text) and sure)


async def _answer_rejection(
    mind: TurnDependencies, gathered: TurnInput, signals: Signals, verdict: Verdict | None
) -> TurnResult:
    """A rejection alone brings a person, and other articles unless it is the machine that is refused."""
    turns = gathered.history.turns
    query = next((turn.query for turn in reversed(turns) if turn.query), "")
    shown = {article for turn in turns for article in turn.articles}
    passages: Sequence[Passage] = ()
    if query and not signals.refuses_machine:
        with suppress(Unavailable):  # the titles are an addition
            passages = await mind.retriever.search(query, language=signals.language, limit=MAX_PASSAGES)
    policy = mind.policy.for_channel(gathered.conversation.channel)
    verdict = verdict or decide_after_rejection(signals, gathered.history, policy)
    others = [passage for passage in passages if passage.article not in shown]
    found = SearchOutcome(query, others, Draft(text="", model=""), signals, ())
    reply = _compose_turn_reply(mind, gathered, signals.language, verdict, found)
    return _build_turn_result(found, signals, verdict, reply)


async def _answer_beside_wish(
    mind: TurnDependencies, gathered: TurnInput, signals: Signals, verdict: Verdict
) -> TurnResult:
    """The wish is obeyed whatever is down or slow; a question that came with it is answered if possible."""
    policy = mind.policy.for_channel(gathered.conversation.channel)
    question = select_questions_beside(gathered.text, partial(_is_wish, mind, gathered))
    bare = TurnResult(signals=signals, verdict=verdict, reply=None)
    if not question:
        return bare
    try:
        async with asyncio.timeout(MAX_BESIDE_SECONDS):
            asked = replace(gathered, text=question)
            result = await _search_and_answer(mind, asked, signals, verdict, ignore_progress)
    except TimeoutError:
        return bare
    upset = signals.frustration >= policy.offer_frustration or signals.complaint >= policy.offer_complaint
    return replace(result, beside=result.suggested) if result.is_sure and not upset else result


def _is_wish(mind: TurnDependencies, gathered: TurnInput, sentence: str) -> bool:
    return mind.reader.compute_signals(sentence, gathered.history).wish is not HumanRequest.NONE


class SearchOutcome(NamedTuple):
    """What a search brought, and what was made of it."""

    query: str
    passages: Sequence[Passage]
    draft: Draft
    signals: Signals
    #: Articles that come near, where none answers for sure.
    cards: Sequence[Citation]


def _list_cards(
    mind: TurnDependencies, query: str, language: str, passages: Sequence[Passage], policy: Policy
) -> Sequence[Citation]:
    """The articles on the subject of the question, if the nearest is near enough."""
    own = select_own_language(passages, language)
    if not any(passage.score >= policy.clarify_score for passage in own):
        return ()
    return mind.list_cards(AnswerRequest(question=query, language=language, passages=own))


def _compose_turn_reply(
    mind: TurnDependencies, gathered: TurnInput, language: str, verdict: Verdict, found: SearchOutcome
) -> Reply:
    choices: tuple[str, ...] = ()
    if verdict.decision is Decision.GUIDE:
        choices = mind.examples(language)
    elif verdict.decision is Decision.ABSTAIN:
        choices = tuple(card.title for card in found.cards if card.title != found.query)
    elif verdict.reason is not Reason.COMPLAINT:  # which wants an apology and a way out, not articles
        policy = mind.policy.for_channel(gathered.conversation.channel)
        choices = list_related_titles(found.passages, found.query, found.signals.language, policy)
    return compose_reply(
        verdict,
        found.draft,
        language,
        signals=replace(found.signals, turn=gathered.turn),
        past=gathered.history.turns,
        near=NearMatches(
            choices=choices, cards=found.cards, subject=name_subject(found.cards, found.passages)
        ),
    )


def _build_turn_result(found: SearchOutcome, signals: Signals, verdict: Verdict, reply: Reply) -> TurnResult:
    """What is told to the customer, or, when a person takes over, suggested to that person."""
    handed_over = verdict.decision is Decision.HANDOFF
    draft = found.draft
    cited = set() if handed_over else {citation.article for citation in draft.citations}
    return TurnResult(
        signals=signals,
        verdict=verdict,
        reply=None if handed_over else reply,
        suggested=reply if handed_over and is_suggestible(draft, found.passages, signals.language) else None,
        query=found.query,
        sources=build_turn_sources(found.passages, cited),
        model=draft.model,
        prompt_version=draft.prompt_version,
        withheld=draft.withheld,
        tokens=draft.tokens,
        cost=draft.cost,
        instead=draft.instead,
    )


def _build_search_failure(signals: Signals, verdict: Verdict | None, query: str) -> TurnResult:
    """Keywords and vectors both down: a person, rather than silence."""
    failure = Verdict(decision=Decision.HANDOFF, reason=Reason.FAILURE)
    return TurnResult(signals=signals, verdict=verdict or failure, reply=None, query=query)
