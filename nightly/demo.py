"""`banding demo`: the nightly job against the bundled replicas, from an empty folder, on a night of 2020."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from catalog.layout import Var
from nightly import publish
from nightly.errors import UsageError, UserError
from nightly.job import Job, Night, Result
from nightly.journal import new_run
from nightly.lock import hold
from nightly.options import known_specs
from nightly.report import Progress
from nightly.rooms import room


def run_demo(
    var: Path, public: Path, *, courses: int, seed: int, night: dt.date, faults: str | None, progress: Progress,
    base: str = "/",
) -> Result:  # fmt: skip
    """Empties `var`/demo, starts the replicas, runs the night, stops them. With faults, a clean night comes first."""
    there = publish.read_build(public)
    if there is not None and there.get("sample") is False:
        raise UserError(f"{public} holds the site of a real night; give the demo another folder with --public")
    specs = known_specs()
    folder = Var(var / "demo")
    with hold(folder.root, "demo") as lock:
        empty(folder.root)
        plan = Night(folder, public, night, "", tuple(specs), base=base)
        if faults:
            before = night - dt.timedelta(days=1)
            # The same invented catalog on both nights: only the faults shall make the difference.
            _night(plan, specs, progress, lock, courses, seed, before, None, catalog_of=night)
        return _night(plan, specs, progress, lock, courses, seed, night, faults, catalog_of=night)


def _night(
    plan: Night, specs: Any, progress: Progress, lock: int, courses: int, seed: int, night: dt.date, faults: str | None,
    *, catalog_of: dt.date,
) -> Result:  # fmt: skip
    progress.say(f"replicas: {courses} invented courses, seed {seed}" + (f", faults: {faults}" if faults else ""))
    sandbox = start_replicas(courses, seed, catalog_of, faults)
    try:
        run = new_run(plan.var, night)
        asked = replace(plan, night=night, run=run, origins=dict(sandbox.origins))
        return Job(asked, specs, progress, lock).run()
    finally:
        sandbox.stop()


def start_replicas(courses: int, seed: int, night: dt.date, faults: str | None) -> Any:
    """The replicas in a process of their own. UsageError for an unknown fault."""
    try:
        return room("spiders.sandbox.serve", "start")(courses, seed, night, faults)
    except ValueError as error:
        raise UsageError(f"--faults: {error}") from error


def empty(folder: Path) -> None:
    """Removes everything in the folder but the lock that we hold."""
    for path in folder.iterdir():
        if path.name == "lock":
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
