"""Ranking with an embedder: what it is asked for, and that it is not asked twice."""

from collections.abc import Sequence

import numpy
from numpy import float32, int8, intp
from numpy.typing import NDArray

from assistant.answering.quotes.candidates import list_candidates
from assistant.answering.quotes.ranker import MAX_COMPARED, QuoteRanker
from assistant.domain.errors import Unavailable
from assistant.domain.knowledge import Passage
from assistant.ports.answering import AnswerRequest
from assistant.ports.knowledge import PassageTokens
from assistant.ports.models import MultiVector
from tests.answering.passages import DEADLINE, passage


class CountingEmbedder:
    """An embedder in whose eyes only texts with 水着 are like the question."""

    name, dimensions = "counting", 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def embed_passages(self, texts: Sequence[str]) -> NDArray[float32]:
        self.asked += texts
        return numpy.array([[1, 0] if "水着" in text else [0.8, 0.6] for text in texts], dtype=float32)

    def count_tokens(self, text: str) -> int:
        return len(text)

    async def embed_query(self, text: str) -> NDArray[float32]:
        return numpy.array([1, 0], dtype=float32)


ASK = AnswerRequest(question="泳ぐ服は返せますか", language="ja", passages=[passage(DEADLINE)])


async def test_meaning_decides_where_words_do_not() -> None:
    ranked = await QuoteRanker(CountingEmbedder()).rank_candidates(ASK)
    assert "水着" in ranked[0][0].text


async def test_a_sentence_is_embedded_once() -> None:
    embedder = CountingEmbedder()
    ranker = QuoteRanker(embedder)
    await ranker.rank_candidates(ASK)
    asked = list(embedder.asked)
    await ranker.rank_candidates(ASK)
    assert embedder.asked == asked


async def test_no_question_embeds_more_than_a_handful_of_sentences() -> None:
    embedder = CountingEmbedder()
    long = passage("".join(f"返品は{n}日以内にお申し込みください。" for n in range(200)))
    await QuoteRanker(embedder).rank_candidates(
        AnswerRequest(question="返品の期限は", language="ja", passages=[long])
    )
    assert len(embedder.asked) == MAX_COMPARED


async def test_likeness_is_to_the_nearest() -> None:
    ranker = QuoteRanker(CountingEmbedder())
    assert await ranker.compute_likeness("水着", ["送料", "水着です"]) > 0.99
    assert await QuoteRanker().compute_likeness("水着", ["水着"]) == 0.0


class FakeMultiVectorEmbedder(CountingEmbedder):
    """Every token of a question means the same."""

    async def embed_query_tokens(self, text: str) -> MultiVector:
        return MultiVector(numpy.ones(2, float32), numpy.array([[7, 0]], int8))

    async def embed_passage_tokens(self, texts: Sequence[str]) -> Sequence[MultiVector]:
        raise AssertionError("what is kept is not embedded")

    def compute_token_spans(self, text: str) -> "NDArray[intp]":
        raise AssertionError("what is kept is not embedded")


class FakeTokenVectors:
    """Keeps that the characters of *word* mean what every question asks."""

    def __init__(self, word: str) -> None:
        self.word = word

    async def load_passage_tokens(self, passages: Sequence[Passage]) -> Sequence[PassageTokens | None]:
        return [self._tokens(each.text) for each in passages]

    def _tokens(self, text: str) -> PassageTokens:
        start = text.index(self.word)
        spans = numpy.array([(0, start), (start, start + len(self.word))])
        return PassageTokens(spans=spans, tokens=numpy.array([[1, 7], [7, 0]], int8))


async def test_token_vectors_that_are_kept_spare_embedding_the_candidates() -> None:
    embedder = FakeMultiVectorEmbedder()
    ranked = await QuoteRanker(embedder, FakeTokenVectors("開封済みの家電")).rank_candidates(ASK)
    assert "家電" in ranked[0][0].text
    assert embedder.asked == []


async def test_while_the_embedding_model_is_down_words_decide() -> None:
    class UnavailableEmbedder(FakeMultiVectorEmbedder):
        async def embed_query_tokens(self, text: str) -> MultiVector:
            raise Unavailable("down")

    ranker = QuoteRanker(UnavailableEmbedder(), FakeTokenVectors("開封済みの家電"))
    assert await ranker.compute_closeness(ASK, list_candidates(ASK.question, ASK.passages)) is None
