// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/endpoint.h"
#include "shared/message/message.h"

#include <QRegularExpression>
#include <QTest>

#include <net/if.h>
#include <netdb.h>
#include <unistd.h>

#include <array>
#include <tuple>

using namespace Qt::StringLiterals;
using namespace parley;

using Use = Endpoint::Use;
using Part = EndpointError::Part;

namespace
{

using Parsed = std::variant<Endpoint, EndpointError>;

/// The parsed endpoint; after an error, one that no text stands for.
Endpoint endpointOf(const Parsed &parsed)
{
    const auto *endpoint = std::get_if<Endpoint>(&parsed);
    return endpoint ? *endpoint : Endpoint();
}

/// The endpoint that the printed form of @p endpoint stands for.
Endpoint reparsed(const Endpoint &endpoint, Use use)
{
    return endpointOf(Endpoint::parse(endpoint.host(), QString::number(endpoint.port), use, endpoint.transport));
}

/// Whether nothing of @p sentence needs an escape, but the backslashes of those that it has.
bool isSafe(const QString &sentence)
{
    return displaySafe(sentence, LineBreaks::Escape).replace(u"\\\\"_s, u"\\"_s) == sentence;
}

} // namespace

class TestEndpoint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void good_data();
    void good();
    void invisible();
    void listenOnly_data();
    void listenOnly();
    void scope();
    void groups();
    void broadcast_data();
    void broadcast();
    void family_data();
    void family();
    void service_data();
    void service();
    void serviceOfTheTransport();
    void bad_data();
    void bad();
    void path_data();
    void path();
    void badPath_data();
    void badPath();
    void vocabulary_data();
    void vocabulary();
    void vocabularyOfAnAddress();
    void comparison();
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
    QTest::newRow("international name") << u"münchen.example"_s << u"80"_s << u"münchen.example:80"_s << false;
    QTest::newRow("name that begins with digits") << u"3com.example"_s << u"1"_s << u"3com.example:1"_s << false;
    QTest::newRow("name that begins as a quad") << u"1.2.3.4.example"_s << u"1"_s << u"1.2.3.4.example:1"_s << false;
    QTest::newRow("name that begins with 0x") << u"0xide"_s << u"1"_s << u"0xide:1"_s << false;
    const QString label(63, u'a');
    QTest::newRow("longest label") << label << u"1"_s << (label + u":1"_s) << false;

    QTest::newRow("dotted quad") << u"192.168.0.104"_s << u"3000"_s << u"192.168.0.104:3000"_s << true;
    QTest::newRow("IPv6") << u"::1"_s << u"3000"_s << u"[::1]:3000"_s << true;
    QTest::newRow("IPv6 in brackets") << u"[::1]"_s << u"3000"_s << u"[::1]:3000"_s << true;
    QTest::newRow("IPv6 in capitals") << u"2001:DB8::0:FF"_s << u"1"_s << u"[2001:db8::ff]:1"_s << true;
    QTest::newRow("IPv6 with dots") << u"64:ff9b::192.0.2.33"_s << u"1"_s << u"[64:ff9b::c000:221]:1"_s << true;
    QTest::newRow("mapped IPv4") << u"::ffff:10.0.0.1"_s << u"1"_s << u"10.0.0.1:1"_s << true;
    QTest::newRow("integer") << u"2130706433"_s << u"3000"_s << u"127.0.0.1:3000"_s << true;
    QTest::newRow("integer 1") << u"1"_s << u"3000"_s << u"0.0.0.1:3000"_s << true;
    QTest::newRow("greatest integer of a host") << u"4294967294"_s << u"3000"_s << u"255.255.255.254:3000"_s << true;

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
    for (const Transport transport : {Transport::Tcp, Transport::Udp}) {
        for (const Use use : {Use::Listen, Use::Connect}) {
            const Endpoint endpoint = endpointOf(Endpoint::parse(host, port, use, transport));
            QCOMPARE(endpoint.toString(), printed);
            QCOMPARE(endpoint.isLiteral(), literal);
            QCOMPARE(endpoint.isName(), !literal);
            QCOMPARE(endpoint.literal.port(), literal ? endpoint.port : 0);
            QVERIFY(endpoint.transport == transport);
            QVERIFY(endpoint.path.isEmpty());
            QVERIFY(reparsed(endpoint, use) == endpoint);
        }
    }
}

/// A resolver leaves out invisible characters (RFC 3454, B.1): the name is good, and shown as it is.
void TestEndpoint::invisible()
{
    const QString host = u"exam\u00adple\u200b.org\ufeff"_s;
    const Endpoint endpoint = endpointOf(Endpoint::parse(host, u"80"_s, Use::Connect));
    QCOMPARE(endpoint.name, host);
    QCOMPARE(endpoint.toString(), uR"(exam\u00adple\u200b.org\ufeff:80)"_s);
    QCOMPARE(endpoint.vocabulary(), uR"(AF_UNSPEC, SOCK_STREAM, 0 (TCP), exam\u00adple\u200b.org\ufeff, 80)"_s);
    QVERIFY(reparsed(endpoint, Use::Connect) == endpoint);
}

void TestEndpoint::listenOnly_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("port");
    QTest::addColumn<QString>("printed");
    QTest::addColumn<QByteArray>("bound");

    QTest::newRow("empty: every IPv4 interface") << u""_s << u"3000"_s << u"0.0.0.0:3000"_s << "('0.0.0.0', 3000)"_ba;
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
    for (const Transport transport : {Transport::Tcp, Transport::Udp}) {
        const Endpoint endpoint = endpointOf(Endpoint::parse(host, port, Use::Listen, transport));
        QCOMPARE(endpoint.toString(), printed);
        QCOMPARE(endpoint.literal.toPython(), bound);
        QVERIFY(reparsed(endpoint, Use::Listen) == endpoint);
        QVERIFY(std::holds_alternative<EndpointError>(Endpoint::parse(host, port, Use::Connect, transport)));
    }
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

/// With the interface that it is reached by, for IPv4 as for IPv6.
void TestEndpoint::groups()
{
    const unsigned lo = ::if_nametoindex("lo");
    if (lo == 0)
        QSKIP("no interface lo");
    const std::array groups{std::pair(u"239.1.2.3%lo"_s, u"239.1.2.3%lo:3000"_s),
                            std::pair(u"239.1.2.3%%1"_s.arg(lo), u"239.1.2.3%lo:3000"_s),
                            std::pair(u"ff02::1:3%lo"_s, u"[ff02::1:3%lo]:3000"_s),
                            std::pair(u"::ffff:239.1.2.3%lo"_s, u"239.1.2.3%lo:3000"_s)};
    for (const auto &[host, shown] : groups) {
        for (const Use use : {Use::Listen, Use::Connect}) {
            const Endpoint endpoint = endpointOf(Endpoint::parse(host, u"3000"_s, use, Transport::Udp));
            QCOMPARE(endpoint.toString(), shown);
            QCOMPARE(endpoint.literal.scope(), lo);
            QVERIFY(endpoint.literal.isMulticast());
            QVERIFY(reparsed(endpoint, use) == endpoint);
        }
    }
}

void TestEndpoint::broadcast_data()
{
    QTest::addColumn<QString>("host");
    for (const QString &host :
         {u"<broadcast>"_s, u"255.255.255.255"_s, u"4294967295"_s, u"::ffff:255.255.255.255"_s, u" <broadcast> "_s})
        QTest::addRow("%s", qUtf8Printable(host)) << host;
}

/// Datagrams can be sent to such an address; nothing else can be done with it.
void TestEndpoint::broadcast()
{
    QFETCH(QString, host);
    const Endpoint endpoint = endpointOf(Endpoint::parse(host, u"3000"_s, Use::Connect, Transport::Udp));
    QCOMPARE(endpoint.toString(), u"<broadcast>:3000"_s);
    QVERIFY(endpoint.literal == Address::broadcast(3000));
    QVERIFY(reparsed(endpoint, Use::Connect) == endpoint);

    const std::array refused{std::tuple(Use::Connect, Transport::Tcp, u"UDP"_s),
                             std::tuple(Use::Listen, Transport::Tcp, u"UDP"_s),
                             std::tuple(Use::Listen, Transport::Udp, u"*"_s)};
    for (const auto &[use, transport, hint] : refused) {
        const auto parsed = Endpoint::parse(host, u"3000"_s, use, transport);
        QVERIFY(std::holds_alternative<EndpointError>(parsed));
        const auto &error = std::get<EndpointError>(parsed);
        QVERIFY(error.part == Part::Host);
        QVERIFY2(error.sentence.contains(hint), qPrintable(error.sentence));
        QVERIFY2(error.sentence.contains(u"“"_s + host.trimmed() + u"”"_s), qPrintable(error.sentence));
    }
}

void TestEndpoint::family_data()
{
    QTest::addColumn<QString>("hint");
    for (const char *family : {"AF_INET", "AF_INET6", "AF_UNIX"})
        QTest::newRow(family) << u"is an address family and not a host"_s;
    for (const char *family : {"AF_X25", "AF_IPX", "AF_NETLINK", "AF_BLUETOOTH", "AF_NOSUCH"})
        QTest::newRow(family) << u"AF_INET, AF_INET6 and AF_UNIX are"_s;
}

/// The names of address families are known: as a host, one gets a sentence and no look-up.
void TestEndpoint::family()
{
    QFETCH(QString, hint);
    const QString name = QString::fromLatin1(QTest::currentDataTag());
    for (const Transport transport : {Transport::Tcp, Transport::Udp}) {
        for (const Use use : {Use::Listen, Use::Connect}) {
            const auto parsed = Endpoint::parse(name, u"3000"_s, use, transport);
            QVERIFY(std::holds_alternative<EndpointError>(parsed));
            const auto &error = std::get<EndpointError>(parsed);
            QVERIFY(error.part == Part::Host);
            QVERIFY2(error.sentence.contains(hint), qPrintable(error.sentence));
            QVERIFY2(error.sentence.startsWith(u"“"_s + name + u"”"_s), qPrintable(error.sentence));
        }
    }
    // A host name may begin like one.
    QVERIFY(endpointOf(Endpoint::parse(name.toLower(), u"1"_s, Use::Connect)).isName());
    QVERIFY(endpointOf(Endpoint::parse(name + u".example"_s, u"1"_s, Use::Connect)).isName());
}

void TestEndpoint::service_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<Transport>("transport");
    QTest::addColumn<int>("port");
    QTest::newRow("http") << "http"_ba << Transport::Tcp << 80;
    QTest::newRow("https") << "https"_ba << Transport::Tcp << 443;
    QTest::newRow("ssh") << "ssh"_ba << Transport::Tcp << 22;
    QTest::newRow("domain, TCP") << "domain"_ba << Transport::Tcp << 53;
    QTest::newRow("domain, UDP") << "domain"_ba << Transport::Udp << 53;
    QTest::newRow("tftp") << "tftp"_ba << Transport::Udp << 69;
    QTest::newRow("ntp") << "ntp"_ba << Transport::Udp << 123;
}

void TestEndpoint::service()
{
    QFETCH(QByteArray, name);
    QFETCH(Transport, transport);
    QFETCH(int, port);
    if (!::getservbyname(name.constData(), transport == Transport::Udp ? "udp" : "tcp"))
        QSKIP("the services database of this computer has no such service");
    for (const Use use : {Use::Listen, Use::Connect}) {
        const Endpoint endpoint =
            endpointOf(Endpoint::parse(u"127.0.0.1"_s, QString::fromLatin1(name), use, transport));
        QCOMPARE(endpoint.port, port);
        QCOMPARE(endpoint.literal.port(), port);
    }
}

/// The database lists a service for its own transport: tftp is UDP's, http TCP's.
void TestEndpoint::serviceOfTheTransport()
{
    if (!::getservbyname("tftp", "udp") || ::getservbyname("tftp", "tcp"))
        QSKIP("the services database of this computer has no service of UDP alone");
    const auto tcp = Endpoint::parse(u"127.0.0.1"_s, u"tftp"_s, Use::Connect, Transport::Tcp);
    QVERIFY(std::holds_alternative<EndpointError>(tcp));
    const QString sentence = std::get<EndpointError>(tcp).sentence;
    QVERIFY2(sentence.contains(u"“tftp”"_s) && sentence.contains(u"TCP service such as http"_s), qPrintable(sentence));

    const auto udp = Endpoint::parse(u"127.0.0.1"_s, u"no-such-service"_s, Use::Connect, Transport::Udp);
    QVERIFY(std::holds_alternative<EndpointError>(udp));
    QVERIFY2(std::get<EndpointError>(udp).sentence.contains(u"UDP service such as domain"_s),
             qPrintable(std::get<EndpointError>(udp).sentence));
}

void TestEndpoint::bad_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("port");
    QTest::addColumn<Use>("use");
    QTest::addColumn<Part>("part");
    QTest::addColumn<QString>("named"); // must be in the sentence

    const QString badHosts = u"010.1.2.3,127.1,0x7f.0.0.1,0x7f000001,256.1.1.1,1.2.3.4.5,1.2.3.4.,127.1.,"
                             u"1.2.3.0x,host.5,4294967296,99999999999999,１２７.0.0.1,127.0.0.１,127.0.1。1,１,-1,"
                             u"+1.2.3.4,1.2.3.4/8,:,:::,1::2::3,[::1,::1],[],[[::1]],[127.0.0.1],[localhost],"
                             u"::1/64,fe80::1%no-such-one,fe80::1%,127.0.0.1:3000,localhost:3000,two words,"
                             u"a..b,.example,.,-a.example,a-.example,a/b,http://a/,user@host,%41,**,"
                             u"*.example,münchen..de"_s;
    for (const QString &host : badHosts.split(u',')) {
        QTest::addRow("host <%s>", qUtf8Printable(host))
            << host << u"3000"_s << Use::Listen << Part::Host << (u"“"_s + host + u"”"_s);
    }
    QTest::newRow("label of 64") << QString(64, u'a') << u"1"_s << Use::Connect << Part::Host << QString(64, u'a');
    QTest::newRow("name of 254") << u"abcde."_s.repeated(42) + u"ab"_s << u"1"_s << Use::Connect << Part::Host
                                 << u"abcde.abcde."_s;
    QTest::newRow("neither name nor <broadcast>")
        << u"<Broadcast>"_s << u"1"_s << Use::Connect << Part::Host << u"“<Broadcast>”"_s;
    QTest::newRow("both bad: the host first") << u"a b"_s << u"x y"_s << Use::Listen << Part::Host << u"“a b”"_s;

    QTest::newRow("nowhere to connect to") << u""_s << u"3000"_s << Use::Connect << Part::Host << u"empty"_s;
    for (const QString &host : {u"*"_s, u"::"_s, u"[::]"_s, u"0.0.0.0"_s, u"0"_s, u"::ffff:0.0.0.0"_s}) {
        QTest::addRow("connect to <%s>", qUtf8Printable(host))
            << host << u"3000"_s << Use::Connect << Part::Host << (u"“"_s + host + u"”"_s);
    }

    const QString badPorts = u",65536,99999999999,-1,+80,80.0,80 81,0x50,1e3,８０,no-such-service,http x,"
                             u"/etc/services,münchen,%1"_s;
    for (const QString &port : badPorts.split(u',')) {
        QTest::addRow("port <%s>", qUtf8Printable(port))
            << u"localhost"_s << port << Use::Listen << Part::Port << (u"“"_s + port + u"”"_s);
    }
    QTest::newRow("connect to port 0") << u"localhost"_s << u"0"_s << Use::Connect << Part::Port << u"Port 0"_s;
    QTest::newRow("connect to port 00") << u"localhost"_s << u"00"_s << Use::Connect << Part::Port << u"Port 0"_s;
}

void TestEndpoint::bad()
{
    QFETCH(QString, host);
    QFETCH(QString, port);
    QFETCH(Use, use);
    QFETCH(Part, part);
    QFETCH(QString, named);
    for (const Transport transport : {Transport::Tcp, Transport::Udp}) {
        const auto parsed = Endpoint::parse(host, port, use, transport);
        QVERIFY(std::holds_alternative<EndpointError>(parsed));
        const auto &error = std::get<EndpointError>(parsed);
        QVERIFY(error.part == part);
        QVERIFY2(error.sentence.contains(named), qPrintable(error.sentence));
        QVERIFY2(error.sentence.endsWith(u'.') && !error.sentence.contains(u". "_s), qPrintable(error.sentence));
    }
}

void TestEndpoint::path_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("bytes"); // what the system gets
    QTest::addColumn<QString>("printed");
    const auto row = [](const char *name, const QString &path) {
        QTest::newRow(name) << path << path.toUtf8() << path;
    };
    row("absolute", u"/run/user/1000/parley.sock"_s);
    row("relative", u"parley.sock"_s);
    row("in this folder", u"./@parley"_s);
    row("abstract", u"@parley"_s);
    row("abstract, like a path", u"@/run/parley"_s);
    row("abstract, like a folder", u"@parley/"_s);
    row("not ASCII", u"/tmp/Grüße-世界-🌍.sock"_s);
    row("blanks belong to it", u" /tmp/my socket "_s);
    row("like an address", u"127.0.0.1:3000"_s);
    row("longest", u"/tmp/"_s + QString(102, u'a'));
    row("longest abstract", u"@"_s + QString(106, u'a'));
    row("longest in bytes", u"/"_s + QString(53, u'ü'));
    QTest::newRow("hostile") << u"/tmp/\x1b[2J\n\u202e"_s << "/tmp/\x1b[2J\n\xe2\x80\xae"_ba
                             << uR"(/tmp/\x1b[2J\x0a\u202e)"_s;
    QTest::newRow("byte order mark") << u"\ufeffparley"_s << "\xef\xbb\xbfparley"_ba << uR"(\ufeffparley)"_s;
}

void TestEndpoint::path()
{
    QFETCH(QString, path);
    QFETCH(QByteArray, bytes);
    QFETCH(QString, printed);
    const Endpoint endpoint = endpointOf(Endpoint::parseUnix(path));
    QVERIFY(endpoint.transport == Transport::Unix);
    QCOMPARE(endpoint.path, bytes);
    QCOMPARE(endpoint.toString(), printed);
    QCOMPARE(endpoint.vocabulary(), u"AF_UNIX, SOCK_STREAM, 0, "_s + printed);
    QVERIFY(!endpoint.isLiteral() && !endpoint.isName());
    QCOMPARE(endpoint.host(), QString());
    QCOMPARE(endpoint.port, 0);
    QVERIFY(endpointOf(Endpoint::parseUnix(MessageDecoder::decodeAll(endpoint.path))) == endpoint);
}

void TestEndpoint::badPath_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("named"); // must be in the sentence
    QTest::newRow("empty") << u""_s << u"path is empty"_s;
    QTest::newRow("abstract without a name") << u"@"_s << u"path is empty"_s;
    QTest::newRow("a byte too long") << (u"/tmp/"_s + QString(103, u'a'))
                                     << u"at most 107 bytes, and this one has 108"_s;
    QTest::newRow("abstract and too long") << (u"@"_s + QString(107, u'a')) << u"at most 107 bytes"_s;
    QTest::newRow("too long in bytes") << (u"/a"_s + QString(53, u'ü')) << u"this one has 108"_s;
    QTest::newRow("very long") << QString(1'000'000, u'/') << u"this one has 1000000"_s;
    QTest::newRow("null character") << u"/tmp/a\0b"_s << u"null character"_s;
    QTest::newRow("null character at the end") << u"/tmp/a\0"_s << u"null character"_s;
    QTest::newRow("folder") << u"/tmp/"_s << u"“/tmp/” is a folder"_s;
    QTest::newRow("root") << u"/"_s << u"“/” is a folder"_s;
    QTest::newRow("hostile folder") << u"/\x1b[2J\u202e\n/"_s << uR"(“/\x1b[2J\u202e\x0a/”)"_s;
}

void TestEndpoint::badPath()
{
    QFETCH(QString, path);
    QFETCH(QString, named);
    const auto parsed = Endpoint::parseUnix(path);
    QVERIFY(std::holds_alternative<EndpointError>(parsed));
    const auto &error = std::get<EndpointError>(parsed);
    QVERIFY(error.part == Part::Path);
    QVERIFY2(error.sentence.contains(named), qPrintable(error.sentence));
    QVERIFY2(isSafe(error.sentence), qPrintable(error.sentence));
    QVERIFY2(error.sentence.endsWith(u'.') && error.sentence.size() < 1000, qPrintable(error.sentence));
}

void TestEndpoint::vocabulary_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<Transport>("transport");
    QTest::addColumn<QString>("text");
    const auto row = [](const QString &host, Transport transport, const QString &text) {
        QTest::newRow(qUtf8Printable(text)) << host << transport << text;
    };
    constexpr Transport tcp = Transport::Tcp;
    constexpr Transport udp = Transport::Udp;
    row(u"127.0.0.1"_s, tcp, u"AF_INET, SOCK_STREAM, 0 (TCP), 127.0.0.1, 3000"_s);
    row(u"2130706433"_s, udp, u"AF_INET, SOCK_DGRAM, 0 (UDP), 127.0.0.1, 3000"_s);
    row(u""_s, tcp, u"AF_INET, SOCK_STREAM, 0 (TCP), 0.0.0.0, 3000"_s);
    row(u"*"_s, tcp, u"AF_INET6, SOCK_STREAM, 0 (TCP), ::, 3000"_s);
    row(u"::"_s, udp, u"AF_INET6, SOCK_DGRAM, 0 (UDP), ::, 3000"_s);
    row(u"[::1]"_s, tcp, u"AF_INET6, SOCK_STREAM, 0 (TCP), ::1, 3000"_s);
    row(u"::ffff:10.0.0.1"_s, tcp, u"AF_INET, SOCK_STREAM, 0 (TCP), 10.0.0.1, 3000"_s);
    row(u"<broadcast>"_s, udp, u"AF_INET, SOCK_DGRAM, 0 (UDP), 255.255.255.255, 3000"_s);
    row(u"localhost"_s, tcp, u"AF_UNSPEC, SOCK_STREAM, 0 (TCP), localhost, 3000"_s); // not looked up yet
    row(u"localhost"_s, udp, u"AF_UNSPEC, SOCK_DGRAM, 0 (UDP), localhost, 3000"_s);
    if (::if_nametoindex("lo") != 0)
        row(u"[fe80::1%lo]"_s, tcp, u"AF_INET6, SOCK_STREAM, 0 (TCP), fe80::1%lo, 3000"_s);
}

void TestEndpoint::vocabulary()
{
    QFETCH(QString, host);
    QFETCH(Transport, transport);
    QFETCH(QString, text);
    const Use use = host == u"<broadcast>"_s ? Use::Connect : Use::Listen;
    QCOMPARE(endpointOf(Endpoint::parse(host, u"3000"_s, use, transport)).vocabulary(), text);
}

/// The address that a name resolved to, with the port that was really bound.
void TestEndpoint::vocabularyOfAnAddress()
{
    const Endpoint tcp = endpointOf(Endpoint::parse(u"localhost"_s, u"0"_s, Use::Listen));
    QCOMPARE(tcp.vocabulary(Address::parseIPv4("127.0.0.1", 60239)),
             u"AF_INET, SOCK_STREAM, 0 (TCP), 127.0.0.1, 60239"_s);
    const Endpoint udp = endpointOf(Endpoint::parse(u"localhost"_s, u"0"_s, Use::Listen, Transport::Udp));
    QCOMPARE(udp.vocabulary(Address::parseIPv6("::1", 60239)), u"AF_INET6, SOCK_DGRAM, 0 (UDP), ::1, 60239"_s);
    QCOMPARE(udp.vocabulary(Address()), u"AF_UNSPEC, SOCK_DGRAM, 0 (UDP), localhost, 0"_s);
    const Endpoint path = endpointOf(Endpoint::parseUnix(u"/tmp/x"_s));
    QCOMPARE(path.vocabulary(), u"AF_UNIX, SOCK_STREAM, 0, /tmp/x"_s);
    QCOMPARE(path.vocabulary(Address::unixPeer(1, 2)), path.vocabulary());
}

void TestEndpoint::comparison()
{
    const auto parsed = [](const QString &host, const QString &port, Transport transport) {
        return endpointOf(Endpoint::parse(host, port, Use::Connect, transport));
    };
    const Endpoint tcp = parsed(u"127.0.0.1"_s, u"3000"_s, Transport::Tcp);
    QVERIFY(tcp == parsed(u"2130706433"_s, u"03000"_s, Transport::Tcp));
    QVERIFY(tcp != parsed(u"127.0.0.1"_s, u"3000"_s, Transport::Udp));
    QVERIFY(tcp != parsed(u"127.0.0.1"_s, u"3001"_s, Transport::Tcp));
    QVERIFY(tcp != parsed(u"localhost"_s, u"3000"_s, Transport::Tcp));
    QVERIFY(endpointOf(Endpoint::parseUnix(u"/tmp/x"_s)) != endpointOf(Endpoint::parseUnix(u"/tmp/y"_s)));
    QVERIFY(endpointOf(Endpoint::parseUnix(u"/tmp/x"_s)) != endpointOf(Endpoint::parseUnix(u"@tmp/x"_s)));
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
    QTest::newRow("lone surrogate") << (u"a"_s + QChar(0xd83d));
    QTest::newRow("long name") << QString(1'000'000, u'a');
    QTest::newRow("long international name") << QString(1'000'000, u'ü');
    QTest::newRow("long number") << QString(1'000'000, u'1');
    QTest::newRow("long address") << QString(1'000'000, u':');
    QTest::newRow("long controls") << QString(1'000'000, u'\x1b');
    QTest::newRow("pair at the cut") << (QString(79, u'%') + u"\U0001f600\U0001f600"_s);
}

/// For any text, the sentence is one line of bounded length that is safe on a terminal.
void TestEndpoint::hostile()
{
    QFETCH(QString, text);
    const std::array inputs{std::pair(text, u"3000"_s), std::pair(u"localhost"_s, text)};
    for (const auto &[host, port] : inputs) {
        const auto parsed = Endpoint::parse(host, port, Use::Listen);
        QVERIFY(std::holds_alternative<EndpointError>(parsed));
        const QString sentence = std::get<EndpointError>(parsed).sentence;
        QVERIFY2(isSafe(sentence), qPrintable(sentence));
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
