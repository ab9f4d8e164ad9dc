// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/endpoint_parts.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;

using Part = EndpointError::Part;

Q_DECLARE_METATYPE(parley::EndpointParts)
Q_DECLARE_METATYPE(parley::EndpointError::Part)

class TestEndpointParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void good_data();
    void good();
    void bad_data();
    void bad();
    void printed_data();
    void printed();
    void keepsAPassword();
};

void TestEndpointParts::good_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<EndpointParts>("parts");

    const auto row = [](const QString &text, const QString &host, const QString &port = {},
                        std::optional<Transport> transport = {}) {
        QTest::addRow("%s", qPrintable(text)) << text << EndpointParts{transport, host, port, {}};
    };
    const auto path = [](const QString &text, const QString &name) {
        QTest::addRow("%s", qPrintable(text)) << text << EndpointParts{Transport::Unix, {}, {}, name};
    };
    row(QString(), QString());
    row(u"localhost"_s, u"localhost"_s);
    row(u"example.org."_s, u"example.org."_s);
    row(u"*"_s, u"*"_s);
    row(u"<broadcast>"_s, u"<broadcast>"_s);
    row(u"::1"_s, u"::1"_s);
    row(u"::"_s, u"::"_s);
    row(u"[::1]"_s, u"[::1]"_s);
    row(u"fe80::1%eth0"_s, u"fe80::1%eth0"_s);
    row(u"2001:db8::1:4200"_s, u"2001:db8::1:4200"_s); // an address: the port needs brackets
    row(u"::ffff:10.0.0.1"_s, u"::ffff:10.0.0.1"_s);

    row(u"127.0.0.1:4200"_s, u"127.0.0.1"_s, u"4200"_s);
    row(u"  127.0.0.1:4200\n"_s, u"127.0.0.1"_s, u"4200"_s);
    row(u"localhost:http"_s, u"localhost"_s, u"http"_s);
    row(u"*:3000"_s, u"*"_s, u"3000"_s);
    row(u":3000"_s, QString(), u"3000"_s);
    row(u"<broadcast>:3000"_s, u"<broadcast>"_s, u"3000"_s);
    row(u"127.0.0.1:99999"_s, u"127.0.0.1"_s, u"99999"_s); // Endpoint::parse() refuses the port
    row(u"[::1]:4200"_s, u"[::1]"_s, u"4200"_s);
    row(u"[fe80::1%eth0]:4200"_s, u"[fe80::1%eth0]"_s, u"4200"_s);
    row(u"localhost:4200/x?y#z"_s, u"localhost"_s, u"4200"_s);
    row(u"localhost 4200"_s, u"localhost"_s, u"4200"_s);
    row(u"::1 4200"_s, u"::1"_s, u"4200"_s);
    row(u"“127.0.0.1:4200”"_s, u"127.0.0.1"_s, u"4200"_s);
    row(u"'127.0.0.1:4200',"_s, u"127.0.0.1"_s, u"4200"_s);
    row(u"127.0.0.1:4200."_s, u"127.0.0.1"_s, u"4200"_s);
    row(u"127.0.0.1:4200;"_s, u"127.0.0.1"_s, u"4200"_s);

    row(u"('127.0.0.1', 4200)"_s, u"127.0.0.1"_s, u"4200"_s);
    row(u"(\"localhost\",4200)"_s, u"localhost"_s, u"4200"_s);
    row(u"('::1', 4200, 0, 0)"_s, u"::1"_s, u"4200"_s);
    row(u"('fe80::1', 4200, 0, 2)"_s, u"fe80::1%2"_s, u"4200"_s);
    row(u"('fe80::1%eth0', 4200, 0, 2)"_s, u"fe80::1%eth0"_s, u"4200"_s);
    row(u"'127.0.0.1', 4200"_s, u"127.0.0.1"_s, u"4200"_s);
    row(u"127.0.0.1, 4200"_s, u"127.0.0.1"_s, u"4200"_s);

    row(u"tcp://127.0.0.1:4200"_s, u"127.0.0.1"_s, u"4200"_s, Transport::Tcp);
    row(u"tcp://localhost"_s, u"localhost"_s, {}, Transport::Tcp);
    row(u"tcp:localhost:4200"_s, u"localhost"_s, u"4200"_s, Transport::Tcp);
    row(u"tcp://*:4200"_s, u"*"_s, u"4200"_s, Transport::Tcp);
    row(u"udp://[::1]:53"_s, u"[::1]"_s, u"53"_s, Transport::Udp);
    row(u"UDP://localhost:53"_s, u"localhost"_s, u"53"_s, Transport::Udp);
    row(u"http://localhost:4200/x"_s, u"localhost"_s, u"4200"_s, Transport::Tcp);
    row(u"http://localhost"_s, u"localhost"_s, u"80"_s, Transport::Tcp);
    row(u"http://localhost:/"_s, u"localhost"_s, u"80"_s, Transport::Tcp);
    row(u"https://example.org/a:b@c"_s, u"example.org"_s, u"443"_s, Transport::Tcp);
    row(u"https://[::1]?q"_s, u"[::1]"_s, u"443"_s, Transport::Tcp);
    row(u"<http://localhost:4200/>"_s, u"localhost"_s, u"4200"_s, Transport::Tcp);
    row(u"http://[fe80::1%25eth0]:80/"_s, u"[fe80::1%eth0]"_s, u"80"_s, Transport::Tcp);
    row(u"ws://localhost/chat"_s, u"localhost"_s, u"80"_s, Transport::Tcp);
    row(u"wss://localhost/chat"_s, u"localhost"_s, u"443"_s, Transport::Tcp);
    row(u"redis://localhost:6379/0"_s, u"localhost"_s, u"6379"_s);

    path(u"/run/parley.sock"_s, u"/run/parley.sock"_s);
    path(u"/run/a b:c,d"_s, u"/run/a b:c,d"_s);
    path(u"./parley.sock"_s, u"./parley.sock"_s);
    path(u"@parley"_s, u"@parley"_s);
    path(u"unix:/run/parley.sock"_s, u"/run/parley.sock"_s);
    path(u"unix:///run/parley.sock"_s, u"/run/parley.sock"_s);
    path(u"unix:@parley"_s, u"@parley"_s);
    path(u"file:///run/a%20b"_s, u"/run/a b"_s);
    path(u"/run/parley.sock – Parley Server"_s, u"/run/parley.sock"_s);

    row(u"127.0.0.1:4200 – Parley Client"_s, u"127.0.0.1"_s, u"4200"_s);
    row(u"[::1]:4200 – Parley Server"_s, u"[::1]"_s, u"4200"_s);
    row(u"7\t10:05:01.120\t127.0.0.1\t60239\tgreeted"_s, u"127.0.0.1"_s, u"60239"_s);
    row(u"10:05:01.120\t60239\tlocalhost:4200\t0.4 ms\tcomplete"_s, u"localhost"_s, u"4200"_s);
}

void TestEndpointParts::good()
{
    QFETCH(const QString, text);
    QFETCH(const EndpointParts, parts);
    const auto taken = EndpointParts::of(text);
    const auto *error = std::get_if<EndpointError>(&taken);
    QVERIFY2(!error, error ? qPrintable(error->sentence) : "");
    const auto &actual = std::get<EndpointParts>(taken);
    QCOMPARE(actual.host, parts.host);
    QCOMPARE(actual.port, parts.port);
    QCOMPARE(actual.path, parts.path);
    QVERIFY(actual == parts);
}

void TestEndpointParts::bad_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<Part>("part");
    QTest::addColumn<QString>("sentence");

    const auto row = [](const QString &text, Part part, const QString &sentence) {
        QTest::addRow("%s", qPrintable(text)) << text << part << sentence;
    };
    const QString user = u"What stands before the “@” names a user, and nobody logs in here: leave it out."_s;
    row(u"localhost:"_s, Part::Port, u"“localhost:” has a colon but no port after it."_s);
    row(u"[::1]:"_s, Part::Port, u"“[::1]:” has a colon but no port after it."_s);
    row(u"[::1]4200"_s, Part::Host,
        u"“[::1]4200” has something other than a port after the brackets: give it as [::1]:3000."_s);
    row(u"http://"_s, Part::Host, u"“http://” has no host in it."_s);
    row(u"http://:80/"_s, Part::Host, u"“http://:80/” has no host in it."_s);
    row(u"tcp://"_s, Part::Host, u"“tcp://” has no host in it."_s);
    row(u"nosuchservice://localhost"_s, Part::Port,
        u"“nosuchservice://localhost” has no port in it, and this computer knows none of a service "
        "“nosuchservice”."_s);
    row(u"http://me:secret@localhost/"_s, Part::Host, user);
    row(u"me@localhost:22"_s, Part::Host, user);
    row(u"(pid 4711, uid 1000)"_s, Part::Host,
        u"“(pid 4711, uid 1000)” is a process at a Unix socket, and has no address: give the path of the socket."_s);
    row(u"('127.0.0.1')"_s, Part::Host, u"“('127.0.0.1')” is not a host and a port, such as ('127.0.0.1', 3000)."_s);
    row(u"('::1', 1, 2)"_s, Part::Host, u"“('::1', 1, 2)” is not a host and a port, such as ('127.0.0.1', 3000)."_s);
    row(u"AF_INET, 127.0.0.1, 3000"_s, Part::Host,
        u"“AF_INET, 127.0.0.1, 3000” is not an endpoint, such as AF_INET, SOCK_STREAM, 0 (TCP), 127.0.0.1, 3000."_s);
    row(u"a\tb"_s, Part::Host, u"“a\\x09b” has no address with a port in it."_s);
}

void TestEndpointParts::bad()
{
    QFETCH(const QString, text);
    QFETCH(const Part, part);
    QFETCH(const QString, sentence);
    const auto taken = EndpointParts::of(text);
    const auto *error = std::get_if<EndpointError>(&taken);
    QVERIFY(error);
    QCOMPARE(error->sentence, sentence);
    QVERIFY(error->part == part);
}

void TestEndpointParts::printed_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<Transport>("transport");

    for (const Transport transport : {Transport::Tcp, Transport::Udp}) {
        for (const char *host : {"localhost", "127.0.0.1", "::1", "fe80::1%lo", "2001:db8::7", "*"})
            QTest::addRow("%s %d", host, static_cast<int>(transport)) << QString::fromLatin1(host) << transport;
    }
}

/// Each form in which an endpoint is shown stands for the same endpoint.
void TestEndpointParts::printed()
{
    QFETCH(const QString, host);
    QFETCH(const Transport, transport);
    const auto parse = [transport](const QString &name, const QString &port) {
        return Endpoint::parse(name, port, Endpoint::Use::Listen, transport);
    };
    const auto parsed = parse(host, u"4200"_s);
    QVERIFY(std::holds_alternative<Endpoint>(parsed));
    const auto &endpoint = std::get<Endpoint>(parsed);
    QStringList forms{endpoint.toString(), endpoint.vocabulary(), endpoint.toString() + u" – Parley Server"_s};
    if (endpoint.isLiteral())
        forms << QString::fromLatin1(endpoint.literal.toPython());
    for (const QString &form : forms) {
        const auto taken = EndpointParts::of(form);
        QVERIFY2(std::holds_alternative<EndpointParts>(taken), qPrintable(form));
        const auto &parts = std::get<EndpointParts>(taken);
        QVERIFY2(parse(parts.host, parts.port) == parsed, qPrintable(form));
        if (form == endpoint.vocabulary())
            QVERIFY(parts.transport == transport);
    }
}

void TestEndpointParts::keepsAPassword()
{
    const auto taken = EndpointParts::of(u"postgresql://me:secret@localhost/db"_s);
    QVERIFY(std::holds_alternative<EndpointError>(taken));
    QVERIFY(!std::get<EndpointError>(taken).sentence.contains(u"secret"_s));
}

QTEST_GUILESS_MAIN(TestEndpointParts)
#include "tst_endpoint_parts.moc"
