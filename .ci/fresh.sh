#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
#
# .ci/fresh.sh SUITE [STEP...]: acts as somebody with a new Debian (bookworm, trixie...), git and nothing else: clones
# the latest commit, calls ./run.sh, and ./test.sh with the steps. It does so as a user with sudo and as root,
# without a display and with one (Xvfb, outside), each in a system of its own. It ends with a table of results, and
# with status 1 if anything failed.
#
# It needs root, debootstrap, Xvfb, xdotool and git. It keeps the bare system, the packages, a compiler cache and the
# logs in PARLEY_FRESH (by default ~/.cache/parley-fresh), about 3 GB a suite. PARLEY_MIRROR is where Debian comes from.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ((EUID != 0)) || (($# == 0)); then
    echo 'usage, as root: .ci/fresh.sh SUITE [STEP...]' >&2
    exit 2
fi
for program in debootstrap Xvfb xdotool git; do
    command -v "$program" >/dev/null || {
        echo "$program is missing: apt-get install debootstrap xvfb xdotool git" >&2
        exit 2
    }
done
suite=$1
steps=${*:2}
kept=${PARLEY_FRESH:-${XDG_CACHE_HOME:-$HOME/.cache}/parley-fresh}/$suite
mkdir -p "$kept"/{archives,ccache,logs}
chmod 777 "$kept/ccache" # shared by all users that compile

if [[ ! -e $kept/base.done ]]; then
    echo "== Making a minimal $suite"
    rm -rf "$kept/base"
    # ccache only makes this quicker: its packages bring neither a compiler nor anything of Qt.
    debootstrap --variant=minbase --include=git,ca-certificates,sudo,ccache "$suite" "$kept/base" \
        "${PARLEY_MIRROR:-http://deb.debian.org/debian}" >"$kept/logs/debootstrap" 2>&1
    touch "$kept/base.done"
fi

scratch=$(mktemp -d "$kept/run.XXXXXX")
trap 'exec 2>/dev/null; kill -KILL $(jobs -p) || true; wait; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
git clone -q --bare . "$scratch/parley.git" # only commits

Xvfb -displayfd 1 -screen 0 1366x768x24 -nolisten tcp -ac -noreset >"$scratch/display" 2>"$kept/logs/Xvfb" &
until number=$(grep -s -m 1 . "$scratch/display"); do
    kill -0 $! || exit 1
    sleep 0.1
done

# start USER DISPLAY COMMAND: in a copy of the bare system; $system is the process to wait for.
start() {
    rm -rf "$scratch/system"
    mkdir -p "$scratch/system"/{changes,work,root}
    # When its first process ends, all processes in these namespaces end, and their mounts are gone.
    unshare --mount --pid --fork --kill-child --propagation private bash -euc '
        kept=$1 scratch=$2 user=$3 display=$4 command=$5
        root=$scratch/system/root
        mount -t overlay overlay \
            -o "lowerdir=$kept/base,upperdir=$scratch/system/changes,workdir=$scratch/system/work" "$root"
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount --rbind /sys "$root/sys"
        mount -t tmpfs tmpfs "$root/run"
        mkdir "$root/ccache" "$root/source" "$root/parley"
        mount --bind "$kept/archives" "$root/var/cache/apt/archives"
        mount --bind "$kept/ccache" "$root/ccache"
        mount --bind "$scratch/parley.git" "$root/source"
        if [[ $display ]]; then
            socket=tmp/.X11-unix/X${display#:}
            mkdir -m 1777 "$root/tmp/.X11-unix"
            touch "$root/$socket"
            mount --bind "/$socket" "$root/$socket"
        fi
        cp /etc/resolv.conf "$root/etc/resolv.conf"
        # As the installer of Debian does it: the system knows its own name.
        printf "127.0.0.1\tlocalhost\n127.0.1.1\t%s\n::1\tlocalhost ip6-localhost\n" "$(hostname)" >"$root/etc/hosts"
        echo "Binary::apt-get::APT::Keep-Downloaded-Packages true;" >"$root/etc/apt/apt.conf.d/keep"
        if [[ $user != root ]]; then
            chroot "$root" useradd --create-home "$user"
            echo "$user ALL=(ALL) NOPASSWD: ALL" >"$root/etc/sudoers.d/$user"
        fi
        chroot "$root" chown "$user" /parley # one path for all, so that they share what is compiled
        # Not chroot: a process in one can make no user namespace, and leaves it when it enters a mount namespace.
        cd "$root"
        pivot_root . mnt
        umount --lazy /mnt
        # No variable comes from the system outside, neither its locale nor CI. This shell stays, as the init that reaps
        # orphans.
        env -i ${display:+DISPLAY="$display"} PATH=/usr/sbin:/usr/bin:/sbin:/bin \
            CCACHE_DIR=/ccache CCACHE_UMASK=0 CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache \
            su "$user" -s /bin/bash -c "
                git config --global --add safe.directory \"*\"
                git clone -q /source /parley && cd /parley && $command" || exit
    ' bash "$kept" "$scratch" "$@" </dev/null &
    system=$!
}

# close_windows DISPLAY: closes both windows once they are there and the server greets; until then ./run.sh goes on. If
# that does not happen within an hour, the system is ended.
close_windows() {
    local address greeting='' window windows=()
    export DISPLAY=$1
    for window in 'Parley Server' 'Parley Client'; do
        windows+=("$(timeout 3600 xdotool search --sync --onlyvisible --name "^$window$" | head -n 1)")
    done
    for address in 127.0.0.1 127.0.1.1; do # the system may or may not know its own name
        greeting+=$(timeout 10 cat 2>/dev/null <"/dev/tcp/$address/3000") || true
    done
    if [[ $greeting != *'Hello World!'* ]]; then
        echo 'The server did not greet.'
        kill -KILL "$system"
        return
    fi
    for window in "${windows[@]}"; do
        xdotool windowfocus --sync "$window" key ctrl+q
    done
}

failed=0
table=''
for user in parley root; do
    for display in '' ":$number"; do
        for command in ./run.sh "./test.sh${steps:+ $steps}"; do
            where=${display:+display} script=${command%%.sh*}
            log=$kept/logs/$user-${where:-terminal}-${script#./}
            start "$user" "$display" "$command" >"$log" 2>&1
            closer=
            if [[ $display && $command == ./run.sh ]]; then
                close_windows "$display" >>"$log" 2>&1 &
                closer=$!
            fi
            status=0
            wait "$system" || status=$?
            [[ -z $closer ]] || kill "$closer" 2>/dev/null || true
            outcome=passed
            if ((status != 0)); then
                outcome="FAILED ($status), see $log"
                failed=1
            fi
            line=$(printf '%-10s %-7s %-11s %-14s %s' "$suite" "$user" "${where:-no display}" "$command" "$outcome")
            echo "$line"
            table+=$line$'\n'
        done
    done
done
printf '\n== %s\n%s' "$(git log -1 --format='%h %s')" "$table"
exit "$failed"
