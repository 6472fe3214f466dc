"""Hashes passwords in a thread of its own: hashing is slow on purpose and must not block others."""

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

#: One at a time, on one core (argon2's default is four), so that a small machine keeps answering.
WORKERS = 1
LANES = 1
#: Callers beyond this many waiting ones get RateLimited.
MAX_WAITING_LOGINS = 20

_hasher = PasswordHasher(parallelism=LANES)


class PasswordVerifier:
    """Verifies passwords off the event loop, one after the other, with a bounded queue."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="passwords")
        self._waiting = 0

    async def verify_hash(self, password_hash: str | None, password: str) -> bool:
        """Whether the password matches *hash*; None takes equally long.

        RateLimited when the queue is full.
        """
        return await self._run_in_pool(lambda: verify_password(password_hash, password))

    async def hash_password(self, password: str) -> str:
        """A hash to be stored; RateLimited when the queue is full."""
        return await self._run_in_pool(lambda: hash_password(password))

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
    """Verified when the address is unknown, so that the response time does not reveal it."""
    return _hasher.hash(secrets.token_hex(16))
