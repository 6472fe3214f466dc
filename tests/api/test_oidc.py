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
from assistant.api.oidc_provider import LoginAttempt, OidcProvider
from assistant.app.sign_in import build_oidc_provider
from assistant.app.sign_in_settings import SignInSettings
from assistant.domain.errors import SetupError, Unauthorized
from assistant.storage.accounts import SqlAccounts
from tests.api.conftest import ApiClient, serving

KEY = RSAKey.generate_key(2048, {"kid": "k"}, auto_kid=False)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "k"}, auto_kid=False)
SECRET = "of the client"


@dataclass
class FakeProvider:
    """Speaks the token endpoint; *claims* and *key* are what it is told to lie about."""

    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
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
            return {"keys": [KEY.as_dict(private=False)]}

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
        claims |= {"sub": "1", "email": "Mori@shop.example", "email_verified": True, "name": "森"}
        token = jwt.encode({"alg": "RS256", "kid": "k"}, claims | self.claims, self.key)
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
    client.app.state.context.oidc.creates_accounts = True
    await come_back(client, provider)
    assert await who_is_in(client) == "森"
    found = await client.rig.database.read(lambda store: store.agents.list_active())
    assert [(one.email, one.role) for one in found] == [("mori@shop.example", "agent")]
    client.http.cookies.clear()
    now = client.rig.clock()
    await client.rig.database.write(lambda store: SqlAccounts.set_disabled(store.accounts, found[0].id, now))
    assert "sign-in=unauthorized" in (await come_back(client, provider)).headers["location"]
    assert await who_is_in(client) is None


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
