"""`banding capture P`: saves a few real answers of a platform as scrubbed, cut fixtures."""

from __future__ import annotations

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from catalog.files import write_bytes, write_json
from catalog.layout import Var
from catalog.platforms import read_spec
from spiders import SPECS
from spiders.recorder import RAW, read_raw
from spiders.run import crawl

MAX_ROWS = 3
MAX_BYTES = 60_000


def capture(
    platform: str, limit: int = 5, out: Path | None = None, *, origin: str | None = None, specs_dir: Path = SPECS
) -> dict[str, Any]:
    """Crawls at most `limit` listings and keeps their answers under `out`.

    Returns {platform, files, finish_reason, confidence, proposed}: `proposed` is 'recorded' when real answers were
    read well, else the spec's own confidence. Replicas never raise the confidence. Raises SpecError for a bad name.
    """
    spec = read_spec(specs_dir / f"{platform}.toml")
    out = out or specs_dir.parent.parent / "tests" / "spiders" / "fixtures" / platform
    with TemporaryDirectory() as folder:
        var = Var(Path(folder))
        report = crawl(platform, var=var, run="capture", specs_dir=specs_dir, origin=origin, limit=limit)
        raw = var.run_dir("capture", platform) / RAW
        records = _few(raw, limit) if raw.is_file() else []
        course = re.compile(spec.endpoints.get("course", "^$"))
        files = {_save(out, number, record, course): record["url"] for number, record in enumerate(records, 1)}
    good = report.finish_reason == "finished" and report.received > 0
    proposed = "recorded" if good and origin is None else spec.confidence
    about = {
        "platform": platform, "captured": report.finished[:10], "replica": origin is not None,
        "received": report.received, "layers": report.layers, "files": {path.name: url for path, url in files.items()},
    }  # fmt: skip
    write_json(out / "capture.json", about, indent=1)
    return {
        "platform": platform,
        "files": [str(path) for path in files],
        "finish_reason": report.finish_reason,
        "confidence": spec.confidence,
        "proposed": proposed,
    }


def _few(raw: Path, limit: int) -> list[dict[str, Any]]:
    return [record for record in read_raw(raw) if "body" in record and record["status"] == 200][: limit + 2]


def _save(out: Path, number: int, record: dict[str, Any], course: re.Pattern[str]) -> Path:
    body: str = record["body"]
    is_json = body.lstrip()[:1] in ("{", "[")
    what = "course" if course.search(urlsplit(record["url"]).path) else "list"
    path = out / f"{number:02d}-{what}.{'json' if is_json else 'html'}"
    if is_json:
        body = json.dumps(trimmed(json.loads(body)), ensure_ascii=False, indent=1)
    write_bytes(path, body.encode()[:MAX_BYTES] if not is_json else body.encode())
    return path


def trimmed(value: Any) -> Any:
    """The same JSON with lists cut to a few items: the shape is what a fixture is for."""
    if isinstance(value, list):
        return [trimmed(item) for item in value[:MAX_ROWS]]
    if isinstance(value, dict):
        return {key: trimmed(inner) for key, inner in value.items()}
    return value
