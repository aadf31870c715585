"""`--origin URL`: every request of a platform goes to one other server; addresses keep the platform's real host."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit


@dataclass(frozen=True)
class Origin:
    """Scheme, host and port that stand for all hosts of a platform."""

    scheme: str
    netloc: str

    @classmethod
    def read(cls, url: str) -> Origin:
        """Raises ValueError, with what to do, when the address can't be an origin."""
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"--origin {url!r}: give an address such as http://127.0.0.1:8080")
        _ = parts.port  # a port that is no number raises ValueError here
        return cls(parts.scheme, parts.netloc)

    @property
    def loopback(self) -> bool:
        host = urlsplit(f"//{self.netloc}").hostname or ""
        return host == "localhost" or host.startswith("127.") or host == "::1"

    def there(self, url: str) -> str:
        """The address that is really requested."""
        return urlunsplit(urlsplit(url)._replace(scheme=self.scheme, netloc=self.netloc))

    def real(self, url: str, host: str) -> str:
        """An address that names the origin itself (an absolute link on a replica), with the platform's real host."""
        here = self.netloc.casefold()
        if here not in url.casefold():
            return url
        parts = urlsplit(url)
        if parts.netloc.casefold() != here:
            return url
        return urlunsplit(parts._replace(scheme="https", netloc=host))
