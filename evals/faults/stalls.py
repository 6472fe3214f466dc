"""``python -m evals stalls``: does hostile input delay other requests?

The service runs as an operator starts it. Each entrance gets hostile input of bounded size while another
process requests `/healthz` every 20 ms; the longest response time is the stall. Limit: 250 ms, and no 5xx. On
a busy machine compare with the first row, which has no load.
"""

import argparse
import asyncio
import http.client
import multiprocessing
import secrets
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import httpx2

from evals.bench.service import ASSISTANT, build_environment, serve_product
from evals.fakes.hostile_site import DOCUMENTS, serve_hostile_site
from evals.faults.entrances import ENTRANCES, SIGNING, TELEGRAM, StallStage

MAX_STALL_MILLISECONDS = 250.0
EVERY_SECONDS = 0.02
SETTINGS = {
    "ASSISTANT_CHAT_MODEL": "extractive",
    "ASSISTANT_INGEST_PRIVATE": "true",
    "ASSISTANT_TELEGRAM_BOT_TOKEN": "1:none",
    "ASSISTANT_TELEGRAM_SECRET_TOKEN": TELEGRAM,
    "ASSISTANT_TELEGRAM_API_URL": "http://127.0.0.1:9",
    "ASSISTANT_EMAIL_ADDRESS": "support@shop.example",
    "ASSISTANT_EMAIL_SECRET": secrets.token_hex(16),
    "ASSISTANT_EMAIL_SMTP_URL": "smtps://user:password@127.0.0.1:9",
    "ASSISTANT_EMAIL_MAILGUN_KEY": SIGNING,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals stalls", description=__doc__)
    parser.add_argument("--only", choices=ENTRANCES, action="append")
    options = parser.parse_args()
    temporary = TemporaryDirectory(prefix="yorisoi-stalls-", ignore_cleanup_errors=True)
    with temporary as folder, serve_hostile_site() as sitemap:
        data = prepare_data(Path(folder), sitemap)
        with serve_product(data, **SETTINGS) as (url, _):
            failed = asyncio.run(
                drive_entrances((url, create_agent_token(data), sitemap), options.only or list(ENTRANCES))
            )
        failed += (data / "serve.log").read_text().count("Traceback")
    sys.exit(1 if failed else 0)


def prepare_data(folder: Path, sitemap: str) -> Path:
    """A data folder with one agent and one long article."""
    data, source = folder / "data", folder / "help"
    source.mkdir()
    (source / "long.md").write_text("# 返品\n\n返品の期限は30日です。\n")
    commands = [
        (["ingest", str(source), sitemap, f"{sitemap.rpartition('/')[0]}/{DOCUMENTS}"], ""),
        (["agent", "add", "mori@shop.example", "--admin"], "a long password\n"),
    ]
    for words, typed in commands:
        run_command(data, *words, typed=typed)
    connection = sqlite3.connect(data / "yorisoi.db")
    long = "[送料](delivery.md) は **500円** です。\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n" * 9_000
    connection.execute("UPDATE articles SET text = ? WHERE id = 'long.md'", (long[:800_000],))
    connection.commit()
    connection.close()
    return data


def run_command(data: Path, *words: str, typed: str = "") -> str:
    known = build_environment(ASSISTANT_DATA_DIR=str(data), ASSISTANT_INGEST_PRIVATE="true")
    command = [str(ASSISTANT), *words]
    done = subprocess.run(
        command, env=known, input=typed, capture_output=True, text=True, check=True, cwd=data.parent
    )
    return done.stdout.strip()


def create_agent_token(data: Path) -> str:
    return run_command(data, "agent", "token", "mori@shop.example")


async def drive_entrances(service: tuple[str, str, str], entrances: list[str]) -> int:
    """Drive each entrance in turn and print its row; returns the number of failures.

    *service*: address, token, sitemap.
    """
    print(f"{'entrance':12} {'longest stall':>14} {'99 %':>9}   answers", flush=True)
    failed = 0
    for name in entrances:
        async with httpx2.AsyncClient(timeout=30) as http:
            stage = StallStage(*service, http)
            waits = await measure_stalls(service[0], ENTRANCES[name](stage))
        worst, usual = max(waits), sorted(waits)[int(len(waits) * 0.99)]
        broken = any(status >= 500 for status in stage.statuses)
        failed += broken or worst > MAX_STALL_MILLISECONDS
        verdict = "  FAILED" if broken or worst > MAX_STALL_MILLISECONDS else ""
        answers = " ".join(f"{status or 'cut'}:{number}" for status, number in sorted(stage.statuses.items()))
        print(f"{name:12} {worst:11.0f} ms {usual:6.0f} ms   {answers}{verdict}", flush=True)
    return failed


async def measure_stalls(url: str, driving: Awaitable[None]) -> list[float]:
    """Milliseconds of each `/healthz` meanwhile, requested by a process that does nothing else."""
    spawning = multiprocessing.get_context("spawn")
    over, answers = spawning.Event(), spawning.Queue()
    watcher = spawning.Process(target=poll_health, args=(url, over, answers))
    watcher.start()
    await asyncio.to_thread(answers.get)  # the first response
    await driving
    over.set()
    waits: list[float] = await asyncio.to_thread(answers.get)
    watcher.join()
    return waits


def poll_health(url: str, over: Event, answers: "multiprocessing.Queue[Any]") -> None:
    parts, waits = urlsplit(url), list[float]()
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    while not over.is_set():
        began = time.perf_counter()
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        waits.append((time.perf_counter() - began) * 1000)
        if len(waits) == 1:
            answers.put("ready")
        time.sleep(max(0.0, EVERY_SECONDS - waits[-1] / 1000))
    answers.put(waits)


if __name__ == "__main__":
    main()
