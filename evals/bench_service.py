"""Commands and the service as processes of their own, as an operator starts them."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

import httpx2

ASSISTANT = Path(sys.executable).with_name("assistant")
STARTING_SECONDS = 180


def environment(**settings: str) -> dict[str, str]:
    """No settings but these; compiled Python is kept, as on any machine that runs a thing twice."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ASSISTANT_", "OPENAI_"))}
    if kept.pop("PYTHONDONTWRITEBYTECODE", ""):
        kept["PYTHONPYCACHEPREFIX"] = str(Path(gettempdir()) / "yorisoi-bytecode")
    return kept | settings


def timed(command: Sequence[str | Path]) -> float:
    """How long a command takes, in seconds."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=gettempdir(), env=environment())
    return time.perf_counter() - started


@contextmanager
def serving(data: Path, *words: str, **settings: str) -> Iterator[tuple[str, float]]:
    """The service on *data*: its address, and how many seconds it took until it was ready."""
    command: list[str | Path] = [ASSISTANT, "serve", "--port", "0", *words]
    known = environment(ASSISTANT_DATA_DIR=str(data), **settings)
    data.mkdir(parents=True, exist_ok=True)
    with (data / "serve.log").open("w") as log:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=data, env=known)
        try:
            url = _ready(process, data / "serve.log")
            yield url, time.perf_counter() - started
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def resident(url: str) -> float:
    """Megabytes of memory that the service at *url* has, as it tells itself."""
    told = httpx2.get(f"{url}/metrics", timeout=30).text
    found = re.search(r"^process_resident_memory_bytes (\S+)", told, re.MULTILINE)
    assert found, "the service tells nothing of its memory"
    return round(float(found[1]) / 2**20, 1)


def _ready(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """The address, once `/readyz` says 200."""
    end = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(r"Shop with the chat +http://localhost:(\d+)/", log.read_text()):
            url = f"http://127.0.0.1:{found[1]}"
            if httpx2.get(f"{url}/readyz", timeout=30).status_code == 200:
                return url
        time.sleep(0.02)
    raise SystemExit(f"evals bench: the service did not start: {log.read_text()[-500:]}")
