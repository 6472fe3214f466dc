"""Checks of documents: what search finds, what is answered from them, what the report says."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

from assistant.app.settings import load_settings
from assistant.app.wiring import build_turn_dependencies
from assistant.conversation.turn.ask_once import answer_once
from assistant.knowledge.ingest.indexer import Indexer
from assistant.knowledge.ingest.run import IngestOptions, IngestReport, ingest_sources
from assistant.models.embeddings.fake import LetterEmbedder
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore
from evals.data.embedding_cache import CachingEmbedder
from evals.quality.pipeline import open_knowledge_over
from evals.world.cases import CasePlace

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 30)

Check = Callable[[CasePlace, Sequence[Path]], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class IngestedText:
    """The result of an ingest run."""

    report: IngestReport
    #: Everything that search can find: titles, tags and texts.
    text: str


async def ingest_text(*sources: str) -> IngestedText:
    embedder = LetterEmbedder()
    engine = create_sqlite_engine(None)
    metadata.create_all(engine)
    database = SqlDatabase(engine, SqlStore)
    options = IngestOptions(allow_private=True)
    report = await ingest_sources(
        sources, index=Indexer(database, embedder), count_tokens=embedder.count_tokens, options=options
    )
    ids = sorted(await database.read(lambda store: store.articles.load_content_hashes()))
    found = [await database.read(lambda store, id=id: store.articles.find_article(id)) for id in ids]  # type: ignore[misc]
    database.close()
    text = "\n".join(f"{one.title}\n{' '.join(one.tags)}\n{one.text}" for one in found if one)
    return IngestedText(report, text)


def check_reading(*has: str, lacks: Sequence[str] = (), warns: str = "") -> Check:
    """*has* and *lacks*: what search must and must not find; *warns*: what the report must contain."""

    async def run_check(_place: CasePlace, paths: Sequence[Path]) -> list[str]:
        found = await ingest_text(str(paths[0]))
        return [*find_missing(found.text, has, lacks), *_find_unsaid(found.report, warns)]

    return run_check


def check_answers(expected: Mapping[str, str], *, beside_sample: bool = False) -> Check:
    """Questions and what their answers must contain."""

    async def run_check(place: CasePlace, paths: Sequence[Path]) -> list[str]:
        folder = Path(mkdtemp(dir=place.scratch))
        shutil.copy(paths[0], folder)
        if beside_sample:
            shutil.copytree(ROOT / "knowledge_base", folder / "sample")
        knowledge = await open_knowledge_over(folder, CachingEmbedder(), TODAY)
        mind = build_turn_dependencies(
            load_settings().model_copy(update={"chat_model": "extractive"}), knowledge
        )
        said = {question: str((await answer_once(mind, question))["answer"]) for question in expected}
        await knowledge.close()
        return [
            f"{question!r} is answered {said[question][:60]!r}, not {wanted!r}"
            for question, wanted in expected.items()
            if not said[question].startswith(wanted)
        ]

    return run_check


def check_sitemap(*has: str, pages: Mapping[str, str], warns: Sequence[str]) -> Check:
    """A sitemap that a site serves, with some pages and parts of it."""

    async def run_check(_place: CasePlace, paths: Sequence[Path]) -> list[str]:
        body = paths[0].read_text("utf-8")
        async with _serve_pages({**pages, "/sitemap.xml": body}) as base:
            found = await ingest_text(f"{base}/sitemap.xml")
        said = json.dumps([*found.report.warnings, *found.report.failed], ensure_ascii=False)
        return [
            *find_missing(found.text, has, ()),
            *(f"nothing says {one!r}" for one in warns if one not in said),
        ]

    return run_check


def find_missing(text: str, has: Sequence[str], lacks: Sequence[str]) -> list[str]:
    wrong = [f"{one!r} is not there" for one in has if one not in text]
    return wrong + [f"{one!r} is there" for one in lacks if one in text]


def _find_unsaid(report: IngestReport, warns: str) -> list[str]:
    said = " ".join(why for _, why in [*report.warnings, *report.failed])
    return [f"no warning speaks of {warns!r}: {said!r}"] if warns and warns not in said else []


@asynccontextmanager
async def _serve_pages(pages: Mapping[str, str]) -> AsyncIterator[str]:
    """A site on the loopback interface; addresses in *pages* with the cases' own port lead to it."""

    async def answer_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
        body = pages.get(path, "").replace("127.0.0.1:8127", f"127.0.0.1:{port}").encode()
        status = "200 OK" if path in pages else "404 Not Found"
        kind = "application/xml" if path.endswith(".xml") else "text/html"
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer_request, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield f"http://127.0.0.1:{port}"
