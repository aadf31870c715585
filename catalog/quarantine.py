"""What could not be used is set aside with its reason, so that nothing is lost and the good part goes on.

A bad line goes to `<source>.jsonl` as `{"source", "line", "reason", "text"}`; a bad file moves as a whole, and a
line in `files.jsonl` says why. Setting the same thing aside twice keeps it once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from catalog.files import R, dump_json, read_lines, write_bytes

TEXT_LIMIT = 20_000


class Quarantine:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        self._lines: dict[str, dict[str, None]] = {}

    def line(self, source: str, number: int, text: str, reason: str) -> None:
        """Remembers one bad line of `source` (a short name such as 'lastgood-tokopedia'); `flush` writes it."""
        entry = dump_json({"source": source, "line": number, "reason": reason, "text": text[:TEXT_LIMIT]})
        lines = self._lines.setdefault(source, {})
        if entry not in lines:
            lines[entry] = None
            self.count += 1

    def read_lines(self, source: str, path: Path, model: type[R]) -> Iterator[R]:
        """Records of one of our JSON-lines files, none where it is not there; bad lines are set aside."""
        if path.exists():
            yield from read_lines(path, model, lambda number, text, reason: self.line(source, number, text, reason))

    def flush(self) -> None:
        for source, lines in self._lines.items():
            self._add(self.folder / f"{source}.jsonl", list(lines))
        self._lines.clear()

    def file(self, path: Path, reason: str) -> Path:
        """Moves a file that can't be used out of the way; its name there carries a hash of its bytes."""
        self.count += 1
        digest = hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / f"{path.stem}-{digest}{path.suffix}"
        path.replace(target)
        self._add(self.folder / "files.jsonl", [dump_json({"file": target.name, "was": path.name, "reason": reason})])
        return target

    @staticmethod
    def _add(path: Path, lines: list[str]) -> None:
        old = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        merged = list(dict.fromkeys([*old, *lines]))
        if merged != old:
            write_bytes(path, ("\n".join(merged) + "\n").encode())


def read_json(path: Path, quarantine: Quarantine) -> object | None:
    """A JSON file of ours; None when it is not there or can't be read (then it is set aside)."""
    if not path.exists():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
    except (ValueError, UnicodeDecodeError) as error:
        quarantine.file(path, f"not JSON: {error}")
        return None
