#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
#
# ./test.sh [PRESET...]: installs what is missing, builds the presets (by default dev, asan, portable, then fuzz) and runs
# every test of each. It reads no input and stops at the first preset that fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source .ci/build.sh

# python3, ncat and socat are the outside programs of tests/interop; Xvfb is the display of the tests with
# windows; strace, ss and ps show what a program really does; jq reads the example of the README; the last two check
# what resources/ installs.
install_missing "${build_packages[@]}" python3 ncat socat xvfb xauth strace iproute2 procps jq \
    desktop-file-utils appstream

# CMake leaves out the tests on an X server (tst_*_xcb) where it does not find this; here they have to run.
command -v xvfb-run >/dev/null || {
    echo 'xvfb-run is missing: install Xvfb' >&2
    exit 1
}

(($#)) || set -- dev asan portable fuzz
for preset; do
    # libFuzzer is clang's; its library is a package apart.
    [[ $preset != fuzz ]] || install_missing clang libclang-rt-dev
    build "$preset"
    say "Testing the $preset preset"
    ctest --preset "$preset" </dev/null
done
