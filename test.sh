#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
#
# ./test.sh [PRESET...]: installs missing packages, checks the format, builds the presets (by default dev, asan,
# portable, then fuzz) and runs every test of each, with dev also clang-tidy. It reads no input and stops at the first
# thing that fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source .ci/build.sh

# python3, ncat and socat are the outside programs of tests/interop; Xvfb is the display of the tests with
# windows; strace, ss and ps show what a program really does; jq reads the example of the README; the last
# four check the installed resources, and the sources.
install_missing "${build_packages[@]}" python3 ncat socat xvfb xauth strace iproute2 procps jq \
    desktop-file-utils appstream clang-format clang-tidy

# CMake leaves out the tests on an X server (tst_*_xcb) if it does not find xvfb-run; here they have to run.
command -v xvfb-run >/dev/null || {
    echo 'xvfb-run is missing: install Xvfb' >&2
    exit 1
}

check_format() {
    find shared server_gui client_gui tests -name '*.[ch]' -print0 -o -name '*.cpp' -print0 |
        xargs -0 clang-format --dry-run -Werror
}

# tidy PRESET: the checks of .clang-tidy over the programs' sources that the preset compiles, and their headers.
tidy() {
    find shared server_gui client_gui -name '*.cpp' ! -name '*_other.cpp' ! -name '*_qt.cpp' -print0 |
        xargs -0 -n 4 -P "$(nproc)" clang-tidy -p "build/$1" --quiet --extra-arg=-Wno-unknown-warning-option
}

say 'Checking the format'
quietly check_format

(($#)) || set -- dev asan portable fuzz
for preset; do
    # libFuzzer is clang's; its library is a package apart.
    [[ $preset != fuzz ]] || install_missing clang libclang-rt-dev
    build "$preset"
    if [[ $preset == dev ]]; then
        say 'Checking with clang-tidy'
        quietly tidy dev
    fi
    say "Testing the $preset preset"
    ctest --preset "$preset" </dev/null
done
