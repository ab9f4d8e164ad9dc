#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
"""Each unit has a test of its own name: tests/*/tst_name.cpp for name.h and name.cpp, wherever they are. The units below
are the exceptions, each with the test that covers it. And no test function is one that Qt Test does not run."""

import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLATFORM = r"(_linux|_epoll|_other|_qt|_p)?\.(h|cpp)$"

NOTHING_TO_TEST = {  # data or an interface alone
    "behaviour", "call_result", "connect_request", "server_settings", "transport",
}

COVERED_BY = {
    # Parts of a unit that has a test: its files for one language, or for one part of its work.
    "tst_copy_as": ["copy_as_c", "copy_as_python"],
    "tst_client_socket": ["client_socket_connect", "client_socket_wait"],
    "tst_behaviours": ["delay", "discard", "drip", "echo", "greet_close", "greet_hold", "random", "reset", "silent",
                       "stall"],
    # What only a whole program shows.
    "tst_programs": ["main"],
    "tst_program_repeat": ["headless_repeat"],
    "tst_program_sending": ["sent_file"],
    "tst_window_library": ["application", "window_main"],
    # Parts of windows, as a user meets them.
    "tst_client_window": ["status_label", "transcript_view"],
    "tst_commands": ["help", "menus"],
    "tst_connection_table": ["connection_selection", "connections_pane", "table_view"],
    "tst_converse_windows": ["behaviour_editor", "converse_bar", "repeated_send_dialog"],
    "tst_endpoint": ["quoted"],
    "tst_endpoint_windows": ["endpoint_form"],
    "tst_inspector": ["bytes_view", "explanation_view", "ladder_painter", "ladder_view"],
    "tst_layout": ["placement"],
    "tst_limits_window": ["keep_alive_fields", "limits_dialog", "limits_editor"],
    "tst_repeat_window": ["latency_view", "repeat_form"],
    "tst_saved_messages": ["saved_messages_dialog"],
    "tst_saving": ["save_log"],
    "tst_text_encodings": ["greeting_field"],
    "tst_texts": ["field_help"],
    "tst_window_settings": ["appearance", "remembered_fields"],
}


def names_in(*tops):
    for top in tops:
        for _, _, names in os.walk(os.path.join(ROOT, top)):
            yield from names


def problems(units, tests):
    covered = {unit: test for test, covers in COVERED_BY.items() for unit in covers}
    found = []
    for unit in sorted(units):
        if f"tst_{unit}" in tests:
            if unit in covered or unit in NOTHING_TO_TEST:
                found.append(f"{unit} has a test of its own: it is no exception any more")
        elif unit in covered and covered[unit] not in tests:
            found.append(f"there is no {covered[unit]}, which is said to cover {unit}")
        elif unit not in covered and unit not in NOTHING_TO_TEST:
            found.append(f"there is no tst_{unit}.cpp for {unit}")
    found += [f"there is no unit {unit}" for unit in sorted((set(covered) | NOTHING_TO_TEST) - set(units))]
    return found


def check_the_check(units, tests):
    """A check that finds nothing is worth nothing."""
    assert problems(units | {"box"}, tests) == ["there is no tst_box.cpp for box"]
    assert problems(units, tests | {"tst_echo"}) == ["echo has a test of its own: it is no exception any more"]
    assert problems(units, tests - {"tst_texts"}) == ["there is no tst_texts, which is said to cover field_help"]


def never_run(name, text):
    """Functions of a test's class that nothing calls, and that are no slots, so that Qt Test does not run them."""
    rest = text.partition("private Q_SLOTS:")[2].partition("\n};")[0].partition("\nprivate:")[2]
    return [f"{name} never runs {function}()" for function in re.findall(r"void (\w+)\(\);", rest)
            if len(re.findall(rf"\b{function}\b", text)) <= 2]


def check_the_second_check():
    text = "private Q_SLOTS:\n void a();\nprivate:\n void b();\n};\nvoid T::a() {}\nvoid T::b() {}\n"
    assert never_run("tst_t", text) == ["tst_t never runs b()"]
    assert never_run("tst_t", text + "void f() { b(); }") == []


def main():
    units = {re.sub(PLATFORM, "", name) for name in names_in("shared", "server_gui", "client_gui")
             if re.search(PLATFORM, name)}
    tests = {name.removesuffix(".cpp") for name in names_in("tests") if re.fullmatch(r"tst_\w+\.cpp", name)}
    found = problems(units, tests)
    for path in glob.glob(os.path.join(ROOT, "tests", "*", "tst_*.cpp")):
        with open(path, encoding="utf-8") as file:
            found += never_run(os.path.basename(path), file.read())
    for line in found:
        print(line)
    if found:
        sys.exit(1)
    check_the_check(units, tests)
    check_the_second_check()


main()
