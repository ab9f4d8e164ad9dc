#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
#
# ./take.sh [FOLDER]: takes the pictures beside it anew, of the real programs in FOLDER (by default
# build/release/bin): each window in each state, light and dark, at scale 1 and 2.
# Needs xvfb, xdotool, imagemagick and iproute2.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
programs=$(realpath "${1:-$here/../../build/release/bin}")
host=192.168.0.104
screen=4800x1800

# A network of its own, where that address is ours and port 3000 is free.
if [[ ! ${PARLEY_SCREENSHOTS-} ]]; then
    export PARLEY_SCREENSHOTS=1
    # shellcheck disable=SC2016 # for that bash to expand
    exec unshare --map-root-user --net bash -c \
        'ip link set lo up; ip address add "$1/24" dev lo; exec xvfb-run -a -s "-screen 0 $2x24" "${@:3}"' \
        - "$host" "$screen" "$0" "$programs"
fi

scratch=$(mktemp -d)
started=()
end_started() {
    ((${#started[@]})) || return 0
    kill "${started[@]}" || true
    kill -CONT "${started[@]}" || true # one may be stopped
    wait "${started[@]}" || true
    started=()
}
trap 'end_started; rm -r "$scratch"' EXIT

# start NAME ARGUMENT…: starts a program with fresh settings and leaves its window, the one with $title in its
# title where that is set, in $window; the server's at the left, the client's beside it.
start() {
    local x=0
    [[ $1 == parley-server ]] || x=$((1200 * scale))
    printf '[General]\nappearance=%s\n' "$appearance" >"$scratch/Parley/$1.ini"
    (cd "$scratch" && exec env XDG_CONFIG_HOME="$scratch" XDG_RUNTIME_DIR="$scratch" QT_SCALE_FACTOR="$scale" \
        LANG=en_US.UTF-8 LC_CTYPE=C.UTF-8 "$programs/$1" "${@:2}") &
    started+=($!)
    window=$(xdotool search --sync --all --onlyvisible --pid $! --name "${title-.}" | head -n 1)
    xdotool windowmove --sync "$window" "$x" 0
}

# resize WINDOW WIDTH HEIGHT
resize() { xdotool windowsize --sync "$1" $(($2 * scale)) $(($3 * scale)); }

# click_button WINDOW: the one of the first row, at the right.
click_button() {
    local width
    width=$(xdotool getwindowgeometry --shell "$1" | sed -n 's/^WIDTH=//p')
    xdotool mousemove --sync --window "$1" $((width - 60 * scale)) $((38 * scale)) click 1
    xdotool mousemove --sync "${screen%x*}" "${screen#*x}" # no pointer over a widget
}

# press WINDOW KEY
press() { xdotool windowfocus --sync "$1" key --window "$1" "$2"; }

# select_first WINDOW: the first row of the server's table.
select_first() {
    xdotool mousemove --sync --window "$1" $((100 * scale)) $((282 * scale)) click 1
    xdotool mousemove --sync "${screen%x*}" "${screen#*x}"
}

# greet: a client of the plain kind, of which the server sees a connection.
greet() { (exec 3<>"/dev/tcp/$host/3000" && cat <&3 >"$scratch/received"); }

# write_at_the_bottom WINDOW TEXT: into the field above the status line and a row of buttons.
write_at_the_bottom() {
    local height
    height=$(xdotool getwindowgeometry --shell "$1" | sed -n 's/^HEIGHT=//p')
    xdotool mousemove --sync --window "$1" $((300 * scale)) $((height - 67 * scale)) click 1 type "$2"
}

look() { import -window "$1" -strip png:"$scratch/now.png" && md5sum <"$scratch/now.png"; }

# await WINDOW: until it looks other than at the last time, and stands still.
declare -A last=()
await() {
    local before='' now
    until now=$(look "$1") && [[ $now == "$before" && $now != "${last[$1]-}" ]]; do
        before=$now
    done
    last[$1]=$now
}

# save FILE…: the last look, or the files side by side, with a small palette.
save() { convert "$@" +repage +dither -colors 64 -define png:compression-level=9 PNG8:"$folder/$name.png"; }

# shoot WINDOW NAME
shoot() {
    local name=$2
    await "$1"
    save "$scratch/now.png"
}

take_all() {
    local server client name=both
    mkdir -p "$folder"
    start parley-server "$host" 3000
    server=$window
    shoot "$server" server-empty
    start parley-client "$host" 3000
    client=$window
    shoot "$client" client-empty

    greet
    click_button "$client"
    await "$client"
    click_button "$client"
    shoot "$client" client
    shoot "$server" server

    # The details of a connection, and of an attempt.
    select_first "$server"
    shoot "$server" server-ladder
    shoot "$client" client-ladder

    resize "$server" 1000 800
    resize "$client" 680 800
    await "$server"
    cp "$scratch/now.png" "$scratch/server.png"
    await "$client"
    convert "$scratch/server.png" "$scratch/now.png" -bordercolor '#888888' -border 1 "$scratch/framed-%d.png"
    save "$scratch/framed-0.png" -size $((16 * scale))x1 xc:none "$scratch/framed-1.png" -background none +append

    # Nobody listens on port 3001; on port 3000 somebody does.
    start parley-client --connect "$host" 3001
    press "$window" ctrl+i
    shoot "$window" client-error
    press "$window" ctrl+i
    shoot "$window" client-refused
    start parley-server "$host" 3000
    shoot "$window" server-error

    # Three clients wait in the accept queue, with room for one more.
    start parley-server --backlog 3 "$host" 3003
    server=$window
    await "$server"
    press "$server" ctrl+h
    await "$server"
    exec 4<>"/dev/tcp/$host/3003" 5<>"/dev/tcp/$host/3003" 6<>"/dev/tcp/$host/3003"
    shoot "$server" server-held
    exec 4<&- 5<&- 6<&-

    # The kernel accepts for a server that is stopped, which then says nothing.
    kill -STOP "${started[0]}"
    start parley-client --connect "$host" 3000
    shoot "$window" client-busy
    end_started

    start parley-server "$host" 3000
    await "$window"
    title=Repeat start parley-client --repeat 20000 --concurrency 64 --connect "$host" 3000
    shoot "$window" client-repeat
    end_started

    start parley-server --behaviour drip:bytes=4,every=50 "$host" 3000
    shoot "$window" server-behaviour
    end_started

    # Talking on two connections that are held.
    start parley-server --behaviour greet-hold "$host" 3000
    server=$window
    await "$server"
    exec 4<>"/dev/tcp/$host/3000" 5<>"/dev/tcp/$host/3000"
    await "$server"
    select_first "$server"
    press "$server" ctrl+a
    await "$server"
    write_at_the_bottom "$server" 'Who is there?\r\n'
    shoot "$server" server-converse
    exec 4<&- 5<&-
    end_started

    # A client that reads nothing of a long greeting.
    head -c 8000000 /dev/zero | tr '\0' 'a' >"$scratch/greeting.txt"
    start parley-server --greeting-file greeting.txt "$host" 3000
    await "$window"
    exec 3<>"/dev/tcp/$host/3000"
    shoot "$window" server-busy
    exec 3<&-
    end_started
}

mkdir "$scratch/Parley"
for variant in . dark 2x dark-2x; do
    folder=$here/$variant
    appearance=light scale=1
    [[ $variant != dark* ]] || appearance=dark
    [[ $variant != *2x ]] || scale=2
    take_all
done
