"""The actions of the window itself: palette of commands, text, panes, presentation, preferences, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spikeloom_app.shell.actions import Action
from spikeloom_app.shell.data_actions import show_data_action
from spikeloom_app.shell.script_actions import show_action

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

TEXT = "Te&xt size"
PANES = "&Go to"
WELCOME = "not on the welcome page"


def shell_actions(window: MainWindow) -> list[Action]:
    """The actions of `window` itself."""
    return [*_edit(window), *_view(window), *_help(window)]


def _edit(window: MainWindow) -> list[Action]:
    return [
        Action("edit.preferences", "Prefere&nces…", window.show_preferences, "Ctrl+,",
               "Theme, text, shortcuts, and the folder of data sets", icon="settings", separated=True),
    ]  # fmt: skip


def _view(window: MainWindow) -> list[Action]:
    appearance = window.appearance

    def editing() -> bool:
        return window.editing

    return [
        Action("view.text_larger", "&Larger text", lambda: appearance.step_text(1), "Ctrl+Alt+=",
               "Larger text in the whole window", icon="text-larger", submenu=TEXT, separated=True),
        Action("view.text_smaller", "&Smaller text", lambda: appearance.step_text(-1), "Ctrl+Alt+-",
               "Smaller text in the whole window", icon="text-smaller", submenu=TEXT),
        Action("view.text_reset", "&Text of the system's size", lambda: appearance.use_text(1.0), "Ctrl+Alt+0",
               "Text as large as everywhere on the desktop", submenu=TEXT),
        Action("view.presentation", "&Presentation mode", window.presentation.toggle, "F11",
               "The whole screen with large text; Escape leaves it", enabled=editing,
               checked=lambda: window.presentation.active, icon="presentation", reason=WELCOME),
        Action("view.command_palette", "&Command palette…", window.command_palette.toggle, "Ctrl+Shift+P",
               "Find and do anything by typing a few letters", icon="command", separated=True),
        Action("view.next_pane", "Ne&xt pane", window.panes.next, "F6", "Take the keyboard to the next pane",
               submenu=PANES),
        Action("view.previous_pane", "P&revious pane", window.panes.previous, "Shift+F6",
               "Take the keyboard to the pane before", submenu=PANES),
        Action("view.problems", "Pro&blems", window.show_problems, "Ctrl+Shift+M", "What keeps it from running",
               enabled=editing, icon="problems", submenu=PANES, reason=WELCOME),
        Action("view.live", "&Live parameters", window.run_follow.show_live, "F4",
               "What can be changed while the network runs", enabled=editing, icon="live", submenu=PANES,
               reason=WELCOME),
        show_data_action(window, PANES, WELCOME),
        show_action(window, PANES),
    ]  # fmt: skip


def _help(window: MainWindow) -> list[Action]:
    trail, guide = window.help.view.trail, window.help
    return [
        Action("help.reference", "&Reference", guide.show_topic, "F1",
               "The page of what is selected, or of the field that you are in", icon="help"),
        Action("help.contents", "Reference, all &pages", guide.show_contents, "Shift+F1",
               "Neurons, synapses, learning rules and all else, with equations, units and papers"),
        Action("help.back", "Reference, &back", lambda: guide.step(-1), tip="The page that was read before",
               enabled=lambda: trail.can_go_back, reason="nothing was read before", icon="previous"),
        Action("help.forward", "Reference, &forward", lambda: guide.step(1), tip="The page that one went back from",
               enabled=lambda: trail.can_go_forward, reason="nobody went back", icon="next"),
        Action("help.tour", "&Guided tour", window.start_tour, tip="Your first network in two minutes", icon="tour",
               separated=True),
        Action("help.shortcuts", "&Keyboard shortcuts", window.show_shortcuts, "Ctrl+/",
               "Everything that has a key", icon="keyboard"),
    ]  # fmt: skip
