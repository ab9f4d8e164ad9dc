#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
#
# .ci/fresh.sh SUITE [PRESET...]: does what somebody does who has a new Debian (bookworm, trixie, ...), git and nothing
# else: clones what is committed here, calls ./run.sh, and ./test.sh with the presets. As root and as a user with sudo,
# without a display and with one (an X server outside, Xvfb), each in a system of its own. Says which failed, and exits
# with 1 if any did.
#
# It needs root, debootstrap, Xvfb and xdotool. The bare system, the packages and a compiler cache are kept in
# PARLEY_FRESH (~/.cache/parley-fresh), about 3 GB for a suite, so that only the first run takes long. Logs are there too. Nothing stays
# mounted: each run has a mount namespace of its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ((EUID != 0)) || (($# == 0)); then
    echo 'usage, as root: .ci/fresh.sh SUITE [PRESET...]' >&2
    exit 2
fi
suite=$1
presets=("${@:2}")
source=$PWD
kept=${PARLEY_FRESH:-${XDG_CACHE_HOME:-$HOME/.cache}/parley-fresh}/$suite
mirror=${PARLEY_MIRROR:-http://deb.debian.org/debian}
for program in debootstrap Xvfb xdotool git unshare; do
    command -v "$program" >/dev/null || { echo "$program is missing: apt-get install debootstrap xvfb xdotool git" >&2; exit 2; }
done

mkdir -p "$kept"/{archives,ccache,logs}
if [[ ! -e $kept/base.done ]]; then
    echo "== Making a minimal $suite"
    rm -rf "$kept/base"
    # ccache only makes this quicker: its packages bring neither a compiler nor anything of Qt.
    debootstrap --variant=minbase --include=git,ca-certificates,sudo,ccache "$suite" "$kept/base" "$mirror" \
        >"$kept/logs/debootstrap" 2>&1
    touch "$kept/base.done"
fi

# in_fresh_system DISPLAY USER COMMAND...: in a copy of the bare system that is gone afterwards.
in_fresh_system() {
    local display=$1 user=$2
    shift 2
    local copy
    copy=$(mktemp -d "$kept/system.XXXXXX")
    mkdir "$copy"/{changes,work,root}
    # The namespaces end what runs in them, and their mounts, with the first process.
    unshare --mount --pid --fork --kill-child --propagation private bash -euc '
        copy=$1 kept=$2 source=$3 display=$4 user=$5; shift 5
        root=$copy/root
        mount -t overlay overlay -o "lowerdir=$kept/base,upperdir=$copy/changes,workdir=$copy/work" "$root"
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/tmp"
        mkdir -p "$root/ccache" "$root/source" "$root/tmp/.X11-unix"
        mount --bind "$kept/archives" "$root/var/cache/apt/archives"
        mount --bind "$kept/ccache" "$root/ccache"
        mount --bind "$source" "$root/source"
        mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
        cp /etc/resolv.conf "$root/etc/resolv.conf"
        echo "Binary::apt-get::APT::Keep-Downloaded-Packages \"true\";" >"$root/etc/apt/apt.conf.d/keep"
        home=/root
        if [[ $user != root ]]; then
            chroot "$root" useradd --create-home "$user"
            echo "$user ALL=(ALL) NOPASSWD: ALL" >"$root/etc/sudoers.d/$user"
            home=/home/$user
        fi
        chmod 777 "$root/ccache"
        # One path for all, so that they share what is compiled.
        mkdir "$root/parley" && chroot "$root" chown "$user" /parley
        exec chroot "$root" su "$user" -s /bin/bash -c "
            export HOME=$home PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C ${display:+DISPLAY=$display}
            export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_DIR=/ccache CCACHE_UMASK=0
            git config --global --add safe.directory \"*\"
            git clone -q /source /parley && cd /parley && $*"
    ' bash "$copy" "$kept" "$source" "$display" "$user" "$@"
    local status=$?
    rm -rf "$copy"
    return "$status"
}

# With a display ./run.sh goes on until its windows are closed: this closes them once both are there, with the greeting
# listed (the title of neither tells, so the windows themselves are asked to close, as a user does).
close_windows() {
    local display=$1 title
    for title in 'Parley Server' 'Parley Client'; do
        DISPLAY=$display timeout 3600 xdotool search --sync --onlyvisible --name "$title" >/dev/null
    done
    for title in 'Parley Client' 'Parley Server'; do
        DISPLAY=$display xdotool search --onlyvisible --name "$title" windowquit
    done
}

failed=0
declare -A outcome
for user in root parley; do
    for display in '' X11; do
        what="$suite, $user, ${display:-no display}"
        log=$kept/logs/$user${display:+-$display}
        server='' name=''
        if [[ $display ]]; then
            exec {number}<> <(:)
            coproc XVFB { exec Xvfb -displayfd 1 -screen 0 1366x768x24 -nolisten tcp -ac 2>/dev/null; }
            server=$XVFB_PID
            read -r number <&"${XVFB[0]}"
            name=:$number
        fi
        for command in ./run.sh "./test.sh ${presets[*]}"; do
            closer=''
            if [[ $display && $command == ./run.sh ]]; then
                close_windows "$name" &
                closer=$!
            fi
            if in_fresh_system "$name" "$user" "$command" >"$log${command:1:5}" 2>&1; then
                outcome[$what, $command]=passed
            else
                outcome[$what, $command]="FAILED ($?), see $log${command:1:5}"
                failed=1
            fi
            echo "== $what, $command: ${outcome[$what, $command]}"
            [[ -z $closer ]] || kill "$closer" 2>/dev/null || true
        done
        [[ -z $server ]] || kill "$server" 2>/dev/null || true
    done
done
exit "$failed"
