"""HTTP API: routes, schemas, authentication; no decisions, no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI

    from assistant.api.context import ApiContext

#: Bytes of a request body; a message has a few kilobytes.
MAX_BODY = 256 * 1024
#: Bytes of a webhook call: apps send a thousand events at once, mail services whole messages with files.
MAX_WEBHOOK = {
    "/v1/channels/email": 16 * 1024 * 1024,
    "/v1/channels/": 4 * 1024 * 1024,
    "/v1/desks/": 1024 * 1024,
}
#: What leads write and upload.
MAX_ARTICLE = {"/v1/agent/knowledge/upload": 10 * 1024 * 1024, "/v1/agent/knowledge/": 2 * 1024 * 1024}
#: A file in the chat, and a little more, so that what is too large is told in our words.
MAX_UPLOAD = {"*/files": 9 * 1024 * 1024}


def build_routes() -> FastAPI:
    """The calls of the API, without what serves them: enough for its description."""
    from fastapi import FastAPI

    from assistant import __version__
    from assistant.api.description import DESCRIPTION, SUMMARY, TAGS, build_operation_id
    from assistant.api.responses import ERRORS

    app = FastAPI(
        title="Yorisoi",
        summary=SUMMARY,
        description=DESCRIPTION,
        version=__version__,
        openapi_tags=TAGS,
        openapi_url=None,  # pages/ serves it, depending on the settings
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # the redirect's target would be taken from the caller's Host header
        responses=ERRORS,
        # Spans are our own: FastAPI's would carry the texts of exceptions.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        generate_unique_id_function=build_operation_id,
    )
    for router in _list_routers():
        app.include_router(router)
    return app


def _list_routers() -> list[APIRouter]:
    """The routers in their order: of two calls that fit a path the earlier one answers."""
    from assistant.api import (
        agent,
        agent_tools,
        article_reading,
        articles,
        bulk,
        business,
        callbacks,
        cases,
        consents,
        copilot,
        customer,
        customers,
        desk,
        files,
        foreign_desks,
        harassment,
        health,
        improvements,
        inbox,
        insight,
        knowledge,
        live_figures,
        messaging_apps,
        oidc,
        people,
        proactive,
        rehearsals,
        report_files,
        reports,
        saved_replies,
        settings,
        synonyms,
        teams,
        verdicts,
        webhook_endpoints,
        webhooks,
    )

    of_customers = (customer, business, webhooks, foreign_desks, messaging_apps, files)
    of_desk = (agent, inbox, desk, bulk, callbacks, verdicts, saved_replies, harassment, consents)
    of_agents = (*of_desk, agent_tools, customers, copilot, teams, people, oidc)
    of_insight = (reports, report_files, live_figures, insight, cases, improvements, webhook_endpoints)
    of_leads = (knowledge, synonyms, article_reading, articles, settings, rehearsals, proactive)
    return [part.router for part in (*of_customers, *of_agents, *of_insight, *of_leads, health)]


def build_api(context: ApiContext, *, origins: Sequence[str], proxies: Sequence[str] = ()) -> FastAPI:
    """The ASGI application.

    Pages at *origins* may embed the widget; *proxies* are trusted to name the client's address.
    """
    from starlette.middleware.cors import CORSMiddleware
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    from assistant.api import errors, pages
    from assistant.api.body_limit import BodyLimitMiddleware
    from assistant.api.rate_limit_rules import LIMIT_HEADERS, RateLimitMiddleware
    from assistant.api.request_context import HEADER, RequestContextMiddleware
    from assistant.api.security_headers import SecurityHeadersMiddleware

    app = build_routes()
    app.state.context = context
    # The middleware added last runs first.
    app.add_middleware(BodyLimitMiddleware, most=MAX_BODY, longer=MAX_WEBHOOK | MAX_ARTICLE | MAX_UPLOAD)
    app.add_middleware(RateLimitMiddleware, limits=context.limits)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
        expose_headers=["Retry-After", HEADER, *LIMIT_HEADERS],
    )
    app.add_middleware(SecurityHeadersMiddleware, https=context.public_url.startswith("https:"))
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(proxies))
    app.add_middleware(RequestContextMiddleware, log_requests=context.access_log)
    errors.install_error_handlers(app)
    pages.mount_pages(app, context.static)
    return app
