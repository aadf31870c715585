"""The outline parser on the programme's fixed headings: marked up in every way that providers find."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.normalize.outline import parse_outline

BASE = "<p><b>{level}</b></p><p>Basic / Tingkat Dasar</p><p><b>Total Durasi</b></p><p>365 menit</p>"
LEVEL = [
    "<p><b>Level Pelatihan</b></p><p>Dasar</p>",
    "<p><b>Level&nbsp;Pelatihan</b></p><p>Dasar</p>",
    "<p><b>Level Pelatihan&nbsp;<br></b></p><p>Dasar</p>",
    "<p><b>Level<br>Pelatihan</b></p><p>Dasar</p>",
    "<p><b>Level </b><b>Pelatihan</b></p><p>Dasar</p>",
    "<p><span><span><b>Level Pelatihan<br></b></span></span><span>Dasar</span></p>",
    "<p><b>Level Pelatihan:</b> Dasar</p>",
    "<p><b>Level Pelatihan</b> : Dasar</p>",
    "<p><b>Level Pelatihan</b> Dasar</p>",
    "<p><strong>LEVEL PELATIHAN</strong></p><p>Dasar</p>",
    "<h3>Level Pelatihan</h3><div>Dasar</div>",
    "<h2><span>level pelatihan</span></h2>Dasar",
    "<b>Level Pelatihan</b><br>Dasar",
    "<b>Level Pelatihan</b><br/><br/>Dasar<br>",
    "<div><b>7. Level Pelatihan</b></div><div>Dasar</div>",
    "<div><b>G. Level Pelatihan</b></div><div>Dasar</div>",
    "<ul><li><b>Level Pelatihan</b>: Dasar</li></ul>",
    "<dl><dt>Level Pelatihan</dt><dd>Dasar</dd></dl>",
    "<table><tr><th>Level Pelatihan</th><td>Dasar</td></tr></table>",
    "<p><b>Leve Pelatihan</b></p><p>Dasar</p>",
    "<p><b>Level Pelathan</b></p><p>Dasar</p>",
    "<p><b>Level Pelatihann</b></p><p>Dasar</p>",
    "<p><b>LevelPelatihan</b></p><p>Dasar</p>",
    "<p><b>Level Pelatihan (wajib)</b></p><p>Dasar</p>",
    "<p><b>• Level Pelatihan</b></p><p>Dasar</p>",
    "<p><b>Tingkat Pelatihan</b></p><p>Dasar</p>",
    "<p><b>Tingkat Kesulitan</b></p><p>Dasar</p>",
    "<p><b>Level Materi</b>: Dasar</p>",
    "<p>Level Pelatihan: Dasar</p>",
    "<p>Level Pelatihan : Dasar</p>",
    "<p>Level Pelatihan</p><p>Dasar</p>",
    "Level Pelatihan\nDasar",
    "Level Pelatihan: Dasar",
    "5) Level Pelatihan: Dasar",
    "\u200bLevel\u00a0Pelatihan:\u00a0Dasar",
    "<p><b>Level Pelatihan</b></p><p>&nbsp;</p><p>Dasar</p>",
    "<p><b>Level Pelatihan</b></p><!-- x --><p>Dasar</p>",
    "<p><b>Level Pelatihan</p><p>Dasar",
    "<section><p><b>Level Pelatihan</b></p><script>x=1</script><p>Dasar</p></section>",
    "<p><B>Level Pelatihan</B></p><P>Dasar</P>",
    "<p><b><i><u>Level Pelatihan</u></i></b></p><p>Dasar</p>",
    "<p><span style='font-weight:bold'>Level Pelatihan</span></p><p>Dasar</p>",
]


@pytest.mark.parametrize("text", LEVEL)
@pytest.mark.parametrize("behind", ["<p><b>Metode Evaluasi</b></p><p>Pre Test</p>", ""])
def test_the_level_is_found_however_its_heading_is_marked_up(text: str, behind: str) -> None:
    if "<" not in text:
        behind = "\nMetode Evaluasi\nPre Test" if behind else ""
    sections, _ = parse_outline(text + behind)
    assert [(s.key, s.text) for s in sections if s.key == "level"] == [("level", "Dasar")]
    assert bool(behind) is any(s.key == "evaluasi" for s in sections)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("<b>Aspek Kompetensi: Pengetahuan (Knowledge)</b><br>1. Pengetahuan: istilah", "pengetahuan"),
        ("<b>Aspek Kompetensi:&nbsp;</b><b>Sikap (Attitude)</b><br>teliti", "sikap"),
        ("<b>Jadwal Mingguan Konsultasi dengan Tenaga Pelatih</b><br>Kamis", "konsultasi"),
        ("<b>Jadwal Webinar</b><br>Senin, 19.00", "jadwal"),
        ("<b>Kontak Lembaga Contoh Jaya</b><br>-", "kontak"),
        ("<b>Panduan Redeem Voucher Lembaga Contoh</b><br>1. Buka", "redeem"),
        ("<b>Jenis/Klasifikasi Sertifikat</b><br>Penyelesaian", "sertifikat"),
        ("<b>Target Peserta<br> </b>Siapa saja", "sasaran"),
        ("<b>Instruktur<br> </b>Nama Orang", "pengajar"),
    ],
)
def test_other_headings(text: str, key: str) -> None:
    assert [s.key for s in parse_outline(text)[0]] == [key]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "<p></p>",
        "<p>Durasi belajar di pelatihan ini terasa singkat karena materinya menarik dan mudah diikuti.</p>",
        "Peserta akan naik level setelah pelatihan selesai dan siap bekerja di industri yang sesuai dengan minatnya.",
        "<p>Ikuti sekarang!</p>",
    ],
)
def test_prose_is_no_heading(text: str) -> None:
    sections, rest = parse_outline(text)
    assert sections == []
    assert bool(rest) is bool(text.strip() and text != "<p></p>")


def test_items_that_repeat_a_headings_word_stay_in_their_section() -> None:
    sections, _ = parse_outline("<b>Aspek Kompetensi: Sikap</b><br>1. Sikap: teliti<br>2. Sikap: tepat waktu")
    assert [(s.key, s.text) for s in sections] == [("sikap", "1. Sikap: teliti\n2. Sikap: tepat waktu")]


def test_text_before_the_first_heading_is_kept_apart() -> None:
    sections, rest = parse_outline("<p>Kelas seru.</p><b>Total Durasi</b><br>4 Jam")
    assert rest == "Kelas seru."
    assert [(s.key, s.text) for s in sections] == [("durasi_total", "4 Jam")]


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_without_an_exception(text: str) -> None:
    parse_outline(text)
    parse_outline(f"<b>{text}</b><p>{text}")


def test_deep_and_broken_markup_is_read() -> None:
    assert parse_outline("<div>" * 200 + "Level Pelatihan: Dasar")[0][0].text == "Dasar"
    parse_outline("<div>" * 5000 + "Level Pelatihan: Dasar")
    assert parse_outline("<b>Level Pelatihan</b" + "<<<>>>" * 50)[0] is not None
