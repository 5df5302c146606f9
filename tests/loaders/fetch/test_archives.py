from __future__ import annotations

import gzip
import io
import stat
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from kamara.config import FetchSettings
from kamara.loaders.errors import ArchiveError
from kamara.loaders.fetch.archives import open_packed

TABLE = "key,name\n1,Παραλία\n".encode()
MIB = 1 << 20


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def zipped(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def tarred(members):
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return plain.getvalue()


@pytest.fixture(scope="session")
def archives(tmp_path_factory):
    """A sound archive of each kind, by name."""
    folder = tmp_path_factory.mktemp("archives")
    members = {"a/t.csv": TABLE * 20, "u.csv": TABLE}
    return {
        "t.zip": zipped(folder / "t.zip", members).read_bytes(),
        "t.tar": tarred(members),
        "t.tar.gz": gzip.compress(tarred(members)),
        "t.csv.zst": zstandard.compress(TABLE * 20),
        "t.csv.gz": gzip.compress(TABLE * 20),
    }


def opened(path, out, members="*", **limits):
    return {file.name: file.read_bytes() for file in open_packed(path, out, members, FetchSettings(**limits))}


def refused(path, out, reason, **limits):
    with pytest.raises(ArchiveError, match=reason) as refusal:
        opened(path, out, **limits)
    assert "\n" not in str(refusal.value)
    assert path.name in str(refusal.value)


@pytest.mark.parametrize("name", ["t.csv.gz", "t.csv.zst"])
def test_a_compressed_file_is_unpacked_under_its_own_name(name, tmp_path, out):
    path = tmp_path / name
    path.write_bytes(gzip.compress(TABLE) if name.endswith("gz") else zstandard.compress(TABLE))
    assert opened(path, out) == {"t.csv": TABLE}


def test_several_members_in_a_row_are_one_file(tmp_path, out):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(TABLE) + gzip.compress(b"2,x\n"))
    assert opened(path, out) == {"t.csv": TABLE + b"2,x\n"}
    path = tmp_path / "u.csv.zst"
    path.write_bytes(zstandard.compress(TABLE) + zstandard.compress(b"2,x\n"))
    assert opened(path, out) == {"u.csv": TABLE + b"2,x\n"}


@pytest.mark.parametrize("name", ["t.zip", "t.tar", "t.tar.gz", "t.tgz", "t.tar.zst"])
def test_the_wanted_members_of_an_archive_are_taken(name, tmp_path, out):
    members = {"2016/t.csv": TABLE, "README.txt": b"x"}
    path = tmp_path / name
    if name.endswith("zip"):
        zipped(path, members)
    else:
        pack = {"gz": gzip.compress, "tgz": gzip.compress, "zst": zstandard.compress}
        path.write_bytes(pack.get(name.rpartition(".")[2], bytes)(tarred(members)))
    assert opened(path, out, "*.csv") == {"t.csv": TABLE}


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_a_bomb_is_refused_by_its_ratio(pack, tmp_path, out):
    suffix = "gz" if pack is gzip.compress else "zst"
    path = tmp_path / f"bomb.{suffix}"
    path.write_bytes(pack(bytes(40 * MIB)))
    refused(path, out, "more than 200 times its size")
    assert sum(file.stat().st_size for file in out.iterdir()) < 40 * MIB


def test_a_zip_bomb_is_refused_whatever_it_says_of_its_size(tmp_path, out):
    path = zipped(tmp_path / "bomb.zip", {"a.csv": bytes(40 * MIB)})
    refused(path, out, "more than 200 times its size")


def test_a_zip_of_many_copies_counts_all_of_them(tmp_path, out):
    path = zipped(tmp_path / "many.zip", {f"{n}.csv": bytes(MIB // 2) for n in range(6)}, zipfile.ZIP_STORED)
    refused(path, out, "more than 2 MiB", unpacked_mb=2)


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_too_many_members_are_refused(kind, tmp_path, out):
    path, members = tmp_path / f"many.{kind}", {f"{n}.csv": b"" for n in range(6)}
    if kind == "zip":
        zipped(path, members)
    else:
        path.write_bytes(tarred(members))
    refused(path, out, "more than 5 members", max_members=5)


@pytest.mark.parametrize("name", ["../t.csv", "/tmp/t.csv", "a/../../t.csv", "..\\t.csv", ".."])
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_member_that_leads_outside_is_refused(kind, name, tmp_path, out):
    path = tmp_path / f"evil.{kind}"
    if kind == "zip":
        zipped(path, {name: TABLE})
    else:
        path.write_bytes(tarred({name: TABLE}))
    refused(path, out, "leads outside the archive")
    assert not (tmp_path / "t.csv").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_a_link_or_device_in_a_tar_is_refused(kind, tmp_path, out):
    path = tmp_path / "evil.tar"
    with tarfile.open(path, "w") as archive:
        entry = tarfile.TarInfo("t.csv")
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
    refused(path, out, "is a link or a device")
    assert list(out.iterdir()) == []


def test_a_link_in_a_zip_is_refused(tmp_path, out):
    entry = zipfile.ZipInfo("t.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    refused(path, out, "is a link")


def test_two_members_of_one_name_are_refused(tmp_path, out):
    refused(zipped(tmp_path / "t.zip", {"a/t.csv": TABLE, "b/t.csv": TABLE}), out, "name of another member")


@pytest.mark.parametrize("cut", [1, 5, 30])
@pytest.mark.parametrize("name", ["t.csv.gz", "t.csv.zst", "t.zip", "t.tar.gz"])
def test_a_cut_file_is_refused(name, cut, tmp_path, out):
    whole = {
        "t.csv.gz": gzip.compress(TABLE),
        "t.csv.zst": zstandard.compress(TABLE),
        "t.zip": zipped(tmp_path / "whole.zip", {"t.csv": TABLE}).read_bytes(),
        "t.tar.gz": gzip.compress(tarred({"t.csv": TABLE})),
    }[name]
    path = tmp_path / name
    path.write_bytes(whole[:-cut])
    refused(path, out, "cut short|no sound zip")


@pytest.mark.parametrize("name", ["t.csv.gz", "t.csv.zst", "t.zip", "t.tar.gz", "t.tar"])
def test_a_name_that_lies_is_refused(name, tmp_path, out):
    path = tmp_path / name
    path.write_bytes(TABLE * 40)
    refused(path, out, "is not gzip|is not zstd|is no sound")


def test_a_damaged_member_is_refused(tmp_path, out):
    path = zipped(tmp_path / "t.zip", {"t.csv": TABLE}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"key", b"kez"))
    refused(path, out, "no sound zip archive")


def test_a_compression_that_python_does_not_know_is_refused(tmp_path, out):
    path = zipped(tmp_path / "t.zip", {"t.csv": TABLE}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(signature) + offset] = 98
    path.write_bytes(content)
    refused(path, out, "neither stored nor deflated")


def test_an_encrypted_member_is_refused(tmp_path, out):
    path = zipped(tmp_path / "t.zip", {"t.csv": TABLE}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    path.write_bytes(content)
    refused(path, out, "encrypted")


def test_a_header_of_a_tar_that_is_as_long_as_it_likes_is_refused(tmp_path, out):
    path = tmp_path / "evil.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo("t.csv")
        entry.pax_headers = {"comment": "x" * 2 * MIB}
        archive.addfile(entry)
    refused(path, out, "too long")


@given(st.data())
def test_whatever_an_archive_holds_it_is_opened_or_refused(archives, data):
    name = data.draw(st.sampled_from(sorted(archives)))
    content = bytearray(archives[name])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder) / name, Path(folder) / "out"
        target.mkdir()
        path.write_bytes(
            bytes(content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content)
        )
        try:
            found = open_packed(path, target, "*", FetchSettings())
        except ArchiveError as error:
            assert "\n" not in str(error)
        else:
            assert all(file.parent == target for file in found)
