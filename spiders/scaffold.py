"""`banding new-platform NAME`: a spec, a spider, a fixtures folder and tests that fail until they are filled."""

from __future__ import annotations

import re
from pathlib import Path

from spiders import SPECS

_SPEC = """id = "{name}"
name = "{title}"
operator = "isi: perusahaan yang menjalankannya"
confidence = "convention"
trial = true
note = "What is known of this platform, and from where."
hosts = ["www.{name}.example"]
declared_scope = "unknown"

[[addresses]]
url = "https://www.{name}.example/kartu-prakerja"

[endpoints]
# The path of a course page; the group `id` is the platform's own id of the course.
course = '^/course/(?P<id>[^/?#]+)/?$'
# The list page whose courses the card may buy.
page = '^/kartu-prakerja'
# sitemap = "https://www.{name}.example/sitemap.xml"

[expect]
min = 10
fill = {{ title = 0.98, price = 0.8 }}
"""

_SPIDER = '''"""{title}: delete this file when the spec alone is enough (sitemap or list pages with JSON-LD Course)."""

from __future__ import annotations

from spiders.base import PageSpider


class Spider(PageSpider):
    markers = {{  # noqa: RUF012
        "provider": "//*[contains(@class,'provider')]",
    }}
'''

_TEST = '''"""{title}: one saved page, one assertion a field. `banding capture {name} --limit 5` saves real pages."""

from __future__ import annotations

from pathlib import Path

from catalog.platforms import read_spec
from spiders import SPECS
from spiders.page import Answer
from spiders.structured import merge, page_layers

FIXTURES = Path(__file__).parent / "fixtures" / "{name}"
SPEC = read_spec(SPECS / "{name}.toml")


def first_course() -> dict:
    saved = sorted(FIXTURES.glob("*-course.html"))
    assert saved, "save real pages first: banding capture {name} --limit 5"
    answer = Answer("https://" + SPEC.hosts[0] + "/", 200, {{"content-type": "text/html"}}, saved[0].read_bytes())
    return merge(page_layers(answer))[0]


def test_the_hosts_are_real() -> None:
    assert not SPEC.hosts[0].endswith(".example"), "fill in the spec's hosts"


def test_a_course_page_reads() -> None:
    fields = first_course()
    assert fields["title"] == "fill in: the page's title"
    assert fields["price"] == "fill in: the price as it is shown"
    assert fields["provider"] == "fill in: who teaches"
'''


def new_platform(name: str, folder: Path | None = None, tests: Path | None = None) -> list[Path]:
    """Writes the files of a new platform and returns them. Raises ValueError (a bad name) or FileExistsError.

    `folder`: where specs and spiders stand (default: the project's); `tests`: the spiders' tests beside it.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]{1,30}", name):
        raise ValueError(f"{name!r}: a platform's name is lower-case letters and digits and begins with a letter")
    folder = folder or SPECS
    tests = tests or folder.parent.parent / "tests" / "spiders"
    fixtures = tests / "fixtures" / name
    files = {
        folder / f"{name}.toml": _SPEC,
        folder / f"{name}.py": _SPIDER,
        tests / f"test_{name}.py": _TEST,
        fixtures / "README.md": "Saved pages of {title}: scrubbed and cut by `banding capture {name}`.\n",
    }
    taken = next((path for path in files if path.exists()), None)
    if taken is not None:
        raise FileExistsError(f"{taken} is there already; choose another name or remove it")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(name=name, title=name.capitalize()), encoding="utf-8")
    return list(files)
