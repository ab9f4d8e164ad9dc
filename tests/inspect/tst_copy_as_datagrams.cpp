// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/client.h"
#include "server_gui/engine/server.h"
#include "shared/inspect/copy_as.h"
#include "shared/socket/datagram_options.h"
#include "shared/socket/socket_calls.h"
#include "tests/support/copied_program.h"
#include "tests/support/process_state.h"
#include "tests/support/raw_socket.h"

#include <QRegularExpression>
#include <QTest>

#include <array>
#include <cerrno>
#include <chrono>
#include <optional>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

/// Copied clients and servers of UDP, and members of groups.
class TestCopyAsDatagrams : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void datagramClient_data() { addLanguagesAndHosts(); }
    void datagramClient();
    void boundClient_data() { addLanguagesAndHosts(); }
    void boundClient();
    void datagramServer_data() { addLanguagesAndHosts(); }
    void datagramServer();
    void groupClient_data();
    void groupClient();
    void groupServer_data();
    void groupServer();
};

void TestCopyAsDatagrams::datagramClient()
{
    QFETCH(const Language, language);
    QFETCH(const QString, host);
    SKIP_WITHOUT_IPV6(host == u"::1");
    auto listener = RawDatagrams::bound(host.toLatin1().constData());
    ConnectRequest request;
    request.endpoint = endpointOf(host, listener.localPort(), Endpoint::Use::Connect, Transport::Udp);
    request.send = hostileBytes();
    const Exchange exchange = attempt(request, [&] {
        QCOMPARE(listener.receive().value_or(QByteArray()), request.send);
        QVERIFY(listener.answer("Hello"));
    });

    Copied program(exchange, language);
    QVERIFY2(program.isThere(), program.report().constData());
    VERIFY(listener.receive().value_or(QByteArray()) == request.send, program);
    QVERIFY(listener.answer("Good day"));
    VERIFY(program->exitStatus() == 0, program);
    VERIFY(program->output().contains("Good day"), program);
}

/// It comes from the same address and port.
void TestCopyAsDatagrams::boundClient()
{
    QFETCH(const Language, language);
    QFETCH(const QString, host);
    SKIP_WITHOUT_IPV6(host == u"::1");
    const bool v6 = host == u"::1";
    auto listener = RawDatagrams::bound(host.toLatin1().constData());
    ConnectRequest request;
    request.endpoint = endpointOf(host, listener.localPort(), Endpoint::Use::Connect, Transport::Udp);
    const char *const source = v6 ? "::1" : "127.0.0.2";
    const quint16 port = RawDatagrams::bound(source).localPort(); // free again
    request.source = v6 ? Address::parseIPv6(source, port) : Address::parseIPv4(source, port);
    request.send = "Hello";
    const Exchange exchange = attempt(request, [&] {
        QVERIFY(listener.receive());
        QVERIFY(listener.answer("Hello"));
    });
    const QByteArray sender = listener.sender();

    Copied program(exchange, language);
    QVERIFY2(program.isThere(), program.report().constData());
    VERIFY(listener.receive(), program);
    VERIFY(listener.sender() == sender, program);
    QVERIFY(listener.answer("Good day"));
    VERIFY(program->exitStatus() == 0, program);
}

void TestCopyAsDatagrams::datagramServer()
{
    QFETCH(const Language, language);
    QFETCH(const QString, host);
    SKIP_WITHOUT_IPV6(host == u"::1");
    ServerSettings settings;
    settings.endpoint = endpointOf(host, 0, Endpoint::Use::Listen, Transport::Udp);
    settings.greeting = hostileBytes();
    Exchange exchange;
    {
        Running<Server> server;
        server.engine.post([settings](Server &engine) { engine.listen(settings); });
        QTRY_VERIFY_WITH_TIMEOUT(server.recorder.find(0, Call::GetSockName).has_value(), EnginePatience);
        auto peer = RawDatagrams::connectedTo(host.toLatin1().constData(),
                                              server.recorder.find(0, Call::GetSockName)->local().port());
        QVERIFY(peer.send("abc"));
        QCOMPARE(peer.receive().value_or(QByteArray()), settings.greeting);
        QTRY_VERIFY_WITH_TIMEOUT(server.recorder.find(1, Call::SendTo).has_value(), EnginePatience);
        exchange = Exchange::of(server.eventsOf(1), server.eventsOf(0)).value();
    }

    Copied program(exchange, language);
    QVERIFY2(program.isThere(), program.report().constData());
    std::optional<QByteArray> answer;
    auto peer = RawDatagrams::connectedTo(host.toLatin1().constData(), exchange.address.port());
    // Until it is bound, datagrams are refused.
    (void)QTest::qWaitFor([&] { return peer.send("Good day") && (answer = peer.receive()).has_value(); },
                          EnginePatience);
    QVERIFY2(answer.has_value(), program.report().constData());
    QCOMPARE(*answer, settings.greeting);
    if (language != Language::Ncat) // which goes on
        VERIFY(program->exitStatus() == 0, program);
    TRY_VERIFY(program->output().contains("Good day"), program);
}

void TestCopyAsDatagrams::groupClient_data()
{
    QTest::addColumn<Language>("language");
    QTest::addColumn<QString>("group");
    for (const QString &group : {u"239.1.2.3%left"_s, u"ff05::1:3%left"_s}) {
        QTest::addRow("Python, %s", qUtf8Printable(group)) << Language::Python << group;
        QTest::addRow("C, %s", qUtf8Printable(group)) << Language::C << group;
    }
}

/// The program finds the interface, and hears answers.
void TestCopyAsDatagrams::groupClient()
{
    QFETCH(const Language, language);
    QFETCH(const QString, group);
    const PrivateNetwork network;
    if (!network.addWire())
        QSKIP("no network of its own for this test");
    ConnectRequest request;
    request.endpoint = endpointOf(group, 9, Endpoint::Use::Connect, Transport::Udp);
    const Address address = request.endpoint.literal;
    const native::Descriptor member(static_cast<int>(native::socket(Transport::Udp, address.family()).value));
    if (!native::bind(member.get(), address.withPort(0), Transport::Udp).ok())
        QSKIP("no such family on this computer");
    QVERIFY(native::setDatagramOption(member.get(), native::DatagramOption::Membership, address).ok());
    native::tellLocalAddresses(member.get());
    request.endpoint =
        endpointOf(group, native::localAddress(member.get()).port(), Endpoint::Use::Connect, Transport::Udp);
    request.send = "Who is there?";
    request.ttl = 3;
    request.multicastLoopback = true;
    request.timeout = std::chrono::milliseconds(500);
    const auto answerOnce = [&](const QByteArray &answer) {
        std::array<char, 100> buffer;
        native::DatagramPath path;
        native::Result received;
        QVERIFY(QTest::qWaitFor([&] { return (received = native::receiveFrom(member.get(), buffer, path)).ok(); },
                                EnginePatience));
        QCOMPARE(QByteArray(buffer.data(), received.value), request.send);
        QVERIFY(native::sendTo(member.get(), answer, path).ok());
    };
    const Exchange exchange = attempt(request, [&] { answerOnce("Hello"); });
    QCOMPARE(exchange.options.size(), 2U);
    QVERIFY(exchange.isToMany());

    Copied program(exchange, language);
    QVERIFY2(program.isThere(), program.report().constData());
    answerOnce("Good day");
    VERIFY(program->exitStatus() == 0, program);
    VERIFY(program->output().contains("Good day"), program);
}

void TestCopyAsDatagrams::groupServer_data()
{
    groupClient_data();
}

/// The program takes part in the group.
void TestCopyAsDatagrams::groupServer()
{
    QFETCH(const Language, language);
    QFETCH(const QString, group);
    const PrivateNetwork network;
    if (!network.addWire())
        QSKIP("no network of its own for this test");
    ServerSettings settings;
    settings.endpoint = endpointOf(group, 0, Endpoint::Use::Listen, Transport::Udp);
    settings.greeting = "Hello";
    settings.limits.ttl = 5;
    const Address address = settings.endpoint.literal;
    const native::Descriptor peer(static_cast<int>(native::socket(Transport::Udp, address.family()).value));
    if (!native::setDatagramOption(peer.get(), native::DatagramOption::GroupInterface, address).ok())
        QSKIP("no such family on this computer");
    std::array<char, 100> buffer;
    native::DatagramPath path;
    native::Result received{-1, EAGAIN};
    Exchange exchange;
    const auto asks = [&](std::uint16_t port) {
        return native::sendTo(peer.get(), "Who?", {address.withPort(port), {}}).ok()
               && (received = native::receiveFrom(peer.get(), buffer, path)).ok();
    };
    {
        Running<Server> server;
        server.engine.post([settings](Server &engine) { engine.listen(settings); });
        QTRY_VERIFY_WITH_TIMEOUT(server.recorder.find(0, Call::GetSockName).has_value(), EnginePatience);
        const std::uint16_t port = server.recorder.find(0, Call::GetSockName)->local().port();
        QVERIFY(QTest::qWaitFor([&] { return asks(port); }, EnginePatience));
        QTRY_VERIFY_WITH_TIMEOUT(server.recorder.find(1, Call::SendTo).has_value(), EnginePatience);
        const auto of1 = server.eventsOf(1);
        exchange = Exchange::of({of1[0], of1[1]}, server.eventsOf(0)).value();
    }
    while (native::receiveFrom(peer.get(), buffer, path).ok()) {
    } // what came besides
    Copied program(exchange, language);
    QVERIFY2(program.isThere(), program.report().constData());
    QVERIFY2(QTest::qWaitFor([&] { return asks(exchange.address.port()); }, EnginePatience),
             program.report().constData());
    QCOMPARE(QByteArray(buffer.data(), received.value), settings.greeting);
    VERIFY(program->exitStatus() == 0, program);
}

QTEST_GUILESS_MAIN(TestCopyAsDatagrams)
#include "tst_copy_as_datagrams.moc"
