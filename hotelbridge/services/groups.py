"""The groups of an exchange: looked at, and set anew where they are not as configured.

A restart empties them. A group keeps the members it had when others are assigned (chapter 2.1.2,
"Assign group"), so one that differs is emptied first. One that is as it should be is left alone:
callers may be waiting in it.
"""

from __future__ import annotations

from hotelbridge.errors import Nonsense
from hotelbridge.om import messages as om
from hotelbridge.om.client import OmClient
from hotelbridge.settings_phones import GroupSettings
from hotelbridge.texts import phrase


async def keep_group(client: OmClient, device: str, group: GroupSettings) -> str:
    """See to it that a group is as configured; what is wrong with it then, in words, or nothing.

    Raises DeviceError where the device does not answer; it is to be tried again then.
    """
    number = str(group.id)
    try:
        if not _differs(group, await client.send(om.QueryGroup(number)), with_rule=True):
            return ""
        await client.send(om.AssignGroup(number))
        filled = om.AssignGroup(number, group.voicefile or None, group.distribution or None, group.members)
        wrong = _differs(group, await client.send(filled), with_rule=False)
    except Nonsense as error:
        wrong = str(error)
    if not wrong:
        return ""
    return phrase(
        f"Group {number} of {device} could not be set ({wrong}): calls to it may reach nobody. "
        "Are all its members phones of this exchange?"
    )


def _differs(group: GroupSettings, reply: om.Reply, *, with_rule: bool) -> str:
    """What is different between the group wanted and an answer. Only a Query's shows how it distributes."""
    if not isinstance(reply, om.GroupStatus):
        return phrase("the device did not answer with the group")
    if sorted(reply.exts) != sorted(group.members):
        members = ", ".join(reply.exts) or phrase("none")
        return phrase(f"its members are {members}")
    if (reply.voicefile or "") != group.voicefile:
        file = reply.voicefile or phrase("none")
        return phrase(f"its voice file is {file}")
    if with_rule and group.distribution and reply.distribution not in (group.distribution, None):
        return phrase(f"its distribution is {reply.distribution}")
    return ""
