"""Looks after gaps: gathers what the help did not answer, and does what administrators ask for."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import structlog

from assistant.conversation.webhook_events import publish_event
from assistant.domain.effects import EFFECT_AFTER, count_effect
from assistant.domain.errors import AssistantError, Unavailable
from assistant.domain.gaps import DUE_AFTER, WORKERS_STATES, Gap, GapKind, GapState
from assistant.domain.messages import WARNING, Author
from assistant.domain.outgoing_webhooks import EventType
from assistant.domain.signals import Decision
from assistant.domain.themes import AskedQuestion
from assistant.insight.gap_articles import (
    MAX_CANDIDATES,
    AgentStatement,
    extract_statements,
    judge_gap_effect,
    select_sentences,
)
from assistant.insight.theme_keeper import MAX_QUESTIONS, MIN_QUESTIONS, decode_vectors
from assistant.insight.theme_review import ThemePlan, discover_themes
from assistant.insight.theme_space import fit_space
from assistant.ports.clock import Clock
from assistant.ports.models import Embedder
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

LOOK_SECONDS = 5.0
#: How often unanswered questions are gathered, and from how far back.
GATHER_INTERVAL = timedelta(minutes=30)
RETRY_AFTER = timedelta(minutes=20)
LOOK_BACK = timedelta(days=90)
#: Questions that a proof asks.
MAX_EVIDENCE = 30
MAX_STANDING = 40

#: (gap, its questions, questions that are answered today) -> proof.
ProveArticle = Callable[[Gap, Sequence[str], Sequence[str]], Awaitable[Mapping[str, Any]]]
#: Puts the article of a gap into the help; returns its id.
PublishArticle = Callable[[Gap], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapKeeper:
    database: Database[Store]
    embedder: Embedder
    mask_text: Callable[[str], str]
    prove: ProveArticle
    publish: PublishArticle
    clock: Clock

    async def run(self) -> None:
        while True:
            with suppress(Unavailable):  # the next round tries again
                await self.keep_gaps()
            await asyncio.sleep(LOOK_SECONDS)

    async def keep_gaps(self) -> None:
        """Gather when it is time to; draft, prove and publish what was asked for; judge effects."""
        now = self.clock()
        if await self.database.write(
            lambda store: store.themes.claim_run("gaps", now, GATHER_INTERVAL, RETRY_AFTER)
        ):
            await self.gather_gaps()
            await self.judge_effects()
            await self.database.write(lambda store: store.themes.finish_run("gaps", now))
        for gap in await self.database.read(lambda store: store.gaps.list_in_states(WORKERS_STATES)):
            await self._do_next(gap)

    async def gather_gaps(self) -> None:
        """Unanswered questions join the gap that they are near to; five that are alike found a new one."""
        now, model = self.clock(), self.embedder.name
        since = now - LOOK_BACK
        questions, unanswered, assigned = await self.database.read(
            lambda store: (
                store.questions.list_embedded(model, since=since, limit=MAX_QUESTIONS),
                store.gaps.list_unanswered(since),
                store.gaps.load_assigned(),
            )
        )
        if len(questions) < MIN_QUESTIONS:
            return
        asked = [question for question in questions if question.key in unanswered]
        if asked:
            plan = await asyncio.to_thread(_group_questions, questions, asked, assigned)
            await self.database.write(lambda store: _save_gaps(store, asked, plan, unanswered, now))

    async def judge_effects(self) -> None:
        """Whether articles that were published long enough ago answer what they were written for."""
        now = self.clock()

        def judge(store: Store) -> None:
            for gap in store.gaps.list_in_states([GapState.MEASURING]):
                if gap.published_at is not None and now - gap.published_at >= EFFECT_AFTER:
                    _judge_gap(store, gap, gap.published_at, now)

        await self.database.write(judge)

    async def _do_next(self, gap: Gap) -> None:
        """What fails for this gap goes back to the administrators with why, and holds up no other."""
        try:
            await self._do_work(gap)
        except Unavailable:
            raise
        except (AssistantError, OSError) as exc:
            log.warning("gap not worked on", gap=gap.id, state=gap.state, why=str(exc))
            await self._finish(gap, state=GapState.DRAFTED, proof={"failed": str(exc)})

    async def _do_work(self, gap: Gap) -> None:
        if gap.state is GapState.DRAFTING:
            await self._draft_article(gap)
        elif gap.state is GapState.PROVING:
            evidence, standing = await self.database.read(lambda store: self._load_questions(store, gap))
            proof = await self.prove(gap, evidence, standing)
            await self._finish(gap, state=GapState.PROVED, proof=proof)
        else:
            article = await self.publish(gap)
            await self._finish(gap, state=GapState.MEASURING, article=article, published_at=self.clock())
            log.info("article published", gap=gap.id, article=article)

    async def _draft_article(self, gap: Gap) -> None:
        """From the sentences of agents that are most alike in the conversations of the gap."""
        statements = await self.database.read(lambda store: self._load_statements(store, gap))
        vectors = (
            await self.embedder.embed_passages([statement.text for statement in statements])
            if statements
            else np.zeros((0, self.embedder.dimensions), np.float32)
        )
        sentences = select_sentences(statements, vectors)
        await self.database.write(lambda store: store.gaps.replace_sentences(gap.id, sentences))
        await self._finish(gap, state=GapState.DRAFTED)

    async def _finish(self, gap: Gap, **changes: Any) -> None:
        """Store the result, unless an administrator changed the gap meanwhile."""

        def save(store: Store) -> None:
            current = store.gaps.get(gap.id)
            if current.state is gap.state:
                store.gaps.save(replace(current, updated_at=self.clock(), **changes))
                if article := changes.get("article"):
                    about = {"gap": gap.id, "article": article}
                    publish_event(store, EventType.GAP_PUBLISHED, self.clock(), **about)

        await self.database.write(save)

    def _load_statements(self, store: Store, gap: Gap) -> list[AgentStatement]:
        found: list[AgentStatement] = []
        talks = dict.fromkeys(evidence.conversation for evidence in store.gaps.list_evidence([gap.id]))
        for conversation in talks:
            for message in store.messages.list_public(conversation):
                if message.author is Author.AGENT and message.kind != WARNING:
                    found += extract_statements(conversation, message.id, self.mask_text(message.text))
        return found[:MAX_CANDIDATES]

    def _load_questions(self, store: Store, gap: Gap) -> tuple[list[str], list[str]]:
        """The gap's questions, and questions that the help answers today."""
        now = self.clock()
        evidence = [one.text for one in store.gaps.list_evidence([gap.id])]
        keys = set(store.gaps.load_assigned())
        asked = store.questions.list_between(now - LOOK_BACK, now)
        standing = [one.text for one in asked if one.decision == Decision.ANSWER and one.key not in keys]
        return list(dict.fromkeys(evidence))[:MAX_EVIDENCE], list(dict.fromkeys(standing))[-MAX_STANDING:]


def _group_questions(
    questions: Sequence[AskedQuestion],
    asked: Sequence[AskedQuestion],
    assigned: Mapping[tuple[str, int], str],
) -> ThemePlan:
    """Gaps as themes of what is unanswered."""
    space = fit_space(decode_vectors(questions), [question.language for question in questions])
    points = space.project_vectors(decode_vectors(asked), [question.language for question in asked])
    gaps = [assigned.get(question.key) for question in asked]
    return discover_themes(points, gaps, [question.conversation for question in asked])


def _save_gaps(
    store: Store,
    asked: Sequence[AskedQuestion],
    plan: ThemePlan,
    unanswered: Mapping[tuple[str, int], str],
    now: datetime,
) -> None:
    members: dict[str, list[AskedQuestion]] = {}
    for question, gap in zip(asked, plan.themes, strict=True):
        if gap is not None:
            members.setdefault(gap, []).append(question)
    new = {change.theme for change in plan.changes}
    for gap, questions in members.items():
        reasons = [unanswered[question.key] for question in questions]
        if gap in new:
            missing = reasons.count("declined") * 2 >= len(reasons)
            languages = [question.language for question in questions]
            store.gaps.save(
                Gap(
                    id=gap,
                    kind=GapKind.MISSING if missing else GapKind.WRONG,
                    state=GapState.OPEN,
                    language=max(set(languages), key=languages.count),
                    due_at=now + DUE_AFTER,
                    created_at=now,
                    updated_at=now,
                )
            )
        store.gaps.add_evidence(
            gap, {question.key: why for question, why in zip(questions, reasons, strict=True)}
        )


def _judge_gap(store: Store, gap: Gap, published: datetime, now: datetime) -> None:
    mine = {(one.conversation, one.turn) for one in store.gaps.list_evidence([gap.id])}
    since = published - 2 * LOOK_BACK
    unanswered = store.gaps.list_unanswered(since)
    asked = [
        (question.asked_at, question.key in mine)
        for question in store.questions.list_between(since, now)
        if question.key in unanswered
    ]
    state, effect = judge_gap_effect(count_effect(asked, published, now, gap.created_at))
    proof = dict(gap.proof or {}) | {"effect": effect}
    store.gaps.save(replace(gap, state=state, proof=proof, updated_at=now))
