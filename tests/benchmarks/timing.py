"""How long something takes: the best of several repeats. Needs nothing but Python."""

from __future__ import annotations

import time
from collections.abc import Callable

REPEATS = 5


def best_of(run: Callable[[], object], seconds: float, repeats: int = REPEATS) -> float:
    """Seconds that one call of `run` takes, after one that does not count.

    A repeat makes as many calls as fit its share of `seconds`. Where even single calls do not fit, repeats end when
    `seconds` are over, but not before there were two.
    """
    run()
    began = time.perf_counter()
    run()
    best = once = time.perf_counter() - began
    count = max(1, round(seconds / repeats / once))
    for _ in range(repeats - 1):
        started = time.perf_counter()
        for _ in range(count):
            run()
        ended = time.perf_counter()
        best = min(best, (ended - started) / count)
        if ended - began > seconds * 1.5:
            break
    return best
