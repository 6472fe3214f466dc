"""`ingest --watch`: takes in what changes, one line for each, until Ctrl-C."""

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

from assistant.cli.knowledge import contradictions_of, opened, print_report, take_in, told
from assistant.cli.output import bar, silent
from assistant.domain.errors import SetupError, Unavailable

if TYPE_CHECKING:
    from assistant.app.knowledge_base import Knowledge
    from assistant.app.settings import Settings
    from assistant.cli.output import Steps
    from assistant.domain.article_lifecycle import Contradiction
    from assistant.knowledge.ingest.file_watcher import Remembering
    from assistant.knowledge.ingest.run import IngestReport

#: Seconds until what could not be taken in is tried again.
RETRY_SECONDS = 5.0


async def keep_watching(settings: Settings, sources: Sequence[str], *, prune: bool, as_json: bool) -> None:
    """Index *sources*, then keep up with their files and folders until SIGINT or SIGTERM."""
    watch = _Watch(settings, sources, _places(sources), prune=prune, as_json=as_json)
    work = asyncio.create_task(watch.run())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        _say("stopped; what was read is stored")


def _places(sources: Sequence[str]) -> Sequence[str]:
    """The files and folders among them; without one there is nothing to watch."""
    places = [source for source in sources if "://" not in source]
    if not places:
        raise typer.BadParameter("--watch is for files and folders; `serve` reads web addresses again")
    for place in places:
        if not Path(place).expanduser().exists():
            raise SetupError(f"{place}: there is no such file or folder; check the path.")
    return places


class _Watch:
    def __init__(
        self, settings: Settings, sources: Sequence[str], places: Sequence[str], *, prune: bool, as_json: bool
    ) -> None:
        self._settings, self._prune, self._json = settings, prune, as_json
        self._sources, self._places = sources, places
        #: What was said of the last run, so that only news is said.
        self._standing: dict[str, str] | None = None

    async def run(self) -> None:
        from assistant.knowledge.ingest.file_watcher import Remembering, changes
        from assistant.knowledge.loaders.reader import Reader

        async with AsyncExitStack() as stack:
            reader = Remembering(await stack.enter_async_context(Reader()))
            with bar() as steps:
                knowledge = await stack.enter_async_context(opened(self._settings, steps, beside_serve=True))
            async for _ in changes(self._places):
                if self._standing is None:
                    with bar() as steps:
                        report = await self._taken(knowledge, self._sources, steps, reader)
                else:
                    report = await self._taken(knowledge, self._places, silent, reader)
                self._tell(report, await contradictions_of(knowledge))

    async def _taken(
        self, knowledge: Knowledge, sources: Sequence[str], steps: Steps, reader: Remembering
    ) -> IngestReport:
        """A run, tried until database and model let it through."""
        while True:
            try:
                report = await take_in(
                    knowledge, self._settings, sources, steps, prune=self._prune, reader=reader
                )
            except Unavailable as exc:
                _say(f"put off: {exc}")
                await asyncio.sleep(RETRY_SECONDS)
            else:
                reader.forget_unused()
                return report

    def _tell(self, report: IngestReport, disagree: Sequence[Contradiction]) -> None:
        before, self._standing = self._standing, _standing(report, disagree)
        changed = {kind: getattr(report, kind) for kind in ("added", "updated", "removed")}
        if before is None:
            print_report(report, disagree, self._json)
            _say(f"watching {', '.join(self._places)}; Ctrl-C ends it")
        elif self._json:
            if self._standing != before or any(changed.values()):
                print_report(report, disagree, self._json)
        else:
            for kind, articles in changed.items():
                for article in articles:
                    print(f"{_clock()} {kind}: {article}", flush=True)
            self._tell_troubles(before, {one for articles in changed.values() for one in articles})

    def _tell_troubles(self, before: dict[str, str], changed: set[str]) -> None:
        assert self._standing is not None
        for what, says in self._standing.items():
            if before.get(what) != says:
                _say(says)
        for what in before.keys() - self._standing.keys() - changed:
            _say(f"well again: {what}")


def _standing(report: IngestReport, disagree: Sequence[Contradiction]) -> dict[str, str]:
    """What is wrong after a run, by what it is about."""
    return {
        **{where: f"warning: {where}: {why}" for where, why in report.warnings},
        **{where: f"failed: {where}: {why}" for where, why in report.failed},
        **{id: f"vanished: {id}: still answered from; --prune removes it" for id in report.vanished},
        **{told(one): f"contradiction: {told(one)}" for one in disagree},
    }


def _say(line: str) -> None:
    print(f"{_clock()} {line}", file=sys.stderr, flush=True)


def _clock() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")
