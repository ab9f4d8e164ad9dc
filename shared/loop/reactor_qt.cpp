// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/loop/reactor.h"

#include <QCoreApplication>
#include <QSocketNotifier>
#include <QThread>
#include <QThreadStorage>
#include <QTimer>

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <memory>
#include <unordered_map>
#include <vector>

namespace parley
{

namespace
{

using Interest = Reactor::Interest;

#ifdef POLLRDHUP // Linux, FreeBSD
constexpr short PeerClosed = POLLRDHUP;
#else
constexpr short PeerClosed = 0;
#endif
constexpr short Failed = POLLERR | POLLHUP;

bool wantsRead(Interest interest)
{
    return interest == Interest::Read || interest == Interest::ReadWrite || interest == Interest::Edges;
}

bool wantsWrite(Interest interest)
{
    return interest == Interest::Write || interest == Interest::ReadWrite || interest == Interest::WriteHangup
           || interest == Interest::Edges;
}

/// Whether no QSocketNotifier tells what the watcher waits for: a notifier that is switched on reports bytes as well.
bool isSurveyed(Interest interest)
{
    return interest == Interest::WriteHangup || (!wantsRead(interest) && !wantsWrite(interest));
}

short events(Interest interest)
{
    int mask = 0;
    if (wantsRead(interest))
        mask |= POLLIN;
    if (wantsWrite(interest))
        mask |= POLLOUT;
    if (interest == Interest::Hangup || interest == Interest::WriteHangup)
        mask |= PeerClosed | (PeerClosed == 0 ? POLLIN : 0);
    if (interest == Interest::Edges)
        mask |= PeerClosed;
    return static_cast<short>(mask);
}

Reactor::Ready readyOf(int happened)
{
    return {(happened & (POLLIN | PeerClosed | Failed)) != 0, (happened & (POLLOUT | Failed)) != 0,
            (happened & Failed) != 0, (happened & (PeerClosed | Failed)) != 0};
}

bool happens(const Reactor::Ready &ready)
{
    return ready.read || ready.write;
}

/// For a system that does not tell the peer's FIN apart from its bytes: the FIN is seen once they are read.
bool isAtEnd(int fd)
{
    char byte = 0;
    return ::recv(fd, &byte, 1, MSG_PEEK) == 0;
}

} // namespace

struct Reactor::Private
{
    /// One descriptor. Its notifiers exist once they are needed, and are enabled while they are.
    struct Watched
    {
        int fd = -1;
        Interest interest = Interest::None;
        std::unique_ptr<QSocketNotifier> read;
        std::unique_ptr<QSocketNotifier> write;
    };

    Private();
    void setInterest(Watcher *watcher, Interest interest);
    void enable(std::unique_ptr<QSocketNotifier> &notifier, QSocketNotifier::Type type, Watcher *watcher, bool enabled);
    void notified(Watcher *watcher);
    void survey();

    std::unordered_map<Watcher *, Watched> watched;
    QTimer surveys; // runs while a descriptor is surveyed
    Reactor reactor{*this};
};

Reactor::Private::Private()
{
    surveys.setInterval(SurveyInterval);
    surveys.setTimerType(Qt::PreciseTimer);
    QObject::connect(&surveys, &QTimer::timeout, &surveys, [this] { survey(); });
}

void Reactor::Private::setInterest(Watcher *watcher, Interest interest)
{
    Watched &it = watched.at(watcher);
    it.interest = interest;
    enable(it.read, QSocketNotifier::Read, watcher, wantsRead(interest));
    enable(it.write, QSocketNotifier::Write, watcher, wantsWrite(interest));
    if (isSurveyed(interest) && !surveys.isActive())
        surveys.start();
}

void Reactor::Private::enable(std::unique_ptr<QSocketNotifier> &notifier, QSocketNotifier::Type type, Watcher *watcher,
                              bool enabled)
{
    if (!notifier && enabled) {
        notifier = std::make_unique<QSocketNotifier>(watched.at(watcher).fd, type);
        QObject::connect(notifier.get(), &QSocketNotifier::activated, notifier.get(),
                         [this, watcher] { notified(watcher); });
    }
    if (notifier)
        notifier->setEnabled(enabled);
}

/// Asks what holds by now, and tells all of it in one call. The queued calls that come first may take the watcher away.
void Reactor::Private::notified(Watcher *watcher)
{
    QCoreApplication::sendPostedEvents();
    const auto found = watched.find(watcher);
    if (found == watched.end())
        return;
    pollfd polled{found->second.fd, events(found->second.interest), 0};
    if (::poll(&polled, 1, 0) <= 0)
        return; // the other notifier has reported it
    const Ready ready = readyOf(polled.revents);
    if (found->second.interest == Interest::Edges && ready.write)
        found->second.write->setEnabled(false); // until rewatch(), or it would report all the time
    if (happens(ready))
        watcher->ready(ready);
}

/// A watcher that is called may remove any watcher.
void Reactor::Private::survey()
{
    std::vector<Watcher *> watchers;
    std::vector<pollfd> polled;
    for (const auto &[watcher, it] : watched) {
        if (isSurveyed(it.interest)) {
            watchers.push_back(watcher);
            polled.push_back({it.fd, events(it.interest), 0});
        }
    }
    if (polled.empty()) {
        surveys.stop();
        return;
    }
    ::poll(polled.data(), polled.size(), 0);
    for (std::size_t i = 0; i < polled.size(); ++i) {
        const short happened = polled[i].revents;
        const bool isBytes = (happened & POLLIN) != 0 && (happened & Failed) == 0;
        if (!happens(readyOf(happened)) || (isBytes && !isAtEnd(polled[i].fd)))
            continue;
        const auto found = watched.find(watchers[i]);
        if (found != watched.end() && found->second.fd == polled[i].fd && isSurveyed(found->second.interest))
            found->first->ready(readyOf(happened));
    }
}

Reactor::Reactor(Private &d) : d_(d) {}

Reactor::~Reactor() = default;

void Reactor::install(QThread &) {} // it has Qt's dispatcher by itself

Reactor &Reactor::current()
{
    static QThreadStorage<Private *> ofThread;
    if (!ofThread.hasLocalData())
        ofThread.setLocalData(new Private);
    return ofThread.localData()->reactor;
}

int Reactor::watch(int fd, Watcher *watcher, Interest interest)
{
    struct stat status;
    if (::fstat(fd, &status) != 0)
        return errno;
    if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
        return EPERM;
    const auto [it, isNew] = d_.watched.try_emplace(watcher);
    if (!isNew)
        return EEXIST;
    it->second.fd = fd;
    d_.setInterest(watcher, interest);
    return 0;
}

void Reactor::rewatch(int, Watcher *watcher, Interest interest)
{
    if (d_.watched.contains(watcher))
        d_.setInterest(watcher, interest);
}

void Reactor::unwatch(int, Watcher *watcher)
{
    forget(watcher);
}

void Reactor::forget(Watcher *watcher)
{
    d_.watched.erase(watcher);
}

} // namespace parley
