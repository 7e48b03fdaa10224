"""What is personal in a sentence can be taken out of it, whatever a guest is called."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.personal import HIDDEN, mask, personal


def test_a_masked_sentence_says_what_happened_and_not_to_whom() -> None:
    words = f"{personal('Müller, Hans')} moved from 212 to 305, beside {personal('Li Wei')}"
    assert mask(words) == f"{HIDDEN} moved from 212 to 305, beside {HIDDEN}"
    assert mask("212 is vacant") == "212 is vacant"


@given(st.text(), st.text(alphabet=st.characters(exclude_characters="“”")))
def test_no_name_can_end_its_mark_and_show_the_rest_of_itself(name: str, after: str) -> None:
    assert mask(f"in 212: {personal(name)}{after}") == f"in 212: {HIDDEN}{after}"


def test_marks_that_somebody_else_has_set_hide_too_much_rather_than_too_little() -> None:
    assert mask("“Bob “the Boss” Miller” came") == f"{HIDDEN} came"
    assert mask("212: “cut off in the mid") == f"212: {HIDDEN}"


@given(st.text())
def test_masking_twice_is_masking_once(words: str) -> None:
    assert mask(mask(words)) == mask(words)
