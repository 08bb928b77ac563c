"""What keeps the open document from running: found after each change, listed in a dock, counted in the status bar."""

from spikeloom_app.problems.counter import ProblemCounter
from spikeloom_app.problems.listing import Listed, count_words, missing_for_a_run
from spikeloom_app.problems.panel import ProblemPanel
from spikeloom_app.problems.watch import ProblemWatch

__all__ = ["Listed", "ProblemCounter", "ProblemPanel", "ProblemWatch", "count_words", "missing_for_a_run"]
