"""The simulated exchange against the samples of the manual, the same that the codec is held against.

Every sample command is understood. Every sample reply, event and call record has its like among what
the simulator says in an evening of calls: the same elements with the same attributes. Numbers and
times differ, and what an answer may leave out (chapter 2.1.2) is not missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from hotelbridge.testing.fake_om_faults import CdrShape, CommandFault, EventFault
from hotelbridge.testing.fake_om_scripts import RINGS_FOR_EVER, Answers, Fails

from .om_bench import Bench, request, tree

GOLDEN = Path(__file__).parents[1] / "golden" / "om"
COMMANDS = ("Control", "Transfer", "Notify")
IP, ANALOGUE = "02161204000", "02161208234"

# Undocumented or optional, so one of the two may have it and the other not.
OPTIONAL = {"mac", "recording", "reccodec", "registerip", "display"}
Shape = tuple[Any, ...]


def shape(root: Any) -> Shape:
    """What a document is made of: names, without values."""
    about = (root.get("attribute") or "").strip()
    if root.tag == "Cdr":
        about = f"{root.findtext('Type')}/{root.findtext('Route')}"
    inside = {piece for child in root if isinstance(child.tag, str) for piece in _pieces(child, "")}
    return (root.tag, about, frozenset(inside))


def _pieces(element: Any, path: str) -> Iterator[str]:
    tag = element.tag.lower()
    if tag in OPTIONAL:
        return
    names = sorted(name for name in element.attrib if name.lower() not in OPTIONAL)
    yield f"{path}{tag}[{','.join(names)}]"
    for child in element:
        if isinstance(child.tag, str):
            yield from _pieces(child, f"{path}{tag}/")


def like(golden: Shape, said: set[Shape]) -> bool:
    """Whether the simulator said such a thing: a sample answer shows more parties than one evening has."""
    if golden[0] in ("Status", "DeviceInfo"):
        return bool(golden[2] <= {piece for one in said if one[0] == golden[0] for piece in one[2]})
    return golden in said


def read(path: Path) -> Any:
    """The first root element of a sample; None where it is no XML (faults of the wire)."""
    body = path.read_bytes().split(b"<Auth>")[0]
    try:
        return etree.fromstring(body.strip())
    except etree.XMLSyntaxError:
        return None


# Samples of odd firmwares and of nonsense: here they are faults, with tests of their own.
ODD = ("field", "odd", "bad", "hostile", "unknown", "fault")
SAMPLES = {
    name: path
    for path in sorted(GOLDEN.rglob("*.xml"))
    if not any(word in (name := str(path.relative_to(GOLDEN))) for word in ODD)
}
ROOTS = {name: read(path) for name, path in SAMPLES.items()}
ORDERS = [name for name, root in ROOTS.items() if root is not None and root.tag in COMMANDS]
SAYINGS = [name for name, root in ROOTS.items() if root is not None and root.tag not in COMMANDS]


class Evening:
    """Calls of every kind; keeps the shape of everything that was said."""

    def __init__(self) -> None:
        self.shapes: set[Shape] = set()
        self.bench = self.fresh()

    def fresh(self, **more: Any) -> Bench:
        """A new device with the phones of the manual."""
        self.bench = Bench("200", "201", "208", "212", **more)
        self.bench.om.add_phone("300", "IPPhone 50", api="F")
        self.bench.menu(repeat=1)
        return self.bench

    def say(self, xml: str, root: str = "Transfer", verb: str = "Connect") -> Any:
        """Send a command and keep its reply."""
        body = self.bench.ask(f'<{root} attribute="{verb}">{xml}</{root}>').body
        if body:
            self.shapes.add(shape(tree(body)))
        return tree(body) if body else None

    def done(self, seconds: float = 60) -> None:
        """Let it happen, and keep what was pushed."""
        self.bench.clock.advance(seconds)
        self.shapes |= {shape(tree(body)) for body in self.bench.post.bodies if body.startswith(b"<")}

    def visitor(self, trunk: str = IP) -> str:
        """A caller at the door."""
        self.bench.om.exchange.plant.trunks[trunk].control = "27"
        visitor = self.bench.om.incoming(trunk, "13012345678")
        self.bench.clock.advance(1)
        return f'<visitor id="{visitor}"/>'

    def outer(self, trunk: str = IP) -> str:
        """A menu has called somebody outside."""
        reply = self.say(f'<menu id="1"/><trunk id="{trunk}"/><outer to="13012345678"/>')
        self.bench.clock.advance(10)
        return f'<outer id="{reply.find("outer").get("id")}"/>'


def queries(evening: Evening) -> None:
    for asked in ("<DeviceInfo/>", '<ext id="212"/>', f'<trunk id="{IP}"/>', "<visitor/>", "<outer/>"):
        evening.say(asked, "Control", "Query")
    for asked in ('<group id="1"/>', "<group/>", '<menu id="1"/>', "<menu/>"):
        evening.say(asked, "Control", "Query")


def settings(evening: Evening) -> None:
    names = (
        "staffid",
        "mobile",
        "voicefile",
        "email",
        "Call_Restriction",
        "Call_Pickup",
        "Fwd_Number",
        "Fork",
    )
    values = "".join(f"<{name}>7</{name}>" for name in (*names, "group", "Off_Line_Num"))
    switches = "<No_Disturb>on</No_Disturb><Fwd_Type>2</Fwd_Type><WAKEUP>06:30</WAKEUP><record>on</record>"
    phone = (
        f'<ext lineid="Phone 4"><id>212</id>{values}{switches}<autoAnswer>yes</autoAnswer><api>7</api></ext>'
    )
    group = (
        '<group id="1"><voicefile>w</voicefile><distribution>circular</distribution><ext>200</ext></group>'
    )
    keys = "<infolength>5</infolength><exit>#</exit>"
    menu = f'<menu id="1"><voicefile>w</voicefile><repeat>3</repeat>{keys}</menu>'
    for wanted in (phone, group, menu):
        evening.say(wanted, "Control", "Assign")
    queries(evening)
    evening.bench.om.parameters["349"] = "yes"
    queries(evening)


def calls_by_command(evening: Evening) -> None:
    bench = evening.fresh()
    for phone in ("200", "208"):
        bench.om.script(phone, Answers(2, 10, keys=((1, "5"),)))
    for xml in (
        '<menu id="1"/><ext id="200"/>',
        '<ext id="200"/><ext id="208"/>',
        '<ext id="99"/><ext id="200"/>',
    ):
        evening.say(xml)
        evening.done()
    for trunk in (IP, ANALOGUE):
        evening.say(f'<ext id="208"/><trunk id="{trunk}"/><outer to="13012345678"/>')
        queries(evening)
        evening.done()
        evening.fresh()
    evening.fresh(parameters={"978": "yes"})
    evening.say('<ext id="208"/><ext id="200"/>')
    evening.say('<menu id="1"/><ext id="201"/>')
    evening.say(f'<outer to="13012345678" display="{IP}"/><outer to="02167103750" display="{IP}"/>')
    evening.done()
    evening.say('<outer id="1"/>', "Control", "Clear")
    evening.done()


def calls_from_outside(evening: Evening) -> None:
    for trunk in (IP, ANALOGUE):
        for target in ('<ext id="200"/>', '<menu id="1"/>', '<outer to="13012345678"/>'):
            evening.fresh()
            visitor = evening.visitor(trunk)
            evening.say(visitor + target)
            evening.done(10)
            queries(evening)
            evening.bench.om.exchange.plant.trunks[trunk].control = "37"
            evening.say(visitor, "Control", "Clear")
            evening.done()
    for target in ('<ext id="200"/>', '<outer to="13012345678"/>', '<menu id="1"/>'):
        evening.fresh()
        evening.say(evening.outer() + target)
        evening.done(20)
        queries(evening)
    queues(evening)


def queues(evening: Evening) -> None:
    bench = evening.fresh()
    evening.say('<group id="1"><ext>200</ext></group>', "Control", "Assign")
    bench.om.guest_dials("200", "013", Answers(1, 20))
    bench.om.guest_dials("208", "200", Answers(1, 20))
    for target in ('<ext id="200"/>', '<group id="1"/>', '<group id="1"/>'):
        evening.say(evening.visitor() + target, verb="Queue")
    queries(evening)
    evening.done()
    bench = evening.fresh()
    evening.say(evening.visitor() + '<ext id="200"/>', verb="Queue")
    bench.om.exchange.plant.trunks[IP].control = "17"
    bench.om.incoming(IP, "13012345678")
    evening.done()


def calls_of_guests(evening: Evening) -> None:
    bench = evening.fresh()
    bench.om.guest_dials("200", "013012345678", Answers(1, 5), trunk=IP)
    bench.om.guest_dials("201", "208", Answers(1, 5))
    bench.om.guest_dials("212", "013012345678", Answers(1, 5), trunk=IP)
    bench.clock.advance(4)
    queries(evening)
    evening.done()
    bench.om.guest_dials("300", "013012345678", Answers(1, 50), trunk=IP)
    bench.clock.advance(10)
    bench.om.guest_presses("300", "5")
    evening.done()
    bench.om.incoming(IP, "788", "300", Answers(1, 50))
    bench.clock.advance(10)
    bench.om.guest_presses("300", "7")
    evening.done()
    for target in ("201", "13012345678"):
        bench.om.phone("200").parameters |= {"Fwd_Type": "1", "Fwd_Number": target}
        bench.om.incoming(IP, "13012345678", "200", Answers(1, 4))
        evening.done(8)
        evening.say('<visitor id="1"/>', "Control", "Clear")
        for visitor in [one.caller.party.id for one in bench.om.exchange.calls]:
            evening.say(f'<visitor id="{visitor}"/>', "Control", "Clear")
        evening.done()
    bench.om.phone("200").parameters["Fwd_Number"] = "212"
    bench.om.guest_dials("208", "200")
    evening.done()


def menus_and_keys(evening: Evening) -> None:
    for make in (evening.visitor, evening.outer):
        evening.fresh()
        party = make()
        evening.say(party + '<menu id="1"/>')
        evening.done(2)
        call = evening.bench.om.exchange.calls[0]
        leg = next(one for one in call.legs if one.party.kind in ("visitor", "outer"))
        evening.bench.om.exchange.press(call, leg, "1")
        evening.done()


def failures_and_changes(evening: Evening) -> None:
    bench = evening.fresh()
    bench.om.script("208", Fails(8))
    evening.say('<menu id="1"/><ext id="208"/>')
    bench.om.script("200", RINGS_FOR_EVER)
    evening.say('<menu id="1"/><ext id="200"/>')
    evening.say('<ext id="208"/><ext id="200"/>')
    bench.om.unplug("300")
    bench.om.plug("300")
    bench.om.change_configuration()
    evening.done(1)
    bench.om.reboot(1)
    evening.done()


@pytest.fixture(scope="module")
def said() -> set[Shape]:
    """The shapes of everything the simulator says in the course of an evening."""
    evening = Evening()
    settings(evening)
    calls_by_command(evening)
    calls_from_outside(evening)
    calls_of_guests(evening)
    menus_and_keys(evening)
    failures_and_changes(evening)
    return evening.shapes


@pytest.mark.parametrize("name", ORDERS)
def test_every_command_of_the_manual_is_understood(name: str) -> None:
    bench = Bench("200", "201", "208", "212")
    reply = bench.call(request(SAMPLES[name].read_bytes()))
    assert reply.got.startswith(b"HTTP/1.0 200 OK")
    assert [seen.verb for seen in bench.om.commands] == [ROOTS[name].get("attribute").strip()]


@pytest.mark.parametrize("name", SAYINGS)
def test_every_document_of_the_manual_is_said_like_this(name: str, said: set[Shape]) -> None:
    golden = shape(ROOTS[name])
    near = [one for one in said if one[:2] == golden[:2]]
    assert like(golden, said), f"{golden}\nis none of\n" + "\n".join(map(str, near))


def test_faults_do_not_change_what_is_said_without_them(said: set[Shape]) -> None:
    evening = Evening()
    evening.bench.om.faults.next(EventFault.COMMENTS)
    evening.bench.om.faults.next(CommandFault.SEGMENTS, "Connect")
    evening.bench.om.faults.cdr = CdrShape(recording=True, codec=True)
    evening.say('<menu id="1"/><ext id="200"/>')
    evening.done()
    assert evening.shapes <= said
