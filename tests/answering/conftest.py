"""The chat model's server of `tests/models`."""

from tests.models.conftest import http, server

__all__ = ["http", "server"]
