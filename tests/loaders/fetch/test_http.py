from __future__ import annotations

import gzip
import io
import socket
import time
import zipfile
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import zstandard
from support.webserver import answering

from kamara.loaders.errors import ArchiveError, FetchError
from kamara.loaders.fetch.kinds import HttpFetch

TABLE = ("key,name\n" + "".join(f"{n},Παραλία\n" for n in range(2000))).encode()
MODIFIED = "Fri, 08 Apr 2016 21:29:00 GMT"


def content(fetched):
    (path,) = fetched.files
    return path.read_bytes()


def refused(fetched, server, reason, *, error=FetchError, **others):
    """It is refused in one line that names the address and a remedy."""
    with pytest.raises(error, match=reason) as refusal:
        fetched(server, **others)
    line = str(refusal.value)
    assert "\n" not in line
    assert "http://127.0.0.1" in line
    assert "; " in line


def test_a_file_comes_under_its_name_with_what_tells_whether_it_changes(fetched):
    with answering(lambda asked: asked.reply(TABLE, ETag='"1"', Last_Modified=MODIFIED)) as server:
        came = fetched(server)
    assert content(came) == TABLE
    assert came.files[0].name == "benches.csv"
    assert came.memo == {"ETag": '"1"', "Last-Modified": MODIFIED}


def test_the_server_sees_who_asks(fetched):
    with answering(lambda asked: asked.reply(TABLE)) as server:
        fetched(server, contact="mailto:data@thessaloniki.gr")
    assert server.requests[0][1]["User-Agent"].startswith("Kamara/")
    assert "(+mailto:data@thessaloniki.gr)" in server.requests[0][1]["User-Agent"]


def test_what_did_not_change_is_not_fetched(fetched):
    with answering(lambda asked: asked.reply(status=304)) as server:
        came = fetched(server, memo={"ETag": '"1"', "Last-Modified": MODIFIED})
    assert came.files is None
    assert came.memo == {"ETag": '"1"', "Last-Modified": MODIFIED}
    headers = server.requests[0][1]
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"1"', MODIFIED)


def test_a_304_that_nobody_asked_for_is_refused(fetched):
    with answering(lambda asked: asked.reply(status=304)) as server:
        refused(fetched, server, "status 304")


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
def test_a_content_coding_is_undone(coding, pack, fetched):
    with answering(lambda asked: asked.reply(pack(TABLE), Content_Encoding=coding)) as server:
        assert content(fetched(server)) == TABLE


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_content_coding_that_lies_is_refused(coding, fetched):
    with answering(lambda asked: asked.reply(TABLE, Content_Encoding=coding)) as server:
        refused(fetched, server, f"is not {coding}", error=ArchiveError)


def test_an_unknown_content_coding_is_refused(fetched):
    with answering(lambda asked: asked.reply(TABLE, Content_Encoding="br")) as server:
        refused(fetched, server, "comes in the coding br")


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_truncated_content_is_refused(coding, fetched):
    packed = gzip.compress(TABLE) if coding == "gzip" else zstandard.compress(TABLE)
    with answering(lambda asked: asked.reply(packed[:-9], Content_Encoding=coding)) as server:
        refused(fetched, server, "cut short", error=ArchiveError)


def test_a_bomb_in_a_content_coding_is_refused(fetched):
    bomb = gzip.compress(bytes(40 << 20))
    with answering(lambda asked: asked.reply(bomb, Content_Encoding="gzip")) as server:
        refused(fetched, server, "200 times its size", error=ArchiveError)


def test_an_archive_is_opened(fetched):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("2016/benches.csv", TABLE)
        archive.writestr("README.txt", "x")
    with answering(lambda asked: asked.reply(packed.getvalue())) as server:
        came = fetched(server, HttpFetch(kind="http", url=server.url("/daily.zip")))
    assert [path.name for path in came.files] == ["benches.csv"]
    assert content(came) == TABLE


def test_the_day_of_a_file_stands_in_its_name_in_athens(fetched):
    with answering(lambda asked: asked.reply(TABLE, Last_Modified=MODIFIED)) as server:
        came = fetched(server, HttpFetch(kind="http", url=server.url(), save_as="{date}.csv"))
    assert came.files[0].name == "2016-04-09.csv"


def test_a_name_in_the_address_cannot_leave_the_folder(fetched):
    with answering(lambda asked: asked.reply(TABLE)) as server:
        came = fetched(server, HttpFetch(kind="http", url=server.url("/x/..%2F..%2Fevil.csv")))
        assert came.files[0].name == "evil.csv"
        came = fetched(server, HttpFetch(kind="http", url=server.url("/..")))
        assert came.files[0].name == "data"


def broken(asked, body=TABLE, at=5000, **headers):
    """Send a part of the body, then close."""
    asked.send_response(200)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        asked.send_header(name, value)
    asked.end_headers()
    asked.wfile.write(body[:at])


def rest(asked, body=TABLE):
    start = int(asked.headers["Range"].removeprefix("bytes=").removesuffix("-"))
    asked.reply(body[start:], 206, Content_Range=f"bytes {start}-{len(body) - 1}/{len(body)}", ETag='"1"')


def test_a_download_that_breaks_off_is_resumed(fetched):
    def answer(asked):
        broken(asked, ETag='"1"') if asked.count == 1 else rest(asked)

    with answering(answer) as server:
        assert content(fetched(server)) == TABLE
    headers = server.requests[1][1]
    assert (headers["Range"], headers["If-Range"]) == ("bytes=5000-", '"1"')


def test_a_resumed_download_keeps_its_content_coding(fetched):
    packed = gzip.compress(TABLE)

    def answer(asked):
        if asked.count == 1:
            broken(asked, packed, 100, **{"ETag": '"1"', "Content-Encoding": "gzip"})
        else:
            asked.reply(
                packed[100:],
                206,
                Content_Range=f"bytes 100-{len(packed) - 1}/{len(packed)}",
                Content_Encoding="gzip",
                ETag='"1"',
            )

    with answering(answer) as server:
        assert content(fetched(server)) == TABLE


def test_a_file_that_changed_meanwhile_is_fetched_whole(fetched):
    def answer(asked):
        broken(asked, b"old" * 9000, ETag='"1"') if asked.count == 1 else asked.reply(TABLE, ETag='"2"')

    with answering(answer) as server:
        came = fetched(server)
    assert (content(came), came.memo["ETag"]) == (TABLE, '"2"')


@pytest.mark.parametrize("validators", [{}, {"ETag": 'W/"1"'}, {"Last-Modified": "now"}])
def test_nothing_is_resumed_that_cannot_be_told_from_its_successor(validators, fetched):
    def answer(asked):
        now = format_datetime(datetime.now(UTC), usegmt=True)
        told = {name: now if value == "now" else value for name, value in validators.items()}
        broken(asked, **told) if asked.count == 1 else asked.reply(TABLE)

    with answering(answer) as server:
        assert content(fetched(server)) == TABLE
    assert "Range" not in server.requests[1][1]


def test_a_part_that_was_not_asked_for_is_thrown_away(fetched):
    def answer(asked):
        if asked.count == 1:
            broken(asked, ETag='"1"')
        elif asked.count == 2:
            asked.reply(TABLE[7:], 206, Content_Range=f"bytes 7-{len(TABLE) - 1}/{len(TABLE)}", ETag='"1"')
        else:
            asked.reply(TABLE)

    with answering(answer) as server:
        assert content(fetched(server)) == TABLE


def test_a_server_that_always_breaks_off_is_refused(fetched):
    with answering(broken) as server:
        refused(fetched, server, "broke off.*3 times")
    assert len(server.requests) == 3


def test_a_length_above_the_limit_is_refused_before_it_comes(fetched):
    def answer(asked):
        broken(asked, at=10, **{"Content-Length": str(3 << 20)})

    with answering(answer) as server:
        refused(fetched, server, r"longer than 1 MiB \(fetch\.max_mb\)", max_mb=1)
    assert len(server.requests) == 1


def test_a_body_without_end_is_refused_at_the_limit(fetched):
    def answer(asked):
        asked.send_response(200)
        asked.end_headers()
        while True:
            asked.wfile.write(bytes(1 << 16))

    with answering(answer) as server:
        refused(fetched, server, "longer than 1 MiB", max_mb=1)


def test_a_server_that_never_ends_its_answer_is_given_up(fetched):
    def answer(asked):
        asked.send_response(200)
        asked.end_headers()
        while True:
            asked.wfile.write(b"x")
            time.sleep(0.02)

    with answering(answer) as server:
        refused(fetched, server, r"within 0\.3 s \(fetch\.total_seconds\)", total_seconds=0.3)


def test_a_server_that_says_nothing_is_given_up(fetched):
    def answer(asked):
        asked.rfile.read(1)

    with answering(answer) as server:
        refused(fetched, server, "did not answer in time.*2 times", read_seconds=0.1, retries=1)


def test_a_server_that_does_not_speak_http_is_refused(fetched):
    with answering(lambda asked: asked.wfile.write(b"220 smtp ready\r\n")) as server:
        refused(fetched, server, "broke off", retries=0)


def test_a_port_where_nobody_listens_is_refused(fetched):
    with answering(lambda asked: None) as server, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        authority = f"127.0.0.1:{closed.getsockname()[1]}"
        wanted = HttpFetch(kind="http", url=f"http://{authority}/x.csv")
        refused(fetched, server, "broke off", wanted=wanted, allow_private=[authority])


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "no such file"), (410, "gone for good"), (403, "refuses")]
)
def test_what_will_not_come_is_asked_for_once(status, reason, fetched):
    with answering(lambda asked: asked.reply(status=status)) as server:
        refused(fetched, server, f"{reason}.*status {status}")
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_in_trouble_is_asked_again_and_then_no_more(status, fetched, pauses):
    with answering(lambda asked: asked.reply(status=status)) as server:
        refused(fetched, server, f"answers {status}, 4 times", retries=3, backoff_seconds=2)
    assert len(server.requests) == 4
    assert [lowest <= pause <= 2 * lowest for lowest, pause in zip((1, 2, 4), pauses.seconds, strict=True)]


def test_a_server_that_recovers_gives_its_file(fetched):
    def answer(asked):
        asked.reply(status=500) if asked.count < 3 else asked.reply(TABLE)

    with answering(answer) as server:
        assert content(fetched(server)) == TABLE


def test_the_server_says_when_to_come_again(fetched, pauses):
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)

    def answer(asked):
        told = {1: "77", 2: soon}
        if asked.count in told:
            asked.reply(status=503, Retry_After=told[asked.count])
        else:
            asked.reply(TABLE)

    with answering(answer) as server:
        fetched(server)
    assert pauses.seconds[0] == 77
    assert 60 < pauses.seconds[1] <= 90


def test_a_wait_beyond_the_time_limit_is_refused(fetched, pauses):
    with answering(lambda asked: asked.reply(status=429, Retry_After="86400")) as server:
        refused(fetched, server, "the next attempt would be in 86400 s.*fetch.total_seconds")
    assert (len(server.requests), pauses.seconds) == (1, [])


def test_requests_to_one_host_keep_their_distance(fetched, pauses):
    def answer(asked):
        asked.reply(status=302, Location="/there.csv") if asked.count == 1 else asked.reply(TABLE)

    with answering(answer) as server:
        fetched(server, delay_seconds=30)
    (pause,) = pauses.seconds
    assert 20 < pause <= 30


def test_redirects_are_followed_and_end(fetched):
    def answer(asked):
        asked.reply(TABLE) if asked.path == "/5" else asked.reply(
            status=302, Location=f"/{int(asked.path[1:]) + 1}"
        )

    with answering(answer) as server:
        assert content(fetched(server, HttpFetch(kind="http", url=server.url("/0")))) == TABLE
    with answering(lambda asked: asked.reply(status=302, Location="/benches.csv")) as server:
        refused(fetched, server, "redirects more than 5 times")
    assert len(server.requests) == 6


def test_a_redirect_without_a_target_is_refused(fetched):
    with answering(lambda asked: asked.reply(status=302)) as server:
        refused(fetched, server, "redirects to nowhere")


PAGES = [
    b"<!DOCTYPE html><html><body>Session expired</body></html>",
    b"\xef\xbb\xbf\r\n  <HTML>",
    b'<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">',
    "<!doctype html>".encode("utf-16"),
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("media", ["text/html", "text/csv"])
def test_a_web_page_with_status_200_is_refused_whatever_it_says_it_is(page, media, fetched):
    with answering(lambda asked: asked.reply(page, Content_Type=media)) as server:
        refused(fetched, server, "gives a web page where data was expected")


def test_a_table_that_is_called_a_page_is_a_table(fetched):
    with answering(lambda asked: asked.reply(TABLE, Content_Type="text/html; charset=utf-8")) as server:
        assert content(fetched(server)) == TABLE


def test_only_the_expected_media_types_are_taken(fetched):
    with answering(lambda asked: asked.reply(TABLE, Content_Type="text/plain; charset=utf-8")) as server:
        good = HttpFetch(kind="http", url=server.url(), media="text/csv text/plain")
        assert content(fetched(server, good)) == TABLE
        bad = HttpFetch(kind="http", url=server.url(), media="text/csv")
        refused(fetched, server, "comes as text/plain, not as text/csv", wanted=bad)


def test_a_server_that_never_ends_its_headers_is_given_up(fetched):
    def answer(asked):
        asked.send_response(200)
        while True:
            asked.wfile.write(b"X-More: 1\r\n")
            asked.flush_headers()
            time.sleep(0.02)

    with answering(answer) as server:
        refused(fetched, server, r"within 0\.3 s \(fetch\.total_seconds\)", total_seconds=0.3)
    assert len(server.requests) <= 3
