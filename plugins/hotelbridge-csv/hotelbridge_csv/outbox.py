"""What the PMS is given: one file each, numbered without a gap, and none of them twice.

First an empty `.part` stands in the folder, then the number of the file is kept, then the file is written
and renamed. So whatever dies in between, asking again finds the same name; a `.part` that is still there
was certainly never given out, and where neither is there the PMS may have taken it already: that is said,
and nothing is written again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum

from hotelbridge.errors import NotOwner, StoreUnavailable
from hotelbridge.pms.api import Unavailable, Unknown
from hotelbridge.texts import phrase
from hotelbridge_csv.disk import Disk
from hotelbridge_csv.folder import Folder

Keep = Callable[[Mapping[str, str | None]], Awaitable[None]]
REMEMBERED = 1000  # files whose keys are known; who asks again asks for one of the last


class How(StrEnum):
    """What became of a file."""

    BEGUN = "begun"  # there is a `.part`, or it was given out: the process may have died
    UNWRITTEN = "unwritten"  # certainly
    WRITTEN = "written"


class Outbox:
    """The files of one kind: `charge-00000017.csv`."""

    def __init__(self, kind: str, folder: Folder, disk: Disk, keep: Keep) -> None:
        self._kind, self._folder, self._disk, self._keep = kind, folder, disk, keep
        self._last = 0
        self._known: dict[int, tuple[int, How]] = {}

    def resume(self, state: Mapping[str, str]) -> None:
        """Take up what was kept."""
        self._last = int(state.get(f"{self._kind}.last", "0"))
        for key, value in state.items():
            kind, _, number = key.partition(".")
            if kind == self._kind and number.isdecimal():
                sequence, _, how = value.partition(" ")
                self._known[int(number)] = (int(sequence), How(how))

    async def put(self, key: int, body: Callable[[int], bytes]) -> str:
        """Give out what has this key, `body` of its sequence number; the file's name.

        Raises `Unavailable` where certainly nothing was given out, `Unknown` where that is not certain.
        """
        sequence, how = self._known.get(key, (0, None))
        if how is How.WRITTEN:
            return self._name(sequence)
        if how is How.BEGUN and await self._is_out_already(key, sequence):
            return self._name(sequence)
        if how is not How.BEGUN:
            sequence = await self._begin(key, sequence)
        return await self._write(key, sequence, body(sequence))

    async def _is_out_already(self, key: int, sequence: int) -> bool:
        """Of one that was begun: given out, or certainly not."""
        name = self._name(sequence)
        try:
            if await self._disk.do(self._folder.is_out, name):
                await self._note(key, sequence, How.WRITTEN)
                return True
            if await self._disk.do(self._folder.is_begun, name):
                return False
        except OSError as error:
            raise Unavailable(f"the folder cannot be read: {error.strerror}") from error
        words = phrase(f"{name} was begun and is not there: it was taken already, or never written")
        raise Unknown(words)

    async def _begin(self, key: int, sequence: int) -> int:
        """The number of a file, kept before the file is begun."""
        changes: dict[str, str | None] = {}
        try:
            if not sequence:
                sequence = self._last + 1
                while await self._disk.do(self._folder.is_out, self._name(sequence)):
                    sequence += 1  # of a time that the house does not remember
                changes = {f"{self._kind}.last": str(sequence), **self._forgotten(sequence)}
            await self._disk.do(self._folder.intend, self._name(sequence))
            changes[f"{self._kind}.{key}"] = f"{sequence} {How.BEGUN}"
            await self._keep(changes)
        except (StoreUnavailable, NotOwner) as error:
            raise Unavailable(f"its number cannot be kept: {error}") from error
        except OSError as error:
            raise Unavailable(f"the folder cannot be used: {error.strerror}") from error
        self._last = max(self._last, sequence)
        self._known[key] = (sequence, How.BEGUN)
        return sequence

    def _forgotten(self, sequence: int) -> dict[str, str | None]:
        """Keys so old that nobody asks for them again."""
        old = [key for key, (one, how) in self._known.items() if one <= sequence - REMEMBERED and how]
        for key in old:
            del self._known[key]
        return {f"{self._kind}.{key}": None for key in old}

    async def _write(self, key: int, sequence: int, body: bytes) -> str:
        name = self._name(sequence)
        try:
            await self._disk.do(self._folder.give_out, name, body)
        except OSError as error:
            if not await self._is_out_after_all(name, error):
                await self._note(key, sequence, How.UNWRITTEN)
                raise Unavailable(f"{name} cannot be written: {error.strerror}") from error
        await self._note(key, sequence, How.WRITTEN)
        return name

    async def _is_out_after_all(self, name: str, error: OSError) -> bool:
        try:
            return await self._disk.do(self._folder.is_out, name)
        except OSError:
            what = phrase(f"{name} may have been written: {error.strerror}, and the folder cannot be read")
            raise Unknown(what) from error

    async def _note(self, key: int, sequence: int, how: How) -> None:
        """Where it cannot be kept, `begun` stands, and the file itself is asked."""
        self._known[key] = (sequence, how)
        try:
            await self._keep({f"{self._kind}.{key}": f"{sequence} {how}"})
        except (StoreUnavailable, NotOwner):
            pass

    def _name(self, sequence: int) -> str:
        return f"{self._kind}-{sequence:08d}.csv"
