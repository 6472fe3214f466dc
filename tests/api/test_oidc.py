"""Signing in through an OpenID Connect provider: a small one runs here, and lies when told to."""

import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from assistant.api.oidc import ATTEMPT_COOKIE, open_attempt, seal_attempt
from assistant.api.oidc_provider import (
    CACHE_SECONDS,
    MIN_SECONDS_BETWEEN_FETCHES,
    OidcProvider,
)
from assistant.app.sign_in import build_oidc_provider
from assistant.app.sign_in_settings import SignInSettings
from assistant.domain.errors import SetupError, Unauthorized
from assistant.domain.people import Agent, LoginAttempt, VerifiedPerson, normalize_email
from assistant.lead.accounts import (
    NotInvited,
    OtherPerson,
    build_agent,
    find_or_create_agent,
    invite_agent,
    renew_invitation,
)
from assistant.storage.accounts import SqlAccounts
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.api.conftest import ApiClient, serving
from tests.harness import MONDAY_NOON, memory_database

KEY = RSAKey.generate_key(2048, {"kid": "k"}, auto_kid=False)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "k"}, auto_kid=False)
SECRET = "of the client"


@dataclass
class FakeProvider:
    """Speaks the token endpoint; *claims* and *key* are what it is told to lie about."""

    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    #: As it publishes them.
    keys: Any = field(default_factory=lambda: [KEY.as_dict(private=False)])
    fetches: int = 0
    challenge: str = ""
    nonce: str = ""
    address: str = ""

    def build_app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def describe() -> dict[str, str]:
            paths = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "jwks"}
            return {"issuer": self.address} | {name: f"{self.address}/{at}" for name, at in paths.items()}

        @app.get("/jwks")
        def list_keys() -> dict[str, Any]:
            self.fetches += 1
            return {"keys": self.keys}

        @app.post("/token")
        async def give_token(request: Request) -> JSONResponse:
            return self.give_token(parse_qs((await request.body()).decode()), request.headers)

        return app

    def give_token(self, sent: dict[str, list[str]], headers: Any) -> JSONResponse:
        proven = urlsafe_b64encode(sha256(sent["code_verifier"][0].encode()).digest()).rstrip(b"=").decode()
        known = b64decode(headers["authorization"].removeprefix("Basic ")).decode()
        if (proven, known, sent["code"]) != (self.challenge, f"yorisoi:{SECRET}", ["the code"]):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.address, "aud": "yorisoi", "exp": now + 60, "iat": now, "nonce": self.nonce}
        claims |= {"sub": "1", "email": "Mori@shop.example", "email_verified": True, "name": " 森\u202e\n"}
        token = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims | self.claims, self.key)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": token})


@pytest.fixture
async def provider(client: ApiClient) -> AsyncIterator[FakeProvider]:
    fake = FakeProvider()
    async with serving(fake.build_app()) as address:
        fake.address = address
        found = OidcProvider(
            issuer=address, client_id="yorisoi", client_secret=SECRET, redirect_uri="http://localhost:8000/cb"
        )
        client.app.state.context = replace(client.app.state.context, oidc=found)
        yield fake


async def come_back(client: ApiClient, fake: FakeProvider, **changed: str) -> httpx2.Response:
    """As a browser: out to the provider, and back with its code."""
    out = await client.http.get("/v1/agent/oidc/start")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(out.headers["location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    fake.challenge, fake.nonce = asked["code_challenge"], asked["nonce"]
    query = {"code": "the code", "state": asked["state"]} | changed
    back = await client.http.get("/v1/agent/oidc/callback", params=query)
    assert back.status_code == 303
    return back


async def who_is_in(client: ApiClient) -> str | None:
    found = await client.http.get("/v1/agent/me")
    return str(found.json()["agent"]["name"]) if found.status_code == 200 else None


async def test_whose_address_is_verified_enters_their_account(
    client: ApiClient, provider: FakeProvider
) -> None:
    await client.hire("Mori")
    back = await come_back(client, provider)
    assert back.headers["location"] == "http://localhost:8000/console"
    assert await who_is_in(client) == "Mori"
    assert ATTEMPT_COOKIE not in client.http.cookies
    again = await client.http.get("/v1/agent/oidc/callback", params={"code": "the code", "state": "x"})
    assert "sign-in=unauthorized" in again.headers["location"]


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"aud": ["yorisoi", "another"], "azp": "another"},
        {"nonce": "another"},
        {"exp": 1},
        {"email_verified": False},
        {"email": "nobody@shop.example"},
        {"key": OTHER_KEY},
        {"state": "another"},
        {"code": "another"},
        {"code": ""},
    ],
    ids=lambda lie: next(iter(lie)),
)
async def test_nobody_enters_by_what_does_not_fit(
    client: ApiClient, provider: FakeProvider, lie: dict[str, Any]
) -> None:
    await client.hire("Mori")
    provider.key = lie.get("key", KEY)
    sent = {name: lie[name] for name in lie.keys() & {"state", "code"}}
    provider.claims = {name: lie[name] for name in lie.keys() - {"key", "state", "code"}}
    back = await come_back(client, provider, **sent)
    assert "sign-in=unauthorized" in back.headers["location"]
    assert await who_is_in(client) is None
    entries = await client.rig.database.read(lambda store: store.audit.list_entries())
    assert entries[-1].action == "login_failed"


async def test_a_new_account_only_where_it_is_set_up_so_and_none_that_is_disabled(
    client: ApiClient, provider: FakeProvider
) -> None:
    client.app.state.context.oidc.domains = frozenset({"shop.example"})
    await come_back(client, provider)
    assert await who_is_in(client) == "森"
    found = await client.rig.database.read(lambda store: store.agents.list_active())
    assert [(one.email, one.role) for one in found] == [("mori@shop.example", "agent")]
    client.http.cookies.clear()
    now = client.rig.clock()
    await client.rig.database.write(lambda store: SqlAccounts.set_disabled(store.accounts, found[0].id, now))
    assert "sign-in=unauthorized" in (await come_back(client, provider)).headers["location"]
    assert await who_is_in(client) is None


async def test_odd_claims_are_refused_and_name_nobody(client: ApiClient, provider: FakeProvider) -> None:
    await client.hire("Kevin")
    odd: list[dict[str, Any]] = [
        {"email": "\u212aevin@shop.example"},
        {"email": ["kevin@shop.example"]},
        {"sub": None},
        {"sub": "x" * 256},
        {"sub": "\u0000"},
        {"aud": {}},
        {"exp": "soon"},
    ]
    for claims in odd:
        provider.claims = {"email": "kevin@shop.example"} | claims
        assert "sign-in=unauthorized" in (await come_back(client, provider)).headers["location"]
    assert normalize_email(" \u212aevin@Shop.Example") == "\u212aevin@shop.example"


async def test_keys_that_cannot_be_read_shut_nobody_out_and_new_ones_are_fetched(
    client: ApiClient, provider: FakeProvider
) -> None:
    await client.hire("Mori")
    good = KEY.as_dict(private=False)
    provider.keys = [
        5,
        {"kty": []},
        {**good, "kid": 5},
        {"kty": "EC", "crv": "new", "x": "a", "y": "b"},
        good,
    ]
    await come_back(client, provider)
    assert await who_is_in(client) == "Mori"
    client.http.cookies.clear()
    provider.key = RSAKey.generate_key(2048, {"kid": "new"}, auto_kid=False)
    provider.keys = [provider.key.as_dict(private=False)]
    assert "sign-in=unauthorized" in (await come_back(client, provider)).headers["location"]
    client.app.state.context.oidc._fetched_at -= MIN_SECONDS_BETWEEN_FETCHES
    await come_back(client, provider)
    assert await who_is_in(client) == "Mori"
    assert provider.fetches == 2
    provider.keys, client.app.state.context.oidc._fetched_at = {"keys": 5}, -CACHE_SECONDS
    assert (await client.http.get("/v1/agent/oidc/start")).status_code == 503


@dataclass
class Door:
    """Lets people in as the callback does, without HTTP."""

    database: SqlDatabase[SqlStore] = field(default_factory=memory_database)
    domains: frozenset[str] = frozenset({"shop.example"})

    async def let_in(self, email: str = "mori@shop.example", subject: str = "1", name: str = "森") -> Agent:
        person = VerifiedPerson(issuer="https://login.example", subject=subject, email=email, name=name)
        return await self.database.write(
            lambda store: find_or_create_agent(store, person, self.domains, "hash", MONDAY_NOON)
        )


async def test_an_account_stays_with_the_person_who_signed_in_first() -> None:
    door = Door()
    mori = await door.let_in()
    with pytest.raises(OtherPerson):
        await door.let_in(subject="2")
    assert await door.let_in(email="married@shop.example") == mori
    await door.database.write(lambda store: renew_invitation(store, mori, "hash", mori, MONDAY_NOON))
    assert await door.let_in(subject="2") == mori
    with pytest.raises(OtherPerson):
        await door.let_in()


async def test_who_was_removed_comes_back_only_by_an_invitation() -> None:
    door = Door()
    mori = await door.let_in()
    await door.database.write(lambda store: store.agents.remove(mori.id, MONDAY_NOON))
    for changed in ({}, {"email": "new@shop.example"}, {"subject": "2"}):
        with pytest.raises(NotInvited):
            await door.let_in(**changed)
    again = build_agent("Mori@shop.example", "森", "agent")
    await door.database.write(lambda store: invite_agent(store, again, "hash", mori, MONDAY_NOON))
    assert (await door.let_in()).id == again.id


@pytest.mark.parametrize("email", ["a@elsewhere.example", "a@b.shop.example", "a@shop.example@else.example"])
async def test_no_account_for_an_address_of_another_domain(email: str) -> None:
    with pytest.raises(Unauthorized):
        await Door().let_in(email)


async def test_without_a_provider_none_is_offered(client: ApiClient) -> None:
    assert (await client.http.get("/v1/agent/oidc")).json() == {"available": False}
    assert (await client.http.get("/v1/agent/oidc/start")).status_code == 404


def test_an_attempt_ends_and_cannot_be_made_up(client: ApiClient) -> None:
    now, attempt = client.rig.clock(), LoginAttempt("s", "n", "v")
    sealed = seal_attempt(attempt, b"key", now)
    assert open_attempt(sealed, b"key", now) == attempt
    for wrong, at in ((sealed, now.replace(year=now.year + 1)), (f"x{sealed}", now), ("", now)):
        with pytest.raises(Unauthorized):
            open_attempt(wrong, b"key", at)


def test_half_of_the_settings_is_a_fault() -> None:
    half = SignInSettings(oidc_issuer="https://login.example")
    with pytest.raises(SetupError, match="CLIENT_SECRET"):
        build_oidc_provider(half, "http://localhost")
    whole = half.model_copy(update={"oidc_client_id": "a", "oidc_client_secret": SecretStr("b")})
    made = build_oidc_provider(whole, "http://localhost/")
    assert made is not None
    assert made.redirect_uri == "http://localhost/v1/agent/oidc/callback"
    assert build_oidc_provider(SignInSettings(), "http://localhost") is None


def test_accounts_are_made_for_named_domains_only() -> None:
    whole = SignInSettings(
        oidc_issuer="https://login.example", oidc_client_id="a", oidc_client_secret=SecretStr("b")
    )
    anybody = whole.model_copy(update={"oidc_create": True})
    with pytest.raises(SetupError, match="OIDC_DOMAINS"):
        build_oidc_provider(anybody, "http://localhost")
    names = SignInSettings.split_domains("Shop.example, @shop.co.jp,")
    made = build_oidc_provider(anybody.model_copy(update={"oidc_domains": names}), "http://localhost")
    assert made is not None
    assert made.domains == {"shop.example", "shop.co.jp"}
    off = build_oidc_provider(whole.model_copy(update={"oidc_domains": names}), "http://localhost")
    assert off is not None
    assert not off.domains
