"""Addresses that open one thing without an account, until a time: signed, so that nobody can make another."""

import hashlib
import hmac
from datetime import datetime, timedelta

#: What a link opens: the packet of a handoff, or a file that an agent sends.
PACKET = "desk-packet"
AGENT_FILE = "agent-file"
#: Apps load a picture when it is looked at, not when it is sent.
FILE_LINK_LIFETIME = timedelta(days=30)


def sign_link(key: bytes, kind: str, target: str, until: datetime) -> str:
    """The end of an address that opens *target* until then."""
    seconds = str(int(until.timestamp()))
    return f"{target}?until={seconds}&signature={_sign(key, kind, target, seconds)}"


def is_link_valid(key: bytes, kind: str, target: str, query: tuple[str, str], now: datetime) -> bool:
    """*query* are the values of ``until`` and ``signature``, as they came."""
    until, signature = query
    if not key or not (until.isascii() and until.isdigit() and len(until) < 12):
        return False
    if int(until) < now.timestamp():
        return False
    expected = _sign(key, kind, target, until)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


def _sign(key: bytes, kind: str, target: str, until: str) -> str:
    return hmac.new(key, f"{kind}.{target}.{until}".encode(), hashlib.sha256).hexdigest()
