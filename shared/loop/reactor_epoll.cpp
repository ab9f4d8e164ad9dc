// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/loop/reactor.h"
#include "shared/message/error_text.h"
#include "shared/socket/socket_calls.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>
#include <QPointer>
#include <QSocketNotifier>
#include <QThread>

#include <cerrno>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <climits>
#include <memory>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace parley
{

namespace
{

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// An engine has a handful of them, so they are searched through. All are precise, as a time-out has to be.
struct Timer
{
    int id;
    milliseconds interval;
    Qt::TimerType type;
    QObject *object;
    Clock::time_point due;
};

epoll_event request(Reactor::Watcher *watcher, Reactor::Interest interest)
{
    using Interest = Reactor::Interest;
    epoll_event event{};
    if (interest == Interest::Read || interest == Interest::ReadWrite)
        event.events |= EPOLLIN;
    if (interest == Interest::Write || interest == Interest::ReadWrite || interest == Interest::WriteHangup)
        event.events |= EPOLLOUT;
    if (interest == Interest::Hangup || interest == Interest::WriteHangup)
        event.events |= EPOLLRDHUP;
    if (interest == Interest::Change)
        event.events |= EPOLLET;
    if (interest == Interest::Edges)
        event.events |= EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = watcher;
    return event;
}

/// One descriptor and its QSocketNotifiers: at most one of each type, and none that is disabled. They share a place in
/// the epoll, which takes a descriptor only once.
struct Notified final : Reactor::Watcher
{
    using Notifiers = std::array<QSocketNotifier *, 3>; // by QSocketNotifier::Type

    void ready(Reactor::Ready ready) override;
    Reactor::Interest interest() const
    {
        using Interest = Reactor::Interest;
        if (notifiers[QSocketNotifier::Read])
            return notifiers[QSocketNotifier::Write] ? Interest::ReadWrite : Interest::Read;
        return notifiers[QSocketNotifier::Write] ? Interest::Write : Interest::None;
    }

    Notifiers notifiers{};
};

/// A slot may remove any notifier, its own too. This object goes with the last of them.
void Notified::ready(Reactor::Ready ready)
{
    const std::array<bool, 3> is{ready.read, ready.write, ready.failed};
    const std::array<QPointer<QSocketNotifier>, 3> all{notifiers[0], notifiers[1], notifiers[2]};
    for (std::size_t type = 0; type < all.size(); ++type) {
        if (is[type] && all[type] && all[type]->isEnabled()) {
            QEvent activation(QEvent::SockAct);
            QCoreApplication::sendEvent(all[type], &activation);
        }
    }
}

milliseconds timeLeft(const Timer &timer)
{
    const auto left = std::chrono::ceil<milliseconds>(timer.due - Clock::now());
    return std::max(left, milliseconds(0));
}

} // namespace

/// The event dispatcher of an I/O thread. Only wakeUp() and interrupt() may be called from another thread.
struct Reactor::Private final : QAbstractEventDispatcher, Reactor::Watcher
{
    Private();

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;
    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;
    void registerTimer(int timerId, qint64 interval, Qt::TimerType type, QObject *object) override;
    bool unregisterTimer(int timerId) override;
    bool unregisterTimers(QObject *object) override;
    QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int timerId) override;
    void wakeUp() override;
    void interrupt() override;

    /// The wake-up came.
    void ready(Ready) override
    {
        eventfd_t ignored = 0;
        ::eventfd_read(wake.get(), &ignored);
        isAwake = false;
    }

    auto find(int id)
    {
        return std::find_if(timers.begin(), timers.end(), [id](const Timer &timer) { return timer.id == id; });
    }

    int timeout() const;
    int dispatchReady(int timeout);
    int dispatchTimers();

    native::Descriptor epoll{::epoll_create1(EPOLL_CLOEXEC)};
    native::Descriptor wake{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    std::atomic<bool> isAwake = false; // a wake-up is on its way: no further one need be written
    std::atomic<bool> isInterrupted = false;
    std::array<epoll_event, 256> events;
    int next = 0; // the part of the batch that is still to be dispatched
    int end = 0;
    std::vector<Timer> timers;
    std::unordered_map<int, std::unique_ptr<Notified>> notified; // by descriptor
    Reactor reactor{*this};
};

/// Until the next timer is due, as epoll_wait(2) takes it.
int Reactor::Private::timeout() const
{
    if (timers.empty())
        return -1;
    const auto due = [](const Timer &one, const Timer &other) { return one.due < other.due; };
    const milliseconds left = timeLeft(*std::min_element(timers.begin(), timers.end(), due));
    return static_cast<int>(std::min<milliseconds::rep>(left.count(), INT_MAX));
}

/// Returns how many watchers were called.
int Reactor::Private::dispatchReady(int timeout)
{
    next = 0;
    end = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), timeout);
    // What was queued before a socket became ready comes before it: a client that connects after a command sees its
    // effect.
    if (isAwake)
        QCoreApplication::sendPostedEvents();
    const int count = end;
    while (next < end) {
        const epoll_event event = events[static_cast<std::size_t>(next++)];
        if (auto *watcher = static_cast<Watcher *>(event.data.ptr)) {
            watcher->ready({(event.events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0,
                            (event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0,
                            (event.events & (EPOLLHUP | EPOLLERR)) != 0,
                            (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0});
        }
    }
    return count;
}

/// Returns how many timers were due. A timer that is set meanwhile gets its turn in the next round.
int Reactor::Private::dispatchTimers()
{
    if (timers.empty())
        return 0;
    const auto now = Clock::now();
    std::vector<std::pair<Clock::time_point, int>> due;
    for (const Timer &timer : timers) {
        if (timer.due <= now)
            due.emplace_back(timer.due, timer.id);
    }
    std::sort(due.begin(), due.end());
    for (const auto &[time, id] : due) {
        const auto it = find(id);
        if (it == timers.end())
            continue;                                    // an earlier timer has stopped it
        it->due = std::max(it->due + it->interval, now); // in step, but no burst after a stall
        QTimerEvent event(id);
        QCoreApplication::sendEvent(it->object, &event);
    }
    return static_cast<int>(due.size());
}

Reactor::Private::Private()
{
    if (!epoll.isOpen() || !wake.isOpen() || reactor.watch(wake.get(), this, Interest::Read) != 0)
        throw std::system_error(errno, std::generic_category(), epoll.isOpen() ? "eventfd" : "epoll_create1");
}

Reactor::Reactor(Private &d) : d_(d) {}

Reactor::~Reactor() = default;

void Reactor::install(QThread &thread)
{
    thread.setEventDispatcher(new Private); // which the thread owns from now on
}

Reactor &Reactor::current()
{
    QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
    Q_ASSERT_X(dynamic_cast<Private *>(dispatcher), "Reactor", "this is no I/O thread");
    return static_cast<Private *>(dispatcher)->reactor;
}

int Reactor::watch(int fd, Watcher *watcher, Interest interest)
{
    epoll_event event = request(watcher, interest);
    return ::epoll_ctl(d_.epoll.get(), EPOLL_CTL_ADD, fd, &event) < 0 ? errno : 0;
}

void Reactor::rewatch(int fd, Watcher *watcher, Interest interest)
{
    epoll_event event = request(watcher, interest);
    ::epoll_ctl(d_.epoll.get(), EPOLL_CTL_MOD, fd, &event); // cannot fail for a watched descriptor
}

void Reactor::unwatch(int fd, Watcher *watcher)
{
    epoll_event ignored{}; // must not be null before Linux 2.6.9
    ::epoll_ctl(d_.epoll.get(), EPOLL_CTL_DEL, fd, &ignored);
    forget(watcher);
}

void Reactor::forget(Watcher *watcher)
{
    for (int i = d_.next; i < d_.end; ++i) {
        if (d_.events[static_cast<std::size_t>(i)].data.ptr == watcher)
            d_.events[static_cast<std::size_t>(i)].data.ptr = nullptr;
    }
}

bool Reactor::Private::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    isInterrupted = false;
    Q_EMIT awake();
    QCoreApplication::sendPostedEvents();
    if (isInterrupted)
        return true;
    // What is posted from now on writes a wake-up, which ends the wait.
    const bool waits = flags.testFlag(QEventLoop::WaitForMoreEvents);
    if (waits)
        Q_EMIT aboutToBlock();
    const int isReady = dispatchReady(waits ? timeout() : 0);
    if (waits)
        Q_EMIT awake();
    return dispatchTimers() + isReady > 0;
}

void Reactor::Private::registerSocketNotifier(QSocketNotifier *notifier)
{
    const int fd = static_cast<int>(notifier->socket());
    std::unique_ptr<Notified> &watcher = notified[fd];
    if (!watcher)
        watcher = std::make_unique<Notified>();
    QSocketNotifier *&place = watcher->notifiers[static_cast<std::size_t>(notifier->type())];
    if (place)
        qWarning("Reactor: descriptor %d has two QSocketNotifiers of one type; the later one is in force", fd);
    const bool isWatched = watcher->notifiers != Notified::Notifiers{};
    place = notifier;
    if (isWatched)
        reactor.rewatch(fd, watcher.get(), watcher->interest());
    else if (const int error = reactor.watch(fd, watcher.get(), watcher->interest()); error != 0) {
        qWarning("Reactor: descriptor %d of a QSocketNotifier cannot be watched: %s", fd,
                 error == EPERM    ? "it is a file or a directory, and not a socket or pipe"
                 : error == EEXIST ? "Reactor::watch() watches it already"
                                   : errorName(error).constData());
        notified.erase(fd);
        notifier->setEnabled(false);
    }
}

void Reactor::Private::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    const int fd = static_cast<int>(notifier->socket());
    const auto found = notified.find(fd);
    if (found == notified.end())
        return;
    Notified::Notifiers &notifiers = found->second->notifiers;
    std::replace(notifiers.begin(), notifiers.end(), notifier, static_cast<QSocketNotifier *>(nullptr));
    if (notifiers != Notified::Notifiers{}) {
        reactor.rewatch(fd, found->second.get(), found->second->interest());
    } else {
        reactor.unwatch(fd, found->second.get());
        notified.erase(found);
    }
}

void Reactor::Private::registerTimer(int timerId, qint64 interval, Qt::TimerType type, QObject *object)
{
    const milliseconds length(interval);
    timers.push_back({timerId, length, type, object, Clock::now() + length});
}

bool Reactor::Private::unregisterTimer(int timerId)
{
    return std::erase_if(timers, [timerId](const Timer &timer) { return timer.id == timerId; }) > 0;
}

bool Reactor::Private::unregisterTimers(QObject *object)
{
    return std::erase_if(timers, [object](const Timer &timer) { return timer.object == object; }) > 0;
}

QList<QAbstractEventDispatcher::TimerInfo> Reactor::Private::registeredTimers(QObject *object) const
{
    QList<TimerInfo> found;
    for (const Timer &timer : timers) {
        if (timer.object == object)
            found.append(TimerInfo(timer.id, static_cast<int>(timer.interval.count()), timer.type));
    }
    return found;
}

int Reactor::Private::remainingTime(int timerId)
{
    const auto it = find(timerId);
    return it == timers.end() ? -1 : static_cast<int>(timeLeft(*it).count());
}

void Reactor::Private::wakeUp()
{
    if (!isAwake.exchange(true))
        ::eventfd_write(wake.get(), 1);
}

void Reactor::Private::interrupt()
{
    isInterrupted = true;
    wakeUp();
}

} // namespace parley
