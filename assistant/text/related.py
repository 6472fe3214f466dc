"""How near short texts come to a question: for saved replies and earlier cases that agents are shown."""

from collections.abc import Sequence

from assistant.text.terms import compute_rarity, extract_terms

#: Terms of a search for cases like this one.
MAX_QUERY_TERMS = 4
#: Terms of nearly every question to a shop: alone they make no two cases alike.
_COMMON = """
注文 商品 購入 連絡 確認 質問 問い 合わ 願 お願 電話 番号 今日 明日 昨日
order item shop hello please help"""
COMMON_TERMS = frozenset(_COMMON.split())


def select_query_terms(question: str) -> list[str]:
    """The terms that say most of what a question is about, at most MAX_QUERY_TERMS, longer ones first."""
    terms = sorted(extract_terms(question) - COMMON_TERMS, key=lambda term: (-len(term), term))
    return [term for term in terms if len(term) > 1 and not term.isdigit()][:MAX_QUERY_TERMS]


def score_texts(question: str, texts: Sequence[str]) -> list[float]:
    """0-1 for each text: the share of the question's terms in it, rare ones counting more.

    Terms that none of the texts has count as the rarest: a question about something else is near nothing.
    """
    wanted = extract_terms(question)
    had = [extract_terms(text) for text in texts]
    weights = compute_rarity([*had, wanted])
    total = sum(weights[term] for term in wanted)
    return [sum(weights[term] for term in wanted & terms) / total if total else 0.0 for terms in had]
