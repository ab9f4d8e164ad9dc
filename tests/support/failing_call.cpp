// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/failing_call.h"

#include <array>
#include <atomic>
#include <cerrno>

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace
{

std::array<std::atomic<int>, 2> errors{}; // by FailingCall::Name; 0: it is called

/// Whether the call is to fail; errno is then set.
bool fails(parley::test::FailingCall::Name name)
{
    const int error = errors[static_cast<std::size_t>(name)];
    if (error != 0)
        errno = error;
    return error != 0;
}

} // namespace

// In place of the C library's.

extern "C" int socket(int domain, int type, int protocol) noexcept
{
    if (fails(parley::test::FailingCall::Name::Socket))
        return -1;
    return static_cast<int>(::syscall(SYS_socket, domain, type, protocol));
}

extern "C" int accept4(int fd, sockaddr *address, socklen_t *length, int flags)
{
    if (fails(parley::test::FailingCall::Name::Accept4))
        return -1;
    return static_cast<int>(::syscall(SYS_accept4, fd, address, length, flags));
}

/// What a portable build calls.
extern "C" int accept(int fd, sockaddr *address, socklen_t *length)
{
    return accept4(fd, address, length, 0);
}

namespace parley::test
{

FailingCall::FailingCall(Name name, int error) : name_(name)
{
    errors[static_cast<std::size_t>(name_)] = error;
}

FailingCall::~FailingCall()
{
    errors[static_cast<std::size_t>(name_)] = 0;
}

} // namespace parley::test
