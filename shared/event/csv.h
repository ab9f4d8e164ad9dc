// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/address.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>

namespace parley
{

/// One record of comma-separated values (RFC 4180): fields are added from left to right. UTF-8.
///
/// A text that begins with = + - @, a tab or a carriage return, also after spaces, gets an apostrophe before it,
/// because a spreadsheet would take it for a formula. Numbers are written as they are.
class CsvRecord
{
public:
    CsvRecord &add(QStringView text);
    CsvRecord &add(qint64 number);
    /// ISO 8601, UTC, with milliseconds; an invalid time is an empty field.
    CsvRecord &add(const QDateTime &time);
    /// Two fields: the address and the port, as far as it has them.
    CsvRecord &add(const Address &address);
    /// A field without a value.
    CsvRecord &addNothing();

    /// The record with its line break (CR LF).
    QByteArray line() const { return line_ + "\r\n"; }

private:
    void separate();

    QByteArray line_;
    bool isFirst_ = true;
};

} // namespace parley
