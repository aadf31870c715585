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
def rollback(public: PublicOption = Path("public"), var: VarOption = Path("var")) -> int:
    """Shows the build before; once more goes forward again."""
    from nightly.lock import hold
    from nightly.publish import rollback as back

    with hold(var, "rollback"):
        build = back(public)
    print(f"{public}/ now shows build {build.get('build')} of the night {build.get('night')}")
    return OK
