"""An OpenID Connect provider: the authorization code flow with PKCE, and who its ID token says somebody is.

https://openid.net/specs/openid-connect-core-1_0.html, sections 3.1.2 and 3.1.3.
"""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.rfc6749 import OAuth2Error
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from assistant.domain.errors import Unauthorized, Unavailable

#: Signatures that are accepted; "none" and shared keys are not.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
SCOPE = "openid email profile"
TIMEOUT_SECONDS = 5.0
#: Endpoints and keys are fetched again after this.
CACHE_SECONDS = 600
#: How far the provider's clock may be off.
LEEWAY_SECONDS = 60
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class LoginAttempt(NamedTuple):
    """What one browser must bring back."""

    state: str
    nonce: str
    #: The secret of PKCE.
    verifier: str


class VerifiedPerson(NamedTuple):
    email: str
    name: str


@dataclass(kw_only=True)
class OidcProvider:
    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    #: Whether whoever has no account gets one.
    creates_accounts: bool = False
    _metadata: dict[str, Any] = field(default_factory=dict)
    #: As the provider sends them.
    _keys: Any = None
    _fetched_at: float = 0.0

    async def build_login_url(self) -> tuple[str, LoginAttempt]:
        """Where the browser goes, and what it must bring back."""
        await self._refresh()
        attempt = LoginAttempt(*(secrets.token_urlsafe(32) for _ in LoginAttempt._fields))
        async with self._open_client() as client:
            url, _ = client.create_authorization_url(
                self._metadata["authorization_endpoint"],
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return str(url), attempt

    async def fetch_person(self, code: str, attempt: LoginAttempt) -> VerifiedPerson:
        """Whom the provider vouches for; Unauthorized when anything of its answer does not fit."""
        await self._refresh()
        try:
            async with self._open_client() as client:
                token = await client.fetch_token(
                    self._metadata["token_endpoint"], code=code, code_verifier=attempt.verifier
                )
        except httpx.HTTPError as exc:
            raise Unavailable("The sign-in provider does not answer.") from exc
        except (OAuthError, OAuth2Error, ValueError) as exc:
            raise Unauthorized("The sign-in provider refused this sign-in.") from exc
        return _read_person(self._read_claims(str(token.get("id_token") or ""), attempt))

    def _read_claims(self, id_token: str, attempt: LoginAttempt) -> dict[str, Any]:
        """The claims of an ID token that was made by this provider, for us, for this attempt, just now."""
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": attempt.nonce},
        )
        try:
            token = jwt.decode(id_token, KeySet.import_key_set(self._keys), algorithms=ALGORITHMS)
            registry.validate(token.claims)
        except (JoseError, ValueError) as exc:
            raise Unauthorized("The sign-in provider's token is not valid.") from exc
        if token.claims.get("azp", self.client_id) != self.client_id:
            raise Unauthorized("The sign-in provider's token is for somebody else.")
        return dict(token.claims)

    async def _refresh(self) -> None:
        if self._metadata and time.monotonic() - self._fetched_at < CACHE_SECONDS:
            return
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
                url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
                found = (await client.get(url)).raise_for_status().json()
                _require_endpoints(found, self.issuer)
                keys = (await client.get(found["jwks_uri"])).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as exc:
            raise Unavailable("The sign-in provider does not answer.") from exc
        self._metadata, self._keys, self._fetched_at = found, keys, time.monotonic()

    def _open_client(self) -> Any:
        return AsyncOAuth2Client(
            self.client_id,
            self.client_secret,
            scope=SCOPE,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_SECONDS,
        )


def _require_endpoints(found: Any, issuer: str) -> None:
    """ValueError unless it is the issuer's own, and as safe as its address."""
    if not isinstance(found, dict) or found.get("issuer") != issuer:
        raise ValueError("the configuration is of another issuer")
    scheme = issuer.partition(":")[0]
    if not all(str(found.get(name)).startswith(f"{scheme}://") for name in ENDPOINTS):
        raise ValueError("an endpoint is missing, or less safe than the issuer")


def _read_person(claims: dict[str, Any]) -> VerifiedPerson:
    """Only an address that the provider has verified names an account."""
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified") not in (True, "true"):
        raise Unauthorized("The sign-in provider has not verified an e-mail address.")
    name = claims.get("name")
    return VerifiedPerson(email, name if isinstance(name, str) else "")
