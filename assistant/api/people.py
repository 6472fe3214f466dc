"""The team's accounts: inviting, roles, disabling, and everybody's own password, sessions and tokens."""

import secrets
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints

from assistant.api.agent_responses import SignInOut
from assistant.api.auth import (
    CurrentAdmin,
    CurrentAgent,
    build_sign_in,
    create_api_token,
    create_session,
)
from assistant.api.context import ApiContext, Ctx
from assistant.api.people_responses import (
    CredentialOut,
    CredentialsOut,
    InvitationOut,
    PeopleOut,
    PersonOut,
    TokenOut,
)
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import ShownLine, build_example, format_timestamp
from assistant.conversation.agent_access import change_password, revoke_credentials
from assistant.conversation.inbound.conversation_start import hash_secret
from assistant.domain.audit import format_actor as actor
from assistant.domain.errors import Forbidden, NotFound, Unauthorized
from assistant.domain.people import MIN_PASSWORD_CHARACTERS, Agent, AgentAccount, KnownCredential, Role
from assistant.lead import accounts
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent", tags=["people"], route_class=RateLimitedRoute)

Name = Annotated[ShownLine, StringConstraints(max_length=80)]
Password = Annotated[str, StringConstraints(min_length=MIN_PASSWORD_CHARACTERS, max_length=1024)]
Secret = Annotated[str, StringConstraints(min_length=20, max_length=200)]


class InviteIn(BaseModel):
    model_config = build_example(email="mori@shop.example", name="森 葵", role="lead")

    email: Annotated[str, StringConstraints(min_length=3, max_length=255)]
    name: Name
    role: Role = "agent"


class RoleIn(BaseModel):
    model_config = build_example(role="lead")

    role: Role


class InvitationIn(BaseModel):
    model_config = build_example(secret="tQ3mB0vY5s7kR1xW9uZ2", password="correct horse battery")

    secret: Secret
    password: Password


class PasswordIn(BaseModel):
    model_config = build_example(current="correct horse battery", password="staple battery horse")

    current: Annotated[str, StringConstraints(max_length=1024)]
    password: Password


class TokenIn(BaseModel):
    model_config = build_example(label="Nightly export", days=365)

    label: Name
    days: Annotated[int, Field(ge=1, le=3650)] = 365


@router.get("/people")
async def list_people(_inside: CurrentAdmin, ctx: Ctx) -> PeopleOut:
    """The team's accounts, with their roles, sessions and tokens."""
    now = ctx.clock()
    found = await ctx.database.read(lambda store: store.accounts.list_accounts(now))
    return {"people": [_serialize_person(one) for one in found]}


def _serialize_person(account: AgentAccount) -> PersonOut:
    agent = account.agent
    return {
        "id": agent.id,
        "name": agent.name,
        "email": agent.email,
        "role": agent.role,
        "disabled": agent.disabled_at is not None,
        "created_at": format_timestamp(account.created_at),
        "seen_at": format_timestamp(account.seen_at),
        "sessions": account.sessions,
        "tokens": account.tokens,
        "invited_until": format_timestamp(account.invited_until),
    }


@router.post("/people", status_code=201)
async def invite_person(body: InviteIn, inside: CurrentAdmin, ctx: Ctx) -> InvitationOut:
    """A new account, and the link with which its owner chooses a password within seven days."""
    secret, now = secrets.token_urlsafe(32), ctx.clock()
    made = accounts.build_agent(body.email, body.name, body.role)
    await ctx.database.write(
        lambda store: accounts.invite_agent(store, made, hash_secret(secret), inside.agent, now)
    )
    return {"id": made.id, "link": _build_link(ctx, secret)}


def _build_link(ctx: ApiContext, secret: str) -> str:
    """In the fragment, which browsers send to nobody."""
    return f"{ctx.public_url.rstrip('/')}/console#/welcome/{secret}"


async def _change(ctx: ApiContext, agent: str, step: Callable[[Store, Agent], Any]) -> PeopleOut:
    now = ctx.clock()

    def run(store: Store) -> list[AgentAccount]:
        step(store, accounts.get_agent(store, agent))
        return list(store.accounts.list_accounts(now))

    return {"people": [_serialize_person(one) for one in await ctx.database.write(run)]}


@router.post("/people/{agent}/role")
async def change_person_role(agent: str, body: RoleIn, inside: CurrentAdmin, ctx: Ctx) -> PeopleOut:
    """Give a person another role; 409 `last_admin` for the last administrator."""
    now = ctx.clock()
    return await _change(
        ctx, agent, lambda store, who: accounts.change_role(store, who, body.role, inside.agent, now)
    )


@router.post("/people/{agent}/disable")
async def disable_person(agent: str, inside: CurrentAdmin, ctx: Ctx) -> PeopleOut:
    """End everything they could do; their conversations go back to the queue."""
    now = ctx.clock()
    return await _change(
        ctx, agent, lambda store, who: accounts.disable_account(store, who, inside.agent, now)
    )


@router.post("/people/{agent}/enable")
async def enable_person(agent: str, inside: CurrentAdmin, ctx: Ctx) -> PeopleOut:
    """Let a person sign in again."""
    now = ctx.clock()
    return await _change(
        ctx, agent, lambda store, who: accounts.enable_account(store, who, inside.agent, now)
    )


@router.post("/people/{agent}/revoke")
async def revoke_person_credentials(agent: str, inside: CurrentAdmin, ctx: Ctx) -> PeopleOut:
    """End every session and API token of a person."""
    now, by = ctx.clock(), actor(inside.agent.id)
    return await _change(ctx, agent, lambda store, who: revoke_credentials(store, who, now, by))


@router.post("/people/{agent}/invite", status_code=201)
async def renew_person_invitation(agent: str, inside: CurrentAdmin, ctx: Ctx) -> InvitationOut:
    """A new link for somebody who lost theirs, or their password."""
    secret, now = secrets.token_urlsafe(32), ctx.clock()

    def renew(store: Store) -> None:
        invited = accounts.get_agent(store, agent)
        accounts.renew_invitation(store, invited, hash_secret(secret), inside.agent, now)

    await ctx.database.write(renew)
    return {"id": agent, "link": _build_link(ctx, secret)}


@router.post("/invitation")
async def accept_invitation(body: InvitationIn, response: Response, ctx: Ctx) -> SignInOut:
    """Choose a password with an invitation, and be signed in."""
    now, hashed = ctx.clock(), await ctx.passwords.hash_password(body.password)

    def accept(store: Store) -> tuple[Agent, tuple[str, str]] | None:
        agent = store.accounts.redeem_invitation(hash_secret(body.secret), now)
        if agent is None:
            return None
        change_password(store, agent, hashed, now, actor(agent.id))
        return agent, create_session(store, agent, now)

    if (accepted := await ctx.database.write(accept)) is None:
        raise Unauthorized("This link has been used or has ended; ask for a new one.")
    return build_sign_in(response, *accepted, public_url=ctx.public_url)


@router.post("/password")
async def change_own_password(
    body: PasswordIn, inside: CurrentAgent, response: Response, ctx: Ctx
) -> SignInOut:
    """Change one's own password; every other session ends."""
    me, now = inside.agent, ctx.clock()
    kept = await ctx.database.read(lambda store: store.agents.load_password_hash(me.id))
    if not await ctx.passwords.verify_hash(kept, body.current):
        raise Forbidden("The present password is another one.", reason="password")
    hashed = await ctx.passwords.hash_password(body.password)

    def change(store: Store) -> tuple[str, str]:
        change_password(store, me, hashed, now, actor(me.id))
        return create_session(store, me, now)

    return build_sign_in(response, me, await ctx.database.write(change), public_url=ctx.public_url)


@router.get("/credentials")
async def list_own_credentials(inside: CurrentAgent, ctx: Ctx) -> CredentialsOut:
    """One's own sessions and API tokens."""
    now = ctx.clock()
    found = await ctx.database.read(lambda store: store.accounts.list_credentials(inside.agent.id, now))
    return {"credentials": [_serialize_credential(one, inside.secret_hash) for one in found]}


def _serialize_credential(one: KnownCredential, secret_hash: str) -> CredentialOut:
    return {
        "id": one.id,
        "kind": "token" if one.is_token else "session",
        "label": one.label,
        "current": secret_hash.startswith(one.id),
        "created_at": format_timestamp(one.created_at),
        "expires_at": format_timestamp(one.expires_at),
    }


@router.post("/tokens", status_code=201)
async def create_own_token(body: TokenIn, inside: CurrentAgent, ctx: Ctx) -> TokenOut:
    """An API token with one's own rights, shown once."""
    me, now = inside.agent, ctx.clock()
    token = await ctx.database.write(
        lambda store: create_api_token(store, me, now, body.days, label=body.label, by=actor(me.id))
    )
    return {"token": token}


@router.delete("/credentials/{credential}", status_code=204)
async def revoke_own_credential(credential: str, inside: CurrentAgent, ctx: Ctx) -> Response:
    """End one of one's own sessions or API tokens."""
    now, me = ctx.clock(), inside.agent

    def revoke(store: Store) -> bool:
        found = store.accounts.revoke_credential_by_id(me.id, credential)
        if found:
            store.audit.append_entry(actor(me.id), "revoke", now, agent=me.id, ended=1)
        return found

    if not await ctx.database.write(revoke):
        raise NotFound("There is no such session or token.")
    return Response(status_code=204)
