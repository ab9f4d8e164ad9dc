// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/client.h"
#include "server_gui/engine/server.h"
#include "shared/inspect/copy_as.h"
#include "tests/support/copied_program.h"
#include "tests/support/events.h"
#include "tests/support/raw_socket.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

void addLanguages()
{
    QTest::addColumn<Language>("language");
    QTest::newRow("Python") << Language::Python;
    QTest::newRow("C") << Language::C;
    QTest::newRow("ncat") << Language::Ncat;
}

/// Tries until the copied server listens.
RawSocket connectedOnce(const QByteArray &host, quint16 port)
{
    RawSocket socket;
    (void)QTest::qWaitFor(
        [&] {
            socket = RawSocket::connectedTo(host.constData(), port);
            return socket.isOpen();
        },
        EnginePatience);
    return socket;
}

} // namespace

/// The copied programs do what the exchange did, on TCP and on Unix sockets.
class TestCopyAs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void client_data() { addLanguagesAndHosts(); }
    void client();
    void silentClient_data() { addLanguages(); }
    void silentClient();
    void server_data() { addLanguagesAndHosts(); }
    void server();
    void emptyGreeting_data() { addLanguages(); }
    void emptyGreeting();
    void resettingServer_data();
    void resettingServer();
    void unixClient_data();
    void unixClient();
    void unixServer_data();
    void unixServer();
    void exchange_data();
    void exchange();
    void nothingToCopy();
    void muchIsLeftOut();
};

void TestCopyAs::client()
{
    QFETCH(const Language, language);
    QFETCH(const QString, host);
    SKIP_WITHOUT_IPV6(host == u"::1");
    const auto listener = RawSocket::listening(host.toLatin1().constData());
    ConnectRequest request;
    request.endpoint = endpointOf(host, listener.localPort(), Endpoint::Use::Connect);
    request.send = hostileBytes();
    const Exchange exchange = attempt(request, [&] {
        auto peer = listener.accept();
        QCOMPARE(peer.receive(request.send.size()), request.send);
        QVERIFY(peer.send("Hello"));
    });

    Copied program(exchange, language);
    QVERIFY2(program.isThere(), program.report().constData());
    auto peer = listener.accept();
    VERIFY(peer.receive(request.send.size()) == request.send, program);
    QVERIFY(peer.send("Good day"));
    peer.close();
    VERIFY(program->exitStatus() == 0, program);
    VERIFY(program->output().contains("Good day"), program);
}

void TestCopyAs::silentClient()
{
    QFETCH(const Language, language);
    const auto listener = RawSocket::listening();
    ConnectRequest request;
    request.endpoint = endpointOf(u"127.0.0.1"_s, listener.localPort(), Endpoint::Use::Connect);
    const Exchange exchange = attempt(request, [&] { QVERIFY(listener.accept().send("Hello")); });

    Copied program(exchange, language);
    QVERIFY2(program.isThere(), program.report().constData());
    auto peer = listener.accept();
    QVERIFY(peer.send("Good day"));
    peer.close();
    VERIFY(program->exitStatus() == 0, program);
    VERIFY(program->output().contains("Good day"), program);
}

void TestCopyAs::server()
{
    QFETCH(const Language, language);
    QFETCH(const QString, host);
    SKIP_WITHOUT_IPV6(host == u"::1");
    ServerSettings settings;
    settings.endpoint = endpointOf(host, 0, Endpoint::Use::Listen);
    settings.greeting = hostileBytes();
    settings.backlog = 7;
    Exchange exchange;
    {
        Running<Server> server;
        server.engine.post([settings](Server &engine) { engine.listen(settings); });
        QTRY_VERIFY_WITH_TIMEOUT(server.recorder.find(0, Call::Listen).has_value(), EnginePatience);
        {
            auto peer = RawSocket::connectedTo(host.toLatin1().constData(),
                                               server.recorder.find(0, Call::Listen)->local().port());
            QCOMPARE(peer.receive(settings.greeting.size()), settings.greeting);
            QVERIFY(peer.send("abc"));
        }
        QTRY_VERIFY_WITH_TIMEOUT(server.hasEnded(1), EnginePatience);
        const auto known = Exchange::of(server.eventsOf(1), server.eventsOf(0));
        QVERIFY(known.has_value());
        exchange = *known;
    }
    QCOMPARE(exchange.backlog, 7);

    Copied program(exchange, language);
    QVERIFY2(program.isThere(), program.report().constData());
    auto peer = connectedOnce(host.toLatin1(), exchange.address.port());
    VERIFY(peer.receive(settings.greeting.size()) == settings.greeting, program);
    VERIFY(peer.isAtEnd(), program);
    QVERIFY(peer.send("Good day"));
    peer.close();
    VERIFY(program->exitStatus() == 0, program);
    VERIFY(program->output().contains("Good day"), program);
}

void TestCopyAs::emptyGreeting()
{
    QFETCH(const Language, language);
    Exchange exchange;
    {
        Running<Server> server;
        ServerSettings settings;
        settings.endpoint = endpointOf(u"127.0.0.1"_s, 0, Endpoint::Use::Listen);
        server.engine.post([settings](Server &engine) { engine.listen(settings); });
        QTRY_VERIFY_WITH_TIMEOUT(server.recorder.find(0, Call::Listen).has_value(), EnginePatience);
        RawSocket::connectedTo("127.0.0.1", server.recorder.find(0, Call::Listen)->local().port()).close();
        QTRY_VERIFY_WITH_TIMEOUT(server.hasEnded(1), EnginePatience);
        exchange = Exchange::of(server.eventsOf(1), server.eventsOf(0)).value();
    }
    Copied program(exchange, language);
    QVERIFY2(program.isThere(), program.report().constData());
    auto peer = connectedOnce("127.0.0.1", exchange.address.port());
    VERIFY(peer.isAtEnd(), program);
    peer.close();
    VERIFY(program->exitStatus() == 0, program);
}

void TestCopyAs::resettingServer_data()
{
    QTest::addColumn<Language>("language");
    QTest::newRow("Python") << Language::Python;
    QTest::newRow("C") << Language::C;
}

void TestCopyAs::resettingServer()
{
    QFETCH(const Language, language);
    Exchange exchange;
    {
        Running<Server> server;
        ServerSettings settings;
        settings.endpoint = endpointOf(u"127.0.0.1"_s, 0, Endpoint::Use::Listen);
        settings.greeting = "Hello";
        server.engine.post([settings](Server &engine) { engine.listen(settings); });
        QTRY_VERIFY_WITH_TIMEOUT(server.recorder.find(0, Call::Listen).has_value(), EnginePatience);
        auto peer = RawSocket::connectedTo("127.0.0.1", server.recorder.find(0, Call::Listen)->local().port());
        QCOMPARE(peer.receive(5), "Hello");
        server.engine.post([](Server &engine) { engine.closeAll(); });
        QTRY_VERIFY_WITH_TIMEOUT(server.hasEnded(1), EnginePatience);
        exchange = Exchange::of(server.eventsOf(1), server.eventsOf(0)).value();
    }
    Copied program(exchange, language);
    QVERIFY2(program.isThere(), program.report().constData());
    auto peer = connectedOnce("127.0.0.1", exchange.address.port());
    VERIFY(program->exitStatus() == 0, program);
    VERIFY(!peer.send("abc"), program); // after a FIN alone, one can still send
}

void TestCopyAs::unixClient_data()
{
    QTest::addColumn<Language>("language");
    QTest::addColumn<QByteArray>("name");
    for (const QByteArray &name :
         {QByteArray("socket"), QByteArray("it's \"a\" $(touch pwned) `\\ ?\?' soc\xe2\x82\xackt"),
          QByteArray("new\nline")}) {
        QTest::addRow("Python, %s", name.toPercentEncoding().constData()) << Language::Python << name;
        QTest::addRow("C, %s", name.toPercentEncoding().constData()) << Language::C << name;
        QTest::addRow("ncat, %s", name.toPercentEncoding().constData()) << Language::Ncat << name;
    }
}

void TestCopyAs::unixClient()
{
    QFETCH(const Language, language);
    QFETCH(const QByteArray, name);
    const QTemporaryDir folder;
    ConnectRequest request;
    request.endpoint.transport = Transport::Unix;
    request.endpoint.path = folder.path().toUtf8() + '/' + name;
    request.send = "abc";
    const auto listener = RawSocket::listeningOn(request.endpoint.path);
    QVERIFY(listener.isOpen());
    const Exchange exchange = attempt(request, [&] {
        auto peer = listener.accept();
        QCOMPARE(peer.receive(3), "abc");
        QVERIFY(peer.send("Hello"));
    });

    Copied program(exchange, language);
    QVERIFY2(program.isThere(), program.report().constData());
    auto peer = listener.accept();
    VERIFY(peer.receive(3) == "abc", program);
    QVERIFY(peer.send("Good day"));
    peer.close();
    VERIFY(program->exitStatus() == 0, program);
    VERIFY(program->output().contains("Good day"), program);
}

void TestCopyAs::unixServer_data()
{
    QTest::addColumn<Language>("language");
    QTest::addColumn<bool>("isAbstract");
    QTest::newRow("Python") << Language::Python << false;
    QTest::newRow("Python, abstract") << Language::Python << true;
    QTest::newRow("C") << Language::C << false;
    QTest::newRow("C, abstract") << Language::C << true;
    QTest::newRow("ncat") << Language::Ncat << false;
}

void TestCopyAs::unixServer()
{
    QFETCH(const Language, language);
    QFETCH(const bool, isAbstract);
    const QTemporaryDir folder;
    ServerSettings settings;
    settings.endpoint.transport = Transport::Unix;
    settings.endpoint.path = (isAbstract ? "@" : "") + folder.path().toUtf8() + "/it's a socket";
    settings.greeting = hostileBytes();
    Exchange exchange;
    {
        Running<Server> server;
        server.engine.post([settings](Server &engine) { engine.listen(settings); });
        QTRY_VERIFY_WITH_TIMEOUT(server.recorder.find(0, Call::Listen).has_value(), EnginePatience);
        {
            auto peer = RawSocket::connectedTo(settings.endpoint.path);
            QCOMPARE(peer.receive(settings.greeting.size()), settings.greeting);
        }
        QTRY_VERIFY_WITH_TIMEOUT(server.hasEnded(1), EnginePatience);
        exchange = Exchange::of(server.eventsOf(1), server.eventsOf(0)).value();
        server.engine.post([](Server &engine) { engine.stop(); });
        QTRY_VERIFY_WITH_TIMEOUT(server.hasEnded(0), EnginePatience);
    }

    Copied program(exchange, language);
    QVERIFY2(program.isThere(), program.report().constData());
    RawSocket peer;
    (void)QTest::qWaitFor([&] { return (peer = RawSocket::connectedTo(settings.endpoint.path)).isOpen(); },
                          EnginePatience);
    VERIFY(peer.receive(settings.greeting.size()) == settings.greeting, program);
    VERIFY(peer.isAtEnd(), program);
    peer.close();
    VERIFY(program->exitStatus() == 0, program);
}

void TestCopyAs::exchange_data()
{
    QTest::addColumn<Language>("language");
    QTest::newRow("Python") << Language::Python;
    QTest::newRow("C") << Language::C;
}

/// Both sides take turns: bytes that came in some pieces may come in other ones again.
void TestCopyAs::exchange()
{
    QFETCH(const Language, language);
    const auto listener = RawSocket::listening();
    Exchange exchange;
    exchange.address = Address::parseIPv4("127.0.0.1", listener.localPort());
    using Kind = Exchange::Step::Kind;
    exchange.steps = {
        {Kind::Send, "one"}, {Kind::Receive, {}, 6}, {Kind::Send, "two"}, {Kind::Shutdown}, {Kind::ReceiveAll}};
    Copied program(exchange, language);
    QVERIFY2(program.isThere(), program.report().constData());
    auto peer = listener.accept();
    VERIFY(peer.receive(3) == "one", program);
    QVERIFY(peer.send("ab"));
    QVERIFY(peer.send("cdef"));
    VERIFY(peer.receive(3) == "two", program);
    VERIFY(peer.isAtEnd(), program);
    QVERIFY(peer.send("end"));
    peer.close();
    VERIFY(program->exitStatus() == 0, program);
    VERIFY(program->output().contains("end"), program);
}

void TestCopyAs::nothingToCopy()
{
    QVERIFY(!Exchange::of({}, {}));
    QVERIFY(!Exchange::of({eventOf(1, Call::GetAddrInfo)}, {}));
    QVERIFY(!Exchange::of({eventOf(1, Call::Recv)}, {}));   // the beginning is no longer kept
    QVERIFY(!Exchange::of({eventOf(1, Call::Accept)}, {})); // the listener's is no longer kept
    const Event listen = eventOf(0, Call::Listen);
    QVERIFY(!Exchange::of({listen}, {listen}));
}

void TestCopyAs::muchIsLeftOut()
{
    const Event connect = Event::connect(1, {0, 0}, Address::parseIPv4("127.0.0.1", 3000));
    const Event send = sent(1, QByteArray(100'000, 'x'));
    auto exchange = Exchange::of({connect, send}, {});
    QVERIFY(exchange.has_value());
    exchange->mayLackCalls = true;
    QCOMPARE(exchange->steps.front().bytes.size(), Exchange::MaxBytes);
    QCOMPARE(exchange->omitted, 100'000 - Exchange::MaxBytes);
    for (const QByteArray &text : {copyAsPython(*exchange), copyAsC(*exchange), copyAsNcat(*exchange)}) {
        QVERIFY2(text.contains("34464 more bytes were sent, which are left out here"), text.left(200).constData());
        QVERIFY2(text.contains("Calls may be missing here"), text.left(200).constData());
    }
}

QTEST_GUILESS_MAIN(TestCopyAs)
#include "tst_copy_as.moc"
