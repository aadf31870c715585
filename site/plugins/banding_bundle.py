"""One script for the search page instead of a dozen modules: on a slow phone every request costs a third of a second.

A small linker for modules that are written as ours are: imports stand on one line each, exports before their
declaration. Each module becomes a function that gives its exports; anything else is an error, never a guess.

What a module asks for with `import("…")` is not needed for a first answer: it becomes a part, a file of its own that
gets the modules that both need from the first one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import minify

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";$', re.M)
_LATER = re.compile(r'\bimport\("(\.[^"]+)"\)')
_FUNCTION = re.compile(r"^export (?:async )?function\*? (\w+)\(.*?^}\n", re.M | re.S)
_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.M | re.S)
_EXPORT = re.compile(r"^export (async function|function\*?|class|const|let) (\w+)", re.M)

# Reads a part. Browsers before late 2026 remember that an address failed, so that the next try needs another one.
_READ_LATER = """let failures = 0;
const later = (name, known) => import(failures ? `${name}?${failures}` : name).then(
  ({ link }) => link(known), (error) => { failures++; throw error; });
"""


class BundleError(ValueError):
    """A module is written in a way that the linker does not know; the message names it."""


def minified(code: str) -> str:
    """The same code in fewer bytes: without comments, with short names inside functions."""
    return str(minify.string("application/javascript", code)) + "\n"


@dataclass
class _Module:
    code: str
    imports: list[tuple[list[str], str]]  # names, and the module that gives them
    later: dict[str, str]  # modules that it asks for with import(), by what stands in the code
    wanted: set[str] = field(default_factory=set)

    @property
    def exports(self) -> list[str]:
        return [match[2] for match in _EXPORT.finditer(self.code)]

    @property
    def live(self) -> set[str]:
        """Exports that change: their importers must look at them anew each time."""
        return {match[2] for match in _EXPORT.finditer(self.code) if match[1] == "let"}


class Bundle(NamedTuple):
    """The first file's code, and the code of the parts by their files' names, which lie beside it."""

    code: str
    parts: dict[str, str]


def bundle(folder: Path, entries: Collection[str], leave_out: Collection[str] = (), *, parted: bool = True) -> Bundle:
    """The code of `entries` (names in `folder`) and all that they import, in one minified module without imports; what
    they import later in parts, or, unless `parted`, there too.

    Names imported from a module in `leave_out` become empty classes; functions that nobody imports are left out. Raises
    BundleError.
    """
    modules: dict[str, _Module] = {}
    for entry in entries:
        _add(folder, entry, leave_out, modules, ())
        modules[entry].wanted.update(modules[entry].exports)
    calls = {} if parted else _join_later(folder, leave_out, modules)
    first = list(modules)
    held = _add_parts(folder, leave_out, modules) if parted else {}
    for module in modules.values():
        for names, target in module.imports:
            if target in modules:
                modules[target].wanted.update(names)
    parts = {}
    for target, names in held.items():
        calls[target], name, code = _part(target, names, modules)
        parts[name] = code
    head = _READ_LATER if parts else ""
    return Bundle(minified(head + "\n".join(_wrap(name, modules, calls) for name in first)), parts)


def _join_later(folder: Path, leave_out: Collection[str], modules: dict[str, _Module]) -> dict[str, str]:
    """Adds what `modules` ask for later to them; what stands for the calls that ask for it."""
    for target in sorted({target for module in modules.values() for target in module.later.values()}):
        _add(folder, target, leave_out, modules, ())
        modules[target].wanted.update(modules[target].exports)
    numbers = {known: number for number, known in enumerate(modules)}
    targets = {target for module in modules.values() for target in module.later.values()}
    # A module that is asked for while the file still runs may stand behind the one that asks.
    return {target: f"Promise.resolve().then(() => m{numbers[target]})" for target in targets}


def _add_parts(folder: Path, leave_out: Collection[str], modules: dict[str, _Module]) -> dict[str, list[str]]:
    """Reads what the first file's `modules` ask for later; the modules of each part, which are added to these."""
    first = dict(modules)
    held: dict[str, list[str]] = {}
    for target in sorted({target for module in first.values() for target in module.later.values()}):
        known = dict(first)
        _add(folder, target, leave_out, known, ())
        known[target].wanted.update(known[target].exports)
        held[target] = [name for name in known if name not in first]
        for name in held[target]:
            if name in modules or known[name].later:
                raise BundleError(f"{name}: a part asks for no further part and shares only the first file's modules")
        modules |= known
    return held


def _part(target: str, names: Collection[str], modules: dict[str, _Module]) -> tuple[str, str, str]:
    """The call that reads a part, its file's name and its code: a function of those of the first file's modules that it
    needs."""
    numbers = {known: number for number, known in enumerate(modules)}
    needed = {to for name in names for _, to in modules[name].imports if to not in names}
    shared = ", ".join(f"m{number}" for name, number in numbers.items() if name in needed)
    body = "\n".join(_wrap(name, modules, {}) for name in names)
    code = minified(f"export const link = ([{shared}]) => {{\n{body}\nreturn m{numbers[target]};\n}};")
    name = f"{Path(target).stem}-{blake2b(code.encode(), digest_size=4).hexdigest()}.js"
    return f'later("./{name}", [{shared}])', name, code


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
        imports.append((names, _beside(name, match[2])))
    for _, target in imports:
        if target not in leave_out:
            _add(folder, target, leave_out, modules, (*above, name))
    later = {match[0]: _beside(name, match[1]) for match in _LATER.finditer(_COMMENT.sub("", code))}
    modules[name] = _Module(code, imports, later)


def _beside(name: str, path: str) -> str:
    """The module that a module means by a relative path."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))


def _used(module: _Module) -> str:
    """The module's code without the exported functions that nobody, itself included, calls."""

    def kept(match: re.Match[str]) -> str:
        calls = len(re.findall(rf"\b{match[1]}\b", _COMMENT.sub("", module.code)))
        return match[0] if match[1] in module.wanted or calls > 1 else ""

    return _FUNCTION.sub(kept, module.code)


def _wrap(name: str, modules: dict[str, _Module], calls: Mapping[str, str]) -> str:
    """A module as a function; `calls` read the parts that it asks for."""
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
    for asked, target in module.later.items():
        body = body.replace(asked, calls[target])
    if re.search(r"^\s*(import\b(?!\()|export\b)", body, re.M):
        raise BundleError(f"{name}: an import or export that the linker does not know; write it on one line with names")
    gives = ", ".join(f"get {one}() {{ return {one}; }}" if one in module.live else one for one in exports)
    return f"const m{numbers[name]} = (() => {{\n" + "\n".join(head) + f"\n{body}\nreturn {{ {gives} }};\n}})();"
