"""What was read is not read again while it fits."""

from collections.abc import Mapping, Sequence

from assistant.lru_cache import LruCache


class RecordingLoader:
    def __init__(self) -> None:
        self.read: list[int] = []

    async def __call__(self, keys: Sequence[int]) -> Mapping[int, str]:
        self.read += keys
        return {key: f"value {key}" for key in keys if key >= 0}


async def test_each_is_read_once() -> None:
    recent, reading = LruCache[int, str](3), RecordingLoader()
    assert await recent.get_many([1, 2, 1], reading) == {1: "value 1", 2: "value 2"}
    assert await recent.get_many([2, 3], reading) == {2: "value 2", 3: "value 3"}
    assert reading.read == [1, 2, 3]


async def test_the_least_recently_used_is_forgotten() -> None:
    recent, reading = LruCache[int, str](2), RecordingLoader()
    for keys in ([1, 2], [1], [3], [1], [2]):
        await recent.get_many(keys, reading)
    assert reading.read == [1, 2, 3, 2]


async def test_what_there_is_not_is_missing_and_asked_for_again() -> None:
    recent, reading = LruCache[int, str](2), RecordingLoader()
    assert await recent.get_many([-1], reading) == await recent.get_many([-1], reading) == {}
    assert reading.read == [-1, -1]
