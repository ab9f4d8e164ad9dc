// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/endpoint.h"
#include "shared/message.h"

#include <QRegularExpression>
#include <QTest>

#include <net/if.h>
#include <netdb.h>
#include <unistd.h>

#include <array>

using namespace Qt::StringLiterals;
using namespace parley;

using Use = Endpoint::Use;
using Part = EndpointError::Part;

namespace {

using Parsed = std::variant<Endpoint, EndpointError>;

/// What was parsed; an endpoint that no text stands for where there is an error.
Endpoint endpointOf(const Parsed &parsed)
{
    const auto *endpoint = std::get_if<Endpoint>(&parsed);
    return endpoint ? *endpoint : Endpoint();
}

/// The endpoint that the printed form of @p endpoint stands for.
Endpoint reparsed(const Endpoint &endpoint, Use use)
{
    return endpointOf(Endpoint::parse(endpoint.host(), QString::number(endpoint.port), use));
}

} // namespace

class TestEndpoint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void good_data();
    void good();
    void listenOnly_data();
    void listenOnly();
    void scope();
    void service_data();
    void service();
    void bad_data();
    void bad();
    void hostile_data();
    void hostile();
    void defaults();
};

void TestEndpoint::good_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("port");
    QTest::addColumn<QString>("printed");
    QTest::addColumn<bool>("literal");

    QTest::newRow("name") << u"localhost"_s << u"3000"_s << u"localhost:3000"_s << false;
    QTest::newRow("qualified name") << u"www.example.org"_s << u"80"_s << u"www.example.org:80"_s << false;
    QTest::newRow("rooted name") << u"example.org."_s << u"80"_s << u"example.org.:80"_s << false;
    QTest::newRow("capitals") << u"Example.ORG"_s << u"80"_s << u"Example.ORG:80"_s << false;
    QTest::newRow("underscore") << u"my_host"_s << u"80"_s << u"my_host:80"_s << false;
    QTest::newRow("international name")
        << u"münchen.example"_s << u"80"_s << u"münchen.example:80"_s << false;
    QTest::newRow("name that begins with digits")
        << u"3com.example"_s << u"1"_s << u"3com.example:1"_s << false;
    QTest::newRow("name that begins as a quad")
        << u"1.2.3.4.example"_s << u"1"_s << u"1.2.3.4.example:1"_s << false;
    QTest::newRow("name that begins with 0x") << u"0xide"_s << u"1"_s << u"0xide:1"_s << false;
    const QString label(63, u'a');
    QTest::newRow("longest label") << label << u"1"_s << QString(label + u":1"_s) << false;

    QTest::newRow("dotted quad") << u"192.168.0.104"_s << u"3000"_s << u"192.168.0.104:3000"_s << true;
    QTest::newRow("IPv6") << u"::1"_s << u"3000"_s << u"[::1]:3000"_s << true;
    QTest::newRow("IPv6 in brackets") << u"[::1]"_s << u"3000"_s << u"[::1]:3000"_s << true;
    QTest::newRow("IPv6 in capitals") << u"2001:DB8::0:FF"_s << u"1"_s << u"[2001:db8::ff]:1"_s << true;
    QTest::newRow("IPv6 with dots") << u"64:ff9b::192.0.2.33"_s << u"1"_s << u"[64:ff9b::c000:221]:1"_s
                                    << true;
    QTest::newRow("mapped IPv4") << u"::ffff:10.0.0.1"_s << u"1"_s << u"10.0.0.1:1"_s << true;
    QTest::newRow("integer") << u"2130706433"_s << u"3000"_s << u"127.0.0.1:3000"_s << true;
    QTest::newRow("integer 1") << u"1"_s << u"3000"_s << u"0.0.0.1:3000"_s << true;
    QTest::newRow("greatest integer") << u"4294967295"_s << u"3000"_s << u"255.255.255.255:3000"_s << true;

    QTest::newRow("least port") << u"::1"_s << u"1"_s << u"[::1]:1"_s << true;
    QTest::newRow("greatest port") << u"::1"_s << u"65535"_s << u"[::1]:65535"_s << true;
    QTest::newRow("port with zeros") << u"::1"_s << u"00080"_s << u"[::1]:80"_s << true;
    QTest::newRow("blanks around") << u" \t127.0.0.1\n"_s << u" 80\r\n"_s << u"127.0.0.1:80"_s << true;
    QTest::newRow("blanks around a name") << u" localhost "_s << u"\t80 "_s << u"localhost:80"_s << false;
}

void TestEndpoint::good()
{
    QFETCH(QString, host);
    QFETCH(QString, port);
    QFETCH(QString, printed);
    QFETCH(bool, literal);
    for (const Use use : {Use::Listen, Use::Connect}) {
        const Endpoint endpoint = endpointOf(Endpoint::parse(host, port, use));
        QCOMPARE(endpoint.toString(), printed);
        QCOMPARE(endpoint.isLiteral(), literal);
        QCOMPARE(endpoint.name.isEmpty(), literal);
        QCOMPARE(endpoint.literal.port(), literal ? endpoint.port : 0);
        QVERIFY(reparsed(endpoint, use) == endpoint);
    }
}

void TestEndpoint::listenOnly_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("port");
    QTest::addColumn<QString>("printed");
    QTest::addColumn<QByteArray>("bound");

    QTest::newRow("empty: every IPv4 interface")
        << u""_s << u"3000"_s << u"0.0.0.0:3000"_s << "('0.0.0.0', 3000)"_ba;
    QTest::newRow("blank") << u" "_s << u"3000"_s << u"0.0.0.0:3000"_s << "('0.0.0.0', 3000)"_ba;
    QTest::newRow("0.0.0.0") << u"0.0.0.0"_s << u"3000"_s << u"0.0.0.0:3000"_s << "('0.0.0.0', 3000)"_ba;
    QTest::newRow("integer 0") << u"0"_s << u"3000"_s << u"0.0.0.0:3000"_s << "('0.0.0.0', 3000)"_ba;
    QTest::newRow("*: both families") << u"*"_s << u"3000"_s << u"*:3000"_s << "('::', 3000, 0, 0)"_ba;
    QTest::newRow("::") << u"::"_s << u"3000"_s << u"*:3000"_s << "('::', 3000, 0, 0)"_ba;
    QTest::newRow("[::]") << u"[::]"_s << u"3000"_s << u"*:3000"_s << "('::', 3000, 0, 0)"_ba;
    QTest::newRow("any free port") << u"127.0.0.1"_s << u"0"_s << u"127.0.0.1:0"_s << "('127.0.0.1', 0)"_ba;
}

void TestEndpoint::listenOnly()
{
    QFETCH(QString, host);
    QFETCH(QString, port);
    QFETCH(QString, printed);
    QFETCH(QByteArray, bound);
    const Endpoint endpoint = endpointOf(Endpoint::parse(host, port, Use::Listen));
    QCOMPARE(endpoint.toString(), printed);
    QCOMPARE(endpoint.literal.toPython(), bound);
    QVERIFY(reparsed(endpoint, Use::Listen) == endpoint);
    QVERIFY(std::holds_alternative<EndpointError>(Endpoint::parse(host, port, Use::Connect)));
}

void TestEndpoint::scope()
{
    if (::if_nametoindex("lo") == 0)
        QSKIP("no interface lo");
    for (const QString &host : {u"fe80::1%lo"_s, u"[fe80::1%lo]"_s}) {
        const Endpoint endpoint = endpointOf(Endpoint::parse(host, u"3000"_s, Use::Connect));
        QCOMPARE(endpoint.toString(), u"[fe80::1%lo]:3000"_s);
        QCOMPARE(endpoint.literal.scope(), ::if_nametoindex("lo"));
        QVERIFY(reparsed(endpoint, Use::Connect) == endpoint);
    }
}

void TestEndpoint::service_data()
{
    QTest::addColumn<int>("port");
    QTest::newRow("http") << 80;
    QTest::newRow("https") << 443;
    QTest::newRow("ssh") << 22;
}

void TestEndpoint::service()
{
    const char *name = QTest::currentDataTag();
    if (!::getservbyname(name, "tcp"))
        QSKIP("the services database of this computer has no such service");
    QFETCH(int, port);
    for (const Use use : {Use::Listen, Use::Connect}) {
        const Endpoint endpoint = endpointOf(Endpoint::parse(u"127.0.0.1"_s, QString::fromLatin1(name), use));
        QCOMPARE(endpoint.port, port);
        QCOMPARE(endpoint.literal.port(), port);
    }
}

void TestEndpoint::bad_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("port");
    QTest::addColumn<Use>("use");
    QTest::addColumn<Part>("part");
    QTest::addColumn<QString>("named"); // must be in the sentence

    const QString badHosts =
        u"010.1.2.3,127.1,0x7f.0.0.1,0x7f000001,256.1.1.1,1.2.3.4.5,1.2.3.4.,127.1.,"
        u"1.2.3.0x,host.5,4294967296,99999999999999,１２７.0.0.1,127.0.0.１,127.0.1。1,１,-1,"
        u"+1.2.3.4,1.2.3.4/8,:,:::,1::2::3,[::1,::1],[],[[::1]],[127.0.0.1],[localhost],"
        u"::1/64,fe80::1%no-such-one,fe80::1%,127.0.0.1:3000,localhost:3000,two words,"
        u"a..b,.example,.,-a.example,a-.example,a/b,http://a/,user@host,%41,**,"
        u"*.example,münchen..de"_s;
    for (const QString &host : badHosts.split(u',')) {
        QTest::addRow("host <%s>", qUtf8Printable(host))
            << host << u"3000"_s << Use::Listen << Part::Host << QString(u"“"_s + host + u"”"_s);
    }
    QTest::newRow("label of 64") << QString(64, u'a') << u"1"_s << Use::Connect << Part::Host
                                 << QString(64, u'a');
    QTest::newRow("name of 254") << u"abcde."_s.repeated(42) + u"ab"_s << u"1"_s << Use::Connect << Part::Host
                                 << u"abcde.abcde."_s;
    QTest::newRow("datagrams only") << u"<broadcast>"_s << u"1"_s << Use::Connect << Part::Host
                                    << u"<broadcast>"_s;
    QTest::newRow("both bad: the host first")
        << u"a b"_s << u"x y"_s << Use::Listen << Part::Host << u"“a b”"_s;

    QTest::newRow("nowhere to connect to") << u""_s << u"3000"_s << Use::Connect << Part::Host << u"empty"_s;
    for (const QString &host : {u"*"_s, u"::"_s, u"[::]"_s, u"0.0.0.0"_s, u"0"_s, u"::ffff:0.0.0.0"_s}) {
        QTest::addRow("connect to <%s>", qUtf8Printable(host))
            << host << u"3000"_s << Use::Connect << Part::Host << QString(u"“"_s + host + u"”"_s);
    }

    const QString badPorts = u",65536,99999999999,-1,+80,80.0,80 81,0x50,1e3,８０,no-such-service,http x,"
                             u"/etc/services,münchen,%1"_s;
    for (const QString &port : badPorts.split(u',')) {
        QTest::addRow("port <%s>", qUtf8Printable(port))
            << u"localhost"_s << port << Use::Listen << Part::Port << QString(u"“"_s + port + u"”"_s);
    }
    QTest::newRow("connect to port 0")
        << u"localhost"_s << u"0"_s << Use::Connect << Part::Port << u"Port 0"_s;
    QTest::newRow("connect to port 00")
        << u"localhost"_s << u"00"_s << Use::Connect << Part::Port << u"Port 0"_s;
}

void TestEndpoint::bad()
{
    QFETCH(QString, host);
    QFETCH(QString, port);
    QFETCH(Use, use);
    QFETCH(Part, part);
    QFETCH(QString, named);
    const auto parsed = Endpoint::parse(host, port, use);
    QVERIFY(std::holds_alternative<EndpointError>(parsed));
    const auto &error = std::get<EndpointError>(parsed);
    QVERIFY(error.part == part);
    QVERIFY2(error.sentence.contains(named), qPrintable(error.sentence));
    QVERIFY2(error.sentence.endsWith(u'.') && !error.sentence.contains(u". "_s), qPrintable(error.sentence));
}

void TestEndpoint::hostile_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("escape") << u"\x1b[2Jhost"_s;
    QTest::newRow("line feed within") << u"a\nb"_s;
    QTest::newRow("NUL") << u"::1\0x"_s;
    QTest::newRow("C1") << u"a\u009bb"_s;
    QTest::newRow("bidirectional override") << u"a\u202eb"_s;
    QTest::newRow("bidirectional override in an address") << u"::1\u202e"_s;
    QTest::newRow("line separator") << u"a\u2028b"_s;
    QTest::newRow("tag") << u"a\U000e0041b"_s;
    QTest::newRow("place markers") << u"%1 %2"_s;
    QTest::newRow("interface with an escape") << u"fe80::1%\x1b[2J"_s;
    QTest::newRow("lone surrogate") << QString(u"a"_s + QChar(0xd83d));
    QTest::newRow("long name") << QString(1'000'000, u'a');
    QTest::newRow("long international name") << QString(1'000'000, u'ü');
    QTest::newRow("long number") << QString(1'000'000, u'1');
    QTest::newRow("long address") << QString(1'000'000, u':');
    QTest::newRow("long controls") << QString(1'000'000, u'\x1b');
    QTest::newRow("pair at the cut") << QString(QString(79, u'%') + u"\U0001f600\U0001f600"_s);
}

/// Whatever was typed, the sentence is one line of bounded length that is safe on a terminal.
void TestEndpoint::hostile()
{
    QFETCH(QString, text);
    const std::array inputs{std::pair(text, u"3000"_s), std::pair(u"localhost"_s, text)};
    for (const auto &[host, port] : inputs) {
        const auto parsed = Endpoint::parse(host, port, Use::Listen);
        QVERIFY(std::holds_alternative<EndpointError>(parsed));
        const QString sentence = std::get<EndpointError>(parsed).sentence;
        QCOMPARE(displaySafe(sentence, LineBreaks::Escape), sentence);
        QVERIFY2(sentence.size() < 1000, qPrintable(sentence));
        QVERIFY(sentence.endsWith(u'.'));
        QVERIFY(sentence.isValidUtf16() || !text.isValidUtf16());
    }
}

void TestEndpoint::defaults()
{
    std::array<char, 256> name{};
    QCOMPARE(::gethostname(name.data(), name.size() - 1), 0);
    QCOMPARE(localHostName(), QString::fromLocal8Bit(name.data()));
    QVERIFY(!localHostName().isEmpty());
    QCOMPARE(Endpoint().port, 3000);
    QVERIFY(!Endpoint().isLiteral());
}

QTEST_GUILESS_MAIN(TestEndpoint)
#include "tst_endpoint.moc"
