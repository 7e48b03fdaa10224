"""What a browser test that fails leaves behind, and what fails it."""

from __future__ import annotations

from pathlib import Path

from tests.browser.planted import played


def test_a_failing_test_leaves_picture_and_console_and_a_complaint_of_the_page_fails_it(
    tmp_path: Path,
) -> None:
    said = played(tmp_path, "-n0")
    assert "1 failed, 4 passed, 2 errors" in said and "exit code 1" in said, said
    assert "on the page's console:\non purpose" in said and "uncaught: TypeError" in said, said
    left = {path.name.removeprefix("test_planted-py-"): path for path in (tmp_path / "left").iterdir()}
    assert set(left) == {
        f"{name}-{kind}"
        for name in ("test_fails", "test_complains", "test_throws")
        for kind in ("page-1.png", "console.txt")
    }
    assert left["test_fails-console.txt"].read_text() == "log: was here\n"
    assert left["test_fails-page-1.png"].read_bytes().startswith(b"\x89PNG")
