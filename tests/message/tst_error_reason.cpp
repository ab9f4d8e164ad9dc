// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/message/error_reason.h"
#include "shared/message/error_text.h"

#include <QRegularExpression>
#include <QTest>

#include <cerrno>
#include <netdb.h>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

using Named = std::pair<int, const char *>;

} // namespace

class TestErrorReason : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void calls_data();
    void calls();
    void lookUps_data();
    void lookUps();
    void unknown();
};

#define ROW(error) Named(error, #error)

/// The errors that the man pages name, less those that only a mistake in the program can leave (EBADF, EFAULT, EISCONN
/// and so on), and those that the calls try again (EINTR, EINPROGRESS, EALREADY).
void TestErrorReason::calls_data()
{
    QTest::addColumn<int>("error");
    const auto rows = [](const char *page, std::initializer_list<Named> errors) {
        for (const Named &named : errors)
            QTest::addRow("%s, %s", page, named.second) << named.first;
    };
    rows("socket(2)", {ROW(EACCES), ROW(EAFNOSUPPORT), ROW(EINVAL), ROW(EMFILE), ROW(ENFILE), ROW(ENOBUFS), ROW(ENOMEM),
                       ROW(EPROTONOSUPPORT)});
    rows("bind(2)", {ROW(EACCES), ROW(EADDRINUSE), ROW(EINVAL), ROW(EADDRNOTAVAIL), ROW(ELOOP), ROW(ENAMETOOLONG),
                     ROW(ENOENT), ROW(ENOMEM), ROW(ENOTDIR), ROW(EROFS), ROW(EIO), ROW(ENOSPC), ROW(EDQUOT)});
    rows("listen(2)", {ROW(EADDRINUSE), ROW(EOPNOTSUPP)});
    rows("connect(2)", {ROW(EACCES), ROW(EPERM), ROW(EADDRINUSE), ROW(EADDRNOTAVAIL), ROW(EAFNOSUPPORT), ROW(EAGAIN),
                        ROW(ECONNREFUSED), ROW(ENETUNREACH), ROW(EPROTOTYPE), ROW(ETIMEDOUT)});
    rows("accept(2)",
         {ROW(EAGAIN), ROW(ECONNABORTED), ROW(EMFILE), ROW(ENFILE), ROW(ENOBUFS), ROW(ENOMEM), ROW(EPERM), ROW(EPROTO),
          ROW(ENETDOWN), ROW(ENOPROTOOPT), ROW(EHOSTUNREACH), ROW(EOPNOTSUPP), ROW(ENETUNREACH)});
    rows("send(2)", {ROW(EACCES), ROW(EAGAIN), ROW(ECONNRESET), ROW(EMSGSIZE), ROW(ENOBUFS), ROW(ENOMEM),
                     ROW(EOPNOTSUPP), ROW(EPIPE), ROW(EPERM), ROW(ENETRESET)});
    rows("recv(2)", {ROW(EAGAIN), ROW(ECONNREFUSED), ROW(ENOMEM), ROW(ETIMEDOUT), ROW(ECONNRESET)});
    rows("setsockopt(2)", {ROW(EINVAL), ROW(ENOPROTOOPT), ROW(EPERM)});
    rows("ip(7)", {ROW(EACCES), ROW(EADDRINUSE), ROW(EADDRNOTAVAIL), ROW(EAGAIN), ROW(ECONNABORTED), ROW(EHOSTUNREACH),
                   ROW(EINVAL), ROW(EMSGSIZE), ROW(ENOBUFS), ROW(ENOMEM), ROW(ENOPROTOOPT), ROW(EOPNOTSUPP), ROW(EPERM),
                   ROW(EPIPE), ROW(ENODEV)});
    rows("ipv6(7)", {ROW(ENODEV)});
    rows("unix(7)",
         {ROW(EADDRINUSE), ROW(ECONNREFUSED), ROW(ECONNRESET), ROW(EINVAL), ROW(EMFILE), ROW(ENFILE), ROW(ENOENT),
          ROW(ENOMEM), ROW(EOPNOTSUPP), ROW(EPERM), ROW(EPIPE), ROW(EPROTONOSUPPORT), ROW(EPROTOTYPE)});
    rows("udp(7)", {ROW(ECONNREFUSED)});
    rows("a path of another kind", {ROW(ENOTSOCK), ROW(EISDIR), ROW(ENXIO)});
#ifdef Q_OS_LINUX
    rows("Linux", {ROW(EHOSTDOWN), ROW(ESOCKTNOSUPPORT), ROW(ENONET), ROW(ENOPKG)});
#endif
}

/// A cause that can stand after a colon, and a remedy that is a sentence; neither is the system's own words.
void TestErrorReason::calls()
{
    QFETCH(const int, error);
    const ErrorReason reason = errorReason(error);
    QVERIFY(!reason.cause.isEmpty() && !reason.cause.contains(errorText(error), Qt::CaseInsensitive));
    QVERIFY2(reason.cause.front().isLower() && !reason.cause.endsWith(u'.'), qPrintable(reason.cause));
    QVERIFY2(reason.remedy.size() > 1 && reason.remedy.front().isUpper() && reason.remedy.endsWith(u'.'),
             qPrintable(reason.remedy));
}

void TestErrorReason::lookUps_data()
{
    QTest::addColumn<int>("error");
    QTest::addColumn<QString>("cause");
    QTest::newRow("EAI_NONAME") << EAI_NONAME << u"no address belongs to that name"_s;
    QTest::newRow("EAI_AGAIN") << EAI_AGAIN << u"the name server did not answer"_s;
    QTest::newRow("EAI_FAIL") << EAI_FAIL << u"the name server says that it cannot answer"_s;
    QTest::newRow("EAI_FAMILY") << EAI_FAMILY << u"the name has no IPv4 or IPv6 address"_s;
    QTest::newRow("EAI_MEMORY") << EAI_MEMORY << u"the system has no memory left for the look-up"_s;
    QTest::newRow("EAI_SYSTEM") << EAI_SYSTEM << u"a call of the system failed"_s;
#ifdef EAI_NODATA
    QTest::newRow("EAI_NODATA") << EAI_NODATA << u"the name has no IPv4 or IPv6 address"_s;
#endif
}

void TestErrorReason::lookUps()
{
    QFETCH(const int, error);
    const ErrorReason reason = lookUpReason(error);
    QTEST(reason.cause, "cause");
    QVERIFY2(reason.remedy.endsWith(u'.'), qPrintable(reason.remedy));
}

/// The system's words, with the name to look for.
void TestErrorReason::unknown()
{
    QCOMPARE(errorReason(ERANGE).cause, errorText(ERANGE) + u" (ERANGE)"_s);
    QVERIFY(errorReason(ERANGE).remedy.isEmpty());
}

QTEST_APPLESS_MAIN(TestErrorReason)
#include "tst_error_reason.moc"
