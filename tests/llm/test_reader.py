"""The reader: a question and a passage read together."""

import json
import math
from pathlib import Path
from tempfile import gettempdir

import pytest
from tokenizers import Tokenizer

from assistant.domain.errors import SetupError
from assistant.domain.knowledge import Passage
from assistant.llm.adapter_weights import READER
from assistant.llm.e5_model import prepared_adapter, prepared_e5
from assistant.llm.reader import Reader, ReadingRetriever
from assistant.llm.reader_input import (
    MAX_QUESTION_TOKENS,
    MAX_WINDOW_TOKENS,
    MAX_WINDOWS,
    question_ids,
    read_windows,
)
from assistant.llm.units import units
from tests.llm.passages import passage

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
    found = Tokenizer.from_file(str(prepared_e5(MODELS) / "tokenizer.json"))
    found.no_truncation()
    return found


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(MODELS)


@pytest.mark.slow
async def test_the_passage_that_answers_comes_first(reader: Reader) -> None:
    found = await reader.rescore(QUESTION, [PETS, PARKING])
    assert [each.article for each in found] == ["ja/parking.md", "ja/pets.md"]
    assert found[0].score > found[1].score + 0.1


@pytest.mark.slow
async def test_the_part_that_answers_is_the_likeliest(reader: Reader) -> None:
    [read] = await reader.rescore("駐車場は何台入りますか", [PARKING])
    assert len(read.parts) == len(units(PARKING, 0)) == 2
    first, second = read.parts
    assert first
    assert second
    assert first[0] > second[0]


@pytest.mark.slow
async def test_a_passage_of_no_words_is_read_too(reader: Reader) -> None:
    [read] = await reader.rescore(QUESTION, [passage("---")])
    assert 0 <= read.score <= 1


@pytest.mark.slow
async def test_hostile_questions_are_read(reader: Reader) -> None:
    for question in ("", "\ud800", "あ" * 100_000, "\x00"):
        [read] = await reader.rescore(question, [PARKING])
        assert 0 <= read.score <= 1


@pytest.mark.slow
async def test_search_is_followed_by_reading(reader: Reader) -> None:
    class Search:
        async def search(
            self, question: str, *, language: str | None = None, limit: int = 5
        ) -> list[Passage]:
            return [PETS, PARKING][:limit]

    found = await ReadingRetriever(Search(), reader).search(QUESTION, limit=2)
    assert found[0].article == "ja/parking.md"


async def test_search_alone_answers_while_the_reader_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where a folder should be")
    broken = Reader(tmp_path / "models")
    assert await broken.rescore(QUESTION, [PETS, PARKING]) == [PETS, PARKING]
    assert broken.trouble
    assert "search alone answers" in broken.trouble


@pytest.mark.slow
def test_a_damaged_graph_is_made_again() -> None:
    folder = prepared_e5(MODELS)
    graph = prepared_adapter(folder, READER)
    mark = graph.with_suffix(".json")
    whole, kept = graph.read_bytes(), json.loads(mark.read_text(encoding="utf-8"))
    for lie in (json.dumps(kept), "{}", "[" * 100_000):
        graph.write_bytes(b"nothing")
        mark.write_text(lie, encoding="utf-8")
        assert prepared_adapter(folder, READER).read_bytes() == whole


@pytest.mark.slow
def test_graphs_of_other_weights_are_removed() -> None:
    folder = prepared_e5(MODELS)
    earlier = folder / "reader-000000000000.onnx"
    earlier.write_bytes(b"earlier weights")
    graph = prepared_adapter(folder, READER)
    graph.write_bytes(b"damaged")
    prepared_adapter(folder, READER)
    assert not earlier.exists()
    assert graph.exists()


def test_a_graph_that_cannot_be_written_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="could not be written"):
        prepared_adapter(tmp_path / "missing", READER)


@pytest.mark.slow
async def test_halves_of_surrogates_in_a_passage_are_read(reader: Reader) -> None:
    [read] = await reader.rescore(QUESTION, [passage("犬は\ud83d入れます。")])
    assert all(read.parts)


@pytest.mark.slow
def test_every_part_of_a_long_passage_is_in_a_window(tokenizer: Tokenizer) -> None:
    long = passage("\n\n".join(f"{n}番の窓口では{n}種類の手続きを受け付けています。" for n in range(60)))
    windows = read_windows(tokenizer, question_ids(tokenizer, QUESTION), long)
    assert len(windows) > 1
    assert sorted(unit for window in windows for unit, _, _ in window.units) == list(range(60))
    for window in windows:
        assert len(window.ids) <= MAX_QUESTION_TOKENS + MAX_WINDOW_TOKENS + 60
        assert all(window.passage_start < start < end < len(window.ids) for _, start, end in window.units)


@pytest.mark.slow
def test_a_part_after_long_text_that_is_none_has_tokens(tokenizer: Tokenizer) -> None:
    late = passage("```\n" + "x = 1 # 番号\n" * 200 + "```\n\n手続きは窓口で受け付けています。")
    windows = read_windows(tokenizer, question_ids(tokenizer, QUESTION), late)
    assert all(start < end for window in windows for _, start, end in window.units)
    assert any(window.units for window in windows)


@pytest.mark.slow
async def test_a_line_that_comes_again_in_a_later_window_is_read_once(
    tokenizer: Tokenizer, reader: Reader
) -> None:
    parts = [f"{n}番の窓口では{n}種類の手続きを受け付けています。\n\nご注意ください。" for n in range(60)]
    repeated = passage("\n\n".join(parts))
    windows = read_windows(tokenizer, question_ids(tokenizer, QUESTION), repeated)
    assert all(
        window.passage_start < a < b < len(window.ids) for window in windows for _, a, b in window.units
    )
    [read] = await reader.rescore("手続きの窓口", [repeated])
    assert all(math.isfinite(score) for part in read.parts if part for score in part)


@pytest.mark.slow
@pytest.mark.parametrize("context", ["", "送料はいくら？"])
def test_beginning_and_end_of_a_long_question_are_read(tokenizer: Tokenizer, context: str) -> None:
    ids = question_ids(tokenizer, f"返品したいです。{'はじめまして。' * 200}{QUESTION}", context)
    assert len(ids) <= MAX_QUESTION_TOKENS
    read = tokenizer.decode(ids).replace(" ", "")
    assert read.endswith(QUESTION)
    assert "返品したいです" in read


@pytest.mark.slow
def test_of_a_passage_as_long_as_a_book_the_beginning_is_read(tokenizer: Tokenizer) -> None:
    book = passage("\n\n".join(f"{n}番の窓口では{n}種類の手続きを受け付けています。" for n in range(600)))
    assert len(read_windows(tokenizer, question_ids(tokenizer, QUESTION), book)) == MAX_WINDOWS
