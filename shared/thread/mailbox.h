// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QObject>

#include <deque>
#include <functional>
#include <mutex>

namespace parley
{

/// Takes functions from any thread and calls them on the one that this object lives on, later, in the order in which
/// they came. What has not been called when the object is destroyed never is.
///
/// It does what a queued QMetaObject::invokeMethod() does. But there the functions go by a mutex inside Qt, which
/// ThreadSanitizer cannot see; and where it cannot see a hand-over it takes each one for a race.
class Mailbox final : public QObject
{
public:
    using Function = std::function<void()>;

    using QObject::QObject;

    /// Thread-safe.
    void post(Function function);

private:
    void customEvent(QEvent *event) override;

    std::mutex mutex_;
    std::deque<Function> posted_; // guarded by mutex_; an event is on its way for each
};

} // namespace parley
