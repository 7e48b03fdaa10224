"""Which kind of line the settings ask for."""

from __future__ import annotations

from hotelbridge.pms.api import Context
from hotelbridge_fias.lines import Dialler, Owner, Porter, Source
from hotelbridge_fias.serial_lines import SerialPorts
from hotelbridge_fias.settings import FiasSettings, Role


def source_of_lines(context: Context, settings: FiasSettings, owner: Owner) -> Source:
    """Over a serial port it makes no difference who dialled."""
    if settings.serial:
        return SerialPorts(context, settings, owner)
    if settings.role is Role.SERVER:
        return Porter(context, settings, owner)
    return Dialler(context, settings, owner)
