"""Deploy to S3-compatible storage (AWS, R2, MinIO, …) with boto3. Credentials come from the environment only."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from nightly.commands import scrub
from nightly.deploy import MARKER, REVALIDATE, Plan, cache_control, is_hosts_own, not_ours
from nightly.errors import UsageError, UserError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")
_THREADS = 8
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
    ".atom": "application/atom+xml",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ADVICE = {
    "InvalidAccessKeyId": "the access key is unknown; check AWS_ACCESS_KEY_ID",
    "SignatureDoesNotMatch": "the secret key is wrong; check AWS_SECRET_ACCESS_KEY",
    "AccessDenied": "these credentials may not do that; check the bucket's policy",
    "403": "these credentials may not do that; check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "NoSuchBucket": "there is no such bucket; create it first",
    "404": "there is no such bucket; create it first",
    "ExpiredToken": "the session token has expired; get a new one",
}


class S3Target:
    """Compares by MD5 (the ETag of a plain upload) and size; files are sent side by side."""

    def __init__(self, address: str, endpoint: str | None) -> None:
        self.bucket, _, prefix = address.partition("/")
        if not self.bucket:
            raise UsageError("s3 target: write s3://BUCKET or s3://BUCKET/PREFIX")
        self.prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""
        self.client = _client(endpoint)

    def plan(self, out: Path, names: Sequence[str]) -> Plan:
        there = _ask(self._list)
        if there and not {"build.json", MARKER} & set(there):
            raise not_ours(f"s3://{self.bucket}/{self.prefix}")
        put = [n for n in names if n not in there or there[n] != _fingerprint(out / n)]
        return Plan(put, sorted(set(there) - set(names) - {MARKER}), not there)

    def _list(self) -> dict[str, tuple[int, str]]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        return {
            name: (item["Size"], item["ETag"].strip('"'))
            for page in pages
            for item in page.get("Contents", [])
            if not is_hosts_own(name := item["Key"][len(self.prefix) :])
        }

    def begin(self, out: Path) -> None:
        self._put(MARKER, (out / "build.json").read_bytes())

    def put(self, out: Path, names: Sequence[str]) -> None:
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(lambda name: self._put(name, (out / name).read_bytes()), names))

    def _put(self, name: str, body: bytes) -> None:
        _ask(
            lambda: self.client.put_object(
                Bucket=self.bucket,
                Key=self.prefix + name,
                Body=body,
                ContentType=content_type(name),
                CacheControl=cache_control(name) if name != MARKER else REVALIDATE,
            )
        )

    def delete(self, names: Sequence[str]) -> None:
        for start in range(0, len(names), 1000):
            _ask(lambda part=names[start : start + 1000]: self._delete(part))  # type: ignore[misc]

    def _delete(self, names: Sequence[str]) -> None:
        keys: Any = [{"Key": self.prefix + name} for name in names]
        answer = self.client.delete_objects(Bucket=self.bucket, Delete={"Objects": keys, "Quiet": True})
        for error in answer.get("Errors", []):
            raise UserError(f"s3: could not delete {error.get('Key')}: {error.get('Message')}")

    def end(self) -> None:
        _ask(lambda: self.client.delete_object(Bucket=self.bucket, Key=self.prefix + MARKER))


def content_type(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def _fingerprint(path: Path) -> tuple[int, str]:
    with path.open("rb") as data:
        digest = hashlib.file_digest(data, lambda: hashlib.md5(usedforsecurity=False))
    return path.stat().st_size, digest.hexdigest()


def _client(endpoint: str | None) -> S3Client:
    import boto3
    from botocore.config import Config

    # Other makers' servers know MD5 but not always the newer checksums that boto3 sends unasked.
    config = Config(
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"max_attempts": 4, "mode": "standard"},
        max_pool_connections=_THREADS,
        connect_timeout=10,
    )
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    try:
        client = boto3.session.Session().client("s3", endpoint_url=endpoint, region_name=region, config=config)
    except ValueError as error:
        raise UsageError(f"--endpoint {endpoint!r}: {scrub(str(error))}") from error
    client.meta.events.register("before-call.s3.DeleteObjects", _sign_with_md5)
    return client


def _sign_with_md5(params: dict[str, Any], **_: object) -> None:
    """Deleting many at once must carry a checksum, and older servers of other makers accept none but this."""
    digest = hashlib.md5(params["body"], usedforsecurity=False).digest()
    params["headers"]["Content-MD5"] = base64.b64encode(digest).decode()


def _ask(call: Callable[[], T]) -> T:
    """One request; its failure as one clear line without secrets."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    try:
        return call()
    except NoCredentialsError as error:
        raise UserError("s3: no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") from error
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        raise UserError(f"s3: {_ADVICE.get(code) or scrub(str(error))}") from error
    except BotoCoreError as error:
        raise UserError(f"s3: {scrub(str(error))}") from error
