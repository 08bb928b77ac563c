"""The look of every stock widget, made from the theme's tokens: a palette and one style sheet for the application.

Properties that widgets set to get a look: buttons ``primary``, ``link`` and ``quiet``; labels ``tone`` (``title``,
``heading``, ``muted``, ``small``, ``error``, ``warning``, ``success``); fields ``state`` (``error``, ``warning``).
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from spikeloom_app import glyphs
from spikeloom_app.theme import DARK, LIGHT, Theme

USUAL_PIXELS, USUAL_DOTS = 12.0, 96.0
SMALLEST_SCALE, LARGEST_SCALE = 0.8, 2.5


def system_theme() -> Theme:
    """The theme that the desktop asks for; dark where it says nothing."""
    scheme = QGuiApplication.styleHints().colorScheme()
    return LIGHT if scheme == Qt.ColorScheme.Light else DARK


def system_scale() -> float:
    """How much larger the desktop's text is than 9 pt at 96 dots per inch, for which the tokens are made."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    screen = QGuiApplication.primaryScreen()
    inch = screen.logicalDotsPerInch() if screen is not None else USUAL_DOTS
    pixels = font.pixelSize() if font.pixelSize() > 0 else font.pointSizeF() * inch / 72
    found = pixels / USUAL_PIXELS
    # A pixel more or less is the font's own affair: Segoe, San Francisco and Noto differ by that much.
    return 1.0 if abs(found - 1) < 0.1 else min(max(found, SMALLEST_SCALE), LARGEST_SCALE)


def apply(app: QApplication, theme: Theme) -> None:
    """Give the whole application the look of `theme`."""
    if app.style().name() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    font.setPixelSize(theme.font)
    app.setFont(font)
    app.setPalette(palette(theme))
    app.setStyleSheet(stylesheet(theme))


def restyle(widget: QWidget) -> None:
    """Look again at the properties that the style sheet asks for."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def palette(theme: Theme) -> QPalette:
    """The tokens as a palette, for what the style sheet does not reach."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.surface,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: theme.surface_raised,
        role.Text: theme.text,
        role.Button: theme.surface_raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.accent_text,
        role.ToolTipBase: theme.surface_raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.text_muted,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: theme.surface_raised,
        role.Midlight: theme.surface_raised,
        role.Mid: theme.border,
        role.Dark: theme.border_strong,
        role.Shadow: theme.window,
        role.Accent: theme.accent,
    }
    made = QPalette()
    for where, colour in colours.items():
        made.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(theme.border_strong))
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(theme.border))
    return made


def mixed(colour: str, other: str, share: float) -> str:
    """`colour` with a `share` (0..1) of `other` in it, as ``#rrggbb``."""
    one, two = QColor(colour), QColor(other)
    channels = zip((one.red(), one.green(), one.blue()), (two.red(), two.green(), two.blue()), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in channels)


def stylesheet(theme: Theme) -> str:
    """The style sheet of the application."""
    parts = (_text, _windows, _menus, _buttons, _fields, _marks, _sliders, _views)
    return "\n".join(part(theme, glyphs.address(theme)) for part in parts)


def _text(t: Theme, marks: str) -> str:
    return f"""
    QLabel {{ background: transparent; color: {t.text}; }}
    QLabel:disabled {{ color: {t.border_strong}; }}
    QLabel[tone="title"] {{ font-size: {t.font_large}px; font-weight: 600; }}
    QLabel[tone="heading"] {{ font-weight: 600; }}
    QLabel[tone="muted"] {{ color: {t.text_muted}; }}
    QLabel[tone="small"] {{ color: {t.text_muted}; font-size: {t.font_small}px; }}
    QLabel[tone="error"] {{ color: {t.error}; font-size: {t.font_small}px; }}
    QLabel[tone="warning"] {{ color: {t.warning}; font-size: {t.font_small}px; }}
    QLabel[tone="success"] {{ color: {t.success}; font-size: {t.font_small}px; }}
    QFrame[rule="true"] {{ background: {t.border}; border: none; }}
    QFrame[nested="true"] {{ border: none; border-left: 1px solid {t.border_strong}; }}
    QToolTip {{ background: {t.surface_raised}; color: {t.text}; border: 1px solid {t.border_strong};
        padding: 5px 8px; }}
    """


def _windows(t: Theme, marks: str) -> str:
    return f"""
    QMainWindow, QDialog, QMessageBox {{ background: {t.window}; }}
    QMainWindow::separator {{ background: {t.window}; width: 5px; height: 5px; }}
    QMainWindow::separator:hover {{ background: {t.accent}; }}
    QSplitter::handle {{ background: {t.window}; }}
    QSplitter::handle:horizontal {{ width: 5px; }}
    QSplitter::handle:vertical {{ height: 5px; }}
    QSplitter::handle:hover {{ background: {t.accent}; }}
    QDockWidget {{ color: {t.text}; font-weight: 600;
        titlebar-close-icon: url({marks}/close.png); titlebar-normal-icon: url({marks}/float.png); }}
    QDockWidget::title {{ background: {t.surface}; padding: 9px 12px; text-align: left;
        border-bottom: 1px solid {t.border}; }}
    QDockWidget::close-button, QDockWidget::float-button {{ background: transparent; border: none; padding: 0;
        border-radius: 4px; icon-size: 20px; }}
    QDockWidget::close-button:hover, QDockWidget::float-button:hover {{ background: {t.surface_raised}; }}
    QDockWidget > QWidget {{ background: {t.surface}; }}
    QToolBar {{ background: {t.surface}; border: none; border-bottom: 1px solid {t.border}; padding: 4px 8px;
        spacing: 6px; }}
    QToolBar::separator {{ background: {t.border}; width: 1px; margin: 5px 4px; }}
    QStatusBar {{ background: {t.surface}; color: {t.text_muted}; border-top: 1px solid {t.border}; }}
    QStatusBar::item {{ border: none; }}
    QSizeGrip {{ image: none; width: 0; height: 0; }}
    QGroupBox {{ border: none; margin-top: 22px; font-weight: 600; color: {t.text}; }}
    QGroupBox::title {{ subcontrol-origin: margin; left: 0; padding: 0 0 6px 0; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {t.border}; background: {t.surface}; }}
    QTabBar {{ background: transparent; qproperty-drawBase: 0; }}
    QTabBar::tab {{ background: transparent; color: {t.text_muted}; padding: 8px 14px; border: none;
        border-bottom: 2px solid transparent; }}
    QTabBar::tab:hover {{ color: {t.text}; }}
    QTabBar::tab:selected {{ color: {t.text}; border-bottom-color: {t.accent}; }}
    QTabBar::tab:focus {{ color: {t.accent}; }}
    #problemRow {{ border: 1px solid transparent; border-radius: {t.radius_small}px; }}
    #problemRow:hover {{ background: {t.surface_raised}; }}
    #problemRow:focus {{ border-color: {t.accent}; }}
    QTabBar::tab:disabled {{ color: {t.border_strong}; }}
    QTabBar::close-button {{ image: url({marks}/close.png); }}
    QTabBar::close-button:hover {{ image: url({marks}/close-hover.png); }}
    """


def _menus(t: Theme, marks: str) -> str:
    return f"""
    QMenuBar {{ background: {t.surface}; color: {t.text}; border-bottom: 1px solid {t.border}; padding: 3px 6px; }}
    QMenuBar::item {{ background: transparent; padding: 5px 10px; border-radius: {t.radius_small}px; }}
    QMenuBar::item:selected, QMenuBar::item:pressed {{ background: {t.surface_raised}; }}
    QMenu {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.border_strong}; padding: 6px; }}
    QMenu::item {{ padding: 6px 28px 6px 10px; border-radius: {t.radius_small}px; }}
    QMenu::icon {{ padding-left: 8px; }}
    QMenu::item:selected {{ background: {t.accent}; color: {t.accent_text}; }}
    QMenu::item:disabled {{ color: {t.border_strong}; background: transparent; }}
    QMenu::separator {{ height: 1px; background: {t.border}; margin: 6px 8px; }}
    QMenu::right-arrow {{ image: url({marks}/right.png); width: 12px; height: 12px; margin-right: 6px; }}
    QMenu::indicator {{ width: 12px; height: 12px; margin-left: 7px; border-radius: 3px; }}
    QMenu::indicator:checked {{ image: url({marks}/check.png); background: {t.accent}; }}
    """


def _buttons(t: Theme, marks: str) -> str:
    strong = mixed(t.accent, t.text, 0.14)
    return f"""
    QPushButton {{ background: {t.surface_raised}; color: {t.text}; border: 1px solid {t.border};
        border-radius: {t.radius_small}px; padding: 6px 14px; min-height: {t.font + 5}px; }}
    QPushButton:hover {{ border-color: {t.border_strong}; }}
    QPushButton:pressed, QPushButton:checked {{ background: {t.border}; }}
    QPushButton:focus {{ border-color: {t.accent}; }}
    QPushButton:disabled {{ background: transparent; color: {t.border_strong}; border-color: {t.border}; }}
    QPushButton[primary="true"], QPushButton:default {{ background: {t.accent}; color: {t.accent_text};
        border-color: {t.accent}; font-weight: 600; }}
    QPushButton[primary="true"]:hover, QPushButton:default:hover {{ background: {strong}; border-color: {strong}; }}
    QPushButton[primary="true"]:pressed {{ background: {mixed(t.accent, t.window, 0.2)}; }}
    QPushButton[primary="true"]:focus, QPushButton:default:focus {{
        border-color: {mixed(t.accent, t.text, 0.6)}; }}
    QPushButton[primary="true"]:disabled {{ background: {t.border}; color: {t.text_muted}; border-color: {t.border}; }}
    QPushButton[link="true"] {{ background: transparent; color: {t.accent}; border: 1px solid transparent;
        padding: 3px 6px; }}
    QPushButton[link="true"]:hover {{ background: {t.surface_raised}; }}
    QPushButton[link="true"]:focus {{ border-color: {t.accent}; }}
    QPushButton[small="true"] {{ padding: 2px 8px; min-height: {t.font_small + 5}px; font-size: {t.font_small}px; }}
    QToolButton {{ background: transparent; color: {t.text}; border: 1px solid transparent;
        border-radius: {t.radius_small}px; padding: 5px 8px; }}
    QToolButton:hover {{ background: {t.surface_raised}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {t.border}; }}
    QToolButton:focus {{ border-color: {t.accent}; }}
    QToolButton:disabled {{ color: {t.border_strong}; }}
    QToolButton[quiet="true"] {{ color: {t.text_muted}; padding: 3px 4px; font-size: {t.font_small}px; }}
    QToolButton[quiet="true"][popupMode="2"] {{ padding-right: 18px; }}
    QToolButton::menu-indicator {{ image: url({marks}/down.png); subcontrol-position: right center;
        width: 10px; height: 10px; right: 4px; }}
    """


def _fields(t: Theme, marks: str) -> str:
    fields = "QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox"
    each = fields.split(", ")

    def on(state: str) -> str:
        return ", ".join(f"{field}{state}" for field in each)

    error, warning = '[state="error"]', '[state="warning"]'
    return f"""
    {fields} {{ background: {t.surface_raised}; color: {t.text}; border: 1px solid {t.border};
        border-radius: {t.radius_small}px; padding: 4px 8px; min-height: {t.font + 5}px;
        selection-background-color: {t.accent}; selection-color: {t.accent_text}; }}
    QLineEdit {{ padding: 4px 6px; }}
    QPlainTextEdit, QTextEdit {{ padding: 2px 3px; }}
    {on(":hover")} {{ border-color: {t.border_strong}; }}
    {on(warning)} {{ border-color: {t.warning}; }}
    {on(":focus")} {{ border-color: {t.accent}; }}
    {on(error)} {{ border-color: {t.error}; }}
    {on(":disabled")} {{ color: {t.border_strong}; background: transparent; }}
    QLineEdit:read-only, QPlainTextEdit:read-only {{ background: transparent; border-color: transparent; }}
    QComboBox {{ padding-right: 0; combobox-popup: 0; }}
    QComboBox::drop-down {{ subcontrol-origin: padding; subcontrol-position: center right; width: 22px; border: none; }}
    QComboBox::down-arrow {{ image: url({marks}/down.png); width: 12px; height: 12px; }}
    QComboBox::down-arrow:hover, QComboBox::down-arrow:on {{ image: url({marks}/down-hover.png); }}
    QComboBox::down-arrow:disabled {{ image: url({marks}/down-disabled.png); }}
    QComboBox QAbstractItemView {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.border_strong};
        padding: 4px; outline: none; selection-background-color: {t.accent}; selection-color: {t.accent_text}; }}
    QComboBox QAbstractItemView::item {{ min-height: {t.font + 13}px; padding: 0 8px;
        border-radius: {t.radius_small}px; }}
    QAbstractSpinBox {{ padding: 4px 22px 4px 6px; }}
    QAbstractSpinBox > QLineEdit {{ background: transparent; border: none; padding: 0; min-height: 0; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ subcontrol-origin: border; width: 20px;
        border: none; background: transparent; }}
    QAbstractSpinBox::up-button {{ subcontrol-position: top right; margin-top: 2px; }}
    QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; margin-bottom: 2px; }}
    QAbstractSpinBox::up-arrow {{ image: url({marks}/up.png); width: 10px; height: 10px; }}
    QAbstractSpinBox::down-arrow {{ image: url({marks}/down.png); width: 10px; height: 10px; }}
    QAbstractSpinBox::up-arrow:hover {{ image: url({marks}/up-hover.png); }}
    QAbstractSpinBox::down-arrow:hover {{ image: url({marks}/down-hover.png); }}
    QAbstractSpinBox::up-arrow:disabled, QAbstractSpinBox::up-arrow:off {{ image: url({marks}/up-disabled.png); }}
    QAbstractSpinBox::down-arrow:disabled, QAbstractSpinBox::down-arrow:off {{
        image: url({marks}/down-disabled.png); }}
    """


def _marks(t: Theme, marks: str) -> str:
    return f"""
    QCheckBox, QRadioButton {{ color: {t.text}; spacing: 8px; background: transparent; }}
    QCheckBox:disabled, QRadioButton:disabled {{ color: {t.border_strong}; }}
    QCheckBox::indicator, QRadioButton::indicator {{ width: 14px; height: 14px; border: 1px solid {t.border_strong};
        background: {t.surface_raised}; }}
    QCheckBox::indicator {{ border-radius: 4px; }}
    QRadioButton::indicator {{ border-radius: 8px; }}
    QCheckBox::indicator:hover, QRadioButton::indicator:hover {{ border-color: {t.text_muted}; }}
    QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border-color: {t.accent}; }}
    QCheckBox::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; image: url({marks}/check.png); }}
    QCheckBox::indicator:indeterminate {{ background: {t.accent}; border-color: {t.accent};
        image: url({marks}/dash.png); }}
    QRadioButton::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; image: url({marks}/dot.png); }}
    QCheckBox::indicator:checked:focus, QRadioButton::indicator:checked:focus {{ border-color: {t.text}; }}
    QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {t.border};
        background: {t.border}; }}
    """


def _sliders(t: Theme, marks: str) -> str:
    handle = mixed(t.text_muted, t.surface, 0.55)
    return f"""
    QScrollBar {{ background: transparent; border: none; margin: 0; }}
    QScrollBar:vertical {{ width: 10px; }}
    QScrollBar:horizontal {{ height: 10px; }}
    QScrollBar::handle {{ background: {handle}; border-radius: 3px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 28px; }}
    QScrollBar::handle:horizontal {{ min-width: 28px; }}
    QScrollBar::handle:hover, QScrollBar::handle:pressed {{ background: {t.text_muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {t.border}; }}
    QSlider::groove:vertical {{ width: 4px; border-radius: 2px; background: {t.border}; }}
    QSlider::sub-page:horizontal, QSlider::add-page:vertical {{ background: {t.accent}; border-radius: 2px; }}
    QSlider::handle {{ background: {t.surface}; border: 2px solid {t.accent}; border-radius: 7px; width: 10px;
        height: 10px; }}
    QSlider::handle:horizontal {{ margin: -5px 0; }}
    QSlider::handle:vertical {{ margin: 0 -5px; }}
    QSlider::handle:hover, QSlider::handle:focus {{ background: {t.accent}; }}
    QSlider::handle:disabled {{ border-color: {t.border_strong}; }}
    QSlider::sub-page:horizontal:disabled, QSlider::add-page:vertical:disabled {{ background: {t.border_strong}; }}
    QProgressBar {{ background: {t.border}; border: none; border-radius: 3px; min-height: 6px; max-height: 6px;
        color: transparent; }}
    QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
    """


def _views(t: Theme, marks: str) -> str:
    hover = mixed(t.surface, t.text, 0.05)
    return f"""
    QScrollArea {{ background: transparent; border: none; }}
    #inspectorPanel {{ background: {t.surface}; }}
    QAbstractItemView {{ background: {t.surface}; alternate-background-color: {hover}; color: {t.text};
        border: none; outline: none; selection-background-color: {t.accent}; selection-color: {t.accent_text};
        gridline-color: {t.border}; }}
    QAbstractItemView::item {{ padding: 0 6px; min-height: {t.font + 11}px; }}
    QAbstractItemView::item:hover {{ background: {hover}; }}
    QAbstractItemView::item:selected {{ background: {t.accent}; color: {t.accent_text}; }}
    QHeaderView {{ background: {t.surface}; }}
    QHeaderView::section {{ background: {t.surface}; color: {t.text_muted}; border: none;
        border-bottom: 1px solid {t.border}; padding: 6px 8px; }}
    QTableCornerButton::section {{ background: {t.surface}; border: none; }}
    QTreeView::branch:has-children:closed {{ image: url({marks}/right.png); }}
    QTreeView::branch:has-children:open {{ image: url({marks}/down.png); }}
    """
