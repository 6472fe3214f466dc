"""Documents to articles: which language is believed, which title and which address."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from assistant.domain.knowledge import Article, Origin
from assistant.knowledge.ingest.article_builder import build_article, detect_language_by_script
from assistant.knowledge.loaders import Document, Unreadable

ORIGIN = Origin(source="/kb", location="/kb/a.md")


def article(document: Document, *, folders: tuple[str, ...] = (), url: str | None = None) -> Article:
    return build_article(document, id="a.md", folders=folders, url=url, origin=ORIGIN)


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
    assert detect_language_by_script(text) == language


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


def test_a_text_as_long_as_a_library_is_refused() -> None:
    with pytest.raises(Unreadable, match="2,000,001 characters, which is no article any more; split it"):
        article(Document(text="x" * 2_000_001))


def test_the_hash_covers_what_a_reader_sees_and_not_where_it_came_from() -> None:
    def hash_of(document: Document, id: str = "a.md") -> str:
        origin = Origin(source="/kb", location=f"/kb/{id}")
        return build_article(document, id=id, folders=(), url=None, origin=origin).content_hash

    document = Document(text="Text", title="Title")
    assert hash_of(document, "elsewhere/b.md") == hash_of(document)
    changes: list[dict[str, Any]] = [
        *({"text": "New"}, {"title": "New"}, {"language": "fr"}, {"url": "https://e.com"}),
        *({"tags": ("new",)}, {"updated": date(2026, 9, 1)}, {"valid_until": date(2026, 9, 1)}),
    ]
    assert len({hash_of(replace(document, **change)) for change in changes} | {hash_of(document)}) == 8
