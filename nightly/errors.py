"""Errors that people read: one clear line that says what to do, and the exit code of the outside contract."""

from __future__ import annotations

OK, FAILED, USAGE, ALARM, INTERRUPTED = 0, 1, 2, 3, 130


class UserError(Exception):
    """Something a person can mend. The message is one line; no traceback is shown."""

    code = FAILED


class UsageError(UserError):
    """The command line is wrong."""

    code = USAGE


class Interrupted(UserError):
    """A person or the system asked us to stop (Ctrl-C, SIGTERM)."""

    code = INTERRUPTED


def one_line(error: BaseException) -> str:
    """The error's text as one line; its type where it has no text."""
    text = " ".join(str(error).split())
    return text or type(error).__name__


def for_people(error: BaseException) -> bool:
    """Is it one of our rooms' own errors? Their messages are written for people: one line that says what to do."""
    return type(error).__module__.partition(".")[0] in ("catalog", "spiders", "search_index", "nightly")
