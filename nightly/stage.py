"""One stage in a process of its own: `python -m nightly.stage NAME RESULT JSON`.

The night runs every heavy stage this way: memory is given back, time and peak memory are measured a stage, and a
crash of one can't take the others along. The stage's answer is written to the file RESULT.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from catalog.files import write_json
from catalog.layout import Var
from nightly import processes
from nightly.build_id import ROOT
from nightly.errors import FAILED, UserError, for_people, one_line
from nightly.options import known_specs, specs_dir
from nightly.publish import read_build
from nightly.rooms import room

Arguments = dict[str, Any]


def crawl(args: Arguments) -> dict[str, Any]:
    """One platform into var/runs/<run>/<platform>/. How it went stands in the report, also when it went badly."""
    where = ["--var", args["var"], "--run", args["run"], "--specs", str(specs_dir()), "--night", args["night"]]
    for name in ("origin", "limit", "shard", "worker", "replay"):
        if args.get(name) is not None:
            where += [f"--{name}", str(args[name])]
    part = args.get("shard") or args.get("worker")
    module = "spiders.frontier" if part else "spiders.run"
    code = room(module, "main")([args["platform"], *where])
    return {"code": code}


def catalog(args: Arguments) -> dict[str, Any]:
    """Gate, last good, matching, history: var/catalog/. The notes say what was damaged and made anew."""
    var = Var(Path(args["var"]))
    summary = room("catalog.build", "build_catalog")(
        var,
        known_specs(),
        dt.date.fromisoformat(args["night"]),
        args.get("run"),
        origins=set(args.get("origins", ())),
        sample=bool(args.get("sample")),
        published=_published_history(args),
    )
    return {"notes": summary.notes}


def _published_history(args: Arguments) -> Path | None:
    """The price history that readers have: invented prices never come into a real past, nor real ones into a sample."""
    public = Path(args["public"])
    build = read_build(public)
    if build is None or bool(build.get("sample", True)) is not bool(args.get("sample")):
        return None
    return public / "data/price-history.parquet"


def index(args: Arguments) -> dict[str, Any]:
    """The Whoosh index."""
    var = Var(Path(args["var"]))
    need_courses(var)
    documents = room("search_index.document_memory", "read_documents")(var, keep=True)
    room("search_index.build", "build_index")(documents, var.index)
    return {}


def site(args: Arguments) -> dict[str, Any]:
    """Pelican in this process, so that its time and memory are this stage's."""
    os.environ |= site_environment(args)
    os.chdir(ROOT)
    command = processes.python("-m", "pelican", "content", "-s", "site/pelicanconf.py", "-o", args["out"])
    sys.stdout.flush()
    os.execv(command[0], [*command, "--fatal", "errors"])  # noqa: S606 - an argument list of ours


def site_environment(args: Arguments) -> dict[str, str]:
    """What the site reads (docs/architecture.md)."""
    return {
        "COLUMNS": "1000",  # Pelican wraps what it logs, and the last line is what people are told of a failure
        "BANDING_VAR": args["var"],
        "BANDING_BASE": args.get("base", "/"),
        "BANDING_URL": args.get("url", ""),
        "BANDING_BUILD": args["build"],
        "BANDING_NIGHT": args["night"],
        "BANDING_SAMPLE": "1" if args.get("sample") else "",
        "BANDING_LINKS": args.get("links", "folder"),
        "BANDING_PREVIOUS": args["public"] if read_build(Path(args["public"])) else "",
    }


def data(args: Arguments) -> dict[str, Any]:
    """Everything under data/, and build.json."""
    out, public = Path(args["out"]), Path(args["public"])
    room("catalog.export", "export_data")(
        Var(Path(args["var"])),
        out / "data",
        build=args["build"],
        night=dt.date.fromisoformat(args["night"]),
        sample=bool(args.get("sample")),
        previous=public / "data" if read_build(public) else None,
    )
    note = {"build": args["build"], "night": args["night"], "sample": bool(args.get("sample")), "base": args["base"]}
    write_json(out / "build.json", note)
    (out / ".nojekyll").touch()  # GitHub Pages would leave out names that begin with '_'
    return {}


def verify(args: Arguments) -> dict[str, Any]:
    """Is the new build whole and true to the catalog?"""
    from nightly.verify import verify as check

    found = check(Path(args["out"]), Var(Path(args["var"])), previous=Path(args["public"]))
    return {"problems": found.problems, "warnings": found.warnings, "facts": found.facts}


STAGES: dict[str, Callable[[Arguments], dict[str, Any]]] = {
    "crawl": crawl,
    "catalog": catalog,
    "index": index,
    "site": site,
    "data": data,
    "verify": verify,
}


def need_courses(var: Var) -> None:
    """UserError when the catalog stage has not run."""
    if not var.courses.exists():
        raise UserError(f"{var.courses} is not there: run `banding catalog` first")


def main(argv: list[str]) -> int:
    """Exit 0 with the result file written, else 1 with the reason as the last line that is printed."""
    name, result, arguments = argv
    processes.die_with_parent()
    try:
        answer = STAGES[name](json.loads(arguments))
        write_json(Path(result), answer)
    except UserError as error:
        print(f"{name}: {one_line(error)}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if for_people(error):
            print(f"{name}: {one_line(error)}", file=sys.stderr)
            return FAILED
        traceback.print_exc()
        print(f"{name}: {type(error).__name__}: {one_line(error)}", file=sys.stderr)
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
