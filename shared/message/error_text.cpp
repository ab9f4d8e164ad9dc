// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/error_text.h"

#include <cstring>

namespace parley
{

QByteArray errorName(int error)
{
#if defined(__GLIBC__)
    if (const char *name = ::strerrorname_np(error))
        return QByteArray(name);
#endif
    return QByteArray::number(error);
}

QString errorText(int error)
{
    return QString::fromLocal8Bit(std::strerror(error));
}

} // namespace parley
