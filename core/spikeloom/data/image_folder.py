"""Images of the user's own, read with Pillow."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spikeloom.data.datasets import Arrays, load_dataset
from spikeloom.data.labelled_files import Files, files_of
from spikeloom.data.parts import in_parts
from spikeloom.errors import UserError
from spikeloom.spec import ImageFolder

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".pgm", ".ppm", ".pnm")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "PPM")
MOST_BYTES = 2**33  # of all images together
MOST_PIXELS = 10**8  # of a file


@load_dataset.register
def _(dataset: ImageFolder, base: Path | None = None) -> dict[str, Arrays]:
    parts = files_of(dataset, base, SUFFIXES)
    size = sum(len(files.paths) for files in parts.values()) * int(np.prod(dataset.sample_shape))
    if size > MOST_BYTES:
        message = f"the images take {size / 2**30:.1f} GB, expected at most {MOST_BYTES // 2**30} GB"
        raise UserError(message, place="experiment.dataset.rows", hint="Make them smaller: fewer rows and columns.")
    return in_parts(dataset, {part: _images(dataset, files) for part, files in parts.items()})


def _images(dataset: ImageFolder, files: Files) -> Arrays:
    x = np.empty((len(files.paths), *dataset.sample_shape), np.uint8)
    for number, path in enumerate(files.paths):
        x[number] = read_image(files.root / path, dataset)
    return Arrays(x, files.labels, largest=255, groups=files.groups)


def read_image(path: Path, dataset: ImageFolder) -> np.ndarray:
    """An image as the data set has it; uint8, of its `sample_shape`.

    Raises
    ------
    UserError
        If it is no image, is damaged, or has more pixels than memory should be given to.
    """
    from PIL import Image

    try:
        with Image.open(path, formats=FORMATS) as file:
            columns, rows = file.size
            if rows * columns > MOST_PIXELS:
                raise UserError(f"{rows} x {columns} pixels found, expected at most {MOST_PIXELS:g}", place=str(path))
            image: Image.Image = file
            if image.mode.startswith("I;16"):  # Pillow would cut off what is above 255
                image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
            if image.has_transparency_data:  # what is behind counts as 0
                behind = Image.new("RGBA", image.size, "white" if dataset.inverted else "black")
                image = Image.alpha_composite(behind, image.convert("RGBA"))
            image = image.convert("L" if dataset.colours == "grey" else "RGB")
            pixels = np.asarray(image.resize((dataset.columns, dataset.rows), Image.Resampling.BILINEAR))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise UserError(f"is no image that can be read: {_reason(error, path)}", place=str(path)) from None
    return 255 - pixels if dataset.inverted else pixels


def _reason(error: Exception, path: Path) -> str:
    """What Pillow says, in short."""
    text = str(getattr(error, "strerror", None) or error).splitlines()
    said = text[0] if text else type(error).__name__
    return "of none of the formats" if str(path) in said else said[:200]
