"""How the folder stands, in the layers of a link and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hotelbridge.pms.api import Finding, Layer
from hotelbridge.texts import phrase
from hotelbridge_csv.disk import Disk
from hotelbridge_csv.folder import BARRED, NOT_THERE, Folder
from hotelbridge_csv.settings import CsvSettings

Change = tuple[Mapping[Layer, bool | None], str]


class Standing:
    """What was said of the layers last, so that only a change is said."""

    def __init__(self, now: float, settings: CsvSettings) -> None:
        self._expected = settings.expect_every.total_seconds()
        self._heard = now
        self._said: Change | None = None
        self.connected = False
        self.words = ""

    def heard(self, now: float) -> None:
        """A file came."""
        self._heard = now

    def well(self, now: float) -> Change | None:
        """The folder can be used; is there anybody at its other end?"""
        self.connected = True
        silent = now - self._heard
        if self._expected and silent > self._expected:
            span = f"{silent / 60:.0f} min"
            words = phrase(f"no file came for {span}: look whether the PMS still writes them")
            return self._change({Layer.CONNECTED: True, Layer.ALIVE: False, Layer.FLOWING: False}, words)
        return self._change(dict.fromkeys(Layer, True), phrase("the folder can be read and written"))

    def bad(self, error: OSError) -> Change | None:
        """The folder cannot be used."""
        self.connected = False
        return self._change(dict.fromkeys(Layer, False), in_words(error))

    def _change(self, up: dict[Layer, bool], words: str) -> Change | None:
        change: Change = (dict(up), words)
        self.words = words
        if self._said is not None and self._said[0] == change[0]:
            return None
        self._said = change
        return change


def in_words(error: OSError) -> str:
    """An error of the disk, with what to do."""
    place = error.filename
    what = f"{place} {error.strerror}" if place else f"{error.strerror}"
    if error.strerror == NOT_THERE:
        what = phrase(f"{place} is not there")
    elif error.strerror == BARRED:
        what = phrase(f"{place} cannot be read and written")
    return phrase(f"{what}: is the drive mounted, and may this program read and write there?")


async def probed(folder: Folder, disk: Disk) -> Sequence[Finding]:
    """Layer by layer, for `check --online`; nothing is read, moved or written."""
    try:
        problem = await disk.do(folder.problem)
    except OSError as error:
        problem = in_words(error)
    if problem:
        return [Finding(Layer.CONNECTED, False, problem)]
    waiting, refused = await disk.do(folder.counts)
    found = [Finding(Layer.CONNECTED, True, f"{folder.path} can be read and written")]
    words = "nothing lies in `in`" if not waiting else f"{waiting} files lie in `in`"
    found.append(Finding(Layer.ALIVE, True, words))
    if refused:
        words = f"{refused} files lie in `failed`: read the .reason beside each, correct it, drop it again"
        return [*found, Finding(Layer.FLOWING, False, words)]
    return [*found, Finding(Layer.FLOWING, True, "no file was refused")]
