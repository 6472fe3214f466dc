"""The rows of the fault matrix; each returns violations of its own besides the guarantees."""

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from evals.faults.load import LoadGenerator
from evals.faults.site import Installation, ServiceProcess, wait_until

#: Violations of the row's own, and a remark for the table.
Outcome = tuple[int, str]
Break = Callable[[Installation, LoadGenerator, float], Awaitable[Outcome]]
READY_SECONDS = 5.0
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRow:
    id: str
    what: str
    breaks: Break
    postgres: bool = False
    #: Rows that `make test` runs.
    quick: bool = False


async def break_by_kill(
    site: Installation, load: LoadGenerator, seconds: float, *, crash: str | None = None
) -> Outcome:
    """SIGKILL at random moments, or a crash at a named point; the other process, if any, continues."""
    count, end = 0, time.monotonic() + seconds
    for process in site.processes:
        process.starts.clear()
    while time.monotonic() < end:
        process = site.choose_process()
        if crash is None:
            await asyncio.sleep(random.uniform(0.2, 4))
            process.kill()
        else:
            await asyncio.to_thread(wait_until, lambda p=process: not p.is_alive, 4.0)  # type: ignore[misc]
            process.kill()
        count += 1
        await asyncio.to_thread(process.start, crash=crash)
    for process in site.processes:
        if crash or not process.is_alive:
            process.kill()
            await asyncio.to_thread(process.start)
    starts = sorted(s for process in site.processes for s in process.starts)
    middle, slowest = starts[len(starts) // 2], starts[-1]
    return 0, f"{count} kills; ready again in {middle:.1f} s (median), {slowest:.1f} s (most)"


async def break_by_stop(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """SIGSTOP for longer than a lease, then SIGCONT: what it finishes then must be discarded."""
    process = site.processes[0]
    load.urls = [other.url for other in site.processes[1:]]
    process.pause()
    await asyncio.sleep(max(20.0, seconds))
    process.resume()
    await asyncio.sleep(3)
    load.urls = site.urls
    return 0, f"stopped for {max(20.0, seconds):.0f} s"


async def break_by_rolling_restart(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """SIGTERM under load, one process after the other."""
    late, end, slowest = 0, time.monotonic() + seconds, 0.0
    while time.monotonic() < end:
        for process in site.processes:
            await asyncio.sleep(2)
            code, took = await asyncio.to_thread(process.stop)
            late += code != 0 or took > STOP_SECONDS
            slowest = max(slowest, took)
            await asyncio.to_thread(process.start)
    return late, f"slowest stop {slowest:.1f} s"


async def break_model(
    site: Installation, load: LoadGenerator, seconds: float, *, faults: tuple[str, ...], share: float
) -> Outcome:
    """The model fails in one way after another, and recovers."""
    for fault in faults:
        site.model.set_fault(fault, share)
        await asyncio.sleep(seconds / len(faults))
    site.model.clear_fault()
    return 0, f"{len(faults)} faults, {share:.0%} of the calls"


async def break_model_address(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """No server at the model's address."""
    for process in site.processes:
        process.kill()
        process.settings["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1"
        await asyncio.to_thread(process.start)
    await asyncio.sleep(seconds)
    return 0, ""


async def break_by_lock(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """Another program locks the database for longer than anybody waits."""
    with sqlite3.connect(site.folder / "yorisoi.db", isolation_level=None, timeout=20) as other:
        other.execute("BEGIN EXCLUSIVE")
        await asyncio.sleep(max(8.0, seconds))
        other.execute("ROLLBACK")
    return load.refused[500], f"{load.refused[503]} × 503"


async def break_connections(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """Every connection to PostgreSQL is terminated, repeatedly."""
    import psycopg

    assert site.database
    end, count = time.monotonic() + seconds, 0
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with psycopg.connect(site.database, autocommit=True) as admin:
        while time.monotonic() < end:
            await asyncio.sleep(random.uniform(0.5, 3))
            count += len(admin.execute(f"{others} AND datname = current_database()".encode()).fetchall())
    return load.refused[500], f"{count} connections"


async def break_database(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """PostgreSQL is killed and restarted later; the service recovers without a restart."""
    before = load.refused[503]
    os.kill(site.server.get_pid(), signal.SIGKILL)
    await asyncio.sleep(max(10.0, seconds))
    await asyncio.to_thread(site.server.ensure_postgres_running)
    back = [
        await asyncio.to_thread(wait_until, partial(is_ready, process), 30.0) for process in site.processes
    ]
    return load.refused[500] + back.count(False), f"{load.refused[503] - before} × 503"


async def break_index(
    site: Installation, load: LoadGenerator, seconds: float, *, harm: Callable[[Installation], None]
) -> Outcome:
    """The vector index is damaged while the service is down; the service must start, answer, and
    repair it.
    """
    process = site.processes[0]
    await asyncio.to_thread(process.stop)
    harm(site)
    await asyncio.to_thread(process.start)
    mended = await asyncio.to_thread(wait_until, lambda: is_ready(process), 60.0)
    return int(not mended), f"ready again in {process.starts[-1]:.1f} s"


def is_ready(process: ServiceProcess) -> bool:
    import httpx2

    try:
        return httpx2.get(f"{process.url}/readyz", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def remove_index(site: Installation) -> None:
    shutil.rmtree(site.folder / "index")


def truncate_index(site: Installation) -> None:
    for path in (site.folder / "index").rglob("chroma.sqlite3"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scramble_index(site: Installation) -> None:
    for path in (site.folder / "index").rglob("*.bin"):
        path.write_bytes(random.randbytes(path.stat().st_size))


async def break_ingest(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """`ingest` is killed in the middle, repeatedly; then it runs to completion."""
    before = {hit["article"] for hit in _list_articles(site)}
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        ingest = ServiceProcess(
            ["ingest", str(_write_changed_article(site, count))], site.settings, site.folder / "ingest.log"
        )
        await asyncio.to_thread(_kill_ingest, ingest)
        count += 1
    done = await asyncio.to_thread(
        site.run_command, "ingest", str(_write_changed_article(site, count)), "--json"
    )
    with sqlite3.connect(f"file:{site.folder}/yorisoi.db?mode=ro", uri=True) as look:
        double = look.execute(
            "SELECT count(*) FROM (SELECT 1 FROM chunks GROUP BY article, position HAVING count(*) > 1)"
        ).fetchone()[0]
        bare = look.execute(
            "SELECT count(*) FROM chunks WHERE id NOT IN (SELECT chunk FROM vectors)"
        ).fetchone()[0]
    missing = before - {hit["article"] for hit in _list_articles(site)}
    return int(done.returncode != 0) + double + bare + len(missing), f"{count} kills"


def _list_articles(site: Installation) -> list[dict[str, str]]:
    import json

    out = site.run_command("search", "返品 配送 支払い", "-k", "50", "--json").stdout
    found: list[dict[str, str]] = json.loads(out or "[]")
    return found


def _write_changed_article(site: Installation, number: int) -> object:
    """A folder with an article that changes each time."""
    folder = site.folder / "more"
    folder.mkdir(exist_ok=True)
    text = "\n\n".join(f"## 項目{n}\n\n版{number}の説明その{n}。返品は30日以内です。" for n in range(60))
    (folder / "more.md").write_text(f"# 追加のご案内\n\n{text}\n", "utf-8")
    return folder


def _kill_ingest(ingest: ServiceProcess) -> None:
    import subprocess
    import sys

    from evals.bench.service import build_environment

    program = [sys.executable, "-m", "evals.faults.crashing", "mid_ingest:0.7", *ingest.command]
    started = subprocess.Popen(program, env=build_environment(**ingest.settings), stderr=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL)  # fmt: skip
    try:
        started.wait(random.uniform(3, 12))
    except subprocess.TimeoutExpired:
        started.send_signal(signal.SIGKILL)
        started.wait()


MODEL_FAULTS = ("cut", "error-event", "bad-json", "bad-utf8", "no-finish", "html", "null-content")

ROWS = (
    FaultRow(id="P1", what="SIGKILL at random", breaks=break_by_kill, quick=True),
    FaultRow(id="P1-pg", what="the same, two processes on PostgreSQL", breaks=break_by_kill, postgres=True),
    FaultRow(id="P2", what="dies while it thinks",
        breaks=partial(break_by_kill, crash="while_thinking:0.03")),
    FaultRow(id="P3a", what="dies before a commit",
        breaks=partial(break_by_kill, crash="before_commit:0.03")),
    FaultRow(
        id="P3", what="dies after the commit, before the 200",
        breaks=partial(break_by_kill, crash="after_commit_before_200:0.03"), quick=True,
    ),
    FaultRow(
        id="P3b", what="dies after a reply is stored, before anybody hears",
        breaks=partial(break_by_kill, crash="after_reply_before_ring:0.03"),
    ),
    FaultRow(id="P5", what="SIGSTOP for longer than a lease", breaks=break_by_stop, postgres=True),
    FaultRow(id="P6", what="SIGTERM under load", breaks=break_by_rolling_restart),
    FaultRow(id="P6-pg", what="a rolling restart of two", breaks=break_by_rolling_restart, postgres=True),
    FaultRow(id="L1", what="the model is away", breaks=break_model_address),
    FaultRow(id="L2", what="the model hangs", breaks=partial(break_model, faults=("hang-first",), share=1.0)),
    FaultRow(
        id="L3", what="429, with and without Retry-After",
        breaks=partial(
            break_model, faults=("rate-limited", "rate-limited-briefly", "rate-limited-for-long"), share=1.0
        ),
    ),
    FaultRow(id="L4", what="a fifth of the model's answers fail",
        breaks=partial(break_model, faults=("server-error", "overloaded"), share=0.2)),
    FaultRow(id="L5", what="broken streams", breaks=partial(break_model, faults=MODEL_FAULTS, share=1.0)),
    FaultRow(id="V1", what="the index's folder is gone", breaks=partial(break_index, harm=remove_index)),
    FaultRow(id="V2", what="the index's files are noise", breaks=partial(break_index, harm=scramble_index)),
    FaultRow(id="V3", what="the index's database is cut in half",
        breaks=partial(break_index, harm=truncate_index)),
    FaultRow(id="V5", what="ingest killed in the middle", breaks=break_ingest),
    FaultRow(id="D2", what="the database is locked", breaks=break_by_lock),
    FaultRow(id="D5", what="PostgreSQL ends every connection", breaks=break_connections, postgres=True),
    FaultRow(id="D6", what="PostgreSQL is killed and comes back", breaks=break_database, postgres=True),
)  # fmt: skip
