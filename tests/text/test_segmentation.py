"""Words as keyword search compares them."""

import pytest

from assistant.knowledge.retrieval import lexical
from assistant.knowledge.retrieval.lexical import list_broken_languages
from assistant.text import segmentation
from assistant.text.segmentation import split_bigrams, stem_word, tokenize_text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("引越し", "引っ越し"),
        ("サーバ", "サーバー"),
        ("コンピュータ", "コンピューター"),
        ("ﾊﾟｿｺﾝ", "パソコン"),
        ("お問合せ", "お問い合わせ"),
        ("申込", "申し込み"),
        ("取消し", "取り消し"),
        ("立替", "立て替え"),
        ("りんご", "リンゴ"),
        ("かばん", "鞄"),
        ("ヴァイオリン", "バイオリン"),
        ("出来ない", "できない"),
        ("㍿", "株式会社"),
        ("①②", "12"),
        ("ＡＢＣ", "abc"),
        ("Ｅ－１０４２", "E-1042"),
        ("10,000", "10000"),
        ("returned items", "return item"),
        ("deliveries", "delivery"),
        ("cancelling", "cancel"),
        ("what's", "what"),
    ],
)
def test_spellings_of_one_word_meet(one: str, other: str) -> None:
    assert tokenize_text(one) == tokenize_text(other)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("エラーE-1042が出ました", {"e-1042", "エラー"}),
        ("model iPhone15 Pro", {"iphone15", "iphone", "15", "pro"}),
        ("v1.2.3 へ更新", {"v1.2.3", "更新"}),
        ("型番ＫＭ－２０００Ａのケーブル", {"km-2000a", "型番", "ケーブル"}),
        ("エラーコード：50-231", {"50-231", "エラーコード"}),
        ("0x80070005 エラー", {"0x80070005", "80070005", "エラー"}),
        ("ISO-8859-1で保存", {"iso-8859-1", "保存"}),
        ("404エラー", {"404", "エラー"}),
        ("クーリングオフ制度", {"クーリングオフ", "制度", "クーリングオフ制度"}),
        ("適格請求書", {"適格", "請求", "適格請求書"}),
        ("コンビニ払いの手数料", {"コンビニ払い", "手数料"}),
        ("返品したい", {"返品"}),
    ],
)
def test_codes_stay_whole_and_compounds_are_words_too(text: str, words: set[str]) -> None:
    assert words <= set(tokenize_text(text))


def test_different_words_and_codes_do_not_meet() -> None:
    texts = ("返品", "返金", "E-1042", "E-1043", "0x80070005", "0x80070006", "10日", "1日", "ja", "日本")
    assert len({tuple(tokenize_text(text)) for text in texts}) == len(texts)


@pytest.mark.parametrize("text", ["", "   ", "😀🎉", '"*(){}^:', "\0\ud800", "。、！？", "\u200d"])
def test_text_without_words_has_none(text: str) -> None:
    assert tokenize_text(text) == []


def test_a_book_is_cut_and_never_raises() -> None:
    assert 0 < len(tokenize_text("返品の送料は無料です。" * 20_000)) < 60_000


def test_words_are_cut_by_what_stands_beside_them() -> None:
    # Alone, 「月半ば」 is cut otherwise; the number decides.
    assert "半ば" in tokenize_text("7月半ばを過ぎると")


@pytest.mark.parametrize(
    ("word", "expected"),
    [("boxes", "box"), ("status", "status"), ("gas", "gas"), ("shipped", "ship"), ("string", "string")],
)
def test_english_stems_are_light(word: str, expected: str) -> None:
    assert stem_word(word) == expected


def test_without_sudachi_japanese_is_pairs_of_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segmentation, "get_japanese_tokenizer", lambda: split_bigrams)
    assert tokenize_text("返品送料 ok") == ["ok", "返品", "品送", "送料"]
    assert split_bigrams("返") == ["返"]


def test_the_self_test_passes_in_both_languages() -> None:
    assert list_broken_languages(["ja", "en"]) == []


def test_the_self_test_names_a_dead_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """The field's usual failure: a word tokenizer that finds nothing inside a Japanese sentence."""
    monkeypatch.setattr(lexical, "tokenize_text", lambda text: text.lower().rstrip(".").split())
    assert list_broken_languages(["ja"]) == ["ja"]
