"""Commands that bring the site to readers: serve, deploy, rollback."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nightly.commons import PublicOption, VarOption, banding
from nightly.errors import ALARM, FAILED, OK, UserError

app = banding()


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free port")] = 8000,
    base: Annotated[str, typer.Option(help="base path that the site was built for")] = "/",
    public: PublicOption = Path("public"),
) -> int:
    """Serves the built site on loopback until Ctrl-C."""
    from nightly.options import base_path
    from nightly.serve import serve as run

    run(public, port, base_path(base))
    return OK


@app.command()
def deploy(
    target: Annotated[str, typer.Argument(help="FOLDER, rsync:HOST:PATH, s3://BUCKET/PREFIX or git:URL#BRANCH")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="list what would travel, in order")] = False,
    allow_sample: Annotated[bool, typer.Option("--allow-sample", help="send invented data all the same")] = False,
    endpoint: Annotated[str | None, typer.Option(envvar="AWS_ENDPOINT_URL_S3", help="address of an S3 server")] = None,
    public: PublicOption = Path("public"),
    var: VarOption = Path("var"),
) -> int:
    """Sends the built site to its host: changed files only, assets first, deletions last. Secrets: environment."""
    from nightly.deploy import check_source, open_target
    from nightly.deploy import deploy as send
    from nightly.lock import hold

    goal = open_target(target, endpoint=endpoint, cache=var / "deploy")
    with hold(var, "deploy"):  # no swap while files are read
        build = check_source(public, allow_sample=allow_sample)
        sent = send(goal, public, dry_run=dry_run)
    verb = "would send" if dry_run else "sent"
    print(f"{verb} {sent.put} files ({sent.bytes:,} bytes), deleted {sent.delete}; build {build.get('build')}")
    return OK


@app.command()
def rollback(public: PublicOption = Path("public"), var: VarOption = Path("var")) -> int:
    """Shows the build before; once more goes forward again."""
    from nightly.lock import hold
    from nightly.publish import rollback as back

    with hold(var, "rollback"):
        build = back(public)
    print(f"{public}/ now shows build {build.get('build')} of the night {build.get('night')}")
    return OK


@app.command("check-live")
def check_live(
    url: Annotated[str, typer.Argument(help="address of the published site")],
    hours: Annotated[float, typer.Option(min=1, help="how old the published night may be")] = 36,
    most_mb: Annotated[
        float, typer.Option(min=0, help="how much of the data to fetch and compare; others next hour")
    ] = 64,
    allow_sample: Annotated[bool, typer.Option("--allow-sample", help="invented data are expected")] = False,
) -> int:
    """Fails when the published night is too old or its files do not belong together. For a watcher elsewhere."""
    from nightly.live import check_live as look

    sight = look(url, hours=hours, most_mb=most_mb, allow_sample=allow_sample)
    for problem in sight.problems:
        print(problem)
    if not sight.problems:
        print(f"{url}: fresh and whole; {sight.compared} of {sight.listed} data files compared with their hashes")
    return FAILED if sight.problems else OK


@app.command()
def merge(
    runs: Annotated[list[str], typer.Argument(help="runs: names in var/runs, or folders")],
    into: Annotated[str, typer.Option(help="name of the merged run")] = "merged",
    var: VarOption = Path("var"),
) -> int:
    """Joins crawls of several machines into one run; then `banding nightly --run NAME` goes on from there."""
    from catalog.layout import Var
    from nightly.maintain import check_name
    from nightly.merge import merge_runs
    from nightly.report import table

    check_name(into)
    folders = [Path(run) if Path(run).is_dir() else Var(var).runs / run for run in runs]
    for run, folder in zip(runs, folders, strict=True):
        if not folder.is_dir():
            raise UserError(f"run {run!r} is neither a folder nor a run in {var}/runs")
    reports = merge_runs(Var(var), folders, into)
    rows = [[name, r.declared, r.received, r.requests, r.finish_reason] for name, r in reports.items()]
    table(f"Run {into}", ("platform", "declared", "received", "requests", "ended"), rows, right=(1, 2, 3))
    return OK if all(r.finish_reason == "finished" for r in reports.values()) else ALARM
