"""`python -m tests.bench [NAME…]`: runs benchmarks, all without a name. A name is a module here or the start of one."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import tests.bench


def names() -> list[str]:
    """The benchmarks: modules of this folder with a `main()` that returns an exit code."""
    return sorted(m.name for m in pkgutil.iter_modules(tests.bench.__path__) if not m.name.startswith("_"))


def main(wanted: list[str]) -> int:
    """Runs what was asked for, one after another; 1 when a benchmark says so or a name is unknown."""
    known = names()
    chosen = [n for n in known if not wanted or any(n == w or n.startswith(f"{w}_") for w in wanted)]
    unknown = [w for w in wanted if not any(n == w or n.startswith(f"{w}_") for n in known)]
    if unknown:
        print(f"no benchmark named {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 1
    failed = []
    for name in chosen:
        print(f"\n== {name}", flush=True)
        module = importlib.import_module(f"tests.bench.{name}")
        if module.main():
            failed.append(name)
    if failed:
        print(f"\nover budget: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
