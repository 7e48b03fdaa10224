"""CSV that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.services.csvtext import FORMULA, csv_text, defused


@pytest.mark.parametrize("cell", ["=1+1", "+43664", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_would_be_a_formula_is_text(cell: str) -> None:
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize(("cell", "kept"), [("Germany", "Germany"), (-3, -3), ("", ""), (None, "")])
def test_all_else_stays_as_it_is(cell: object, kept: object) -> None:
    assert defused(cell) == kept


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=2, max_size=2)))
def test_a_table_comes_back_cell_by_cell_and_none_is_a_formula(rows: list[list[str]]) -> None:
    text = csv_text(("a", "b"), rows)
    back = list(csv.reader(io.StringIO(text)))
    assert back[0] == ["a", "b"] and len(back) == len(rows) + 1
    for given_row, row in zip(rows, back[1:], strict=True):
        assert [cell.removeprefix("'") for cell in row] == [cell.removeprefix("'") for cell in given_row]
        assert not any(cell.startswith(FORMULA) for cell in row)
