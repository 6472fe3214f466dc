"""Fault rows of messaging apps: crashes between a send and its record."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import httpx2

from evals.bench.channels import SETTINGS
from evals.bench.phones import MAKERS, SECRET, SimulatedPhones
from evals.faults.load import LoadGenerator
from evals.faults.rows import FaultRow, Outcome
from evals.faults.site import Installation, ServiceProcess

#: LINE has idempotency keys; Telegram has none, so there a crash may send one message twice.
KEYED = "line"
OTHER = "telegram"
CRASH = "after_send_before_mark:0.15"
PAUSE = 0.4
PATIENCE = 90.0


@dataclass
class SingleUsePhones(SimulatedPhones):
    """Phones whose reply tokens can be used once, as LINE's."""

    used: set[str] = field(default_factory=set)

    def handle_call(self, head: str, body: bytes) -> tuple[int, dict[str, Any]]:
        token = next((token for token in self.tokens if token.encode() in body), "")
        if token in self.used:
            return 400, {"message": "Invalid reply token"}
        status, said = super().handle_call(head, body)
        if token and status == 200:
            self.used.add(token)
        return status, said


async def break_after_send(site: Installation, load: LoadGenerator, seconds: float) -> Outcome:
    """Nothing is lost; nothing is sent twice with idempotency keys, and at most once per crash without."""
    phones, process = SingleUsePhones(), site.processes[0]
    server = await asyncio.start_server(phones.handle_session, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for name in (KEYED, OTHER):
        process.settings |= {f"ASSISTANT_{name}_{one}".upper(): SECRET for one in SETTINGS[name]}
        process.settings[f"ASSISTANT_{name}_API_URL".upper()] = address
    process.kill()
    await asyncio.to_thread(process.start, crash=CRASH)
    number, end = 0, time.monotonic() + seconds
    peers: dict[str, list[str]] = {KEYED: [], OTHER: []}
    async with httpx2.AsyncClient(timeout=10) as http:
        while time.monotonic() < end or not _count_deaths(process):
            number += 1
            for name in peers:
                peers[name].append(MAKERS[name][1](number))
                await _send_until_accepted(http, process, name, peers[name][-1], phones)
                # One after the other, so that a crash affects one message in flight.
                await _wait_until_answered(phones, peers[name][-1])
    process.kill()
    await asyncio.to_thread(process.start)
    everybody = [peer for some in peers.values() for peer in some]
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and not all(phones.arrived[peer] for peer in everybody):
        await asyncio.sleep(0.2)
    server.close()
    deaths = _count_deaths(process)
    lost = sum(not phones.arrived[peer] for peer in everybody)
    # Different texts may reach one person: an acknowledgement, then the answer.
    twice = {
        name: sum(len(phones.arrived[peer]) - len(set(phones.arrived[peer])) for peer in some)
        for name, some in peers.items()
    }
    wrong = lost + twice[KEYED] + max(0, twice[OTHER] - deaths)
    return wrong, f"{deaths} deaths, {len(everybody)} people, {lost} lost, twice: {twice}"


async def _wait_until_answered(phones: SimulatedPhones, peer: str) -> None:
    """Wait until an answer arrived and nothing followed it, or for PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and not phones.arrived[peer]:
        await asyncio.sleep(0.05)
    await asyncio.sleep(PAUSE)


def _count_deaths(process: ServiceProcess) -> int:
    """The number of crashed workers: the worker process sends; the service restarts it."""
    return process.log.read_text("utf-8", "replace").count("worker ended")


async def _send_until_accepted(
    http: httpx2.AsyncClient, process: ServiceProcess, name: str, peer: str, phones: SimulatedPhones
) -> None:
    """Repeat a webhook until it returns 200."""
    body, headers = MAKERS[name][0](peer, phones)
    while True:
        try:
            answer = await http.post(f"{process.url}/v1/channels/{name}", content=body, headers=dict(headers))
            if answer.status_code == 200:
                return
        except httpx2.TransportError:
            await asyncio.sleep(0.2)


ROWS = (FaultRow(id="P4", what="dies after a send, before it is marked", breaks=break_after_send),)
