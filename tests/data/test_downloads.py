"""Downloads: only when asked for, whole or not there, gone on with, and never written outside of their folder."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.data import spike_files
from tests.data.file_server import FileServer, served
from tests.data.idx_files import contents, write

import spikeloom.spec as sp
from spikeloom.data import downloads, load_dataset
from spikeloom.data.downloads import Cancelled, File, Offer, Progress
from spikeloom.data.downloads.addresses import OFFERS
from spikeloom.errors import RunError, UserError


@pytest.fixture(autouse=True)
def _no_folder_of_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("SPIKELOOM_DATA", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[FileServer]:
    with served() as found:
        yield found


def offered(server: FileServer, monkeypatch: Any, key: str, makes: dict[str, str] | None = None) -> None:
    """Let the files of the server, with their checksums, be what there is to download for a set."""
    made = makes or {}
    files = tuple(File(n, (server.at(n),), server.md5(n), makes=made.get(n, "")) for n in server.files)
    monkeypatch.setitem(OFFERS, key, Offer(key, files, "some MB", "free"))


def mnist(server: FileServer, monkeypatch: Any) -> None:
    server.files.update({f"{name}.gz": gzip.compress(content) for name, content in contents().items()})
    offered(server, monkeypatch, "MNIST")


def get(dataset: sp.Dataset, base: Path, **settings: Any) -> tuple[Path, list[Progress]]:
    told: list[Progress] = []
    folder = downloads.download(dataset, base, told.append, settings.pop("stopped", lambda: False), **settings)
    return folder, told


def packed(entries: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


def tarred(entries: dict[str, bytes | str]) -> bytes:
    """A text is where a link leads to."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, content in entries.items():
            member = tarfile.TarInfo(name)
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                archive.addfile(member)
            else:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


# -- what is said of a set that is not there --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        (sp.MNIST(), ["12 MB", "CC BY-SA 3.0"]),
        (sp.FashionMNIST(), ["Fashion-MNIST is 31 MB", "MIT"]),
        (sp.SpikeHDF5(), ["about 170 MB", "CC BY 4.0", "tonic.datasets.SHD(save_to=...)"]),
        (sp.SpikeHDF5(train_file="ssc_train.h5"), ["about 2 GB", "tonic.datasets.SSC(save_to=..., split=...)"]),
        (sp.NMNIST(), ["1.1 GB", "CC BY-SA 4.0", "tonic.datasets.NMNIST(save_to=..., train=...)"]),
        (sp.DVSGesture(), ["about 3 GB", "tonic.datasets.DVSGesture("]),
        (sp.POKERDVS(), ["less than 10 MB", "tonic.datasets.POKERDVS("]),
        (sp.CIFAR10DVS(), ["several GB", "tonic.datasets.CIFAR10DVS(save_to=...)"]),
        (sp.SMNIST(), ["12 MB", "tonic.datasets.SMNIST(save_to=...)"]),
        (sp.TonicDataset("NTIDIGITS18"), ["about 1 GB", "tonic.datasets.NTIDIGITS18("]),
    ],
    ids=lambda value: getattr(value, "title", ""),
)
def test_a_set_that_is_not_there_says_how_to_get_it(tmp_path, dataset, words):
    with pytest.raises(UserError, match="was not found") as caught:
        load_dataset(dataset, tmp_path)
    for word in [*words, "spikeloom data download FILE", "SPIKELOOM_DATA"]:
        assert word in caught.value.hint
    assert str(tmp_path) in caught.value.message
    assert not list(tmp_path.iterdir())


def test_what_no_program_may_download_says_where_it_is(tmp_path):
    lips = sp.TonicDataset("DVSLip")
    with pytest.raises(UserError) as caught:
        load_dataset(lips, tmp_path)
    assert "fetched by hand from https://sites.google.com/" in caught.value.hint
    with pytest.raises(UserError, match="no program may download it"):
        get(lips, tmp_path)


def test_other_recordings_are_offered_by_nobody(tmp_path):
    mine = sp.SpikeHDF5(train_file="mine.h5", test_file="other.h5")
    with pytest.raises(UserError) as caught:
        load_dataset(mine, tmp_path)
    assert "download" not in caught.value.hint
    with pytest.raises(UserError, match="nothing to download for 'spike_hdf5'"):
        get(mine, tmp_path)


def test_every_offer_is_whole():
    for key, offer in OFFERS.items():
        assert offer.size and offer.terms, key
        assert offer.files or offer.by_hand, key
        for file in offer.files:
            assert len(file.md5) == 32, file
            assert all(address.startswith(("https://", "http://")) for address in file.addresses)
    for name in ("ASLDVS", "DVSLip", "NCALTECH101", "NTIDIGITS18", "SHD", "SSC"):
        assert f"tonic.datasets.{name}(" in OFFERS[name].call


# -- asked for --------------------------------------------------------------------------------------------------------


def test_the_files_come_when_they_are_asked_for(tmp_path, server, monkeypatch):
    mnist(server, monkeypatch)
    with pytest.raises(UserError):
        load_dataset(sp.MNIST(), tmp_path)
    assert server.asked == []
    folder, told = get(sp.MNIST(), tmp_path)
    assert folder == tmp_path / "mnist"
    assert len(load_dataset(sp.MNIST(), tmp_path)["train"]) == 30
    assert sorted(path.name for path in folder.iterdir()) == sorted(server.files)
    last = {progress.file: progress for progress in told}
    assert {name: progress.total for name, progress in last.items()} == {n: len(c) for n, c in server.files.items()}
    assert all(progress.bytes == progress.total and progress.files == 4 for progress in last.values())
    assert [progress.number for progress in last.values()] == [1, 2, 3, 4]


def test_they_go_to_the_users_folder_where_there_is_one(tmp_path, server, monkeypatch):
    mnist(server, monkeypatch)
    monkeypatch.setenv("SPIKELOOM_DATA", str(tmp_path / "mine"))
    assert get(sp.MNIST(), tmp_path / "documents")[0] == tmp_path / "mine" / "mnist"
    with pytest.raises(UserError, match="no folder to download it to"):
        monkeypatch.delenv("SPIKELOOM_DATA")
        downloads.download(sp.MNIST(), None, lambda _: None, lambda: False)


def test_what_is_there_and_right_is_not_downloaded_again(tmp_path, server, monkeypatch):
    mnist(server, monkeypatch)
    folder, _ = get(sp.MNIST(), tmp_path)
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-9])  # cut short
    server.asked.clear()
    get(sp.MNIST(), tmp_path)
    assert {name for name, _ in server.asked} == {"t10k-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz"}
    assert len(load_dataset(sp.MNIST(), tmp_path)["test"]) == 20
    server.asked.clear()
    get(sp.MNIST(), tmp_path, again=True)
    assert len(server.asked) == 4


# -- what goes wrong --------------------------------------------------------------------------------------------------

NAME = "train-images-idx3-ubyte.gz"


def large(server: FileServer, monkeypatch: Any, size: int = 400_000) -> bytes:
    server.files[NAME] = os.urandom(size)
    offered(server, monkeypatch, "MNIST")
    return server.files[NAME]


def test_a_connection_that_breaks_is_gone_on_with(tmp_path, server, monkeypatch):
    content = large(server, monkeypatch)
    server.breaks_after[NAME] = 150_000
    with pytest.raises(RunError, match=r"150000 of 400000 bytes came|connection broke"):
        get(sp.MNIST(), tmp_path)
    folder = tmp_path / "mnist"
    assert [path.name for path in folder.iterdir()] == [f"{NAME}.part"]
    with pytest.raises(UserError, match="does not have its files"):
        load_dataset(sp.MNIST(), tmp_path)
    _, told = get(sp.MNIST(), tmp_path)
    assert server.asked[-1] == (NAME, "bytes=150000-")
    assert told[0].bytes == 150_000 and told[-1].remaining == 0
    assert (folder / NAME).read_bytes() == content
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_a_server_that_knows_no_parts_sends_all(tmp_path, server, monkeypatch):
    content = large(server, monkeypatch)
    server.breaks_after[NAME], server.knows_ranges = 150_000, False
    with pytest.raises(RunError):
        get(sp.MNIST(), tmp_path)
    get(sp.MNIST(), tmp_path)
    assert (tmp_path / "mnist" / NAME).read_bytes() == content


@pytest.mark.parametrize("size", [150_000, 400_000, 500_000])
def test_a_part_of_something_else_is_not_kept(tmp_path, server, monkeypatch, size):
    content = large(server, monkeypatch)
    part = tmp_path / "mnist" / f"{NAME}.part"
    part.parent.mkdir()
    part.write_bytes(bytes(size))
    get(sp.MNIST(), tmp_path)
    assert (part.parent / NAME).read_bytes() == content


def test_a_wrong_checksum_is_said_and_nothing_is_kept(tmp_path, server, monkeypatch):
    large(server, monkeypatch)
    right = server.md5(NAME)
    server.files[NAME] = os.urandom(400_000)
    with pytest.raises(RunError, match=f"its checksum is not {right}") as caught:
        get(sp.MNIST(), tmp_path)
    assert caught.value.place == str(tmp_path / "mnist" / NAME)
    assert not (tmp_path / "mnist").exists()


@pytest.mark.parametrize("status", [202, 403, 404, 500])
def test_another_address_is_asked_where_one_fails(tmp_path, server, monkeypatch, status):
    content = large(server, monkeypatch)
    server.statuses["guarded"] = status
    file = File(NAME, (server.at("guarded"), server.at(NAME)), server.md5(NAME))
    monkeypatch.setitem(OFFERS, "MNIST", Offer("MNIST", (file,), "some MB", "free"))
    get(sp.MNIST(), tmp_path)
    assert (tmp_path / "mnist" / NAME).read_bytes() == content
    server.statuses[NAME] = status
    with pytest.raises(RunError, match=f"the server answered {status}"):
        get(sp.MNIST(), tmp_path, again=True)


def test_a_server_that_is_not_there_is_said(tmp_path, monkeypatch):
    file = File(NAME, ("http://127.0.0.1:9/x",), "0" * 32)
    monkeypatch.setitem(OFFERS, "MNIST", Offer("MNIST", (file,), "some MB", "free"))
    with pytest.raises(RunError, match="no connection") as caught:
        get(sp.MNIST(), tmp_path)
    assert "goes on where it ended" in caught.value.hint
    assert not (tmp_path / "mnist").exists()
    (tmp_path / "mnist").mkdir()
    with pytest.raises(RunError):
        get(sp.MNIST(), tmp_path)
    assert (tmp_path / "mnist").exists()  # the user made it


def test_a_disk_that_is_too_small_is_said_before_a_byte_comes(tmp_path, server, monkeypatch):
    large(server, monkeypatch)
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    with pytest.raises(RunError, match=r"0\.4 MB are to come and 0\.0 MB are free"):
        get(sp.MNIST(), tmp_path)


@pytest.mark.parametrize("hang", [0, 150_000])
def test_a_download_stops_within_two_seconds(tmp_path, server, monkeypatch, hang):
    large(server, monkeypatch)
    server.hangs_after[NAME] = hang
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        get(sp.MNIST(), tmp_path, stopped=stop.is_set)
    assert time.monotonic() - started < 2
    assert not (tmp_path / "mnist" / NAME).exists()
    assert (tmp_path / "mnist").exists() == (hang > 0)


# -- archives ---------------------------------------------------------------------------------------------------------


def shd_archives(server: FileServer, monkeypatch: Any, tmp_path: Path) -> None:
    spike_files.write_folder(tmp_path / "made")
    for name in spike_files.SIZES:
        server.files[f"{name}.zip"] = packed({name: (tmp_path / "made" / name).read_bytes()})
    offered(server, monkeypatch, "SHD", {f"{name}.zip": name for name in spike_files.SIZES})


def test_archives_are_unpacked(tmp_path, server, monkeypatch):
    shd_archives(server, monkeypatch, tmp_path)
    dataset = sp.SpikeHDF5(channels=12, classes=3)
    folder, told = get(dataset, tmp_path)
    assert len(load_dataset(dataset, tmp_path)["train"]) == 40
    assert {progress.doing for progress in told} == {"downloading", "unpacking"}
    # tonic takes a file of the archive's name for the set's presence.
    assert (folder / "shd_train.h5.zip").stat().st_size == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "shd"]


def test_an_archive_that_is_there_is_not_downloaded_again(tmp_path, server, monkeypatch):
    shd_archives(server, monkeypatch, tmp_path)
    dataset = sp.SpikeHDF5(channels=12, classes=3)
    (tmp_path / "shd").mkdir()
    (tmp_path / "shd" / "shd_train.h5.zip").write_bytes(server.files["shd_train.h5.zip"])
    (tmp_path / "shd" / "shd_test.h5.zip").write_bytes(server.files["shd_test.h5.zip"][:-7])
    get(dataset, tmp_path)
    assert [name for name, _ in server.asked] == ["shd_test.h5.zip"]
    assert len(load_dataset(dataset, tmp_path)["train"]) == 40


def test_gzipped_files_are_unzipped_where_they_have_to_be(tmp_path, server, monkeypatch):
    server.files.update({f"{name}.gz": gzip.compress(content) for name, content in contents().items()})
    offered(server, monkeypatch, "SMNIST", {f"{name}.gz": name for name in contents()})
    folder, _ = get(sp.SMNIST(), tmp_path)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == contents()


@pytest.mark.parametrize("around", ["", "data-1.0/"])
def test_a_folder_around_all_and_archives_in_archives(tmp_path, server, monkeypatch, around):
    inner = packed({"cat/1.aedat4": b"1", "cat/2.aedat4": b"2"})
    server.files["CIFAR10DVS.zip"] = packed({f"{around}cat.zip": inner, f"{around}dog/3.aedat4": b"3"})
    offered(server, monkeypatch, "CIFAR10DVS", {"CIFAR10DVS.zip": "dog"})
    folder, _ = get(sp.CIFAR10DVS(), tmp_path)
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.*")}
    assert found == {"CIFAR10DVS.zip", "cat/1.aedat4", "cat/2.aedat4", "dog/3.aedat4"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("train.zip", packed({"Train/0/1.bin": b"12345", "../evil": b"x"})),
        ("train.zip", packed({"/tmp/spikeloom-evil": b"x"})),
        ("train.zip", packed({"Train\\..\\..\\evil": b"x"})),
        ("train.zip", packed({"c:/evil": b"x"})),
        ("train.tar.gz", tarred({"Train/0/1.bin": b"12345", "Train/../../evil": b"x"})),
        ("train.tar.gz", tarred({"Train/out": "../..", "Train/out/evil": b"x"})),
        ("train.tar.gz", tarred({"Train": "/etc"})),
    ],
)
def test_an_archive_writes_nowhere_else(tmp_path, server, monkeypatch, name, content):
    server.files[name] = content
    offered(server, monkeypatch, "NMNIST", {name: "Train"})
    with pytest.raises(UserError, match="leads out of its folder; nothing of it was kept"):
        get(sp.NMNIST(), tmp_path)
    assert list(tmp_path.rglob("*")) == []


def test_a_link_in_a_zip_is_refused(tmp_path, server, monkeypatch):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        entry = zipfile.ZipInfo("Train")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc")
    server.files["train.zip"] = made.getvalue()
    offered(server, monkeypatch, "NMNIST", {"train.zip": "Train"})
    with pytest.raises(UserError, match="leads out of its folder"):
        get(sp.NMNIST(), tmp_path)


@pytest.mark.parametrize("damage", [lambda c: c[: len(c) // 2], lambda c: c[:60] + b"\xff" * 8 + c[68:]])
@pytest.mark.parametrize("make", [packed, tarred], ids=["zip", "tar"])
def test_an_archive_that_is_damaged_leaves_nothing(tmp_path, server, monkeypatch, make, damage: Callable):
    name = "train.zip" if make is packed else "train.tar.gz"
    server.files[name] = damage(make({"Train/0/1.bin": os.urandom(5000)}))
    offered(server, monkeypatch, "NMNIST", {name: "Train"})
    with pytest.raises(UserError, match="damaged or cut short"):
        get(sp.NMNIST(), tmp_path)
    assert list(tmp_path.rglob("*")) == []


def test_an_archive_of_something_else_is_refused(tmp_path, server, monkeypatch):
    server.files["train.zip"] = packed({"Other/1.bin": b"12345"})
    offered(server, monkeypatch, "NMNIST", {"train.zip": "Train"})
    with pytest.raises(UserError, match="no 'Train' in the archive"):
        get(sp.NMNIST(), tmp_path)


def test_unpacking_without_end_is_refused(tmp_path, server, monkeypatch):
    monkeypatch.setattr("spikeloom.data.downloads.unpack.LARGEST", 10_000)
    server.files["train.zip"] = packed({"Train/0/1.bin": bytes(20_000)})
    offered(server, monkeypatch, "NMNIST", {"train.zip": "Train"})
    with pytest.raises(UserError, match="unfolds to more than"):
        get(sp.NMNIST(), tmp_path)


def test_unpacking_can_be_stopped_and_gone_on_with(tmp_path, server, monkeypatch):
    shd_archives(server, monkeypatch, tmp_path)
    dataset = sp.SpikeHDF5(channels=12, classes=3)
    told: list[Progress] = []

    def stopped() -> bool:
        return bool(told) and told[-1].bytes == told[-1].total > 0

    with pytest.raises(Cancelled):
        downloads.download(dataset, tmp_path, told.append, stopped)
    with pytest.raises(UserError):
        load_dataset(dataset, tmp_path)
    get(dataset, tmp_path)
    assert len(load_dataset(dataset, tmp_path)["test"]) == 15


def test_fashion_has_names_of_its_own(tmp_path):
    write(tmp_path / "fashion_mnist", contents())
    dataset = sp.FashionMNIST()
    assert len(load_dataset(dataset, tmp_path)["train"]) == 30
    assert dataset.class_names[9] == "ankle boot"
    assert dataset.label_fields == {"article": 10}
