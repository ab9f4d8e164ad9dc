# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""Figures, their goals, and the table of both."""

import subprocess
from dataclasses import dataclass
from typing import Callable

from programs import Run, Unmeasurable


@dataclass
class Figure:
    value: float
    text: str
    detail: str = ""
    whole: bool = True  # what was measured did its work, and nothing was lost


def ratio(value, detail, whole=True):
    return Figure(value, f"{value:.2f}", detail, whole)


@dataclass
class Row:
    what: str
    measure: Callable[[Run], Figure]
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""

    @property
    def goal(self):
        bound, value = (">=", self.at_least) if self.at_most is None else ("<=", self.at_most)
        return f"{bound} {value:g} {self.unit}".strip()

    def met(self, figure):
        return (figure.whole and (self.at_least is None or figure.value >= self.at_least)
                and (self.at_most is None or figure.value <= self.at_most))


LAYOUT = "{:42} {:>9} {:>10}  {:5}  {}"


def print_table(rows, run):
    """Each row as soon as it is measured; returns how many are short of their goal."""
    print(LAYOUT.format("What", "Figure", "Goal", "", "Detail"))
    short = 0
    for row in rows:
        try:
            figure = row.measure(run)
            met, text, detail = row.met(figure), figure.text, figure.detail
        except (Unmeasurable, OSError, subprocess.SubprocessError) as reason:
            met, text, detail = False, "none", str(reason)
        short += not met
        print(LAYOUT.format(row.what, text, row.goal, "pass" if met else "short", detail), flush=True)
    return short
