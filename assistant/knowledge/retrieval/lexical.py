"""Selects the terms of a question for lexical search, and checks that lexical search works."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.knowledge.retrieval.forward_index import ForwardIndex, hash_words
from assistant.text.segmentation import tokenize_text

#: Most terms searched for, the rarest first: more cost time and add nothing.
MAX_WORDS = 16
#: A term in more than this share of the chunks is skipped while there are rarer ones.
COMMON = 0.25

#: A text and a question about it per language, with spelling variants that customers use.
SAMPLES: dict[str, Sequence[tuple[str, str]]] = {
    "ja": (
        ("引越し先への再配達はサーバで受け付けます。", "引っ越し サーバー"),
        ("返品の送料は当店が負担します。", "送料"),
        ("ﾊﾟｿｺﾝのエラーE-1042について", "パソコン Ｅ－１０４２"),
    ),
    "en": (
        ("Returning items: refunds take five days.", "return item"),
        ("Error E-1042 means the card was declined.", "e-1042"),
    ),
}


def select_rare_words(question: Sequence[str], index: ForwardIndex) -> list[str]:
    """The terms of a question worth searching for, rarest first."""
    words = list(dict.fromkeys(question))
    frequency = index.counts.count_chunks(hash_words(words))
    ranked = sorted((int(count), word) for count, word in zip(frequency, words, strict=True) if count)
    most = COMMON * len(index)
    rare = [word for count, word in ranked if count <= most]
    return (rare or [word for _, word in ranked])[:MAX_WORDS]


def list_broken_languages(languages: Sequence[str]) -> list[str]:
    """The languages in which lexical search does not find its test question; empty when it works."""
    return [language for language in languages if not _matches_samples(language)]


def _matches_samples(language: str) -> bool:
    samples = SAMPLES.get(language, ())
    return all(set(tokenize_text(question)) <= set(tokenize_text(text)) for text, question in samples)
