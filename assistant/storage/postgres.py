"""PostgreSQL: the engine, the instance lock, and notifications between processes."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial

import psycopg
import sqlalchemy as sa
import structlog

from assistant.domain.errors import SetupError
from assistant.storage.database import READERS, WRITERS
from assistant.storage.values import prepare_engine

log = structlog.get_logger()

CONNECT_SECONDS = 3
CHANNEL = "yorisoi"
#: Key of the advisory lock of serving processes.
PLACE = 7_061_963
#: Bytes of a notification; PostgreSQL refuses 8,000.
MAX_NOTICE_BYTES = 7_900
#: Notifications queued while the database does not answer; more are dropped.
MAX_WAITING_NOTICES = 10_000
#: How long a process that was stopped in the middle of a transaction can block others, and how long a
#: statement may take; in milliseconds.
LIMITS = {
    "idle_in_transaction_session_timeout": 5_000,
    "lock_timeout": 5_000,
    "statement_timeout": 30_000,
}


def create_postgres_engine(url: str) -> sa.Engine:
    """An engine for *url* (``postgresql://…``); it connects lazily."""
    options = " ".join(f"-c {name}={value}" for name, value in LIMITS.items())
    engine = sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=READERS + WRITERS,
        max_overflow=1,
        pool_timeout=CONNECT_SECONDS,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "yorisoi",
            "options": options,
            # A dead connection is noticed within seconds, not hours.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,
        },
        hide_parameters=True,
    )
    prepare_engine(engine)
    return engine


@contextmanager
def acquire_instance_lock(url: str, *, exclusive: bool) -> Iterator[None]:
    """Hold the advisory lock of a serving process, exclusive or shared.

    SetupError when another process holds a conflicting one.
    """
    lock = "pg_try_advisory_lock" if exclusive else "pg_try_advisory_lock_shared"
    try:
        connection = psycopg.connect(
            url, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name="yorisoi place"
        )
    except psycopg.Error as exc:
        why = " ".join(str(exc).split())
        raise SetupError(f"PostgreSQL does not answer ({why}); mend ASSISTANT_DATABASE_URL.") from exc
    with closing(connection):
        if not connection.execute(f"SELECT {lock}(%s)", (PLACE,)).fetchone() == (True,):
            raise SetupError(
                "Another `assistant serve` or `chat` already runs on this database, and one of the two has "
                "its index embedded; set ASSISTANT_CHROMA_URL for all of them to serve with several."
            )
        yield


class PostgresMessageBus:
    """Sends short texts to the other processes on the same database by LISTEN and NOTIFY.

    They may be lost: their content is stored already, or not worth storing.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        #: Texts to send, the newest of each key.
        self._waiting: dict[str, str] = {}
        self._woken = asyncio.Event()
        self._own: int | None = None

    def send(self, key: str, text: str) -> None:
        """Send *text* soon, in place of an unsent one of the same *key*."""
        if len(text.encode()) <= MAX_NOTICE_BYTES and (
            key in self._waiting or len(self._waiting) < MAX_WAITING_NOTICES
        ):
            self._waiting[key] = text
            self._woken.set()

    async def run(self, on_message: Callable[[str], None], on_missed: Callable[[], None]) -> None:
        """Until cancelled, call *on_message* for each text, and *on_missed* when some may be lost."""
        async with asyncio.TaskGroup() as tasks:  # one connection's failure ends both tasks
            tasks.create_task(
                self._run_reconnecting(partial(self._listen_for_notices, on_message, on_missed))
            )
            tasks.create_task(self._run_reconnecting(self._send_notices))

    async def _run_reconnecting(self, work: Callable[[psycopg.AsyncConnection], Awaitable[None]]) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._url,
                    autocommit=True,
                    connect_timeout=CONNECT_SECONDS,
                    application_name="yorisoi notices",
                ) as connection:
                    await work(connection)
            except psycopg.Error as exc:
                log.warning("notices interrupted", why=str(exc).partition("\n")[0])
                await asyncio.sleep(random.uniform(0.5, 1.5))

    async def _listen_for_notices(
        self,
        on_message: Callable[[str], None],
        on_missed: Callable[[], None],
        connection: psycopg.AsyncConnection,
    ) -> None:
        await connection.execute(f"LISTEN {CHANNEL}")
        on_missed()
        async for notice in connection.notifies():
            if notice.pid != self._own:
                on_message(notice.payload)

    async def _send_notices(self, connection: psycopg.AsyncConnection) -> None:
        self._own = connection.info.backend_pid
        while True:
            await self._woken.wait()
            self._woken.clear()
            waiting, self._waiting = list(self._waiting.values()), {}
            query = f"SELECT pg_notify('{CHANNEL}', text) FROM unnest(%s::text[]) AS text"
            await connection.execute(query, (waiting,))
