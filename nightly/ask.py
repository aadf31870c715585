"""Commands that only read: search, normalize, match, coverage, explain, platforms, export."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from nightly.commons import JsonOption, VarOption, banding
from nightly.errors import ALARM, OK, UsageError, UserError

app = banding()
FIELDS = ("price", "duration", "schedule", "place", "level", "mode", "category", "provider")


@app.command()
def search(
    words: Annotated[
        list[str] | None, typer.Argument(help="all of them must be found; none: the whole catalog")
    ] = None,
    level: Annotated[
        list[str] | None, typer.Option(help="beginner/pemula, intermediate/menengah, advanced/mahir")
    ] = None,
    max_price: Annotated[int | None, typer.Option(min=0, help="rupiah")] = None,
    min_price: Annotated[int | None, typer.Option(min=0, help="rupiah")] = None,
    platform: Annotated[list[str] | None, typer.Option(help="id or name (repeatable)")] = None,
    category: Annotated[list[str] | None, typer.Option(help="official name or its slug (repeatable)")] = None,
    mode: Annotated[list[str] | None, typer.Option(help="self_paced, webinar, onsite, blended …")] = None,
    city: Annotated[list[str] | None, typer.Option(help="name or slug, e.g. 'Kota Bandung' (repeatable)")] = None,
    provider: Annotated[list[str] | None, typer.Option(help="provider id (repeatable)")] = None,
    duration: Annotated[list[str] | None, typer.Option(help="kurang-5, 5-10, 10-20, lebih-20 (hours)")] = None,
    start: Annotated[list[str] | None, typer.Option(help="YYYY-MM, or anytime/kapan-saja")] = None,
    certificate: Annotated[list[str] | None, typer.Option(help="yes/ya, or tidak-disebutkan")] = None,
    rating: Annotated[str | None, typer.Option(help="at least 3, 4 or 4.5")] = None,
    eligible: Annotated[list[str] | None, typer.Option(help="yes/ya, unknown/periksa, no/tidak")] = None,
    buyable: Annotated[bool, typer.Option("--buyable", help="can still be bought with the card, price known")] = False,
    today: Annotated[str | None, typer.Option(help="day that --buyable counts from (default: today in WIB)")] = None,
    sort: Annotated[str, typer.Option(help="relevance, price, -price, per-hour, rating, newest")] = "relevance",
    limit: Annotated[int, typer.Option(min=1)] = 10,
    explain: Annotated[bool, typer.Option("--explain", help="why each course stands where it stands")] = False,
    as_json: JsonOption = False,
    var: VarOption = Path("var"),
) -> int:
    """Searches the catalog with Whoosh."""
    from nightly.asking import find
    from nightly.options import night_date

    answer = find(
        " ".join(words or []), platform or [], sort, var, explain=explain, limit=limit, min_price=min_price,
        max_price=max_price, level=level or [], category=category or [], mode=mode or [], city=city or [],
        provider=provider or [], duration=duration or [], start=start or [], certificate=certificate or [],
        rating=[rating] if rating else [], eligible=eligible or [], buyable=buyable, today=night_date(today, "--today"),
    )  # fmt: skip
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return OK
    from nightly.report import table

    rows = [
        [r["lowest_price_idr"], r["title"], r["provider"], ", ".join(r["levels"]) or None, r["id"]]
        for r in answer["results"]
    ]
    title = f"{answer['total']} courses"
    table(title, ("price (Rp)", "title", "provider", "level", "id"), rows, right=(0,))
    for r in answer["results"]:
        for part in r.get("why", ()):
            print(f"{r['id']}  {part['score']:7.2f}  {part['word']} x{part['count']} in {part['field']}")
    if answer.get("suggestion"):
        print(f"Did you mean: {answer['suggestion']}?")
    if answer.get("ignored"):
        print(f"No course holds: {', '.join(answer['ignored'])}")
    if answer.get("repair"):
        print(f"Without {answer['repair']['key']} = {answer['repair']['value']}: {answer['repair']['total']} courses")
    if answer.get("category"):
        print(f"Nearest category: {answer['category']}")
    return OK


@app.command()
def normalize(field: Annotated[str, typer.Argument(help=", ".join(FIELDS))]) -> int:
    """Reads one text (or JSON object) a line on standard input, writes one JSON object a line."""
    from nightly.rooms import room

    if field not in FIELDS:
        raise UsageError(f"unknown field {field!r}: use one of {', '.join(FIELDS)}")
    read = room("catalog.normalize.cli", "normalize_line")
    _lines(lambda line: read(field, line))
    return OK


@app.command()
def match() -> int:
    """Reads {"a":{…},"b":{…}} a line on standard input, says same, different or unsure, and why."""
    from nightly.rooms import room

    pair = room("catalog.matching", "match_pair")

    def judge(line: str) -> Any:
        try:
            value = json.loads(line)
        except ValueError as error:
            return {"verdict": "unsure", "score": 0.0, "why": [f"not JSON: {error}"]}
        if not isinstance(value, dict) or not all(isinstance(value.get(side), dict) for side in ("a", "b")):
            return {"verdict": "unsure", "score": 0.0, "why": ['needs {"a": {…}, "b": {…}}']}
        return pair(value["a"], value["b"])

    _lines(judge, skip_empty=True)
    return OK


def _lines(answer: Callable[[str], Any], *, skip_empty: bool = False) -> None:
    """One JSON answer a line; output is flushed at the end of input, or a line at a time for a person."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace", newline="\n")  # type: ignore[union-attr]
    for raw in sys.stdin:
        line = raw.removesuffix("\n").removesuffix("\r")
        if skip_empty and not line.strip():
            continue
        print(json.dumps(plain(answer(line)), ensure_ascii=False), flush=sys.stdin.isatty())


def plain(value: Any) -> Any:
    """A record, dataclass or mapping as something that JSON can hold."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(dataclasses.asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(item) for item in value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


@app.command()
def coverage(
    official: Annotated[Path | None, typer.Option(help="CSV of the official list, to compare with")] = None,
    as_json: JsonOption = False,
    var: VarOption = Path("var"),
) -> int:
    """The PMO's figures: declared, collected, published per platform. Exit 3 when a platform is held."""
    from nightly.asking import compare_official
    from nightly.job import read_coverage, verdicts
    from nightly.report import COVERAGE_COLUMNS, coverage_rows, table

    figures = read_coverage(data_folder(var))
    if not figures:
        raise UserError(f"{var} holds no coverage yet: run `banding nightly` or `make demo` first")
    compared = compare_official(data_folder(var), official) if official else None
    if compared is not None:
        figures = figures | {"official": plain(compared)}
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        table(f"Coverage {figures.get('night', '')}", COVERAGE_COLUMNS, coverage_rows(figures), right=(1, 2, 3, 4))
        if compared is not None:
            _official(plain(compared))
    held, alarms = verdicts(figures)
    return ALARM if held or alarms else OK


def _official(report: Any) -> None:
    """The comparison with the official list: figures per platform, then what to look at."""
    from nightly.report import table

    rows = report["platforms"]
    if rows:
        heads = tuple(rows[0])
        table(f"Official list: {report['rows']} rows", heads, [[row.get(head) for head in heads] for row in rows])
    for difference in report["differences"][:20]:
        name = difference.get("official_title") or difference.get("title")
        print(f"  {difference['kind']}: {difference.get('platform')}: {name}: {difference.get('reason')}")
    if len(report["differences"]) > 20:
        print(f"  … {len(report['differences']) - 20} more; --json shows all")


@app.command(name="report")
def report_(
    form: Annotated[str, typer.Option("--format", help="text, html or json")] = "text", var: VarOption = Path("var")
) -> int:
    """The night on one screen, for a mail or a chat."""
    from nightly.rooms import room

    if form not in ("text", "html", "json"):
        raise UsageError(f"--format {form!r}: use text, html or json")
    print(room("catalog.digest", "report")(data_folder(var), form), end="")
    return OK


def data_folder(var: Path) -> Any:
    """The run data under `var`; the demo's where only the demo has run."""
    from catalog.layout import Var

    here, shown = Var(var), Var(var / "demo")
    return shown if not here.catalog.is_dir() and shown.catalog.is_dir() else here


@app.command()
def explain(course_id: str, as_json: JsonOption = False, var: VarOption = Path("var")) -> int:
    """How a course came about: raw text -> value read -> offers matched, and why."""
    from nightly.asking import explain_course

    lines, whole = explain_course(data_folder(var), course_id)
    print(json.dumps(whole, ensure_ascii=False) if as_json else "\n".join(lines))
    return OK


@app.command()
def platforms(as_json: JsonOption = False) -> int:
    """The sources: names, years, how far their answers are known."""
    from nightly.options import known_specs
    from nightly.report import table

    specs = known_specs()
    if as_json:
        print(json.dumps([spec.model_dump(mode="json", by_alias=True) for spec in specs.values()], ensure_ascii=False))
        return OK
    rows = [[s.id, s.name, s.kind, s.confidence, "; ".join(_spans(s)) or "-", s.hosts[0]] for s in specs.values()]
    table(f"{len(rows)} sources", ("id", "name", "kind", "confidence", "official", "host"), rows)
    return OK


def _spans(spec: Any) -> Iterator[str]:
    for span in spec.official:
        yield f"{span.from_ or '…'} to {span.to or '…'}"


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="where the open data go: JSON, CSV, Parquet, XLSX, Data Package")],
    var: VarOption = Path("var"),
) -> int:
    """Writes the open data of the catalog that is there."""
    from nightly.asking import export_to

    print(export_to(data_folder(var), folder))
    return OK
