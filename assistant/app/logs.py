"""Structured logging: one line per event, without text of customers or models."""

import contextlib
import logging
import sys
from typing import TextIO, cast

import structlog

from assistant.app.settings import load_settings
from assistant.domain.errors import SetupError


class BestEffortStream:
    """A stream that ignores write errors: a log on a full disk must not stop the service."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()


def configure_command_logging() -> None:
    """Log of a command that prints a result: on stderr, only errors unless a level was set.

    Settings that are wrong are told by the command that needs them.
    """
    level = "error"
    with contextlib.suppress(SetupError):
        settings = load_settings()
        level = settings.log_level if "log_level" in settings.model_fields_set else level
    configure_logging(level, cached=False)


def configure_logging(level: str = "info", *, cached: bool = True) -> None:
    """Structured lines on stderr; JSON unless it is a terminal.

    *cached*: a logger keeps what is configured at its first line, which is faster.
    """
    # structlog's default traceback shows local variables, which hold customers' messages.
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    renderer: structlog.types.Processor = (
        console if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, BestEffortStream(sys.stderr))),
        cache_logger_on_first_use=cached,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
