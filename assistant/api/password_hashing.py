"""Passwords are hashed in a thread of their own: that takes long on purpose, and nobody else waits for it."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assistant.domain.errors import RateLimited

T = TypeVar("T")

#: One at a time, on one core (argon2's own default is four), so that a small machine goes on answering.
WORKERS = 1
LANES = 1
#: Who comes when so many wait is told to come again.
MAX_WAITING_LOGINS = 20

_hasher = PasswordHasher(parallelism=LANES)


class PasswordVerifier:
    """Hashes off the event loop, one after the other, with room for a few who wait."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="passwords")
        self._waiting = 0

    async def verify_hash(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the one that was hashed; as slow for nobody's (None). RateLimited when many wait."""
        return await self._run_in_pool(lambda: verify_password(password_hash, password))

    async def _run_in_pool(self, step: Callable[[], T]) -> T:
        if self._waiting >= MAX_WAITING_LOGINS:
            raise RateLimited("Many are signing in just now; try again in a few seconds.", retry_after=5)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, step)
        finally:
            self._waiting -= 1


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    try:
        fits = _hasher.verify(password_hash or _compute_dummy_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None


@cache
def _compute_dummy_hash() -> str:
    """Compared with when the address is unknown, so that the answer takes as long as for a known one."""
    return _hasher.hash(secrets.token_hex(16))
