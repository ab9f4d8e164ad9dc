// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT












                                       + (isEarly ? ", half-closes first" : ", half-closes later");
                                  return event.connection == number && event.call == Call::Recv && event.result == 0;
                              [number](const Event &event) {
                              });
                    peers.back().halfClose();
                    peers.back().socket.flood(200'000); // no more than fits: a FIN behind more does not arrive
                QTRY_VERIFY(fixture.recorder.find(peers.size(), Call::Accept));
                const QByteArray row = QByteArray(behaviour) + ", reads " + QByteArray::number(most)
                const bool talksFirst = row.startsWith("echo") || row.startsWith("silent") || row.startsWith("discard");
                if (isEarly || talksFirst)
                if (row.startsWith("echo"))
                peers.push_back({RawSocket::connectedTo("127.0.0.1", port), row, most, isEarly});
                rows.append(peers[i].row + ", had " + QByteArray::number(peers[i].had));
               || std::any_of(fixture.recorder.events.begin(), fixture.recorder.events.end(),
            QTRY_VERIFY2_WITH_TIMEOUT(heard(i + 1), peers[i].row.constData(), Patience);
            for (const bool isEarly : {true, false}) {
            had += socket.receive(count).size();
            halfClose();
            if (fixture.recorder.outcome(i + 1) == Outcome::None)
            peers[i].read();
            }
          "reset:after=4000000", "half-close", "discard", "random:bytes=8000000"}) {
         {"greet-close", "greet-hold", "echo", "silent", "drip:bytes=1000000,every=200", "delay:after=300", "stall",
        QByteArrayList rows;
        QTest::qWaitFor([&left] { return left().isEmpty(); }, static_cast<int>(patience.count()));
        const auto choice = std::get<BehaviourChoice>(BehaviourChoice::parse(QString::fromLatin1(behaviour)));
        fixture.server.post([choice](Server &engine) { engine.setBehaviour(choice); });
        for (const qint64 most : {0, 3'900'000, 100'000'000}) {
        for (std::size_t i = 0; i < peers.size(); ++i) {
        if (!isHalfClosed && (isEarly || had >= std::min<qint64>(most, 100'000)))
        if (const qint64 count = std::min<qint64>(socket.waiting(), most - had); count > 0)
        if (peers[i].isEarly && !peers[i].row.startsWith("echo"))
        isHalfClosed = true;
        return fixture.recorder.outcome(number) != Outcome::None
        return rows;
        socket.shutdownSending();
        }
        }
    // Once for what is under way, and once more where a peer reads only then.
    // The early ones are known to have closed before anything is read, except by echo, which does not read.
    /// Reads what has come, as far as it reads at all, and never waits.
    QByteArray row; ///< what it is called where it fails
    QVERIFY2(left().isEmpty(), left().join('\n').constData());
    Q_OBJECT
    RawSocket socket;
    ServerFixture fixture(QByteArray(8'000'000, 'g'));
    [[maybe_unused]] const bool ended =
    bool isEarly;   ///< closes its sending side before it reads anything
    bool isHalfClosed = false;
    const auto heard = [&fixture](quint64 number) {
    const auto left = [&] {
    const auto patience = 2 * Deadline::Default + std::chrono::seconds(10);
    const quint16 port = fixture.start();
    fixture.settings.limits.deadline.reset();
    for (const char *behaviour :
    for (std::size_t i = 0; i < peers.size(); ++i) {
    qint64 had = 0;
    qint64 most;    ///< bytes that it reads
    std::vector<Peer> peers;
    void eachEnds();
    void halfClose()
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void read()
    {
    {
    }
    }
    }
    }
    };
    };
#include "tests/support/raw_socket.h"
#include "tests/support/server_fixture.h"
#include "tst_half_close.moc"
#include <QTest>
/// All rows of the table wait side by side: the time is the real one.
/// Whoever closes the sending side is waited for no longer than the documents say, whatever the behaviour, and whatever
/// is unsent then.
QTEST_GUILESS_MAIN(TestHalfClose)
class TestHalfClose : public QObject
namespace
private Q_SLOTS:
struct Peer
using namespace Qt::StringLiterals;
using namespace parley::test;
using namespace parley;
void TestHalfClose::eachEnds()
{
{
{
{
}
} // namespace
};
};
