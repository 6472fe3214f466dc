"""Open event streams: memory per stream, and time until all have resumed after `kill -9`."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from evals.bench.figures import Figure
from evals.faults.site import Installation

#: Limits: bytes per stream, seconds until all have resumed, seconds until the service is ready.
MAX_KILOBYTES = 60.0
MAX_SECONDS = 20.0
READY_SECONDS = 5.0
#: Streams opened concurrently.
ABREAST = 100

Talk = tuple[str, Mapping[str, str]]


async def measure_event_streams(site: Installation, talks: Sequence[Talk]) -> list[Figure]:
    [process] = site.processes
    assert process.popen
    before = load_resident_kilobytes(process.popen.pid)
    await _open_streams(site.urls[0], talks[:1])
    streams = await _open_streams(site.urls[0], talks)
    each = (load_resident_kilobytes(process.popen.pid) - before) / len(talks)
    process.kill()
    began = time.monotonic()
    starting = asyncio.create_task(asyncio.to_thread(process.start))
    back = await _open_streams(site.urls[0], talks, again=True)
    resumed = time.monotonic() - began
    await starting
    for writer in (*streams, *back):
        writer.close()
    count = len(talks)
    return [
        _build_figure(f"memory of each of {count:,} streams", each, "kB", MAX_KILOBYTES),
        _build_figure(f"{count:,} streams resumed after kill -9", resumed, "s", MAX_SECONDS),
        _build_figure("ready after kill -9", process.starts[-1], "s", READY_SECONDS),
    ]


def _build_figure(measure: str, value: float, unit: str, limit: float) -> Figure:
    return Figure(measure=measure, value=round(value, 1), unit=unit, floor=limit, beside="limit of the house")


def load_resident_kilobytes(pid: int) -> float:
    """Resident kilobytes of a process."""
    [line] = [x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmRSS")]
    return float(line.split()[1])


async def _open_streams(
    url: str, talks: Sequence[Talk], *, again: bool = False
) -> list[asyncio.StreamWriter]:
    found: list[asyncio.StreamWriter] = []
    for start in range(0, len(talks), ABREAST):
        some = talks[start : start + ABREAST]
        found += await asyncio.gather(*(_open_stream(url, talk, again) for talk in some))
    return found


async def _open_stream(url: str, talk: Talk, again: bool) -> asyncio.StreamWriter:
    """Open a stream and read its first line; *again*: retry until the service answers."""
    parts = urlsplit(url)
    headers = dict(talk[1]) | {"host": parts.netloc, "last-event-id": "0"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    while True:
        try:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            writer.write(f"GET /v1/conversations/{talk[0]}/events HTTP/1.1\r\n{lines}\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head.split(b"\r\n", 1)[0], head
            return writer
        except (OSError, asyncio.IncompleteReadError):
            if not again:
                raise
            await asyncio.sleep(0.05)
