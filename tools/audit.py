"""Known vulnerabilities of the locked packages, asked of the advisory services that pip-audit knows.

pip-audit ends with "no known vulnerabilities" also when no service answered. Here a package that nobody could judge is
a failure: exit 0 all packages were judged and none is known to be vulnerable, 1 some are, 2 some could not be judged.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
SERVICES = ("pypi", "osv")
SECONDS = 300


def ask(service: str, lock: Path) -> list[dict[str, Any]]:
    """pip-audit's answer for every package of a lock file; empty when it gave none."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    try:
        done = subprocess.run(
            [*command, "--format", "json", "--vulnerability-service", service, "-r", str(lock)],
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return []
    return found


def audit(lock: Path, services: Sequence[str] = SERVICES) -> tuple[int, list[str]]:
    """Exit code and lines for one lock file; the second service is asked when the first can't judge every package."""
    found: list[dict[str, Any]] = []
    for service in services:
        found = ask(service, lock)
        if found and not any("skip_reason" in package for package in found):
            break
    unsafe = [
        f"{lock.name}: {package['name']} {package['version']}: {hole['id']}, fixed in {fixes(hole)}"
        for package in found
        for hole in package.get("vulns", [])
    ]
    left = [package["name"] for package in found if "skip_reason" in package]
    if unsafe:
        return 1, unsafe
    if left or not found:
        how_many = f"{len(left)} of {len(found)} packages" if found else "no package"
        verb = "could not be judged" if found else "could be judged"
        return 2, [
            f"{lock.name}: {how_many} {verb}: no advisory service answered ({', '.join(services)}); "
            "run `make audit` where pypi.org or osv.dev can be reached"
        ]
    return 0, [f"{lock.name}: {len(found)} packages, no known vulnerability"]


def fixes(hole: dict[str, Any]) -> str:
    return ", ".join(hole.get("fix_versions") or []) or "no version yet"


def main(names: Sequence[str] = LOCKS) -> int:
    """The worst exit code of all lock files."""
    worst = 0
    for name in names:
        code, lines = audit(ROOT / name)
        worst = code if code == 1 or worst == 0 else worst
        print("\n".join(f"audit: {line}" for line in lines), file=sys.stderr if code else sys.stdout)
    return worst


if __name__ == "__main__":
    sys.exit(main())
