"""Outside programs (git, rsync): run as argument lists, their messages scrubbed of secrets."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from nightly.errors import UserError
from nightly.processes import die_with_parent

_SECRET_NAMES = re.compile(r"(SECRET|TOKEN|PASSWORD|PASSWD|ACCESS_KEY|CREDENTIAL)", re.IGNORECASE)


def run(
    command: Sequence[str], *, stdin: bytes | None = None, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> str:
    """Standard output of a program. UserError with the last line of its complaint, or when it is not installed."""
    if shutil.which(command[0]) is None:
        raise UserError(f"{command[0]} is not installed (Debian: apt-get install {command[0]})")
    done = subprocess.run(  # noqa: S603 - an argument list of ours, never a shell string
        command, input=stdin, capture_output=True, env={**os.environ, **(env or {})}, cwd=cwd, check=False,
        preexec_fn=die_with_parent,
    )  # fmt: skip
    if done.returncode != 0:
        lines = [line.strip() for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        text = next((line for line in lines if re.match(r"(fatal|error|rsync|ssh|remote|!)", line)), "")
        raise UserError(f"{command[0]} failed: {scrub(text or (lines[-1] if lines else f'exit {done.returncode}'))}")
    return done.stdout.decode("utf-8", "surrogateescape")


def scrub(text: str, environment: Mapping[str, str] | None = None) -> str:
    """The text without values of secret-looking environment variables and without user:password in addresses."""
    env = os.environ if environment is None else environment
    for name, value in env.items():
        if _SECRET_NAMES.search(name) and len(value) >= 6:
            text = text.replace(value, "***")
    return re.sub(r"(\w+://)[^/@\s]+@", r"\1***@", text)
