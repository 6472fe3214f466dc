"""How near short texts come to a question: for saved replies and earlier cases that agents are shown."""

import re
from collections.abc import Sequence
from itertools import combinations

from assistant.text.terms import STOP, compute_rarity, extract_terms, normalize_text

#: Words of a question that are searched for, and searches at most.
MAX_WORDS = 5
MAX_QUERIES = 6
#: Words of nearly every question to a shop: they make no two cases alike.
_COMMON = """
注文 注文番号 会員番号 電話番号 商品 購入 連絡 確認 質問 問 合 願 電話 番号 今日 明日 昨日 先日 可能 必要 場合
order item shop hello please help could would there have when what from with that this your"""
COMMON_WORDS = frozenset(_COMMON.split()) | STOP
_WORD = re.compile(r"[一-鿿々〆]{2,8}|[ァ-ヴー]{2,20}|[a-z][a-z'-]{3,30}")


def build_case_queries(question: str) -> list[str]:
    """Searches for cases like this: pairs of its words, long ones first, as they are rarer."""
    words = [
        word for word in dict.fromkeys(_WORD.findall(normalize_text(question))) if word not in COMMON_WORDS
    ]
    longest = sorted(words, key=lambda word: -len(word))[:MAX_WORDS]
    if len(longest) < 2:
        return longest
    pairs = sorted(combinations(longest, 2), key=lambda pair: -sum(map(len, pair)))
    return [" ".join(pair) for pair in pairs[:MAX_QUERIES]]


def score_texts(question: str, texts: Sequence[str]) -> list[float]:
    """0-1 for each text: the share of the question's terms in it, rare ones counting more.

    Terms that none of the texts has count as the rarest: a question about something else is near nothing.
    """
    wanted = extract_terms(question)
    had = [extract_terms(text) for text in texts]
    weights = compute_rarity([*had, wanted])
    total = sum(weights[term] for term in wanted)
    return [sum(weights[term] for term in wanted & terms) / total if total else 0.0 for terms in had]
