"""What the examples of a data set are made of, so that what was made of them can be found again."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from spikeloom.data import array_file, audio_folder, event_folder, image_folder, mnist, spike_hdf5, tonic_sets
from spikeloom.data.labelled_files import FileDataset, list_files
from spikeloom.data.tonic_source import fingerprint
from spikeloom.spec import MNIST, ArrayFile, AudioFolder, Dataset, EventFolder, ImageFolder, SpikeHDF5, TonicSet


@singledispatch
def identity(dataset: Dataset, base: Path | None = None) -> str | None:
    """The files with their sizes and times; None where there are none, or nothing is worth to be kept.

    Parameters
    ----------
    base
        The folder of the document.

    Raises
    ------
    UserError
        Where the files are not there.
    """
    return None


def of_files(paths: Iterable[Path]) -> str:
    """Paths with their sizes and times: a file that was written anew is another one."""
    facts = [(path.resolve(), path.stat()) for path in paths]
    return "\n".join(f"{path} {stat.st_size} {stat.st_mtime_ns}" for path, stat in facts)


@identity.register
def _(dataset: MNIST, base: Path | None = None) -> str | None:
    return of_files(mnist.files(dataset, base))


@identity.register
def _(dataset: SpikeHDF5, base: Path | None = None) -> str | None:
    return of_files(spike_hdf5.files(dataset, base).values())


@identity.register
def _(dataset: ArrayFile, base: Path | None = None) -> str | None:
    return of_files(array_file.files(dataset, base))


@identity.register(AudioFolder)
@identity.register(EventFolder)
@identity.register(ImageFolder)
def _(dataset: FileDataset, base: Path | None = None) -> str | None:
    kinds = {AudioFolder: audio_folder, EventFolder: event_folder, ImageFolder: image_folder}
    suffixes = next(module.SUFFIXES for kind, module in kinds.items() if isinstance(dataset, kind))
    listing = list_files(dataset, base, suffixes)
    paths = [listing.root / entry.path for entry in listing.entries]
    return of_files([*paths, *([listing.root / dataset.labels_file] if dataset.labels_file else [])])


@identity.register
def _(dataset: TonicSet, base: Path | None = None) -> str | None:
    # They may be many, and another tonic may read them otherwise.
    return f"{fingerprint(tonic_sets.files(dataset, base))} by {_version()}"


def _version() -> str:
    """That of tonic; that it is not there is said where it is asked to read."""
    try:
        return f"tonic {version('tonic')}"
    except PackageNotFoundError:
        return "tonic"
