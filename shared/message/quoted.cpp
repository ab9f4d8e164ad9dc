// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/quoted.h"

#include "shared/message/message.h"

namespace parley
{

QString quoted(const QString &value)
{
    constexpr qsizetype most = 80;
    if (value.size() <= most)
        return u'“' + displaySafe(value, LineBreaks::Escape) + u'”';
    const bool cutsPair = value.at(most).isLowSurrogate();
    return u'“' + displaySafe(value.first(cutsPair ? most - 1 : most), LineBreaks::Escape) + u'…' + u'”';
}

} // namespace parley
