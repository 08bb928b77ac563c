"""GeNN's code language: parsed (a C99 subset), checked against a whitelist, specialised and printed as C++.

Code that came with a document reaches a compiler only as the printout of a tree that `check` accepted.
"""

from spikeloom.genn.code.check import Names, Symbol, check
from spikeloom.genn.code.emit import c_name, emit
from spikeloom.genn.code.flow import always_assigned, degree, is_set, leaves_zero, own_elements, read, steady_calls
from spikeloom.genn.code.fold import fold, fold_expression
from spikeloom.genn.code.parse import parse, parse_expression

__all__ = [
    "Names",
    "Symbol",
    "always_assigned",
    "c_name",
    "check",
    "degree",
    "emit",
    "fold",
    "fold_expression",
    "is_set",
    "leaves_zero",
    "own_elements",
    "parse",
    "parse_expression",
    "read",
    "steady_calls",
]
