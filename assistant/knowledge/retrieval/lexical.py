"""Which words of a question keyword search looks for, and whether it is alive in every language."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.knowledge.retrieval.forward_index import ForwardIndex, hash_words
from assistant.text.segmentation import tokenize_text

#: Words looked for, the rarest: more cost time and add nothing.
MAX_WORDS = 16
#: A word in more than this share of the chunks is skipped while there are rarer ones.
COMMON = 0.25

#: A text and a question of it, per language, with the differences of spelling that customers make.
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


def select_rare_words(question: Sequence[str], shelf: ForwardIndex) -> list[str]:
    """The words of a question worth looking for, rarest first."""
    words = list(dict.fromkeys(question))
    frequency = shelf.counts.count_chunks(hash_words(words))
    ranked = sorted((int(count), word) for count, word in zip(frequency, words, strict=True) if count)
    most = COMMON * len(shelf)
    rare = [word for count, word in ranked if count <= most]
    return (rare or [word for _, word in ranked])[:MAX_WORDS]


def list_broken_languages(languages: Sequence[str]) -> list[str]:
    """The languages in which words of a question do not meet words of a text; empty when all is well."""
    return [language for language in languages if not _matches_samples(language)]


def _matches_samples(language: str) -> bool:
    samples = SAMPLES.get(language, ())
    return all(set(tokenize_text(question)) <= set(tokenize_text(text)) for text, question in samples)
