// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QtGlobal>

#include <ifaddrs.h>
#include <netinet/in.h>
#include <vector>

namespace parley::test
{

/// While this object lives, getifaddrs(3) says in every thread of this process that the computer has 127.0.0.1, and an
/// interface `eth0` with the addresses 10.0.0.1 and so on.
class ManyAddresses
{
public:
    /// @param count of addresses of `eth0`: 1 to 254.
    explicit ManyAddresses(int count);
    ~ManyAddresses();
    Q_DISABLE_COPY_MOVE(ManyAddresses)

private:
    std::vector<sockaddr_in> addresses_;
    std::vector<ifaddrs> list_;
};

} // namespace parley::test
