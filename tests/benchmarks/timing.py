"""How long something takes: the best of several repeats. Needs nothing but Python."""

from __future__ import annotations

import time
from collections.abc import Callable

REPEATS = 5


def best_of(run: Callable[[int], object], seconds: float) -> float:
    """Seconds that one turn takes, where ``run(n)`` does n of them. The first turn of all does not count.

    Each repeat has as many turns as fit its share of `seconds`. Where single turns take longer than that, there are
    fewer repeats, but not less than two.
    """
    run(1)
    began = time.perf_counter()
    run(1)
    best = time.perf_counter() - began
    count = max(1, round(seconds / REPEATS / best))
    for _ in range(REPEATS):
        started = time.perf_counter()
        run(count)
        ended = time.perf_counter()
        best = min(best, (ended - started) / count)
        if ended - began > 1.5 * seconds:
            break
    return best
