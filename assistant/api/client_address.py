"""The client's address, for rate limits and for the check whether a call is local."""

import re
from ipaddress import IPv6Address, ip_address

from starlette.requests import HTTPConnection

#: Prefix length of an IPv6 client: one household or machine has at least a /64.
PREFIX_BITS = 64
#: Some proxies append the port, another one for every connection.
_WITH_PORT = re.compile(r"\A(?:\[([^\[\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5})\Z")
#: Headers that proxies add, and browsers on cross-origin requests.
NOT_LOCAL = ("forwarded", "via", "origin", "x-real-ip", "cf-connecting-ip", "true-client-ip")


def get_client_address(call: HTTPConnection) -> str:
    """The address that limits count by: an IPv4 address, or the /64 of an IPv6 one.

    ``scope["client"]`` is already the real client: headers of trusted proxies were applied before
    (`build_api`).
    """
    host = _WITH_PORT.sub(r"\1\2", call.client.host if call.client else "")
    try:
        address = ip_address(host)
    except ValueError:
        return host[:64]
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> PREFIX_BITS << PREFIX_BITS)}/{PREFIX_BITS}"


def is_local_call(call: HTTPConnection) -> bool:
    """Whether a program on this machine calls: neither through a proxy nor from a page in a browser.

    A proxy without own headers still passes the requested host name; so does a browser whose page resolved
    its name to this machine (DNS rebinding).
    """
    if any(name in NOT_LOCAL or name.startswith("x-forwarded-") for name in call.headers):
        return False
    return _is_loopback(call.url.hostname or "") and _is_loopback(call.client.host if call.client else "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
