"""Rules that are read from a plugin itself: its record, its settings, its source, its peer."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from hotelbridge.pms.api import API_VERSION, Capability, Plugin
from hotelbridge.testing.contract.bench import Bench
from hotelbridge.testing.contract.peer import VERBS, Answer, Peer

MAY_KNOW = (
    "hotelbridge.pms.api", "hotelbridge.core.records", "hotelbridge.errors", "hotelbridge.clock",
    "hotelbridge.texts",
)  # fmt: skip
A_PROGRAM = "simulator"  # modules of this name begin a process: theirs are a reactor and our test's tools
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "sleep"}
OWNERS = ("datetime", "datetime.datetime", "date", "datetime.date", "time")
OF_CAPABILITIES = {
    Capability.CHARGES: ("answers_posting", "postings"),
    Capability.WAKEUPS_IN: ("asks_for_wakeup",),
    Capability.WAKEUP_RESULTS: ("wakeup_results",),
    Capability.RESYNC: ("lists_the_house", "resyncs_asked_for"),
}


class Rules:
    """What is seen without starting anything."""

    plugin: Plugin

    def test_the_entry_point_gives_this_plugin(self) -> None:
        points = [one for one in entry_points(group="hotelbridge.pms") if one.name == self.plugin.name]
        assert points, f"no installed package has an entry point {self.plugin.name} in hotelbridge.pms"
        assert points[0].load() is self.plugin
        assert self.plugin.api == API_VERSION

    # --- settings ---

    def test_settings_refuse_an_unknown_key(self, bench: Bench) -> None:
        table: dict[str, Any] = {**self.table(bench), "no_such_key": 1}
        with pytest.raises(ValidationError, match="no_such_key"):
            self.plugin.settings.model_validate(table, by_name=False)

    def table(self, bench: Bench) -> dict[str, Any]:
        """The plugin's table, as in the file."""
        raise NotImplementedError

    def test_every_table_of_the_settings_refuses_unknown_keys_and_changes(self) -> None:
        for model in models(self.plugin.settings):
            assert model.model_config.get("extra") == "forbid", f"{model.__name__} takes any key"
            assert model.model_config.get("frozen"), f"{model.__name__} can be changed"

    def test_settings_show_no_secret(self, bench: Bench) -> None:
        """A password belongs into a `SecretStr`: settings are shown in logs and in tracebacks."""
        for model in models(self.plugin.settings):
            for name, field in model.model_fields.items():
                if any(word in name for word in ("password", "secret", "key_text", "auth_key")):
                    if not name.endswith("_file"):
                        assert "Secret" in str(field.annotation), f"{model.__name__}.{name} is shown as it is"

    # --- the peer ---

    def test_the_peer_can_do_all_that_the_protocol_knows(self, bench: Bench) -> None:
        peer, known = type(bench.peer), {*VERBS, *(str(answer) for answer in Answer)}
        assert set(peer.lacks) <= known, f"no verb and no answer: {set(peer.lacks) - known}"
        assert all(peer.lacks.values()), "why the protocol does not know it"
        missing = [name for name in wanted(peer) if getattr(peer, name) is getattr(Peer, name)]
        assert not missing, f"neither done by the peer nor in its `lacks`: {', '.join(missing)}"

    def test_what_the_plugin_claims_can_be_played(self, bench: Bench) -> None:
        for capability in self.plugin.capabilities:
            lacking = set(OF_CAPABILITIES.get(capability, ())) & set(bench.peer.lacks)
            assert not lacking, f"{capability} is claimed, and the peer lacks {', '.join(sorted(lacking))}"

    # --- the source ---

    def test_it_knows_only_the_contract(self) -> None:
        """No reactor, no clock of its own, nothing of the house beyond what is promised to plugins."""
        wrong = [breach for path, tree in modules(self.plugin) for breach in breaches(path, tree)]
        assert not wrong, "\n".join(wrong)


def wanted(peer: type[Peer]) -> list[str]:
    """The verbs that a peer must have."""
    rest = [] if peer.acknowledges else ["acknowledged"]
    return [verb for verb in VERBS if verb not in peer.lacks and verb not in rest]


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A table of the settings, and all that stand in it."""
    yield model
    for field in model.model_fields.values():
        for inner in _inside(field.annotation):
            yield from models(inner)


def _inside(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _inside(inner)


def modules(plugin: Plugin) -> Iterator[tuple[Path, ast.Module]]:
    """The source of the package that a plugin's `connect` comes from."""
    name = plugin.connect.__module__.partition(".")[0]
    file = Path(sys.modules[name].__file__ or "")
    for path in sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]:
        yield path, ast.parse(path.read_text("utf-8"))


def breaches(path: Path, tree: ast.Module) -> Iterator[str]:
    """What a module knows that it must not, with its line."""
    program = path.stem.startswith(A_PROGRAM)
    late = {id(inner) for node in ast.walk(tree) if _is_function(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        for name in _imported(node):
            if _is_forbidden(name, program=program, late=id(node) in late):
                yield f"{path.name}:{getattr(node, 'lineno', 0)} imports {name}"
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS and not program:
            if ast.unparse(node.value) in OWNERS:
                yield f"{path.name}:{node.lineno} {ast.unparse(node)}: the context has the clock"


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def _is_forbidden(name: str, *, program: bool, late: bool) -> bool:
    if name in ("twisted.internet.reactor", "twisted.internet.task.react"):
        return not (program and late)
    if name.partition(".")[0] != "hotelbridge":
        return name.startswith(("time.time", "time.monotonic", "time.sleep")) and not program
    allowed = (*MAY_KNOW, "hotelbridge.testing") if program else MAY_KNOW
    return not any(name == one or name.startswith(one + ".") for one in allowed)
