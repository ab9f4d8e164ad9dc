# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# From a bare Debian or Ubuntu to a built preset. run.sh and test.sh source it. It stands here, not at the top,
# because nobody runs it by itself.

# netbase brings /etc/services, where port names are looked up; qt6-svg-dev writes ladders and draws the icons.
build_packages=(g++ cmake ninja-build qt6-base-dev qt6-svg-dev netbase)

say() { printf '\n== %s\n' "$*"; }

# quietly COMMAND...: shows the command's output only if it fails. Nothing here may wait for an answer.
quietly() {
    local output status
    output=$("$@" 2>&1 </dev/null) || {
        status=$?
        printf '%s\n' "$output" >&2
        return "$status"
    }
}

# install_missing PACKAGE...: installs the missing ones; asks for no rights if none is missing.
install_missing() {
    local package missing=() as_root=()
    if ! command -v dpkg-query >/dev/null; then
        echo "This is not Debian or Ubuntu: install by yourself what corresponds to: $*" >&2
        return
    fi
    for package; do
        [[ $(dpkg-query -W -f '${db:Status-Status} ' "$package" 2>/dev/null) == installed* ]] ||
            missing+=("$package")
    done
    ((${#missing[@]})) || return 0

    say "Installing what is missing: ${missing[*]}"
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            echo 'That needs root or sudo, and you have neither.' >&2
            return 1
        fi
        as_root=(sudo)
    fi
    # A new machine is often still busy with its own updates, which hold the lock.
    as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
    # A package source that cannot be reached need not be the one with the missing packages.
    quietly "${as_root[@]}" update || true
    # Debian 13 has the part of libqt6svg6 that draws the icons in a package of its own.
    if apt-cache show qt6-svg-plugins >/dev/null 2>&1; then
        echo 'and qt6-svg-plugins'
        missing+=(qt6-svg-plugins)
    fi
    quietly "${as_root[@]}" install --no-install-recommends "${missing[@]}"
}

# build PRESET
build() {
    say "Building the $1 preset in build/$1"
    quietly cmake --preset "$1"
    quietly cmake --build --preset "$1"
}
