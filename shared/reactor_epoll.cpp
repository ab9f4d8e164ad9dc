// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/native_socket.h"
#include "shared/reactor.h"

#include <QCoreApplication>

#include <cerrno>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <climits>
#include <system_error>
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
    if (interest == Interest::Write || interest == Interest::ReadWrite)
        event.events |= EPOLLOUT;
    if (interest == Interest::Hangup)
        event.events |= EPOLLRDHUP;
    if (interest == Interest::Change)
        event.events |= EPOLLET;
    if (interest == Interest::Edges)
        event.events |= EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = watcher;
    return event;
}

milliseconds timeLeft(const Timer &timer)
{
    const auto left = std::chrono::ceil<milliseconds>(timer.due - Clock::now());
    return std::max(left, milliseconds(0));
}

} // namespace

struct Reactor::Private final : Reactor::Watcher
{
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
    std::atomic<bool> isAwake = false; // a wake-up is on its way, so that none need be written
    std::atomic<bool> isInterrupted = false;
    std::array<epoll_event, 256> events;
    int next = 0; // the part of the batch that is still to be dispatched
    int end = 0;
    std::vector<Timer> timers;
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

/// Returns how many watchers there was something for.
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

/// Returns how many were due. A timer that is set meanwhile gets its turn in the next round.
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
            continue;                                    // stopped by one before it
        it->due = std::max(it->due + it->interval, now); // in step, but no burst after a stall
        QTimerEvent event(id);
        QCoreApplication::sendEvent(it->object, &event);
    }
    return static_cast<int>(due.size());
}

Reactor::Reactor() : d_(std::make_unique<Private>())
{
    if (!d_->epoll.isOpen() || !d_->wake.isOpen() || watch(d_->wake.get(), d_.get(), Interest::Read) != 0)
        throw std::system_error(errno, std::generic_category(), d_->epoll.isOpen() ? "eventfd" : "epoll_create1");
}

Reactor::~Reactor() = default;

Reactor &Reactor::current()
{
    QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
    Q_ASSERT_X(dynamic_cast<Reactor *>(dispatcher), "Reactor", "this is no I/O thread");
    return *static_cast<Reactor *>(dispatcher);
}

int Reactor::watch(int fd, Watcher *watcher, Interest interest)
{
    epoll_event event = request(watcher, interest);
    return ::epoll_ctl(d_->epoll.get(), EPOLL_CTL_ADD, fd, &event) < 0 ? errno : 0;
}

void Reactor::rewatch(int fd, Watcher *watcher, Interest interest)
{
    epoll_event event = request(watcher, interest);
    ::epoll_ctl(d_->epoll.get(), EPOLL_CTL_MOD, fd, &event); // cannot fail for a watched descriptor
}

void Reactor::unwatch(int fd, Watcher *watcher)
{
    epoll_event ignored{}; // must not be null before Linux 2.6.9
    ::epoll_ctl(d_->epoll.get(), EPOLL_CTL_DEL, fd, &ignored);
    forget(watcher);
}

void Reactor::forget(Watcher *watcher)
{
    for (int i = d_->next; i < d_->end; ++i) {
        if (d_->events[static_cast<std::size_t>(i)].data.ptr == watcher)
            d_->events[static_cast<std::size_t>(i)].data.ptr = nullptr;
    }
}

bool Reactor::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    d_->isInterrupted = false;
    Q_EMIT awake();
    QCoreApplication::sendPostedEvents();
    if (d_->isInterrupted)
        return true;
    // What is posted from now on writes a wake-up, which ends the wait.
    const bool waits = flags.testFlag(QEventLoop::WaitForMoreEvents);
    if (waits)
        Q_EMIT aboutToBlock();
    const int ready = d_->dispatchReady(waits ? d_->timeout() : 0);
    if (waits)
        Q_EMIT awake();
    return d_->dispatchTimers() + ready > 0;
}

void Reactor::registerSocketNotifier(QSocketNotifier *)
{
    qFatal("Reactor: sockets of an I/O thread are watched by Reactor::watch()");
}

void Reactor::unregisterSocketNotifier(QSocketNotifier *) {}

void Reactor::registerTimer(int timerId, qint64 interval, Qt::TimerType type, QObject *object)
{
    const milliseconds length(interval);
    d_->timers.push_back({timerId, length, type, object, Clock::now() + length});
}

bool Reactor::unregisterTimer(int timerId)
{
    return std::erase_if(d_->timers, [timerId](const Timer &timer) { return timer.id == timerId; }) > 0;
}

bool Reactor::unregisterTimers(QObject *object)
{
    return std::erase_if(d_->timers, [object](const Timer &timer) { return timer.object == object; }) > 0;
}

QList<QAbstractEventDispatcher::TimerInfo> Reactor::registeredTimers(QObject *object) const
{
    QList<TimerInfo> found;
    for (const Timer &timer : d_->timers) {
        if (timer.object == object)
            found.append(TimerInfo(timer.id, static_cast<int>(timer.interval.count()), timer.type));
    }
    return found;
}

int Reactor::remainingTime(int timerId)
{
    const auto it = d_->find(timerId);
    return it == d_->timers.end() ? -1 : static_cast<int>(timeLeft(*it).count());
}

void Reactor::wakeUp()
{
    if (!d_->isAwake.exchange(true))
        ::eventfd_write(d_->wake.get(), 1);
}

void Reactor::interrupt()
{
    d_->isInterrupted = true;
    wakeUp();
}

} // namespace parley
