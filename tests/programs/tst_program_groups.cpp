// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/network.h"
#include "tests/support/portable.h"
#include "tests/support/printed.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

#include <csignal>
#include <memory>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Server = QStringLiteral(PARLEY_SERVER);
const QString Client = QStringLiteral(PARLEY_CLIENT);

/// `OPTION=LEVEL VALUE` for each setsockopt in JSON Lines, with its error if it has one.
QStringList optionsIn(const QByteArray &lines)
{
    QStringList options;
    for (const QByteArray &line : lines.split('\n')) {
        const QJsonObject object = QJsonDocument::fromJson(line).object();
        if (object.value(u"call"_s) == u"setsockopt"_s)
            options << object.value(u"option"_s).toString() + u'=' + object.value(u"level"_s).toString() + u' '
                           + object.value(u"value"_s).toVariant().toString() + object.value(u"error"_s).toString();
    }
    return options;
}

/// Two networks with two wires between them. In each, the default routes lead out of the wire that is called `left`.
class TwoNetworks
{
public:
    TwoNetworks() : here_(Quick), there_(here_.isThere() ? std::make_unique<Network>(Quick, here_.prefix()) : nullptr)
    {
        if (!there_ || !there_->isThere())
            return;
        const QString wires = u"ip link add left type veth peer name left netns %1\n"
                              "ip link add right type veth peer name right netns %1\n"_s.arg(there_->id());
        isThere_ = succeeds(here_, wires + addresses(1)) && succeeds(*there_, addresses(2)) && succeeds(here_, Settled)
                   && succeeds(*there_, Settled);
    }

    bool isThere() const { return isThere_; }
    QByteArray reason() const { return here_.isThere() ? "No virtual network cards here: " + error_ : here_.reason(); }
    const Network &here() const { return here_; }
    const Network &there() const { return *there_; }
    bool succeeds(const Network &network, const QString &commands)
    {
        Process process = network.run(u"sh"_s, {u"-euc"_s, commands});
        const bool ok = process.exitStatus() == 0;
        error_ += process.errorOutput();
        return ok;
    }

private:
    static constexpr char Quick[] = "echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad; ip link set lo up";

    /// Waits for the addresses that the system gives each card once its wire is up at both ends.
    const QString Settled =
        u"for side in left right; do\n"
        "until ip -6 address show dev $side scope link -tentative | grep -q fe80; do sleep 0.02; done\n"
        "done"_s;

    /// The first wire's net knows its broadcast address, the other one's follows from its length.
    static QString addresses(int host)
    {
        return u"ip address add 10.7.0.%1/24 broadcast + dev left\n"
               "ip address add 10.8.0.%1/24 dev right\n"
               "ip -6 address add fd07::%1/64 dev left nodad\n"
               "ip -6 address add fd08::%1/64 dev right nodad\n"
               "ip link set left up\n"
               "ip link set right up\n"
               "ip route add default dev left\n"
               "ip -6 route add default dev left\n"_s.arg(host);
    }

    Network here_;
    std::unique_ptr<Network> there_;
    bool isThere_ = false;
    QByteArray error_;
};

QStringList lines(const QByteArray &text)
{
    QStringList lines = QString::fromUtf8(text).split(u'\n', Qt::SkipEmptyParts);
    lines.sort();
    return lines;
}

} // namespace

/// Datagrams to and from many: groups and broadcast addresses, between networks of their own.
class TestProgramGroups : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void groups_data();
    void groups();
    void interfaceIsChosen_data();
    void interfaceIsChosen();
    void loopback_data();
    void loopback();
    void callsAreShown_data();
    void callsAreShown();
    void noRoute_data();
    void noRoute();
    void ipv6SwitchedOff_data();
    void ipv6SwitchedOff();
    void interfaceThatCannot_data();
    void interfaceThatCannot();
    void directedBroadcast_data();
    void directedBroadcast();
    void severalServersOfOneComputer();
    void usageErrors_data();
    void usageErrors();
};

void TestProgramGroups::groups_data()
{
    QTest::addColumn<QString>("group");
    QTest::addColumn<QStringList>("senders");

    const QStringList left{u"('10.7.0.1', PORT): near"_s, u"('10.7.0.2', PORT): far"_s};
    const QStringList left6{u"('fd07::1', PORT, 0, 0): near"_s, u"('fd07::2', PORT, 0, 0): far"_s};
    QTest::newRow("IPv4, default route") << u"239.1.2.3"_s << left;
    QTest::newRow("IPv4, the same interface by name") << u"239.1.2.3%left"_s << left;
    QTest::newRow("IPv4, another interface")
        << u"239.1.2.3%right"_s << QStringList{u"('10.8.0.1', PORT): near"_s, u"('10.8.0.2', PORT): far"_s};
    QTest::newRow("IPv4, this network alone") << u"224.0.0.251"_s << left;
    QTest::newRow("IPv6, default route") << u"ff05::1:3"_s << left6;
    QTest::newRow("IPv6, another interface")
        << u"[ff05::1:3%right]"_s << QStringList{u"('fd08::1', PORT, 0, 0): near"_s, u"('fd08::2', PORT, 0, 0): far"_s};
    QTest::newRow("IPv6, this network alone, default route") << u"ff02::1:3"_s << QStringList{u"far"_s, u"near"_s};
    QTest::newRow("IPv6, this network alone") << u"ff02::1:3%right"_s << QStringList{u"far"_s, u"near"_s};
}

/// The servers hear the group, and the client hears them all: each answers from an address of its own.
void TestProgramGroups::groups()
{
    QFETCH(const QString, group);
    QFETCH(QStringList, senders);
    TwoNetworks networks;
    SKIP_WITHOUT(networks);

    Process far = networks.there().run(Server, {u"--headless"_s, u"--udp"_s, u"--greeting"_s, u"far"_s, group, u"0"_s});
    const QString port = portIn(far.nextErrorLine());
    VERIFY(!port.isEmpty(), far);
    Process near = networks.here().run(Server, {u"--headless"_s, u"--udp"_s, u"--greeting"_s, u"near"_s, group, port});
    VERIFY(portIn(near.nextErrorLine()) == port, near);
    Process client = networks.here().run(
        Client, {u"--headless"_s, u"--udp"_s, u"--timeout"_s, u"1"_s, u"--send"_s, u"Who is there?"_s, group, port});
    VERIFY(client.exitStatus() == 0, client, near, far);
    QCOMPARE(client.errorOutput(), ""_ba);
    QStringList heard = lines(client.output());
    if (group.startsWith(u"ff02"_s)) { // the addresses are made of the cards' own
        static const QRegularExpression sender(uR"(^\('fe80::[0-9a-f:]+', \d+, 0, [1-9]\d*\): )"_s);
        VERIFY(heard.size() == 2 && sender.match(heard.first()).hasMatch() && sender.match(heard.last()).hasMatch(),
               client);
        heard.replaceInStrings(sender, QString());
    }
    heard.sort();
    senders.replaceInStrings(u"PORT"_s, port);
    QCOMPARE(heard, senders);
    VERIFY(far.nextLine().startsWith("Datagram from ('"), far);
}

void TestProgramGroups::interfaceIsChosen_data()
{
    QTest::addColumn<QString>("group");

    QTest::newRow("IPv4") << u"239.1.2.3"_s;
#ifndef PARLEY_PORTABLE // POSIX does not tell by which interface a datagram came
    QTest::newRow("IPv6") << u"ff05::1:3"_s;
#endif
}

/// What comes in by another interface is not heard, even if another server has joined the group there.
void TestProgramGroups::interfaceIsChosen()
{
    QFETCH(const QString, group);
    TwoNetworks networks;
    SKIP_WITHOUT(networks);

    Process right = networks.there().run(
        Server, {u"--headless"_s, u"--udp"_s, u"--greeting"_s, u"right"_s, group + u"%right"_s, u"0"_s});
    const QString port = portIn(right.nextErrorLine());
    VERIFY(!port.isEmpty(), right);
    Process left = networks.there().run(
        Server, {u"--headless"_s, u"--udp"_s, u"--greeting"_s, u"left"_s, group + u"%left"_s, port});
    VERIFY(portIn(left.nextErrorLine()) == port, left);
    for (const QString &side : {u"left"_s, u"right"_s}) {
        Process client = networks.here().run(
            Client, {u"--headless"_s, u"--udp"_s, u"--timeout"_s, u"0.7"_s, group + u'%' + side, port});
        VERIFY(client.exitStatus() == 0, client, left, right);
        const QStringList heard = lines(client.output());
        VERIFY(heard.size() == 1 && heard.first().endsWith(u"): "_s + side), client, left, right);
    }
}

void TestProgramGroups::loopback_data()
{
    QTest::addColumn<QString>("group");

    QTest::newRow("IPv4") << u"239.1.2.3"_s;
    QTest::newRow("IPv6") << u"ff05::1:3"_s;
}

void TestProgramGroups::loopback()
{
    QFETCH(const QString, group);
    TwoNetworks networks;
    SKIP_WITHOUT(networks);

    Process far = networks.there().run(Server, {u"--headless"_s, u"--udp"_s, u"--greeting"_s, u"far"_s, group, u"0"_s});
    const QString port = portIn(far.nextErrorLine());
    Process near = networks.here().run(Server, {u"--headless"_s, u"--udp"_s, u"--greeting"_s, u"near"_s, group, port});
    VERIFY(portIn(near.nextErrorLine()) == port, near, far);
    Process client = networks.here().run(
        Client, {u"--headless"_s, u"--udp"_s, u"--timeout"_s, u"0.7"_s, u"--no-multicast-loopback"_s, group, port});
    VERIFY(client.exitStatus() == 0, client, near, far);
    const QStringList heard = lines(client.output());
    VERIFY(heard.size() == 1 && heard.first().endsWith(u"): far"_s), client, near, far);
}

void TestProgramGroups::callsAreShown_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QStringList>("set"); // by the client
    QTest::addColumn<QString>("joined");  // by a server there; empty where there is no group

    const QStringList ttl{u"--ttl"_s, u"4"_s};
    const QStringList both = ttl + QStringList{u"--no-multicast-loopback"_s};
    QTest::newRow("IPv4 group") << u"239.1.2.3"_s << both
                                << QStringList{u"IP_MULTICAST_TTL=IPPROTO_IP 4"_s, u"IP_MULTICAST_LOOP=IPPROTO_IP 0"_s}
                                << u"IP_ADD_MEMBERSHIP=IPPROTO_IP 239.1.2.3"_s;
    QTest::newRow("IPv4 group, interface")
        << u"239.1.2.3%right"_s << QStringList() << QStringList{u"IP_MULTICAST_IF=IPPROTO_IP right"_s}
        << u"IP_ADD_MEMBERSHIP=IPPROTO_IP 239.1.2.3%right"_s;
    QTest::newRow("IPv6 group") << u"ff05::1:3"_s << both
                                << QStringList{u"IPV6_MULTICAST_IF=IPPROTO_IPV6 left"_s,
                                               u"IPV6_MULTICAST_HOPS=IPPROTO_IPV6 4"_s,
                                               u"IPV6_MULTICAST_LOOP=IPPROTO_IPV6 0"_s}
                                << u"IPV6_JOIN_GROUP=IPPROTO_IPV6 ff05::1:3%left"_s;
    QTest::newRow("IPv4 broadcast") << u"10.7.0.255"_s << ttl
                                    << QStringList{u"SO_BROADCAST=SOL_SOCKET 1"_s, u"IP_TTL=IPPROTO_IP 4"_s}
                                    << QString();
    QTest::newRow("IPv4 peer") << u"10.7.0.2"_s << ttl << QStringList{u"IP_TTL=IPPROTO_IP 4"_s} << QString();
    QTest::newRow("IPv6 peer") << u"fd07::2"_s << ttl << QStringList{u"IPV6_UNICAST_HOPS=IPPROTO_IPV6 4"_s}
                               << QString();
}

/// Each option that was set is an event, as other calls are.
void TestProgramGroups::callsAreShown()
{
    QFETCH(const QString, host);
    QFETCH(const QStringList, options);
    QFETCH(const QStringList, set);
    QFETCH(const QString, joined);
    TwoNetworks networks;
    SKIP_WITHOUT(networks);

    QStringList start{u"--headless"_s, u"--json"_s, u"--udp"_s};
    Process client = networks.here().run(Client, start + options + QStringList{u"--timeout"_s, u"0.2"_s, host, u"9"_s});
    VERIFY(client.exitStatus() == 1, client); // nobody answers
    QCOMPARE(optionsIn(client.output()), set);
    if (joined.isEmpty())
        return;
    Process server = networks.there().run(Server, start + QStringList{u"--ttl"_s, u"7"_s, host, u"0"_s});
    VERIFY(!portIn(server.nextErrorLine()).isEmpty(), server);
    server.sendSignal(SIGTERM);
    VERIFY(server.exitStatus() == 0, server);
    const bool v6 = host.contains(u':');
    QCOMPARE(optionsIn(server.output()),
             (QStringList{joined, v6 ? u"IPV6_UNICAST_HOPS=IPPROTO_IPV6 7"_s : u"IP_TTL=IPPROTO_IP 7"_s}));
}

void TestProgramGroups::noRoute_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("group");
    for (const QString &program : {Server, Client}) {
        const QByteArray name = program.sliced(program.lastIndexOf(u'-') + 1).toUtf8();
        QTest::addRow("%s, IPv4", name.constData()) << program << u"239.1.2.3"_s;
        QTest::addRow("%s, IPv6", name.constData()) << program << u"ff05::1:3"_s;
        QTest::addRow("%s, IPv6, this network alone", name.constData()) << program << u"ff02::1:3"_s;
    }
}

/// No default route: the sentence says to name the interface.
void TestProgramGroups::noRoute()
{
    QFETCH(const QString, program);
    QFETCH(const QString, group);
    const Network network("ip link set lo up; ip link add left type veth peer name right; ip link set left up");
    SKIP_WITHOUT(network);

    Process process = network.run(program, {u"--headless"_s, u"--udp"_s, group, u"3000"_s});
    VERIFY(process.exitStatus() == 1, process);
    const QString example = u"such as "_s + group + u"%eth0"_s;
    VERIFY(isOneLine(process.errorOutput()) && process.errorOutput().contains(example.toUtf8())
               && process.errorOutput().contains("no route"),
           process);
}

void TestProgramGroups::ipv6SwitchedOff_data()
{
    QTest::addColumn<QString>("program");
    QTest::newRow("server") << Server;
    QTest::newRow("client") << Client;
}

/// No interface would help.
void TestProgramGroups::ipv6SwitchedOff()
{
    QFETCH(const QString, program);
    const Network network("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; ip link set lo up");
    SKIP_WITHOUT(network);
    Process process = network.run(program, {u"--headless"_s, u"--udp"_s, u"ff05::1:3"_s});
    VERIFY(process.exitStatus() == 1, process);
    VERIFY(isOneLine(process.errorOutput()) && process.errorOutput().contains("Switch IPv6 on here"), process);
}

void TestProgramGroups::interfaceThatCannot_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("group");
    QTest::addColumn<QString>("setUp");

    const QString down = u"ip link add left type veth peer name right"_s;
    const QString without = down + u"; echo 1 >/proc/sys/net/ipv6/conf/left/disable_ipv6; ip link set left up"_s;
    QTest::newRow("client, IPv4, down") << Client << u"239.1.2.3%left"_s << down;
    QTest::newRow("client, IPv6, down") << Client << u"ff05::1:3%left"_s << down;
    QTest::newRow("client, IPv6 switched off") << Client << u"ff05::1:3%left"_s << without;
    // An interface with so short packets has no IPv6 at all (RFC 8200, 5).
    QTest::newRow("server, no IPv6") << Server << u"ff05::1:3%left"_s << down + u"; ip link set left mtu 1000 up"_s;
}

void TestProgramGroups::interfaceThatCannot()
{
    QFETCH(const QString, program);
    QFETCH(const QString, group);
    QFETCH(const QString, setUp);
    const Network network(setUp.toUtf8());
    SKIP_WITHOUT(network);

    Process process = network.run(program, {u"--headless"_s, u"--udp"_s, group, u"3000"_s});
    VERIFY(process.exitStatus() == 1, process);
    VERIFY(isOneLine(process.errorOutput()) && process.errorOutput().contains("interface left "), process);
}

void TestProgramGroups::directedBroadcast_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QStringList>("senders");

    QTest::newRow("the interface knows it")
        << u"10.7.0.255"_s << QStringList{u"('10.7.0.1', PORT): near"_s, u"('10.7.0.2', PORT): far"_s};
    QTest::newRow("it follows from the net's length")
        << u"10.8.0.255"_s << QStringList{u"('10.8.0.1', PORT): near"_s, u"('10.8.0.2', PORT): far"_s};
    QTest::newRow("of the loopback interface") << u"127.255.255.255"_s << QStringList{u"('127.0.0.1', PORT): near"_s};
}

void TestProgramGroups::directedBroadcast()
{
    QFETCH(const QString, address);
    QFETCH(QStringList, senders);
    TwoNetworks networks;
    SKIP_WITHOUT(networks);

    Process far =
        networks.there().run(Server, {u"--headless"_s, u"--udp"_s, u"--greeting"_s, u"far"_s, u"*"_s, u"0"_s});
    const QString port = portIn(far.nextErrorLine());
    Process near = networks.here().run(Server, {u"--headless"_s, u"--udp"_s, u"--greeting"_s, u"near"_s, u"*"_s, port});
    VERIFY(portIn(near.nextErrorLine()) == port, near, far);
    Process client =
        networks.here().run(Client, {u"--headless"_s, u"--udp"_s, u"--timeout"_s, u"0.7"_s, address, port});
    VERIFY(client.exitStatus() == 0, client, near, far);
    senders.replaceInStrings(u"PORT"_s, port);
    QCOMPARE(lines(client.output()), senders);
}

/// They share the group's port, and each gets the datagram.
void TestProgramGroups::severalServersOfOneComputer()
{
    TwoNetworks networks;
    SKIP_WITHOUT(networks);
    const Network &network = networks.here();
    for (const QString &group : {u"239.1.2.3"_s, u"ff05::1:3"_s}) {
        Process first = network.run(Server, {u"--headless"_s, u"--udp"_s, u"--greeting"_s, u"first"_s, group, u"0"_s});
        const QString port = portIn(first.nextErrorLine());
        Process second = network.run(Server, {u"--headless"_s, u"--udp"_s, u"--greeting"_s, u"second"_s, group, port});
        VERIFY(portIn(second.nextErrorLine()) == port, second, first);
        Process client = network.run(Client, {u"--headless"_s, u"--udp"_s, u"--timeout"_s, u"0.7"_s, group, port});
        VERIFY(client.exitStatus() == 0, client, first, second);
        const QStringList heard = lines(client.output());
        VERIFY(heard.size() == 2 && heard.first().endsWith(u": first"_s) && heard.last().endsWith(u": second"_s),
               client);
    }
}

void TestProgramGroups::usageErrors_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("sentence");
    for (const QString &program : {Server, Client}) {
        const QByteArray name = program.sliced(program.lastIndexOf(u'-') + 1).toUtf8();
        const auto row = [&](const char *what, const QStringList &arguments, const QByteArray &sentence) {
            QTest::addRow("%s: %s", name.constData(), what) << program << arguments << sentence;
        };
        row("no such interface, IPv4", {u"--udp"_s, u"239.1.2.3%no-such"_s}, "names the interface “no-such”");
        row("no such interface, IPv6", {u"--udp"_s, u"ff05::1:3%no-such"_s}, "names the interface “no-such”");
        row("no interface after %", {u"--udp"_s, u"239.1.2.3%"_s}, "names the interface “”");
        row("an interface of no group", {u"--udp"_s, u"10.7.0.1%lo"_s}, "“10.7.0.1%lo” names an interface");
        row("a group for TCP", {u"239.1.2.3%lo"_s}, "multicast address");
        row("TTL of 0", {u"--udp"_s, u"--ttl"_s, u"0"_s}, "--ttl “0”: give a whole number from 1 to 255.");
        row("TTL of 256", {u"--udp"_s, u"--ttl"_s, u"256"_s}, "--ttl “256”");
        row("TTL for TCP", {u"--ttl"_s, u"4"_s}, "--ttl goes with --udp.");
    }
    QTest::newRow("loopback for TCP") << Client << QStringList{u"--no-multicast-loopback"_s}
                                      << "--no-multicast-loopback goes with --udp."_ba;
}

void TestProgramGroups::usageErrors()
{
    QFETCH(const QString, program);
    QFETCH(const QStringList, arguments);
    QFETCH(const QByteArray, sentence);

    Process process(program, QStringList{u"--headless"_s} + arguments);
    VERIFY(process.exitStatus() == 2, process);
    VERIFY(isOneLine(process.errorOutput()) && process.errorOutput().contains(sentence), process);
}

QTEST_GUILESS_MAIN(TestProgramGroups)
#include "tst_program_groups.moc"
