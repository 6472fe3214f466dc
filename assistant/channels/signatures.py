"""Webhook signatures as each app defines them; compared in constant time."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping

from assistant.domain.errors import AssistantError, Unauthorized

#: Seconds that a signed timestamp may deviate.
TOLERANCE = 300


def verify_signature(expected: str, given: str | None, *, error: type[AssistantError] = Unauthorized) -> None:
    """Raise *error* unless *given* equals the expected signature; an empty one never verifies."""
    if not (expected and given) or not hmac.compare_digest(
        expected.encode(), given.encode("utf-8", "replace")
    ):
        raise error("The signature is wrong.")


def sign_line(secret: str, body: bytes) -> str:
    """Source: https://developers.line.biz/en/reference/messaging-api/#signature-validation"""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def sign_meta(secret: str, body: bytes) -> str:
    """``sha256=`` and lower-case hex over the raw bytes, the scheme of GitHub's webhooks too."""
    return "sha256=" + hmac.digest(secret.encode(), body, hashlib.sha256).hex()


def sign_slack(secret: str, timestamp: str, body: bytes) -> str:
    """Source: https://api.slack.com/authentication/verifying-requests-from-slack"""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.digest(secret.encode(), base, hashlib.sha256).hex()


def sign_mailgun(key: str, timestamp: str, token: str) -> str:
    return hmac.digest(key.encode(), (timestamp + token).encode(), hashlib.sha256).hex()


def sign_twilio(token: str, url: str, parameters: Mapping[str, Iterable[str]]) -> str:
    """The address, then every parameter's name and values, sorted, each value once.

    Source: https://www.twilio.com/docs/usage/security#validating-requests
    """
    signed = url + "".join(
        name + value for name in sorted(parameters) for value in sorted(set(parameters[name]))
    )
    return base64.b64encode(hmac.digest(token.encode(), signed.encode(), hashlib.sha1)).decode()


def verify_timestamp(timestamp: str | None, now: float, tolerance: int = TOLERANCE) -> str:
    """The timestamp if it is in seconds and close to now; else Unauthorized."""
    if not timestamp or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        raise Unauthorized("The signed time is missing.")
    if abs(now - int(timestamp)) > tolerance:
        raise Unauthorized("The signed time is not about now.")
    return timestamp
