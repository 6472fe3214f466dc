"""The learned part of the check: what words find in a passage, and which sentences may stand."""

from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from typing import Any, NoReturn

import pytest

from assistant.answering.drafts.draft import DraftInProgress
from assistant.answering.drafts.stream_splitter import DraftPiece
from assistant.answering.grounding.alignment import compute_alignment_features
from assistant.answering.grounding.checker import (
    MAX_UNITS_COMPARED,
    EncodedTexts,
    GroundingChecker,
    split_added_claims,
)
from assistant.answering.grounding.classifier import load_classifiers
from assistant.answering.grounding.rules import GroundingSource
from assistant.models.embeddings.factory import build_embedder
from assistant.ports.answering import AnswerRequest
from assistant.ports.models import MultiVectorEmbedder
from assistant.text.pii_masking import PiiMask
from assistant.text.tagging import PartOfSpeech, find_person_names, tag_words
from evals.data.embedding_fixture import FreshTokenVectors
from tests.answering.passages import DEADLINE, passage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> EncodedTexts:
    embedder = build_embedder("local", Path(gettempdir()) / "yorisoi-test-models")
    assert isinstance(embedder, MultiVectorEmbedder)
    return EncodedTexts(embedder, FreshTokenVectors(embedder))


@pytest.fixture
def evidence(readings: EncodedTexts) -> GroundingChecker:
    sources = [
        GroundingSource.from_passage(passage(DEADLINE, title="返品の期限")),
        GroundingSource.from_passage(passage("x y", language="en")),
    ]
    return GroundingChecker(readings, sources, "ja")


@pytest.mark.parametrize(
    ("sentence", "stands"),
    [
        ("未開封でしたら、お届け日の翌日から30日以内にお申し込みいただけます。", True),
        ("下着や水着の返品は承っておりません。", True),
        ("返品の際は、マイページの「注文履歴」からお申し込みください。", True),
        ("下着と水着も返品できます。", False),
        ("返品のお客様には、専属の担当者が付きます。", False),
        ("未開封なら30日以内に返品でき、さらにクーポンも差し上げます。", False),
        ("後ほど担当者からご連絡いたします。", False),
    ],
)
async def test_sentences_are_weighed(evidence: GroundingChecker, sentence: str, stands: bool) -> None:
    weighed = await evidence.score_support(sentence, 0)
    assert weighed
    assert (weighed.probability >= weighed.head.enough) is stands


@pytest.mark.parametrize(
    ("sentence", "added"),
    [
        ("30日以内に返品でき、さらにクーポンも差し上げます。", ["さらにクーポンも差し上げます。"]),
        ("Returns are free, and also we give you a coupon.", ["also we give you a coupon."]),
        ("30日以内に、未開封なら返品できます。", []),
    ],
)
def test_an_added_claim_is_weighed_by_itself(sentence: str, added: list[str]) -> None:
    assert split_added_claims(sentence) == added


async def test_another_language_cannot_be_weighed(evidence: GroundingChecker) -> None:
    assert await evidence.score_support("返品できます。", 1) is None


async def test_words_that_stand_in_the_passage_are_found(readings: EncodedTexts) -> None:
    [said, same, other] = await readings.encode_texts(
        ["返品は30日以内です。", "返品は30日以内です。", "猫が屋根で寝ています。"]
    )
    near, far = compute_alignment_features(said, [same]), compute_alignment_features(said, [other])
    assert near.shape == far.shape == load_classifiers()["ja"].weights[: near.size].shape
    assert near[0] > 0.99 > far[0]


async def test_of_a_long_passage_only_the_nearest_parts_are_read(readings: EncodedTexts) -> None:
    others = "".join(f"色見本{n}番は店頭でご覧になれます。" for n in range(12))
    source = GroundingSource.from_passage(passage(others + DEADLINE, title="返品の期限"))
    [said] = await readings.encode_texts(
        ["未開封でしたら、お届け日の翌日から30日以内にお申し込みいただけます。"]
    )
    near = await readings.find_nearest_units(said, source)
    assert len(near) == MAX_UNITS_COMPARED
    assert any("30日以内" in source.units[i].text for i in near)


def test_words_are_sorted() -> None:
    sorts = {word.form: word.part_of_speech for word in tag_words("返品は三日以内にAmazonへ送ってください。")}
    assert sorts["返品"] is PartOfSpeech.NOUN
    assert sorts["3"] is PartOfSpeech.NUMBER
    assert sorts["は"] is PartOfSpeech.FUNCTION
    assert sorts["送る"] is PartOfSpeech.VERB
    assert [word.part_of_speech for word in tag_words("Return it to Komorebi.")][-1] is PartOfSpeech.NAME
    assert find_person_names("田中太郎です")[0] == (0, 2, "姓")


class FailingEmbedder:
    """A test fails where something is embedded or read."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"{name} was asked for")


async def test_what_stands_word_for_word_is_shown_without_weighing_it() -> None:
    refusing: Any = FailingEmbedder()
    ask = AnswerRequest(question="", language="ja", passages=[passage(DEADLINE)])
    writing = DraftInProgress(
        request=ask,
        sources=[GroundingSource.from_passage(ask.passages[0])],
        mask=PiiMask(),
        evidence=refusing,
        likeness=refusing,
    )
    said = DraftPiece(text="ただし、下着と水着は返品できません。", cited=(1,), mark="", opens_line=False)
    assert await writing.add_piece(said)
    with pytest.raises(AssertionError, match="score_support"):
        await writing.add_piece(replace(said, text="ただし、下着と水着は返品できます。"))
