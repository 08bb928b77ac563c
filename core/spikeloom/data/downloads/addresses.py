"""The addresses of data sets, their sizes and checksums, as their publishers and mirrors give them."""

from __future__ import annotations

from spikeloom.data.downloads.offer import File, Offer

_MNIST = ("https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/")
_FASHION = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)
_HEIDELBERG = ("https://zenkelab.org/datasets/", "https://compneuro.net/datasets/")
_MENDELEY = "https://data.mendeley.com/public-files/datasets/"
_FIGSHARE = ("https://ndownloader.figshare.com/files/", "https://figshare.com/ndownloader/files/")
_POKER = ("https://raw.githubusercontent.com/neuromorphs/tonic/main/tonic/datasets/",)


def _at(places: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(f"{place}{name}" for place in places)


def _images(places: tuple[str, ...], files: dict[str, tuple[str, int]], *, unzipped: bool = False) -> tuple[File, ...]:
    """The four files of MNIST or Fashion-MNIST."""
    return tuple(
        File(f"{name}.gz", _at(places, f"{name}.gz"), md5, size, makes=name if unzipped else "")
        for name, (md5, size) in files.items()
    )


def _heidelberg(files: dict[str, str]) -> tuple[File, ...]:
    return tuple(File(f"{name}.zip", _at(_HEIDELBERG, f"{name}.zip"), md5, makes=name) for name, md5 in files.items())


_DIGITS = {
    "train-images-idx3-ubyte": ("f68b3c2dcbeaaa9fbdd348bbdeb94873", 9_912_422),
    "train-labels-idx1-ubyte": ("d53e105ee54ea40749a09fcbcd1e9432", 28_881),
    "t10k-images-idx3-ubyte": ("9fb629c4189551a2d022fa330f9573f3", 1_648_877),
    "t10k-labels-idx1-ubyte": ("ec29112dd5afa0611ce80d1b7f02629c", 4_542),
}
_CLOTHES = {
    "train-images-idx3-ubyte": ("8d4fb7e6c68d591d4c3dfef9ec88bf0d", 26_421_880),
    "train-labels-idx1-ubyte": ("25c81989df183df01b3e8a0aad5dffbe", 29_515),
    "t10k-images-idx3-ubyte": ("bef4ecab320f06d8554ea6380940ec79", 4_422_102),
    "t10k-labels-idx1-ubyte": ("bb300cfdad3c16e7a12a480ee83cd310", 5_148),
}
_SHD = {"shd_train.h5": "f3252aeb598ac776c1b526422d90eecb", "shd_test.h5": "1503a5064faa34311c398fb0a1ed0a6f"}
_SSC = {
    "ssc_train.h5": "d102be95e7144fcc0553d1f45ba94170",
    "ssc_valid.h5": "b4eee3516a4a90dd0c71a6ac23a8ae43",
    "ssc_test.h5": "a35ff1e9cffdd02a20eb850c17c37748",
}

# By tonic's class, or by the class of the data set.
OFFERS: dict[str, Offer] = {
    "MNIST": Offer("MNIST", _images(_MNIST, _DIGITS), "12 MB", "CC BY-SA 3.0"),
    "FashionMNIST": Offer("Fashion-MNIST", _images(_FASHION, _CLOTHES), "31 MB", "MIT"),
    "SMNIST": Offer(
        "MNIST",
        _images(_MNIST, _DIGITS, unzipped=True),
        "12 MB",
        "CC BY-SA 3.0",
        "tonic.datasets.SMNIST(save_to=...)",
    ),
    "SHD": Offer("SHD", _heidelberg(_SHD), "about 170 MB", "CC BY 4.0", "tonic.datasets.SHD(save_to=...)"),
    "SSC": Offer("SSC", _heidelberg(_SSC), "about 2 GB", "CC BY 4.0", "tonic.datasets.SSC(save_to=..., split=...)"),
    "NMNIST": Offer(
        "N-MNIST",
        (
            File(
                "train.zip",
                (f"{_MENDELEY}468j46mzdv/files/39c25547-014b-4137-a934-9d29fa53c7a0/file_downloaded",),
                "20959b8e626244a1b502305a9e6e2031",
                makes="Train",
            ),
            File(
                "test.zip",
                (f"{_MENDELEY}468j46mzdv/files/05a4d654-7e03-4c15-bdfa-9bb2bcbea494/file_downloaded",),
                "69ca8762b2fe404d9b9bad1103e97832",
                makes="Test",
            ),
        ),
        "1.1 GB",
        "CC BY-SA 4.0",
        "tonic.datasets.NMNIST(save_to=..., train=...)",
    ),
    "DVSGesture": Offer(
        "DVS128 Gesture",
        (
            File(
                "ibmGestureTrain.tar.gz",
                _at(_FIGSHARE, "38022171"),
                "3a8f0d4120a166bac7591f77409cb105",
                makes="ibmGestureTrain",
            ),
            File(
                "ibmGestureTest.tar.gz",
                _at(_FIGSHARE, "38020584"),
                "56070e45dadaa85fff82e0fbfbc06de5",
                makes="ibmGestureTest",
            ),
        ),
        "about 3 GB",
        "CC BY 4.0",
        "tonic.datasets.DVSGesture(save_to=..., train=...)",
    ),
    "POKERDVS": Offer(
        "POKER-DVS",
        tuple(
            File(f"{part}.tar.gz", _at(_POKER, f"{part}.tar.gz"), md5, makes=part)
            for part, md5 in (
                ("pips_train", "412bcfb96826e4fcb290558e8c150aae"),
                ("pips_test", "eef2bf7d0d3defae89a6fa98b07c17af"),
            )
        ),
        "less than 10 MB",
        "for research",
        "tonic.datasets.POKERDVS(save_to=..., train=...)",
    ),
    "CIFAR10DVS": Offer(
        "CIFAR10-DVS",
        (File("CIFAR10DVS.zip", _at(_FIGSHARE, "38023437"), "ce3a4a0682dc0943703bd8f749a7701c", makes="airplane"),),
        "several GB",
        "CC BY 4.0",
        "tonic.datasets.CIFAR10DVS(save_to=...)",
    ),
    "ASLDVS": Offer(
        "ASL-DVS",
        (
            File(
                "ASLDVS.zip",
                ("https://www.dropbox.com/sh/ibq0jsicatn7l6r/AACNrNELV56rs1YInMWUs9CAa?dl=1",),
                "33f8b87bf45edc0bfed0de41822279b9",
                makes="a",
            ),
        ),
        "several GB",
        "for research",
        "tonic.datasets.ASLDVS(save_to=...)",
    ),
    "NCALTECH101": Offer(
        "N-Caltech101",
        (
            File(
                "N-Caltech101-archive.zip",
                (f"{_MENDELEY}cy6cvx3ryv/files/36b5c52a-b49d-4853-addb-a836a8883e49/file_downloaded",),
                "66201824eabb0239c7ab992480b50ba3",
                makes="Caltech101",
            ),
        ),
        "several GB",
        "CC BY 4.0",
        "tonic.datasets.NCALTECH101(save_to=...)",
    ),
    "NTIDIGITS18": Offer(
        "N-TIDIGITS18",
        (
            File(
                "n-tidigits.hdf5",
                (
                    "https://www.dropbox.com/scl/fi/1x4lxt9yyw25sc3tez8oi/n-tidigits.hdf5"
                    "?e=2&rlkey=w8gi5udvib2zqzosusa5tr3wq&dl=1",
                ),
                "360a2d11e5429555c9197381cf6b58e0",
            ),
        ),
        "about 1 GB",
        "CC BY-NC-SA 4.0",
        "tonic.datasets.NTIDIGITS18(save_to=..., train=...)",
    ),
    "DVSLip": Offer(
        "DVS-Lip",
        (),
        "several GB",
        "for research",
        "tonic.datasets.DVSLip(save_to=..., train=...)",
        "https://sites.google.com/view/event-based-lipreading (unpack DVS-Lip.zip there)",
    ),
}
