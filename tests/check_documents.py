#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""Holds the documents to the code: each bound of docs/bounds.md is the value of its constant, and each constant that is
named as a bound has a row; each test that docs/promises.md names exists; each file and each `Class::member` that a page
names exists."""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGES = ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "docs/bounds.md", "docs/decisions.md", "docs/promises.md")
CONSTANT = re.compile(r"constexpr\s+(?:const\s+)?([\w:<>]+)\s+(\w+)\s*(?:=\s*([^;]+)|\{([^};]+)\})\s*;")
ALIAS = r"[A-Z][\w:<>]+"  # a constant that is another one
UNITS = {"KiB": 1024, "MiB": 1024**2, "ns": 1, "ms": 1, "s": 1000}  # durations in ms; ns stand for plain numbers
TIMES = {"milliseconds": 1, "seconds": 1000, "minutes": 60_000}


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def files(*tops):
    for top in tops:
        for folder, _, names in os.walk(os.path.join(ROOT, top)):
            yield from (os.path.relpath(os.path.join(folder, name), ROOT) for name in names)


def constants_of(sources):
    """{file: {name: [(type, expression)]}}"""
    constants = {}
    for path, text in sources.items():
        for kind, name, assigned, braced in CONSTANT.findall(text):
            constants.setdefault(path, {}).setdefault(name, []).append((kind, assigned or braced))
    return constants


def value_of(kind, expression, path, constants):
    """The value of a constant; times in milliseconds. Constants that it names are looked up in its file, then in all."""
    text = re.sub(r"(\d)'(?=\d)", r"\1", expression)
    text = re.sub(r"(\d)U?LL\b", r"\1", text)
    text = re.sub(r"std::size_t\((\w+)\)|<\w+>", r"\1", text)

    def named(match):
        name = match.group(0).split("::")[-1]
        own = constants.get(path, {}).get(name) if name == match.group(0) else None
        others = [(other, names[name]) for other, names in constants.items() if name in names and other != path]
        found = [(path, own)] if own else others
        if len(found) != 1 or len(found[0][1]) != 1:
            raise ValueError(f"{path}: {name} is not one constant")
        return str(value_of(*found[0][1][0], found[0][0], constants))

    text = re.sub(r"[A-Za-z_]\w*(?:::\w+)*", named, text)
    if not re.fullmatch(r"[\d\s()+*<>.-]+", text):
        raise ValueError(f"{path}: “{expression}” is no number")
    return eval(text) * TIMES.get(kind.split("::")[-1], 1)  # digits and operators alone


def documented(text):
    """`64 MiB`, `250,000` or `30 s` as a number."""
    match = re.fullmatch(r"([\d,]+)(?: (\w+))?", text)
    if not match or (match.group(2) and match.group(2) not in UNITS):
        raise ValueError(f"“{text}” is no value")
    return int(match.group(1).replace(",", "")) * UNITS.get(match.group(2), 1)


def check_bounds(page, sources):
    found = []
    constants = constants_of(sources)
    named = set()
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if not line.startswith("| ") or len(cells) != 4 or cells[0] == "What":
            continue
        what, bound, places, _ = cells
        for name, path in re.findall(r"`([\w:]+)` in `([^`]+)`", places):
            name = name.split("::")[-1]
            named.add((path, name))
            written = constants.get(path, {}).get(name, [])
            if len(written) != 1:
                found.append(f"docs/bounds.md, “{what}”: {path} has {len(written)} constants {name}, not one")
                continue
            try:
                value = value_of(*written[0], path, constants)
                if re.fullmatch(ALIAS, written[0][1]):
                    named |= {(other, written[0][1].split("::")[-1]) for other in constants}
                if value != documented(bound):
                    found.append(f"docs/bounds.md, “{what}”: {bound}, but {name} in {path} is {written[0][1]}")
            except ValueError as error:
                found.append(f"docs/bounds.md, “{what}”: {error}")
    for path, names in constants.items():
        for name, written in names.items():
            is_alias = re.fullmatch(ALIAS, written[0][1])
            if re.match(r"(Max|Most|Longest)[A-Z]", name) and (path, name) not in named and not is_alias:
                found.append(f"docs/bounds.md has no row for {name} in {path}")
    return found


def check_tests(page, tests):
    """@p tests: {path: text}. A page names tests as `tst_program function`, or further functions of the same one."""
    programs = {os.path.basename(path).removesuffix(".cpp"): text for path, text in tests.items()}
    found = []
    for line in page.splitlines():
        if not line.startswith("| ") or "`tst_" not in line:
            continue
        program = ""
        for name in re.findall(r"`([^`]+)`", line[line.index("`tst_"):]):
            words = name.split()
            if words[0].startswith("tst_"):
                program = words.pop(0)
            if program not in programs:
                found.append(f"docs/promises.md: there is no test {program}")
            else:
                found += [f"docs/promises.md: {program} has no function {word}" for word in words
                          if not re.search(rf"\bvoid {word}\(\)", programs[program])]
    return found


def check_files(path, page, known):
    """@p known: the files and folders that there are."""
    found = []
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page):
        if os.path.normpath(os.path.join(os.path.dirname(path), target)) not in known:
            found.append(f"{path}: there is no {target}")
    for target in re.findall(r"`((?:shared|server_gui|client_gui|tests|docs)/[\w./]+)`", page):
        stem = target.rstrip("/")
        if not any(stem + ending in known for ending in ("", ".h", ".cpp")):
            found.append(f"{path}: there is no {target}")
    return found


def check_names(path, page, sources):
    """Each `Class::member` is written in a file about that class, or in the .cpp beside it."""
    found = []
    for scope, member in re.findall(r"`(?:\w+::)*([A-Za-z]\w+)::(\w+)`", page):
        declares = re.compile(rf"\b(?:class|struct|namespace) (?:parley::)?{scope}\b")
        units = {os.path.splitext(source)[0] for source, text in sources.items() if declares.search(text)}
        if not scope.startswith("Q") and not any(re.search(rf"\b{member}\b", text) for source, text in sources.items()
                                                 if os.path.splitext(source)[0] in units):
            found.append(f"{path}: there is no {scope}::{member}")
    return found


def check_the_check(bounds, promises, sources, tests):
    """A check that finds nothing is worth nothing."""
    assert check_bounds(bounds.replace("| 250,000 |", "| 250,001 |"), sources)
    path = "shared/event/event_stream.h"
    changed = dict(sources)
    changed[path] = changed[path].replace("MaxPendingDetails = 250'000", "MaxPendingDetails = 250'001")
    assert check_bounds(bounds, changed)
    changed[path] = sources[path] + "constexpr int MaxBoxes = 3;\n"
    assert check_bounds(bounds, changed) == [f"docs/bounds.md has no row for MaxBoxes in {path}"]
    assert check_tests(promises.replace("outOfDescriptors", "outOfBoxes"), tests)
    assert check_files("README.md", "[x](docs/boxes.md)", set())
    assert check_names("README.md", "`Server::openBoxes`", sources)


def main():
    sources = {path: read(path) for path in files("shared", "server_gui", "client_gui") if path.endswith((".h", ".cpp"))}
    tests = {path: read(path) for path in files("tests") if path.endswith(".cpp")}
    known = set(files("shared", "server_gui", "client_gui", "tests", "docs", "resources"))
    known |= {os.path.dirname(path) for path in known} | set(os.listdir(ROOT))
    bounds, promises = read("docs/bounds.md"), read("docs/promises.md")
    found = check_bounds(bounds, sources) + check_tests(promises, tests)
    for path in PAGES:
        # What ARCHITECTURE.md proposes is not there yet.
        page = read(path).split("| TLS |")[0] if path == "ARCHITECTURE.md" else read(path)
        found += check_files(path, page, known) + check_names(path, page, sources)
    for line in found:
        print(line)
    if found:
        sys.exit(1)
    check_the_check(bounds, promises, sources, tests)


main()
