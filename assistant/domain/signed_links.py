"""Links that open something without an account: signed for one purpose, and valid for a while."""

import hashlib
import hmac
from datetime import datetime, timedelta

#: What links are signed for: a link of one purpose opens nothing of another.
PACKET_LINK = "desk-packet"
SURVEY_LINK = "survey"
AGENT_FILE_LINK = "agent-file"
#: Apps load a picture when it is looked at, not when it is sent.
FILE_LINK_LIFETIME = timedelta(days=30)


def sign_link(key: bytes, purpose: str, link: str, until: datetime) -> str:
    """The part of an address that opens *link* until then."""
    seconds = int(until.timestamp())
    return f"{link}?until={seconds}&signature={_sign(key, purpose, link, str(seconds))}"


def is_link_valid(key: bytes, purpose: str, link: str, until: str, signature: str, now: datetime) -> bool:
    if (
        not key
        or not (until.isascii() and until.isdigit() and len(until) < 12)
        or int(until) < now.timestamp()
    ):
        return False
    expected = _sign(key, purpose, link, until).encode()
    return hmac.compare_digest(expected, signature.encode("utf-8", "replace"))


def _sign(key: bytes, purpose: str, link: str, until: str) -> str:
    return hmac.new(key, f"{purpose}.{link}.{until}".encode(), hashlib.sha256).hexdigest()
