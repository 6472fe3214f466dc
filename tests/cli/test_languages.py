"""Across languages with the real model: one's own first where there is one, else what there is."""

from collections.abc import AsyncIterator

import pytest

from assistant.ports.models import Embedder
from tests.knowledge.shop import KnowledgeHarness

pytestmark = pytest.mark.slow

#: In both languages, and in one only.
PAGES = {
    "ja/returns.md": ("返品の期限", "商品の到着から30日以内であれば返品できます。"),
    "en/returns.md": ("Return deadline", "You can return an item within 30 days of its arrival."),
    "ja/points.md": ("ポイントの有効期限", "ポイントは最後のお買い物から1年間有効です。"),
    "en/points.md": ("When points expire", "Points are valid for a year after your last purchase."),
    "ja/gift.md": ("ギフト包装", "贈り物用の包装は1点330円で承ります。"),
    "en/repair.md": ("Repairs", "We repair watches for five years after you bought them."),
    "ja/receipt.md": ("領収書の発行", "領収書は注文履歴からダウンロードできます。"),
    "en/address.md": ("Changing your address", "You can change the delivery address until we ship."),
}


@pytest.fixture
async def shop(embedder: Embedder) -> AsyncIterator[KnowledgeHarness]:
    made = KnowledgeHarness(embedder=embedder)
    for name, (title, text) in PAGES.items():
        await made.put(name, title, text)
    await made.indexer.backfill_embeddings()
    await made.retriever.start()
    yield made
    await made.retriever.close()
    made.database.close()


@pytest.mark.parametrize(
    ("question", "language", "article"),
    [
        ("返品はいつまでできますか", "ja", "ja/returns.md"),
        ("Until when can I return something?", "en", "en/returns.md"),
        ("ポイントはいつ失効しますか", "ja", "ja/points.md"),
        ("When do my points expire?", "en", "en/points.md"),
    ],
)
async def test_ones_own_language_comes_first(
    shop: KnowledgeHarness, question: str, language: str, article: str
) -> None:
    assert (await shop.found(question, language))[0] == article


@pytest.mark.parametrize(
    ("question", "language", "article"),
    [
        ("Can you wrap it as a gift, and what does that cost?", "en", "ja/gift.md"),
        ("How do I get a receipt?", "en", "ja/receipt.md"),
        ("時計の修理は何年まで受け付けていますか", "ja", "en/repair.md"),
        ("届け先の住所を変更したい", "ja", "en/address.md"),
    ],
)
async def test_what_is_there_in_the_other_language_only_is_found(
    shop: KnowledgeHarness, question: str, language: str, article: str
) -> None:
    """How often it comes first is a figure (`python -m evals retrieval`), not a promise for each question."""
    assert article in (await shop.found(question, language))[:3]
