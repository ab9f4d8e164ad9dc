#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
#
# ./test.sh [STEP...]: installs missing packages, checks the format, and takes the steps (by default dev, tidy, asan,
# portable, fuzz). tidy is clang-tidy over what dev compiles; each of the others is a preset, which is built and has all
# its tests run. It reads no input and stops at the first thing that fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source .ci/build.sh

# python3, ncat and socat are the outside programs of tests/interop; Xvfb is the display of the tests with
# windows; strace, ss and ps show what a program really does; faketime sets a program's clock; jq reads the
# example of the README; four check the installed resources, and the sources; the windows are tried with
# these fonts.
install_missing "${build_packages[@]}" python3 ncat socat xvfb xauth strace iproute2 procps jq faketime \
    desktop-file-utils appstream clang-format clang-tidy fonts-dejavu-core fonts-liberation \
    fonts-noto-core

# CMake leaves out the tests on an X server (tst_*_xcb) if it does not find xvfb-run; here they have to run.
command -v xvfb-run >/dev/null || {
    echo 'xvfb-run is missing: install Xvfb' >&2
    exit 1
}

check_format() {
    find shared server_gui client_gui tests -name '*.[ch]' -print0 -o -name '*.cpp' -print0 |
        xargs -0 clang-format --dry-run -Werror
}

# The checks of .clang-tidy over the programs' sources that dev compiles, and their headers.
tidy() {
    find shared server_gui client_gui -name '*.cpp' ! -name '*_other.cpp' ! -name '*_qt.cpp' -print0 |
        xargs -0 -n 4 -P "$(nproc)" clang-tidy -p build/dev --quiet --extra-arg=-Wno-unknown-warning-option
}

say 'Checking the format'
quietly check_format

(($#)) || set -- dev tidy asan portable fuzz
for step; do
    if [[ $step == tidy ]]; then
        build dev
        say 'Checking with clang-tidy'
        quietly tidy
        continue
    fi
    # libFuzzer is clang's; its library is a package apart.
    [[ $step != fuzz ]] || install_missing clang libclang-rt-dev
    build "$step"
    say "Testing the $step preset"
    ctest --preset "$step" </dev/null
done
