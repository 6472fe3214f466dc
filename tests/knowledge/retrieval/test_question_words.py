"""Questions in kana, in another script and with short forms find the words of the knowledge base."""

import asyncio
from typing import Any

import pytest

from assistant.domain.knowledge import ChunkWords, Passage, Terms
from assistant.knowledge.retrieval.question_words import (
    MAX_WORDS,
    ExpandingRetriever,
    QuestionWords,
    load_abbreviations,
)
from assistant.text.segmentation import tokenize_text
from assistant.text.transliteration import (
    extract_consonants,
    is_same_sound,
    list_latin_spellings,
    spell_katakana,
)

JA = """返品の申し込みはマイページから。送料は沖縄550円。領収書を発行します。
PayPayとLINE Pay、クレジットカード、代金引換が使えます。メールアドレスの変更。定期便の解約。
ポイントの有効期限。予約商品のキャンセル。Amazonのギフト券。交換は購入後に。公開の場所。"""
EN = "Change your password. Enter the coupon code. Cash on delivery is possible. Track your parcel."


@pytest.fixture(scope="module")
def words() -> QuestionWords:
    found = QuestionWords()
    found.add_chunks([chunk(1, "ja", JA), chunk(2, "en", EN)])
    return found


def chunk(id_: int, language: str, text: str) -> ChunkWords:
    terms = Terms(title="", headings="", body=" ".join(tokenize_text(text)))
    return ChunkWords(chunk=id_, article=f"{id_}.md", language=language, valid_until=None, terms=terms)


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("へんぴんしたいんですけど、どこからもうしこめばいいですか", ["返品", "申し込み"]),
        ("そうりょうはいくらですか", ["送料"]),
        ("りょうしゅうしょはもらえますか", ["領収書"]),
        ("ていきびんをかいやくしたい", ["定期便", "解約"]),
        ("ぽいんとのゆうこうきげんをおしえてください", ["ポイント", "有効", "期限"]),
        ("ヘンピンシタイ", ["返品"]),
        ("ﾍﾝﾋﾟﾝしたい", ["返品"]),
        ("よやくをきゃんせるしたいです", ["予約", "キャンセル"]),
    ],
)
def test_kana_finds_the_words_of_the_articles(words: QuestionWords, question: str, meant: list[str]) -> None:
    assert words.list_words(question, "ja")[: len(meant)] == meant


@pytest.mark.parametrize(
    "question",
    [
        "購入したものを交換したいのですが、へんぴんはできますか",  # has kanji: is segmented well
        "ありがとうございます",
        "どうすればいいですか",
        "わかりません",
        "いつとどきますか",
    ],
)
def test_nothing_is_read_into_other_questions(words: QuestionWords, question: str) -> None:
    assert words.list_words(question, "ja") == []


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("ペイペイ使えますか", ["paypay"]),
        ("アマゾンで買った券", ["amazon"]),
        ("ライン使ってます", ["line"]),
        ("メアドを変えたい", ["メールアドレス"]),
        ("クレカで払える？", ["クレジットカード"]),
        ("代引にしたい", ["代金引換"]),
    ],
)
def test_names_and_short_forms_find_what_articles_write(
    words: QuestionWords, question: str, meant: list[str]
) -> None:
    assert words.list_words(question, "ja") == meant


def test_short_forms_in_english(words: QuestionWords) -> None:
    assert words.list_words("how do I reset my pwd?", "en") == ["password"]
    assert words.list_words("my promo code fails", "en") == ["coupon"]
    assert words.list_words("can I pay COD", "en") == ["cash on delivery"]
    assert words.list_words("how do I track my parcel?", "en") == []
    assert words.list_words("the codex", "en") == []  # COD within another word


def test_a_short_form_that_articles_use_needs_no_other() -> None:
    found = QuestionWords()
    found.add_chunks([chunk(1, "ja", "クレカが使えます。クレジットカードの期限。")])
    assert found.list_words("クレカは？", "ja") == []


def test_synonyms_of_the_lead_count_first_and_always() -> None:
    found = QuestionWords()
    found.add_chunks([chunk(1, "ja", "定期便の停止。クーポン。")])
    found.set_synonyms([["スキップ", "定期便の停止", "お休み"], ["VIP", "ゴールド会員"]])
    assert found.list_words("スキップできますか", "ja") == ["定期便の停止", "お休み"]
    assert found.list_words("vipになるには", "ja") == ["ゴールド会員"]
    assert found.list_words("ノースキップです", "ja") == []  # within another word
    found.set_synonyms([])
    assert found.list_words("スキップできますか", "ja") == []


def test_the_words_added_are_few(words: QuestionWords) -> None:
    words.set_synonyms([["品", *(f"名{n}" for n in range(20))]])
    assert len(words.list_words("品をください", "ja")) == MAX_WORDS
    words.set_synonyms([])


def test_new_chunks_add_their_words(words: QuestionWords) -> None:
    grown = QuestionWords()
    grown.add_chunks([chunk(1, "ja", "送料。")])
    assert grown.list_missing_chunks([1, 2]) == [2]
    grown.add_chunks([chunk(2, "ja", "返品。")])
    assert grown.list_words("へんぴんしたい", "ja") == ["返品"]
    assert grown.list_missing_chunks([1, 2]) == []


def test_search_and_reader_get_the_question_with_its_words(words: QuestionWords) -> None:
    asked: list[tuple[str, Any, int]] = []

    class Recorder:
        async def search(
            self, question: str, *, language: str | None = None, limit: int = 5
        ) -> list[Passage]:
            asked.append((question, language, limit))
            return []

    asyncio.run(ExpandingRetriever(Recorder(), words).search("へんぴんしたい", language="ja", limit=6))
    asyncio.run(ExpandingRetriever(Recorder(), words).search("返品したい", language="ja"))
    assert asked == [("へんぴんしたい 返品", "ja", 6), ("返品したい", "ja", 5)]


@pytest.mark.parametrize(
    ("katakana", "latin", "same"),
    [
        ("ペイペイ", "paypay", True),
        ("スイカ", "suica", True),
        ("マスターカード", "mastercard", True),
        ("ユーチューブ", "youtube", True),
        ("フェイスブック", "facebook", True),
        ("ローン", "line", False),
        ("ペイパル", "paypay", False),
        ("カード", "credit", False),
    ],
)
def test_names_are_compared_by_their_sound(katakana: str, latin: str, same: bool) -> None:
    sound = spell_katakana(katakana)
    alike = [
        spelled
        for spelled in list_latin_spellings(latin)
        if extract_consonants(spelled) == extract_consonants(sound) and is_same_sound(sound, spelled)
    ]
    assert bool(alike) is same


def test_hostile_questions_take_no_time(words: QuestionWords) -> None:
    for question in ("あ" * 100_000, "ー" * 5_000, "\ufdfa" * 5_000, "(" * 5_000, "ァ" * 5_000, ""):
        assert isinstance(words.list_words(question, "ja"), list)


def test_no_word_is_in_two_groups_of_the_shipped_list() -> None:
    every = [word for group in load_abbreviations() for word in group]
    assert len(every) == len(set(every))
