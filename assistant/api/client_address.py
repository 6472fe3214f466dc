"""From where a call comes: who is counted together, and whether it is this machine itself."""

import re
from ipaddress import IPv6Address, ip_address

from starlette.requests import HTTPConnection

#: One household or one machine has at least so much of IPv6 to itself.
PREFIX_BITS = 64
#: Some proxies write the port beside the address, another one for every connection.
_WITH_PORT = re.compile(r"\A(?:\[([^\[\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5})\Z")
#: What proxies write, and browsers into what a page asks for.
NOT_LOCAL = ("forwarded", "via", "origin", "x-real-ip", "cf-connecting-ip", "true-client-ip")


def get_client_address(call: HTTPConnection) -> str:
    """The address that limits count by: an IPv4 address, or the /64 of an IPv6 one.

    ``scope["client"]`` is the real one: what trusted proxies say was put there before (`build_api`).
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
    """It comes from a program on this machine: neither through a proxy nor from a page in a browser.

    A proxy that writes no header of its own still passes the name that was asked for, or should; so does a
    browser whose page had its name point to this machine.
    """
    if any(name in NOT_LOCAL or name.startswith("x-forwarded-") for name in call.headers):
        return False
    return _is_loopback(call.url.hostname or "") and _is_loopback(call.client.host if call.client else "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
