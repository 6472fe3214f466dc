"""HTTP in and out: no decisions, no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.api.context import ApiContext

#: No call has a body near this size; a message is a few kilobytes.
MAX_BODY = 256 * 1024
#: Apps put a thousand events into a call, mail services whole messages with their files.
MAX_WEBHOOK = {"/v1/channels/email": 16 * 1024 * 1024, "/v1/channels/": 4 * 1024 * 1024}


def build_api(context: ApiContext, *, origins: Sequence[str], proxies: Sequence[str] = ()) -> FastAPI:
    """The application; pages at *origins* may embed the widget, *proxies* say from where a call comes."""
    from fastapi import FastAPI
    from starlette.middleware.cors import CORSMiddleware
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    from assistant import __version__
    from assistant.api import (
        agent,
        customer,
        desk,
        errors,
        health,
        knowledge,
        messaging_apps,
        pages,
        webhooks,
    )
    from assistant.api.body_limit import BodyLimitMiddleware
    from assistant.api.rate_limit_rules import RateLimitMiddleware
    from assistant.api.security_headers import SecurityHeadersMiddleware

    app = FastAPI(
        title="Yorisoi",
        version=__version__,
        openapi_url=None,  # pages/ serves it, to whom the settings say
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # the caller's Host would decide where to
    )
    app.state.context = context
    # The last that is added is the first that a call meets.
    app.add_middleware(BodyLimitMiddleware, most=MAX_BODY, longer=MAX_WEBHOOK)
    app.add_middleware(RateLimitMiddleware, limits=context.limits)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
    )
    app.add_middleware(SecurityHeadersMiddleware, https=context.public_url.startswith("https:"))
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(proxies))
    errors.install_error_handlers(app)
    for part in (customer, webhooks, messaging_apps, agent, desk, knowledge, health):
        app.include_router(part.router)
    pages.mount_pages(app, context.static)
    return app
