"""``python -m evals bench channels``: webhooks under load, and deliveries while one send in ten fails.

For each app in turn: a constant rate of webhooks, each from another person and with the app's signature, to
the service as an operator starts it. Measured are the time until 200, beside `/healthz` at the same time, and
what arrives at the simulated phones: exactly one answer each, and agents' numbered messages in order.
"""

import argparse
import asyncio
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx2

from evals.bench.phones import FAILING, MAKERS, SECRET, SimulatedPhones
from evals.bench.service import ASSISTANT, build_environment, serve_product

DRAIN_SECONDS = 180
NUMBERED = 5
CONVERSATIONS = 8
SETTINGS = {
    "line": ("CHANNEL_SECRET", "ACCESS_TOKEN"),
    "whatsapp": ("PHONE_NUMBER_ID", "ACCESS_TOKEN", "APP_SECRET", "VERIFY_TOKEN"),
    "messenger": ("PAGE_TOKEN", "APP_SECRET", "VERIFY_TOKEN"),
    "instagram": ("PAGE_TOKEN", "APP_SECRET", "VERIFY_TOKEN"),
    "sms": ("ACCOUNT_SID", "AUTH_TOKEN", "NUMBER"),
    "telegram": ("BOT_TOKEN", "SECRET_TOKEN"),
    "slack": ("SIGNING_SECRET", "BOT_TOKEN"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals bench channels", description=__doc__)
    parser.add_argument("--rate", type=int, default=50, help="webhooks a second")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long, for each app")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="yorisoi-bench-") as folder:
        asyncio.run(_measure_channels(Path(folder), options.rate, options.seconds))


async def _measure_channels(folder: Path, rate: int, seconds: float) -> None:
    phones = SimulatedPhones()
    server = await asyncio.start_server(phones.handle_session, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings: dict[str, str] = {}
    for name, needed in SETTINGS.items():
        settings |= {f"ASSISTANT_{name}_{one}".upper(): SECRET for one in needed}
        settings[f"ASSISTANT_{name}_API_URL".upper()] = f"http://127.0.0.1:{port}"
    token = await asyncio.to_thread(_create_agent_token, folder, settings)
    place = serve_product(folder, **settings)
    url, _ = await asyncio.to_thread(place.__enter__)
    phones.known_as = url.replace("127.0.0.1", "localhost")
    try:
        print(
            f"{rate} webhooks/s, {seconds:g} s each, {FAILING:.0%} of sends refused; milliseconds to the 200"
        )
        print(f"{'app':<10} {'p50':>7} {'p99':>7} {'floor p50':>10} {'floor p99':>10}", end="")
        print(f" {'people':>7} {'lost':>5} {'twice':>6} {'order':>6}")
        async with httpx2.AsyncClient(
            base_url=url, timeout=30, headers={"Authorization": f"Bearer {token}"}
        ) as http:
            for name in MAKERS:
                await _measure_channel(http, name, phones, rate, seconds)
        print(f"sends refused: {phones.failed}")
    finally:
        await asyncio.to_thread(place.__exit__, None, None, None)


def _create_agent_token(folder: Path, settings: Mapping[str, str]) -> str:
    """An API token of a new agent."""
    known = build_environment(ASSISTANT_DATA_DIR=str(folder), **settings)
    add: list[str | Path] = [ASSISTANT, "agent", "add", "bench@shop.example"]
    subprocess.run(
        add, input=b"a long enough password\n", check=True, env=known, cwd=folder, stdout=subprocess.DEVNULL
    )
    made = subprocess.run(
        [ASSISTANT, "agent", "token", "bench@shop.example"],
        check=True,
        env=known,
        cwd=folder,
        capture_output=True,
    )
    return made.stdout.decode().split()[-1]


async def _measure_channel(
    http: httpx2.AsyncClient, name: str, phones: SimulatedPhones, rate: int, seconds: float
) -> None:
    maker, peer_of = MAKERS[name]
    count = int(rate * seconds)
    peers = [peer_of(n) for n in range(1, count + 1)]
    took: list[float] = []
    floor: list[float] = []

    async def send_webhook(peer: str, delay: float) -> None:
        await asyncio.sleep(delay)
        body, headers = maker(peer, phones)
        started = time.perf_counter()
        response = await http.post(f"/v1/channels/{name}", content=body, headers=dict(headers))
        took.append((time.perf_counter() - started) * 1000)
        assert response.status_code == 200, response.text

    async def send_empty(delay: float) -> None:
        await asyncio.sleep(delay)
        started = time.perf_counter()
        await http.get("/healthz")
        floor.append((time.perf_counter() - started) * 1000)

    calls = [send_webhook(peer, n / rate) for n, peer in enumerate(peers)]
    await asyncio.gather(*calls, *(send_empty((n + 0.5) / rate) for n in range(count)))
    await _wait_until(lambda: all(phones.arrived[peer] for peer in peers))
    counted = Counter(len(phones.arrived[peer]) for peer in peers)
    kept = await _check_order(http, name, phones)
    p50, p99 = statistics.median(took), _compute_p99(took)
    print(
        f"{name:<10} {p50:>7.1f} {p99:>7.1f} {statistics.median(floor):>10.1f} {_compute_p99(floor):>10.1f}"
        f" {count:>7} {counted[0]:>5} {sum(n for times, n in counted.items() if times > 1):>6} {kept:>6}",
        flush=True,
    )


async def _check_order(http: httpx2.AsyncClient, name: str, phones: SimulatedPhones) -> str:
    """The number of conversations in which an agent's numbered messages arrived exactly once and in order."""
    page = (await http.get("/v1/agent/conversations?state=assistant")).json()["conversations"]
    mine = [one["id"] for one in page if one["channel"] == name][:CONVERSATIONS]
    marks = {one: [f"{one[:8]} {n}" for n in range(NUMBERED)] for one in mine}
    for conversation, words in marks.items():
        await http.post(f"/v1/agent/conversations/{conversation}/claim")
        for text in words:
            said = {"id": str(uuid4()), "text": text}
            (
                await http.post(f"/v1/agent/conversations/{conversation}/messages", json=said)
            ).raise_for_status()

    def list_arrived(conversation: str) -> list[str]:
        return [t for texts in list(phones.arrived.values()) for t in texts if t.startswith(conversation[:8])]

    await _wait_until(lambda: all(len(list_arrived(one)) >= NUMBERED for one in mine))
    return f"{sum(list_arrived(one) == marks[one] for one in mine)}/{len(mine)}"


async def _wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < end and not done():
        await asyncio.sleep(0.2)


def _compute_p99(values: list[float]) -> float:
    return sorted(values)[max(0, int(len(values) * 0.99) - 1)]
