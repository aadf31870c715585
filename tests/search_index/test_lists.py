"""Lists of words, their facets, and cards, as files of a segment hold them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from search_index import ranking
from search_index.bits import read_ascending
from search_index.cards import Cards, card_names
from search_index.codec import fnv, read_numbers
from search_index.documents import STRONG, analyze_all
from search_index.facets import slugify
from search_index.lexicon import build_lexicon
from search_index.lists import Facets, Lists, cut, file_of, level_codes, option_lists, prices
from search_index.postings import STEP, Postings
from search_index.walk import lowest_prices
from search_index.whole import platform_ids
from tests.search_index.support import make_catalog
from tests.search_index.test_bits import read_coded

DOCUMENTS = list(analyze_all(make_catalog(80)))
ROWS = [document.row for document in DOCUMENTS]


@pytest.fixture(scope="module")
def postings() -> Postings:
    return Postings(DOCUMENTS, build_lexicon(DOCUMENTS), lambda name: 2.0)


def test_postings_hold_every_family_with_its_score(postings: Postings) -> None:
    lexicon = build_lexicon(DOCUMENTS)
    assert postings.named.keys() == {name for name, courses in lexicon.holding.items() if courses}
    for name in ("roti", "desain", "pelanggan", "bahan"):
        courses, codes = postings.of(name)
        assert len(courses) == lexicon.holding[name] > 0
        for course, code in zip(courses.tolist(), codes.tolist(), strict=True):
            document = DOCUMENTS[course]
            counts = {f: sum(lexicon.forms[w] == name for w in document.fields[f]) for f in STRONG}
            everything = sum(counts.values()) + sum(lexicon.forms[word] == name for word in document.text)
            score = ranking.BOOSTS["text"] * ranking.saturate(everything)
            for fieldname, count in counts.items():
                b, length = (ranking.TITLE_B if fieldname == "title" else 0.0), len(document.fields[fieldname])
                score += ranking.BOOSTS[fieldname] * ranking.saturate(count, b, length) if count else 0.0
            assert abs(math.log(max(score, 1.0)) / math.log(STEP) - code) <= 0.51


def test_no_documents_have_no_postings() -> None:
    empty = Postings([], build_lexicon([]), lambda name: 2.0)
    assert empty.named == {} and not len(empty.of("roti")[0])
    lists = Lists.after(empty, ["gone"], {})
    assert lists.best(np.array([20]))[:2] == ([""], [""])
    assert lists.files(np.zeros(0, dtype=np.int64), np.ones(1, dtype=bool), 10, (3, 3)) == []
    assert prices([]) == {"prices": [], "courses": ""}


def test_the_best_come_first_and_ties_from_the_cheapest_on(postings: Postings) -> None:
    lists = Lists.after(postings, [], {})
    best, drops, _, _ = lists.best(np.full(len(lists.sizes), 7))
    for key in ("desain", "bahan"):
        n = lists.keys.index(key)
        courses, codes = postings.of(key)
        wanted = sorted(zip(-codes.astype(int), courses.astype(int), strict=True))[:7]
        assert read_numbers(best[n]) == [course for _, course in wanted]
        first, *falls = read_numbers(drops[n])
        assert [first - sum(falls[:place]) for place in range(len(wanted))] == [-code for code, _ in wanted]


def test_files_of_lists_and_facets_give_each_list_back(postings: Postings) -> None:
    lists = Lists.after(postings, [], {})
    asked = np.array([count >= 5 for count in postings.named.values()])
    facets = Facets(ROWS, lowest_prices(ROWS), platform_ids(ROWS))
    files = lists.files(np.arange(len(lists.sizes)), asked, 60, (6, 2))
    assert 4 <= len(files) <= 8
    assert not any(asked[part].any() and not asked[part].all() for part in files)
    place = file_of(files, len(lists.keys))
    told = dict(lists.write(files, level_codes(ROWS), 40))
    faceted = dict(facets.write(files, lists))
    assert 0 < sum(name[0] == "g" for name in told) < len(files)
    for n, key in enumerate(lists.keys):
        file = told[f"r{place[n]}"]
        at = file["keys"].index(key)
        courses = postings.of(key)[0].tolist()
        assert read_ascending(file["courses"][at], len(courses)).tolist() == courses
        table, texts = file["codes"]
        assert read_coded(table, texts[at], len(courses)) == postings.of(key)[1].tolist()
        table, texts = file.get("levels") or told[f"g{place[n]}"]["levels"]
        assert read_coded(table, texts[at], len(courses)) == level_codes(ROWS)[courses].tolist()
        known = faceted[f"f{place[n]}"]
        start = known["starts"][key]
        assert known["sertifikat"][1 + start : 1 + start + len(courses)] == "".join(
            "$" if ROWS[course].values["sertifikat"] == ("ya",) else "#" for course in courses
        )


def test_long_lists_lie_in_slots_that_their_keys_tell(postings: Postings, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = Lists.after(postings, [], {})
    monkeypatch.setattr("search_index.lists.LIST_COURSES", 8)
    chosen = np.arange(len(lists.sizes))
    led = lists.led(chosen, 20)
    long = [n for part in led.files for n in part.tolist()]
    assert 10 < len(long) <= 20
    assert lists.sizes[long].min() > max(8, np.delete(lists.sizes, long).max() - 1)
    assert led.used.tolist() == sorted(set(led.used.tolist()))
    for slot, part in zip(led.used.tolist(), led.files, strict=True):
        assert {fnv(lists.keys[n]) % led.slots for n in part} == {slot}
    assert lists.led(chosen[:0], 20).files == []


def test_lists_of_options_tell_how_much_dearer_their_offers_are() -> None:
    lowest = lowest_prices(ROWS)
    facets = Facets(ROWS, lowest, platform_ids(ROWS))
    found = option_lists(ROWS, facets.more)
    courses, codes = found["#tingkat=pemula"]
    assert courses.tolist() == [n for n, row in enumerate(ROWS) if "pemula" in row.values["tingkat"]]
    assert not codes.any()
    known = set()
    for platform in platform_ids(ROWS):
        courses, codes = found[f"#platform={platform}"]
        assert courses.tolist() == [n for n, row in enumerate(ROWS) if platform in {o.platform for o in row.offers}]
        for course, code in zip(courses.tolist(), codes.tolist(), strict=True):
            prices = [o.price for o in ROWS[course].offers if o.platform == platform and o.price is not None]
            cheapest = lowest[course]
            more = min(prices) - cheapest if prices and cheapest is not None else -1
            assert facets.dearer[code - 1] == more
            known.add((more > 0) - (more < 0))
    assert known == {-1, 0, 1}


def test_levels_of_the_longest_lists_lie_apart(postings: Postings, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = Lists.after(postings, [], {})
    assert lists.apart(10) == 12_000
    monkeypatch.setattr("search_index.lists.LEVELS_APART", 10)
    assert 0 < (lists.sizes > lists.apart(3)).sum() <= 3
    assert lists.apart(len(lists.sizes)) == 10


def test_words_of_most_courses_go_without_facets(postings: Postings) -> None:
    lists = Lists.after(postings, [], {})
    having = Facets(ROWS, lowest_prices(ROWS), platform_ids(ROWS)).having(lists)
    assert 0 < len(having) < len(lists.sizes)
    assert lists.sizes[having].max() <= 0.4 * len(ROWS)


def test_lists_are_cut_into_as_many_files_as_may_be() -> None:
    assert cut([], 10, 3) == []
    assert cut([4, 4, 4, 40, 1], 10, 9) == [0, 0, 1, 2, 3]
    assert max(cut([5] * 100, 10, 7)) == 6
    assert cut([3, 3], 10, 1) == [0, 0]


def test_cards_tell_names_and_blocks_do_not_depend_on_each_other() -> None:
    categories = {slugify(row.category): row.category for row in ROWS if row.category}
    cards = Cards(ROWS, platform_ids(ROWS), sorted(categories))
    block = cards.block([3, 7, 20])
    wanted = [(ROWS[n].title, ROWS[n].provider or "", ROWS[n].category or "") for n in (3, 7, 20)]
    assert card_names(block, categories) == wanted
    again = Cards([ROWS[n] for n in (3, 7, 20)], platform_ids(ROWS), sorted(categories))
    assert again.block(range(3)) == block
    odd = [row._replace(id=f"kursus-{n}") for n, row in enumerate(ROWS[:2])]
    assert Cards(odd, platform_ids(ROWS), sorted(categories)).block([1])["ids"] == ["kursus-1"]


def test_documents_are_counted_some_at_a_time(postings: Postings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_index.postings.AT_ONCE", 7)
    again = Postings(DOCUMENTS, build_lexicon(DOCUMENTS), lambda name: 2.0)
    assert again.named == postings.named
    assert (again.starts == postings.starts).all() and (again.courses == postings.courses).all()
    assert (again.codes == postings.codes).all()
