"""The least that a message can cost: a web server with one endpoint that commits one row."""

import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import httpx2

from evals.bench_service import environment


@contextmanager
def bare(database: Path) -> Iterator[str]:
    """Its address, while it runs in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "evals.bench_bare", str(port), str(database)]
    process = subprocess.Popen(command, env=environment(), cwd=Path(__file__).parents[1])
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            httpx2.post(f"{url}/kept", json={"id": "first", "text": ""}, timeout=30)
            return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise SystemExit("evals bench: the bare server did not start.")


def serve(port: int, database: str) -> None:
    import uvicorn
    from fastapi import FastAPI
    from pydantic import BaseModel

    connection = sqlite3.connect(database, check_same_thread=False)
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE kept (id TEXT, text TEXT);"
    )
    app = FastAPI()

    class Message(BaseModel):
        id: str
        text: str

    one_at_a_time = Lock()

    def keep(message: Message) -> dict[str, str]:
        with one_at_a_time:
            connection.execute("INSERT INTO kept VALUES (?, ?)", (message.id, message.text))
            connection.commit()
        return {"id": message.id}

    app.post("/kept")(keep)
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
