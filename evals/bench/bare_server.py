"""The floor of storing a message: a web server with one endpoint that commits one row."""

import sqlite3
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Lock

from evals.bench.reference_process import run_listening_server


def serve_bare(database: Path) -> AbstractContextManager[str]:
    """The server's address, while it runs in a process of its own."""
    return run_listening_server(
        "evals.bench.bare_server", str(database), knock=("/kept", {"id": "first", "text": ""})
    )


def run_server(port: int, database: str) -> None:
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

    def keep_message(message: Message) -> dict[str, str]:
        with one_at_a_time:
            connection.execute("INSERT INTO kept VALUES (?, ?)", (message.id, message.text))
            connection.commit()
        return {"id": message.id}

    app.post("/kept")(keep_message)
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)


if __name__ == "__main__":
    run_server(int(sys.argv[1]), sys.argv[2])
