"""Pages that only lead to others never stand before an article."""

import time

import pytest

from assistant.text.link_lists import is_link_list, rank_link_lists_last
from tests.answering.passages import passage

LINKS = "\n".join(f"- [返品の方法{n}](/help/returns-{n}.md)" for n in range(6))


@pytest.mark.parametrize(
    "markdown",
    [
        LINKS,
        f"## この区分の記事\n\n{LINKS}",
        f"関連する記事:\n\n{LINKS}",
        "[Returns](a.html) | [Delivery](b.html) | [Payment](c.html) | [Your account](d.html)",
        "1. [How do I return an item?](a)\n2. [Where is it?](b)\n3. [Can I pay later?](c)\n4. [Who?](d)",
    ],
)
def test_a_page_of_links_is_a_list_of_links(markdown: str) -> None:
    assert is_link_list(markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "返品の期限は30日です。",
        "詳しくは[返品](a)、[交換](b)、[返金](c)、[送料](d)をご覧ください。期限はどれも商品の到着から30日です。",
        "- [申請書](a.pdf)\n- [同意書](b.pdf)\n- [委任状](c.pdf)\n- [記入例](d.pdf)",
        "- [03-1234-5678](tel:1)\n- [support](mailto:a)\n- [06-1234-5678](tel:2)\n- [052-123-4567](tel:3)",
        "[返品](a) [交換](b) [返金](c)",
    ],
)
def test_a_page_that_says_something_is_none(markdown: str) -> None:
    assert not is_link_list(markdown)


def test_articles_stand_before_lists_of_links_and_keep_their_order() -> None:
    index, first, second = (
        passage(LINKS, score=0.99),
        passage("30日です。", score=0.5),
        passage("はい。", score=0.4),
    )
    assert rank_link_lists_last([index, first, second]) == [first, second, index]
    assert rank_link_lists_last([index]) == [index]


@pytest.mark.parametrize("piece", ["[", "[a](", "[a](b", "](", "# ", "[a](b) ", "[" * 300 + "]("])
def test_hostile_text_is_looked_at_in_no_time(piece: str) -> None:
    started = time.thread_time()
    is_link_list(piece * (100_000 // len(piece)))
    assert time.thread_time() - started < 2
