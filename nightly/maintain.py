"""Commands for those who look after the platforms: preview, new-platform, capture, diagnose, accept."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from nightly.commons import JsonOption, VarOption, banding
from nightly.errors import OK, UsageError

app = banding()


@app.command()
def preview(url: str, platform: Annotated[str | None, typer.Option(help="whose parser to use")] = None) -> int:
    """Fetches one page and shows what is read from it."""
    from nightly.job import is_loopback
    from nightly.options import need_contact
    from nightly.rooms import room

    try:
        room("spiders.preview", "host_of")(url)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if not is_loopback(url):
        need_contact([url])
    return int(room("spiders.maintain", "preview")(url, platform=platform) or OK)


@app.command("new-platform")
def new_platform(name: str) -> int:
    """Writes a spider, a spec and a test to fill in."""
    from nightly.rooms import room

    return int(room("spiders.maintain", "new_platform")(name) or OK)


@app.command()
def capture(
    platform: str,
    origin: Annotated[str | None, typer.Option(help="ask this server instead")] = None,
    limit: Annotated[int, typer.Option(help="how many courses at most", min=1)] = 5,
    var: VarOption = Path("var"),
) -> int:
    """Saves a few answers of a platform, scrubbed, as fixtures."""
    from nightly.options import known_specs, need_contact, origin_url, platform_id
    from nightly.rooms import room

    name = platform_id(platform, known_specs())
    where = origin_url(origin) if origin else None
    if where is None:
        need_contact([name])
    return int(room("spiders.maintain", "capture")(name, origin=where, var=var, limit=limit) or OK)


@app.command()
def diagnose(
    platform: str,
    run: Annotated[str | None, typer.Option(help="which run (default: the last)")] = None,
    as_json: JsonOption = False,
    var: VarOption = Path("var"),
) -> int:
    """What went wrong in a platform's last run, and what to do."""
    from nightly.ask import data_folder, plain
    from nightly.options import known_specs, platform_id
    from nightly.rooms import room

    if run:
        check_name(run)
    name = platform_id(platform, known_specs())
    found = room("catalog.diagnose", "diagnose")(data_folder(var), name, run)
    print(json.dumps(plain(found), ensure_ascii=False) if as_json else "\n".join(found.summary))
    return OK


@app.command()
def accept(
    platform: str,
    run: str,
    reason: Annotated[str, typer.Option(help="why this held run is right; logged and shown")],
    var: VarOption = Path("var"),
) -> int:
    """Releases a held run: its listings become last good."""
    from catalog.layout import Var
    from nightly.lock import hold
    from nightly.options import known_specs, platform_id
    from nightly.rooms import room

    specs = known_specs()
    name = platform_id(platform, specs)
    if not reason.strip():
        raise UsageError("--reason is empty: say in a few words why the held run is right")
    check_name(run)
    release = room("catalog.build", "accept_run")
    with hold(var, f"accept {name} {run}"):
        release(Var(var), specs[name], run, reason.strip())
    print("shown after: banding nightly --from catalog", file=sys.stderr)
    print(json.dumps({"platform": name, "run": run, "accepted": True, "reason": reason.strip()}, ensure_ascii=False))
    return OK


def check_name(run: str) -> None:
    """A run's name is a folder's name; nothing else may reach the file system."""
    if not run or run.startswith(".") or not all(sign.isalnum() or sign in "-._" for sign in run):
        raise UsageError(f"run {run!r}: give the name of a folder in var/runs/")
