"""Articles for gaps: a draft from what agents answered, without a model; proof; effect."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.domain.effects import EffectCounts, EffectVerdict, judge_effect
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

    LexRank's degree centrality (Erkan & Radev 2004), with each conversation as one vote. *statements* are in
    the order in which they were said; those chosen come as early as they were said in their conversation.
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
    chosen.sort(key=lambda place: (talks[: place + 1] == talks[place]).sum() / (talks == talks[place]).sum())
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


def judge_gap_effect(counts: EffectCounts) -> tuple[GapState, Mapping[str, Any]]:
    """The state that follows from what the article changed."""
    effect = judge_effect(counts)
    early = effect["verdict"] == EffectVerdict.TOO_EARLY
    return GapState.MEASURING if early else GapState(effect["verdict"]), effect
