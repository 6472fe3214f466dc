"""The learned part of the check: what words find in a passage, and which sentences may stand."""

from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from typing import Any, NoReturn

import pytest

from assistant.answering.drafts.draft import Writing
from assistant.answering.drafts.stream_splitter import Piece
from assistant.answering.grounding.alignment import features
from assistant.answering.grounding.checker import MOST_READ, Evidence, Readings, added_claims
from assistant.answering.grounding.classifier import heads
from assistant.answering.grounding.rules import Source
from assistant.answering.pii_masking import Mask
from assistant.models.embeddings.factory import make_embedder
from assistant.ports.answering import AnswerRequest
from assistant.ports.models import MultiVectorEmbedder
from assistant.text.tagging import Sort, person_names, words
from evals.data.embedding_fixture import TokensOnTheSpot
from tests.answering.passages import DEADLINE, passage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> Readings:
    embedder = make_embedder("local", Path(gettempdir()) / "yorisoi-test-models")
    assert isinstance(embedder, MultiVectorEmbedder)
    return Readings(embedder, TokensOnTheSpot(embedder))


@pytest.fixture
def evidence(readings: Readings) -> Evidence:
    sources = [Source.of(passage(DEADLINE, title="返品の期限")), Source.of(passage("x y", language="en"))]
    return Evidence(readings, sources, "ja")


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
async def test_sentences_are_weighed(evidence: Evidence, sentence: str, stands: bool) -> None:
    weighed = await evidence.weigh(sentence, 0)
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
    assert added_claims(sentence) == added


async def test_another_language_cannot_be_weighed(evidence: Evidence) -> None:
    assert await evidence.weigh("返品できます。", 1) is None


async def test_words_that_stand_in_the_passage_are_found(readings: Readings) -> None:
    [said, same, other] = await readings.of(
        ["返品は30日以内です。", "返品は30日以内です。", "猫が屋根で寝ています。"]
    )
    near, far = features(said, [same]), features(said, [other])
    assert near.shape == far.shape == heads()["ja"].weights[: near.size].shape
    assert near[0] > 0.99 > far[0]


async def test_of_a_long_passage_only_the_nearest_parts_are_read(readings: Readings) -> None:
    others = "".join(f"色見本{n}番は店頭でご覧になれます。" for n in range(12))
    source = Source.of(passage(others + DEADLINE, title="返品の期限"))
    [said] = await readings.of(["未開封でしたら、お届け日の翌日から30日以内にお申し込みいただけます。"])
    near = await readings.nearest(said, source)
    assert len(near) == MOST_READ
    assert any("30日以内" in source.units[i].text for i in near)


def test_words_are_sorted() -> None:
    sorts = {word.form: word.sort for word in words("返品は三日以内にAmazonへ送ってください。")}
    assert sorts["返品"] is Sort.NOUN
    assert sorts["3"] is Sort.NUMBER
    assert sorts["は"] is Sort.FUNCTION
    assert sorts["送る"] is Sort.VERB
    assert [word.sort for word in words("Return it to Komorebi.")][-1] is Sort.NAME
    assert person_names("田中太郎です")[0] == (0, 2, "姓")


class Refusing:
    """A test fails where something is embedded or read."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"{name} was asked for")


async def test_what_stands_word_for_word_is_shown_without_weighing_it() -> None:
    refusing: Any = Refusing()
    ask = AnswerRequest(question="", language="ja", passages=[passage(DEADLINE)])
    writing = Writing(
        ask=ask, sources=[Source.of(ask.passages[0])], mask=Mask(), evidence=refusing, likeness=refusing
    )
    said = Piece(text="ただし、下着と水着は返品できません。", cited=(1,), mark="", opens_line=False)
    assert await writing.add(said)
    with pytest.raises(AssertionError, match="weigh"):
        await writing.add(replace(said, text="ただし、下着と水着は返品できます。"))
