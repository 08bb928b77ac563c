"""How the names of files say what is in them: ``{label}_{speaker}_{take}.wav``.

Each name in braces stands for any text without the character that comes after it. A pattern has no power of a regular
expression, so that a document's can never take long.
"""

from __future__ import annotations

import re
from typing import Any

from spikeloom.spec.fields import setting
from spikeloom.spec.problem import printable, refuse

LABEL = "label"
MOST_NAMES = 8
PARTS = re.compile(r"\{([^{}]*)\}")


def pattern_field(example: str) -> Any:
    """The declaration of ``pattern``."""
    return setting(
        "",
        max_length=255,
        help=f"What files are called below the folder, such as {example}; by default a folder for each class.",
    )


def labels_file_field() -> Any:
    """The declaration of ``labels_file``."""
    return setting(
        "",
        max_length=255,
        help="CSV file in the folder with columns file, label and perhaps speaker or others, instead of a pattern.",
        advanced=True,
    )


def names_in(pattern: str) -> tuple[str, ...]:
    """The names in braces, in their order."""
    return tuple(PARTS.findall(pattern))


def groups_in(pattern: str) -> dict[str, int]:
    """By what a pattern groups examples; how many groups there are, only the files say."""
    return {name: 0 for name in names_in(pattern) if name != LABEL}


def check_pattern(pattern: str) -> str:
    """Refuse a pattern that says nothing of labels, or not where a name ends."""
    if not pattern:
        return pattern
    names = names_in(pattern)
    if LABEL not in names:
        refuse(f"'{printable(pattern, 64)}' found, expected a pattern with {{label}}, such as '{{label}}_{{take}}.wav'")
    for name in names:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,31}", name):
            refuse(f"'{{{printable(name, 40)}}}' found, expected a name of letters in the braces")
    if len(set(names)) != len(names) or len(names) > MOST_NAMES:
        refuse(f"{len(names)} names in braces found, expected at most {MOST_NAMES}, each of them once")
    literal = PARTS.split(pattern)[::2]
    if any(not text for text in literal[1:-1]):
        refuse("two names in braces without a character between them found", hint="Nobody could tell where one ends.")
    if any(brace in "".join(literal) for brace in "{}") or "\0" in pattern:
        refuse("a brace without its other half found")
    return pattern


def check_labels_file(name: str) -> str:
    """Refuse what is no name of a file in the folder."""
    if name and (not name.strip() or set(name) & set("/\\\0") or name in (".", "..")):
        refuse(f"'{printable(name, 64)}' found, expected the name of a file in the folder, such as 'labels.csv'")
    return name
