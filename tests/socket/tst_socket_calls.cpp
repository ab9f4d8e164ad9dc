// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/socket_calls.h"
#include "tests/support/native_pair.h"
#include "tests/support/portable.h"

#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

using native::Descriptor;

namespace
{

Descriptor newDatagramSocket(const Address &address)
{
    return Descriptor(static_cast<int>(native::socket(Transport::Udp, address.family()).value));
}

/// A UDP socket on a free port that is told where datagrams came to.
struct DatagramSocket
{
    explicit DatagramSocket(const Address &where) : socket(newDatagramSocket(where))
    {
        native::tellLocalAddresses(socket.get());
        if (native::bind(socket.get(), where, Transport::Udp).ok())
            address = native::localAddress(socket.get());
    }
    bool isOpen() const { return !address.isNull(); }
    int fd() const { return socket.get(); }

    Descriptor socket;
    Address address;
};

/// A UDP socket that takes only what comes from @p peer.
Descriptor connectedDatagramSocket(const Address &peer)
{
    Descriptor socket = newDatagramSocket(peer);
    return native::connect(socket.get(), peer).ok() ? std::move(socket) : Descriptor();
}

/// A Unix-domain socket.
Descriptor newUnixSocket()
{
    return Descriptor(static_cast<int>(native::socket(Transport::Unix, {}).value));
}

/// An abstract name that no other program has.
QByteArray abstractName()
{
    static int count = 0;
    return "@parley-tst_socket_calls-" + QByteArray::number(::getpid()) + '-' + QByteArray::number(++count);
}

int option(int fd, int level, int name)
{
    int value = -1;
    socklen_t length = sizeof value;
    return ::getsockopt(fd, level, name, &value, &length) == 0 ? value : -1;
}

native::Result receive(int fd)
{
    std::array<char, 1024> buffer;
    return native::receive(fd, buffer);
}

} // namespace

class TestSocketCalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { std::signal(SIGPIPE, SIG_IGN); } // as in the programs
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void descriptorOwnership();
    void acceptGivesThePeer();
    void acceptWithoutConnection();
    void acceptAfterReset();
    void peerReset();
    void peerFin();
    void sendAfterReset();
    void sendUntilFull();
    void connectRefused();
    void bindTwice();
    void bindAgainAfterClose();
    void bindElsewhere();
    void ipv6Only();
    void dualStack();
    void socketFlags();
    void userTimeout();
    void keepAlive();
    void descriptorLimit();

    void datagrams();
    void answersFromTheAddressAsked_data();
    void answersFromTheAddressAsked();
    void datagramRefused();
    void datagramTooLong();
    void datagramPortIsNotShared();
    void broadcasts();

    void unixFileMode_data();
    void unixFileMode();
    void unixPaths_data();
    void unixPaths();
    void unixPathErrors();
    void unixQueueFull();
    void unixPeerCredentials();
};

void TestSocketCalls::descriptorOwnership()
{
    Descriptor none;
    QVERIFY(!none.isOpen());
    none.close();

    Descriptor first = readable();
    const int fd = first.get();
    Descriptor second(std::move(first));
    QVERIFY(!first.isOpen()); // NOLINT(bugprone-use-after-move): that is the point
    QCOMPARE(second.get(), fd);
    second = readable();
    QVERIFY(second.isOpen());
    second = Descriptor();
    QVERIFY(!second.isOpen());
    QCOMPARE(::fcntl(fd, F_GETFD), -1); // closed, not leaked
}

void TestSocketCalls::acceptGivesThePeer()
{
    const Listener listener(Loopback);
    QVERIFY(listener.isOpen());
    QVERIFY(listener.address.port() != 0);
    const Pair pair(listener);
    QVERIFY(pair.connected);
    QVERIFY(pair.connecting.ok() || pair.connecting.wouldBlock());
    QVERIFY(pair.server.isOpen());
    QCOMPARE(pair.peer.toPython(), native::localAddress(pair.client.get()).toPython());
    QCOMPARE(native::localAddress(pair.server.get()).toPython(), listener.address.toPython());
}

void TestSocketCalls::acceptWithoutConnection()
{
    const Listener listener(Loopback);
    Address peer = Loopback;
    const native::Result accepted = native::accept(listener.socket.get(), peer);
    QVERIFY(accepted.wouldBlock());
    QCOMPARE(accepted.value, -1);
    QVERIFY(peer.isNull());
}

void TestSocketCalls::acceptAfterReset()
{
    const Listener listener(Loopback);
    Descriptor client = newSocket(Loopback);
    native::connect(client.get(), listener.address);
    QVERIFY(waitFor(client.get(), POLLOUT));
    const Address local = native::localAddress(client.get());
    native::resetOnClose(client.get());
    client.close();

    QVERIFY(waitFor(listener.socket.get(), POLLIN));
    Address peer;
    const native::Result accepted = native::accept(listener.socket.get(), peer);
    QVERIFY(accepted.ok()); // Linux gives the connection all the same
    const Descriptor server(static_cast<int>(accepted.value));
    QCOMPARE(peer.toPython(), local.toPython());
    QCOMPARE(receive(server.get()).error, ECONNRESET);
}

void TestSocketCalls::peerReset()
{
    const Listener listener(Loopback);
    Pair pair(listener);
    QVERIFY(pair.connected);
    native::resetOnClose(pair.server.get());
    pair.server.close();
    QVERIFY(waitFor(pair.client.get(), POLLIN));
    const native::Result received = receive(pair.client.get());
    QCOMPARE(received.value, -1);
    QCOMPARE(received.error, ECONNRESET);
    QVERIFY(!received.wouldBlock());
}

void TestSocketCalls::peerFin()
{
    const Listener listener(Loopback);
    const Pair pair(listener);
    QVERIFY(pair.connected);
    QVERIFY(receive(pair.client.get()).wouldBlock());
    QCOMPARE(native::send(pair.server.get(), "Hello World!").value, 12);
    QVERIFY(native::shutdownSending(pair.server.get()).ok());

    QVERIFY(waitFor(pair.client.get(), POLLRDHUP));
    std::array<char, 1024> buffer;
    const native::Result received = native::receive(pair.client.get(), buffer);
    QCOMPARE(QByteArray(buffer.data(), received.value), "Hello World!"_ba);
    const native::Result end = receive(pair.client.get());
    QVERIFY(end.ok());
    QCOMPARE(end.value, 0);

    QCOMPARE(native::send(pair.client.get(), "still open").value, 10); // the other way
    QVERIFY(waitFor(pair.server.get(), POLLIN));
    QCOMPARE(receive(pair.server.get()).value, 10);
    QCOMPARE(native::send(pair.server.get(), "x").error, EPIPE);
}

void TestSocketCalls::sendAfterReset()
{
    const auto previous = std::signal(SIGPIPE, SIG_DFL); // a signal would end this program
    const Listener listener(Loopback);
    Pair pair(listener);
    QVERIFY(pair.connected);
    native::resetOnClose(pair.server.get());
    pair.server.close();
    QVERIFY(waitFor(pair.client.get(), POLLHUP));
    QCOMPARE(native::send(pair.client.get(), "x").error, ECONNRESET); // the socket's error, once
    QCOMPARE(native::send(pair.client.get(), "x").error, EPIPE);
    std::signal(SIGPIPE, previous);
}

void TestSocketCalls::sendUntilFull()
{
    const Listener listener(Loopback);
    const Pair pair(listener);
    QVERIFY(pair.connected);
    const QByteArray bytes(1024 * 1024, 'x');
    qint64 sent = 0;
    native::Result result;
    for (int i = 0; i < 1000 && (i == 0 || result.ok()); ++i) {
        result = native::send(pair.client.get(), bytes);
        sent += qMax(result.value, 0);
    }
    QVERIFY(result.wouldBlock());
    QVERIFY(sent > 0);
}

void TestSocketCalls::connectRefused()
{
    const Descriptor reserved = newSocket(Loopback); // bound and not listening: nobody else gets the port
    QVERIFY(native::bind(reserved.get(), Loopback, Transport::Tcp).ok());
    const Descriptor client = newSocket(Loopback);
    const native::Result connecting = native::connect(client.get(), native::localAddress(reserved.get()));
    QVERIFY(connecting.wouldBlock() || connecting.error == ECONNREFUSED);
    QVERIFY(waitFor(client.get(), POLLOUT));
    const int error = native::pendingError(client.get());
    QCOMPARE(connecting.wouldBlock() ? error : connecting.error, ECONNREFUSED);
}

void TestSocketCalls::bindTwice()
{
    const Listener listener(Loopback);
    QVERIFY(listener.isOpen());
    const Descriptor second = newSocket(Loopback);
    const native::Result bound = native::bind(second.get(), listener.address, Transport::Tcp);
    QCOMPARE(bound.value, -1);
    QCOMPARE(bound.error, EADDRINUSE);
}

/// A server that closed its connections first can start again on its port at once.
void TestSocketCalls::bindAgainAfterClose()
{
    Address address;
    {
        const Listener listener(Loopback);
        address = listener.address;
        Pair pair(listener);
        QVERIFY(pair.connected);
        pair.server.close();
        QVERIFY(waitFor(pair.client.get(), POLLIN)); // and so the server's end stays in TIME_WAIT
    }
    QVERIFY(Listener(address).isOpen());
}

void TestSocketCalls::bindElsewhere()
{
    const Descriptor socket = newSocket(Loopback);
    const Address documentation = Address::parseIPv4("192.0.2.1"); // RFC 5737: nobody's
    QCOMPARE(native::bind(socket.get(), documentation, Transport::Tcp).error, EADDRNOTAVAIL);
}

void TestSocketCalls::ipv6Only()
{
    const Listener listener(Address::parseIPv6("::1"));
    if (!listener.isOpen())
        QSKIP("no IPv6 on this computer");
    QCOMPARE(option(listener.socket.get(), IPPROTO_IPV6, IPV6_V6ONLY), 1);
    const Pair pair(listener);
    QVERIFY(pair.connected);
    QCOMPARE(pair.peer.toPython(), native::localAddress(pair.client.get()).toPython());
    QCOMPARE(pair.peer.host(), "::1"_ba);
}

void TestSocketCalls::dualStack()
{
    const Listener listener(Address::any(0));
    if (!listener.isOpen())
        QSKIP("no IPv6 on this computer");
    QCOMPARE(option(listener.socket.get(), IPPROTO_IPV6, IPV6_V6ONLY), 0);
    const Pair v4(listener, Loopback.withPort(listener.address.port()));
    QVERIFY(v4.connected);
    QVERIFY(v4.peer.family() == Address::Family::IPv4);
    QCOMPARE(v4.peer.toPython(), native::localAddress(v4.client.get()).toPython());
    QCOMPARE(native::localAddress(v4.server.get()).host(), "127.0.0.1"_ba);

    if (!Listener(Address::parseIPv6("::1")).isOpen())
        return; // IPv6 is there, but has no address
    const Pair v6(listener, Address::parseIPv6("::1", listener.address.port()));
    QVERIFY(v6.connected);
    QCOMPARE(v6.peer.toPython(), native::localAddress(v6.client.get()).toPython());
}

void TestSocketCalls::socketFlags()
{
    const Listener listener(Loopback);
    const Pair pair(listener);
    QVERIFY(pair.connected);
    for (const int fd : {listener.socket.get(), pair.client.get(), pair.server.get()}) {
        QVERIFY(::fcntl(fd, F_GETFL) & O_NONBLOCK);
        QVERIFY(::fcntl(fd, F_GETFD) & FD_CLOEXEC);
    }
}

void TestSocketCalls::userTimeout()
{
    const Listener listener(Loopback);
    native::setUserTimeout(listener.socket.get(), 12'345);
    QCOMPARE(option(listener.socket.get(), IPPROTO_TCP, TCP_USER_TIMEOUT), 12'345);
    const Pair pair(listener);
    QVERIFY(pair.connected);
    QCOMPARE(option(pair.server.get(), IPPROTO_TCP, TCP_USER_TIMEOUT), 12'345);
}

void TestSocketCalls::keepAlive()
{
    const Listener listener(Loopback);
    native::setKeepAlive(listener.socket.get(), {std::chrono::seconds(77), 5});
    const Pair pair(listener);
    QVERIFY(pair.connected);
    const int fd = pair.server.get(); // it inherits them
    QCOMPARE(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
    QCOMPARE(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 77);
    QCOMPARE(option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 77);
    QCOMPARE(option(fd, IPPROTO_TCP, TCP_KEEPCNT), 5);
    native::setKeepAlive(fd, {});
    QCOMPARE(option(fd, SOL_SOCKET, SO_KEEPALIVE), 0);
}

void TestSocketCalls::descriptorLimit()
{
    rlimit before{};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit lowered{qMin(rlim_t{256}, before.rlim_max), before.rlim_max};
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &lowered), 0);
    const int limit = native::raiseDescriptorLimit();
    rlimit after{};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &after), 0);
    ::setrlimit(RLIMIT_NOFILE, &before);
    QCOMPARE(after.rlim_cur, before.rlim_max);
    QCOMPARE(after.rlim_max, before.rlim_max);
    QCOMPARE(static_cast<rlim_t>(limit), qMin(rlim_t{1'000'000}, before.rlim_max));
}

void TestSocketCalls::datagrams()
{
    const DatagramSocket server(Loopback);
    QVERIFY(server.isOpen());
    std::array<char, 10> buffer;
    native::DatagramPath path{Loopback, Loopback};
    QVERIFY(native::receiveFrom(server.fd(), buffer, path).wouldBlock());
    QVERIFY(path.peer.isNull() && path.local.isNull());

    const Descriptor client = connectedDatagramSocket(server.address);
    const QByteArray greeting = "Hello World!"_ba;
    for (const QByteArray &datagram : {greeting, ""_ba, "Hello"_ba})
        QCOMPARE(native::send(client.get(), datagram).value, datagram.size());
    const auto received = [&] {
        const native::Result result = native::receiveFrom(server.fd(), buffer, path);
        const qint64 kept = std::min<qint64>(result.value, buffer.size());
        return std::pair(result.value, QByteArray(buffer.data(), std::max<qint64>(kept, 0)));
    };
    QVERIFY(waitFor(server.fd(), POLLIN));
    const qint64 told = IsPortable ? std::ssize(buffer) + 1 : greeting.size();
    QVERIFY(received() == std::pair(told, "Hello Worl"_ba)); // the true length; the rest is gone
    QCOMPARE(path.peer.toPython(), native::localAddress(client.get()).toPython());
    QVERIFY(waitFor(server.fd(), POLLIN));
    QVERIFY(received() == std::pair(qint64(0), ""_ba)); // an empty one is one of its own
    QCOMPARE(path.peer.toPython(), native::localAddress(client.get()).toPython());
    QVERIFY(waitFor(server.fd(), POLLIN));
    QVERIFY(received() == std::pair(qint64(5), "Hello"_ba));
    QVERIFY(native::receiveFrom(server.fd(), buffer, path).wouldBlock());

    for (const int fd : {server.fd(), client.get()}) {
        QVERIFY(::fcntl(fd, F_GETFL) & O_NONBLOCK);
        QVERIFY(::fcntl(fd, F_GETFD) & FD_CLOEXEC);
    }
}

void TestSocketCalls::answersFromTheAddressAsked_data()
{
    QTest::addColumn<Address>("bound");
    QTest::addColumn<Address>("asked");
    const Address second = Address::parseIPv4("127.0.0.2");
    QTest::newRow("one address") << Loopback << Loopback;
    QTest::newRow("every IPv4 interface") << Address::ipv4(INADDR_ANY, 0) << second;
    QTest::newRow("dual stack, by IPv4") << Address::any(0) << second;
    QTest::newRow("IPv6") << Address::parseIPv6("::1") << Address::parseIPv6("::1");
    QTest::newRow("dual stack, by IPv6") << Address::any(0) << Address::parseIPv6("::1");
}

/// A connected UDP socket takes an answer only from the very address that it asked.
void TestSocketCalls::answersFromTheAddressAsked()
{
    QFETCH(Address, bound);
    QFETCH(Address, asked);
    const DatagramSocket server(bound);
    const Descriptor client = connectedDatagramSocket(asked.withPort(server.address.port()));
    if (!server.isOpen() || !client.isOpen())
        QSKIP("no such address on this computer");
    QVERIFY(native::send(client.get(), "?").ok());
    QVERIFY(waitFor(server.fd(), POLLIN));
    std::array<char, 100> buffer;
    native::DatagramPath path;
    QCOMPARE(native::receiveFrom(server.fd(), buffer, path).value, 1);
    QCOMPARE(path.peer.toPython(), native::localAddress(client.get()).toPython());
    if (IsPortable) {
        QVERIFY(path.local.isNull());
        if (asked.host() == "127.0.0.2")
            QSKIP("The system answers from 127.0.0.1.");
    } else {
        QCOMPARE(path.local.withPort(0).host().split('%').first(), asked.host());
    }

    const bool dualStack = bound == Address::any(0);
    const auto form = dualStack ? Address::Form::Mapped : Address::Form::Plain;
    QCOMPARE(native::sendTo(server.fd(), "Hello", path, form).value, 5);
    QVERIFY(waitFor(client.get(), POLLIN));
    QCOMPARE(native::receive(client.get(), buffer).value, 5);
}

void TestSocketCalls::datagramRefused()
{
    const DatagramSocket reserved(Loopback);
    QVERIFY(native::connect(reserved.fd(), reserved.address).ok()); // it takes its own datagrams only
    const Descriptor client = connectedDatagramSocket(reserved.address);
    QVERIFY(native::send(client.get(), "?").ok()); // nobody can know yet
    QVERIFY(waitFor(client.get(), POLLIN));
    std::array<char, 10> buffer;
    native::DatagramPath path{Loopback, Loopback};
    QCOMPARE(native::receiveFrom(client.get(), buffer, path).error, ECONNREFUSED);
    QVERIFY(path.peer.isNull());
}

void TestSocketCalls::datagramTooLong()
{
    const DatagramSocket server(Loopback);
    const Descriptor client = connectedDatagramSocket(server.address);
    QCOMPARE(native::send(client.get(), QByteArray(native::MaxDatagram + 1, 'x')).error, EMSGSIZE);
    QCOMPARE(native::send(client.get(), QByteArray(native::MaxDatagram, 'x')).value, native::MaxDatagram);
    QVERIFY(waitFor(server.fd(), POLLIN));
    std::array<char, 10> buffer;
    native::DatagramPath path;
    QCOMPARE(native::receiveFrom(server.fd(), buffer, path).value,
             IsPortable ? std::ssize(buffer) + 1 : native::MaxDatagram);
}

/// With SO_REUSEADDR two programs would share the port, and one of them get all the datagrams (ip(7)).
void TestSocketCalls::datagramPortIsNotShared()
{
    const DatagramSocket first(Loopback);
    const Descriptor second = newDatagramSocket(Loopback);
    QCOMPARE(native::bind(second.get(), first.address, Transport::Udp).error, EADDRINUSE);
}

/// On the loopback interface, whose broadcast address is 127.255.255.255.
void TestSocketCalls::broadcasts()
{
    const DatagramSocket server(Address::ipv4(INADDR_ANY, 0));
    const Descriptor client = newDatagramSocket(Loopback);
    const Address everyone = Address::parseIPv4("127.255.255.255", server.address.port());
    QCOMPARE(native::sendTo(client.get(), "?", {everyone, {}}).error, EACCES);
    QCOMPARE(option(client.get(), SOL_SOCKET, SO_BROADCAST), 0);
    QVERIFY(native::setOption(client.get(), SOL_SOCKET, SO_BROADCAST, 1).ok());
    QCOMPARE(option(client.get(), SOL_SOCKET, SO_BROADCAST), 1);
    QCOMPARE(native::sendTo(client.get(), "?", {everyone, {}}).value, 1);
    QVERIFY(waitFor(server.fd(), POLLIN));
    std::array<char, 10> buffer;
    native::DatagramPath path;
    QCOMPARE(native::receiveFrom(server.fd(), buffer, path).value, 1);
    if (!IsPortable)
        QCOMPARE(path.local.host(), "127.0.0.1"_ba); // one to answer from, not the one of everybody
    QCOMPARE(native::sendTo(server.fd(), "Hello", path).value, 5);
    QVERIFY(waitFor(client.get(), POLLIN));
    QCOMPARE(native::receiveFrom(client.get(), buffer, path).value, 5);
    QCOMPARE(path.peer.toPython(), Loopback.withPort(server.address.port()).toPython());
}

void TestSocketCalls::unixFileMode_data()
{
    QTest::addColumn<mode_t>("mask");
    QTest::addColumn<unsigned>("mode");
    QTest::addColumn<mode_t>("made");
    QTest::newRow("this user") << mode_t{022} << 0600U << mode_t{0600};
    QTest::newRow("this user, whatever the umask") << mode_t{0} << 0600U << mode_t{0600};
    QTest::newRow("a group") << mode_t{0} << 0660U << mode_t{0660};
    QTest::newRow("a group, whatever the umask") << mode_t{022} << 0660U << mode_t{0660};
    QTest::newRow("everyone") << mode_t{0} << 0666U << mode_t{0666};
}

void TestSocketCalls::unixFileMode()
{
    QFETCH(mode_t, mask);
    QFETCH(unsigned, mode);
    QFETCH(mode_t, made);
    const QTemporaryDir folder;
    const QByteArray path = QFile::encodeName(folder.filePath(u"socket"_s));
    const Descriptor server = newUnixSocket();
    const mode_t before = ::umask(mask);
    const native::Result bound = native::bindUnix(server.get(), path, mode);
    ::umask(before);
    QCOMPARE(bound.error, 0);
    struct stat file = {};
    QCOMPARE(::lstat(path.constData(), &file), 0);
    QVERIFY(S_ISSOCK(file.st_mode));
    QCOMPARE(file.st_mode & 07777, made);
}

void TestSocketCalls::unixPaths_data()
{
    QTest::addColumn<QByteArray>("name"); // of the socket in a new folder; abstract with @
    QTest::newRow("file") << "socket"_ba;
    QTest::newRow("not ASCII") << u"Grüße-🌍"_s.toUtf8();
    QTest::newRow("longest file") << ""_ba; // filled up
    QTest::newRow("abstract") << abstractName();
    QTest::newRow("longest abstract") << abstractName().leftJustified(MaxUnixPath, 'a');
}

void TestSocketCalls::unixPaths()
{
    QFETCH(QByteArray, name);
    const QTemporaryDir folder;
    QByteArray path = name;
    if (!name.startsWith('@'))
        path = QFile::encodeName(folder.path()) + '/' + name;
    if (name.isEmpty())
        path = path.leftJustified(MaxUnixPath, 'a');
    QVERIFY(path.size() <= MaxUnixPath);
    const Descriptor server = newUnixSocket();
    QCOMPARE(native::bindUnix(server.get(), path, 0600).error, 0);
    QVERIFY(native::listen(server.get(), 1).ok());
    QCOMPARE(QFileInfo::exists(QFile::decodeName(path)), !name.startsWith('@'));

    const Descriptor client = newUnixSocket();
    QCOMPARE(native::connectUnix(client.get(), path).error, 0);
    Address peer = Loopback;
    const Descriptor accepted(static_cast<int>(native::accept(server.get(), peer).value));
    QVERIFY(accepted.isOpen());
    QVERIFY(peer.isNull()); // it has no address
    QVERIFY(native::localAddress(server.get()).isNull());
    QVERIFY(native::send(accepted.get(), "Hello").ok());
    QCOMPARE(receive(client.get()).value, 5);

    const Descriptor second = newUnixSocket();
    QCOMPARE(native::bindUnix(second.get(), path, 0600).error, EADDRINUSE);
    const Descriptor elsewhere = newUnixSocket(); // a name is compared in its whole length
    QVERIFY(!native::connectUnix(elsewhere.get(), path.chopped(1)).ok());
}

void TestSocketCalls::unixPathErrors()
{
    const QTemporaryDir folder;
    const QByteArray path = QFile::encodeName(folder.filePath(u"socket"_s));
    const Descriptor client = newUnixSocket();
    QCOMPARE(native::connectUnix(client.get(), path).error, ENOENT);
    QCOMPARE(native::connectUnix(client.get(), abstractName()).error, ECONNREFUSED);
    const Descriptor server = newUnixSocket();
    QCOMPARE(native::bindUnix(server.get(), path + "/below", 0600).error, ENOENT);
    QCOMPARE(native::bindUnix(server.get(), QFile::encodeName(folder.path()), 0600).error, EADDRINUSE);
    QCOMPARE(native::bindUnix(server.get(), path, 0600).error, 0);
    QCOMPARE(native::connectUnix(client.get(), path).error, ECONNREFUSED); // bound, and not listening
}

void TestSocketCalls::unixQueueFull()
{
    const QByteArray path = abstractName();
    const Descriptor server = newUnixSocket();
    QVERIFY(native::bindUnix(server.get(), path, 0600).ok());
    QVERIFY(native::listen(server.get(), 0).ok());
    const Descriptor first = newUnixSocket();
    QVERIFY(native::connectUnix(first.get(), path).ok());
    const Descriptor second = newUnixSocket();
    QVERIFY(native::connectUnix(second.get(), path).wouldBlock());
    Address peer;
    const Descriptor accepted(static_cast<int>(native::accept(server.get(), peer).value));
    QVERIFY(native::connectUnix(second.get(), path).ok());
}

void TestSocketCalls::unixPeerCredentials()
{
    const QByteArray path = abstractName();
    const Descriptor server = newUnixSocket();
    QVERIFY(native::bindUnix(server.get(), path, 0600).ok());
    QVERIFY(native::listen(server.get(), 1).ok());
    const Descriptor client = newUnixSocket();
    QVERIFY(native::connectUnix(client.get(), path).ok());
    Address peer;
    const Descriptor accepted(static_cast<int>(native::accept(server.get(), peer).value));
    const Address self = IsPortable ? Address::unknownUnixPeer() : Address::unixPeer(::getpid(), ::geteuid());
    QCOMPARE(native::peerCredentials(accepted.get()).toPython(), self.toPython());
    QCOMPARE(native::peerCredentials(client.get()).toPython(), self.toPython()); // who listens
    QCOMPARE(native::peerCredentials(-1), Address::unknownUnixPeer());
}

QTEST_GUILESS_MAIN(TestSocketCalls)
#include "tst_socket_calls.moc"
