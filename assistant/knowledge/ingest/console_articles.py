"""Articles that are written in the console: the same way into the index as files have."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import PurePath

import yaml

from assistant.domain.article_drafts import CONSOLE, ArticleFields
from assistant.domain.errors import BadInput
from assistant.domain.knowledge import Article, Chunk, Origin
from assistant.knowledge.ingest.article_builder import build_article, detect_language_by_script
from assistant.knowledge.ingest.chunking import CountTokens, split_into_chunks
from assistant.knowledge.loaders import LOADERS, Document, Unreadable
from assistant.knowledge.loaders.reader import DocumentReader

#: Most articles that one uploaded file becomes.
MAX_UPLOADED_ARTICLES = 50


def compose_markdown(fields: ArticleFields) -> bytes:
    """The article as a file: front matter and text, as `ingest` reads it."""
    facts = {name: value for name, value in asdict(fields).items() if value and name != "text"}
    facts = {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}
    front = yaml.safe_dump(facts, allow_unicode=True, sort_keys=False)
    return f"---\n{front}---\n\n{fields.text}\n".encode()


async def build_console_article(
    article: str, fields: ArticleFields, today: date, reader: DocumentReader, count_tokens: CountTokens
) -> tuple[Article, Sequence[Chunk], Sequence[str]]:
    """The article with its chunks, and what was ignored in it; BadInput says what to fix."""
    (document,) = await reader.parse_documents(".md", compose_markdown(fields))
    if document.withheld:
        raise BadInput(f"Customers are not meant to read it ({document.withheld}).")
    origin = Origin(source=CONSOLE, location=f"{CONSOLE}/{article}")
    built = build_article(
        _date_document(document, today), id=article, folders=(fields.language,), url=None, origin=origin
    )
    chunks = split_into_chunks(built.text, count_tokens)
    if not chunks:
        raise BadInput("It has no text yet.")
    return built, chunks, document.warnings


def _date_document(document: Document, today: date) -> Document:
    return Document(**{**asdict(document), "updated": today})


async def read_upload(name: str, data: bytes, reader: DocumentReader) -> list[ArticleFields]:
    """The articles in an uploaded file, ready to be edited; Unreadable says how to fix it."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in LOADERS:
        raise Unreadable(f"{suffix or name} cannot be read; send one of {', '.join(sorted(LOADERS))}")
    documents = [one for one in await reader.parse_documents(suffix, data) if not one.withheld]
    if not documents:
        raise Unreadable("nothing in it is meant for customers")
    if len(documents) > MAX_UPLOADED_ARTICLES:
        raise Unreadable(
            f"it has {len(documents)} articles; put the file into a folder and run `assistant ingest`"
        )
    return [_build_fields(one, name) for one in documents]


def _build_fields(document: Document, name: str) -> ArticleFields:
    language = document.language or document.language_hint
    return ArticleFields(
        title=document.title or PurePath(name).stem,
        language=language or detect_language_by_script(f"{document.title} {document.text}"),
        text=document.text,
        valid_from=document.valid_from,
        valid_until=document.valid_until,
        supersedes=document.supersedes,
        tags=document.tags,
    )
