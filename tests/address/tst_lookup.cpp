// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/address/lookup.h"
#include "tests/support/native_pair.h"

#include <QRegularExpression>
#include <QTest>

#include <netdb.h>

#include <optional>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

struct Found
{
    int error = 0;
    std::vector<Address> addresses;
};

Endpoint named(const QString &name, std::uint16_t port)
{
    Endpoint endpoint;
    endpoint.name = name;
    endpoint.port = port;
    return endpoint;
}

std::optional<Found> lookUp(const QString &host, std::uint16_t port = 3000)
{
    std::optional<Found> found;
    Lookup lookup(named(host, port));
    const auto keep = [&found](int error, const std::vector<Address> &addresses) { found = Found{error, addresses}; };
    QObject::connect(&lookup, &Lookup::finished, &lookup, keep);
    [&] { QTRY_VERIFY_WITH_TIMEOUT(found, Patience); }();
    return found;
}

} // namespace

class TestLookup : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void lookupLocalhost();
    void lookupLiteral_data();
    void lookupLiteral();
    void lookupFails_data();
    void lookupFails();
    void lookupCancelled();
    void lookupDestroyedInItsSlot();
    void lookupWaits();
    void lookupsAtOnce();
};

void TestLookup::lookupLocalhost()
{
    const std::optional<Found> found = lookUp(u"localhost"_s);
    QVERIFY(found);
    QCOMPARE(found->error, 0);
    QVERIFY(!found->addresses.empty());

    // The system's order, each address once, and the port that was asked for.
    addrinfo *list = nullptr;
    const addrinfo hints{}; // of any type: each address thrice
    QCOMPARE(::getaddrinfo("localhost", nullptr, &hints, &list), 0);
    QByteArrayList expected;
    for (const addrinfo *entry = list; entry; entry = entry->ai_next) {
        const Address address = Address::fromSockaddr(entry->ai_addr, entry->ai_addrlen);
        if (const QByteArray text = address.withPort(3000).toPython(); !expected.contains(text))
            expected.append(text);
    }
    ::freeaddrinfo(list);
    QByteArrayList actual;
    for (const Address &address : found->addresses) {
        QVERIFY(address.isLoopback());
        actual.append(address.toPython());
    }
    QCOMPARE(actual, expected);
}

void TestLookup::lookupLiteral_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QByteArray>("peer");
    QTest::newRow("IPv4") << u"127.0.0.1"_s << "('127.0.0.1', 3000)"_ba;
    QTest::newRow("IPv6") << u"::1"_s << "('::1', 3000, 0, 0)"_ba;
}

void TestLookup::lookupLiteral()
{
    QFETCH(QString, host);
    QFETCH(QByteArray, peer);
    const std::optional<Found> found = lookUp(host);
    QVERIFY(found);
    QCOMPARE(found->error, 0);
    QCOMPARE(found->addresses.size(), 1U);
    QCOMPARE(found->addresses.front().toPython(), peer);
}

void TestLookup::lookupFails_data()
{
    QTest::addColumn<QString>("host");
    QTest::newRow("RFC 2606") << u"parley.invalid."_s;
    QTest::newRow("international") << u"münchen.invalid."_s;
    QTest::newRow("label too long") << QString(64, u'a');
    QTest::newRow("empty") << u""_s;
}

void TestLookup::lookupFails()
{
    QFETCH(QString, host);
    const std::optional<Found> found = lookUp(host);
    QVERIFY(found);
    QVERIFY(found->error != 0);
    QVERIFY(found->addresses.empty());
}

void TestLookup::lookupCancelled()
{
    int calls = 0;
    for (int i = 0; i < 20; ++i) {
        Lookup cancelled(named(u"127.0.0.1"_s, 1));
        connect(&cancelled, &Lookup::finished, this, [&calls] { ++calls; });
    }
    QVERIFY(lookUp(u"127.0.0.1"_s));
    QCOMPARE(calls, 0);
}

/// With more look-ups than may be under way, each is answered once, and later ones are served again.
/// AddressSanitizer sees accesses after the object is destroyed.
void TestLookup::lookupDestroyedInItsSlot()
{
    auto lookup = std::make_unique<Lookup>(named(u"127.0.0.1"_s, 1));
    QByteArray host;
    connect(lookup.get(), &Lookup::finished, this, [&](int, const std::vector<Address> &addresses) {
        lookup.reset();
        host = addresses.front().host();
    });
    QTRY_VERIFY_WITH_TIMEOUT(!lookup, Patience);
    QCOMPARE(host, "127.0.0.1");
}

/// Waits without an event loop; an event loop does not report the same answer again.
void TestLookup::lookupWaits()
{
    int calls = 0;
    Lookup lookup(named(u"127.0.0.1"_s, 1));
    connect(&lookup, &Lookup::finished, this, [&calls] { ++calls; });
    QVERIFY(lookup.wait(std::chrono::milliseconds(Patience)));
    QCOMPARE(calls, 1);
    QVERIFY(lookUp(u"127.0.0.1"_s));
    QCOMPARE(calls, 1);
}

void TestLookup::lookupsAtOnce()
{
    constexpr int count = 10 * Lookup::MaxUnderWay;
    int finished = 0;
    int unexpected = 0;
    QObject owner;
    for (int i = 0; i < count; ++i) {
        const auto *lookup = new Lookup(named(u"127.0.0.1"_s, 1), &owner);
        connect(lookup, &Lookup::finished, this, [&](int error, const std::vector<Address> &addresses) {
            ++finished;
            const bool expected = error == 0 ? addresses.size() == 1 : error == EAI_AGAIN && addresses.empty();
            unexpected += expected ? 0 : 1;
        });
    }
    QTRY_COMPARE_WITH_TIMEOUT(finished, count, Patience);
    QCOMPARE(unexpected, 0);
    QTRY_COMPARE_WITH_TIMEOUT(lookUp(u"127.0.0.1"_s).value_or(Found{-1, {}}).error, 0, Patience);
    QCOMPARE(finished, count);
}

QTEST_GUILESS_MAIN(TestLookup)
#include "tst_lookup.moc"
