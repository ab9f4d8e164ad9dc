// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/network.h"
#include "tests/support/printed.h"
#include "tests/support/process.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <csignal>

using namespace Qt::StringLiterals;
using namespace parley::test;

namespace
{

const QString Server = QStringLiteral(PARLEY_SERVER);
const QString Client = QStringLiteral(PARLEY_CLIENT);

/// A link into nowhere, with 192.0.2.1 and fd00::1 at this end: whatever goes to another address of its
/// networks is lost without a word.
constexpr char IntoNowhere[] = R"(
ip link set lo up
ip link add here type veth peer name nowhere
ip link set here arp off
ip link set nowhere up
ip link set here up
ip address add 192.0.2.1/24 dev here
ip -6 address add fd00::1/64 dev here nodad || true
)";

/// Puts a file of its own in the place of @p file, with what comes from stdin.
QByteArray replaced(const QByteArray &file, const QByteArray &text)
{
    return "f=$(mktemp); echo '" + text + "' >$f; mount --bind $f " + file + "; rm $f\n";
}

} // namespace

/// Both programs in networks that only the test has, where something is missing, or as the test needs it.
class TestProgramNetworks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void ipv6SwitchedOff_data();
    void ipv6SwitchedOff();
    void lookUpThatNobodyAnswers_data();
    void lookUpThatNobodyAnswers();
    void deadFamilyCostsAQuarterOfASecond();
    void connectionToItself();
    void broadcast();
};

void TestProgramNetworks::ipv6SwitchedOff_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("host");
    QTest::newRow("TCP, loopback") << QStringList() << u"::1"_s;
    QTest::newRow("TCP") << QStringList() << u"2001:db8::7"_s;
    QTest::newRow("UDP, loopback") << QStringList{u"--udp"_s} << u"::1"_s;
    QTest::newRow("UDP") << QStringList{u"--udp"_s} << u"2001:db8::7"_s;
}

/// Cause and remedy, whichever errno the system has for it.
void TestProgramNetworks::ipv6SwitchedOff()
{
    QFETCH(const QStringList, options);
    QFETCH(const QString, host);
    const Network network("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; ip link set lo up");
    SKIP_WITHOUT(network);
    Process client = network.run(Client, QStringList{u"--headless"_s} + options + QStringList{host, u"3000"_s});
    VERIFY(client.exitStatus() == 1, client);
    VERIFY(isOneLine(client.errorOutput()), client);
    VERIFY(matches(client.errorOutput(),
                   u"(no IPv6 address to do that from\\. Switch IPv6 on|no route leads from here to that "
                   "address\\. Check)"_s),
           client);
}

void TestProgramNetworks::lookUpThatNobodyAnswers_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<int>("signal");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("client, SIGINT") << Client << QStringList() << SIGINT << 1 << u"nobody\\.example.* cancelled"_s;
    QTest::newRow("client, time-out") << Client << QStringList{u"--timeout"_s, u"0.3"_s} << 0 << 1
                                      << u"nobody\\.example.* no answer within 300 ms"_s;
    QTest::newRow("client, UDP, time-out") << Client << QStringList{u"--udp"_s, u"--timeout"_s, u"0.3"_s} << 0 << 1
                                           << u"nobody\\.example.* no answer within 300 ms"_s;
    QTest::newRow("server, SIGTERM") << Server << QStringList() << SIGTERM << 0 << QString();
}

void TestProgramNetworks::lookUpThatNobodyAnswers()
{
    QFETCH(const QString, program);
    QFETCH(const QStringList, options);
    QFETCH(const int, signal);
    QFETCH(const int, status);
    QFETCH(const QString, sentence);

    const Network network(IntoNowhere + replaced("/etc/resolv.conf", "nameserver 192.0.2.53\noptions timeout:30")
                          + replaced("/etc/nsswitch.conf", "hosts: dns"));
    SKIP_WITHOUT(network);
    Process process = network.run(program, QStringList{u"--headless"_s, u"--json"_s} + options
                                               + QStringList{u"nobody.example"_s, u"3000"_s});
    VERIFY(process.nextLine().contains("\"start\""), process);
    QElapsedTimer clock;
    clock.start();
    process.sendSignal(signal); // 0 sends none
    VERIFY(process.exitStatus() == status, process);
    QVERIFY2(clock.elapsed() < 10'000,
             qPrintable(QString::number(clock.elapsed()))); // the resolver takes 60 s
    if (sentence.isEmpty())
        QCOMPARE(process.errorOutput(), ""_ba);
    else
        VERIFY(isOneLine(process.errorOutput()) && matches(process.errorOutput(), sentence), process);
}

/// RFC 8305: the next address is tried while the first one is silent.
void TestProgramNetworks::deadFamilyCostsAQuarterOfASecond()
{
    const Network network(IntoNowhere + replaced("/etc/hosts", "fd00::77 two\n192.0.2.1 two")
                          + replaced("/etc/nsswitch.conf", "hosts: files")
                          + "test -n \"$(ip -6 address show dev here)\" || { echo no IPv6 >&2; exit 1; }");
    SKIP_WITHOUT(network);
    Process server = network.run(Server, {u"--headless"_s, u"192.0.2.1"_s, u"0"_s});
    const QString port = portIn(server.nextErrorLine());
    VERIFY(!port.isEmpty(), server);
    Process client = network.run(Client, {u"--headless"_s, u"--json"_s, u"two"_s, port});
    VERIFY(client.exitStatus() == 0, client);

    QStringList connects; // to whom, as they come; and once connected
    QList<qint64> times;
    for (const QByteArray &line : client.output().split('\n')) {
        const QJsonObject object = QJsonDocument::fromJson(line).object();
        if (object.value(u"call"_s) != u"connect"_s)
            continue;
        connects << object.value(u"peer"_s).toArray().at(0).toString() + u' ' + object.value(u"error"_s).toString();
        times << object.value(u"ns"_s).toInteger() / 1'000'000;
    }
    VERIFY(connects.value(0) == u"fd00::77 EINPROGRESS"_s, client);
    VERIFY(connects.value(1).startsWith(u"192.0.2.1 "_s) && connects.last() == u"192.0.2.1 "_s, client);
    const qint64 delay = times.at(1) - times.at(0);
    QVERIFY2(delay >= 200 && delay < 3000, qPrintable(QString::number(delay) + u" ms"_s));
}

/// With two ephemeral ports, the system soon chooses the one that the client connects to. Nobody listens.
void TestProgramNetworks::connectionToItself()
{
    const Network network("ip link set lo up; echo 40000 40001 > /proc/sys/net/ipv4/ip_local_port_range");
    SKIP_WITHOUT(network);
    QJsonObject end;
    QByteArray printed;
    for (int attempt = 0; attempt < 100 && end.value(u"outcome"_s).toString() != u"to-itself"_s; ++attempt) {
        Process client = network.run(Client, {u"--headless"_s, u"--json"_s, u"127.0.0.1"_s, u"40000"_s});
        VERIFY(client.exitStatus() == 1, client);
        printed = client.output();
        end = QJsonDocument::fromJson(printed.trimmed().split('\n').last()).object();
        const QByteArray sentence = client.errorOutput();
        if (end.value(u"outcome"_s).toString() == u"to-itself"_s)
            VERIFY(isOneLine(sentence) && sentence.contains("127.0.0.1:40000") && sentence.contains("to itself"),
                   client);
        else
            VERIFY(end.value(u"outcome"_s).toString() == u"refused"_s, client);
    }
    QVERIFY2(end.value(u"outcome"_s).toString() == u"to-itself"_s, printed.constData());
    QVERIFY2(printed.contains("\"linger\":0"), printed.constData()); // the port is free at once

    Process run =
        network.run(Client, {u"--headless"_s, u"--json"_s, u"--repeat"_s, u"200"_s, u"127.0.0.1"_s, u"40000"_s});
    VERIFY(run.exitStatus() == 1, run);
    const QJsonObject outcomes = QJsonDocument::fromJson(run.output()).object().value(u"outcomes"_s).toObject();
    VERIFY(outcomes.value(u"to-itself"_s).toInt() > 0 && outcomes.value(u"never-greeted"_s).toInt() == 0, run);
    VERIFY(outcomes.value(u"to-itself"_s).toInt() + outcomes.value(u"refused"_s).toInt() == 200, run);
    Process text = network.run(Client, {u"--headless"_s, u"--repeat"_s, u"200"_s, u"127.0.0.1"_s, u"40000"_s});
    VERIFY(text.exitStatus() == 1 && matches(text.output(), u"\nto itself +[1-9]"_s), text);
    VERIFY(text.errorOutput().contains("ephemeral"), text);

    // Where a server listens, the port is taken, and all goes well.
    Process server = network.run(Server, {u"--headless"_s, u"127.0.0.1"_s, u"40000"_s});
    VERIFY(portIn(server.nextErrorLine()) == u"40000"_s, server);
    Process client = network.run(Client, {u"--headless"_s, u"127.0.0.1"_s, u"40000"_s});
    VERIFY(client.exitStatus() == 0 && client.output() == "Hello World!\n", client, server);
}

void TestProgramNetworks::broadcast()
{
    const Network here(R"(ip link set lo up)");
    SKIP_WITHOUT(here);
    const Network there("ip link set lo up", here.prefix());
    SKIP_WITHOUT(there);
    const QByteArray wire = "ip link add wire type veth peer name wire netns " + there.id().toLatin1() + R"(
ip address add 10.7.0.1/24 broadcast + dev wire
ip link set wire up
ip route add default dev wire
)";
    Process setUp = here.run(u"sh"_s, {u"-euc"_s, QString::fromLatin1(wire)});
    if (setUp.exitStatus() != 0)
        QSKIP(("No virtual network cards here: " + setUp.errorOutput()).constData());
    Process setUpThere =
        there.run(u"sh"_s, {u"-euc"_s, u"ip address add 10.7.0.2/24 broadcast + dev wire; ip link set wire up"_s});
    VERIFY(setUpThere.exitStatus() == 0, setUpThere);

    Process far = there.run(Server, {u"--headless"_s, u"--udp"_s, u"--greeting"_s, u"far"_s, u"*"_s, u"0"_s});
    const QString port = portIn(far.nextErrorLine());
    VERIFY(!port.isEmpty(), far);
    Process near = here.run(Server, {u"--headless"_s, u"--udp"_s, u"--greeting"_s, u"near"_s, u""_s, port});
    VERIFY(portIn(near.nextErrorLine()) == port, near);

    for (const QString &address : {u"<broadcast>"_s, u"255.255.255.255"_s}) {
        Process client = here.run(Client, {u"--headless"_s, u"--udp"_s, u"--timeout"_s, u"1"_s, address, port});
        VERIFY(client.exitStatus() == 0, client, near, far);
        QByteArrayList lines = client.output().chopped(1).split('\n');
        std::sort(lines.begin(), lines.end());
        const QByteArray end = "', " + port.toLatin1() + "): ";
        QCOMPARE(lines, (QByteArrayList{"('10.7.0.1" + end + "near", "('10.7.0.2" + end + "far"}));
        QCOMPARE(client.errorOutput(), ""_ba);
    }

    Process unheard = here.run(Client, {u"--headless"_s, u"--udp"_s, u"--timeout"_s, u"0.3"_s, u"<broadcast>"_s,
                                        port == u"9"_s ? u"10"_s : u"9"_s});
    VERIFY(unheard.exitStatus() == 1, unheard);
    VERIFY(isOneLine(unheard.errorOutput()) && unheard.errorOutput().contains("No answer came from <broadcast>:"),
           unheard);
}

QTEST_GUILESS_MAIN(TestProgramNetworks)
#include "tst_program_networks.moc"
