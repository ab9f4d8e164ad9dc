// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/engine/client.h"
#include "server_gui/engine/server.h"
#include "shared/inspect/copy_as.h"
#include "shared/inspect/copy_as_text.h"
#include "shared/loop/io_thread.h"
#include "shared/socket/datagram_options.h"
#include "tests/support/event_recorder.h"
#include "tests/support/events.h"
#include "tests/support/process.h"
#include "tests/support/process_state.h"
#include "tests/support/raw_socket.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <memory>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

constexpr int EnginePatience = 20'000; // ms; a guard against deadlocks

/// Every byte, and the sequences that mean something to Python, C or a shell.
QByteArray hostileBytes()
{
    QByteArray bytes = "-n '\"`$(touch pwned)`; %s%n%d ?\?/ ?\?' \\ \\x41 \\0 {} #\n*/ //\r\n";
    for (int value = 0; value < 256; ++value)
        bytes.append(static_cast<char>(value));
    return bytes + "7\xf0\x9f\x98\x80\xe2\x80";
}

enum class Language { Python, C, Ncat };

/// The copied program, running.
class Copied
{
public:
    Copied(const Exchange &exchange, Language language)
    {
        switch (language) {
        case Language::Python: start(u"python3"_s, {write("program.py", copyAsPython(exchange))}); break;
        case Language::Ncat: start(u"sh"_s, {write("program.sh", copyAsNcat(exchange))}); break;
        case Language::C: {
            const QString source = write("program.c", copyAsC(exchange));
            const QString program = folder_.filePath(u"program"_s);
            Process compiler(u"cc"_s, {u"-std=c99"_s, u"-Wall"_s, u"-Wextra"_s, u"-Wpedantic"_s,
                                       u"-Wno-overlength-strings"_s, u"-Werror"_s, u"-o"_s, program, source});
            if (compiler.exitStatus() == 0)
                start(program, {});
            else
                qWarning("%s", compiler.report().constData());
            break;
        }
        }
    }

    Process *operator->() { return process_.get(); }
    bool isThere() const { return process_ != nullptr; }
    QByteArray report() const { return text_ + (process_ ? process_->report() : "It does not compile."); }

private:
    QString write(const char *name, const QByteArray &text)
    {
        text_ = text;
        const QString path = folder_.filePath(QLatin1String(name));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("Cannot write %s", qPrintable(path));
        return path;
    }
    void start(const QString &program, const QStringList &arguments)
    {
        process_ = std::make_unique<Process>(program, arguments);
    }

    QTemporaryDir folder_;
    QByteArray text_;
    std::unique_ptr<Process> process_;
};

/// An engine and what it wrote.
template <typename Engine>
struct Running
{
    EventStream stream;
    EventRecorder recorder{stream};
    IoThread<Engine> engine{stream};

    std::vector<Event> eventsOf(quint64 connection) const
    {
        std::vector<Event> events;
        for (const Event &event : recorder.events) {
            if (event.connection() == connection)
                events.push_back(event);
        }
        return events;
    }
    bool hasEnded(quint64 connection) const { return recorder.outcome(connection) != Outcome::None; }
};

Endpoint endpointOf(const QString &host, quint16 port, Endpoint::Use use, Transport transport = Transport::Tcp)
{
    return std::get<Endpoint>(Endpoint::parse(host, QString::number(port), use, transport));
}

/// The exchange of a client that has ended.
Exchange attempt(const ConnectRequest &request, const std::function<void()> &serve)
{
    Running<Client> client;
    client.engine.post([request](Client &engine) { engine.connectTo(1, request); });
    serve();
    (void)QTest::qWaitFor([&] { return client.hasEnded(1); }, EnginePatience);
    return Exchange::of(client.eventsOf(1), {}).value_or(Exchange());
}

void addLanguages()
{
    QTest::addColumn<Language>("language");
    QTest::newRow("Python") << Language::Python;
    QTest::newRow("C") << Language::C;
    QTest::newRow("ncat") << Language::Ncat;
}

void addLanguagesAndHosts()
{
    QTest::addColumn<Language>("language");
    QTest::addColumn<QString>("host");
    QTest::newRow("Python, IPv4") << Language::Python << u"127.0.0.1"_s;
    QTest::newRow("Python, IPv6") << Language::Python << u"::1"_s;
    QTest::newRow("C, IPv4") << Language::C << u"127.0.0.1"_s;
    QTest::newRow("C, IPv6") << Language::C << u"::1"_s;
    QTest::newRow("ncat, IPv4") << Language::Ncat << u"127.0.0.1"_s;
    QTest::newRow("ncat, IPv6") << Language::Ncat << u"::1"_s;
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

Q_DECLARE_METATYPE(Language)

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
    void unixClient_data();
    void unixClient();
    void unixServer_data();
    void unixServer();
    void exchange_data();
    void exchange();
    void nothingToCopy();
    void muchIsLeftOut();
    void limitsOfNcat();
    void quoting();
    void hostileNames();
    void hostileInterface();
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

void TestCopyAs::datagramClient()
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
void TestCopyAs::boundClient()
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

void TestCopyAs::datagramServer()
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

void TestCopyAs::groupClient_data()
{
    QTest::addColumn<Language>("language");
    QTest::addColumn<QString>("group");
    for (const QString &group : {u"239.1.2.3%left"_s, u"ff05::1:3%left"_s}) {
        QTest::addRow("Python, %s", qUtf8Printable(group)) << Language::Python << group;
        QTest::addRow("C, %s", qUtf8Printable(group)) << Language::C << group;
    }
}

/// The program finds the interface, and hears answers.
void TestCopyAs::groupClient()
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

void TestCopyAs::groupServer_data()
{
    groupClient_data();
}

/// The program takes part in the group.
void TestCopyAs::groupServer()
{
    QFETCH(const Language, language);
    QFETCH(const QString, group);
    const PrivateNetwork network;
    if (!network.addWire())
        QSKIP("no network of its own for this test");
    ServerSettings settings;
    settings.endpoint = endpointOf(group, 0, Endpoint::Use::Listen, Transport::Udp);
    settings.greeting = "Hello";
    settings.ttl = 5;
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

void TestCopyAs::limitsOfNcat()
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

/// A shell, Python and C read quoted bytes as the same bytes, whatever they are.
void TestCopyAs::quoting()
{
    QByteArrayList words{"x;id>pwn", "$(id)", "`id`", "it's \"a\"", "-n",   "end\n\n", "\n",
                         "%2",       "\\",    "",     "~",          "a b*", "#"};
    QByteArray every;
    for (int value = 1; value < 256; ++value)
        every.append(static_cast<char>(value));
    words.append(every);
    QRandomGenerator random(4711); // the same words in each run
    for (int i = 0; i < 300; ++i) {
        QByteArray word;
        for (quint32 left = random.bounded(1u, 24u); left > 0; --left)
            word.append(every[random.bounded(i % 2 == 0 ? 128 : 255)]);
        words.append(word);
    }
    QByteArray shell;
    QByteArray python = "import sys\n";
    QByteArray c = "#include <stdio.h>\n#define WORD(literal) fwrite(literal, 1, sizeof literal, stdout)\n"
                   "int main(void)\n{\n";
    QByteArray expected;
    for (const QByteArray &word : words) {
        c += "    WORD(" + cString(word, "         ") + ");\n"; // with the NUL at its end
        shell += "printf '%s\\000' " + shellWord(word) + '\n';
        python += "sys.stdout.buffer.write(" + pythonBytes(word) + " + b'\\0')\n";
        expected += word + '\0';
    }
    Process sh(u"sh"_s, {}, shell);
    VERIFY(sh.exitStatus() == 0, sh);
    QCOMPARE(sh.output().split('\0'), expected.split('\0'));
    Process python3(u"python3"_s, {u"-"_s}, python);
    VERIFY(python3.exitStatus() == 0, python3);
    QCOMPARE(python3.output().split('\0'), expected.split('\0'));
    const QTemporaryDir folder;
    const QString program = folder.filePath(u"program"_s);
    // C99 knows trigraphs.
    Process compiler(u"cc"_s,
                     {u"-std=c99"_s, u"-Wall"_s, u"-Wextra"_s, u"-Wpedantic"_s, u"-Wno-overlength-strings"_s,
                      u"-Werror"_s, u"-x"_s, u"c"_s, u"-o"_s, program, u"-"_s},
                     c + "    return 0;\n}\n");
    VERIFY(compiler.exitStatus() == 0, compiler);
    Process compiled(program);
    VERIFY(compiled.exitStatus() == 0, compiled);
    QCOMPARE(compiled.output().split('\0'), expected.split('\0'));
}

/// The copied command hands ncat the very name: a function that prints its arguments stands for ncat.
void TestCopyAs::hostileNames()
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
void TestCopyAs::hostileInterface()
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

QTEST_GUILESS_MAIN(TestCopyAs)
#include "tst_copy_as.moc"
