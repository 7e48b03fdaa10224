"""Which sources may push: addresses and networks, IPv4 whatever the socket calls it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class AllowList:
    """The sources of one route; a dual-stack socket's ::ffff:192.0.2.10 is 192.0.2.10."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._networks: list[_Network] = [ipaddress.ip_network(entry, strict=False) for entry in entries]
        self._known: dict[str, bool] = {}

    def allows(self, host: str) -> bool:
        """Whether this peer may push; what is no address may not."""
        known = self._known.get(host)
        if known is None:
            known = self._looked_up(host)
            if len(self._known) < 1024:
                self._known[host] = known
        return known

    def _looked_up(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        if mapped is not None:
            address = mapped
        return any(address in network for network in self._networks if network.version == address.version)
