"""Articles for gaps: a draft from what agents answered, without a model; proof; effect."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log, sqrt
from typing import Any

import numpy as np

from assistant.domain.gaps import DraftSentence, Gap, GapState
from assistant.insight.theme_space import Vectors
from assistant.text.sentences import split_sentences

#: Sentences of a draft, and how much of one.
MAX_SENTENCES = 6
MIN_CHARACTERS = 8
MAX_CHARACTERS = 400
#: Sentences that are looked at.
MAX_CANDIDATES = 300
#: Two sentences nearer than this say the same.
SAME_SIMILARITY = 0.93
#: What is true of one customer only: masked values, numbers.
PERSONAL = re.compile(r"\[[A-Z]+_\d+\]|\d")
#: Courtesies and questions back say nothing that belongs into an article.
NO_STATEMENT = re.compile(
    r"[?？]|お待たせ|お世話になって|担当の|ありがとうござい|申し訳|かしこまりました|承知(?:いた)?しました|よろしくお願い"
    r"|^(?:hi|hello|dear|thank|thanks|sorry|you're welcome|one moment)\b|\bmy name is\b|\blet me check\b",
    re.IGNORECASE,
)
#: How long an effect is waited for, and how many cases tell anything.
EFFECT_AFTER = timedelta(days=14)
COMPARED = timedelta(days=28)
MIN_CASES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStatement:
    """A sentence that an agent told a customer."""

    conversation: str
    message: str
    text: str


def extract_statements(conversation: str, message: str, text: str) -> list[AgentStatement]:
    """The sentences of an agent's message that state something."""
    return [
        AgentStatement(conversation=conversation, message=message, text=sentence)
        for sentence in map(str.strip, split_sentences(text))
        if MIN_CHARACTERS <= len(sentence) <= MAX_CHARACTERS and not NO_STATEMENT.search(sentence)
    ]


def select_sentences(statements: Sequence[AgentStatement], vectors: Vectors) -> list[DraftSentence]:
    """The most central statements, each thing once: near to what agents said in other conversations.

    LexRank's degree centrality (Erkan & Radev 2004), with each conversation as one vote.
    """
    if not statements:
        return []
    similarities = vectors @ vectors.T
    talks = np.array([statement.conversation for statement in statements])
    others = talks[:, None] != talks[None, :]
    support = np.where(others, similarities, 0).sum(axis=1) / np.maximum(others.sum(axis=1), 1)
    chosen: list[int] = []
    for place in np.argsort(-support, kind="stable"):
        if all(similarities[place, other] < SAME_SIMILARITY for other in chosen):
            chosen.append(int(place))
        if len(chosen) == MAX_SENTENCES:
            break
    return [
        DraftSentence(
            conversation=statements[place].conversation,
            message=statements[place].message,
            text=statements[place].text,
            personal=PERSONAL.search(statements[place].text) is not None,
        )
        for place in chosen
    ]


def render_article(gap: Gap) -> str:
    """The Markdown file of an approved gap."""
    title = " ".join((gap.title or "").split()).replace("\\", " ").replace('"', "'")
    return f'---\ntitle: "{title}"\nlanguage: {gap.language[:2]}\n---\n\n{(gap.text or "").strip()}\n'


def compare_answers(
    added: str,
    answered: Sequence[str | None],
    before: Sequence[str | None],
    after: Sequence[str | None],
    titles: Mapping[str, str],
) -> Mapping[str, Any]:
    """How many of the evidence are answered by the new article, and which articles lose questions to it."""
    taken: dict[str, int] = {}
    for old, new in zip(before, after, strict=True):
        if old is not None and new == added and old != added:
            taken[old] = taken.get(old, 0) + 1
    return {
        "asked": len(answered),
        "answered": sum(article == added for article in answered),
        "answered_by_others": sum(article not in (None, added) for article in answered),
        "standing": len(before),
        "takes_over": [
            {"article": article, "title": titles.get(article, article), "questions": count}
            for article, count in sorted(taken.items(), key=lambda item: -item[1])
        ],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectCounts:
    """Unanswered questions of the gap and of all others, before and after the article."""

    gap_before: int
    gap_after: int
    others_before: int
    others_after: int


def judge_effect(counts: EffectCounts) -> tuple[GapState, Mapping[str, Any]]:
    """Difference in differences of Poisson counts: the gap's change beside that of all other questions.

    The ratio with its 95 % interval on the log scale; half a case is added to each count.
    """
    values = (counts.gap_after, counts.gap_before, counts.others_after, counts.others_before)
    a, b, c, d = (value + 0.5 for value in values)
    middle, error = log(a / b) - log(c / d), sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    low, high = exp(middle - 1.96 * error), exp(middle + 1.96 * error)
    effect = {"ratio": round(exp(middle), 3), "low": round(low, 3), "high": round(high, 3)}
    if counts.gap_before + counts.gap_after < MIN_CASES:
        return GapState.MEASURING, effect | {"verdict": "too_early"}
    state = GapState.WORKED if high < 1 else GapState.WORSE if low > 1 else GapState.NO_EFFECT
    return state, effect | {"verdict": state.value}


def count_effect(
    asked: Sequence[tuple[datetime, bool]], published: datetime, now: datetime, selected: datetime
) -> EffectCounts:
    """Counts of (asked at, belongs to the gap) over equal times before and after *published*.

    The week in which the gap was noticed (*selected*) is left out: it was chosen for being high.
    """
    span = min(COMPARED, now - published)
    week = (selected - timedelta(days=7), selected)
    kept = [
        (moment > published, mine)
        for moment, mine in asked
        if published - span - timedelta(days=7) <= moment <= published + span
        and not week[0] <= moment <= week[1]
    ]
    return EffectCounts(
        gap_before=sum(mine and not later for later, mine in kept),
        gap_after=sum(mine and later for later, mine in kept),
        others_before=sum(not mine and not later for later, mine in kept),
        others_after=sum(not mine and later for later, mine in kept),
    )
