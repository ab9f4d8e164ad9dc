// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/thread/mailbox.h"

#include <QCoreApplication>
#include <QEvent>

#include <utility>

namespace parley
{

void Mailbox::post(Function function)
{
    {
        const std::lock_guard lock(mutex_);
        posted_.push_back(std::move(function));
    }
    QCoreApplication::postEvent(this, new QEvent(QEvent::User));
}

void Mailbox::customEvent(QEvent *)
{
    Function next;
    {
        const std::lock_guard lock(mutex_);
        next = std::move(posted_.front());
        posted_.pop_front();
    }
    next(); // which may destroy this object
}

} // namespace parley
