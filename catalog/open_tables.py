"""The open data's tables: their columns with meanings in Indonesian and English, and how their rows are made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from catalog.findings import FollowUp
from catalog.records import Course, Finding, Offer
from catalog.tables import Column, Table

C = Column
COURSES = Table(
    "courses",
    "Pelatihan, satu baris per pelatihan",
    "Courses, one row per course",
    (
        C("id", "string", "Nomor pelatihan di situs ini", "Course id on this site, stable over the nights", True),
        C("slug", "string", "Bagian alamat halaman pelatihan", "Part of the course page's address", True),
        C("title", "string", "Judul tanpa hiasan", "Title without decoration", True),
        C("status", "string", "active, gone (tidak ada lagi) atau archived (arsip)", "active, gone or archived", True),
        C("provider_id", "string", "Kode lembaga pelatihan", "Provider id"),
        C("provider", "string", "Nama lembaga pelatihan", "Provider name"),
        C("category", "string", "Kategori resmi program", "Official category of the programme"),
        C("category_derived", "boolean", "Kategori ditebak dari judul", "Category was derived from the title", True),
        C("levels", "string", "Tingkat materi, dipisah ' | '", "Levels, separated by ' | '"),
        C("level_source", "string", "Asal tingkat: stated, outline, title", "Where the level was read"),
        C("modes", "string", "Cara belajar, dipisah ' | '", "Modes, separated by ' | '"),
        C("duration_minutes", "integer", "Lama belajar dalam menit", "Duration in minutes"),
        C("duration_days", "integer", "Lama dalam hari", "Duration in days"),
        C("regencies", "string", "Kabupaten/kota", "Regencies"),
        C("rating", "number", "Nilai rata-rata satu platform", "Mean rating on one platform"),
        C("rating_count", "integer", "Banyaknya penilai", "Number of raters"),
        C("rating_platform", "string", "Platform asal nilai", "Platform that the rating is from"),
        C(
            "lowest_price_idr",
            "integer",
            "Harga terendah dalam rupiah dari penawaran aktif yang bisa dibeli dengan kartu",
            "Lowest price in rupiah over active offers that the card may buy",
        ),
        C("lowest_offer", "string", "Penawaran dengan harga itu", "Offer with that price"),
        C("offers", "integer", "Banyaknya penawaran", "Number of offers", True),
        C("platforms", "string", "Platform, dipisah ' | '", "Platforms, separated by ' | '"),
        C("first_seen", "date", "Malam pertama terlihat", "First night on which it was seen"),
        C("changed", "date", "Malam terakhir isinya berubah", "Last night on which its data changed"),
    ),
    ("id",),
)
OFFERS = Table(
    "offers",
    "Penawaran, satu baris per pelatihan per platform",
    "Offers, one row per course and platform",
    (
        C("id", "string", "Nomor penawaran: platform:nomor di platform", "Offer id: platform:native id", True),
        C("course_id", "string", "Nomor pelatihan", "Course id", True),
        C("platform", "string", "Kode platform", "Platform id", True),
        C("url", "string", "Tautan ke halaman platform", "Link to the platform's page"),
        C("title_raw", "string", "Judul seperti tertulis di platform", "Title as the platform wrote it", True),
        C("provider_raw", "string", "Lembaga seperti tertulis di platform", "Provider as the platform wrote it"),
        C("price_idr", "integer", "Harga dalam rupiah; kosong: tidak diketahui", "Price in rupiah; empty: unknown"),
        C("price_raw", "string", "Harga seperti tertulis", "Price as written"),
        C("list_price_idr", "integer", "Harga coret dalam rupiah", "Struck price in rupiah"),
        C("free", "boolean", "Tertulis gratis", "Stated to be free", True),
        C("eligible", "string", "Bisa dengan Kartu Prakerja: yes, no, unknown", "May the card buy it", True),
        C("mode", "string", "Cara belajar", "Mode"),
        C("levels", "string", "Tingkat materi", "Levels"),
        C("category", "string", "Kategori resmi", "Official category"),
        C("duration_minutes", "integer", "Lama belajar dalam menit", "Duration in minutes"),
        C("rating", "number", "Nilai rata-rata", "Mean rating"),
        C("rating_count", "integer", "Banyaknya penilai", "Number of raters"),
        C("status", "string", "active, gone atau archived", "active, gone or archived", True),
        C("archived_why", "string", "Alasan masuk arsip", "Why it is archived"),
        C("price_since", "date", "Harga ini berlaku sejak malam", "Night since which this price holds"),
        C("first_seen", "date", "Malam pertama terlihat", "First night on which it was seen"),
        C(
            "last_seen",
            "date",
            "Malam terakhir terlihat; kosong: malam ini",
            "Last night on which it was seen; empty: tonight",
        ),
        C("gone_since", "date", "Dinyatakan tidak ada lagi pada malam", "Night on which it was found gone"),
        C("warnings", "string", "Kode pemeriksaan yang perlu dilihat", "Codes of checks to be looked at"),
    ),
    ("id",),
)
COVERAGE = Table(
    "coverage",
    "Kelengkapan data, satu baris per platform",
    "Coverage, one row per platform",
    (
        C("platform", "string", "Kode platform", "Platform id", True),
        C("name", "string", "Nama platform pada malam itu", "Name of the platform on that night", True),
        C("declared", "integer", "Jumlah yang disebut platform", "Number that the platform declares"),
        C("declared_method", "string", "Cara jumlah itu diketahui", "How that number is known", True),
        C("declared_scope", "string", "Yang dihitung: prakerja, whole_shop, unknown", "What it counts", True),
        C("share", "number", "Terkumpul dibagi jumlah yang disebut", "Received divided by declared"),
        C("received", "integer", "Terkumpul malam ini", "Received tonight"),
        C("valid", "integer", "Dapat dipakai", "Usable"),
        C("rejected", "integer", "Ditolak", "Rejected"),
        C("published", "integer", "Tampil di situs", "Published", True),
        C("active", "integer", "Aktif", "Active", True),
        C("new", "integer", "Baru", "New", True),
        C("gone", "integer", "Tidak ada lagi", "Gone", True),
        C("changed", "integer", "Berubah", "Changed", True),
        C("outcome", "string", "accepted, held, not_run, none_found", "Outcome", True),
        C("reasons", "string", "Alasan", "Reasons"),
        C("last_good", "date", "Malam terakhir yang diterima; kosong: belum pernah", "Last accepted night"),
        C("age_nights", "integer", "Umur salinan dalam malam", "Age of the copy in nights"),
        C("confidence", "string", "Seberapa dikenal bentuk sumbernya", "How far the source's shape is known", True),
    ),
    ("platform",),
)
CHANGES = Table(
    "changes",
    "Perubahan sejak malam sebelumnya",
    "Changes since the night before",
    (
        C("kind", "string", "Jenis perubahan", "Kind of change", True),
        C("platform", "string", "Kode platform", "Platform id", True),
        C("offer", "string", "Nomor penawaran", "Offer id", True),
        C("course", "string", "Nomor pelatihan", "Course id"),
        C("title", "string", "Judul", "Title", True),
        C("before", "string", "Sebelumnya", "Before"),
        C("after", "string", "Sekarang", "After"),
    ),
    ("kind", "offer"),
)
REJECTED = Table(
    "rejected",
    "Baris yang ditolak pada pengumpulan terakhir malam itu",
    "Rows that were rejected in that night's run",
    (
        C("platform", "string", "Kode platform", "Platform id", True),
        C("line", "integer", "Nomor baris", "Line number", True),
        C("native_id", "string", "Nomor di platform", "Native id"),
        C("title", "string", "Judul", "Title"),
        C("url", "string", "Tautan", "Link"),
        C("code", "string", "Kode alasan", "Reason code", True),
        C("reason", "string", "Alasan", "Reason in Indonesian", True),
    ),
    ("platform", "line"),
)
FINDINGS = Table(
    "findings",
    "Temuan yang perlu diperiksa",
    "Findings to be looked at",
    (
        C("id", "string", "Nomor temuan yang tetap", "Stable finding id", True),
        C("check", "string", "Kode pemeriksaan", "Check code", True),
        C("version", "integer", "Versi pemeriksaan", "Version of the check", True),
        C("state", "string", "true, false, not_tested", "true, false, not_tested", True),
        C("platform", "string", "Kode platform", "Platform id"),
        C("subject", "string", "Yang diperiksa", "What was checked", True),
        C("reason", "string", "Penjelasan", "Explanation in Indonesian"),
        C("raw", "string", "Teks asli", "Raw text"),
        C("source", "string", "Asal aturan", "Source of the rule"),
        C("seen", "string", "Terlihat pada malam; kosong: malam ini", "Seen on the night of; empty: tonight"),
        C("source_hash", "string", "Sidik jawaban platform", "Hash of the platform's answer"),
        C(
            "status",
            "string",
            "Catatan petugas: baru, diperiksa, ditindaklanjuti, bukan masalah",
            "The office's status",
            True,
        ),
        C("note", "string", "Catatan petugas", "The office's note"),
    ),
    ("id",),
)
COMPLETENESS = Table(
    "completeness",
    "Kelengkapan isian, satu baris per platform dan isian",
    "Completeness, one row per platform and field",
    (
        C("platform", "string", "Kode platform", "Platform id", True),
        C("field", "string", "Isian", "Field", True),
        C(
            "total",
            "integer",
            "Penawaran yang tampil (tanpa yang tidak ada lagi)",
            "Published offers, gone ones left out",
            True,
        ),
        C("valid", "integer", "Terbaca", "Read", True),
        C(
            "unreadable",
            "integer",
            "Ada isinya, tetapi tidak dapat dibaca",
            "Something stands there that we could not read",
            True,
        ),
        C("empty", "integer", "Kosong", "Empty", True),
        C(
            "share",
            "number",
            "Terbaca dibagi penawaran; kosong: tidak ada penawaran",
            "valid / total; empty: no offers",
        ),
    ),
    ("platform", "field"),
)
CHECKS = Table(
    "checks",
    "Pemeriksaan, satu baris per pemeriksaan dan platform",
    "Checks, one row per check and platform",
    (
        C("check", "string", "Kode pemeriksaan", "Check code", True),
        C("version", "integer", "Versi pemeriksaan", "Version of the check", True),
        C("platform", "string", "Kode platform", "Platform id"),
        C("true", "integer", "Perlu diperiksa", "True: to be looked at", True),
        C("false", "integer", "Tidak ada masalah terlihat", "False: nothing seen", True),
        C("not_tested", "integer", "Tidak dapat diuji", "Could not be tested", True),
        C("not_tested_why", "string", "Mengapa tidak dapat diuji", "Why it could not be tested, in Indonesian"),
    ),
    ("check", "platform"),
)
TRENDS = Table(
    "trends",
    "90 malam, satu baris per platform dan malam",
    "90 nights, one row per platform and night",
    (
        C("night", "date", "Malam (WIB)", "Night (WIB)", True),
        C("platform", "string", "Kode platform", "Platform id", True),
        C("outcome", "string", "accepted, held, not_run, none_found", "Outcome", True),
        C("declared", "integer", "Jumlah yang disebut platform", "Number that the platform declares"),
        C("received", "integer", "Terkumpul", "Received"),
        C("valid", "integer", "Dapat dipakai", "Usable"),
        C("published", "integer", "Tampil di situs", "Published", True),
        C("active", "integer", "Aktif", "Active", True),
        C("new", "integer", "Baru", "New", True),
        C("gone", "integer", "Tidak ada lagi", "Gone", True),
        C("changed", "integer", "Berubah", "Changed", True),
        C("median_price_idr", "integer", "Harga tengah penawaran aktif", "Median price of active offers"),
    ),
    ("night", "platform"),
)
ALARMS = Table(
    "alarms",
    "Peringatan yang menyala dan yang selesai dalam 90 hari",
    "Alarms that are on and those closed within 90 days",
    (
        C("id", "string", "Nomor peringatan yang tetap", "Stable alarm id", True),
        C("rule", "string", "Aturan", "Rule", True),
        C("platform", "string", "Kode platform", "Platform id", True),
        C("detail", "string", "Rincian, misalnya lembaga", "Detail, for instance the provider"),
        C("title", "string", "Judul", "Title in Indonesian", True),
        C("text", "string", "Penjelasan", "Explanation in Indonesian", True),
        C("value", "number", "Nilai", "Value"),
        C("limit", "number", "Batas", "Limit"),
        C("opened", "date", "Mulai pada malam", "Opened on the night of", True),
        C("closed", "date", "Selesai pada malam; kosong: masih menyala", "Closed on the night of; empty: still on"),
    ),
    ("id",),
)
OFFICIAL = Table(
    "official",
    "Perbedaan dengan daftar resmi, satu baris per perbedaan",
    "Differences from the official list, one row per difference",
    (
        C("kind", "string", "missing, unlisted, dearer, title, provider, unknown_platform", "Kind of difference", True),
        C("platform", "string", "Kode platform", "Platform id"),
        C("row", "integer", "Baris di daftar resmi", "Row of the official list"),
        C("code", "string", "Kode pelatihan", "Course code"),
        C("official_title", "string", "Judul di daftar resmi", "Title in the official list"),
        C("official_provider", "string", "Lembaga di daftar resmi", "Provider in the official list"),
        C("official_price_idr", "integer", "Harga di daftar resmi", "Price in the official list"),
        C("offer", "string", "Nomor penawaran di katalog", "Offer id"),
        C("course", "string", "Nomor pelatihan di katalog", "Course id"),
        C("title", "string", "Judul di platform", "Title on the platform"),
        C("provider", "string", "Lembaga di platform", "Provider on the platform"),
        C("price_idr", "integer", "Harga di platform", "Price on the platform"),
        C("url", "string", "Tautan", "Link"),
        C("how", "string", "Cara dicocokkan", "How the pair was found"),
        C("confidence", "number", "Keyakinan pencocokan", "Confidence of the pair"),
        C("reason", "string", "Penjelasan", "Explanation in Indonesian", True),
    ),
)
BEHIND = Table(
    "behind",
    "Penawaran di balik satu angka kelengkapan",
    "The offers behind one number of completeness",
    (
        C("offer", "string", "Nomor penawaran", "Offer id", True),
        C("course", "string", "Nomor pelatihan", "Course id", True),
        C("slug", "string", "Bagian alamat halaman pelatihan", "Part of the course page's address", True),
        C("title", "string", "Judul", "Title", True),
        C("raw", "string", "Yang tertulis di platform", "What the platform wrote"),
        C("url", "string", "Tautan", "Link"),
    ),
    ("offer",),
)
PARTS = Table(
    "parts",
    "Bagian satu tabel besar, satu baris per berkas",
    "Parts of one large table, one row per file",
    (
        C("path", "string", "Berkas, dari folder data/", "File, from the folder data/", True),
        C(
            "holds",
            "string",
            "snapshot: semua baris pada malam di nama berkas; changed: baris yang baru atau berubah sejak itu dan "
            "menggantikan yang lama; removed: kunci baris yang sudah tidak ada",
            "snapshot: all rows of the night in the file's name; changed: rows that are new or different since and "
            "replace the older ones; removed: keys of rows that are there no more",
            True,
        ),
        C("rows", "integer", "Banyak baris", "Number of rows", True),
        C("bytes", "integer", "Ukuran dalam bita", "Size in bytes", True),
        C("sha256", "string", "Sidik berkas", "Hash of the file", True),
    ),
    ("path",),
)
TABLES = (COURSES, OFFERS, COVERAGE, COMPLETENESS, CHECKS, FINDINGS, REJECTED, ALARMS, TRENDS, CHANGES, OFFICIAL)
Rows = Iterator[dict[str, Any]]


def course_rows(courses: Iterable[Course]) -> Rows:
    for course in courses:
        row = {name: getattr(course, name, None) for name in COURSES.header}
        row["provider_id"] = course.provider.id if course.provider else None
        row["provider"] = course.provider.name if course.provider else None
        row["offers"] = len(course.offers)
        row["platforms"] = sorted({offer.platform for offer in course.offers})
        yield row


def offer_rows(courses: Iterable[Course], night: dt.date) -> Rows:
    """As in courses.json, `last_seen` stands only where an offer was not seen on this night."""
    for course in courses:
        for offer in course.offers:
            row = {name: getattr(offer, name, None) for name in OFFERS.header} | {"course_id": course.id}
            if offer.last_seen == night:
                row["last_seen"] = None
            yield row


def record_rows(table: Table, records: Iterable[Any]) -> Rows:
    """Rows of a table whose columns are fields of its records."""
    for record in records:
        yield {name: getattr(record, name, None) for name in table.header}


def finding_rows(findings: Iterable[Finding], notes: Mapping[str, FollowUp]) -> Rows:
    for finding in findings:
        note = notes.get(finding.id) or FollowUp(id=finding.id)
        row = {name: getattr(finding, name, None) for name in FINDINGS.header}
        yield row | {"status": note.status, "note": note.note}


def without_night(rows: Iterable[dict[str, Any]], night: dt.date) -> Rows:
    """Findings as offers: `seen` stands only where it was not on this night, so that a quiet night changes few rows."""
    for row in rows:
        yield row | {"seen": None} if row["seen"] == night.isoformat() else row


def behind_rows(entries: Iterable[tuple[Course, Offer, Any]]) -> Rows:
    for course, offer, raw in entries:
        yield {
            "offer": offer.id,
            "course": course.id,
            "slug": course.slug,
            "title": offer.title_raw,
            "raw": raw,
            "url": offer.url,
        }
