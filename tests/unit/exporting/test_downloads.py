"""Files over HTTP: whole and in ranges, for their owner alone, until their time is over."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from orderweave.access import Headers
from orderweave.access.refusing import Reason, Refused
from orderweave.model.rights import Caller
from orderweave.web import Door, build_app
from tests.unit.exporting.house import created, exports_of, house, looked_at, spoken_to, worked_off
from tests.unit.exporting.reading import files_in


async def test_whole(tmp_path: Path) -> None:
    """A file comes whole, as an attachment that nobody keeps, under its checksum; its manifest as JSON."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        name = await created(client, format="CSV")
        await worked_off(exports_of(woven))
        found = await looked_at(client, name)
        assert found is not None
        (file,) = found["files"]
        answer = await client.get(file["url"])
        assert answer.status_code == 200
        assert answer.content == files_in(tmp_path / "exports" / name)["lines-00001.csv"]
        assert len(answer.content) == file["bytes"]
        assert dict(answer.headers) == {
            "accept-ranges": "bytes",
            "cache-control": "private, no-store",
            "content-disposition": f'attachment; filename="{name[:8]}-lines-00001.csv"',
            "content-length": str(file["bytes"]),
            "content-security-policy": "default-src 'none'; sandbox",
            "content-type": "text/csv; charset=utf-8; header=present",
            "etag": f'"{file["sha256"]}"',
            "last-modified": answer.headers["last-modified"],
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
        }
        manifest = await client.get(found["manifestUrl"])
        assert manifest.headers["content-type"] == "application/json"
        assert manifest.json()["files"][0]["sha256"] == file["sha256"]
        known = await client.get(file["url"], headers={"if-none-match": answer.headers["etag"]})
        assert (known.status_code, known.content) == (304, b"")
        head = await client.head(file["url"])
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", answer.headers["etag"])


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=5-", 206, 5, None),
        ("bytes=-7", 206, -7, None),
        ("bytes=9999999-", 416, 0, 0),
        ("rows=0-9", 200, 0, None),
        ("bytes=5-2", 200, 0, None),
        ("bytes=abc", 200, 0, None),
        ("bytes=-", 200, 0, None),
        ("bytes=", 200, 0, None),
        ("bytes=0-1,5-2", 200, 0, None),
        ("bytes=" + "9" * 5000 + "-", 200, 0, None),
        ("bytes=" + ",".join(f"{place}-{place}" for place in range(0, 40, 2)), 200, 0, None),
    ],
)
async def test_ranges(asked: str, status: int, start: int, end: int | None, tmp_path: Path) -> None:
    """Part of a file, by RFC 9110: units that nobody knows, malformed ranges and floods of them are
    answered by the whole.
    """
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        name = await created(client, format="CSV")
        await worked_off(exports_of(woven))
        url = f"/exports/{name}/lines-00001.csv"
        whole = (await client.get(url)).content
        answer = await client.get(url, headers={"range": asked})
        assert answer.status_code == status
        if status == 416:
            assert answer.headers["content-range"] == f"bytes */{len(whole)}"
        else:
            assert answer.content == whole[start:end]


async def test_going_on(tmp_path: Path) -> None:
    """A download that broke off goes on where the tag is still the file's, and begins anew where it is not."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        name = await created(client, format="PARQUET", table="ORDERS", partitioned=True)
        await worked_off(exports_of(woven))
        url = f"/exports/{name}/year=2026/month=05/orders-00001.parquet"
        whole = await client.get(url)
        assert whole.content.startswith(b"PAR1")
        assert whole.headers["content-type"] == "application/vnd.apache.parquet"
        rest = await client.get(url, headers={"range": "bytes=100-", "if-range": whole.headers["etag"]})
        assert (rest.status_code, rest.content) == (206, whole.content[100:])
        other = await client.get(url, headers={"range": "bytes=100-", "if-range": '"another"'})
        assert (other.status_code, other.content) == (200, whole.content)


@pytest.mark.parametrize("who", ["bob", "ada", "anonymous", "guest"])
async def test_for_its_owner_alone(who: str, tmp_path: Path) -> None:
    """To others a file is not there, in the words of one that does not exist."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        name = await created(client, format="CSV")
        await worked_off(exports_of(woven))
        answer = await client.get(f"/exports/{name}/lines-00001.csv", headers={"x-who": who})
        nowhere = await client.get(f"/exports/{'0' * 32}/lines-00001.csv", headers={"x-who": who})
        assert answer.status_code == nowhere.status_code == 404
        assert answer.content == nowhere.content
        assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("name", ["index.db", "../../index.db", "..%2f..%2findex.db", "/etc/passwd", ".unfinished", ""])
async def test_no_other_file(name: str, tmp_path: Path) -> None:
    """What is not in the manifest is not given, whatever is written as its name."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        made = await created(client, format="CSV")
        await worked_off(exports_of(woven))
        for spelled in (name, quote(name, safe="")):
            answer = await client.get(f"/exports/{made}/{spelled}")
            assert answer.status_code == 404


async def test_not_yet_and_no_more(tmp_path: Path) -> None:
    """Before it is done a file is 409, when its time is over 410, whether the files went already or not."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        name = await created(client, format="CSV")
        url = f"/exports/{name}/lines-00001.csv"
        early = await client.get(url)
        assert (early.status_code, early.json()["errors"][0]["extensions"]["code"]) == (409, "NOT_READY")
        await worked_off(exports_of(woven))
        assert (await client.get(url)).status_code == 200
        woven.time.advance(24 * 3600)
        for _ in range(2):
            late = await client.get(url)
            assert (late.status_code, late.json()["errors"][0]["extensions"]["code"]) == (410, "GONE")
            assert late.headers["cache-control"] == "private, no-store"
            await worked_off(exports_of(woven))


async def test_who_is_not_let_in(tmp_path: Path) -> None:
    """A credential that does not hold is refused as at /graphql; where nothing is exported, no file is there."""

    async def nobody(headers: Headers) -> Caller:
        raise Refused(Reason.KEY_UNKNOWN)

    async with house(tmp_path) as woven:
        transport = httpx.ASGITransport(app=build_app(woven.schema, woven.gateway, door=Door(identify=nobody)))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            answer = await client.get(f"/exports/{'0' * 32}/manifest.json")
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
