"""Documents to articles: title, language and the content hash that detects changes."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from assistant.domain.knowledge import Article, Origin
from assistant.knowledge.ingest.chunking import CHUNKER
from assistant.knowledge.loaders.document import Document, Unreadable

#: Folder names that state a language; ``it`` and ``hr`` are departments more often than languages.
FOLDERS = re.compile(
    r"(ja|en|zh|ko|fr|de|es|pt|vi|th|nl|ru|id)(?:[-_](?:[a-z]{2}|hans|hant))?\Z", re.IGNORECASE
)
SCRIPTS = {
    "ja": re.compile("[\u3041-\u309f\u30a1-\u30fa]"),
    "ko": re.compile("[\uac00-\ud7af]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
}
#: A text counts as written in a script when more than this share of its letters is.
SCRIPT_SHARE = 0.1
SAMPLE = 4_000
#: A text of kanji alone that is this short is taken for Japanese rather than Chinese.
SHORT = 60
MAX_TITLE_CHARACTERS = 300
MAX_TEXT_CHARACTERS = 2_000_000


def build_article(
    document: Document, *, id: str, folders: Sequence[str], url: str | None, origin: Origin
) -> Article:
    """The article of a document in these folders (innermost last), fetched from *url* if on the web."""
    if len(document.text) > MAX_TEXT_CHARACTERS:
        raise Unreadable(f"it has {len(document.text):,} characters, which is no article any more; split it")
    language = document.language or _detect_folder_language(folders) or document.language_hint
    article = Article(
        id=id,
        title=document.title[:MAX_TITLE_CHARACTERS] or _build_title(id),
        language=language or detect_language_by_script(f"{document.title} {document.text}"),
        text=document.text,
        url=_select_canonical_url(document.url, url),
        updated=document.updated,
        valid_from=document.valid_from,
        valid_until=document.valid_until,
        supersedes=document.supersedes,
        superseded_by=document.superseded_by,
        tags=document.tags,
        origin=origin,
    )
    return _attach_content_hash(article)


def detect_language_by_script(text: str) -> str:
    """The language by its script; Latin script is taken for English."""
    letters = [character for character in text[:SAMPLE] if character.isalpha()]
    for language, script in SCRIPTS.items():
        if sum(bool(script.match(letter)) for letter in letters) > len(letters) * SCRIPT_SHARE:
            return "ja" if language == "zh" and len(letters) < SHORT else language
    return "en"


def _select_canonical_url(stated: str | None, found: str | None) -> str | None:
    """The canonical address that the page states, unless it is on another host."""
    if found is None or (stated and urlsplit(stated).hostname == urlsplit(found).hostname):
        return stated
    return found


def _detect_folder_language(folders: Sequence[str]) -> str:
    named = (FOLDERS.match(folder) for folder in reversed(folders))
    return next((match[1].lower() for match in named if match), "")


def _build_title(id: str) -> str:
    """A title from the file's name, for documents that have none."""
    name, _, part = id.rstrip("/").partition("#")
    words = re.sub(r"[-_]+", " ", PurePosixPath(name).stem).strip()
    return f"{words or name} {part}".strip()


def _attach_content_hash(article: Article) -> Article:
    """The article with a hash of everything that the index or a reader sees, its origin excluded."""
    seen = (
        *(article.title, article.language, article.text, article.url),
        *(str(article.updated), str(article.valid_from), str(article.valid_until), article.tags),
        *(article.supersedes, article.superseded_by),
    )
    digest = sha256(json.dumps(seen, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
    return replace(article, content_hash=f"{CHUNKER}.{digest[:32]}")
