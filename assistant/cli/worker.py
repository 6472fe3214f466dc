"""The worker process of `serve`: it starts on request and ends with its parent."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from assistant.ipc.parent_death import terminate_with_parent
from assistant.ipc.rpc import RpcChannel

if TYPE_CHECKING:
    from assistant.app.settings import Settings
    from assistant.app.worker_app import AssistantService
    from assistant.domain.conversation import Conversation
    from assistant.domain.text_edits import EditedText, TextEdit
    from assistant.ports.answering import Draft

#: Nice value: when both cores are busy, the web process has priority.
NICENESS = 5


def main() -> None:
    # Two must never have the index open.
    terminate_with_parent()
    os.nice(NICENESS)
    # Ctrl-C reaches both processes; the parent stops us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Startup creates many permanent objects; collecting garbage among them only costs time.
    gc.disable()
    _import_libraries()
    import uvloop

    uvloop.run(_serve_parent(int(sys.argv[1])))


def _import_libraries() -> None:
    """What the service needs, while the parent imports what it needs itself."""
    import assistant.app.embedder
    import assistant.app.worker_app
    import assistant.cli.knowledge
    import assistant.conversation.turn.runner
    import assistant.knowledge.retrieval.switching_retriever
    import assistant.storage.database  # noqa: F401


async def _serve_parent(end: int) -> None:
    rpc = RpcChannel()
    worker = Worker(rpc)
    rpc.register(
        start=worker.start_service,
        stop=worker.stop_service,
        beat=worker.answer_heartbeat,
        health=worker.check_health,
    )
    rpc.register(
        suggest=worker.suggest_replies,
        edit_text=worker.edit_text,
        restarts=worker.count_restarts,
        measures=worker.render_measures,
        articles=worker.call_article_desk,
        tools=worker.call_agent_tools,
    )
    await rpc.attach_socket(socket.socket(fileno=end))
    await rpc.receive_messages()
    if not worker.stopped:
        os._exit(1)  # the parent is gone; leases expire by themselves


class Worker:
    """The functions that the parent calls by RPC."""

    def __init__(self, rpc: RpcChannel) -> None:
        self._rpc = rpc
        self._service: AssistantService | None = None
        self._working: asyncio.Task[None] | None = None
        self._enough = asyncio.Event()
        self.stopped = False

    async def start_service(self, settings: Settings, demo: bool) -> None:
        """Open everything and start; SetupError when something must be fixed first."""
        from assistant.app.knowledge_base import utc_now
        from assistant.app.logs import configure_logging
        from assistant.app.worker_app import build_service
        from assistant.cli.demo import index_sample
        from assistant.cli.instance_lock import supports_several_processes
        from assistant.cli.knowledge import PREPARING
        from assistant.cli.output import build_stage_printer, show_progress_bar
        from assistant.tracing import configure_tracing

        configure_logging(settings.log_level)
        configure_tracing(settings.traces, "worker")
        with show_progress_bar(otherwise=build_stage_printer()) as steps:
            service = await build_service(settings, partial(steps, PREPARING), self._rpc)
            if demo:
                await index_sample(settings, service, steps)
        if not supports_several_processes(settings):
            # We are the only worker: jobs that are still leased were running when the last process died.
            await service.knowledge.database.write(lambda store: store.jobs.end_leases(utc_now()))
        gc.freeze()
        gc.enable()
        self._service = service
        self._working = asyncio.create_task(self._run_service(service))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._enough.set)

    async def stop_service(self) -> None:
        """Finish the running jobs, or release them."""
        from assistant.tracing import close_tracing

        self._enough.set()
        if self._working is not None:
            await self._working
        close_tracing()
        self.stopped = True

    async def check_health(self) -> dict[str, str | None]:
        return await self._service.check_health() if self._service else {"assistant": "It is starting."}

    async def answer_heartbeat(self) -> None:
        """Answering shows that the process is alive."""

    async def count_restarts(self) -> dict[str, int]:
        """Number of restarts of each background task."""
        return dict(self._service.supervisor.restarts) if self._service else {}

    async def render_measures(self) -> bytes:
        """Histograms and counters of this process, in the Prometheus format."""
        from assistant.measures import WORKER, render_registry

        return render_registry(WORKER)

    async def suggest_replies(self, conversation: Conversation, question: str) -> list[Draft]:
        from assistant.conversation.turn.suggestions import draft_suggestions
        from assistant.domain.errors import Unavailable

        if self._service is None:
            raise Unavailable("The assistant is starting.")
        return await draft_suggestions(self._service.dependencies, conversation, question)

    async def edit_text(self, conversation: Conversation, edit: TextEdit) -> EditedText:
        from assistant.conversation.turn.suggestions import edit_text
        from assistant.domain.errors import Unavailable

        if self._service is None:
            raise Unavailable("The assistant is starting.")
        return await edit_text(self._service.dependencies, conversation, edit)

    async def call_article_desk(self, name: str, args: tuple[object, ...]) -> object:
        """Call a function of the service's `ArticleDesk`."""
        from assistant.domain.errors import Unavailable

        if self._service is None:
            raise Unavailable("The assistant is starting.")
        return await getattr(self._service.article_desk, name)(*args)

    async def call_agent_tools(self, name: str, args: tuple[object, ...]) -> object:
        """Call a function of the service's `AgentTools`."""
        from assistant.domain.errors import NotFound, Unavailable

        if self._service is None:
            raise Unavailable("The assistant is starting.")
        if self._service.agent_tools is None:
            raise NotFound("There is no system that could do anything for customers.")
        return await getattr(self._service.agent_tools, name)(*args)

    async def _run_service(self, service: AssistantService) -> None:
        async with service.run_tasks():
            await self._enough.wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
