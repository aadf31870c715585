"""What a person sees of the night: progress on standard error, the summary table at the end."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Protocol

Style = Literal["auto", "plain", "json"]


class Progress(Protocol):
    """Where the stages report to; every method may be called often."""

    def say(self, text: str) -> None: ...
    def step(self, name: str, state: str, detail: str = "") -> None: ...
    def close(self) -> None: ...


class PlainProgress:
    """One line an event, for logs and pipes."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._last: dict[str, str] = {}

    def say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def step(self, name: str, state: str, detail: str = "") -> None:
        if self._last.get(name) == state:
            return  # counters move often; a log wants only what changed its state
        self._last[name] = state
        seconds = time.monotonic() - self._began
        self.say(f"[{seconds:7.1f} s] {name}: {state}" + (f" ({detail})" if detail else ""))

    def close(self) -> None:
        return None


class JsonProgress(PlainProgress):
    """One JSON object a line, for machines that watch."""

    def say(self, text: str) -> None:
        self._write({"event": "message", "text": text})

    def step(self, name: str, state: str, detail: str = "") -> None:
        if self._last.get(name) != state:
            self._last[name] = state
            self._write({"event": "step", "name": name, "state": state, "detail": detail})

    def _write(self, event: dict[str, Any]) -> None:
        event["seconds"] = round(time.monotonic() - self._began, 1)
        print(json.dumps(event, ensure_ascii=False), file=sys.stderr, flush=True)


class RichProgress:
    """A live list with a spinner a step, for a person at a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import Progress as Bars
        from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

        self._bars = Bars(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.fields[label]:<22}"),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, Any] = {}
        self._bars.start()

    def say(self, text: str) -> None:
        from rich.markup import escape

        self._bars.console.print(escape(text), highlight=False)

    def step(self, name: str, state: str, detail: str = "") -> None:
        from rich.markup import escape

        text = escape(state + (f" ({detail})" if detail else ""))
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(text, total=1, label=name)
        done = state.split(maxsplit=1)[0].rstrip(":") in ("done", "skipped", "failed", "stopped")
        self._bars.update(self._tasks[name], description=text, completed=1 if done else 0)

    def close(self) -> None:
        self._bars.stop()


class SilentProgress(PlainProgress):
    """For callers that show nothing."""

    def say(self, text: str) -> None:
        return None


def open_progress(style: Style = "auto") -> Progress:
    """Bars for a person at a terminal, else plain lines."""
    if style == "json":
        return JsonProgress()
    if style == "auto" and sys.stderr.isatty():
        return RichProgress()
    return PlainProgress()


def show(value: Any) -> str:
    """A table cell: unknown is '-'."""
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def table(
    title: str,
    columns: Iterable[str],
    rows: Iterable[Iterable[Any]],
    *,
    stderr: bool = False,
    right: Iterable[int] = (),
) -> None:
    """A table: drawn by Rich at a terminal, aligned plain text otherwise."""
    heads = list(columns)
    cells = [[show(value) for value in row] for row in rows]
    stream = sys.stderr if stderr else sys.stdout
    if stream.isatty():
        _rich_table(title, heads, cells, set(right), stderr)
        return
    widths = [max(len(line[i]) for line in [heads, *cells]) for i in range(len(heads))]
    aligned = set(right)
    print(title, file=stream)
    for line in [heads, *cells]:
        parts = [c.rjust(w) if i in aligned else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))]
        print("  " + "  ".join(parts).rstrip(), file=stream)


def _rich_table(title: str, heads: list[str], cells: list[list[str]], right: set[int], stderr: bool) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    drawn = Table(title=title, title_justify="left")
    for number, head in enumerate(heads):
        drawn.add_column(head, justify="right" if number in right else "left")
    for line in cells:
        drawn.add_row(*(escape(cell) for cell in line))
    Console(stderr=stderr).print(drawn)


def coverage_rows(coverage: Mapping[str, Any]) -> list[list[Any]]:
    """Rows of the summary table from coverage.json's platforms."""
    keys = ("platform", "declared", "received", "valid", "published", "outcome")
    rows = []
    for entry in coverage.get("platforms", []):
        reasons = entry.get("reasons") or []
        more = f" (+{len(reasons) - 1} more)" if len(reasons) > 1 else ""
        rows.append([*(entry.get(key) for key in keys), (str(reasons[0]) + more) if reasons else ""])
    return rows


COVERAGE_COLUMNS = ("platform", "declared", "received", "valid", "published", "outcome", "why")
