"""Nothing that should go on for ever ends unseen."""

import ast
import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

import assistant
from assistant.app.settings import Settings, load_settings
from assistant.app.web_app import build_web_app
from assistant.app.worker_app import build_service
from assistant.ipc import background_tasks
from assistant.ipc.background_tasks import TaskSupervisor
from assistant.ipc.rpc import RpcChannel

SOURCES = Path(assistant.__file__).parent
#: Where tasks are begun that somebody waits for, or whose end ends what began them.
AWAITED = {
    ("api/sse.py", "__call__"),
    ("cli/serve.py", "_serve_requests"),
    ("cli/ingest_watch.py", "keep_watching"),
    ("cli/worker.py", "start_service"),
    ("knowledge/ingest/run.py", "_prefetch_items"),
    ("knowledge/retrieval/retriever.py", "find_candidates"),
    ("storage/postgres.py", "run"),
    ("ipc/worker_supervisor.py", "_supervise_process"),
    ("jobs/worker_loop.py", "_start_job"),
    ("jobs/worker_loop.py", "run"),
    ("jobs/outbox.py", "handle_turn"),
    ("jobs/webhook_sender.py", "run"),
    ("jobs/tracker_sync.py", "sync_due"),
    ("rehearsal/engine.py", "_say"),
    ("app/rehearsal.py", "_run_lanes"),
    ("jobs/outbox.py", "with_typing_indicator"),
    ("ipc/rpc.py", "_dispatch_message"),
    ("tools/mcp_calls.py", "call_operation"),
    ("jobs/web_resync.py", "resync_next"),
    ("ipc/background_tasks.py", "_keep_running"),
    ("ipc/background_tasks.py", "run_tasks"),
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background_tasks, "FIRST_BACKOFF_SECONDS", 0.01)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path))
    return load_settings()


async def comes_back(kept: TaskSupervisor, name: str) -> None:
    """End a task, and see it run again."""
    before = kept.tasks[name]
    before.cancel()
    async with asyncio.timeout(30):
        while kept.tasks.get(name) in (None, before) or kept.tasks[name].done():
            await asyncio.sleep(0.01)
    assert kept.restarts[name] == 1
    assert name in kept.list_recent_failures()


async def test_a_task_that_fails_is_started_again_and_shown() -> None:
    kept, runs, done = TaskSupervisor(), 0, asyncio.Event()

    async def fails_twice() -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise ZeroDivisionError
        done.set()

    async with kept.run_tasks({"fragile": fails_twice}), asyncio.timeout(30):
        await done.wait()
        await asyncio.sleep(0)
        assert kept.restarts == {"fragile": 2}
        assert "ZeroDivisionError" in kept.list_recent_failures()["fragile"]


async def test_what_failed_long_ago_is_no_trouble_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = TaskSupervisor()

    async def waits() -> None:
        await asyncio.Event().wait()

    async with kept.run_tasks({"one": waits}):
        await asyncio.sleep(0)
        await comes_back(kept, "one")
        monkeypatch.setattr(background_tasks, "SHOWN_SECONDS", 0.0)
        assert kept.list_recent_failures() == {}


async def test_every_task_of_the_front_comes_back(settings: Settings) -> None:
    front = build_web_app(settings, RpcChannel())
    async with front.run_tasks():
        await asyncio.sleep(0.01)
        names = [name for name in front.build_tasks() if name in front.supervisor.tasks]
        assert {"titles", "limits"} <= set(names)
        for name in names:
            await comes_back(front.supervisor, name)
        assert (await front.count_restarts()) == dict.fromkeys(names, 1)
    front.database.close()


@pytest.mark.slow
async def test_every_task_of_the_service_comes_back(settings: Settings) -> None:
    service = await build_service(settings)
    await service.knowledge.reconcile_index()
    async with service.run_tasks():
        await asyncio.sleep(0.01)
        async with asyncio.timeout(30):
            while {"notifier", "warm-up"} & set(service.supervisor.tasks):  # they end by themselves
                await asyncio.sleep(0.05)
        names = list(service.supervisor.tasks)
        assert {"loop", "housekeeping", "resync", "knowledge", "vectors"} <= set(names)
        for name in names:
            await comes_back(service.supervisor, name)
        health = await service.check_health()
        assert "CancelledError" in str(health["loop"])


def test_no_task_is_begun_that_nobody_watches() -> None:
    assert set(begun()) == AWAITED


def begun() -> Iterator[tuple[str, str]]:
    """File and function of everything that begins a task."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr in ("create_task", "ensure_future")
                for call in ast.walk(node)
            ):
                yield str(path.relative_to(SOURCES)), node.name
