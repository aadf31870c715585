"""One script for the search page instead of a dozen modules: on a slow phone every request costs a third of a second.

A small linker for modules that are written as ours are: imports stand on one line each, exports before their
declaration. Each module becomes a function that gives its exports; anything else is an error, never a guess.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from pathlib import Path

import minify

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";$', re.M)
_EXPORT = re.compile(r"^export (async function|function\*?|class|const|let) (\w+)", re.M)


class BundleError(ValueError):
    """A module is written in a way that the linker does not know; the message names it."""


def minified(code: str) -> str:
    """The same code in fewer bytes: without comments, with short names inside functions."""
    return str(minify.string("application/javascript", code)) + "\n"


def bundle(folder: Path, entries: Collection[str], leave_out: Collection[str] = ()) -> str:
    """The code of `entries` (names in `folder`) and all that they import, in one minified module without imports.

    Names imported from a module in `leave_out` become empty classes. Raises BundleError.
    """
    numbers: dict[str, int] = {}
    parts: list[str] = []
    for entry in entries:
        _add(folder, entry, frozenset(leave_out), numbers, parts, ())
    return minified("\n".join(parts))


def _add(
    folder: Path,
    name: str,
    leave_out: frozenset[str],
    numbers: dict[str, int],
    parts: list[str],
    above: tuple[str, ...],
) -> None:
    if name in above:
        raise BundleError(f"{name}: imports itself over {' -> '.join(above)}; scripts may not go round in circles")
    if name in numbers:
        return
    code = (folder / name).read_text(encoding="utf-8")
    imports = [(match[1], _resolve(name, match[2])) for match in _IMPORT.finditer(code)]
    for _, target in imports:
        if target not in leave_out:
            _add(folder, target, leave_out, numbers, parts, (*above, name))
    live = {x for _, t in imports if t not in leave_out for x in _live(folder / t)}
    numbers[name] = len(numbers)
    parts.append(_wrap(name, code, imports, numbers, live, leave_out))


def _resolve(name: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), target))


def _live(path: Path) -> set[str]:
    """Exports that change: their importers must look at them anew each time."""
    return {m[2] for m in _EXPORT.finditer(path.read_text(encoding="utf-8")) if m[1] == "let"}


def _wrap(
    name: str,
    code: str,
    imports: list[tuple[str, str]],
    numbers: dict[str, int],
    live: set[str],
    leave_out: frozenset[str],
) -> str:
    exports = [match[2] for match in _EXPORT.finditer(code)]
    body = _EXPORT.sub(r"\1 \2", _IMPORT.sub("", code))
    head = []
    for text, target in imports:
        wanted = [one.strip() for one in text.split(",") if one.strip()]
        if any(" as " in one for one in wanted):
            raise BundleError(f"{name}: 'import … as' is not known to the linker")
        if target in leave_out:
            head += [f"class {one} {{}}" for one in wanted]
            continue
        fixed = [one for one in wanted if one not in live]
        if fixed:
            head.append(f"const {{ {', '.join(fixed)} }} = m{numbers[target]};")
        for one in set(wanted) & live:
            body = re.sub(rf"(?<![\w.$\"']){one}(?![\w$\"':])", f"m{numbers[target]}.{one}", body)
    if re.search(r"^\s*(import\b(?!\()|export\b)", body, re.M):
        raise BundleError(f"{name}: an import or export that the linker does not know; write it on one line with names")
    gives = ", ".join(f"get {one}() {{ return {one}; }}" for one in exports)
    return f"const m{numbers[name]} = (() => {{\n" + "\n".join(head) + f"\n{body}\nreturn {{ {gives} }};\n}})();"
