"""Locks the packages: exact versions with hashes, and no address of a registry in the files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUIET = [
    "--quiet",
    "--strip-extras",
    "--allow-unsafe",
    "--generate-hashes",
    "--no-header",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
]


def main() -> None:
    compile_ = [sys.executable, "-m", "piptools", "compile", *QUIET]
    for name, extra in (("requirements", []), ("requirements-dev", ["-c", "requirements.lock"])):
        command = [*compile_, *extra, *sys.argv[1:], "-o", f"{name}.lock", f"{name}.in"]
        subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
