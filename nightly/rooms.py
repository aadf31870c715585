"""The other rooms, imported only when a command needs them, so that `banding --help` stays fast."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from nightly.errors import UserError


def room(module: str, name: str) -> Any:
    """The function or class `name` of one of our modules. UserError when it is not there."""
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name and (module == error.name or module.startswith(error.name + ".")):
            raise UserError(f"not available in this version: {module}.{name} is missing") from error
        raise UserError(f"the package {error.name} is not installed; run tools/setup.sh runtime") from error
    except AttributeError as error:
        raise UserError(f"not available in this version: {module}.{name} is missing") from error
