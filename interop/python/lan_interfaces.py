"""Stage 05: the machine's own IPv4 addresses and their networks, from the system's getifaddrs (P8.1, P8.7)."""

import ctypes
import ctypes.util
import ipaddress
import socket
import sys

IS_UP = 0x1
IS_LOOPBACK = 0x8


class InterfaceAddress(ctypes.Structure):
    """struct ifaddrs: the beginning is the same on Linux and macOS."""


InterfaceAddress._fields_ = [
    ("next", ctypes.POINTER(InterfaceAddress)), ("name", ctypes.c_char_p), ("flags", ctypes.c_uint),
    ("address", ctypes.c_void_p), ("netmask", ctypes.c_void_p)]


def family_of(address: int) -> int:
    # macOS has a length in the first byte, Linux the family in both.
    first_bytes = ctypes.string_at(address, 2)
    return first_bytes[1] if sys.platform == "darwin" else int.from_bytes(first_bytes, sys.byteorder)


def own_networks() -> list[tuple[ipaddress.IPv4Interface, bool]]:
    """Each IPv4 address of an interface that is up, with its network; and whether it is internal."""
    library = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
    first = ctypes.POINTER(InterfaceAddress)()
    if library.getifaddrs(ctypes.byref(first)) != 0:
        raise OSError(ctypes.get_errno(), "getifaddrs failed")
    networks = []
    entry = first
    try:
        while entry:
            content = entry.contents
            if content.address and content.flags & IS_UP and family_of(content.address) == socket.AF_INET:
                host = socket.inet_ntoa(ctypes.string_at(content.address + 4, 4))
                mask = socket.inet_ntoa(ctypes.string_at(content.netmask + 4, 4)) if content.netmask else "255.255.255.255"
                networks.append((ipaddress.IPv4Interface(f"{host}/{mask}"), bool(content.flags & IS_LOOPBACK)))
            entry = content.next
    finally:
        library.freeifaddrs.argtypes = [ctypes.c_void_p]
        library.freeifaddrs(first)
    return networks


def own_addresses(host: str) -> dict[str, str | None]:
    """Our addresses, each with the directed broadcast address of its network, if it has one (P8.1, P8.7)."""
    networks = own_networks()
    if host == "0.0.0.0":
        return {str(network.ip): broadcast_of(network) for network, is_internal in networks if not is_internal}
    address = ipaddress.ip_address(host)
    if address.is_loopback:
        return {host: "127.255.255.255" if address.version == 4 else None}
    return {host: next((broadcast_of(network) for network, _ in networks if network.ip == address), None)}


def broadcast_of(network: ipaddress.IPv4Interface) -> str | None:
    return str(network.network.broadcast_address) if network.network.prefixlen < 31 else None
