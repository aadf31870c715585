"""One script for the search page instead of a dozen modules: on a slow phone every request costs a third of a second.

A small linker for modules that are written as ours are: imports stand on one line each, exports before their
declaration. Each module becomes a function that gives its exports; anything else is an error, never a guess.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import minify

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";$', re.M)
_FUNCTION = re.compile(r"^export (?:async )?function\*? (\w+)\(.*?^}\n", re.M | re.S)
_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.M | re.S)
_EXPORT = re.compile(r"^export (async function|function\*?|class|const|let) (\w+)", re.M)


class BundleError(ValueError):
    """A module is written in a way that the linker does not know; the message names it."""


def minified(code: str) -> str:
    """The same code in fewer bytes: without comments, with short names inside functions."""
    return str(minify.string("application/javascript", code)) + "\n"


@dataclass
class _Module:
    code: str
    imports: list[tuple[list[str], str]]  # names, and the module that gives them
    wanted: set[str] = field(default_factory=set)

    @property
    def exports(self) -> list[str]:
        return [match[2] for match in _EXPORT.finditer(self.code)]

    @property
    def live(self) -> set[str]:
        """Exports that change: their importers must look at them anew each time."""
        return {match[2] for match in _EXPORT.finditer(self.code) if match[1] == "let"}


def bundle(folder: Path, entries: Collection[str], leave_out: Collection[str] = ()) -> str:
    """The code of `entries` (names in `folder`) and all that they import, in one minified module without imports.

    Names imported from a module in `leave_out` become empty classes; functions that nobody imports are left out. Raises
    BundleError.
    """
    modules: dict[str, _Module] = {}
    for entry in entries:
        _add(folder, entry, leave_out, modules, ())
        modules[entry].wanted.update(modules[entry].exports)
    for module in modules.values():
        for names, target in module.imports:
            if target in modules:
                modules[target].wanted.update(names)
    return minified("\n".join(_wrap(name, modules) for name in modules))


def _add(
    folder: Path, name: str, leave_out: Collection[str], modules: dict[str, _Module], above: tuple[str, ...]
) -> None:
    """Reads a module after those that it imports."""
    if name in above:
        raise BundleError(f"{name}: imports itself over {' -> '.join(above)}; scripts may not go round in circles")
    if name in modules:
        return
    code = (folder / name).read_text(encoding="utf-8")
    imports = []
    for match in _IMPORT.finditer(code):
        names = [one.strip() for one in match[1].split(",") if one.strip()]
        if any(" as " in one for one in names):
            raise BundleError(f"{name}: 'import … as' is not known to the linker")
        imports.append((names, posixpath.normpath(posixpath.join(posixpath.dirname(name), match[2]))))
    for _, target in imports:
        if target not in leave_out:
            _add(folder, target, leave_out, modules, (*above, name))
    modules[name] = _Module(code, imports)


def _used(module: _Module) -> str:
    """The module's code without the exported functions that nobody, itself included, calls."""

    def kept(match: re.Match[str]) -> str:
        calls = len(re.findall(rf"\b{match[1]}\b", _COMMENT.sub("", module.code)))
        return match[0] if match[1] in module.wanted or calls > 1 else ""

    return _FUNCTION.sub(kept, module.code)


def _wrap(name: str, modules: dict[str, _Module]) -> str:
    module = modules[name]
    numbers = {known: number for number, known in enumerate(modules)}
    code = _used(module)
    exports = [match[2] for match in _EXPORT.finditer(code) if match[2] in module.wanted]
    body = _EXPORT.sub(r"\1 \2", _IMPORT.sub("", code))
    head = []
    for wanted, target in module.imports:
        if target not in modules:
            head += [f"class {one} {{}}" for one in wanted]
            continue
        live = modules[target].live
        fixed = [one for one in wanted if one not in live]
        if fixed:
            head.append(f"const {{ {', '.join(fixed)} }} = m{numbers[target]};")
        for one in set(wanted) & live:
            body = re.sub(rf"(?<![\w.$\"']){one}(?![\w$\"':])", f"m{numbers[target]}.{one}", body)
    if re.search(r"^\s*(import\b(?!\()|export\b)", body, re.M):
        raise BundleError(f"{name}: an import or export that the linker does not know; write it on one line with names")
    gives = ", ".join(f"get {one}() {{ return {one}; }}" if one in module.live else one for one in exports)
    return f"const m{numbers[name]} = (() => {{\n" + "\n".join(head) + f"\n{body}\nreturn {{ {gives} }};\n}})();"
