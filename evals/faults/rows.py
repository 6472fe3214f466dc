"""What is broken, row by row of the fault matrix; each returns violations of its own besides the promises."""

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

from evals.faults.load import Load
from evals.faults.site import Process, Site, until

#: Violations of the row's own, and a remark for the table.
Outcome = tuple[int, str]
Break = Callable[[Site, Load, float], Awaitable[Outcome]]
READY_SECONDS = 5.0
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    id: str
    what: str
    breaks: Break
    postgres: bool = False
    #: In the part that `make test` runs.
    quick: bool = False


async def kills(site: Site, load: Load, seconds: float, *, crash: str | None = None) -> Outcome:
    """SIGKILL at random moments, or death at a named point; the other process, if any, goes on."""
    count, end = 0, time.monotonic() + seconds
    for process in site.processes:
        process.starts.clear()
    while time.monotonic() < end:
        process = site.any()
        if crash is None:
            await asyncio.sleep(random.uniform(0.2, 4))
            process.kill()
        else:
            await asyncio.to_thread(until, lambda p=process: not p.alive, 4.0)  # type: ignore[misc]
            process.kill()
        count += 1
        await asyncio.to_thread(process.start, crash=crash)
    for process in site.processes:
        if crash or not process.alive:
            process.kill()
            await asyncio.to_thread(process.start)
    starts = sorted(s for process in site.processes for s in process.starts)
    middle, slowest = starts[len(starts) // 2], starts[-1]
    return 0, f"{count} kills; ready again in {middle:.1f} s (median), {slowest:.1f} s (most)"


async def stopped(site: Site, load: Load, seconds: float) -> Outcome:
    """SIGSTOP for longer than a lease, then SIGCONT: what it finishes then must come too late."""
    process = site.processes[0]
    load.urls = [other.url for other in site.processes[1:]]
    process.pause()
    await asyncio.sleep(max(20.0, seconds))
    process.resume()
    await asyncio.sleep(3)
    load.urls = site.urls
    return 0, f"stopped for {max(20.0, seconds):.0f} s"


async def rolling(site: Site, load: Load, seconds: float) -> Outcome:
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


async def model_fails(
    site: Site, load: Load, seconds: float, *, faults: tuple[str, ...], share: float
) -> Outcome:
    """The model breaks in one way after another, and recovers."""
    for fault in faults:
        site.model.fails(fault, share)
        await asyncio.sleep(seconds / len(faults))
    site.model.recovers()
    return 0, f"{len(faults)} faults, {share:.0%} of the calls"


async def model_away(site: Site, load: Load, seconds: float) -> Outcome:
    """Nobody listens where the model was."""
    for process in site.processes:
        process.kill()
        process.settings["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1"
        await asyncio.to_thread(process.start)
    await asyncio.sleep(seconds)
    return 0, ""


async def database_locked(site: Site, load: Load, seconds: float) -> Outcome:
    """Another program holds the database for longer than anybody waits."""
    with sqlite3.connect(site.folder / "yorisoi.db", isolation_level=None, timeout=20) as other:
        other.execute("BEGIN EXCLUSIVE")
        await asyncio.sleep(max(8.0, seconds))
        other.execute("ROLLBACK")
    return load.refused[500], f"{load.refused[503]} × 503"


async def connections_cut(site: Site, load: Load, seconds: float) -> Outcome:
    """Every connection to PostgreSQL is ended, again and again."""
    import psycopg

    assert site.database
    end, count = time.monotonic() + seconds, 0
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with psycopg.connect(site.database, autocommit=True) as admin:
        while time.monotonic() < end:
            await asyncio.sleep(random.uniform(0.5, 3))
            count += len(admin.execute(f"{others} AND datname = current_database()".encode()).fetchall())
    return load.refused[500], f"{count} connections"


async def database_dies(site: Site, load: Load, seconds: float) -> Outcome:
    """PostgreSQL is killed and comes back a while later; nobody has to start us again."""
    before = load.refused[503]
    os.kill(site.server.get_pid(), signal.SIGKILL)
    await asyncio.sleep(max(10.0, seconds))
    await asyncio.to_thread(site.server.ensure_postgres_running)
    back = [await asyncio.to_thread(until, partial(all_well, process), 30.0) for process in site.processes]
    return load.refused[500] + back.count(False), f"{load.refused[503] - before} × 503"


async def index_lost(site: Site, load: Load, seconds: float, *, harm: Callable[[Site], None]) -> Outcome:
    """The vector index is harmed while the service is down; it must start, answer, and mend itself."""
    process = site.processes[0]
    await asyncio.to_thread(process.stop)
    harm(site)
    await asyncio.to_thread(process.start)
    mended = await asyncio.to_thread(until, lambda: all_well(process), 60.0)
    return int(not mended), f"ready again in {process.starts[-1]:.1f} s"


def all_well(process: Process) -> bool:
    import httpx2

    try:
        return httpx2.get(f"{process.url}/readyz", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def remove_index(site: Site) -> None:
    shutil.rmtree(site.folder / "index")


def truncate_index(site: Site) -> None:
    for path in (site.folder / "index").rglob("chroma.sqlite3"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scramble_index(site: Site) -> None:
    for path in (site.folder / "index").rglob("*.bin"):
        path.write_bytes(random.randbytes(path.stat().st_size))


async def kills_while_ingesting(site: Site, load: Load, seconds: float) -> Outcome:
    """`ingest` is killed in the middle, again and again; then it is let finish."""
    before = {hit["article"] for hit in _articles(site)}
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        ingest = Process(["ingest", str(_changed(site, count))], site.settings, site.folder / "ingest.log")
        await asyncio.to_thread(_killed_soon, ingest)
        count += 1
    done = await asyncio.to_thread(site.run, "ingest", str(_changed(site, count)), "--json")
    with sqlite3.connect(f"file:{site.folder}/yorisoi.db?mode=ro", uri=True) as look:
        double = look.execute(
            "SELECT count(*) FROM (SELECT 1 FROM chunks GROUP BY article, position HAVING count(*) > 1)"
        ).fetchone()[0]
        bare = look.execute(
            "SELECT count(*) FROM chunks WHERE id NOT IN (SELECT chunk FROM vectors)"
        ).fetchone()[0]
    missing = before - {hit["article"] for hit in _articles(site)}
    return int(done.returncode != 0) + double + bare + len(missing), f"{count} kills"


def _articles(site: Site) -> list[dict[str, str]]:
    import json

    out = site.run("search", "返品 配送 支払い", "-k", "50", "--json").stdout
    found: list[dict[str, str]] = json.loads(out or "[]")
    return found


def _changed(site: Site, number: int) -> object:
    """A folder with an article that is another one each time."""
    folder = site.folder / "more"
    folder.mkdir(exist_ok=True)
    text = "\n\n".join(f"## 項目{n}\n\n版{number}の説明その{n}。返品は30日以内です。" for n in range(60))
    (folder / "more.md").write_text(f"# 追加のご案内\n\n{text}\n", "utf-8")
    return folder


def _killed_soon(ingest: Process) -> None:
    import subprocess
    import sys

    from evals.bench.service import environment

    program = [sys.executable, "-m", "evals.faults.crashing", "mid_ingest:0.7", *ingest.command]
    started = subprocess.Popen(program, env=environment(**ingest.settings), stderr=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL)  # fmt: skip
    try:
        started.wait(random.uniform(3, 12))
    except subprocess.TimeoutExpired:
        started.send_signal(signal.SIGKILL)
        started.wait()


MODEL_FAULTS = ("cut", "error-event", "bad-json", "bad-utf8", "no-finish", "html", "null-content")

ROWS = (
    Row(id="P1", what="SIGKILL at random", breaks=kills, quick=True),
    Row(id="P1-pg", what="the same, two processes on PostgreSQL", breaks=kills, postgres=True),
    Row(id="P2", what="dies while it thinks", breaks=partial(kills, crash="while_thinking:0.03")),
    Row(id="P3a", what="dies before a commit", breaks=partial(kills, crash="before_commit:0.03")),
    Row(
        id="P3", what="dies after the commit, before the 200",
        breaks=partial(kills, crash="after_commit_before_200:0.03"), quick=True,
    ),
    Row(
        id="P3b", what="dies after a reply is stored, before anybody hears",
        breaks=partial(kills, crash="after_reply_before_ring:0.03"),
    ),
    Row(id="P5", what="SIGSTOP for longer than a lease", breaks=stopped, postgres=True),
    Row(id="P6", what="SIGTERM under load", breaks=rolling),
    Row(id="P6-pg", what="a rolling restart of two", breaks=rolling, postgres=True),
    Row(id="L1", what="the model is away", breaks=model_away),
    Row(id="L2", what="the model hangs", breaks=partial(model_fails, faults=("hang-first",), share=1.0)),
    Row(
        id="L3", what="429, with and without Retry-After",
        breaks=partial(
            model_fails, faults=("rate-limited", "rate-limited-briefly", "rate-limited-for-long"), share=1.0
        ),
    ),
    Row(id="L4", what="a fifth of the model's answers fail",
        breaks=partial(model_fails, faults=("server-error", "overloaded"), share=0.2)),
    Row(id="L5", what="broken streams", breaks=partial(model_fails, faults=MODEL_FAULTS, share=1.0)),
    Row(id="V1", what="the index's folder is gone", breaks=partial(index_lost, harm=remove_index)),
    Row(id="V2", what="the index's files are noise", breaks=partial(index_lost, harm=scramble_index)),
    Row(id="V3", what="the index's database is cut in half", breaks=partial(index_lost, harm=truncate_index)),
    Row(id="V5", what="ingest killed in the middle", breaks=kills_while_ingesting),
    Row(id="D2", what="the database is locked", breaks=database_locked),
    Row(id="D5", what="PostgreSQL ends every connection", breaks=connections_cut, postgres=True),
    Row(id="D6", what="PostgreSQL is killed and comes back", breaks=database_dies, postgres=True),
)  # fmt: skip
