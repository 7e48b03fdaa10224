"""The proof that we hold the site's key, against the vector that the interface's makers printed."""

from __future__ import annotations

import pytest
from hotelbridge_fias.key import proof, read_key, shown_by

KEY = "FidCrypt0S|GVDpVnl6qYlTQXQJZxXdbw=="
PRINTED = "FidCryptAB;3k57hsoHm04fGEyaA3+UVw==oNTebC0J36LY8GV9azyhzw=="


def test_the_printed_proof_shows_the_time_of_the_printed_link_start() -> None:
    assert shown_by(read_key(KEY), PRINTED) == "170831102201"


def test_with_the_printed_iv_we_make_the_printed_proof() -> None:
    import base64

    iv = base64.b64decode("3k57hsoHm04fGEyaA3+UVw==")
    assert proof(read_key(KEY), "170831102201", iv) == PRINTED


def test_a_key_may_be_written_without_its_prefix_and_with_blanks_around_it() -> None:
    assert read_key(" GVDpVnl6qYlTQXQJZxXdbw==\n") == read_key(KEY)


def test_a_proof_of_another_key_shows_nothing() -> None:
    assert shown_by(bytes(16), PRINTED) != "170831102201"


@pytest.mark.parametrize("nonsense", ["", "FidCryptAB;", "FidCryptAB;%%%", "FidCryptAB;AAAA", "x" * 80])
def test_what_is_no_proof_shows_nothing(nonsense: str) -> None:
    assert shown_by(read_key(KEY), nonsense) == ""


@pytest.mark.parametrize("wrong", ["", "FidCrypt0S|", "secret", "FidCrypt0S|AAAA", "GVDpVnl6qYlTQXQJZxXdbw"])
def test_a_key_that_is_none_is_answered_with_where_to_find_it(wrong: str) -> None:
    with pytest.raises(ValueError, match="begins with FidCrypt0S|"):
        read_key(wrong)
