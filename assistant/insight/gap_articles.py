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
#: What may be true of one customer only: masked values, somebody by name, numbers that no other agent said.
SOMEBODY = re.compile(r"\[[A-Z]+_\d+\]|(?<![客皆族子者方人主社先同多仕模有異])様(?![々子式なにがで])")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
#: Courtesies, what somebody is about to do, questions back and what holds for one customer only say nothing
#: that belongs into an article.
NO_STATEMENT = re.compile(
    r"[?？]|お待たせ|お世話になって|担当の|ありがとうござい|申し訳|かしこまりました|承知(?:いた)?しました|よろしくお願い"
    r"|^(?:こんにちは|はじめまして|少々|恐れ入ります[。、]?$)|と申します|(?:が|にて)承ります|お悔やみ|ご不便を|ご心配を"
    r"|(?:^|の)\[NAME_\d+\](?:です|でございます)|^(?:this is|i'm) \[NAME_\d+\]"
    r"|(?:確認|お調べ|お?調査|手配)(?:を?(?:いた)?しま(?:す|した)|してまいります|して(?:おり|い)ます)"
    r"|^(?:あらかじめ|何卒|どうか)?ご(?:了承|理解|安心)(?:の(?:ほど|程))?(?:を?お願い|くださ|いただ)?[^。]{0,6}。?$"
    r"|(?:様|さん|さま)の場合|今回(?:に限り|は特別|のみ)|特別に|お役に立て|何かござい|いつでも(?:お気軽|ご連絡)"
    r"|^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|thank|thanks|sorry|you're welcome)\b"
    r"|^(?:no (?:problem|worries)|of course|sure|certainly|great|perfect)[.!]?$"
    r"|^(?:take care|have a|one moment|just a moment|bear with)\b"
    r"|\bmy name is\b|\blet me (?:check|look|see|find|pull)\b|\banything else\b|\bhappy to help\b"
    r"|\bi(?:'ll| will|'m going to) (?:check|look|find|pull|ask|go)\b|\bhope (?:that|this)\b"
    r"|\b(?:reaching out|getting in touch|bearing with)\b|\b(?:in|for) your case\b|\bexception for you\b"
    r"|\b(?:just|only) this (?:once|time)\b|\bone-off\b|\bgoodwill\b"
    r"|\bi(?:'ve| have) (?:made|added|extended|applied|waived|noted|checked|looked|gone ahead|just)\b",
    re.IGNORECASE,
)
#: What a sentence may begin with before it states something: a name, an apology.
OPENING = re.compile(
    r"^(?:(?:[^、。\s]{1,12}|[^、。]{1,6} [^、。]{1,8})(?:様|さま|さん)[、,]\s*|\[NAME_\d+\][,、]\s*"
    r"|(?:大変|誠に)?申し訳(?:ございません|ありません)(?:が|、)+\s*|恐れ入りますが、?"
    r"|(?:i'm |we're )?(?:so |very )?sorry,?(?: but)? (?=\w+ \w))",
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
    sentences = (OPENING.sub("", sentence.strip()) for sentence in split_sentences(text))
    return [
        AgentStatement(conversation=conversation, message=message, text=sentence)
        for sentence in sentences
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
            personal=_may_be_personal(place, statements),
        )
        for place in chosen
    ]


def _may_be_personal(place: int, statements: Sequence[AgentStatement]) -> bool:
    """Whether a statement names somebody, or has a number that was told in its conversation alone."""
    said = statements[place]
    elsewhere = {
        number
        for other in statements
        if other.conversation != said.conversation
        for number in NUMBER.findall(other.text)
    }
    return SOMEBODY.search(said.text) is not None or not elsewhere.issuperset(NUMBER.findall(said.text))


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
