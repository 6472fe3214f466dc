"""Remembers what was read last, as much as fits."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """At most *most* values of things that do not change, the least recently used forgotten first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[K, V] = OrderedDict()

    async def get_many(
        self, keys: Sequence[K], read: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]
    ) -> Mapping[K, V]:
        """The values of *keys*; those not remembered are *read*, and missing where that brings none."""
        found = {key: self._known[key] for key in keys if key in self._known}
        if missing := [key for key in dict.fromkeys(keys) if key not in found]:
            found |= await read(missing)
        for key, value in found.items():
            self._known[key] = value
            self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return found
