"""Signing in through an OpenID Connect provider: out to it, and back with a session."""

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Cookie, Query, Request, Response
from starlette.responses import RedirectResponse
from typing_extensions import TypedDict

from assistant.api.auth import build_sign_in, create_session
from assistant.api.client_address import get_client_address
from assistant.api.context import ApiContext, Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.domain.audit import STRANGER
from assistant.domain.errors import AssistantError, NotFound, Unauthorized
from assistant.domain.people import Agent, LoginAttempt, VerifiedPerson
from assistant.lead.accounts import find_or_create_agent
from assistant.ports.storage.store import Store

if TYPE_CHECKING:
    from assistant.api.oidc_provider import OidcProvider

router = APIRouter(prefix="/v1/agent/oidc", tags=["people"], route_class=RateLimitedRoute)

ATTEMPT_COOKIE = "yorisoi_sign_in"
PATH = "/v1/agent/oidc"
ATTEMPT_SECONDS = 600


class OidcOut(TypedDict):
    #: Whether agents may sign in through a provider here.
    available: bool


@router.get("")
async def describe_oidc(ctx: Ctx) -> OidcOut:
    """Whether the sign-in page offers it."""
    return {"available": ctx.oidc is not None}


@router.get("/start", status_code=303, response_class=RedirectResponse)
async def start_sign_in(ctx: Ctx) -> Response:
    """To the provider; the browser keeps what it must bring back for ten minutes."""
    url, attempt = await _require_provider(ctx).build_login_url()
    response = RedirectResponse(url, status_code=303)
    response.set_cookie(
        ATTEMPT_COOKIE,
        seal_attempt(attempt, ctx.identity_key, ctx.clock()),
        max_age=ATTEMPT_SECONDS,
        path=PATH,
        httponly=True,
        samesite="lax",
        secure=ctx.public_url.startswith("https:"),
    )
    return response


@router.get("/callback", status_code=303, response_class=RedirectResponse)
async def finish_sign_in(
    request: Request,
    ctx: Ctx,
    code: Annotated[str, Query(max_length=4096)] = "",
    state: Annotated[str, Query(max_length=512)] = "",
    yorisoi_sign_in: Annotated[str | None, Cookie(max_length=2048)] = None,
) -> Response:
    """Back from the provider: to the console with a session, or to its sign-in page with the reason."""
    provider, now = _require_provider(ctx), ctx.clock()
    response = RedirectResponse(f"{ctx.public_url.rstrip('/')}/console", status_code=303)
    try:
        attempt = open_attempt(yorisoi_sign_in or "", ctx.identity_key, now)
        if not code or not hmac.compare_digest(attempt.state.encode(), state.encode()):
            raise Unauthorized("This sign-in was not begun here, or was called off.")
        person = await provider.fetch_person(code, attempt)
        unknown = await _make_password(ctx, person)

        def enter(store: Store) -> tuple[Agent, tuple[str, str]]:
            found = find_or_create_agent(store, person, provider.domains, unknown, now)
            return found, create_session(store, found, now)

        agent, session = await ctx.database.write(enter)
        build_sign_in(response, agent, session, public_url=ctx.public_url)
    except AssistantError as exc:
        address, why = get_client_address(request), exc.code
        await ctx.database.write(
            lambda store: store.audit.append_entry(
                STRANGER, "login_failed", now, address=address, way="oidc", why=why
            )
        )
        response.headers["location"] += f"?sign-in={why}"
    response.delete_cookie(ATTEMPT_COOKIE, path=PATH)
    return response


def _require_provider(ctx: ApiContext) -> "OidcProvider":
    if ctx.oidc is None:
        raise NotFound("Signing in through a provider is not set up here.")
    return ctx.oidc


async def _make_password(ctx: ApiContext, person: VerifiedPerson) -> str:
    """The hash of one that nobody knows, for an account without; empty where there is one already."""

    def has_password(store: Store) -> bool:
        known = store.sign_ins.find_agent(person.issuer, person.subject)
        agent = known or store.agents.find_by_email(person.email)
        return agent is not None and bool(store.agents.load_password_hash(agent.id))

    if await ctx.database.read(has_password):
        return ""
    return await ctx.passwords.hash_password(secrets.token_urlsafe(32))


def seal_attempt(attempt: LoginAttempt, key: bytes, now: datetime) -> str:
    """The attempt as the browser keeps it: signed, for ten minutes."""
    until = (now + timedelta(seconds=ATTEMPT_SECONDS)).timestamp()
    content = urlsafe_b64encode(json.dumps([*attempt, until]).encode()).decode()
    return f"{content}.{_sign(content, key)}"


def open_attempt(sealed: str, key: bytes, now: datetime) -> LoginAttempt:
    """Unauthorized for what we did not seal, or too long ago."""
    content, _, signature = sealed.partition(".")
    if not hmac.compare_digest(signature.encode(), _sign(content, key).encode()):
        raise Unauthorized("This sign-in was not begun here.")
    *values, until = json.loads(urlsafe_b64decode(content))
    if now.timestamp() > until:
        raise Unauthorized("This sign-in took too long; begin it again.")
    return LoginAttempt(*values)


def _sign(content: str, key: bytes) -> str:
    return hmac.new(key, b"oidc " + content.encode(), sha256).hexdigest()
