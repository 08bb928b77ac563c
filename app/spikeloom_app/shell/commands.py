"""Everything that the command palette offers: actions, docks, documents, examples, places, and the reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDockWidget

from spikeloom.examples import examples
from spikeloom_app.reference.topics import topic_of_part
from spikeloom_app.shell.actions import Action
from spikeloom_app.shell.fuzzy import found
from spikeloom_app.shell.go_to import go_to_part
from spikeloom_app.shell.plot_title import BUTTONS
from spikeloom_app.shell.settings import Settings
from spikeloom_app.shell.shortcuts import menu_of, words

if TYPE_CHECKING:
    from spikeloom_app.shell.main_window import MainWindow

KEY = "commands"  # of the settings: the ids of what was chosen lately
MOST_LATELY = 12
OWN = "view.command_palette"


@dataclass(frozen=True)
class Command:
    """Something to choose.

    Parameters
    ----------
    place
        Where it is found elsewhere: a menu, ``Examples``, ``Network``.
    reason
        Why it cannot be done now; empty where it can.
    topic
        The key of the page of the reference that F1 leads to.
    """

    id: str
    title: str
    place: str
    run: Callable[[], object]
    keys: str = ""
    icon: str = ""
    reason: str = ""
    topic: str = ""

    @property
    def searched(self) -> str:
        """The text that is searched."""
        return f"{self.title} {self.place}"


def commands(window: MainWindow) -> list[Command]:
    """All of them, as the window is now."""
    window.action_set.refresh()
    return [*_actions(window), *_docks(window), *_documents(window), *_places(window), *_pages(window)]


def ordered(offered: list[Command], query: str, lately: list[str]) -> list[Command]:
    """Those that match, best first; those chosen lately first where nothing is typed."""
    if query.strip():
        return found(query, offered, lambda command: command.searched)
    return sorted(offered, key=lambda command: lately.index(command.id) if command.id in lately else len(lately))


def read_lately(settings: Settings) -> list[str]:
    """The ids of what was chosen lately, newest first; a damaged setting counts as none."""
    names = settings.get(KEY, [])
    return [name for name in names if isinstance(name, str)][:MOST_LATELY] if isinstance(names, list) else []


def note(settings: Settings, name: str) -> None:
    """Remember that a command was chosen."""
    settings.set(KEY, list(dict.fromkeys([name, *read_lately(settings)]))[:MOST_LATELY])


def _actions(window: MainWindow) -> list[Command]:
    actions = window.action_set
    return [
        Command(name, action.title, menu_of(action), partial(actions.run, action), words(actions.keys(name)),
                action.icon, "" if action.enabled() else _reason(window, action))
        for name, action in actions.actions.items() if name != OWN
    ]  # fmt: skip


def _reason(window: MainWindow, action: Action) -> str:
    if action.hindrance:
        return action.hindrance
    return "not on the welcome page" if not window.editing else "not now"


def _docks(window: MainWindow) -> list[Command]:
    made = []
    for name, dock in window.docks.items():
        title = dock.windowTitle().split(":")[0]
        seen = not dock.isHidden() and not dock.visibleRegion().isEmpty()  # not behind another one
        reason = "" if window.editing else "not on the welcome page"
        run = dock.hide if seen else partial(_bring, dock)
        verb = "Hide" if seen else "Show"
        made.append(Command(f"dock.{name}", f"{verb} {title}", "View", run, icon="dock", reason=reason))
    for name, plot in window.plot_docks.docks.items() if window.editing else ():
        title = plot.windowTitle()
        made.append(Command(f"show.{name}", f"Show {title}", "Plots", partial(_bring, plot), icon="dock"))
        made += [
            Command(f"{button}.{name}", f"{words} {title}", "Plots", partial(window.plot_buttons.press, name, button),
                    icon=icon)
            for button, (icon, words, _) in BUTTONS.items()
        ]  # fmt: skip
    return made


def _bring(dock: QDockWidget) -> None:
    dock.show()
    dock.raise_()


def _documents(window: MainWindow) -> list[Command]:
    made = [
        Command(f"recent.{path}", f"Open {path.stem}", str(path.parent), partial(window.open_path, path),
                icon="document")
        for path in window.settings.recent()
    ]  # fmt: skip
    for name, path in examples().items():
        open_example = partial(window.open_example, path)
        title = f"Open example {name.replace('_', ' ').replace('-', ' ')}"
        made.append(Command(f"example.{name}", title, "Examples", open_example, icon="example"))
    return made


def _places(window: MainWindow) -> list[Command]:
    network = window.document.document.network
    kinds = [("population", network.populations), ("connection", network.connections)]
    return [
        Command(f"go.{part.name}", f"Go to {kind} {part.name}", "Network", partial(go_to_part, window, part.name),
                icon=kind, topic=topic_of_part(part))
        for kind, parts in kinds for part in parts  # type: ignore[attr-defined]  # populations and connections
    ]  # fmt: skip


def _pages(window: MainWindow) -> list[Command]:
    """The pages of the reference."""
    return [
        Command(f"page.{page.key}", f"Read about {page.title}", f"Reference, {page.noun.lower()} {page.python}",
                partial(window.help.show_page, page.key), icon="help", topic=page.key)
        for page in window.help.view.reference.pages.values()
    ]  # fmt: skip
