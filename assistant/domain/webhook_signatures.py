"""Standard Webhooks 1.0.0: signed calls between this service and a business's system."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

PREFIX = "whsec_"
#: A call that is older, or from the future, is a replay or a wrong clock.
MAX_AGE = timedelta(minutes=5)
#: Of a key, by the same specification.
MIN_KEY_BYTES = 24


def decode_secret(secret: str) -> bytes:
    """The key of ``whsec_…``; any other text is a key as it is. ValueError: mistyped, or too short."""
    try:
        key = (
            base64.b64decode(secret.removeprefix(PREFIX), validate=True)
            if secret.startswith(PREFIX)
            else secret.encode()
        )
    except binascii.Error as error:
        raise ValueError(f"has no base64 after {PREFIX}; copy it again, whole") from error
    if len(key) < MIN_KEY_BYTES:
        raise ValueError(f"is too short; a key has at least {MIN_KEY_BYTES} bytes")
    return key


def sign_payload(key: bytes, message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """The headers of a call; *message_id* is the same over retries."""
    seconds = str(int(now.timestamp()))
    signature = _compute_signature(key, message_id, seconds, body)
    return {"webhook-id": message_id, "webhook-timestamp": seconds, "webhook-signature": f"v1,{signature}"}


def is_signed(keys: tuple[bytes, ...], headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether one of our keys signed exactly this, lately; several keys while one is replaced."""
    message_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not seconds.isascii() or not seconds.isdigit() or len(seconds) > 12:
        return False
    if abs(now.timestamp() - int(seconds)) > MAX_AGE.total_seconds():
        return False
    given = [part.partition(",") for part in headers.get("webhook-signature", "").split(" ")[:10]]
    found = [signature for version, _, signature in given if version == "v1"]
    expected = [_compute_signature(key, message_id, seconds, body) for key in keys]
    # No early end: it would tell which key it was.
    return any([hmac.compare_digest(one.encode(), other.encode()) for one in found for other in expected])


def _compute_signature(key: bytes, message_id: str, seconds: str, body: bytes) -> str:
    content = f"{message_id}.{seconds}.".encode() + body
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
