"""Deploying to S3-compatible storage, over HTTP against a local server."""

from __future__ import annotations

import base64
import hashlib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from nightly.cli import run as banding
from nightly.deploy import MARKER, deploy, open_target, site_files
from nightly.deploy_s3 import S3Target, content_type
from nightly.errors import UserError
from tests.nightly.conftest import contents

moto_server = pytest.importorskip("moto.server")
moto_settings = pytest.importorskip("moto.settings")
pytestmark = pytest.mark.xdist_group("s3")
SECRET = "geheim-geheim-geheim"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "kunci")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST"), timeout=10)
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket="situs")
    yield client


def there(client: Any, prefix: str = "") -> dict[str, bytes]:
    found = client.list_objects_v2(Bucket="situs", Prefix=prefix).get("Contents", [])
    return {f["Key"][len(prefix) :]: client.get_object(Bucket="situs", Key=f["Key"])["Body"].read() for f in found}


@pytest.mark.parametrize("prefix", ["", "a/b/"])
def test_only_changed_files_travel(bucket: Any, endpoint: str, make_site: Any, prefix: str) -> None:
    target = f"s3://situs/{prefix}"
    one, two = make_site("one"), make_site("two", build="b2", pages={"satu": "1", "tiga": "3"})
    assert deploy(open_target(target, endpoint=endpoint), one).put == len(site_files(one))
    assert there(bucket, prefix) == contents(one)
    second = deploy(open_target(target, endpoint=endpoint), two)
    assert there(bucket, prefix) == contents(two)
    assert second.put < len(site_files(two))
    assert deploy(open_target(target, endpoint=endpoint), two).put == 0


def test_headers_follow_the_name(bucket: Any, endpoint: str, make_site: Any) -> None:
    deploy(open_target("s3://situs", endpoint=endpoint), make_site())
    hashed = bucket.head_object(Bucket="situs", Key="theme/app.0123abcd.js")
    page = bucket.head_object(Bucket="situs", Key="index.html")
    assert "immutable" in hashed["CacheControl"]
    assert hashed["ContentType"] == "text/javascript; charset=utf-8"
    assert page["CacheControl"] == "public, max-age=0, must-revalidate"
    assert page["ContentType"] == "text/html; charset=utf-8"
    assert content_type("data/price-history.parquet") == "application/vnd.apache.parquet"
    assert content_type("x") == "application/octet-stream"


def test_requests_come_in_the_promised_order(
    bucket: Any, endpoint: str, make_site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(open_target("s3://situs", endpoint=endpoint), make_site("one"))
    seen: list[str] = []
    real_put, real_delete = S3Target._put, S3Target._delete
    monkeypatch.setattr(S3Target, "_put", lambda self, name, body: (seen.append(name), real_put(self, name, body))[1])
    monkeypatch.setattr(
        S3Target, "_delete", lambda self, names: (seen.append("-" + names[0]), real_delete(self, names))[1]
    )
    deploy(open_target("s3://situs", endpoint=endpoint), make_site("two", build="b2", pages={"tiga": "3"}))
    assert seen[0] == MARKER
    order = [seen.index(name) for name in ("data/courses.json", "pelatihan/tiga/index.html", "build.json")]
    assert order == sorted(order)
    assert seen[-1].startswith("-")


def test_a_server_that_knows_only_md5_deletes_too(bucket: Any, endpoint: str, make_site: Any) -> None:
    asked = []

    def look(request: Any, **_: Any) -> None:
        asked.append((request.headers.get("Content-MD5"), request.body))

    deploy(open_target("s3://situs", endpoint=endpoint), make_site("one"))
    target = open_target("s3://situs", endpoint=endpoint)
    assert isinstance(target, S3Target)
    target.client.meta.events.register("before-send.s3.DeleteObjects", look)
    assert deploy(target, make_site("two", build="b2", pages={"tiga": "3"})).delete
    assert there(bucket) == contents(make_site("three", build="b2", pages={"tiga": "3"}))
    (sign, body), *more = asked
    assert not more and base64.b64decode(sign) == hashlib.md5(body, usedforsecurity=False).digest()


def test_an_interrupted_deploy_goes_on(
    bucket: Any, endpoint: str, make_site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make_site()
    real = S3Target._put

    def cut(self: S3Target, name: str, body: bytes) -> None:
        if name == "index.html":
            raise KeyboardInterrupt
        real(self, name, body)

    with monkeypatch.context() as patch:
        patch.setattr(S3Target, "_put", cut)
        with pytest.raises(KeyboardInterrupt):
            deploy(open_target("s3://situs", endpoint=endpoint), one)
    assert MARKER in there(bucket)
    assert "build.json" not in there(bucket)
    assert 0 < deploy(open_target("s3://situs", endpoint=endpoint), one).put < len(site_files(one))
    assert there(bucket) == contents(one)


def test_a_bucket_with_other_files_is_refused(bucket: Any, endpoint: str, make_site: Any) -> None:
    bucket.put_object(Bucket="situs", Key="photo.jpg", Body=b"x")
    with pytest.raises(UserError, match="not a site of ours"):
        deploy(open_target("s3://situs", endpoint=endpoint), make_site())
    assert there(bucket) == {"photo.jpg": b"x"}


@pytest.mark.parametrize("prefix", ["", "a/b/"])
def test_what_the_host_keeps_in_the_bucket_stays(bucket: Any, endpoint: str, make_site: Any, prefix: str) -> None:
    own = {".well-known/security.txt": b"x"}
    bucket.put_object(Bucket="situs", Key=f"{prefix}.well-known/security.txt", Body=b"x")
    for build in ("b1", "b2"):
        out = make_site(build, build=build, pages={build: "1"})
        deploy(open_target(f"s3://situs/{prefix}", endpoint=endpoint), out)
        assert there(bucket, prefix) == contents(out) | own


def test_wrong_places_and_credentials_are_one_line_without_the_secret(
    bucket: Any, endpoint: str, make_site: Any, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["--public", str(make_site()), "--var", str(tmp_path / "var"), "--endpoint", endpoint]
    assert banding(["deploy", "s3://nirgends", *words]) == 1
    assert capsys.readouterr().err.strip().splitlines() == ["banding: s3: there is no such bucket; create it first"]
    monkeypatch.setattr(moto_settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0.0)  # the server now checks every signature
    assert banding(["deploy", "s3://situs", *words]) == 1
    err = capsys.readouterr().err.strip()
    assert len(err.splitlines()) == 1
    assert "AWS_ACCESS_KEY_ID" in err
    assert SECRET not in err
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert banding(["deploy", "s3://situs", *words]) == 1
    assert "no credentials" in capsys.readouterr().err


def test_a_server_that_is_not_there(bucket: Any, make_site: Any, tmp_path: Path, capsys: Any) -> None:
    words = ["--public", str(make_site()), "--var", str(tmp_path / "var"), "--endpoint", "http://127.0.0.1:9"]
    assert banding(["deploy", "s3://situs", *words]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
