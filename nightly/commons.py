"""What all parts of the command line share: the kind of application, common options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

VarOption = Annotated[Path, typer.Option("--var", help="folder of the run data")]
PublicOption = Annotated[Path, typer.Option("--public", help="folder of the built site")]
Log = Annotated[str, typer.Option(help="progress as 'auto', 'plain' lines or 'json' lines")]
JsonOption = Annotated[bool, typer.Option("--json", help="as JSON")]


def banding(help_text: str = "") -> typer.Typer:
    """A Typer application with our habits: no completion installer, plain errors, no tracebacks."""
    return typer.Typer(
        help=help_text,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
