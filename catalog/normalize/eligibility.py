"""May a card pay for it? The spider's structured evidence decides; a text can only say no.

A description that speaks of the card proves nothing (old webinars keep their 2020 texts), so it never makes a "yes".
"""

from __future__ import annotations

import re

from catalog.normalize.clean import fold
from catalog.records import Eligibility, Listing

_CARD = r"\bkartu\s?pra\s?kerja\b"
# The verb stands right behind the "not": "tidak hanya untuk", "belum menjadi peserta" refuse nothing.
_REFUSED = re.compile(
    r"\b(?:tidak|belum)\s(?:lagi\s)?(?:berlaku|menerima|termasuk|tersedia|mendukung|dijual|untuk|bagi|diperuntukkan|ditujukan"
    r"|(?:bisa|dapat)\s(?:di(?:beli|guna|bayar|pakai|ikuti|tebus|tukar)\w*|membeli|membayar|memakai|mengguna\w*|menerima"
    rf"|dengan|pakai|untuk|bayar|beli))\b[^.;?\n]{{0,60}}{_CARD}"
    r"|\bbukan\s(?:untuk|bagi|bagian|termasuk|kelas|pelatihan|program|produk)\b(?!\ssaja)"
    rf"[^.;?\n]{{0,40}}{_CARD}(?!\ssaja\b)"
    rf"|{_CARD}[^.;?\n]{{0,20}}\b(?:tidak berlaku|sudah (?:tidak berlaku|berakhir)|tidak (?:bisa|dapat) (?:lagi )?"
    r"(?:di(?:guna|pakai|perguna|beli|terima)\w*|membeli|membayar|mengikuti|memakai))"
    r"|[(\[]\s?(?:khusus\s)?non[\s-]?(?:kartu\s)?pra\s?kerja\s?[)\]]|\bkhusus\s(?:peserta\s)?non[\s-]?(?:kartu\s)?pra\s?kerja\b"
)
# A warning about handing a course on is no refusal: "… dibeli dengan Kartu Prakerja tidak dapat dipindahtangankan".
_NOT_ABOUT_BUYING = re.compile(
    r"\b(?:tidak (?:dapat|bisa|boleh) (?:di)?(?:pindah\w*|kembali\w*|refund|tukar\w*|batal\w*|uang\w*"
    r"|cair\w*|guna\w* (?:oleh|untuk) orang)"
    r"|tidak melayani)\b[^.;\n]{0,60}"
)


def read_eligibility(listing: Listing) -> tuple[Eligibility, str | None]:
    """(yes, no or unknown, what shows it). A clear refusal in title or text overrules nothing but "unknown"."""
    if listing.eligible != "unknown":
        return listing.eligible, listing.eligible_evidence
    for where, text in (("title", listing.title), ("text", listing.text)):
        match = _REFUSED.search(_NOT_ABOUT_BUYING.sub(" ", fold(text))) if text else None
        if match:
            return "no", f"{where}: {match.group(0)[:120]}"
    return "unknown", listing.eligible_evidence
