"""What stands in a text is found, from two characters of Japanese on; what does not stand there is not."""

import pytest

from assistant.text.search_terms import extract_excerpt, extract_search_terms, parse_search_query

TEXT = "未開封の商品を返品したいのですが、注文番号はKM-20391です。ＡＢＣ社のSato Kenji、カード払い。"


def is_found(query: str, text: str = TEXT) -> bool:
    terms = extract_search_terms(text)
    phrases = parse_search_query(query)
    return bool(phrases) and all(phrase.is_in(terms) for phrase in phrases)


def test_every_two_characters_that_stand_together_are_found() -> None:
    runs = [run for run in ("未開封の商品を返品したいのですが", "注文番号は", "カード払い")]
    pairs = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
    assert [pair for pair in pairs if not is_found(pair)] == []


@pytest.mark.parametrize(
    "query",
    ["返品", "返品したい", "品", "い", "KM-20391", "km-203", "20391", "注文番号はKM", "abc社", "SATO", "kenj",
     "返品 注文番号", "返品　カード", "が、注文"],
)  # fmt: skip
def test_found(query: str) -> None:
    assert is_found(query)


@pytest.mark.parametrize(
    "query",
    ["品返", "返却", "が注文", "0391", "KM-20392", "sa", "返品 解約", "、", "", "  "],
)
def test_not_found(query: str) -> None:
    """A short word is no beginning of a longer one; marks alone ask for nothing."""
    assert not is_found(query)


def test_an_excerpt_is_cut_around_the_word() -> None:
    text = "あ" * 300 + "返品したい" + "い" * 300
    assert "返品したい" in extract_excerpt(text, "返品", 60)
    assert extract_excerpt("短い\n文", "ない", 60) == "短い 文"


def test_a_pasted_book_costs_no_more_than_its_beginning() -> None:
    assert len(extract_search_terms("あ" * 1_000_000)) < 70_000
    assert len(extract_search_terms("a" * 100_000)) == 40
