"""The knowledge base in SQL."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest
import sqlalchemy as sa

from assistant.domain.knowledge import Article, Chunk, Origin, Terms
from assistant.ports.models import MultiVector
from assistant.storage.articles import SqlArticles
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.fulltext import build_fts_query
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore


@pytest.fixture
def articles(database: SqlDatabase[SqlStore]) -> Iterator[SqlArticles]:
    with database.engine.begin() as connection:
        yield SqlArticles(connection)


NO_TOKENS = np.zeros((0, 0), np.int8)


def slots(count: int) -> list[MultiVector]:
    return [MultiVector(np.ones(4, np.float32), NO_TOKENS) for _ in range(count)]


def article(name: str = "returns.md", *, hash_: str = "1", until: date | None = None) -> Article:
    return Article(
        id=name,
        title="Returns",
        language="en",
        text="# Returns",
        tags=("returns",),
        content_hash=hash_,
        valid_until=until,
        origin=Origin(source="kb", location=f"/kb/{name}"),
    )


def part(body: str, position: int = 0, title: str = "return") -> tuple[Chunk, Terms]:
    chunk = Chunk(position=position, headings=("How",), text=body, tokens=3)
    return chunk, Terms(title=title, headings="how", body=body)


def test_an_article_comes_back_as_it_was_put(articles: SqlArticles) -> None:
    articles.save_article(article(until=date(2027, 1, 31)), [part("thirty days")])
    assert articles.find_article("returns.md") == article(until=date(2027, 1, 31))
    assert articles.list_articles() == [article(until=date(2027, 1, 31))]
    assert articles.load_content_hashes() == {"returns.md": "1"}
    assert articles.load_origins() == {"returns.md": Origin(source="kb", location="/kb/returns.md")}


def test_an_unknown_article_is_none(articles: SqlArticles) -> None:
    assert articles.find_article("nowhere.md") is None


def test_a_moved_article_keeps_its_chunks(articles: SqlArticles) -> None:
    articles.save_article(article(), [part("thirty days")])
    before = articles.list_chunk_ids()
    articles.update_origins({"returns.md": Origin(source="kb2", location="/kb2/returns.md", version="v2")})
    assert articles.list_chunk_ids() == before
    assert articles.load_origins()["returns.md"].version == "v2"


def test_words_find_chunks_best_first(articles: SqlArticles) -> None:
    articles.save_article(article("a.md"), [part("the refund takes five days", title="x")])
    articles.save_article(article("b.md"), [part("nothing here", title="refund")])
    articles.save_article(article("c.md"), [part("送料 無料", title="返品")])
    first, second = articles.search_words(["refund"], limit=5)
    assert [
        articles.load_passages([first])[first].article,
        articles.load_passages([second])[second].article,
    ] == [
        "b.md",
        "a.md",
    ]
    assert len(articles.search_words(["送料"], limit=5)) == 1


def test_a_replaced_article_is_found_by_its_new_words_only(articles: SqlArticles) -> None:
    articles.save_article(article(), [part("old words")])
    articles.save_article(article(hash_="2"), [part("new phrases"), part("more", 1)])
    assert articles.search_words(["old"], limit=5) == []
    assert len(articles.search_words(["new", "more"], limit=5)) == 2


def test_a_removed_article_leaves_nothing_behind(articles: SqlArticles) -> None:
    articles.save_article(article(), [part("gone tomorrow")])
    (chunk,) = articles.list_chunk_ids()
    articles.save_vectors("m", {chunk: slots(2)})
    articles.remove_articles(["returns.md"])
    assert articles.search_words(["gone"], limit=5) == []
    assert (
        articles.list_chunk_ids(),
        list(articles.load_vectors("m", [chunk])),
        articles.load_content_hashes(),
    ) == ([], [], {})


def test_a_chunk_id_is_never_used_twice(articles: SqlArticles) -> None:
    articles.save_article(article(), [part("one")])
    (first,) = articles.list_chunk_ids()
    articles.save_article(article(hash_="2"), [part("one")])
    assert articles.list_chunk_ids()[0] > first


@pytest.mark.parametrize(
    "word", ['"', '""', "*", "NEAR(", "title_terms:x", "^a", "a\0b", "' OR 1=1 --", "-", "{"]
)
def test_no_word_reaches_the_query_language(articles: SqlArticles, word: str) -> None:
    articles.save_article(article(), [part("thirty days")])
    assert articles.search_words([word], limit=5) == []


def test_every_word_is_quoted() -> None:
    assert build_fts_query(["a", 'b"c']) == '"a" OR "b""c"'


def test_token_vectors_survive_in_four_bits(articles: SqlArticles) -> None:
    articles.save_article(article(), [part("one")])
    (chunk,) = articles.list_chunk_ids()
    title, text = np.array([[-7, 7, 0, 3]], np.int8), np.array([[1, 2, 3, 4], [-1, -2, -3, -4]], np.int8)
    kept = [MultiVector(np.ones(4, np.float32), tokens) for tokens in (text, title, NO_TOKENS)]
    articles.save_vectors("m", {chunk: kept})
    found = articles.load_tokens("m", [chunk, 999])
    assert [tokens.tolist() for tokens in found[chunk]] == [text.tolist(), title.tolist(), []]
    assert articles.load_tokens("other", [chunk]) == {}


def test_every_change_counts(articles: SqlArticles) -> None:
    versions = [articles.load_version()]
    articles.save_article(article(), [part("thirty days")])
    versions.append(articles.load_version())
    articles.save_vectors("m", {articles.list_chunk_ids()[0]: slots(1)})
    versions.append(articles.load_version())
    articles.remove_articles(["returns.md"])
    versions.append(articles.load_version())
    assert versions == sorted(set(versions))


def test_chunks_wait_for_vectors_of_the_model_in_use(articles: SqlArticles) -> None:
    articles.save_article(article(), [part("one"), part("two", 1)])
    first, second = articles.list_chunk_ids()
    articles.save_vectors("old", {first: slots(1)})
    articles.save_vectors("new", {second: slots(1)})
    assert [(id_, title, chunk.text) for id_, title, chunk in articles.list_unembedded("new", limit=9)] == [
        (first, "Returns", "one")
    ]
    assert articles.count_unembedded("new") == 1
    articles.delete_vectors(except_model="new")
    assert (articles.list_embedded("old"), articles.list_embedded("new")) == ([], [second])


def test_vectors_survive_in_half_precision(articles: SqlArticles) -> None:
    articles.save_article(article(), [part("one")])
    (chunk,) = articles.list_chunk_ids()
    matrix = np.array([[0.6, 0.8], [1, 0]], np.float32)
    kept = [MultiVector(row, NO_TOKENS) for row in matrix]
    articles.save_vectors("m", {chunk: kept, 999: kept})
    ((found, stored),) = articles.load_vectors("m", [chunk, 999])
    assert found == chunk
    assert np.abs(stored - matrix).max() < 0.0005


def test_ranking_gets_words_language_and_validity(articles: SqlArticles) -> None:
    articles.save_article(article(until=date(2027, 1, 31)), [part("one two")])
    (row,) = articles.load_chunk_words(articles.list_chunk_ids())
    assert (row.article, row.language, row.valid_until) == ("returns.md", "en", date(2027, 1, 31))
    assert row.terms == Terms(title="return", headings="how", body="one two")


def test_dropping_the_tables_drops_the_word_index() -> None:
    engine = create_sqlite_engine(None)
    metadata.create_all(engine)
    metadata.drop_all(engine)
    assert not sa.inspect(engine).has_table("chunk_words")
    engine.dispose()
