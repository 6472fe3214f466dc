"""Runs the rows: warm up, inject the fault, remove it, check; prints the violations."""

import argparse
import asyncio
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.faults.apps import ROWS as APPS
from evals.faults.checks import KINDS, count_violations
from evals.faults.desks import ROWS as DESKS
from evals.faults.disk import ROWS as DISKS
from evals.faults.disk import unmount_disk
from evals.faults.foreign_desks import ROWS as FOREIGN_DESKS
from evals.faults.load import LoadGenerator
from evals.faults.rows import ROWS as SERVICE
from evals.faults.rows import FaultRow
from evals.faults.site import Workshop
from evals.faults.standby import ROWS as STANDBY

ROWS = (*SERVICE, *DISKS, *STANDBY, *DESKS, *APPS, *FOREIGN_DESKS)


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals faults", description=__doc__)
    parser.add_argument("--only", action="append", metavar="ROW", help=", ".join(row.id for row in ROWS))
    parser.add_argument("--quick", action="store_true", help="the rows that make test runs")
    parser.add_argument("--minutes", type=float, default=None, help="shared by the rows; default 0.5 each")
    parser.add_argument("--rate", type=float, default=20.0, help="messages a second")
    parser.add_argument("--conversations", type=int, default=40)
    parser.add_argument("--prepared", type=Path, help="keep the indexed sample here, for the next run")
    options = parser.parse_args()
    wanted = options.only or [row.id for row in ROWS if row.quick or not options.quick]
    rows = [row for row in ROWS if row.id in wanted]
    seconds = 30.0 if options.minutes is None else options.minutes * 60 / max(1, len(rows))
    broken = run_rows(rows, seconds, options.rate, options.conversations, options.prepared)
    raise SystemExit(1 if broken else 0)


def run_rows(
    rows: list[FaultRow], seconds: float, rate: float, conversations: int, prepared: Path | None = None
) -> int:
    """Print the table; returns the number of violations."""
    broken = 0
    head = "  ".join(f"{kind:>7}" for kind in KINDS)
    print(f"{'row':7} {'messages':>8}  {head}   p50     p99   what", flush=True)
    with ExitStack() as stack:
        temporary = TemporaryDirectory(prefix="yorisoi-faults-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        folder.chmod(0o755)
        workshop = Workshop(folder, stack, prepared or folder / "prepared")
        workshop.prepare_data()
        for row in rows:
            found, load, remark = asyncio.run(_run_row(workshop, row, seconds, rate, conversations))
            broken += sum(found.values())
            counts = "  ".join(f"{found[kind]:7}" for kind in KINDS)
            sent = sum(len(talk.acknowledged) for talk in load.talks)
            waits = (
                f"{load.compute_percentile(0.5) * 1000:4.0f}  {load.compute_percentile(0.99) * 1000:6.0f} ms"
            )
            print(f"{row.id:7} {sent:8}  {counts}  {waits}   {row.what}; {remark}", flush=True)
    return broken


async def _run_row(
    workshop: Workshop, row: FaultRow, seconds: float, rate: float, conversations: int
) -> tuple[Counter[str], LoadGenerator, str]:
    with ExitStack() as stack:
        site = stack.enter_context(workshop.open_site(postgres=row.postgres))
        stack.callback(unmount_disk, site.folder)
        async with LoadGenerator(site.urls, rate=rate, conversations=conversations) as load:
            running = asyncio.create_task(load.run())
            await asyncio.sleep(2)
            began = time.monotonic()
            own, remark = await row.breaks(site, load, seconds)
            load.stop()
            await running
            found = await count_violations(load, {"Authorization": f"Bearer {site.token}"})
            found["row"] += own
            for process in site.processes:
                if not process.is_alive:
                    print(f"dead at the end: {process.read_log_tail()}", file=sys.stderr)
                    found["row"] += 1
            return found, load, f"{remark} ({time.monotonic() - began:.0f} s)"
