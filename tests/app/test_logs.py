"""A log never ends what it tells of."""

import io
from collections.abc import Iterator

import pytest
import structlog

from assistant.app import logs


class FullFile(io.StringIO):
    """A file on a disk without room."""

    writes = 0

    def write(self, _text: str) -> int:
        self.writes += 1
        raise OSError(28, "No space left on device")

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_a_log_that_cannot_be_written_is_lost_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    full = FullFile()
    monkeypatch.setattr("sys.stderr", full)
    logs.configure_logging()
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        structlog.get_logger().exception("work failed")
    assert full.writes, "the line was tried"
