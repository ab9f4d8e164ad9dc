// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "tests/support/raw_socket.h"
#include "tests/support/server_fixture.h"

#include <QTest>

#include <future>

using namespace parley;
using namespace parley::test;
using namespace Qt::StringLiterals;

namespace
{

struct Peer
{
    RawSocket socket;
    QByteArray row; ///< what it is called where it fails
    qint64 most;    ///< bytes that it reads
    bool isEarly;   ///< closes its sending side before it reads anything
    qint64 had = 0;
    bool isHalfClosed = false;

    /// Reads what has come, as far as it reads at all, and never waits.
    void read()
    {
        if (const qint64 count = std::min<qint64>(socket.waiting(), most - had); count > 0)
            had += socket.receive(count).size();
        if (!isHalfClosed && (isEarly || had >= std::min<qint64>(most, 100'000)))
            halfClose();
    }
    void halfClose()
    {
        socket.shutdownSending();
        isHalfClosed = true;
    }
};

} // namespace

/// The server waits for a peer that has closed its sending side no longer than the documents say, whatever the
/// behaviour and whatever is unsent.
class TestHalfClose : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void eachEnds();
};

/// All rows of the table wait side by side: the time is the real one.
void TestHalfClose::eachEnds()
{
    ServerFixture fixture(QByteArray(8'000'000, 'g'));
    fixture.settings.limits.deadline.reset();
    const quint16 port = fixture.start();
    const auto choose = [&fixture](const QString &behaviour) {
        std::promise<void> chosen;
        fixture.server.post([&](Server &engine) {
            engine.setBehaviour(std::get<BehaviourChoice>(BehaviourChoice::parse(behaviour)));
            chosen.set_value();
        });
        chosen.get_future().wait(); // the next client may come sooner otherwise
    };
    std::vector<Peer> peers;
    for (const char *behaviour :
         {"greet-close", "greet-hold", "echo", "silent", "drip:bytes=1000000,every=200", "delay:after=300", "stall",
          "reset:after=4000000", "half-close", "discard", "random:bytes=8000000"}) {
        choose(QString::fromLatin1(behaviour));
        for (const qint64 most : {0, 3'900'000, 100'000'000}) {
            for (const bool isEarly : {true, false}) {
                const QByteArray row = QByteArray(behaviour) + ", reads " + QByteArray::number(most)
                                       + (isEarly ? ", half-closes first" : ", half-closes later");
                peers.push_back({RawSocket::connectedTo("127.0.0.1", port), row, most, isEarly});
                QTRY_VERIFY(fixture.recorder.find(peers.size(), Call::Accept));
                if (row.startsWith("echo"))
                    peers.back().socket.flood(200'000); // no more than fits: a FIN behind more does not arrive
                const bool talksFirst = row.startsWith("echo") || row.startsWith("silent") || row.startsWith("discard");
                if (isEarly || talksFirst)
                    peers.back().halfClose();
            }
        }
    }
    // The one that the user wants to keep meets no limit. (A peer that takes no bytes would meet another one.)
    choose(u"greet-hold:stay=1"_s);
    const quint64 staying = peers.size() + 1;
    RawSocket kept = RawSocket::connectedTo("127.0.0.1", port);
    QTRY_VERIFY(fixture.recorder.find(staying, Call::Accept));
    QCOMPARE(kept.receive(8'000'000).size(), 8'000'000);
    kept.shutdownSending();
    // The early ones are known to have closed before anything is read, except by echo, which does not read.
    const auto heard = [&fixture](quint64 number) {
        return fixture.recorder.outcome(number) != Outcome::None
               || std::any_of(
                   fixture.recorder.events.begin(), fixture.recorder.events.end(), [number](const Event &event) {
                       return event.connection() == number && event.call() == Call::Recv && event.moved() == 0;
                   });
    };
    for (std::size_t i = 0; i < peers.size(); ++i) {
        if (peers[i].isEarly && !peers[i].row.startsWith("echo"))
            QTRY_VERIFY2_WITH_TIMEOUT(heard(i + 1), peers[i].row.constData(), Patience);
    }
    const auto left = [&] {
        QByteArrayList rows;
        for (std::size_t i = 0; i < peers.size(); ++i) {
            peers[i].read();
            if (fixture.recorder.outcome(i + 1) == Outcome::None)
                rows.append(peers[i].row + ", had " + QByteArray::number(peers[i].had));
        }
        return rows;
    };
    // Once for what is under way, and once more where a peer reads only then.
    const auto patience = 2 * Deadline::Default + std::chrono::seconds(10);
    [[maybe_unused]] const bool ended =
        QTest::qWaitFor([&left] { return left().isEmpty(); }, static_cast<int>(patience.count()));
    QVERIFY2(left().isEmpty(), left().join('\n').constData());
    QCOMPARE(fixture.recorder.outcome(staying), Outcome::None);
    for (std::size_t i = 0; i < peers.size(); ++i) {
        const Limit limit = fixture.recorder.find(i + 1, Call::End)->limit();
        if (fixture.recorder.outcome(i + 1) != Outcome::TimedOut)
            continue;
        const auto choice = std::get<BehaviourChoice>(
            BehaviourChoice::parse(QString::fromLatin1(peers[i].row.first(peers[i].row.indexOf(", reads")))));
        const Limit expected{choice.kind->stays ? Limit::Kind::AfterFin : Limit::Kind::Deadline,
                             Deadline::Default.count()};
        QVERIFY2(limit == expected, peers[i].row.constData());
    }
}

QTEST_GUILESS_MAIN(TestHalfClose)
#include "tst_half_close.moc"
