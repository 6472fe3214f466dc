"""Instance lock: one serving process per installation, unless database and index are servers."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.domain.errors import SetupError

if TYPE_CHECKING:
    from assistant.app.settings import Settings


def supports_several_processes(settings: Settings) -> bool:
    """Whether these settings allow several serving processes."""
    return settings.postgres_url is not None and settings.chroma_url is not None


@contextmanager
def hold_instance_lock(settings: Settings) -> Iterator[None]:
    """Hold the instance lock while serving; SetupError when another process holds it."""
    if settings.postgres_url is None:
        with _lock_folder(settings.data_dir):
            yield
        return
    from assistant.storage.postgres import acquire_instance_lock

    with acquire_instance_lock(settings.postgres_url, exclusive=not supports_several_processes(settings)):
        yield


@contextmanager
def _lock_folder(data_dir: Path) -> Iterator[None]:
    with (data_dir / "serve.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            raise SetupError(
                f"Another `assistant serve` or `chat` already runs on {data_dir}; stop it, set "
                "ASSISTANT_DATA_DIR to another folder, or ASSISTANT_DATABASE_URL (PostgreSQL) and "
                "ASSISTANT_CHROMA_URL to serve with several."
            ) from exc
        yield
