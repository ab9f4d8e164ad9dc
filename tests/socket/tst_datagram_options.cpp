// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/datagram_options.h"
#include "tests/support/portable.h"
#include "tests/support/process_state.h"

#include <QRegularExpression>
#include <QTest>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;
using native::DatagramOption;
using native::Descriptor;

Q_DECLARE_METATYPE(parley::native::DatagramOption)

namespace
{

constexpr Address::Family V4 = Address::Family::IPv4;
constexpr Address::Family V6 = Address::Family::IPv6;

Descriptor newSocket(Address::Family family)
{
    return Descriptor(static_cast<int>(native::socket(Transport::Udp, family).value));
}

/// On the interface that the test has made.
Address groupOf(Address::Family family)
{
    const std::uint32_t left = Address::interfaceIndex("left");
    return family == V6 ? Address::parseIPv6("ff05::1:3").withScope(left)
                        : Address::parseIPv4("239.1.2.3").withScope(left);
}

bool waitFor(int fd)
{
    constexpr int patience = 20'000; // ms
    pollfd readable{fd, POLLIN, 0};
    return ::poll(&readable, 1, patience) == 1;
}

/// A member of the group, bound to it.
struct Member
{
    explicit Member(const Address &group) : socket(newSocket(group.family()))
    {
        native::tellLocalAddresses(socket.get());
        native::shareGroup(socket.get());
        bound = native::bind(socket.get(), group, Transport::Udp).ok();
        joined = native::setDatagramOption(socket.get(), DatagramOption::Membership, group);
    }
    Address address() const { return native::localAddress(socket.get()); }

    Descriptor socket;
    bool bound = false;
    native::Result joined{-1, 0};
};

} // namespace

class TestDatagramOptions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void numbers_data();
    void numbers();
    void hopsArrive_data();
    void hopsArrive();
    void memberAnswers_data();
    void memberAnswers();
    void membersShareThePort_data();
    void membersShareThePort();
    void noSuchInterface_data();
    void noSuchInterface();
    void defaultInterface();

private:
    const PrivateNetwork network_;
};

void TestDatagramOptions::initTestCase()
{
    if (!network_.addWire())
        QSKIP("no network of its own for this test");
}

void TestDatagramOptions::numbers_data()
{
    QTest::addColumn<DatagramOption>("option");
    QTest::addColumn<Address::Family>("family");
    QTest::addColumn<QByteArray>("spelling");
    QTest::addColumn<int>("level");
    QTest::addColumn<int>("name");
    QTest::addColumn<int>("value");

    const auto row = [](DatagramOption option, Address::Family family, const QByteArray &spelling, int level, int name,
                        int value) {
        QTest::addRow("%s of %s", spelling.constData(), Address::familyName(family))
            << option << family << spelling << level << name << value;
    };
    row(DatagramOption::Broadcast, V4, "SO_BROADCAST", SOL_SOCKET, SO_BROADCAST, 1);
    row(DatagramOption::Hops, V4, "IP_TTL", IPPROTO_IP, IP_TTL, 7);
    row(DatagramOption::Hops, V6, "IPV6_UNICAST_HOPS", IPPROTO_IPV6, IPV6_UNICAST_HOPS, 7);
    row(DatagramOption::GroupHops, V4, "IP_MULTICAST_TTL", IPPROTO_IP, IP_MULTICAST_TTL, 7);
    row(DatagramOption::GroupHops, V6, "IPV6_MULTICAST_HOPS", IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 7);
    row(DatagramOption::GroupLoopback, V4, "IP_MULTICAST_LOOP", IPPROTO_IP, IP_MULTICAST_LOOP, 0);
    row(DatagramOption::GroupLoopback, V6, "IPV6_MULTICAST_LOOP", IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
}

void TestDatagramOptions::numbers()
{
    QFETCH(const DatagramOption, option);
    QFETCH(const Address::Family, family);
    QFETCH(const int, level);
    QFETCH(const int, name);
    QFETCH(const int, value);
    QTEST(QByteArray(native::optionName(option, family)), "spelling");
    const Descriptor socket = newSocket(family);
    if (!socket.isOpen())
        QSKIP("no such family on this computer");
    QVERIFY(native::option(socket.get(), level, name).value != value);
    QVERIFY(native::setDatagramOption(socket.get(), option, groupOf(family), value).ok());
    QCOMPARE(native::option(socket.get(), level, name).value, value);
    QCOMPARE(native::setDatagramOption(-1, option, groupOf(family), value).error, EBADF);
}

void TestDatagramOptions::hopsArrive_data()
{
    QTest::addColumn<DatagramOption>("option");
    QTest::addColumn<Address>("to");
    QTest::newRow("IPv4 peer") << DatagramOption::Hops << Address::parseIPv4("127.0.0.1");
    QTest::newRow("IPv4 group") << DatagramOption::GroupHops << groupOf(V4);
    QTest::newRow("IPv6 peer") << DatagramOption::Hops << Address::parseIPv6("::1");
    QTest::newRow("IPv6 group") << DatagramOption::GroupHops << groupOf(V6);
}

/// The header of the datagram has the number.
void TestDatagramOptions::hopsArrive()
{
    QFETCH(const DatagramOption, option);
    QFETCH(const Address, to);
    const bool v6 = to.family() == V6;
    const Member receiver(to);
    if (!receiver.bound)
        QSKIP("no such address on this computer");
    QVERIFY(
        native::setOption(receiver.socket.get(), v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVHOPLIMIT : IP_RECVTTL, 1)
            .ok());
    const Descriptor sender = newSocket(to.family());
    constexpr int hops = 9;
    QVERIFY(native::setDatagramOption(sender.get(), option, to, hops).ok());
    if (to.isMulticast())
        QVERIFY(native::setDatagramOption(sender.get(), DatagramOption::GroupInterface, to).ok());
    QVERIFY(native::sendTo(sender.get(), "?", {to.withPort(receiver.address().port()), {}}).ok());
    QVERIFY(waitFor(receiver.socket.get()));
    char byte = 0;
    iovec data{&byte, 1};
    alignas(cmsghdr) std::array<char, 256> control;
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    QCOMPARE(::recvmsg(receiver.socket.get(), &message, 0), 1);
    int found = -1;
    for (cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_type == (v6 ? IPV6_HOPLIMIT : IP_TTL))
            std::memcpy(&found, CMSG_DATA(part), sizeof found);
    }
    QCOMPARE(found, hops);
}

void TestDatagramOptions::memberAnswers_data()
{
    QTest::addColumn<Address::Family>("family");
    QTest::newRow("IPv4") << V4;
    QTest::newRow("IPv6") << V6;
}

/// It hears what is sent to the group, and answers from an address of its own. A bound socket that has not joined hears
/// nothing.
void TestDatagramOptions::memberAnswers()
{
    QFETCH(const Address::Family, family);
    const Address group = groupOf(family);
    const Member member(group);
    if (!member.bound)
        QSKIP("no such family on this computer");
    QCOMPARE(member.joined.error, 0);
    const Descriptor sender = newSocket(family);
    QVERIFY(native::setDatagramOption(sender.get(), DatagramOption::GroupInterface, group).ok());
    QCOMPARE(native::sendTo(sender.get(), "?", {group.withPort(member.address().port()), {}}).error, 0);
    QVERIFY(waitFor(member.socket.get()));
    std::array<char, 10> buffer;
    native::DatagramPath path;
    QCOMPARE(native::receiveFrom(member.socket.get(), buffer, path).value, 1);
    QVERIFY(!path.local.isMulticast());
    QCOMPARE(native::sendTo(member.socket.get(), "Hello", path).error, 0);
    QVERIFY(waitFor(sender.get()));
    QCOMPARE(native::receiveFrom(sender.get(), buffer, path).value, 5);
    QCOMPARE(path.peer.host(), family == V6 ? "fd07::1" : "10.7.0.1");
    QCOMPARE(path.peer.port(), member.address().port());
}

void TestDatagramOptions::membersShareThePort_data()
{
    memberAnswers_data();
}

void TestDatagramOptions::membersShareThePort()
{
    QFETCH(const Address::Family, family);
    const Address group = groupOf(family);
    const Member first(group);
    if (!first.bound)
        QSKIP("no such family on this computer");
    const Member second(group.withPort(first.address().port()));
    QVERIFY(second.bound);
    const Descriptor sender = newSocket(family);
    QVERIFY(native::setDatagramOption(sender.get(), DatagramOption::GroupInterface, group).ok());
    QVERIFY(native::sendTo(sender.get(), "?", {group.withPort(first.address().port()), {}}).ok());
    QVERIFY(waitFor(first.socket.get()));
    QVERIFY(waitFor(second.socket.get()));
}

void TestDatagramOptions::noSuchInterface_data()
{
    memberAnswers_data();
}

void TestDatagramOptions::noSuchInterface()
{
    QFETCH(const Address::Family, family);
    constexpr std::uint32_t nowhere = 999'999;
    const Address group = groupOf(family).withScope(nowhere);
    const Descriptor socket = newSocket(family);
    if (!socket.isOpen())
        QSKIP("no such family on this computer");
    const int error = native::setDatagramOption(socket.get(), DatagramOption::Membership, group).error;
    QCOMPARE(error, IsPortable && family == V4 ? EADDRNOTAVAIL : ENODEV);
    QVERIFY(!native::setDatagramOption(socket.get(), DatagramOption::GroupInterface, group).ok());
}

/// Where the default route goes, whichever interface comes first.
void TestDatagramOptions::defaultInterface()
{
    if (!newSocket(V6).isOpen())
        QSKIP("no IPv6");
    QCOMPARE(native::defaultInterface().error, ENETUNREACH);
    QCOMPARE(std::system("ip -6 address add fd08::1/64 dev right nodad"), 0);
    QCOMPARE(native::defaultInterface().error, ENETUNREACH);
    for (const QByteArray &side : {"right"_ba, "left"_ba}) {
        QCOMPARE(std::system(("ip -6 route replace default dev " + side).constData()), 0);
        const native::Result found = native::defaultInterface();
        QCOMPARE(found.error, 0);
        QCOMPARE(found.value, Address::interfaceIndex(side));
    }
    // An address that may be used everywhere says nothing about the way.
    // The system takes it for a source when it has found that nobody else has it, which it does by the way.
    QCOMPARE(std::system("ip -6 address add fd99::1/128 dev lo"), 0);
    QTRY_COMPARE_WITH_TIMEOUT(std::system("ip -6 route replace default dev left src fd99::1 2>&-"), 0, 20'000);
    QCOMPARE(native::defaultInterface().error, ENODEV);
}

QTEST_GUILESS_MAIN(TestDatagramOptions)
#include "tst_datagram_options.moc"
