"""Signing in through an OpenID Connect provider: out to it, and back with a session."""

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Cookie, Query, Request, Response
from starlette.responses import RedirectResponse
from typing_extensions import TypedDict

from assistant.api.auth import build_sign_in, create_session, normalize_email
from assistant.api.client_address import get_client_address
from assistant.api.context import ApiContext, Ctx
from assistant.api.oidc_provider import LoginAttempt, OidcProvider, VerifiedPerson
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.domain.audit import STRANGER
from assistant.domain.audit import format_actor as actor
from assistant.domain.errors import AssistantError, NotFound, Unauthorized
from assistant.domain.people import Agent
from assistant.lead.accounts import build_agent
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent/oidc", tags=["people"], route_class=RateLimitedRoute)

ATTEMPT_COOKIE = "yorisoi_sign_in"
PATH = "/v1/agent/oidc"
ATTEMPT_SECONDS = 600
MAX_NAME_CHARACTERS = 80


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
        agent, session = await ctx.database.write(
            lambda store: _enter(store, person, provider.creates_accounts, unknown, now)
        )
        build_sign_in(response, agent, session, public_url=ctx.public_url)
    except AssistantError as exc:
        address = get_client_address(request)
        await ctx.database.write(
            lambda store: store.audit.append_entry(STRANGER, "login_failed", now, address=address, way="oidc")
        )
        response.headers["location"] += f"?sign-in={exc.code}"
    response.delete_cookie(ATTEMPT_COOKIE, path=PATH)
    return response


def _require_provider(ctx: ApiContext) -> OidcProvider:
    if ctx.oidc is None:
        raise NotFound("Signing in through a provider is not set up here.")
    return ctx.oidc


async def _make_password(ctx: ApiContext, person: VerifiedPerson) -> str:
    """The hash of one that nobody knows, for an account without; empty where there is one already."""

    def has_password(store: Store) -> bool:
        agent = store.agents.find_by_email(normalize_email(person.email))
        return agent is not None and bool(store.agents.load_password_hash(agent.id))

    if await ctx.database.read(has_password):
        return ""
    return await ctx.passwords.hash_password(secrets.token_urlsafe(32))


def _enter(
    store: Store, person: VerifiedPerson, creates: bool, unknown_password: str, now: datetime
) -> tuple[Agent, tuple[str, str]]:
    """The account of that address, and a session of it; nobody who is disabled, nobody new unless set up so.

    An account without a password gets one that nobody knows: without one it would not count as in use.
    """
    email = normalize_email(person.email)
    agent = store.agents.find_by_email(email)
    if agent is None:
        if not creates:
            raise Unauthorized("There is no account for this address.")
        agent = build_agent(email, person.name.strip()[:MAX_NAME_CHARACTERS] or email, "agent")
        store.agents.add(agent, unknown_password, now)
        store.audit.append_entry(actor(agent.id), "agent_added", now, agent=agent.id, way="oidc")
    elif agent.disabled_at is not None:
        raise Unauthorized("This account is disabled.")
    elif not store.agents.load_password_hash(agent.id):
        store.agents.set_password(agent.id, unknown_password)
    return agent, create_session(store, agent, now)


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
