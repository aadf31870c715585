"""The pressed stream: the browser's half reads back what Python packed, whatever it was."""

from __future__ import annotations

import json
import random
import subprocess
from typing import Any

import pytest

from search_index.press import Press, alphabet_of, spelled
from tests.search_index.support import ENGINE

READ = """
import { pathToFileURL } from "node:url";
const { Unpress } = await import(pathToFileURL(`${process.argv[1]}/press.js`));
const [packed, signs, lengths, columns, counts] = JSON.parse(process.argv[2]);
const press = new Unpress(packed);
const texts = lengths.map((length) => press.text(length, [...signs]));
const read = columns.map(([most, beside, near], number) => [...press.column(most, number, beside, near)]);
console.log(JSON.stringify([texts, read, counts.map((count, number) => press.sizes(count, number))]));
"""


def there_and_back(texts: list[str], columns: list[tuple[Any, ...]], sizes: list[list[int]]) -> Any:
    press, signs = Press(), alphabet_of(texts)
    for text in texts:
        press.text(text, signs)
    for number, (values, most, beside, near) in enumerate(columns):
        press.column(values, most, number, beside, near)
    for number, values in enumerate(sizes):
        press.sizes(values, number)
    asked = [spelled(press.done()), signs, [*map(len, texts)], [c[1:] for c in columns], [*map(len, sizes)]]
    command = ["node", "--input-type=module", "-e", READ, str(ENGINE), json.dumps(asked)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize(
    "text", ["", "a", "Roti ROTI rOtI", "C++ & .NET\n\n\t\0", "é — ÉÀ 🍞 İstanbul \u202e x", "ÅÄ" * 300, "zz" * 500]
)
def test_texts_come_back(text: str) -> None:
    assert there_and_back([text, "lain " + text], [], [])[0] == [text, "lain " + text]


def test_columns_and_numbers_come_back() -> None:
    dice = random.Random(4)
    beside, near = [dice.randrange(50) for _ in range(300)], [dice.randrange(2) for _ in range(300)]
    columns = [([dice.randint(0, most) for _ in beside], most, beside, near) for most in (0, 1, 2, 7, 255, 3000)]
    sizes = [
        [],
        [0],
        [0, 1, 2, 3, 4, 2**47 + 1, 2**48 - 1],
        [dice.getrandbits(dice.randint(1, 48)) for _ in range(200)],
    ]
    _, read, numbers = there_and_back(["x"], columns, sizes)
    assert read == [values for values, *_ in columns]
    assert numbers == sizes


def test_what_repeats_costs_little() -> None:
    press = Press()
    press.text("belajar membuat roti " * 100, alphabet_of(["belajar membuat roti "]))
    assert len(press.done()) < 120
    other = Press()
    letters = "".join(random.Random(1).choices("abcdefghijklmnop", k=2100))
    other.text(letters, alphabet_of([letters]))
    assert len(other.done()) > 1000
