"""The pressed stream: the browser's half reads back what Python packed, whatever it was."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Sequence
from typing import Any

import pytest

from search_index.packing import Packer, shapes
from search_index.press import Press, ranked, tree
from tests.search_index.support import ENGINE

READ = """
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";
const { Packed } = await import(pathToFileURL(`${process.argv[1]}/packing.js`));
const { counts, told, packed, columns, sizes, lines, forms } = JSON.parse(readFileSync(0, "utf8"));
const all = (steps) => { for (;;) { const step = steps.next(); if (step.done) return step.value; } };
const stream = new Packed({ text: packed, done: true }, { counts, told });
const column = ([name, beside, near]) => [...all(stream.column(name, near.length, (row) => beside[row], near))];
const read = columns.map(column);
const numbers = sizes.map(([beside, bits], number) => all(stream.sizes(number, beside, bits)));
const spelled = all(stream.lines(lines.signs, lines.count));
const texts = Array.from({ length: lines.count }, (_, line) => spelled.text(line));
console.log(JSON.stringify([read, numbers, texts, all(stream.forms(forms))]));
"""

Column = tuple[Sequence[int], int, Sequence[int], Sequence[int]]


def there_and_back(
    columns: Sequence[Column] = (),
    sizes: Sequence[tuple[Sequence[int], int]] = (),
    lines: Sequence[str] = ("x",),
    forms: Sequence[tuple[str, int]] = (("x", 0),),
) -> Any:
    """What the browser's half reads: columns, sizes, lines, codes of forms."""
    packer = Packer()
    for number, column in enumerate(columns):
        packer.column(f"c{number}", *column)
    for number, (values, bits) in enumerate(sizes):
        packer.sizes(values, number, [value % 2 for value in range(len(values))], bits)
    signs, _ = packer.lines(lines)
    packer.forms([word for word, _ in forms], [code for _, code in forms])
    asked = {
        "columns": [(f"c{number}", beside, near) for number, (_, _, beside, near) in enumerate(columns)],
        "sizes": [([value % 2 for value in range(len(values))], bits) for values, bits in sizes],
        "lines": {"signs": signs, "count": len(lines)},
        "forms": [word for word, _ in forms],
        "counts": packer.counts,
        "told": packer.told,
        "packed": packer.press.done(),
    }
    command = ["node", "--input-type=module", "-e", READ, str(ENGINE)]
    run = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize(
    "text",
    ["", " ", "a", "Roti ROTI rOtI roti", "C++ & .NET\n\n\t\0", "é — ÉÀ 🍞 İstanbul \u202e x", "ÅÄ" * 300, "zz" * 500,
     "a  b ", "UI/UX Ui/Ux ui/ux uI/Ux", "(pemula) (Pemula) 2in1 2In1", "Kelas Kelasnya kelasmu " * 40],
)  # fmt: skip
def test_texts_come_back(text: str) -> None:
    assert there_and_back(lines=[text, "lain " + text, text])[2] == [text, "lain " + text, text]


def test_no_texts_at_all() -> None:
    assert there_and_back(lines=[], forms=[]) == [[], [], [], []]


def test_words_are_written_in_four_ways() -> None:
    assert shapes("ui/ux") == ("Ui/Ux", "ui/ux", "UI/UX")
    assert shapes("3d") == ("3D", "3d", "3D")
    assert shapes("(front-end)") == ("(Front-End)", "(front-end)", "(FRONT-END)")


def test_columns_numbers_and_forms_come_back() -> None:
    dice = random.Random(4)
    beside, near = [dice.randrange(50) for _ in range(300)], [dice.randrange(2) for _ in range(300)]
    columns: list[Column] = [
        ([dice.randrange(symbols) for _ in beside], symbols, beside, near) for symbols in (1, 2, 3, 8, 256, 3000)
    ]
    sizes = [
        ([], 0),
        ([0], 0),
        ([0, 1, 2, 3, 4, 2**47 + 1, 2**48 - 1], 0),
        ([dice.getrandbits(dice.randint(1, 48)) for _ in range(200)], 0),
        ([dice.getrandbits(40) for _ in range(200)], 37),
    ]
    forms = [(word, dice.randrange(90)) for word in ("a", "ab", "memasak", "𐐷𐐷𐐷", "c++", *map(str, range(50)))]
    read, numbers, _, codes = there_and_back(columns, sizes, forms=forms)
    assert read == [values for values, *_ in columns]
    assert numbers == [values for values, _ in sizes]
    assert codes == [code for _, code in forms]


def test_what_repeats_costs_little_and_noise_costs_its_bits() -> None:
    packer = Packer()
    packer.lines(["belajar membuat roti"] * 100)
    assert len(packer.press.done()) < 80
    noise = Press()
    dice, fair = random.Random(1), tree([1] * 16)
    for _ in range(2000):
        noise.symbol(fair, dice.randrange(16), 1)
    assert 2000 * 4 / 6 < len(noise.done()) < 2000 * 4 / 6 * 1.1


def test_a_column_is_guessed_from_what_tells_most() -> None:
    dice = random.Random(2)
    packer, nothing = Packer(), [0] * 300
    column = [dice.randrange(8) for _ in nothing]
    packer.column("alone", column, 8, nothing, nothing)
    packer.column("beside", column, 8, column, nothing)
    packer.column("near", column, 8, [dice.randrange(50) for _ in nothing], column)
    assert packer.told == "012"
    assert len(packer.press.done()) < 300 * 3 / 6 * 1.5


def test_trees_give_the_commonest_the_shortest_way() -> None:
    assert [len(path) for path in tree([8, 4, 2, 1, 1]).paths] == [1, 2, 3, 4, 4]
    assert tree([5]).paths == [[]]
    assert tree([]).paths == []
    lengths = [len(path) for path in ranked(49).paths]
    assert lengths[0] == min(lengths)
    assert lengths[-1] == max(lengths)


def test_a_carry_runs_through_settled_signs() -> None:
    """Symbols at the upper end of the span for long, then the rest: every value comes back."""
    values = [0] * 500 + [1, 2, 3] * 100 + [0] * 500
    columns: list[Column] = [(values, 4, [0] * len(values), [0] * len(values))]
    assert there_and_back(columns)[0] == [values]
