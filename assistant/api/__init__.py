"""HTTP in and out: no decisions, no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.api.context import Context

#: No call has a body near this size; a message is a few kilobytes.
MAX_BODY = 256 * 1024
#: Apps put a thousand events into a call, mail services whole messages with their files.
MAX_WEBHOOK = {"/v1/channels/email": 16 * 1024 * 1024, "/v1/channels/": 4 * 1024 * 1024}


def make_app(context: Context, *, origins: Sequence[str]) -> FastAPI:
    """The application; pages at *origins* may embed the widget."""
    from fastapi import FastAPI
    from starlette.middleware.cors import CORSMiddleware

    from assistant import __version__
    from assistant.api import agent, apps, channels, customer, desk, errors, knowledge, operations, pages
    from assistant.api.body_limit import BodyLimit

    app = FastAPI(title="Yorisoi", version=__version__, docs_url=None, redoc_url=None)
    app.state.context = context
    app.add_middleware(BodyLimit, most=MAX_BODY, longer=MAX_WEBHOOK)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
    )
    errors.install(app)
    for part in (customer, channels, apps, agent, desk, knowledge, operations):
        app.include_router(part.router)
    pages.mount(app, context.static)
    return app
