"""``spikeloom doctor``: what this machine has for Spikeloom, and what to do about what it lacks."""

from __future__ import annotations

import argparse
from typing import Any

from spikeloom.cli import console
from spikeloom.cli.options import add_json


def add(commands: Any) -> None:
    """Add the subcommand's options."""
    parser = commands.add_parser(
        "doctor",
        help="look at this machine",
        description="Compiler, cores, PyGeNN, Qt; what is missing and what to do.",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Look; 1 if nothing can be trained here."""
    report = examine()
    if options.json:
        console.say_json(report)
    else:
        _show(report)
    return 0 if report["compiler"]["works"] else 1


def examine() -> dict[str, Any]:
    """All checks."""
    import spikeloom
    from spikeloom.backends.embedded.toolchain import cache_folder
    from spikeloom.cli import checks

    cache_fix = "Set the environment variable SPIKELOOM_CACHE to a folder of yours."
    findings = {
        "compiler": checks.check_compiler(),
        "pygenn": checks.check_pygenn(),
        "qt": checks.check_qt(),
        "cache": checks.check_folder(cache_folder(), "the build cache", cache_fix),
        "runs": checks.check_folder(checks.runs_folder(), "the folder of runs", "Train with --run-dir DIR."),
    }
    problems = [{"what": what, "fix": fix} for found in findings.values() for what, fix in found.problems]
    return {
        "spikeloom": spikeloom.__version__,
        "python": checks.python_facts(),
        "compiler": findings["compiler"].facts,
        "threads": checks.check_threads(),
        "pygenn": findings["pygenn"].facts,
        "qt": findings["qt"].facts,
        "cache": findings["cache"].facts,
        "runs": findings["runs"].facts,
        "data": checks.data_facts(),
        "problems": problems,
    }


def _show(report: dict[str, Any]) -> None:
    compiler, pygenn, qt = report["compiler"], report["pygenn"], report["qt"]
    rows = [
        (True, "spikeloom", report["spikeloom"]),
        (True, "python", f"{report['python']['version']} ({report['python']['path']})"),
        (compiler["works"], "compiler", _compiler(compiler)),
        (True, "threads", str(report["threads"])),
        (pygenn["sound"] if pygenn["found"] else None, "PyGeNN", _package(pygenn, ", ".join(pygenn["backends"]))),
        (qt["sound"] if qt["found"] else None, "Qt", _package(qt, "PySide6")),
        *(
            (
                report[name]["writable"],
                name,
                report[name]["path"] + ("" if report[name]["writable"] else ": not writable"),
            )
            for name in ("cache", "runs")
        ),
    ]
    data = report["data"]
    unset = "no folder chosen; set SPIKELOOM_DATA or choose one in the window (for MNIST)"
    missing = "" if data["exists"] else ": no such folder"
    rows.append((data["exists"] or None, "data", f"{data['path']}{missing}" if data["path"] else unset))
    for good, name, text in rows:
        mark = "ok" if good else "--" if good is None else "NO"
        console.say(f"{mark:<4}{name:<11}{text}")
    for problem in report["problems"]:
        console.say(f"\nproblem: {problem['what']}\n  {problem['fix']}")
    if not report["problems"]:
        console.say("\nno problems")


def _compiler(facts: dict[str, Any]) -> str:
    if not facts["found"]:
        return "none"
    seconds = f", builds and loads a function in {facts['seconds']} s" if "seconds" in facts else ""
    return f"{facts['version']} ({facts['path']}){seconds}"


def _package(facts: dict[str, Any], about: str) -> str:
    if not facts["found"]:
        return f"not installed; {facts['note']}"
    unsound = "" if facts["sound"] else ", not sound"
    return f"{facts['version'] or 'unknown version'} ({about or 'no backend'}){unsound}"
