"""From where a call comes: who is counted together, and whether it is this machine itself."""

from ipaddress import IPv6Address, ip_address

from starlette.requests import HTTPConnection

#: One household or one machine has at least so much of IPv6 to itself.
PREFIX_BITS = 64


def address_of(call: HTTPConnection) -> str:
    """The address that limits count by: an IPv4 address, or the /64 of an IPv6 one.

    ``scope["client"]`` is the real one: what trusted proxies say was put there before (`make_app`).
    """
    host = call.client.host if call.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host[:64]
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> PREFIX_BITS << PREFIX_BITS)}/{PREFIX_BITS}"


def is_local(call: HTTPConnection) -> bool:
    """It comes from a program on this machine: neither through a proxy nor from a page in a browser."""
    if any(name in call.headers for name in ("x-forwarded-for", "forwarded", "via", "origin")):
        return False
    try:
        return ip_address(call.client.host if call.client else "").is_loopback
    except ValueError:
        return False
