"""An OpenID Connect provider: the authorization code flow with PKCE, and who its ID token says somebody is.

https://openid.net/specs/openid-connect-core-1_0.html, sections 3.1.2 and 3.1.3.
"""

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.rfc6749 import OAuth2Error
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, KeySet

from assistant.domain.errors import Unauthorized, Unavailable
from assistant.domain.people import LoginAttempt, VerifiedPerson, normalize_email
from assistant.text.characters import clean_line

#: Signatures that are accepted; "none" and shared keys are not.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
SCOPE = "openid email profile"
TIMEOUT_SECONDS = 5.0
#: Endpoints and keys are fetched again after this.
CACHE_SECONDS = 600
#: … and earlier when a token is signed with an unknown key, but not more often than this.
MIN_SECONDS_BETWEEN_FETCHES = 30
MAX_KEYS = 100
#: OpenID Connect Core, section 2: of ASCII.
MAX_SUBJECT_CHARACTERS = 255
MAX_NAME_CHARACTERS = 80
#: How far the provider's clock may be off.
LEEWAY_SECONDS = 60
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(kw_only=True)
class OidcProvider:
    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    #: Whoever has an address of these and no account gets one; empty: nobody does.
    domains: frozenset[str] = frozenset()
    _metadata: dict[str, Any] = field(default_factory=dict)
    _keys: KeySet = field(default_factory=lambda: KeySet([]))
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
        id_token = str(token.get("id_token") or "")
        try:
            return self._read_person(id_token, attempt)
        except InvalidKeyIdError:  # the provider signs with a new key
            await self._refresh(MIN_SECONDS_BETWEEN_FETCHES)
        try:
            return self._read_person(id_token, attempt)
        except InvalidKeyIdError as exc:
            raise Unauthorized("The sign-in provider's token is signed with an unknown key.") from exc

    def _read_person(self, id_token: str, attempt: LoginAttempt) -> VerifiedPerson:
        """Whom an ID token names that was made by this provider, for us, for this attempt, just now.

        Only an address that the provider has verified names an account. InvalidKeyIdError where the token's
        key is not known.
        """
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": attempt.nonce},
        )
        try:
            token = jwt.decode(id_token, self._keys, algorithms=ALGORITHMS)
            registry.validate(token.claims)
        except InvalidKeyIdError:
            raise
        except (JoseError, TypeError, ValueError) as exc:
            raise Unauthorized("The sign-in provider's token is not valid.") from exc
        claims = token.claims
        if claims.get("azp", self.client_id) != self.client_id:
            raise Unauthorized("The sign-in provider's token is for somebody else.")
        return VerifiedPerson(
            issuer=self.issuer,
            subject=_read_subject(claims),
            email=_read_email(claims),
            name=clean_line(str(claims.get("name") or ""))[:MAX_NAME_CHARACTERS],
        )

    async def _refresh(self, seconds: float = CACHE_SECONDS) -> None:
        """Fetch endpoints and keys unless they were fetched in the last *seconds*."""
        if self._metadata and time.monotonic() - self._fetched_at < seconds:
            return
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
                url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
                found = (await client.get(url)).raise_for_status().json()
                _require_endpoints(found, self.issuer)
                keys = (await client.get(found["jwks_uri"])).raise_for_status().json()
            self._keys = _read_keys(keys)
        except (httpx.HTTPError, ValueError) as exc:
            raise Unavailable("The sign-in provider does not answer.") from exc
        self._metadata, self._fetched_at = found, time.monotonic()

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


def _read_keys(found: Any) -> KeySet:
    """The keys that can be read: one of a new kind, or a broken one, does not shut the others out."""
    rows = found.get("keys") if isinstance(found, dict) else None
    keys = []
    for row in rows[:MAX_KEYS] if isinstance(rows, list) else ():
        with suppress(JoseError, LookupError, TypeError, ValueError):
            keys.append(JWKRegistry.import_key(row))
    if not keys:
        raise ValueError("the provider has no key that can be read")
    return KeySet(keys)


def _read_subject(claims: dict[str, Any]) -> str:
    subject = claims.get("sub")
    if (
        not isinstance(subject, str)
        or not 0 < len(subject) <= MAX_SUBJECT_CHARACTERS
        or not (subject.isascii() and subject.isprintable())
    ):
        raise Unauthorized("The sign-in provider does not say who this is.")
    return subject


def _read_email(claims: dict[str, Any]) -> str:
    """In its canonical form; only of ASCII characters, because others look like them or fold onto them."""
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified") not in (True, "true"):
        raise Unauthorized("The sign-in provider has not verified an e-mail address.")
    if not email.isascii():
        raise Unauthorized("Addresses with other than ASCII characters do not sign in through a provider.")
    return normalize_email(email)
