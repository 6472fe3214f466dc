"""Commands and the service as processes of their own, as an operator starts them."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir

import httpx2

ASSISTANT = Path(sys.executable).with_name("assistant")
STARTING_SECONDS = 180


def build_environment(**settings: str) -> dict[str, str]:
    """An environment without other settings; with cached bytecode, as on any second run."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ASSISTANT_", "OPENAI_"))}
    if kept.pop("PYTHONDONTWRITEBYTECODE", ""):
        kept["PYTHONPYCACHEPREFIX"] = str(Path(gettempdir()) / "yorisoi-bytecode")
    return kept | settings


def measure_command(command: Sequence[str | Path]) -> float:
    """Seconds that a command takes."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=gettempdir(), env=build_environment())
    return time.perf_counter() - started


@contextmanager
def serve_product(data: Path, *words: str, **settings: str) -> Iterator[tuple[str, float]]:
    """(address, seconds until ready) of the service on *data*."""
    command: list[str | Path] = [ASSISTANT, "serve", "--port", "0", *words]
    known = build_environment(ASSISTANT_DATA_DIR=str(data), **settings)
    data.mkdir(parents=True, exist_ok=True)
    with (data / "serve.log").open("w") as log:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=data, env=known)
        try:
            url = _wait_until_ready(process, data / "serve.log")
            yield url, time.perf_counter() - started
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def measure_resident_megabytes(data: Path, seconds: float = 15) -> float:
    """Resident megabytes of all processes of the service on *data*: the maximum over some seconds.

    Chroma is opened after the service is ready. Shared memory counts once.
    """
    most, end = 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        most = max(
            most,
            sum(
                _load_megabytes(process) for process in Path("/proc").glob("[0-9]*") if _is_of(process, data)
            ),
        )
        time.sleep(0.5)
    return round(most, 1)


def _is_of(process: Path, data: Path) -> bool:
    with suppress(OSError):
        return f"ASSISTANT_DATA_DIR={data}".encode() in (process / "environ").read_bytes().split(b"\0")
    return False


def _load_megabytes(process: Path) -> float:
    with suppress(OSError):
        if found := re.search(r"^Pss:\s+(\d+) kB", (process / "smaps_rollup").read_text(), re.MULTILINE):
            return int(found[1]) / 1024
    return 0.0


def _wait_until_ready(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """The address, once `/readyz` returns 200."""
    end = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(r"with the chat +http://localhost:(\d+)/", log.read_text()):
            url = f"http://127.0.0.1:{found[1]}"
            if httpx2.get(f"{url}/readyz", timeout=30).status_code == 200:
                return url
        time.sleep(0.02)
    raise SystemExit(f"evals bench: the service did not start: {log.read_text()[-500:]}")
