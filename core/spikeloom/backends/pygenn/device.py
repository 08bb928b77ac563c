"""How much memory is free where PyGeNN runs a model."""

from __future__ import annotations

import importlib
import math
import os
import subprocess
from contextlib import suppress

from spikeloom.errors import UserError

CPU = "single_threaded_cpu"
LIMIT = "SPIKELOOM_DEVICE_MEMORY"  # GB that PyGeNN may use, as the user says it
SECONDS = 10.0  # for the driver's tool to answer


def free_memory(device: str) -> int | None:
    """Bytes that are free on a device, or that the user lets PyGeNN have; None where nobody knows.

    Raises
    ------
    UserError
        If the user's number is none.
    """
    chosen = os.environ.get(LIMIT, "").strip()
    if chosen:
        return _chosen(chosen)
    if device == CPU:
        return _of_this_machine()
    return _of_nvidia() if device == "cuda" else None


def _chosen(text: str) -> int:
    with suppress(ValueError):
        number = float(text)
        if math.isfinite(number) and number > 0:
            return int(number * 1e9)
    raise UserError(f"'{text}' found, expected a number of GB", place=LIMIT, hint="Such as 8, or 0.5.")


def _of_this_machine() -> int | None:
    with suppress(ImportError):  # PyGeNN itself asks for it
        return int(importlib.import_module("psutil").virtual_memory().available)
    with suppress(AttributeError, ValueError, OSError):
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _of_nvidia() -> int | None:
    """Of the GPUs that GeNN may choose from, the least that one has free: PyGeNN does not say which one it takes."""
    command = ["nvidia-smi", "--query-gpu=memory.free", "--format=csv,noheader,nounits"]
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "").strip()
    if visible:
        command.append(f"--id={visible}")
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True).stdout
        return min(int(line) for line in said.split()) * 2**20
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
