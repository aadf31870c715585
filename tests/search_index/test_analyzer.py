"""What a word is, which words are one family, and that table mistakes are told."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index import tables
from search_index.analyzer import family, fold, index_tokens, tokens, words
from search_index.lexicon import family_groups
from search_index.tables import reviewed_families, synonym_groups

FAMILIES = """
tulis menulis penulis penulisan tulisan menuliskan
kelola mengelola pengelola pengelolaan dikelola
jahit menjahit penjahit jahitan penjahitan
rakit merakit perakit rakitan perakitan
bangun membangun pembangunan bangunan
hitung menghitung penghitungan perhitungan hitungan
susun menyusun penyusunan susunan penyusun
rawat merawat perawat perawatan
layan melayani pelayan pelayanan layanan
tanam menanam tanaman penanaman
bayar membayar pembayaran pembayar bayaran
ukir mengukir ukiran pengukir pengukiran
anyam menganyam anyaman penganyam
terjemah menerjemahkan terjemahan penerjemah penerjemahan
tari menari tarian penari
sewa menyewa penyewa penyewaan sewaan menyewakan
simpan menyimpan penyimpanan simpanan
periksa memeriksa pemeriksaan pemeriksa
pijat memijat pijatan pemijat pemijatan
racik meracik racikan peracik peracikan
asuh mengasuh pengasuh pengasuhan asuhan
saji menyajikan penyajian sajian penyaji
ketik mengetik ketikan pengetikan pengetik
angkut mengangkut angkutan pengangkutan
uji menguji pengujian penguji ujian
kembang mengembangkan pengembangan perkembangan pengembang
dagang berdagang pedagang perdagangan dagangan
kebun berkebun perkebunan pekebun
tenun menenun tenunan penenun
didik mendidik pendidikan pendidik didikan
urus mengurus pengurus urusan pengurusan kepengurusan
giling menggiling gilingan penggilingan
panggang memanggang panggangan pemanggangan
tawar menawar tawaran penawaran
siar menyiarkan siaran penyiar penyiaran
iklan mengiklankan periklanan beriklan
karang mengarang karangan pengarang
semprot menyemprot penyemprotan penyemprot
bongkar membongkar bongkaran pembongkaran
tolong menolong pertolongan penolong
kelas
emas
digital
media
fotografi
kemeja
pemula
"""


def split(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.strip()]


def score(families: list[list[str]]) -> tuple[float, list[list[str]]]:
    """Share of same-family pairs that are joined, and families that share a name with another."""
    pairs = [pair for words_ in families for pair in combinations(words_, 2)]
    joined = sum(family(a) == family(b) for a, b in pairs) / max(1, len(pairs))
    owners: dict[str, set[int]] = {}
    for number, words_ in enumerate(families):
        for word in words_:
            owners.setdefault(family(word), set()).add(number)
    return joined, [[families[n][0] for n in sorted(found)] for found in owners.values() if len(found) > 1]


def test_word_families_are_joined_and_none_are_merged() -> None:
    joined, merged = score(split(FAMILIES))
    assert joined >= 0.95
    assert merged == []


@pytest.mark.shared
def test_recorded_word_families_are_joined_and_none_are_merged(shared: Path) -> None:
    joined, merged = score(split((shared / "gold/families.txt").read_text(encoding="utf-8")))
    assert joined >= 0.95
    assert merged == []


def test_the_score_falls_where_families_are_wrong() -> None:
    joined, merged = score([["masak", "jahit"], ["memasak"]])
    assert joined == 0
    assert merged == [["masak", "memasak"]]
    assert score([]) == (0.0, [])


@pytest.mark.parametrize(
    "word", ["digital", "media", "fotografi", "manajemen", "internet", "menu", "terapi", "berita", "x", ""]
)
def test_words_that_only_look_affixed_stay(word: str) -> None:
    assert family(word) == word


def test_names_with_signs_stay_whole() -> None:
    text = "Belajar C++, C# & .NET; R, 3D (UI/UX) K3 Node.js MS-Office"
    assert words(text) == ["belajar", "c++", "c#", ".net", "r", "3d", "ui/ux", "k3", "node.js", "ms-office"]


def test_case_diacritics_and_compatibility_forms_are_folded() -> None:
    assert fold("CAFÉ ﬁlm Ｗeb") == "cafe film web"


def test_stop_words_leave_and_abbreviations_are_written_out() -> None:
    assert tokens("bhs Inggris utk pemula dgn mudah") == ["bahasa", "inggris", "pemula", "mudah"]
    assert tokens("untuk dan di") == []
    assert tokens("") == []


def test_compound_names_are_found_by_their_parts_too() -> None:
    assert index_tokens("MS-Office") == ["ms-office", "ms", "office"]


def test_synonym_groups_are_many_and_mean_something_to_the_analyzer() -> None:
    assert len(synonym_groups()) >= 150
    assert all(len(group) >= 2 and all(group) for group in family_groups())


def test_a_word_in_two_families_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    reviewed_families.cache_clear()
    monkeypatch.setattr(tables, "_table", lambda name: {"families": ["las mengelas", "kelas mengelas"]})
    with pytest.raises(ValueError, match=r"mengelas.*two families"):
        reviewed_families()
    monkeypatch.undo()
    reviewed_families.cache_clear()


def test_a_synonym_line_with_one_expression_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    synonym_groups.cache_clear()
    monkeypatch.setattr(tables, "_table", lambda name: {"groups": ["roti ="]})
    with pytest.raises(ValueError, match="no group"):
        synonym_groups()
    monkeypatch.undo()
    synonym_groups.cache_clear()


@given(st.lists(st.sampled_from([*"ax9 +#/.-_,\n", "c++", ".net", "node.js", "ui/ux", "ms-", "e-"]), max_size=12))
def test_a_plain_text_has_the_words_that_it_has_beside_a_foreign_sign(parts: list[str]) -> None:
    """ASCII is cut in another way than the rest: a bullet after a space parts no words and makes none."""
    text = "".join(parts)
    assert words(text) == words(f"{text} •")
