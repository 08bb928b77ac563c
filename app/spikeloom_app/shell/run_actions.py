"""The actions of the Run menu: start, hold and end a run, and go through it step by step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from spikeloom_app.shell.actions import Action

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

STEP = "S&tep"
STEPS = ("run.step_batch", "run.step_epoch", "run.next_example", "run.previous_example", "run.step_on", "run.step_back")


def run_actions(window: MainWindow) -> list[Action]:
    """Of the Run menu."""
    controller = window.controller
    return [
        Action("run.train", lambda: "&Train" if window.document.document.learns else "&Evaluate", window.running.train,
               "Ctrl+R", "Train the network, or evaluate one that does not learn",
               enabled=lambda: window.editing and controller.state == "idle", icon="run"),
        Action("run.pause", "&Pause or resume", window.running.pause_or_resume, "Ctrl+P",
               enabled=lambda: controller.state in ("running", "paused"), icon="pause", reason="nothing is running"),
        Action("run.stop", "&Stop", controller.stop, "Ctrl+.",
               enabled=lambda: controller.state in ("building", "running", "paused"), icon="stop",
               reason="nothing is running"),
        *_steps(window),
    ]  # fmt: skip


def _steps(window: MainWindow) -> list[Action]:
    controller, stepping = window.controller, window.run_bar.stepping

    def learns() -> bool:
        ready = controller.state in ("idle", "running", "paused")
        return window.editing and ready and not others() and window.document.document.learns

    def others() -> str:
        """Whose run goes on, where it is none of the open document: nobody steps through what is not shown."""
        return f"the run is that of {controller.other}" if controller.other and controller.state != "idle" else ""

    def training() -> str:
        return others() or "nothing here learns, or a run is just beginning or ending"

    def looking() -> str:
        return others() or "no network is at hand: train one first"

    shown = "no example is shown yet"
    return [
        Action("run.step_batch", "One &batch", partial(stepping.step, "batch"), "F8",
               "Train on one batch, then hold", enabled=learns, icon="step", submenu=STEP, separated=True,
               reason=training),
        Action("run.step_epoch", "One &epoch", partial(stepping.step, "epoch"), "Shift+F8",
               "Train to the end of the epoch, then hold", enabled=learns, submenu=STEP, reason=training),
        Action("run.next_example", "&Next example", partial(stepping.step_example, 1), "Alt+PgDown",
               "Show the network the next example of the split", enabled=lambda: stepping.can_look, submenu=STEP,
               reason=looking),
        Action("run.previous_example", "&Previous example", partial(stepping.step_example, -1), "Alt+PgUp",
               "Show the network the example before", enabled=lambda: stepping.can_look, submenu=STEP, reason=looking),
        Action("run.step_on", "One timestep &on", partial(stepping.step_time, 1), "Alt+.",
               "Move through the example that is shown, one timestep later", enabled=lambda: stepping.has_example,
               submenu=STEP, reason=shown),
        Action("run.step_back", "One timestep b&ack", partial(stepping.step_time, -1), "Alt+,",
               "Move through the example that is shown, one timestep earlier", enabled=lambda: stepping.has_example,
               submenu=STEP, reason=shown),
    ]  # fmt: skip
