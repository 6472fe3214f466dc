"""Authentication of agents: sessions with CSRF tokens, and API tokens."""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

from fastapi import Depends, Header, Request, Response, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from assistant.api.agent_responses import SignInOut
from assistant.api.context import Ctx
from assistant.api.rate_limit_rules import SESSION_COOKIE
from assistant.api.schemas import serialize_agent
from assistant.conversation.inbound.conversation_start import hash_secret
from assistant.domain.audit import OPERATOR
from assistant.domain.audit import format_actor as actor
from assistant.domain.errors import Forbidden, Unauthorized
from assistant.domain.people import Agent, Credential
from assistant.ports.storage.store import Store

SESSION_DAYS = 14
TOKEN_DAYS = 365
READING = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_SCHEME = HTTPBearer(
    scheme_name="agentToken", description="An API token: `assistant agent token`.", auto_error=False
)
SESSION_SCHEME = APIKeyCookie(
    name=SESSION_COOKIE,
    scheme_name="agentSession",
    description="The cookie of a browser that signed in; calls that write send `X-CSRF-Token` too.",
    auto_error=False,
)


class AuthenticatedAgent(NamedTuple):
    agent: Agent
    #: The CSRF token of the session; None for an API token.
    csrf: str | None
    #: Hash of the session's or token's secret.
    secret_hash: str


def create_session(store: Store, agent: Agent, now: datetime) -> tuple[str, str]:
    """A session secret for the cookie, and its CSRF token."""
    secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    credential = Credential(
        secret_hash=hash_secret(secret), csrf=csrf, expires_at=now + timedelta(days=SESSION_DAYS)
    )
    store.agents.add_credential(agent.id, credential, now)
    store.audit.append_entry(actor(agent.id), "login", now)
    return secret, csrf


def create_api_token(
    store: Store, agent: Agent, now: datetime, days: int = TOKEN_DAYS, *, label: str = "", by: str = OPERATOR
) -> str:
    """An API token, shown once; it expires after *days* days."""
    secret = secrets.token_urlsafe(32)
    expires = now + timedelta(days=days)
    credential = Credential(secret_hash=hash_secret(secret), expires_at=expires, label=label)
    store.agents.add_credential(agent.id, credential, now)
    store.audit.append_entry(by, "token", now, agent=agent.id, days=days)
    return secret


def build_sign_in(
    response: Response, agent: Agent, session: tuple[str, str], *, public_url: str
) -> SignInOut:
    """What somebody who signs in is told; sets the cookie of the *session*, its secret and CSRF token."""
    secret, csrf = session
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=SESSION_DAYS * 86_400,
        httponly=True,
        samesite="lax",
        secure=public_url.startswith("https:"),
    )
    return {"agent": serialize_agent(agent), "csrf": csrf}


async def authenticate_agent(
    request: Request,
    ctx: Ctx,
    by_token: Annotated[HTTPAuthorizationCredentials | None, Security(TOKEN_SCHEME)],
    session: Annotated[str | None, Security(SESSION_SCHEME)],
    x_csrf_token: Annotated[str | None, Header()] = None,
) -> AuthenticatedAgent:
    """The calling agent; a session needs its CSRF token for calls that write."""
    secret = by_token.credentials if by_token else session
    if not secret:
        raise Unauthorized("Sign in first.")
    now = ctx.clock()
    found = await ctx.database.read(lambda store: store.agents.find_by_secret(hash_secret(secret), now))
    if found is None or bool(by_token) != (found[1] is None):
        raise Unauthorized("The session has ended; sign in again.")
    agent, csrf = found
    changes = csrf is not None and request.method not in READING
    if changes and not hmac.compare_digest((csrf or "").encode(), (x_csrf_token or "").encode()):
        raise Forbidden("Send the session's X-CSRF-Token header.")
    if (
        csrf is not None or request.method not in READING
    ):  # a program that reads numbers is nobody at the desk
        await ctx.presence.record_presence(agent.id, now)
    return AuthenticatedAgent(agent, csrf, hash_secret(secret))


CurrentAgent = Annotated[AuthenticatedAgent, Depends(authenticate_agent)]


async def authenticate_lead(inside: CurrentAgent) -> AuthenticatedAgent:
    """The calling agent, if they may change articles and settings."""
    if not inside.agent.is_lead:
        raise Forbidden("Only leads and administrators do this.")
    return inside


def require_admin(inside: AuthenticatedAgent) -> None:
    """Forbidden for others than administrators."""
    if not inside.agent.admin:
        raise Forbidden("Only administrators change accounts and what is everybody's.")


async def authenticate_admin(inside: CurrentAgent) -> AuthenticatedAgent:
    """The calling agent, if they are an administrator."""
    require_admin(inside)
    return inside


CurrentLead = Annotated[AuthenticatedAgent, Depends(authenticate_lead)]
CurrentAdmin = Annotated[AuthenticatedAgent, Depends(authenticate_admin)]
