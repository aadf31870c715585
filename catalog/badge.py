"""A small SVG badge per platform for other sites: published number, night and outcome. Attributes only, no style."""

from __future__ import annotations

from html import escape

from catalog.figures import PlatformRow

COLOURS = {"accepted": "#0b6b3a", "held": "#8a5a00", "none_found": "#a3261b", "not_run": "#5b6670"}
WORDS = {
    "accepted": "diterima",
    "held": "ditahan",
    "none_found": "tidak ada hasil",
    "not_run": "tidak dijalankan",
}
_SIGN = 6.6  # width of a sign at font size 11, measured on the widest common sans-serif fonts


def badge(row: PlatformRow, *, sample: bool) -> str:
    """The badge of one platform. Says the night of its last good copy; 'belum pernah terkumpul' before the first."""
    left = f"{row.name}{' (contoh)' if sample else ''}"
    if row.last_good is None:
        right = "belum pernah terkumpul"
    else:
        right = f"{row.published} pelatihan · {row.last_good.isoformat()} · {WORDS[row.outcome]}"
    colour = COLOURS[row.outcome] if row.last_good else COLOURS["none_found"]
    first, second = round(len(left) * _SIGN + 14), round(len(right) * _SIGN + 14)
    title = escape(f"{left}: {right}")
    font = 'font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" fill="#ffffff"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{first + second}" height="20" role="img" aria-label="{title}">'
        f"<title>{title}</title>"
        f'<rect width="{first}" height="20" fill="#39434b"/>'
        f'<rect x="{first}" width="{second}" height="20" fill="{colour}"/>'
        f'<text x="7" y="14" {font} textLength="{first - 14}">{escape(left)}</text>'
        f'<text x="{first + 7}" y="14" {font} textLength="{second - 14}">{escape(right)}</text>'
        "</svg>\n"
    )
