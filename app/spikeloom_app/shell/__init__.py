"""The main window: actions as data, menus, docks, welcome page, themes, files and recovery."""
