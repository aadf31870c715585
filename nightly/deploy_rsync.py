"""Deploy over rsync: ssh (HOST:PATH), a daemon (HOST::MODULE/PATH) or a local path. Keys are ssh's own business."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nightly.commands import run
from nightly.deploy import HOSTS_OWN, MARKER, Plan, not_ours
from nightly.errors import UsageError, UserError

# No times, owners or groups: nightly builds have new times, and equal bytes must not travel again.
_SAME = ("rsync", "--recursive", "--checksum", "--perms", "--chmod=D755,F644")
_SPARED = [f"--exclude=/{name}" for name in HOSTS_OWN]


class RsyncTarget:
    """Compares by checksum on both sides, then sends the lists of each phase."""

    def __init__(self, address: str) -> None:
        if address.startswith("-") or not address:
            raise UsageError(f"rsync target {address!r}: write rsync:HOST:PATH")
        self.address = address.rstrip("/") + "/"
        self.out = Path()

    def plan(self, out: Path, names: Sequence[str]) -> Plan:
        self.out = out
        there = self._listed()
        if there and not {"build.json", MARKER} & there:
            raise not_ours(self.address)
        if not there:
            return Plan(list(names), [], True)
        format_ = "--out-format=%o %n"
        lines = run([*_SAME, *_SPARED, "--dry-run", "--delete", format_, "--", f"{out}/", self.address]).splitlines()
        changed = {line[5:] for line in lines if line.startswith("send ")}
        gone = [line[5:] for line in lines if line.startswith("del. ") and not line.endswith("/")]
        return Plan([name for name in names if name in changed], sorted(set(gone) - {MARKER}), False)

    def _listed(self) -> set[str]:
        """Names directly in the target; empty when it is not there yet."""
        try:
            text = run(["rsync", "--list-only", "--", self.address])
        except UserError as error:
            if "No such file or directory" in str(error):
                return set()
            raise
        return {line.split(maxsplit=4)[4] for line in text.splitlines() if len(line.split(maxsplit=4)) == 5} - {
            ".",
            *HOSTS_OWN,
        }

    def begin(self, out: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / MARKER).write_bytes((out / "build.json").read_bytes())
            run([*_SAME, "--mkpath", "--", f"{folder}/", self.address])

    def put(self, out: Path, names: Sequence[str]) -> None:
        listed = b"\0".join(os.fsencode(name) for name in names)
        # --delay-updates: the files of one phase appear together at its end, whole.
        run([*_SAME, "--delay-updates", "--from0", "--files-from=-", "--", f"{out}/", self.address], stdin=listed)

    def delete(self, names: Sequence[str]) -> None:
        run(
            [
                *_SAME,
                *_SPARED,
                "--delete",
                f"--exclude=/{MARKER}",
                "--existing",
                "--ignore-existing",
                "--",
                f"{self.out}/",
                self.address,
            ]
        )

    def end(self) -> None:
        only_marker = ("--delete", "--existing", "--ignore-existing", f"--include=/{MARKER}", "--exclude=*")
        run(["rsync", "--recursive", *only_marker, "--", f"{self.out}/", self.address])
