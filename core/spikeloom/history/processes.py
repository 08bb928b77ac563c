"""Whether the process that wrote something is still there: its number alone may belong to another one by now."""

from __future__ import annotations

import os
from pathlib import Path

_STILL_ACTIVE = 259  # what Windows gives as the exit code of a process that runs
_QUERY = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION


def birth_of(pid: int) -> str:
    """A text that no other process with this number has had; empty where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
        return f"{boot}:{fields[19]}" if fields[0] not in "ZX" else ""  # a zombie has ended
    except (OSError, IndexError):
        return ""


def is_running(pid: int, birth: str = "") -> bool:
    """Whether a process is there, the very one whose `birth` was noted where one was."""
    if pid <= 0:
        return False
    if birth:
        return birth_of(pid) == birth
    return _is_there_on_windows(pid) if os.name == "nt" else _is_there(pid)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return not Path("/proc/self/stat").exists() or bool(birth_of(pid))


def _is_there_on_windows(pid: int) -> bool:
    # os.kill with signal 0 would send it a Ctrl-C there.
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - it is not there on other systems
    handle = kernel.OpenProcess(_QUERY, False, pid)
    if not handle:
        return False
    code = ctypes.c_ulong()
    found = kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return bool(found) and code.value == _STILL_ACTIVE
