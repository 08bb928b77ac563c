"""The keys that the user chose instead of an action's own: read with care, written, and compared. Opens no window."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from spikeloom_app.shell.actions import MENUS, Action, ActionSet
from spikeloom_app.shell.settings import Settings

KEY = "shortcuts"
MOST = 4  # keys of one action
MOST_SHOWN = 2
PORTABLE, NATIVE = QKeySequence.SequenceFormat.PortableText, QKeySequence.SequenceFormat.NativeText
BARE = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


def read(settings: Settings) -> dict[str, list[str]]:
    """The chosen keys by the actions' ids; whatever is no key sequence is left out."""
    found = settings.get(KEY)
    if not isinstance(found, dict):
        return {}
    chosen = {}
    for name, keys in found.items():
        if isinstance(name, str) and isinstance(keys, list) and all(_is_key(key) for key in keys):
            chosen[name] = keys[:MOST]
    return chosen


def _is_key(text: object) -> bool:
    if not isinstance(text, str) or len(text) > 60:
        return False
    sequence = QKeySequence(text)
    return sequence.count() > 0 and all(sequence[k].key() != Qt.Key.Key_unknown for k in range(sequence.count()))


def write(settings: Settings, chosen: Mapping[str, list[str]]) -> None:
    """Remember them."""
    settings.set(KEY, dict(chosen))


def words(keys: list[QKeySequence]) -> str:
    """Keys as the platform writes them; the extra keys of some keyboards (``Save``, ``Zoom In``) go without saying."""
    usual = [key for key in keys if not key.isEmpty() and key[0].key() < Qt.Key.Key_Back]
    return ", ".join(key.toString(NATIVE) for key in usual[:MOST_SHOWN])


def menu_of(action: Action) -> str:
    """The menu that it stands in, in words: ``View › Theme``."""
    menu = MENUS.get(action.id.split(".")[0], "").replace("&", "")
    return " › ".join(filter(None, [menu, action.submenu.replace("&", "")]))


def taken_by(actions: ActionSet, keys: QKeySequence, name: str) -> Action | None:
    """Another action that has these keys, or keys that begin like them or that they begin like."""
    none = QKeySequence.SequenceMatch.NoMatch
    for other, action in actions.actions.items():
        if other != name:
            for known in actions.keys(other):
                if keys.matches(known) != none or known.matches(keys) != none:
                    return action
    return None


def refusal(action: Action, keys: QKeySequence) -> str:
    """Why an action cannot have these keys; empty where it can."""
    if keys.isEmpty():
        return "Press the keys that you want."
    first = keys[0]
    plain = first.keyboardModifiers() in BARE and not Qt.Key.Key_F1 <= first.key() <= Qt.Key.Key_F35
    if plain and not action.canvas:
        return f"{keys.toString(NATIVE)} alone is needed for typing: add Ctrl or Alt, or use a function key."
    if action.canvas and first.key() in CANVAS_KEYS and first.keyboardModifiers() in BARE:
        return f"{keys.toString(NATIVE)} has a use of its own on the canvas: add Ctrl or Alt, or use another key."
    mnemonics = {title[title.index("&") + 1].upper(): title.replace("&", "") for title in MENUS.values()}
    menu = mnemonics.get(QKeySequence(first.key()).toString())
    if menu is not None and first.keyboardModifiers() == Qt.KeyboardModifier.AltModifier:
        return f"{keys.toString(NATIVE)} opens the menu '{menu}'."
    return ""


# What the canvas does with keys that are no actions: see `canvas.keys`.
CANVAS_KEYS = (
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Space,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Backspace,
)
