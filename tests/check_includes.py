#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""Holds the sources to the picture of the house in ARCHITECTURE.md: each folder includes exactly the folders that the
picture names after its arrow, and those stand above it. With --print: writes the picture that the sources have."""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOPS = ("shared", "server_gui", "client_gui")
BEGIN, END = "<!-- house: tests/check_includes.py proves it -->\n```\n", "```\n"


def read_sources():
    """{path: the paths it includes}, both from the root."""
    sources = {}
    for top in TOPS:
        for folder, _, names in os.walk(os.path.join(ROOT, top)):
            for name in names:
                if name.endswith((".h", ".cpp")):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8") as file:
                        sources[os.path.relpath(path, ROOT)] = re.findall(r'^\s*#\s*include "([^"]+)"', file.read(), re.M)
    return sources


def read_picture():
    """[(folder, [folders it may include])], in the picture's order. After an arrow, `engine` is the program's own, and
    `event` stands for shared/event where the program has none."""
    with open(os.path.join(ROOT, "ARCHITECTURE.md"), encoding="utf-8") as file:
        text = file.read()
    if BEGIN not in text:
        sys.exit(f"ARCHITECTURE.md has no line {BEGIN.splitlines()[0]} with the picture after it")
    lines = text.split(BEGIN, 1)[1].split(END, 1)[0].splitlines()
    rows = [(folder.strip(), used.split()) for folder, _, used in (line.partition("→") for line in lines)]
    known = {folder for folder, _ in rows}

    def whole(folder, name):
        own = f"{folder.split('/')[0]}/{name}"
        return own if own in known else f"shared/{name}"

    return [(folder, [whole(folder, name) for name in used]) for folder, used in rows]


def uses_of(sources):
    """{folder: {other folder: an include of it}}"""
    uses = {}
    for path, includes in sources.items():
        folder = os.path.dirname(path)
        uses.setdefault(folder, {})
        for include in includes:
            if os.path.dirname(include) not in ("", folder):  # a .moc has no folder
                uses[folder].setdefault(os.path.dirname(include), f'{path} includes "{include}"')
    return uses


def problems(sources, picture):
    found = []
    uses = uses_of(sources)
    rows = dict(picture)
    order = [folder for folder, _ in picture]
    for folder, used in uses.items():
        if folder not in rows:
            found.append(f"{folder}/ is not in the picture")
            continue
        for other, where in used.items():
            if other not in rows[folder]:
                found.append(f"{where}, but {folder}/ may not use {other}/")
    for folder, allowed in picture:
        if folder not in uses:
            found.append(f"the picture has {folder}/, where there is no source")
            continue
        for other in allowed:
            if other not in uses[folder]:
                found.append(f"the picture has an arrow from {folder}/ to {other}/ that no include needs")
            if other not in order[: order.index(folder)]:
                found.append(f"{other}/ does not stand above {folder}/, which may use it")
            if {folder.split("/")[0], other.split("/")[0]} == {"server_gui", "client_gui"}:
                found.append(f"{folder}/ may use {other}/, but the two programs never include each other")
    return found


def check_the_check(sources, picture):
    """A check that finds nothing is worth nothing."""
    bad = dict(sources)
    bad["shared/message/message.h"] = ["shared/ui/settings.h"]
    assert any("shared/message/ may not use shared/ui/" in line for line in problems(bad, picture))
    bad = dict(sources)
    bad["shared/attic/box.h"] = []
    assert "shared/attic/ is not in the picture" in problems(bad, picture)
    circle = [(folder, allowed + (["shared/address"] if folder == "shared/message" else [])) for folder, allowed in picture]
    assert any("does not stand above" in line for line in problems(sources, circle))


def print_picture(sources):
    uses = uses_of(sources)
    known = [folder for folder, _ in read_picture() if folder in uses]
    rows = known + sorted(set(uses) - set(known))
    width = max(len(folder) for folder in rows)
    for folder in rows:
        used = sorted(uses[folder], key=lambda other: rows.index(other) if other in rows else len(rows))
        names = [re.sub(f"^(shared|{folder.split('/')[0]})/", "", other) for other in used]
        print(f"{folder:{width}} → {' '.join(names)}" if names else folder)


def main():
    sources = read_sources()
    if "--print" in sys.argv[1:]:
        print_picture(sources)
        return
    picture = read_picture()
    found = problems(sources, picture)
    for line in found:
        print(line)
    if found:
        sys.exit(1)
    check_the_check(sources, picture)


main()
