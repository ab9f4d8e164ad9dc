// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/engine/listen_diagnosis.h"
#include "shared/event/event.h"
#include "shared/socket/local_listeners.h"

#include <QLocale>
#include <QRegularExpression>
#include <QTest>

#include <cerrno>
#include <netdb.h>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

/// Endpoints as they are typed: a path where there is a slash.
Endpoint endpointOf(const QString &text)
{
    return text.startsWith(u'/') ? std::get<Endpoint>(Endpoint::parseUnix(text))
                                 : std::get<Endpoint>(Endpoint::parse(text.section(u':', 0, 0), text.section(u':', 1),
                                                                      Endpoint::Use::Listen));
}

} // namespace

class TestListenDiagnosis : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void causes_data();
    void causes();
    void nextPaths();
    void namesTheHolder();
    void starved();
};

void TestListenDiagnosis::causes_data()
{
    QTest::addColumn<QString>("endpoint");
    QTest::addColumn<int>("error"); // negative: of the look-up
    QTest::addColumn<QString>("cause");
    QTest::addColumn<QString>("button");
    QTest::addColumn<QString>("remedy"); // the endpoint that the button listens on

    QTest::newRow("port in use") << u"127.0.0.1:3000"_s << EADDRINUSE << u"the port is in use by another program"_s
                                 << u"Use Another Port"_s << u"127.0.0.1:0"_s;
    QTest::newRow("reserved port") << u"127.0.0.1:80"_s << EACCES << u"ports below 1024 are reserved"_s
                                   << u"Use Port 8080"_s << u"127.0.0.1:8080"_s;
    // A system may reserve more ports, or a security module forbid one.
    QTest::newRow("forbidden port") << u"127.0.0.1:60000"_s << EACCES << u"this user may not listen on that port"_s
                                    << u"Use Another Port"_s << u"127.0.0.1:0"_s;
    QTest::newRow("foreign address") << u"192.0.2.77:3000"_s << EADDRNOTAVAIL << u"not an address of this computer"_s
                                     << u"Listen on All Interfaces"_s << u"*:3000"_s;
    QTest::newRow("no such family") << u"::1:3000"_s << EAFNOSUPPORT << u"no such address family"_s
                                    << u"Listen on 127.0.0.1"_s << u"127.0.0.1:3000"_s;
    QTest::newRow("any other") << u"127.0.0.1:3000"_s << ENOBUFS << u"no memory left for sockets. Close other"_s
                               << u"Try Again"_s << u"127.0.0.1:3000"_s;
    QTest::newRow("any other, unknown") << u"127.0.0.1:3000"_s << ERANGE << u"(ERANGE)."_s << u"Try Again"_s
                                        << u"127.0.0.1:3000"_s;
    QTest::newRow("unknown host") << u"nosuch.invalid:3000"_s << EAI_NONAME << u"the host is unknown"_s
                                  << u"Listen on 127.0.0.1"_s << u"127.0.0.1:3000"_s;
    QTest::newRow("look-up, memory") << u"example.org:3000"_s << EAI_MEMORY << u"no memory left for the look-up"_s
                                     << u"Try Again"_s << u"example.org:3000"_s;
    QTest::newRow("name server") << u"example.org:3000"_s << EAI_AGAIN << u"the name server did not answer"_s
                                 << u"Try Again"_s << u"example.org:3000"_s;
    QTest::newRow("path in use") << u"/tmp/parley.sock"_s << EADDRINUSE << u"another program serves that socket"_s
                                 << u"Use Another Path"_s << u"/tmp/parley-2.sock"_s;
    QTest::newRow("path, any other") << u"/tmp/parley.sock"_s << ENOBUFS << u"no memory left for sockets"_s
                                     << u"Try Again"_s << u"/tmp/parley.sock"_s;
    QTest::newRow("a regular file") << u"/tmp/parley.sock"_s << ENOTSOCK << u"it is a regular file, not a socket."_s
                                    << u"Use Another Path"_s << u"/tmp/parley-2.sock"_s;
    QTest::newRow("a folder") << u"/tmp/parley.sock"_s << EISDIR << u"it is a folder, not a socket."_s
                              << u"Use Another Path"_s << u"/tmp/parley-2.sock"_s;
    QTest::newRow("a pipe") << u"/tmp/parley.sock"_s << ENXIO << u"it is a link, a pipe or a device, not a socket."_s
                            << u"Use Another Path"_s << u"/tmp/parley-2.sock"_s;
    QTest::newRow("no folder") << u"/tmp/no/parley.sock"_s << ENOENT << u"its folder does not exist"_s
                               << u"Use /tmp/parley.sock"_s << u"/tmp/parley.sock"_s;
    QTest::newRow("a file for a folder") << u"/tmp/no/parley.sock"_s << ENOTDIR << u"is a file and not a folder"_s
                                         << u"Try Again"_s << u"/tmp/no/parley.sock"_s;
    QTest::newRow("a circle of links") << u"/tmp/parley.sock"_s << ELOOP << u"links lead in a circle"_s
                                       << u"Try Again"_s << u"/tmp/parley.sock"_s;
    QTest::newRow("a disk that is full") << u"/tmp/parley.sock"_s << ENOSPC << u"no space is left"_s << u"Try Again"_s
                                         << u"/tmp/parley.sock"_s;
}

void TestListenDiagnosis::causes()
{
    QFETCH(const QString, endpoint);
    QFETCH(const int, error);
    QFETCH(const QString, cause);
    const Endpoint failed = endpoint.startsWith(u"::1"_s)
                                ? std::get<Endpoint>(Endpoint::parse(u"::1"_s, u"3000"_s, Endpoint::Use::Listen))
                                : endpointOf(endpoint);
    const Event end = Event::end(0, error < 0 ? Outcome::UnknownHost : Outcome::Failed, error);
    const ListenDiagnosis diagnosis = diagnoseListen(failed, end);
    QVERIFY2(diagnosis.text.startsWith(u"Cannot listen on %1: "_s.arg(failed.toString())), qPrintable(diagnosis.text));
    QVERIFY2(diagnosis.text.contains(cause), qPrintable(diagnosis.text));
    QTEST(diagnosis.button, "button");
    QFETCH(const QString, remedy);
    QCOMPARE(diagnosis.endpoint.toString(), endpointOf(remedy).toString());
}

void TestListenDiagnosis::nextPaths()
{
    const auto next = [](const QString &path) {
        const Endpoint endpoint = endpointOf(path);
        return diagnoseListen(endpoint, Event::end(0, Outcome::Failed, EADDRINUSE)).endpoint.toString();
    };
    QCOMPARE(next(u"/tmp/parley-2.sock"_s), u"/tmp/parley-3.sock"_s);
    QCOMPARE(next(u"/tmp/parley-x.sock"_s), u"/tmp/parley-x-2.sock"_s);
    QCOMPARE(next(u"/tmp.d/parley"_s), u"/tmp.d/parley-2"_s);
    QCOMPARE(next(u"/tmp/.parley"_s), u"/tmp/.parley-2"_s);
}

void TestListenDiagnosis::namesTheHolder()
{
    const LocalListener holder{Address::parseIPv4("127.0.0.1", 3000), 0, 4711, u"python3"_s};
    const Event end = Event::end(0, Outcome::Failed, EADDRINUSE);
    QCOMPARE(diagnoseListen(endpointOf(u"127.0.0.1:3000"_s), end, &holder).text,
             u"Cannot listen on 127.0.0.1:3000: the port is in use by python3 (process 4711). Choose another port, or "
             "0 for any free one."_s);
}

void TestListenDiagnosis::starved()
{
    QCOMPARE(starvedText(EMFILE, {1020, 1024}),
             u"Out of file descriptors: 1,020 of 1,024 in use. Waiting for connections to end."_s);
    QVERIFY(starvedText(ENFILE, {}).startsWith(u"The whole system is out of file descriptors."_s));
    QVERIFY(starvedText(ENOMEM, {}).startsWith(u"The system is out of memory for sockets."_s));
    QCOMPARE(starvedText(EPERM, {}),
             u"Accepting connections fails: this user may not do that, or a firewall or a sandbox of "
             "this computer forbids it. It is tried again."_s);
}

QTEST_GUILESS_MAIN(TestListenDiagnosis)
#include "tst_listen_diagnosis.moc"
