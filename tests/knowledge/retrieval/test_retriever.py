"""Hybrid search over a small knowledge base, with vectors, without them, and with hostile questions."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.domain.errors import IndexUnavailable
from assistant.knowledge.retrieval.retriever import clean_question
from assistant.knowledge.vectors.brute_force import BruteForceIndex
from assistant.knowledge.vectors.synced_index import SyncedVectorIndex
from assistant.ports.knowledge import VectorIndex
from tests.knowledge.shop import PAGES, KnowledgeHarness
from tests.postgres import emptied


@pytest.fixture
async def shop() -> AsyncIterator[KnowledgeHarness]:
    made = KnowledgeHarness()
    await made.fill()
    await made.retriever.start()
    yield made
    await made.retriever.close()
    made.database.close()


@pytest.mark.parametrize(
    ("question", "language", "article"),
    [
        ("返品は何日以内ですか", "ja", "ja/returns.md"),
        ("ポイントはいつまで有効？", "ja", "ja/points.md"),
        ("E-1042と出ます", "ja", "ja/errors.md"),
        ("Ｅ－１０４２", "ja", "ja/errors.md"),
        ("How can I return an item?", "en", "en/returns.md"),
        ("where do i download invoices", "en", "en/invoice.md"),
    ],
)
async def test_the_right_article_comes_first(
    shop: KnowledgeHarness, question: str, language: str, article: str
) -> None:
    assert (await shop.found(question, language))[0] == article


async def test_scores_are_probabilities_best_first(shop: KnowledgeHarness) -> None:
    scores = [passage.score for passage in await shop.retriever.search("返品の期限は？", language="ja")]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


async def test_a_passage_carries_what_a_citation_needs(shop: KnowledgeHarness) -> None:
    best = (await shop.retriever.search("返品の期限は？", language="ja", limit=1))[0]
    assert (best.article, best.title, best.language) == ("ja/returns.md", "返品の期限", "ja")
    assert best.text == PAGES["ja/returns.md"][1]


async def test_a_page_of_links_never_stands_before_an_article(shop: KnowledgeHarness) -> None:
    links = "\n".join(f"- [返品の期限は何日以内ですか{n}](/help/{n}.md)" for n in range(5))
    await shop.put("ja/index.md", "返品の期限は何日以内ですか", links)
    await shop.indexer.backfill_embeddings()
    await shop.retriever.load_changes()
    found = await shop.found("返品の期限は何日以内ですか", "ja")
    assert found[0] == "ja/returns.md"
    assert "ja/index.md" not in found[:-1]


async def test_an_expired_article_is_not_found(shop: KnowledgeHarness) -> None:
    assert "ja/sale.md" not in await shop.found("浴衣のセール", "ja")


async def test_an_empty_knowledge_base_finds_nothing() -> None:
    empty = KnowledgeHarness()
    await empty.retriever.start()
    assert await empty.found("返品したい") == []
    empty.database.close()


# -- changes while serving


async def test_what_another_process_wrote_is_found_after_a_refresh(shop: KnowledgeHarness) -> None:
    assert await shop.retriever.load_changes() is False
    await shop.put("ja/gift.md", "ギフト包装", "ラッピングは330円です。")
    await shop.indexer.backfill_embeddings()
    assert await shop.retriever.load_changes() is True
    assert (await shop.found("ギフト包装はいくら", "ja"))[0] == "ja/gift.md"


async def test_new_text_is_found_by_its_words_before_it_has_vectors(shop: KnowledgeHarness) -> None:
    await shop.put("ja/gift.md", "ギフト包装", "ラッピングは330円です。")
    await shop.retriever.load_changes()
    assert "ja/gift.md" in await shop.found("ラッピング", "ja")


async def test_a_removed_article_is_not_found(shop: KnowledgeHarness) -> None:
    await shop.indexer.remove_articles(["ja/points.md"])
    assert "ja/points.md" not in await shop.found("ポイント", "ja")
    await shop.retriever.load_changes()
    assert "ja/points.md" not in await shop.found("ポイント", "ja")


async def test_a_change_between_ranking_and_reading_drops_the_passage(shop: KnowledgeHarness) -> None:
    """Another process removed it; the retriever has not refreshed yet."""
    await shop.indexer.remove_articles(["ja/returns.md"])
    assert "ja/returns.md" not in await shop.found("返品の期限", "ja")


async def test_embedding_goes_on_where_it_was_interrupted(shop: KnowledgeHarness) -> None:
    await shop.put("ja/gift.md", "ギフト包装", "ラッピングは330円です。")
    shop.letters.broken = True
    with pytest.raises(Exception, match="switched off"):
        await shop.indexer.backfill_embeddings()
    shop.letters.broken, shop.letters.embedded = False, []
    steps: list[tuple[int, int]] = []
    await shop.indexer.backfill_embeddings(lambda done, total: steps.append((done, total)))
    assert steps == [(0, 1), (1, 1)]
    assert all("ギフト" in text for text in shop.letters.embedded)


# -- parts that are down


async def test_without_the_embedding_model_words_still_answer(shop: KnowledgeHarness) -> None:
    shop.letters.broken = True
    assert (await shop.found("返品の送料", "ja"))[0] == "ja/returns.md"
    assert shop.retriever.component_health()["embeddings"] == "The embedding model is switched off."
    shop.letters.broken = False
    await shop.found("返品の送料", "ja")
    assert shop.retriever.component_health() == {"embeddings": None, "vectors": None, "words": None}


class BrokenIndex(BruteForceIndex):
    async def find_nearest(self, vector: object, *, limit: int) -> list[tuple[int, float]]:
        raise IndexUnavailable("The disk is gone.")


async def open_broken() -> VectorIndex:
    return BrokenIndex()


async def test_an_index_that_breaks_is_replaced_by_the_exact_one() -> None:
    broken = KnowledgeHarness(SyncedVectorIndex(open_broken))
    await broken.fill()
    await broken.retriever.start()
    assert (await broken.found("ポイントの期限", "ja"))[0] == "ja/points.md"
    assert broken.retriever.component_health()["vectors"] == "The disk is gone."
    broken.database.close()


# -- hostile questions


HOSTILE = (
    *("", "   ", "\0", "\ud800", "\u202e\u200b\ufeff", "😀" * 300, "a" * 20_000, "返品" * 10_000),
    *('"', "*", 'NEAR("a" "b", 5)', "title_terms:x", "' OR 1=1; --", "^{}[]()~!@#$%", "AND OR NOT"),
    "𠮷野家で返品 return it ﾍﾝﾋﾟﾝ",
)


@pytest.mark.parametrize("question", HOSTILE)
async def test_any_question_gets_an_orderly_answer(shop: KnowledgeHarness, question: str) -> None:
    for passage in await shop.retriever.search(question, language="ja"):
        assert 0 <= passage.score <= 1


#: Asks a full and an empty knowledge base; (article, score) of what came back from each.
Served = Callable[[str, str | None], tuple[list[tuple[str, float]], list[tuple[str, float]]]]

OPERATORS = (
    *"\"*^(){}:-+~|&!%_\\';$",
    *("AND", "OR", "NOT", 'NEAR("a" "b", 5)', "title_terms:", "col:", "<->", "<2>", ":*", "/*", "*/", "--"),
    *("'; DROP TABLE chunks; --", "' OR 1=1", "$1", "%s", "\\x00", "\0", "\ud800", "\udfff", "\udc00\ud800"),
)
WORDS = (
    *("返品", "ポイント", "ﾍﾝﾋﾟﾝ", "Ｅ－１０４２", "return", "𠮷野家"),
    *("الإرجاع", "возврат", "환불", "कैसे", "é", "e\u0301"),
)
EMOJI = ("😀", "👩\u200d👧", "🇯🇵", "❤\ufe0f", "👍🏽", "\u200d", "\U000e007f")
SPACES = (" ", "\u3000", "\t", "\n", "\r", "\u00a0", "\u200b", "\ufeff", "\u2028", "\x0b", "\x85")


def of(*parts: str, most: int = 40) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(parts), max_size=most).map("".join)


QUESTIONS = st.one_of(
    st.text(st.characters(exclude_categories=[])),
    of(*OPERATORS, *WORDS, *SPACES),
    of(*WORDS, *EMOJI),
    of(*EMOJI),
    of(*SPACES),
    st.tuples(of(*OPERATORS, *WORDS, *EMOJI, *SPACES, most=6), st.integers(1, 20_000)).map(
        lambda part: (part[0] * part[1])[:20_000]
    ),
)


@settings(max_examples=80, deadline=None)
@given(question=QUESTIONS, language=st.sampled_from(["ja", "en", "xx", "", None]))
def test_no_question_breaks_the_search(served: Served, question: str, language: str | None) -> None:
    found, in_nothing = served(question, language)
    assert in_nothing == []
    scores = [score for _, score in found]
    assert all(0 <= score <= 1 for score in scores)
    assert scores == sorted(scores, reverse=True)
    assert "ja/sale.md" not in [article for article, _ in found]  # it has ended
    if not clean_question(question):
        assert found == []
    else:
        # What no part can take changes nothing.
        assert served(clean_question(question), language)[0] == found


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """One shop for all examples, and one that has nothing yet."""
    loop, empty = asyncio.new_event_loop(), KnowledgeHarness()
    on_postgres = request.param == "postgresql"
    made = KnowledgeHarness(
        engine=emptied(request.getfixturevalue("postgres_database")).engine if on_postgres else None
    )
    loop.run_until_complete(made.fill())
    loop.run_until_complete(made.retriever.start())
    loop.run_until_complete(empty.retriever.start())

    def asked(shop: KnowledgeHarness, question: str, language: str | None) -> list[tuple[str, float]]:
        found = loop.run_until_complete(shop.retriever.search(question, language=language))
        assert shop.retriever.component_health() == {"embeddings": None, "vectors": None, "words": None}
        return [(passage.article, passage.score) for passage in found]

    yield lambda question, language: (asked(made, question, language), asked(empty, question, language))
    made.database.close()
    empty.database.close()
    loop.close()


async def test_scores_do_not_depend_on_the_limit(shop: KnowledgeHarness) -> None:
    one = await shop.retriever.search("返品の期限", language="ja", limit=1)
    five = await shop.retriever.search("返品の期限", language="ja", limit=5)
    assert replace(one[0], score=0) == replace(five[0], score=0)
    assert one[0].score == five[0].score
