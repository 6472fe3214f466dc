"""The reader: a question and a passage read together."""

import asyncio
import json
import math
import time
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from assistant.answering.quotes.selection_by_reader import MIN_SECOND
from assistant.answering.reader.cross_encoder import CrossEncoderReader, RerankingRetriever
from assistant.answering.reader.encoding import (
    MAX_QUESTION_TOKENS,
    MAX_WINDOW_TOKENS,
    MAX_WINDOWS,
    build_windows,
    encode_question,
)
from assistant.domain.errors import SetupError
from assistant.domain.knowledge import Passage
from assistant.models.embeddings.adapter_weights import READER
from assistant.models.embeddings.e5_cache import prepare_adapter, prepare_e5
from assistant.text.quotable import extract_units
from tests.answering.passages import passage

MODELS = Path(gettempdir()) / "yorisoi-test-models"
PARKING = passage(
    "駐車場は30台分あります。利用は無料です。", title="お車でお越しの方", article="ja/parking.md"
)
PETS = passage(
    "盲導犬をのぞき、ペットをお連れいただくことはできません。", title="ペットについて", article="ja/pets.md"
)
QUESTION = "車を停めるところってありますか"


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    found = Tokenizer.from_file(str(prepare_e5(MODELS) / "tokenizer.json"))
    found.no_truncation()
    return found


@pytest.fixture(scope="module")
def reader() -> CrossEncoderReader:
    return CrossEncoderReader(MODELS, seconds=60)


@pytest.mark.slow
async def test_the_passage_that_answers_comes_first(reader: CrossEncoderReader) -> None:
    found = await reader.rerank_passages(QUESTION, [PETS, PARKING])
    assert [each.article for each in found] == ["ja/parking.md", "ja/pets.md"]
    assert found[0].score > found[1].score + 0.1


@pytest.mark.slow
async def test_a_page_of_links_stands_behind_what_says_something(reader: CrossEncoderReader) -> None:
    links = passage("\n".join(f"- [{QUESTION}{n}](/{n})" for n in range(4)), article="ja/index.md")
    found = await reader.rerank_passages(QUESTION, [links, PETS])
    assert [each.article for each in found] == ["ja/pets.md", "ja/index.md"]


@pytest.mark.slow
async def test_the_part_that_answers_is_the_likeliest(reader: CrossEncoderReader) -> None:
    [read] = await reader.rerank_passages("駐車場は何台入りますか", [PARKING])
    assert len(read.parts) == len(extract_units(PARKING, 0)) == 2
    first, second = read.parts
    assert first
    assert second
    assert first[0] > second[0]


@pytest.mark.slow
async def test_a_passage_of_no_words_is_read_too(reader: CrossEncoderReader) -> None:
    [read] = await reader.rerank_passages(QUESTION, [passage("---")])
    assert 0 <= read.score <= 1


@pytest.mark.slow
async def test_hostile_questions_are_read(reader: CrossEncoderReader) -> None:
    for question in ("", "\ud800", "あ" * 100_000, "\x00"):
        [read] = await reader.rerank_passages(question, [PARKING])
        assert 0 <= read.score <= 1


@pytest.mark.slow
async def test_search_is_followed_by_reading(reader: CrossEncoderReader) -> None:
    class FakeRetriever:
        async def search(
            self, question: str, *, language: str | None = None, limit: int = 5
        ) -> list[Passage]:
            return [PETS, PARKING][:limit]

    found = await RerankingRetriever(FakeRetriever(), reader).search(QUESTION, limit=2)
    assert found[0].article == "ja/parking.md"


async def test_search_alone_answers_while_the_reader_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where a folder should be")
    broken = CrossEncoderReader(tmp_path / "models")
    assert await broken.rerank_passages(QUESTION, [PETS, PARKING]) == [PETS, PARKING]
    assert broken.model.unavailable_reason
    assert "search alone answers" in broken.model.unavailable_reason


class SlowSession:
    """Takes a moment for each window, as on a machine that is busy."""

    windows = 0
    answers = 0.0

    def run(self, _outputs: list[str], feed: dict[str, Any]) -> list[Any]:
        time.sleep(0.1)
        self.windows += 1
        return [np.zeros((1, feed["input_ids"].shape[1], 2)), np.full((1, 1, 1), self.answers)]


@pytest.fixture
def slow_session() -> SlowSession:
    return SlowSession()


@pytest.fixture
def slow_reader(tokenizer: Tokenizer, slow_session: SlowSession) -> CrossEncoderReader:
    slow = CrossEncoderReader(MODELS, seconds=0.35)
    vars(slow.model)["_graph"] = (tokenizer, slow_session)
    return slow


@pytest.mark.slow
async def test_what_was_read_in_time_counts_and_the_rest_comes_after_it(
    slow_reader: CrossEncoderReader, slow_session: SlowSession
) -> None:
    slow_session.answers = -12.0
    passages = [passage(f"{n}番の窓口です。", article=f"{n}.md") for n in range(20)]
    started = time.monotonic()
    found = await slow_reader.rerank_passages(QUESTION, passages)
    assert time.monotonic() - started < 1.0
    read = [each for each in found if each.parts]
    assert 1 <= len(read) <= 3
    assert found[: len(read)] == read
    assert all(each.score < MIN_SECOND * found[0].score for each in found[len(read) :])
    assert slow_reader.model.timeouts == 1
    assert slow_reader.model.unavailable_reason is None
    time.sleep(0.5)
    assert slow_session.windows < 6, "it goes on with what nobody waits for"
    assert (await slow_reader.rerank_passages(QUESTION, [PARKING]))[0].parts


@pytest.mark.slow
async def test_search_alone_answers_when_nothing_is_read_in_time(
    tokenizer: Tokenizer, slow_session: SlowSession
) -> None:
    slow = CrossEncoderReader(MODELS, seconds=0.05)
    vars(slow.model)["_graph"] = (tokenizer, slow_session)
    assert await slow.rerank_passages(QUESTION, [PETS, PARKING]) == [PETS, PARKING]


@pytest.mark.slow
@pytest.mark.parametrize(("sure", "windows"), [(True, 3), (False, 6)], ids=["sure", "unsure"])
async def test_nothing_more_is_read_once_a_passage_surely_answers(
    tokenizer: Tokenizer, slow_session: SlowSession, sure: bool, windows: int
) -> None:
    eager = CrossEncoderReader(MODELS, seconds=60)
    vars(eager.model)["_graph"] = (tokenizer, slow_session)
    slow_session.answers = 12.0 if sure else -12.0
    passages = [passage(f"{n}番の窓口です。", article=f"{n}.md") for n in range(6)]
    found = await eager.rerank_passages(QUESTION, passages)
    assert slow_session.windows == windows
    assert {each.article for each in found} == {each.article for each in passages}


@pytest.mark.slow
async def test_turns_that_wait_for_others_give_up_in_time_too(
    slow_reader: CrossEncoderReader, slow_session: SlowSession
) -> None:
    slow_session.answers = -12.0
    many = [[passage(f"{n}番の{m}です。", article=f"{n}.md") for m in range(10)] for n in range(6)]
    started = time.monotonic()
    await asyncio.gather(*(slow_reader.rerank_passages(QUESTION, each) for each in many))
    assert time.monotonic() - started < 1.5
    assert slow_reader.model.timeouts == 6


@pytest.mark.slow
@pytest.mark.parametrize("words", ["あ。", "\ufdfa", "a\u0301", "- x\n", "[", "▁", "\ud800"])
def test_windows_of_hostile_text_are_cut_in_bounded_time(tokenizer: Tokenizer, words: str) -> None:
    hostile = passage(words * 8_000, title=words * 8_000)
    started = time.process_time()
    windows = build_windows(tokenizer, encode_question(tokenizer, words * 8_000), hostile)
    assert len(windows) <= MAX_WINDOWS
    assert time.process_time() - started < 3


@pytest.mark.slow
def test_a_damaged_graph_is_made_again() -> None:
    folder = prepare_e5(MODELS)
    graph = prepare_adapter(folder, READER)
    mark = graph.with_suffix(".json")
    whole, kept = graph.read_bytes(), json.loads(mark.read_text(encoding="utf-8"))
    for lie in (json.dumps(kept), "{}", "[" * 100_000):
        graph.write_bytes(b"nothing")
        mark.write_text(lie, encoding="utf-8")
        assert prepare_adapter(folder, READER).read_bytes() == whole


@pytest.mark.slow
def test_graphs_of_other_weights_are_removed() -> None:
    folder = prepare_e5(MODELS)
    earlier = folder / "reader-000000000000.onnx"
    earlier.write_bytes(b"earlier weights")
    graph = prepare_adapter(folder, READER)
    graph.write_bytes(b"damaged")
    prepare_adapter(folder, READER)
    assert not earlier.exists()
    assert graph.exists()


def test_a_graph_that_cannot_be_written_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="could not be written"):
        prepare_adapter(tmp_path / "missing", READER)


@pytest.mark.slow
async def test_halves_of_surrogates_in_a_passage_are_read(reader: CrossEncoderReader) -> None:
    [read] = await reader.rerank_passages(QUESTION, [passage("犬は\ud83d入れます。")])
    assert all(read.parts)


@pytest.mark.slow
def test_every_part_of_a_long_passage_is_in_a_window(tokenizer: Tokenizer) -> None:
    long = passage("\n\n".join(f"{n}番の窓口では{n}種類の手続きを受け付けています。" for n in range(60)))
    windows = build_windows(tokenizer, encode_question(tokenizer, QUESTION), long)
    assert len(windows) > 1
    assert sorted(unit for window in windows for unit, _, _ in window.units) == list(range(60))
    for window in windows:
        assert len(window.ids) <= MAX_QUESTION_TOKENS + MAX_WINDOW_TOKENS + 60
        assert all(window.passage_start < start < end < len(window.ids) for _, start, end in window.units)


@pytest.mark.slow
def test_a_part_after_long_text_that_is_none_has_tokens(tokenizer: Tokenizer) -> None:
    late = passage("```\n" + "x = 1 # 番号\n" * 200 + "```\n\n手続きは窓口で受け付けています。")
    windows = build_windows(tokenizer, encode_question(tokenizer, QUESTION), late)
    assert all(start < end for window in windows for _, start, end in window.units)
    assert any(window.units for window in windows)


@pytest.mark.slow
async def test_a_line_that_comes_again_in_a_later_window_is_read_once(
    tokenizer: Tokenizer, reader: CrossEncoderReader
) -> None:
    parts = [f"{n}番の窓口では{n}種類の手続きを受け付けています。\n\nご注意ください。" for n in range(60)]
    repeated = passage("\n\n".join(parts))
    windows = build_windows(tokenizer, encode_question(tokenizer, QUESTION), repeated)
    assert all(
        window.passage_start < a < b < len(window.ids) for window in windows for _, a, b in window.units
    )
    [read] = await reader.rerank_passages("手続きの窓口", [repeated])
    assert all(math.isfinite(score) for part in read.parts if part for score in part)


@pytest.mark.slow
@pytest.mark.parametrize("context", ["", "送料はいくら？"])
def test_beginning_and_end_of_a_long_question_are_read(tokenizer: Tokenizer, context: str) -> None:
    ids = encode_question(tokenizer, f"返品したいです。{'はじめまして。' * 200}{QUESTION}", context)
    assert len(ids) <= MAX_QUESTION_TOKENS
    read = tokenizer.decode(ids).replace(" ", "")
    assert read.endswith(QUESTION)
    assert "返品したいです" in read


@pytest.mark.slow
def test_of_a_passage_as_long_as_a_book_the_beginning_is_read(tokenizer: Tokenizer) -> None:
    book = passage("\n\n".join(f"{n}番の窓口では{n}種類の手続きを受け付けています。" for n in range(600)))
    assert len(build_windows(tokenizer, encode_question(tokenizer, QUESTION), book)) == MAX_WINDOWS
