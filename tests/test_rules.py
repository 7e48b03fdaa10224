"""Every rule of the trade that the ladder keeps has a test that names it in its docstring."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
RULES = "B1 B2 B3 B4 B5 B6 B7 M1 M2 A5 R1 R2 R3 R4 R5 R6 R7 R8 A1 A2 A3 A4 A6 K1 K2".split()


def told() -> set[str]:
    """The rules named at the beginning of a test's docstring: "R4: ..." or "B1, R2: ..."."""
    found: set[str] = set()
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                words = re.match(r"[A-Z]\d(, [A-Z]\d)*:", ast.get_docstring(node) or "")
                found |= set(re.findall(r"[A-Z]\d", words[0])) if words else set()
    return found


@pytest.mark.parametrize("rule", RULES)
def test_this_rule_has_a_test(rule: str) -> None:
    assert rule in told()
