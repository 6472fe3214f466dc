"""Resolves host names, and tells public network addresses from private ones."""

import asyncio
import ipaddress
import socket

from assistant.knowledge.loaders import Unreadable

#: IPv6 ranges that carry an IPv4 address in their last four bytes.
CARRIERS = (
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
    ipaddress.IPv6Network("::/96"),
    # IPv4-translated (RFC 2765); Python knows the mapped ones, ::ffff:0:0/96.
    ipaddress.IPv6Network("::ffff:0:0:0/96"),
)
#: Globally routed prefixes (IANA's registry); all else is special, whatever Python's tables say.
GLOBAL = ipaddress.IPv6Network("2000::/3")
SPECIAL: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = (
    *map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")),
    *map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")),
)


async def resolve_public_addresses(
    host: str, port: int, *, allow_private: bool, setting: str = "ASSISTANT_INGEST_PRIVATE"
) -> list[str]:
    """All addresses that the name resolves to now; Unreadable if any is private and *setting* forbids it."""
    addresses = await _resolve_host(host, port)
    private = [address for address in addresses if not is_public(address)]
    if private and not allow_private:
        raise Unreadable(
            f"{host} is in a private network ({private[0]}), which is refused; set {setting}=1 to allow it"
        )
    return addresses


def is_public(address: str) -> bool:
    """Whether an address is globally routed, also when it is wrapped in an IPv6 address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if (inner := _unwrap_ipv4(found)) is not None:
            return is_public(str(inner))
        if found not in GLOBAL:
            return False
    special = any(found in network for network in SPECIAL if network.version == found.version)
    return found.is_global and not found.is_multicast and not special


def _unwrap_ipv4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in carrier for carrier in CARRIERS):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


async def _resolve_host(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise Unreadable(f"there is no such address: {host} is not known; check the spelling") from exc
    # IPv4 first: a machine without IPv6 cannot use the other, a machine with it can use both.
    return sorted({str(entry[4][0]) for entry in found}, key=lambda address: (":" in address, address))
