// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/client.h"
#include "server_gui/engine/server.h"
#include "shared/inspect/copy_as.h"
#include "tests/support/copied_program.h"
#include "tests/support/process.h"
#include "tests/support/process_state.h"

#include <QDir>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

/// What ncat cannot do, and what a shell must not do.
class TestCopyAsNcat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void limitsOfNcat();
    void hostileNames();
    void hostileInterface();
};

void TestCopyAsNcat::limitsOfNcat()
{
    Exchange exchange;
    exchange.address = Address::broadcast(3000);
    exchange.transport = Transport::Udp;
    QCOMPARE(copyAsNcat(exchange), "# ncat cannot send to everyone on a network (SO_BROADCAST).\n");
    exchange.address = Address::parseIPv4("239.1.2.3", 3000);
    QCOMPARE(copyAsNcat(exchange), "# ncat has no groups: it joins none, and hears no answers from their members.\n");
    exchange.transport = Transport::Unix;
    exchange.path = "@name";
    QCOMPARE(copyAsNcat(exchange), "# ncat has no abstract Unix sockets.\n");
}

/// The copied command hands ncat the very name: a function that prints its arguments stands for ncat.
void TestCopyAsNcat::hostileNames()
{
    QByteArray script = "ncat() { for word; do printf '%s\\000' \"$word\"; done; }\n";
    QByteArrayList expected;
    for (const QByteArray &path : {"-e"_ba, "end\n"_ba, "x;id>pwn"_ba, "%2"_ba}) {
        Exchange exchange;
        exchange.transport = Transport::Unix;
        exchange.path = path;
        exchange.steps = {{Exchange::Step::Kind::ReceiveAll}};
        script += copyAsNcat(exchange);
        expected += {"--recv-only", "-U", path.startsWith('-') ? "./" + path : path};
    }
    Process sh(u"sh"_s, {}, script);
    VERIFY(sh.exitStatus() == 0, sh);
    QCOMPARE(sh.output(), expected.join('\0') + '\0');
}

/// An interface whose name is a command for a shell, from connect to the copied command.
void TestCopyAsNcat::hostileInterface()
{
    const PrivateNetwork network;
    if (!network.isThere())
        QSKIP("The system does not allow a network of its own.");
    Process ip(u"sh"_s, {u"-c"_s, u"ip link set lo down && ip link set lo name 'x;id>pwn' && "
                                  "ip link set 'x;id>pwn' up && ip address add fe80::1/64 dev 'x;id>pwn' nodad"_s});
    if (ip.exitStatus() != 0)
        QSKIP("The system does not let the interface be named like that.");
    const QString host = u"fe80::1%x;id>pwn"_s;
    ServerSettings settings;
    settings.endpoint = endpointOf(host, 0, Endpoint::Use::Listen);
    settings.greeting = "Hello";
    Running<Server> server;
    server.engine.post([settings](Server &engine) { engine.listen(settings); });
    QTRY_VERIFY_WITH_TIMEOUT(server.recorder.find(0, Call::Listen).has_value(), EnginePatience);
    ConnectRequest request;
    request.endpoint = endpointOf(host, server.recorder.find(0, Call::Listen)->local().port(), Endpoint::Use::Connect);
    const QByteArray text = copyAsNcat(attempt(request, [] {}));
    QVERIFY2(text.contains("x;id>pwn"), text.constData());

    const QTemporaryDir folder;
    Process sh(u"sh"_s, {u"-c"_s, u"cd \"$0\"\n"_s + QString::fromUtf8(text), folder.path()});
    VERIFY(sh.exitStatus() == 0, sh);
    QCOMPARE(sh.output(), "Hello");
    QCOMPARE(QDir(folder.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList());
}

QTEST_GUILESS_MAIN(TestCopyAsNcat)
#include "tst_copy_as_ncat.moc"
