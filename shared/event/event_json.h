// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event.h"

#include <QByteArray>
#include <QDateTime>

#include <optional>

namespace parley
{

/// The version of the JSON Lines that this file writes; it grows when a field changes its meaning.
inline constexpr int JsonSchemaVersion = 1;
/// The most bytes of one call's payload that go into its line.
inline constexpr qint64 MaxJsonPayloadBytes = 64 * 1024;

/// The first line of a stream: `{"call":"start","program":"parley-server","schema":1,"time":"…"}`. In a saved log it
/// also says how many events the log lacks: `"omitted":0`.
QByteArray startToJson(const QByteArray &program, const QDateTime &start, std::optional<quint64> omitted = {});

/// One event as a JSON object on a line of its own, with its line feed. Fields: time (wall clock, UTC), ns (since the
/// start, monotonic), connection (0 is the listener), call, result; where they apply error (errno name), family, type,
/// backlog, size (of what is sent, or of the room), linger, peer or local (an array of host and port; an IPv6 scope is
/// in the host; a Unix peer is its credentials), host, duration_ns (getaddrinfo), path,
/// data (base64); with end only outcome, ending (its words), closed_by, limit and limit_value.
/// @param wallClock UTC is quickest: a local time asks for its zone each time.
QByteArray eventToJson(const Event &event, const QDateTime &wallClock);

} // namespace parley
