// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/address.h"
#include "shared/address/transport.h"
#include "shared/thread/detached_work.h"

#include <QObject>
#include <QString>

#include <atomic>
#include <chrono>
#include <vector>

namespace parley
{

/// A socket of this computer that takes connections or datagrams, and the process that has it.
struct LocalListener
{
    Address address;
    int waiting = 0;    ///< TCP: connections in its accept queue
    qint32 process = 0; ///< 0 where the system does not tell, as for other users' processes
    QString program;    ///< the process's name, display-safe, at most 15 bytes; empty where process is 0
    bool isOwn = false; ///< of the user of this process

    /// `python3 (process 4711)`, or `another program`.
    QString owner() const;

    friend bool operator==(const LocalListener &, const LocalListener &) = default;
};

namespace native
{

/// The listeners of this thread's network, IPv4 before IPv6; none where the system does not tell. Reads at most
/// MaxListeners. The search for their processes ends after ProcessSearch, or once @p cancelled is set. Not for the GUI
/// thread.
std::vector<LocalListener> localListeners(Transport transport, const std::atomic<bool> &cancelled);

/// The peers of connections that wait in the accept queue of the listener at @p listener (TCP): the system has made
/// them, and no program has them yet. In no particular order, at most MaxWaitingPeers; none where the system does not
/// tell. Not for the GUI thread.
std::vector<Address> waitingPeers(const Address &listener, const std::atomic<bool> &cancelled);

inline constexpr std::size_t MaxWaitingPeers = 100;
inline constexpr std::size_t MaxListeners = 4096;
inline constexpr std::chrono::milliseconds ProcessSearch{1000};

} // namespace native

/// What listens on this computer, for a program without an event loop to go back to. Waits for SearchPatience at the
/// longest, and then finds nothing. Nothing is found for another computer's address.
/// @param address the address of the failed connect or bind
std::vector<LocalListener> findListeners(Transport transport, const Address &address);

inline constexpr std::chrono::milliseconds SearchPatience{2000};

/// Finds out, on a thread of its own, what listens on this computer. Destroying the object cancels at once, even while
/// a system call hangs: finished() is then not emitted.
class ListenerSearch : public QObject
{
    Q_OBJECT

public:
    /// The parameters are those of findListeners().
    ListenerSearch(Transport transport, const Address &address, QObject *parent = nullptr);

Q_SIGNALS:
    void finished(const std::vector<parley::LocalListener> &listeners);

private:
    DetachedWork<std::vector<LocalListener>> work_;
};

/// Finds out, on a thread of its own, whose connections wait in the accept queue of the listener at @p listener.
/// Destroying the object cancels at once: finished() is then not emitted.
class WaitingSearch : public QObject
{
    Q_OBJECT

public:
    explicit WaitingSearch(const Address &listener, QObject *parent = nullptr);

Q_SIGNALS:
    void finished(const std::vector<parley::Address> &peers);

private:
    DetachedWork<std::vector<Address>> work_;
};

/// The one of @p listeners that @p address reaches; for `0.0.0.0` and `::`, one that is in the way. Null if there is
/// none.
const LocalListener *listenerAt(const std::vector<LocalListener> &listeners, const Address &address);

/// Those of @p listeners that somebody may have meant who found nobody at @p address, the likeliest first: who listens
/// on the same port of another address of this computer; where nobody does, Parley servers: those of this user before
/// others, and the nearest port first.
std::vector<LocalListener> listenersMeantBy(const std::vector<LocalListener> &listeners, const Address &address);

/// Where @p listener can be connected to from this computer, by somebody who tried @p address.
Address reachableAddress(const LocalListener &listener, const Address &address);

} // namespace parley
