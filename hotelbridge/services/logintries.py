"""How often a password may be tried: in memory, by name and by address, with a wait that grows.

Knows no store and no password. What counts against whom:

* A name that has logged in from this address before is *at home* there and held by a count of its own.
  So whoever tries that name from elsewhere, from however many addresses, cannot keep it out here for a
  second: a hotel must not lose its desk because somebody at the far end of the world types its names.
  Nor can a colleague who mistypes at the same screen, nor all browsers behind one proxy: the count of the
  address is not asked about names that are at home in it. They are few, and each has its own.
* The same name from anywhere else is one count for all these addresses together: guessing from a
  thousand addresses is no faster than from one. Who sits at a new screen just then waits with the guesser,
  15 minutes at most, and may log in at his usual one.
* An address that is nobody's home is held as well, over all names: one password for many names is caught.
  An address of IPv6 counts as its network of 64 bits: everybody has a whole one.

Every try is counted when it begins, or a hundred at once would all be free, and the right one takes its
own back. One try is forgiven every ten minutes, so that patience gives six guesses an hour, no more.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from hotelbridge.clock import Clock
from hotelbridge.errors import Refusal
from hotelbridge.texts import phrase

FREE, FREE_OF_ADDRESS = 5, 20  # tries without a wait; behind an address sit many people
FORGIVEN_EVERY = 600.0  # seconds
FIRST_WAIT, LONGEST_WAIT = 30.0, 900.0
MOST = 10_000  # counts kept; beyond it the one that was touched longest ago goes
LONGEST_KEY = 100  # characters of what a stranger sent


def address_of(origin: str) -> str:
    """An address as it may be kept: nothing of it but what can be seen."""
    return "".join(sign for sign in origin[:LONGEST_KEY] if sign.isascii() and sign.isprintable())


def place_of(origin: str) -> str:
    """What of an address tells one household from another: all of IPv4, the network of IPv6."""
    known = address_of(origin)
    try:
        address = ip_address(known.partition("%")[0])
    except ValueError:
        return known
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((int(address), 64), strict=False))
    return str(address)


@dataclass(slots=True)
class _Count:
    tries: float = 0.0  # with what was forgiven taken off
    at: float = 0.0  # monotonic, when that was reckoned
    until: float = 0.0  # monotonic: no try before


class Counts:
    """Tries by key, of which so many are free."""

    def __init__(self, clock: Clock, free: int, most: int = MOST) -> None:
        self._clock = clock
        self._free = free
        self._most = most
        self._kept: OrderedDict[Hashable, _Count] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def wait(self, key: Hashable) -> float:
        """Seconds until the next try; 0 where it may be now."""
        count = self._kept.get(key)
        return max(0.0, count.until - self._clock.monotonic()) if count else 0.0

    def add(self, key: Hashable) -> None:
        """One more try; those beyond the free ones make the next one wait, longer each time."""
        count, now = self._of(key), self._clock.monotonic()
        count.tries += 1
        beyond = round(count.tries) - self._free  # what was forgiven in its own wait still counts
        if beyond >= 0:
            count.until = now + min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(beyond, 10))

    def take_back(self, key: Hashable) -> None:
        """The last try was none."""
        count = self._of(key)
        count.tries = max(0.0, count.tries - 1)
        if count.tries < self._free:
            count.until = 0.0

    def clear(self, key: Hashable) -> None:
        """All is forgiven."""
        self._kept.pop(key, None)

    def _of(self, key: Hashable) -> _Count:
        now = self._clock.monotonic()
        count = self._kept.setdefault(key, _Count(at=now))
        count.tries = max(0.0, count.tries - (now - count.at) / FORGIVEN_EVERY)
        count.at = now
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return count


class LoginTries:
    """Who may try now."""

    def __init__(self, clock: Clock) -> None:
        self._by_name = Counts(clock, FREE)
        self._by_place = Counts(clock, FREE_OF_ADDRESS)

    def begin(self, name: str, place: str, *, at_home: bool) -> None:
        """Count a try; refuses `too_many_tries` (429), also the right password, while there is a wait."""
        counts = self._against(name, place, at_home)
        wait = max(counts_of.wait(key) for counts_of, key in counts)
        if wait > 0:
            raise too_many(math.ceil(wait))
        for counts_of, key in counts:
            counts_of.add(key)

    def right(self, name: str, place: str, *, at_home: bool) -> None:
        """The try was right: it is taken back; at home all before it too.

        Elsewhere only it: or whoever has one account could guess on and on and log in between.
        """
        if at_home:
            self._by_name.clear((name[:LONGEST_KEY], place))
        else:
            self.undone(name, place, at_home=False)

    def undone(self, name: str, place: str, *, at_home: bool) -> None:
        """The try told nothing: it could not be looked up."""
        for counts_of, key in self._against(name, place, at_home):
            counts_of.take_back(key)

    def _against(self, name: str, place: str, at_home: bool) -> tuple[tuple[Counts, Hashable], ...]:
        name = name[:LONGEST_KEY]
        if at_home:
            return ((self._by_name, (name, place)),)
        return ((self._by_name, name), (self._by_place, place))


def too_many(seconds: int) -> Refusal:
    """The refusal that names the wait."""
    sentence = phrase(f"Too many tries; try again in {seconds} seconds.")
    return Refusal("too_many_tries", sentence, status=429, retry_after=seconds)
