// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/endpoint.h"
#include "shared/thread/detached_work.h"

#include <QObject>
#include <QString>

#include <chrono>
#include <vector>

namespace parley
{

/// One look-up of a host name's addresses with getaddrinfo(3), on a thread of its own.
///
/// Destroying the object cancels: finished() is then never emitted. Nothing waits for the system's call
/// (QHostInfo's pool does, ten seconds for an unreachable name server). At most MaxUnderWay look-ups exist; one more
/// fails with EAI_AGAIN.
class Lookup : public QObject
{
    Q_OBJECT

    struct Found
    {
        int error = 0;
        std::vector<Address> addresses;
    };

public:
    static constexpr int MaxUnderWay = DetachedWork<Found>::MaxUnderWay;

    /// Starts looking up the endpoint's name (Unicode; converted to its ASCII form, RFC 3490, where it needs one).
    explicit Lookup(const Endpoint &endpoint, QObject *parent = nullptr);

    /// Waits until finished() was emitted, without an event loop, for @p most at the longest, or for ever if @p most
    /// is negative. Returns whether it was emitted.
    bool wait(std::chrono::milliseconds most);

Q_SIGNALS:
    /// @p error is 0 or an EAI_ code; the addresses are in the system's order (RFC 6724), each once. Emitted once; a
    /// slot may destroy the object.
    void finished(int error, const std::vector<parley::Address> &addresses);

private:
    void tell();

    DetachedWork<Found> work_;
    bool isTold_ = false;
};

} // namespace parley
