// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/stream_listener.h"

#include "server_gui/settings/server_settings.h"
#include "shared/event/event_stream.h"

#include <algorithm>
#include <cerrno>

namespace parley
{

StreamListener::StreamListener(ListenerOwner &owner, Transport transport) : Listener(owner, transport)
{
    retry_.setSingleShot(true);
    retry_.setInterval(AcceptRetry);
    QObject::connect(&retry_, &QTimer::timeout, &retry_, [this] {
        updateWatch();
        acceptSome(AcceptsPerTurn);
    });
    recovered_.setSingleShot(true);
    recovered_.setInterval(std::chrono::seconds(1));
    QObject::connect(&recovered_, &QTimer::timeout, &recovered_, [this] { setStarved(0); });
}

int StreamListener::serve(const Address &bound, const QByteArray &path)
{
    bound_ = bound;
    path_ = path;
    native::Result listened = callListen();
    if (listened.ok()) {
        if (const int error = listening(); error != 0)
            listened = {-1, error};
    }
    const int unwatched = listened.ok() && isReleased() ? watch() : 0;
    owner_.events().write(Event::listen(0, listened, bound_, path_, owner_.settings().backlog));
    return listened.ok() ? unwatched : listened.error;
}

native::Result StreamListener::callListen()
{
    const int backlog = owner_.settings().backlog;
    longestBacklog_ = std::max(longestBacklog_, backlog);
    return native::listen(descriptor(), backlog);
}

void StreamListener::renewBacklog()
{
    if (isOpen())
        owner_.events().write(Event::listen(0, callListen(), bound_, path_, owner_.settings().backlog));
}

void StreamListener::close()
{
    retry_.stop();
    setStarved(0);
    watched_ = false;
    released_ = 0;
    Listener::close();
}

void StreamListener::hold(bool hold)
{
    held_ = hold;
    released_ = 0;
    if (!isOpen())
        return;
    if (hold) { // accept is not tried again
        retry_.stop();
        setStarved(0);
    }
    updateWatch();
}

void StreamListener::release(int most)
{
    if (!held_ || !isOpen())
        return;
    released_ = most;
    updateWatch();
}

void StreamListener::acceptWaiting()
{
    const bool held = std::exchange(held_, false);
    acceptSome(std::min(longestBacklog_, MostQueued) + 1); // the kernel takes one more than the backlog
    held_ = held;
}

int StreamListener::watch()
{
    const int error = owner_.reactor().watch(descriptor(), this, Reactor::Interest::Read);
    watched_ = error == 0;
    return error;
}

/// Lets the reactor report clients that wait, as long as they are to be accepted.
void StreamListener::updateWatch()
{
    const bool wanted = isReleased() && !retry_.isActive();
    if (wanted == watched_)
        return;
    if (!wanted) {
        owner_.reactor().unwatch(descriptor(), this);
        watched_ = false;
    } else if (watch() != 0) {
        retry_.start();
    }
}

void StreamListener::acceptSome(int most)
{
    while (most-- > 0 && isOpen() && !retry_.isActive() && isReleased()) {
        Address peer;
        const native::Result result = native::accept(descriptor(), peer);
        if (result.ok() || result.wouldBlock())
            acceptSucceeded();
        if (result.wouldBlock())
            released_ = 0;
        if (held_ && result.ok())
            --released_;
        if (held_ && released_ == 0)
            updateWatch();
        if (result.wouldBlock())
            return;
        if (result.ok())
            take(static_cast<int>(result.value), peer);
        else
            acceptFailed(result.error);
    }
}

/// Without free descriptors accept() would have failed, even with nobody waiting (accept(2), EMFILE). The shortage is
/// reported to be over only after it has been over for a while.
void StreamListener::acceptSucceeded()
{
    failures_ = 0;
    if (starved_ != 0 && !recovered_.isActive())
        recovered_.start();
}

void StreamListener::acceptFailed(int error)
{
    switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        // Waiting clients stay in the queue and keep the listener readable: ask again later, not at once.
        setStarved(error);
        retryLater();
        break;
    case EBADF:
    case EINVAL:
    case ENOTSOCK:
        recordFailure(error);
        owner_.listenerFailed(error);
        break;
    default:
        // This one connection is gone, or its network is (accept(2), "Error handling"); the others are not. An error
        // that comes again and again has another cause, a firewall's EPERM perhaps, and must not keep a core busy.
        if (++failures_ < FailuresInARow) {
            recordFailure(error);
        } else {
            setStarved(error);
            retryLater();
        }
        break;
    }
}

void StreamListener::retryLater()
{
    retry_.start();
    updateWatch();
}

void StreamListener::recordFailure(int error)
{
    owner_.events().write(Event::accept(0, {-1, error}, {}, transport_));
}

void StreamListener::setStarved(int error)
{
    recovered_.stop();
    if (std::exchange(starved_, error) == error)
        return;
    if (error != 0)
        recordFailure(error); // once, not ten times a second
    owner_.acceptStarves(error);
}

} // namespace parley
