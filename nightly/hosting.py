"""Commands that bring the site to readers: serve, deploy, rollback."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nightly.commons import PublicOption, VarOption, banding
from nightly.errors import OK

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

    build = check_source(public, allow_sample=allow_sample)
    goal = open_target(target, endpoint=endpoint, cache=var / "deploy")
    with hold(var, "deploy"):  # no swap while files are read
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
