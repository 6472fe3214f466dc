"""Documents to articles: which language is believed, which title and which address."""

import pytest

from assistant.domain.knowledge import Article, Origin
from assistant.knowledge.articles import article_of, written_in
from assistant.knowledge.loaders import Document

ORIGIN = Origin(source="/kb", location="/kb/a.md")


def article(document: Document, *, folders: tuple[str, ...] = (), url: str | None = None) -> Article:
    return article_of(document, id="a.md", folders=folders, url=url, origin=ORIGIN)


@pytest.mark.parametrize(
    ("document", "folders", "language"),
    [
        (Document(text="Text", language="fr"), ("ja",), "fr"),
        (Document(text="Text", language_hint="fr"), ("kb", "ja", "returns"), "ja"),
        (Document(text="Text", language_hint="fr"), ("kb", "en-US"), "en"),
        (Document(text="Text", language_hint="fr"), ("it", "hr"), "fr"),
        (Document(text="返品はできます。"), ("kb",), "ja"),
    ],
    ids=["document", "folder", "tag", "departments", "script"],
)
def test_the_document_is_believed_before_its_folder_before_its_page_before_its_script(
    document: Document, folders: tuple[str, ...], language: str
) -> None:
    assert article(document, folders=folders).language == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("返品の期限は30日です。Apple Payも使えます。", "ja"),
        ("返品可能", "ja"),
        ("您可以在收到商品后三十天内申请退货，我们会在七个工作日内退款。" * 4, "zh"),
        ("30일 이내에 반품할 수 있습니다.", "ko"),
        ("Returns are possible. (返品)", "en"),
        ("12,000", "en"),
    ],
)
def test_a_script_tells_the_language(text: str, language: str) -> None:
    assert written_in(text) == language


@pytest.mark.parametrize(
    ("stated", "found", "url"),
    [
        ("https://a.com/x", None, "https://a.com/x"),
        ("https://a.com/x", "https://a.com/y?s=1", "https://a.com/x"),
        ("https://evil.com/x", "https://a.com/y", "https://a.com/y"),
        (None, "https://a.com/y", "https://a.com/y"),
        (None, None, None),
    ],
)
def test_a_page_may_name_a_better_address_only_on_its_own_host(
    stated: str | None, found: str | None, url: str | None
) -> None:
    assert article(Document(text="Text", url=stated), url=found).url == url


def test_the_hash_covers_what_a_reader_sees_and_not_where_it_came_from() -> None:
    first = article(Document(text="Text", tags=("a",)))
    elsewhere = article_of(
        Document(text="Text", tags=("a",)), id="b.md", folders=(), url=None, origin=Origin(source="/x", location="/x/b")
    )
    assert elsewhere.content_hash != article(Document(text="Text", tags=("b",))).content_hash
    assert first.title != elsewhere.title
    assert article(Document(text="Text", title="T")).content_hash == article(Document(text="Text", title="T")).content_hash
