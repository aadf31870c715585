"""Guards: what is wrong with an answer, told by a stable code. Pure functions over one answer; walkers act on them.

Codes (also the finish reasons of a run): finished, challenge, login_wall, soft_404, empty, repeated_page, off_host,
content_type, too_large, robots, budget, timeout, shape, http_error, interrupted, crashed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from spiders.page import Answer

Expect = Literal["json", "html", "xml", "any"]

REASONS = frozenset(
    {
        "finished", "challenge", "login_wall", "soft_404", "empty", "repeated_page", "off_host", "content_type",
        "too_large", "robots", "budget", "timeout", "shape", "http_error", "interrupted", "crashed",
    }
)  # fmt: skip


class Blocked(Exception):
    """An answer that can't be used; `code` is one of REASONS, `detail` says what was seen."""

    def __init__(self, code: str, detail: str = "", status: int | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.status = status


def too_few_courses(passed_over: int, received: int) -> bool:
    """Are too many linked pages no courses?"""
    return passed_over > received + 20


def too_many_unread(bad_pages: int, received: int) -> bool:
    """Are too many course pages such that they can't be read as courses?"""
    return bad_pages > max(2, 0.2 * received)


_CHALLENGE = re.compile(
    rb"(?i)just a moment\.\.\.|cf-chl|cf_chl|challenge-platform|_cf_chl_opt|attention required! \| cloudflare|"
    rb"verify(?:ing)? (?:that )?you are (?:a )?human|checking your browser|g-recaptcha|h-captcha|px-captcha|"
    rb"are you a robot|bukan robot|verifikasi keamanan|datadome|akamai.{0,40}denied|access denied|unusual traffic|"
    rb"ddos protection|enable javascript and cookies to continue"
)
_CHALLENGE_SIGNS = (
    b"just a moment...", b"cf-chl", b"cf_chl", b"challenge-platform", b"attention required!", b"you are ",
    b"checking your browser", b"captcha", b"are you a robot", b"bukan robot", b"verifikasi keamanan", b"datadome",
    b"akamai", b"access denied", b"unusual traffic", b"ddos protection", b"enable javascript and cookies to continue",
)  # fmt: skip
"""One of these stands in all that the pattern above matches; looking for them is many times cheaper."""
_LOGIN = re.compile(rb"(?i)<input[^>]{0,200}type=[\"']?password")
_LOGIN_URL = re.compile(r"(?i)/(?:login|masuk|signin|sign-in|sso|auth|account/login|users/sign_in)(?:[/?#]|$)")
_LOGIN_TITLE = re.compile(rb"(?i)<(?:title|h1)[^>]*>[^<]{0,80}(?:masuk|login|log in|sign in)\b")
_SOFT_404 = re.compile(
    rb"(?i)<(?:title|h1|h2)[^>]*>[^<]{0,80}(?:404|tidak ditemukan|not found|halaman (?:ini )?tidak (?:ada|tersedia)|"
    rb"page (?:does not|doesn't) exist)"
)
_MANY = 60_000  # a challenge or a login page is short; a word in a long real page proves nothing


def check(answer: Answer, expect: Expect = "any") -> None:
    """Raises Blocked when the answer is not what was asked for; returns quietly when it can be read."""
    body, status = answer.body, answer.status
    if status >= 400:
        _refuse_status(answer)
    if not body.strip():
        raise Blocked("empty", "an answer without content", status)
    start = answer.first
    if expect == "json" and start in (b"{", b"["):
        return
    _refuse_page(answer)
    if expect == "json" and start != b"<" and start not in (b"{", b"["):
        raise Blocked("shape", "not JSON", status)
    if expect == "json" and start == b"<":
        raise Blocked("content_type", "a page came where JSON was expected", status)
    if expect == "xml" and start != b"<":
        raise Blocked("content_type", f"{answer.content_type or 'no type'} came where XML was expected", status)
    if expect == "html" and start not in (b"<", b"{", b"[") and b"<" not in body[:2000]:
        raise Blocked("content_type", f"{answer.content_type or 'no type'} came where a page was expected", status)


def is_challenge(answer: Answer) -> bool:
    """A page of a bot guard instead of the content."""
    if answer.headers.get("cf-mitigated"):
        return True
    body = answer.body
    return len(body) < _MANY and has_any(body, _CHALLENGE_SIGNS) and _CHALLENGE.search(body) is not None


def has_any(body: bytes, signs: Iterable[bytes]) -> bool:
    """Does one of the signs (small letters) stand in an answer's bytes, in whatever case?"""
    lower = body.lower()
    return any(sign in lower for sign in signs)


def _refuse_status(answer: Answer) -> None:
    if answer.status in (401, 407):
        raise Blocked("login_wall", f"status {answer.status}", answer.status)
    if is_challenge(answer):
        raise Blocked("challenge", f"status {answer.status} with a bot guard's page", answer.status)
    raise Blocked("http_error", f"status {answer.status}", answer.status)


def _refuse_page(answer: Answer) -> None:
    body = answer.body
    short = len(body) < _MANY
    course_like = b"application/ld+json" in body and b"Course" in body
    if short and not course_like:
        if is_challenge(answer):
            raise Blocked("challenge", "a bot guard's page", answer.status)
        login = has_any(body, (b"password",)) and _LOGIN.search(body) is not None
        if login and (_LOGIN_URL.search(answer.url) or _LOGIN_TITLE.search(body)):
            raise Blocked("login_wall", "a log-in page", answer.status)
        if _SOFT_404.search(body[:20_000]):
            raise Blocked("soft_404", "a 'not found' page with status 200", answer.status)
