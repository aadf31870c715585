"""A text and its difference from an earlier one: there and back, small, and bounded."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.line_delta import DeltaError, decode, encode

LINES = st.lists(st.text(alphabet='ab,"}{\r\u2028', max_size=4), max_size=40).map("\n".join)


@given(LINES, LINES)
def test_decoding_gives_the_text_again(base: str, text: str) -> None:
    assert decode(base, encode(base, text), 10_000) == text


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=30), st.text(max_size=5))
def test_one_line_json_comes_back_too(value: dict[str, str], more: str) -> None:
    base, text = json.dumps(value), json.dumps({**value, more: more})
    assert decode(base, encode(base, text), 10_000) == text


def test_few_changes_make_a_small_delta() -> None:
    base = [f'{{"id":{n},"title":"Kelas nomor {n}"}}' for n in range(1000)]
    text = [line for line in base if '"id":7,' not in line]
    text[500] = '{"id":1500}'
    text.append('{"id":2000}')
    delta = encode("\n".join(base), "\n".join(text))
    assert len(delta.splitlines()) == 6
    assert decode("\n".join(base), delta, 10**6) == "\n".join(text)


@pytest.mark.parametrize(
    ("delta", "why"),
    [
        ("", "no delta"),
        ("[0,1]\n", "no delta"),
        ('{"join":""}\n[5,9]\n', "does not have"),
        ('{"join":""}\n[-1,1]\n', "does not have"),
        ('{"join":""}\n[0,0]\n', "does not have"),
        ('{"join":""}\n7\n', "neither"),
        ('{"join":""}\n' + "[0,2]\n" * 50, "more than 100"),
        ('{"join":""}\nnot json\n', "no delta"),
    ],
)
def test_what_does_not_fit_is_refused(delta: str, why: str) -> None:
    with pytest.raises(DeltaError, match=why):
        decode('{"a":1,"b":2}', delta, 100)
