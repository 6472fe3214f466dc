"""The rate limits of every route: docs/limits.md prints this table.

They are checked before a request's body is read. The service does not start when a route that writes is
missing.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from math import ceil
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.client_address import get_client_address
from assistant.api.errors import build_error_response
from assistant.api.rate_limits import LimitKey, LimitUse, Rate, RateLimit, RateLimiter, require_allowed
from assistant.conversation.inbound.conversation_start import hash_secret
from assistant.domain.errors import RateLimited

SESSION_COOKIE = "yorisoi_session"
WEBHOOKS = ("/v1/channels/", "/v1/desks/")
READS = frozenset({"GET", "HEAD"})
#: Key of the ASGI scope with the limits that a request used.
USES = "yorisoi.limits"
#: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
LIMIT_HEADERS = ("RateLimit", "RateLimit-Policy")

EVERY = RateLimit("any call", LimitKey.ADDRESS, Rate(1_000, 100))
READING = RateLimit("reading", LimitKey.TOKEN, Rate(300, 30))
OPENING = RateLimit("opening a conversation", LimitKey.ADDRESS, Rate(60, 2))
WRITING = RateLimit("a customer's message", LimitKey.TOKEN, Rate(30, 2))
WRITING_FROM = RateLimit("customers' messages", LimitKey.ADDRESS, Rate(240, 20))
UPLOADING = RateLimit("a customer's file", LimitKey.TOKEN, Rate(10, 0.1))
UPLOADING_FROM = RateLimit("customers' files", LimitKey.ADDRESS, Rate(60, 1))
TYPING = RateLimit("typing", LimitKey.TOKEN, Rate(30, 2))
PERSON = RateLimit("asking for a person, and thinking better of it", LimitKey.TOKEN, Rate(10, 0.1))
PERSON_FROM = RateLimit("places in the queue", LimitKey.ADDRESS, Rate(30, 0.5))
RATING = RateLimit("feedback", LimitKey.TOKEN, Rate(20, 0.2))
CLOSING = RateLimit("closing", LimitKey.TOKEN, Rate(10, 0.1))
LINK_CODE = RateLimit("a code for another channel", LimitKey.TOKEN, Rate(5, 0.05))
SIGNING_IN = RateLimit("signing in", LimitKey.ADDRESS, Rate(30, 0.2))
SIGNING_IN_AS = RateLimit("signing in to one account from one address", LimitKey.ACCOUNT, Rate(10, 0.1))
SIGNING_IN_ANYWHERE = RateLimit("signing in to one account", LimitKey.ACCOUNT, Rate(50, 0.05))
WORKING = RateLimit("an agent's work", LimitKey.TOKEN, Rate(120, 10))
SUGGESTING = RateLimit("drafts for an agent", LimitKey.TOKEN, Rate(20, 0.5))
TRYING = RateLimit("trying and comparing drafts, and uploading", LimitKey.TOKEN, Rate(30, 0.5))
BULK_WORKING = RateLimit("acting on many conversations", LimitKey.TOKEN, Rate(20, 0.5))
REPORTING = RateLimit("reports", LimitKey.TOKEN, Rate(30, 0.5))
EVIDENCE = RateLimit("evidence of harassment", LimitKey.TOKEN, Rate(10, 0.05))
WEBHOOK = RateLimit("a messaging app's calls", LimitKey.ADDRESS, Rate(2_000, 500))
#: Apps load them for many customers from few addresses.
SENT_FILES = RateLimit("files that agents sent, by their links", LimitKey.ADDRESS, Rate(300, 20))
PACKETS = RateLimit("packets of handoffs, by their links", LimitKey.ADDRESS, Rate(60, 2))
SURVEYS = RateLimit("surveys by their links", LimitKey.ADDRESS, Rate(60, 1))
SEARCHING = RateLimit("the help centre's list and search", LimitKey.ADDRESS, Rate(60, 2))
PUSHING = RateLimit("events of the business's own systems", LimitKey.ADDRESS, Rate(600, 50))
COUNTING = RateLimit("metrics", LimitKey.ADDRESS, Rate(20, 1))

#: Concurrent streams of one token or session, and of the visitors of one address.
STREAMS_OF_TOKEN = 20
STREAMS_OF_ADDRESS = 100

_CUSTOMER = "/v1/conversations/{conversation}"
_AGENT = "/v1/agent/conversations/{conversation}"
_PERSON = "/v1/agent/customers/{customer}"
#: Calls that read the rows of a range.
REPORT_CALLS = (
    *("report", "report.csv", "report.xlsx", "exposure", "workload", "digest"),
    *("conversations", "conversations.csv", "themes"),
)
_INSIGHT = "/v1/agent/insight"
#: Routes with limits of their own; other read-only routes have READING.
TABLE: Mapping[str, tuple[RateLimit, ...]] = {
    "POST /v1/conversations": (OPENING,),
    f"POST {_CUSTOMER}/messages": (WRITING, WRITING_FROM),
    f"POST {_CUSTOMER}/files": (UPLOADING, UPLOADING_FROM),
    f"POST {_CUSTOMER}/typing": (TYPING,),
    f"POST {_CUSTOMER}/handoff": (PERSON, PERSON_FROM),
    f"POST {_CUSTOMER}/handoff/cancel": (PERSON,),
    f"POST {_CUSTOMER}/callback": (PERSON, PERSON_FROM),
    f"POST {_CUSTOMER}/attributes": (RATING,),
    f"POST {_CUSTOMER}/feedback": (RATING,),
    f"POST {_CUSTOMER}/close": (CLOSING,),
    f"POST {_CUSTOMER}/link-code": (LINK_CODE,),
    "POST /v1/agent/login": (SIGNING_IN,),
    **{f"GET /v1/agent/oidc/{step}": (SIGNING_IN,) for step in ("start", "callback")},
    "POST /v1/agent/logout": (WORKING,),
    **{
        f"POST {_AGENT}/{act}": (WORKING,)
        for act in (
            "claim",
            "release",
            "transfer",
            "return",
            "resolve",
            "reassign",
            "reopen",
            "snooze",
            "wake",
            "tags",
            "read",
            "follow",
            "unfollow",
            "email",
            "messages",
            "warning",
            "files",
            "links",
            "callbacks",
        )
    },
    **{f"POST {_AGENT}/{act}": (TYPING,) for act in ("typing", "activity")},
    f"POST {_AGENT}/suggest": (SUGGESTING,),
    f"POST {_AGENT}/evidence": (EVIDENCE,),
    f"POST {_AGENT}/messages/{{message}}/send-again": (WORKING,),
    f"POST {_AGENT}/messages/{{message}}/reveal": (WORKING,),
    f"POST {_AGENT}/messages/{{message}}/verdict": (WORKING,),
    f"DELETE {_AGENT}/messages/{{message}}/verdict": (WORKING,),
    f"POST {_PERSON}/notes": (WORKING,),
    f"DELETE {_PERSON}/notes/{{note}}": (WORKING,),
    f"POST {_PERSON}/conversations": (WORKING,),
    f"GET {_AGENT}/related": (WORKING,),
    f"POST {_AGENT}/translate": (SUGGESTING,),
    f"POST {_AGENT}/rephrase": (SUGGESTING,),
    f"POST {_AGENT}/drafts": (WORKING,),
    "POST /v1/agent/wording": (WORKING,),
    "DELETE /v1/agent/links/{link_id}": (WORKING,),
    "POST /v1/agent/preferences": (WORKING,),
    "POST /v1/agent/availability": (WORKING,),
    "POST /v1/agent/teams": (WORKING,),
    "POST /v1/agent/teams/{team}": (WORKING,),
    "DELETE /v1/agent/teams/{team}": (WORKING,),
    "POST /v1/agent/agents/{agent}/work": (WORKING,),
    **{f"POST /v1/agent/bulk{act}": (BULK_WORKING,) for act in ("", "/preview", "/{batch}/undo")},
    "POST /v1/agent/callbacks/{callback}": (WORKING,),
    "POST /v1/agent/conversations/{conversation}/tools/{tool}": (WORKING,),
    "POST /v1/agent/conversations/{conversation}/proposals/{proposal}": (WORKING,),
    "DELETE /v1/agent/tags/{tag}": (WORKING,),
    "POST /v1/agent/views": (WORKING,),
    "DELETE /v1/agent/views/{view}": (WORKING,),
    "POST /v1/agent/saved-replies": (WORKING,),
    "POST /v1/agent/saved-replies/import": (WORKING,),
    "POST /v1/agent/saved-replies/{reply}": (WORKING,),
    "DELETE /v1/agent/saved-replies/{reply}": (WORKING,),
    "POST /v1/agent/saved-replies/{reply}/use": (WORKING,),
    "POST /v1/agent/knowledge/contradictions/{contradiction}/dismiss": (WORKING,),
    "POST /v1/agent/knowledge/contradictions/{contradiction}/restore": (WORKING,),
    "POST /v1/agent/knowledge/sources/read": (WORKING,),
    "POST /v1/agent/knowledge/synonyms": (WORKING,),
    **{
        f"POST /v1/agent/knowledge/{act}": (WORKING,)
        for act in ("drafts", "drafts/publish", "drafts/withdraw", "preview")
    },
    "POST /v1/agent/people": (WORKING,),
    **{
        f"POST /v1/agent/people/{{agent}}/{act}": (WORKING,)
        for act in ("role", "disable", "enable", "invite", "revoke")
    },
    "POST /v1/agent/invitation": (SIGNING_IN,),
    "POST /v1/agent/password": (SIGNING_IN,),
    "POST /v1/agent/tokens": (WORKING,),
    "DELETE /v1/agent/credentials/{credential}": (WORKING,),
    "POST /v1/agent/settings": (WORKING,),
    "POST /v1/agent/settings/hours": (WORKING,),
    "POST /v1/agent/settings/replay": (TRYING,),
    "POST /v1/agent/settings/rehearsals": (TRYING,),
    **{f"POST /v1/agent/knowledge/{act}": (TRYING,) for act in ("drafts/check", "drafts/ask", "upload")},
    **{
        f"POST {_INSIGHT}/{what}": (WORKING,)
        for what in (
            "themes/{theme}",
            "themes/{theme}/merge",
            "gaps/{gap}",
            "cases/{case}",
            "improvements",
            "improvements/{improvement}",
            "improvements/{improvement}/export",
        )
    },
    "POST /v1/agent/webhooks": (WORKING,),
    "DELETE /v1/agent/webhooks/{webhook}": (WORKING,),
    **{
        f"POST /v1/agent/webhooks/{{webhook}}{act}": (WORKING,)
        for act in ("", "/test", "/rotate", "/deliveries/{delivery}/replay")
    },
    **{f"GET {_INSIGHT}/{what}": (REPORTING,) for what in REPORT_CALLS},
    "GET /reports/monthly": (REPORTING,),
    "GET /v1/agent/knowledge/revision": (TRYING,),
    **{f"{method} /v1/channels/{{name}}": (WEBHOOK,) for method in ("GET", "POST")},
    **{f"{method} /v1/channels/{{name}}/{{account}}": (WEBHOOK,) for method in ("GET", "POST")},
    **{f"POST /v1/desks/{{name}}{account}": (WEBHOOK,) for account in ("", "/{account}")},
    **{f"GET /v1/desks/packets/{{link}}{file}": (PACKETS,) for file in ("", "/files/{media}")},
    "GET /v1/files/{media}": (SENT_FILES,),
    **{f"{method} /survey/{{conversation}}": (SURVEYS,) for method in ("GET", "POST")},
    "POST /v1/business/events": (PUSHING,),
    "GET /metrics": (COUNTING,),
    "GET /help": (SEARCHING,),
    "GET /help/": (SEARCHING,),
    #: Polled by monitoring, and answered without the database.
    "GET /healthz": (EVERY,),
}


def get_route_limits(method: str, path: str) -> tuple[RateLimit, ...]:
    """The limits of a route; LookupError for one that writes and has none."""
    found = TABLE.get(f"{method} {path}")
    if found is None and method not in READS:
        raise LookupError(f"{method} {path} has no limit: give it a row in api/rate_limit_rules.py.")
    return found or (READING,)


class RateLimitedRoute(APIRoute):
    """A route that checks its limits before it reads anything of the request."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        of_method = {method: get_route_limits(method, self.path) for method in self.methods or ()}

        async def handle_with_limits(request: Request) -> Response:
            limits: RateLimiter = request.app.state.context.limits
            for limit in of_method[request.method]:
                if limit is not EVERY:  # counted by RateLimitMiddleware
                    use = limits.count_use(limit, get_limit_key(limit, request))
                    request.scope.setdefault(USES, []).append(use)
                    require_allowed(use)
            return await handle(request)

        return handle_with_limits


def get_limit_key(limit: RateLimit, request: Request) -> str:
    return get_caller_key(request) if limit.by is LimitKey.TOKEN else get_client_address(request)


def get_caller_key(request: Request) -> str:
    """The hash of the token or session; the address where there is neither."""
    sent = request.headers.get("authorization") or request.cookies.get(SESSION_COOKIE)
    return hash_secret(sent) if sent else get_client_address(request)


def reserve_stream(request: Request, limits: RateLimiter, *, by_address: bool) -> Callable[[], None]:
    """Reserve one more stream, or RateLimited; call the result when the stream has ended."""
    let_go = limits.reserve_slot(f"stream {get_caller_key(request)}", STREAMS_OF_TOKEN)
    if not by_address:
        return let_go
    try:
        let_go_of_address = limits.reserve_slot(f"stream {get_client_address(request)}", STREAMS_OF_ADDRESS)
    except RateLimited:
        let_go()
        raise

    def release_both() -> None:
        let_go()
        let_go_of_address()

    return release_both


class RateLimitMiddleware:
    """Counts every request by its address, static files and unknown paths too; webhooks have
    WEBHOOK instead.
    """

    def __init__(self, app: ASGIApp, limits: RateLimiter) -> None:
        self._app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start" and scope.get(USES):
                message = {**message, "headers": [*message["headers"], *_build_limit_headers(scope[USES])]}
            await send(message)

        if not scope["path"].startswith(WEBHOOKS):
            try:
                self._limits.check_rate(EVERY, get_client_address(Request(scope)))
            except RateLimited as exc:
                refusal = build_error_response(exc.status, exc.code, str(exc), **exc.details)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send_with_limits)


def _build_limit_headers(uses: Sequence[LimitUse]) -> list[tuple[bytes, bytes]]:
    """What is left of each limit, and the limits: bursts of `q`, made good for within `w` seconds."""
    left = ", ".join(f'"{use.limit.name}";r={use.remaining};t={use.next_seconds}' for use in uses)
    rates = [(use.limit.name, use.limit.rate) for use in uses]
    policy = ", ".join(
        f'"{name}";q={rate.burst};w={ceil(rate.burst / rate.per_second)}' for name, rate in rates
    )
    values = zip(LIMIT_HEADERS, (left, policy), strict=True)
    return [(name.lower().encode(), value.encode()) for name, value in values]
