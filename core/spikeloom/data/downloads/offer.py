"""What there is to download for a data set: how large it is, on which terms, and how it is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from spikeloom.settings import DATA_VARIABLE
from spikeloom.spec import MNIST, Dataset, FashionMNIST, SpikeHDF5, TonicSet


@dataclass(frozen=True)
class File:
    """A file to download.

    Parameters
    ----------
    name
        Under which it is saved in the folder of the set.
    addresses
        Where it can be had; the next one is asked where one fails.
    md5
        Its checksum, as it was published; empty where none was.
    size
        Bytes; 0 where it is known from the server alone.
    makes
        What lies in the folder once it is unpacked; empty for a file that stays as it is.
    """

    name: str
    addresses: tuple[str, ...]
    md5: str = ""
    size: int = 0
    makes: str = ""


@dataclass(frozen=True)
class Offer:
    """What there is to download for a set.

    Parameters
    ----------
    title
        The name of the set.
    size
        Of all files, in words.
    terms
        The licence, in a word or two.
    call
        With which call tonic fetches the same; empty for a set that is not of tonic.
    by_hand
        Where somebody has to fetch it, where no program may.
    """

    title: str
    files: tuple[File, ...]
    size: str
    terms: str
    call: str = ""
    by_hand: str = ""


def offer_of(dataset: Dataset) -> Offer | None:
    """What there is to download for a data set; None for one that nobody offers, such as files of the user's own."""
    from spikeloom.data.downloads.addresses import OFFERS

    return OFFERS.get(_key(dataset))


def _key(dataset: Dataset) -> str:
    match dataset:
        case TonicSet():
            return dataset.tonic_class
        case FashionMNIST():
            return "FashionMNIST"
        case MNIST():
            return "MNIST"
        case SpikeHDF5():
            # Other recordings have files of other names.
            published = {"shd_train.h5": "SHD", "ssc_train.h5": "SSC"}
            return published.get(dataset.train_file.removesuffix(".gz"), "")
    return ""


def how_to_get(dataset: Dataset, otherwise: str) -> str:
    """What to do about files that are missing: how to download them, or to put them `otherwise` where they belong."""
    offer = offer_of(dataset)
    choose = (
        "or choose the folder in which your data sets lie: File > Data folder in the window, or the environment "
        f"variable {DATA_VARIABLE}."
    )
    if offer is None:
        return f"{otherwise}, {choose}"
    return f"{in_words(offer)} {otherwise}, {choose}"


def in_words(offer: Offer) -> str:
    """How large it is, on which terms, and how to get it."""
    what = f"{offer.title} is {offer.size} to download ({offer.terms})"
    same = f", which is what {offer.call} fetches" if offer.call else ""
    if offer.by_hand:
        return f"{what}{same}. It has to be fetched by hand from {offer.by_hand}."
    return f"{what}{same}. `spikeloom data download FILE` gets it for a document FILE, and nothing else does."
