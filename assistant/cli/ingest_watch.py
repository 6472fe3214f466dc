"""`ingest --watch`: ingests changes as they happen, one line each, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from assistant.cli.knowledge import (
    format_contradiction,
    index_sources,
    load_contradictions,
    open_knowledge_session,
    print_report,
)
from assistant.cli.output import ignore_progress, show_progress_bar
from assistant.domain.errors import SetupError, Unavailable

if TYPE_CHECKING:
    from assistant.app.knowledge_base import KnowledgeBase
    from assistant.app.settings import Settings
    from assistant.cli.output import StageProgress
    from assistant.domain.article_lifecycle import Contradiction
    from assistant.knowledge.ingest.file_watcher import CachingReader
    from assistant.knowledge.ingest.run import IngestReport

#: Seconds until a failed ingest is tried again.
RETRY_SECONDS = 5.0


async def keep_watching(settings: Settings, sources: Sequence[str], *, prune: bool, as_json: bool) -> None:
    """Ingest *sources*, then keep their files and folders up to date until SIGINT or SIGTERM."""
    watch = _WatchSession(settings, sources, _select_watched_paths(sources), prune=prune, as_json=as_json)
    work = asyncio.create_task(watch.run())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        _print_line("stopped; what was read is stored")


def _select_watched_paths(sources: Sequence[str]) -> Sequence[str]:
    """The files and folders among them, which can be watched; an error if there is none."""
    places = [source for source in sources if "://" not in source]
    if not places:
        raise typer.BadParameter("--watch is for files and folders; `serve` reads web addresses again")
    for place in places:
        if not Path(place).expanduser().exists():
            raise SetupError(f"{place}: there is no such file or folder; check the path.")
    return places


class _WatchSession:
    def __init__(
        self, settings: Settings, sources: Sequence[str], places: Sequence[str], *, prune: bool, as_json: bool
    ) -> None:
        self._settings, self._prune, self._json = settings, prune, as_json
        self._sources, self._places = sources, places
        #: Problems of the last run, so that only changes are printed.
        self._problems: dict[str, str] | None = None

    async def run(self) -> None:
        from assistant.knowledge.ingest.file_watcher import CachingReader, watch_sources
        from assistant.knowledge.loaders.reader import ChildProcessReader

        async with AsyncExitStack() as stack:
            reader = CachingReader(await stack.enter_async_context(ChildProcessReader()))
            with show_progress_bar() as steps:
                knowledge = await stack.enter_async_context(
                    open_knowledge_session(self._settings, steps, beside_serve=True)
                )
            async for _ in watch_sources(self._places):
                if self._problems is None:
                    with show_progress_bar() as steps:
                        report = await self._ingest_with_retry(knowledge, self._sources, steps, reader)
                else:
                    report = await self._ingest_with_retry(knowledge, self._places, ignore_progress, reader)
                self._report_changes(report, await load_contradictions(knowledge))

    async def _ingest_with_retry(
        self, knowledge: KnowledgeBase, sources: Sequence[str], steps: StageProgress, reader: CachingReader
    ) -> IngestReport:
        """Run an ingest, repeated until database and model are available."""
        while True:
            try:
                report = await index_sources(
                    knowledge, self._settings, sources, steps, prune=self._prune, reader=reader
                )
            except Unavailable as exc:
                _print_line(f"put off: {exc}")
                await asyncio.sleep(RETRY_SECONDS)
            else:
                reader.forget_unused()
                return report

    def _report_changes(self, report: IngestReport, disagree: Sequence[Contradiction]) -> None:
        before, self._problems = self._problems, _collect_problems(report, disagree)
        changed = {kind: getattr(report, kind) for kind in ("added", "updated", "removed")}
        if before is None:
            print_report(report, disagree, self._json)
            _print_line(f"watching {', '.join(self._places)}; Ctrl-C ends it")
        elif self._json:
            if self._problems != before or any(changed.values()):
                print_report(report, disagree, self._json)
        else:
            for kind, articles in changed.items():
                for article in articles:
                    print(f"{_format_time()} {kind}: {article}", flush=True)
            self._report_problems(before, {one for articles in changed.values() for one in articles})

    def _report_problems(self, before: dict[str, str], changed: set[str]) -> None:
        assert self._problems is not None
        for what, says in self._problems.items():
            if before.get(what) != says:
                _print_line(says)
        for what in before.keys() - self._problems.keys() - changed:
            _print_line(f"well again: {what}")


def _collect_problems(report: IngestReport, disagree: Sequence[Contradiction]) -> dict[str, str]:
    """The problems after a run: subject -> text."""
    return {
        **{where: f"warning: {where}: {why}" for where, why in report.warnings},
        **{where: f"failed: {where}: {why}" for where, why in report.failed},
        **{id: f"vanished: {id}: still answered from; --prune removes it" for id in report.vanished},
        **{format_contradiction(one): f"contradiction: {format_contradiction(one)}" for one in disagree},
    }


def _print_line(line: str) -> None:
    print(f"{_format_time()} {line}", file=sys.stderr, flush=True)


def _format_time() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")
