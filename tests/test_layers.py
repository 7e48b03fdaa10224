"""The import rules of the house, read from the source: which room knows which, and how large one gets."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import hotelbridge
from hotelbridge.testing.contract.rules import breaches

PACKAGE = Path(hotelbridge.__file__).parent

LONGEST_FILE, LONGEST_FUNCTION = 450, 60  # lines; of a function without its docstring

EVERYWHERE = frozenset({"errors", "clock", "texts"})  # but not in core
RULES: dict[str, frozenset[str]] = {
    "core": frozenset({"core", "texts"}),
    "om": frozenset({"om", "core.records"}) | EVERYWHERE,
    "pms": frozenset({"pms", "core.records", "core.guests", "core.results", "core.personal"})
    | frozenset({"settings", "settings_base", "settings_load", "settings_words", "plugged"})
    | EVERYWHERE,
    "store": frozenset({"store", "core.records", "core.signals", "core.punctuality", "core.timeline"})
    | frozenset({"core.guests", "core.calls", "core.charges", "core.emergency"})
    | frozenset({"core.counting", "core.reconciling"})
    | frozenset({"metrics", "settings"})
    | EVERYWHERE,
    "services": frozenset({"services", "core", "store", "om", "metrics", "settings", "settings_alarms"})
    | frozenset({"settings_phones", "settings_charges", "pms.api", "instances"})
    | EVERYWHERE,
    "web": frozenset({"web", "services.desk", "services.views", "services.reportviews"})
    | frozenset({"services.orderviews", "services.roomviews", "services.roomwindow"})
    | frozenset({"services.chargeviews", "services.chargewindow", "core.charges"})
    | frozenset({"services.callreportviews", "services.reportwindow", "services.userwindow"})
    | frozenset({"services.handoverwindow"})
    | frozenset({"core.records", "core.guests", "core.names", "metrics", "plugged", "__version__"})
    | frozenset(
        {
            "core.deskline",
            "core.desksentences",
            "core.deskdialect",
            "core.desktyping",
            "core.nights",
            "core.readback",
            "core.localtime",
            "core.sheets",
        }
    )
    | EVERYWHERE,
    "testing": frozenset({"testing", "om", "core", "pms.api"}) | EVERYWHERE,
    "demo": frozenset({"demo", "testing", "core", "settings", "settings_load"}) | EVERYWHERE,
    # What every room stands on knows no room.
    "errors": frozenset(),
    "texts": frozenset(),
    "clock": frozenset(),
    "notify": frozenset(),
    "plugged": frozenset(),
    "instances": frozenset(),
    "logs": frozenset(),
    "metrics": frozenset({"core.records"}),
    "settings_base": frozenset(),
    "settings_alarms": frozenset({"settings_base"}),
    "settings_phones": frozenset({"settings_base"}),
    "settings_charges": frozenset({"settings_base"}),
    "settings": frozenset({"core.numbers", "errors", "settings_alarms", "settings_base", "settings_charges"})
    | frozenset({"settings_phones"}),
    "settings_lines": frozenset(),
    "settings_reach": frozenset({"errors", "settings", "settings_alarms"}),
    "settings_words": frozenset({"settings_lines"}),
    "settings_checks": frozenset({"errors", "settings", "settings_reach", "settings_words"}),
    "settings_load": frozenset({"errors", "settings", "settings_checks", "settings_lines", "settings_words"}),
}
# What stands for itself: nobody but the command line and the composition root builds on these.
MAY_IMPORT = {
    "app": ("app", "commands"),
    "app_doors": ("app",),
    "app_property": ("app",),
    "cli": ("cli", "__main__"),
    "commands": ("commands", "cli"),
    "demo": ("demo", "commands"),
}
# Foreign packages that have one door each.
DOORS = {
    "sqlalchemy": ("store",),
    "sqlmodel": ("store",),
    "alembic": ("store",),
    "sqlite3": ("store", "demo.books"),  # the story reads from outside, without the code it holds to account
    "psycopg": ("store",),
    "apscheduler": ("services.schedule",),
    "argon2": ("services.passwords",),
    "lxml": ("om", "testing"),
    "jinja2": ("web.console.rendering",),
    "pytest": ("testing.contract",),
    "click": ("cli", "commands"),
    "pydantic": (
        "settings",
        "settings_alarms",
        "settings_base",
        "settings_charges",
        "settings_load",
        "settings_words",
        "web",
        "testing.contract",
        "settings_phones",
    ),
}
CLOCKS = {"now", "utcnow", "today", "time", "time_ns"}  # of datetime, date and time
TAKEN = {"time.time", "time.time_ns", "time.monotonic", "time.sleep"}
MAY_READ_CLOCKS = ("clock", "app")
# The reactor comes in where a process begins.
MAY_IMPORT_REACTOR = ("app", "demo", "commands")


@dataclass(frozen=True)
class Module:
    """One file of the package."""

    name: str  # without "hotelbridge.": "om.codec"
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and full dotted name of everything it imports, wherever in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{self._source(node)}.{alias.name}") for alias in node.names)

    def _source(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = ["hotelbridge", *self.name.split(".")][: -node.level]
        return ".".join([*package, node.module or ""]).strip(".")

    def ours(self) -> Iterator[tuple[int, str]]:
        """What it imports of this package, without "hotelbridge."."""
        for line, name in self.imports():
            package, _, rest = name.partition(".")
            if package == "hotelbridge" and rest:
                yield line, rest


def module(name: str, text: str) -> Module:
    return Module(name, text, ast.parse(text))


def read(path: Path) -> Module:
    name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
    return module(name, path.read_text("utf-8"))


MODULES = [read(path) for path in sorted(PACKAGE.rglob("*.py"))]


def is_in(name: str, places: frozenset[str] | tuple[str, ...]) -> bool:
    """Whether a dotted name is one of the places or inside one."""
    return any(name == place or name.startswith(place + ".") for place in places)


# --- each of these gives the breaches of one rule, as "where what" ---


def rooms_that_know_too_much(one: Module) -> Iterator[str]:
    if one.room in RULES:
        yield from (
            f"{one.name}:{line} imports {name}"
            for line, name in one.ours()
            if not is_in(name, RULES[one.room])
        )


def core_beyond_the_standard_library(one: Module) -> Iterator[str]:
    known = {*sys.stdlib_module_names, "hotelbridge", "phonenumbers"}  # the last is pure data
    if one.room == "core":
        yield from (
            f"{one.name}:{line} imports {name}"
            for line, name in one.imports()
            if name.partition(".")[0] not in known
        )


def building_on_a_program(one: Module) -> Iterator[str]:
    for alone, allowed in MAY_IMPORT.items():
        if one.room not in allowed:
            yield from (
                f"{one.name}:{line} imports {name}" for line, name in one.ours() if is_in(name, (alone,))
            )


def foreign_packages_by_the_window(one: Module) -> Iterator[str]:
    for line, name in one.imports():
        package = name.partition(".")[0]
        if package in DOORS and not is_in(one.name, DOORS[package]):
            yield f"{one.name}:{line} imports {name}"


def the_reactor_in_the_middle(one: Module) -> Iterator[str]:
    if not is_in(one.name, MAY_IMPORT_REACTOR):
        yield from (
            f"{one.name}:{line} imports {name}"
            for line, name in one.imports()
            if name in ("twisted.internet.reactor", "twisted.internet.task.react")
        )


def the_reactor_before_it_is_asked_for(one: Module) -> Iterator[str]:
    for node in one.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "twisted.internet":
            if any(alias.name == "reactor" for alias in node.names):
                yield f"{one.name}:{node.lineno}"


def other_clocks(one: Module) -> Iterator[str]:
    if is_in(one.name, MAY_READ_CLOCKS):
        return
    yield from (f"{one.name}:{line} imports {name}" for line, name in one.imports() if name in TAKEN)
    owners = ("datetime", "datetime.datetime", "date", "datetime.date", "time")
    for node in ast.walk(one.tree):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS and ast.unparse(node.value) in owners:
            yield f"{one.name}:{node.lineno} {ast.unparse(node)}"


def files_too_long(one: Module) -> Iterator[str]:
    lines = len(one.text.splitlines())
    if lines > LONGEST_FILE:
        yield f"{one.name} has {lines} lines"


def functions_too_long(one: Module) -> Iterator[str]:
    for node in ast.walk(one.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = length(node)
            if lines > LONGEST_FUNCTION:
                yield f"{one.name}:{node.lineno} {node.name} has {lines} lines"


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Its lines, without its docstring."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and ast.get_docstring(function) is not None
    return span(function) - (span(first) if documented else 0)


def span(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


Rule = Callable[[Module], Iterator[str]]
HOUSE_RULES: Sequence[Rule] = (
    rooms_that_know_too_much,
    core_beyond_the_standard_library,
    building_on_a_program,
    foreign_packages_by_the_window,
    the_reactor_in_the_middle,
    the_reactor_before_it_is_asked_for,
    other_clocks,
    files_too_long,
    functions_too_long,
)
PLANTED: Sequence[tuple[Rule, str, str]] = (
    (rooms_that_know_too_much, "store.wakeups", "from hotelbridge.services import ladder"),
    (rooms_that_know_too_much, "web.api", "def late():\n    from hotelbridge.store import tables"),
    (rooms_that_know_too_much, "core.retry", "from ..errors import Refusal"),
    (core_beyond_the_standard_library, "core.retry", "import twisted.logger"),
    (building_on_a_program, "services.ladder", "from hotelbridge.app import Daemon"),
    (building_on_a_program, "app", "import hotelbridge.demo.hotel"),
    (foreign_packages_by_the_window, "services.inbox", "from sqlalchemy import select"),
    (foreign_packages_by_the_window, "services.wakeups", "import apscheduler"),
    (the_reactor_in_the_middle, "om.client", "def late():\n    from twisted.internet import reactor"),
    (the_reactor_before_it_is_asked_for, "app", "from twisted.internet import reactor"),
    (other_clocks, "om.client", "from datetime import datetime\nnow = datetime.now()"),
    (other_clocks, "om.client", "from time import time"),
    (files_too_long, "om.codec", "\n" * (LONGEST_FILE + 1)),
    (functions_too_long, "om.codec", "def long():\n" + "    print()\n" * LONGEST_FUNCTION),
)


def test_the_rules_are_about_rooms_that_exist() -> None:
    assert {one.room for one in MODULES} >= set(RULES)


@pytest.mark.parametrize("rule", HOUSE_RULES, ids=lambda rule: rule.__name__)
def test_the_house_has_no(rule: Rule) -> None:
    wrong = [breach for one in MODULES for breach in rule(one)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("rule", "name", "text"), PLANTED)
def test_a_planted_breach_is_found(rule: Rule, name: str, text: str) -> None:
    assert list(rule(module(name, text)))


def test_every_rule_was_tried_with_a_planted_breach() -> None:
    assert {rule for rule, _, _ in PLANTED} == set(HOUSE_RULES)


def test_a_docstring_does_not_count_as_length() -> None:
    words = '    """One.\n' + "\n" * LONGEST_FUNCTION + '    """\n'
    assert not list(functions_too_long(module("om.codec", f"def short():\n{words}    return None\n")))


# --- the plugins of this repository ---

OF_PLUGINS = sorted((PACKAGE.parent / "plugins").glob("*/hotelbridge_*/**/*.py"))


def test_a_plugin_knows_the_contract_and_nothing_else_of_the_house() -> None:
    wrong = [breach for path in OF_PLUGINS for breach in breaches(path, ast.parse(path.read_text("utf-8")))]
    assert OF_PLUGINS and not wrong, "\n".join(wrong)


@pytest.mark.parametrize("rule", [files_too_long, functions_too_long], ids=lambda rule: rule.__name__)
def test_a_plugin_has_no(rule: Rule) -> None:
    read_from = [(path.stem, path.read_text("utf-8")) for path in OF_PLUGINS]
    wrong = [breach for name, text in read_from for breach in rule(module(name, text))]
    assert not wrong, "\n".join(wrong)
