// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/address.h"
#include "shared/address/transport.h"
#include "shared/message/call_result.h"

#include <QByteArray>
#include <QString>

#include <span>
#include <utility>

/// Thin wrappers of the system's socket calls (sockets(7)). A function makes the call that it is named after, with the
/// options that go with it, and returns the result and errno. Sockets are non-blocking and closed on exec, and no call
/// raises SIGPIPE. How QTcpServer and QTcpSocket are built on these calls: docs/decisions.md, "Sockets".
namespace parley::native
{

/// Owns a file descriptor; closes it when destroyed.
class Descriptor
{
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor &&other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor &operator=(Descriptor &&other) noexcept
    {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor() { close(); }
    Q_DISABLE_COPY(Descriptor)

    int get() const { return fd_; }
    bool isOpen() const { return fd_ >= 0; }
    void close();
    /// Hands the descriptor to another owner.
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_ = -1;
};

using Result = CallResult;

/// A socket of the transport; for Unix, @p family does not matter. Errors as socket(2): EMFILE, ENFILE; EAFNOSUPPORT:
/// the system does not have the family.
Result socket(Transport transport, Address::Family family);

/// Binds a socket that peers connect or send to. A TCP socket gets SO_REUSEADDR, so that a server can start again on
/// the port at once. (A UDP socket would then share the port with another program's; ip(7).) An IPv6 socket gets
/// IPV6_V6ONLY for any address but `::`, so that only the named address is served.
Result bind(int fd, const Address &address, Transport transport);
Result listen(int fd, int backlog);

/// Binds to a path, or to a Linux abstract name where it starts with `@`. The file gets @p mode, whatever the umask.
/// EADDRINUSE: the path is taken, or somebody has replaced the file meanwhile; the other file stays.
Result bindUnix(int fd, const QByteArray &path, unsigned mode);
Result connectUnix(int fd, const QByteArray &path);
/// Why no socket can be met or made at @p path, in place of the errno of connect(2) or bind(2), which does not tell: a
/// regular file is there (ENOTSOCK), a folder (EISDIR), or something else but a socket (ENXIO). 0 where that is not
/// why.
/// @param followsLinks as connect(2) does, and bind(2) does not.
int notSocketError(const QByteArray &path, bool followsLinks);
/// The process that connected, as the system vouches for it (SO_PEERCRED); Address::unknownUnixPeer() in
/// a portable build, and where the system does not tell.
Address peerCredentials(int fd);

/// accept4(2), or accept(2) in a portable build; not retried when interrupted. @p peer comes from the call itself:
/// getpeername(2) knows no address once the peer has reset.
Result accept(int fd, Address &peer);

/// Gives a socket its own address before it connects. With port 0, connect() chooses the port, and can use a port again
/// for another peer (IP_BIND_ADDRESS_NO_PORT, ip(7)); any other port can be used while connections from it linger
/// (SO_REUSEADDR). EADDRNOTAVAIL: this computer does not have the address. EADDRINUSE: another socket has the port.
Result bindSource(int fd, const Address &source);
/// EADDRNOTAVAIL: no ephemeral port is free for this peer (ip(7), ip_local_port_range).
Result connect(int fd, const Address &address);
/// Fetches and clears SO_ERROR; 0 for none.
int pendingError(int fd);
/// How a connect under way ended; 0 for connected. A peer that has sent and reset already counts as connected: its
/// bytes can be read, and the reset comes after them. (Asking for SO_ERROR would drop the reset.)
int connectError(int fd);
/// getsockname(2); null if it fails.
Address localAddress(int fd);

/// getpeername(2); @p peer is null for a Unix socket.
Result peerAddress(int fd, Address &peer);
/// fcntl(2) with O_NONBLOCK, for a socket that was made elsewhere.
Result setNonBlocking(int fd);
/// An option whose value is an int: getsockopt(2) and setsockopt(2). The options that the functions here set only
/// improve on a default: a system that refuses them still serves.
Result option(int fd, int level, int name);
Result setOption(int fd, int level, int name, int value);

Result send(int fd, QByteArrayView bytes);
/// recv(2); a value of 0 is the peer's FIN.
Result receive(int fd, std::span<char> buffer);
Result shutdownSending(int fd);

/// The longest payload of a UDP datagram over IPv4 (bytes).
inline constexpr qint64 MaxDatagram = 65'507;
/// Where a datagram came from, and which of this computer's addresses it came to. The answer leaves from there.
struct DatagramPath
{
    Address peer;
    Address local; ///< null where the system does not tell
};
/// Lets receiveFrom() tell DatagramPath::local (IP_PKTINFO, IPV6_PKTINFO; ip(7), ipv6(7)). A portable build does
/// without.
void tellLocalAddresses(int fd);
/// recvmsg(2). The value is the datagram's true length: more than the buffer's size where it was cut. (A portable
/// build does not know the true length and returns the buffer's size plus one.)
Result receiveFrom(int fd, std::span<char> buffer, DatagramPath &path);
/// sendmsg(2). @p form: Mapped on a dual-stack socket.
Result sendTo(int fd, QByteArrayView bytes, const DatagramPath &path, Address::Form form = Address::Form::Plain);

/// Makes the close that follows send RST rather than FIN, and drop what is still unsent (SO_LINGER 0).
void resetOnClose(int fd);
/// Unacknowledged data older than @p milliseconds ends the connection (TCP_USER_TIMEOUT, RFC 5482). Accepted
/// sockets inherit the option from the listening one. Nothing happens on a system that lacks it.
void setUserTimeout(int fd, int milliseconds);

/// SO_KEEPALIVE, and its times where the system has options for them. Accepted sockets inherit all of it.
void setKeepAlive(int fd, const KeepAlive &keepAlive);

/// send() takes no more than about @p bytes that the peer has no room for yet (TCP_NOTSENT_LOWAT, tcp(7)). Without
/// the option, each peer that does not read costs megabytes of the system's memory. Accepted sockets inherit it.
void setUnsentLimit(int fd, int bytes);

/// Raises RLIMIT_NOFILE to its hard limit and returns the limit that holds now.
int raiseDescriptorLimit();
/// How many descriptors the process may have (RLIMIT_NOFILE), and how many of them are in use.
struct DescriptorUse
{
    int used;
    int limit;
};
DescriptorUse descriptorUse();

} // namespace parley::native
