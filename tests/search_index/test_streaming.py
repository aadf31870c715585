"""The boot file is opened while it comes: in pieces of any size it gives the same answers, and a cut one an error."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from search_index.export import export_index
from search_index.whole import hint
from tests.search_index.support import ENGINE, make_catalog

ASK = """
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
const [engine, boot, size, cut, hint] = process.argv.slice(1);
const asked = [];
globalThis.fetch = async (url) => {
  asked.push(url.pathname.split("/").pop());
  const whole = await readFile(url);
  const body = url.href.includes("boot") ? whole.subarray(0, whole.length - Number(cut)) : whole;
  let at = 0;
  const pull = (controller) => {
    if (at === 0) asked.push("comes");
    controller.enqueue(body.subarray(at, (at += Number(size))));
    if (at >= body.length) controller.close();
  };
  return new Response(new ReadableStream({ pull }));
};
const { openCatalog } = await import(pathToFileURL(`${engine}/engine.js`));
const opened = await openCatalog(pathToFileURL(boot).href + hint, "roti");
const answers = [];
for (const q of ["roti", "kebaya", "memasak", ""]) {
  const { total, cards } = await opened.query({ q });
  answers.push([total, cards.map((card) => card.title.slice(0, 60))]);
}
console.log(JSON.stringify([...answers, asked]));
"""


def asked(boot: Path, size: int, cut: int = 0, told: str = "") -> subprocess.CompletedProcess[str]:
    """Questions to a catalog that comes in pieces of `size` bytes, without the last `cut`."""
    command = ["node", "--input-type=module", "-e", ASK, str(ENGINE), str(boot), str(size), str(cut), told]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def boot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog of which one title is longer than any step was thought to read."""
    courses = make_catalog(60)
    endless = " ".join(f"{number:x}{number * number:x}" for number in range(4000))
    courses[7] = courses[7].model_copy(update={"title": f"Kebaya {endless}"})
    folder = tmp_path_factory.mktemp("static")
    return folder / export_index(courses, folder, build="uji", form="whole").boot


def test_pieces_of_any_size_give_the_same_answers(boot: Path) -> None:
    at_once = asked(boot, 10_000_000)
    assert at_once.returncode == 0, at_once.stderr
    assert json.loads(at_once.stdout)[1][0] > 0
    for size in (61, 4096, 20_000):
        pieces = asked(boot, size)
        assert pieces.stdout == at_once.stdout, pieces.stderr


def test_a_word_is_asked_for_together_with_the_file_where_the_page_says_how(boot: Path) -> None:
    *answers, alone = json.loads(asked(boot, 61).stdout)
    *same, both = json.loads(asked(boot, 61, told=hint(boot)).stdout)
    assert same == answers
    bucket = alone[2]
    assert re.fullmatch(r"t\d+-.*", bucket)
    assert alone[:3] == [boot.name, "comes", bucket]
    assert both[:2] == [boot.name, bucket]
    assert both.count(bucket) == 1


def test_a_cut_file_is_an_error_and_no_endless_wait(boot: Path) -> None:
    run = asked(boot, 4096, cut=2000)
    assert run.returncode != 0
    assert "ends too soon" in run.stderr


def test_a_file_cut_before_its_pressed_part_is_an_error(boot: Path) -> None:
    run = asked(boot, 4096, cut=boot.stat().st_size - 300)
    assert run.returncode != 0
    assert "JSON" in run.stderr
