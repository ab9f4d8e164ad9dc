// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/table/connection_model.h"
#include "shared/event/event_stream.h"
#include "tests/support/events.h"
#include "tests/support/process_state.h"
#include "tests/support/sanitizer.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QFile>
#include <QLocale>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

namespace
{

constexpr int Patience = 30'000; // ms; QTRY_ waits thrice as long before it tells a failure, within ctest's limit
constexpr auto TesterMode = QAbstractItemModelTester::FailureReportingMode::Fatal;

/// Waits until the requested filter and order are shown.
bool isArranged(const ConnectionModel &model)
{
    return QTest::qWaitFor([&] { return !model.isArranging(); }, Patience);
}

std::vector<quint64> numbersOf(const ConnectionModel &model)
{
    std::vector<quint64> numbers;
    for (int row = 0; row < model.rowCount(); ++row)
        numbers.push_back(model.numberAt(row));
    return numbers;
}

Address ipv4(const char *text, quint16 port = 4711)
{
    return Address::parseIPv4(text, port);
}

/// The same connections as a model's, kept and arranged in the simplest way there is: what the rows should be.
class Reference
{
public:
    void read(const EventBatch &batch)
    {
        for (const Event &event : batch.events) {
            if (event.call() == Call::Accept)
                records_.emplace(event.connection(), ConnectionRecord(event));
            else
                records_.at(event.connection()).apply(event);
        }
    }
    void removeOldestEnded(quint64 count)
    {
        std::erase_if(records_, [&count](const auto &entry) {
            return count > 0 && !entry.second.progress.isOpen() && count-- > 0;
        });
    }
    std::size_t size() const { return records_.size(); }

    std::vector<quint64> arranged(const QString &filter, int column, Qt::SortOrder order) const
    {
        std::vector<const ConnectionRecord *> rows;
        for (const auto &[number, record] : records_) {
            if (matches(record, filter))
                rows.push_back(&record);
        }
        if (column >= 0) {
            std::ranges::stable_sort(rows, [=](const ConnectionRecord *a, const ConnectionRecord *b) {
                const auto less = [column](const ConnectionRecord &x, const ConnectionRecord &y) {
                    return compare(x, y, column) < 0;
                };
                return order == Qt::AscendingOrder ? less(*a, *b) : less(*b, *a);
            });
        }
        std::vector<quint64> numbers;
        numbers.reserve(rows.size());
        for (const ConnectionRecord *record : rows)
            numbers.push_back(record->number);
        return numbers;
    }

private:
    static bool matches(const ConnectionRecord &record, const QString &filter)
    {
        const QStringList texts{QString::number(record.number), QString::fromUtf8(record.peer.host()),
                                QString::number(record.peer.port()), record.progress.text()};
        const QStringList words = filter.split(u' ', Qt::SkipEmptyParts);
        return std::ranges::all_of(words, [&](const QString &word) {
            return std::ranges::any_of(texts,
                                       [&](const QString &text) { return text.contains(word, Qt::CaseInsensitive); });
        });
    }

    static qint64 compare(const ConnectionRecord &a, const ConnectionRecord &b, int column)
    {
        switch (column) {
        case ConnectionModel::PeerAddress: {
            const auto by = [](const Address &address) {
                return std::tuple(address.family(), address.bytes(), address.scope());
            };
            return by(a.peer) < by(b.peer) ? -1 : by(b.peer) < by(a.peer) ? 1 : 0;
        }
        case ConnectionModel::PeerPort: return a.peer.port() - b.peer.port();
        case ConnectionModel::State: {
            const auto by = [](const ConnectionRecord &record) { return record.progress.sortKey(); };
            return by(a) < by(b) ? -1 : by(b) < by(a) ? 1 : 0;
        }
        case ConnectionModel::Sent: return a.sent - b.sent;
        case ConnectionModel::Received: return a.received - b.received;
        case ConnectionModel::Duration: return a.duration(0) - b.duration(0);
        default: return static_cast<qint64>(a.number) - static_cast<qint64>(b.number);
        }
    }

    std::map<quint64, ConnectionRecord> records_;
};

/// Connections that come, talk and end at random.
class Traffic
{
public:
    /// @param newest the number of the last one that is there already.
    explicit Traffic(quint64 newest = 0) : newest_(newest) {}

    EventBatch next(int accepts, int others)
    {
        EventBatch batch;
        const auto below = [this](int bound) { return std::uniform_int_distribution(0, bound - 1)(random_); };
        for (int i = 0; i < accepts + others; ++i) {
            time_ += below(100'000);
            if (below(accepts + others) < accepts || open_.empty()) {
                ++newest_;
                open_.push_back(newest_);
                const auto port = static_cast<quint16>(1024 + below(60'000));
                const Address peer = below(4) > 0 ? Address::ipv4(0xc0a80000 + static_cast<quint32>(below(300)), port)
                                                  : Address::parseIPv6("fe80::9", port);
                batch.events.push_back(acceptedFrom(peer, newest_, time_));
                continue;
            }
            // The connections that came last are the ones that most happens to.
            const auto which = open_.size() - 1 - static_cast<std::size_t>(below(std::min(int(open_.size()), 200)));
            const quint64 number = open_[which];
            switch (below(4)) {
            case 0: batch.events.push_back(eventOf(number, Call::Send, below(1000), time_)); break;
            case 1: batch.events.push_back(eventOf(number, Call::Recv, below(10), time_)); break;
            case 2: batch.events.push_back(eventOf(number, Call::Shutdown, 0, time_)); break;
            default:
                batch.events.push_back(
                    ended(number, below(5) > 0 ? Outcome::Complete : Outcome::Reset, 0, time_, below(12)));
                open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(which));
            }
        }
        return batch;
    }

    /// The ends of all open connections.
    EventBatch last()
    {
        EventBatch batch;
        for (const quint64 number : std::exchange(open_, {}))
            batch.events.push_back(ended(number, Outcome::Cancelled, 0, ++time_));
        return batch;
    }

private:
    std::mt19937 random_{4711};
    quint64 newest_;
    qint64 time_ = 0;
    std::vector<quint64> open_;
};

} // namespace

class TestArrangement : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void sorts_data();
    void sorts();
    void arrangesAnew();
    void asArrivedAgain();
    void newRequestCancels();
    void newRowsAreFiltered();
    void changedRowsAreFilteredAnew();
    void sortedRowsAreSortedAnew();
    void equalsAReference_data();
    void equalsAReference();
    void oldestLeave_data();
    void oldestLeave();
    void openOnesAreListed();
    void rowsOfNumbers();
    void aMillionRows();
    void memoryOfAMillionRows();
};

void TestArrangement::initTestCase()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
}

void TestArrangement::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void TestArrangement::sorts_data()
{
    QTest::addColumn<int>("column");
    QTest::addColumn<QString>("ascending"); // the numbers of the records below
    QTest::addColumn<QString>("descending");
    QTest::newRow("number") << int(ConnectionModel::Number) << u"1 2 3 4 10"_s << u"10 4 3 2 1"_s;
    QTest::newRow("time") << int(ConnectionModel::Time) << u"1 2 3 4 10"_s << u"10 4 3 2 1"_s;
    // 9.0.0.1 before 10.0.0.1; each IPv4 address before each IPv6 one; equal ones by their numbers.
    QTest::newRow("address") << int(ConnectionModel::PeerAddress) << u"3 2 10 4 1"_s << u"1 4 2 10 3"_s;
    QTest::newRow("port") << int(ConnectionModel::PeerPort) << u"4 1 2 3 10"_s << u"10 2 3 1 4"_s;
    // open, half-closed, greeted; reset by the peer after 7 bytes before after 12.
    QTest::newRow("state") << int(ConnectionModel::State) << u"10 4 1 3 2"_s << u"2 3 1 4 10"_s;
    QTest::newRow("sent") << int(ConnectionModel::Sent) << u"4 10 2 1 3"_s << u"3 1 2 4 10"_s;
    QTest::newRow("received") << int(ConnectionModel::Received) << u"2 3 4 10 1"_s << u"1 2 3 4 10"_s;
    // The open ones, 4 and 10, have lasted since their accept.
    QTest::newRow("duration") << int(ConnectionModel::Duration) << u"2 1 3 10 4"_s << u"4 10 3 1 2"_s;
}

void TestArrangement::sorts()
{
    QFETCH(const int, column);
    EventStream stream;
    ConnectionModel model(stream);
    const QAbstractItemModelTester tester(&model, TesterMode);
    const auto at = [](int us) { return us * Millisecond / 1000; };
    model.read({{acceptedFrom(Address::parseIPv6("::1", 300), 1, at(0)), acceptedFrom(ipv4("10.0.0.1", 3000), 2, at(1)),
                 acceptedFrom(ipv4("9.0.0.1", 3000), 3, at(2)), acceptedFrom(Address::parseIPv6("::", 22), 4, at(3)),
                 acceptedFrom(ipv4("10.0.0.1", 10'000), 10, at(4)), eventOf(1, Call::Send, 12),
                 eventOf(2, Call::Send, 9), eventOf(3, Call::Send, 100), eventOf(1, Call::Recv, 5),
                 eventOf(4, Call::Shutdown), ended(1, Outcome::Complete, 0, at(12), 12),
                 ended(2, Outcome::Reset, 0, at(3), 12), ended(3, Outcome::Reset, 0, at(102), 7)}});
    QTRY_VERIFY(stream.now() > at(200)); // for so long the open ones have lasted
    const auto numbers = [&model] {
        QStringList texts;
        for (const quint64 number : numbersOf(model))
            texts.append(QString::number(number));
        return texts.join(u' ');
    };
    model.sort(column, Qt::AscendingOrder);
    QVERIFY(isArranged(model));
    QTEST(numbers(), "ascending");
    model.sort(column, Qt::DescendingOrder);
    QVERIFY(isArranged(model));
    QTEST(numbers(), "descending");
}

void TestArrangement::arrangesAnew()
{
    EventStream stream;
    ConnectionModel model(stream);
    const QAbstractItemModelTester tester(&model, TesterMode);
    const QSignalSpy arranged(&model, &ConnectionModel::arranged);
    const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.read({{accepted(1), accepted(2), accepted(3), ended(2, Outcome::Complete)}});
    QVERIFY(!model.isArranging());

    model.setFilter(u"complete"_s);
    QVERIFY(model.isArranging());
    QCOMPARE(model.rowCount(), 3); // not yet
    QVERIFY(isArranged(model));
    QCOMPARE(arranged.size(), 1);
    QCOMPARE(reset.size(), 1);
    QCOMPARE(numbersOf(model), std::vector<quint64>{2});
    QCOMPARE(model.total(), 3);
    QCOMPARE(model.filter(), u"complete"_s);

    model.setFilter(u"  complete "_s); // the same
    QVERIFY(!model.isArranging());
    model.sort(ConnectionModel::Number, Qt::DescendingOrder);
    QVERIFY(isArranged(model));
    QCOMPARE(numbersOf(model), std::vector<quint64>{2});
    QCOMPARE(arranged.size(), 2);
    QCOMPARE(reset.size(), 1); // the rows are the same

    model.setFilter(QString());
    QVERIFY(isArranged(model));
    QCOMPARE(numbersOf(model), (std::vector<quint64>{3, 2, 1}));
    QVERIFY(model.isSorted());
}

/// The order of arrival needs no thread.
void TestArrangement::asArrivedAgain()
{
    EventStream stream;
    ConnectionModel model(stream);
    const QAbstractItemModelTester tester(&model, TesterMode);
    model.read({{accepted(1), accepted(2), accepted(3)}});
    model.sort(ConnectionModel::Number, Qt::DescendingOrder);
    model.setFilter(u"192"_s);
    QVERIFY(isArranged(model));
    QCOMPARE(numbersOf(model), (std::vector<quint64>{3, 2, 1}));

    model.setFilter(QString());
    const QSignalSpy arranged(&model, &ConnectionModel::arranged);
    model.sort(-1);
    QVERIFY(!model.isArranging());
    QCOMPARE(arranged.size(), 1);
    QCOMPARE(numbersOf(model), (std::vector<quint64>{1, 2, 3}));
    QVERIFY(!model.isSorted());

    // What was under way comes to nothing: it is complete before the next one.
    const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.setFilter(u"60002"_s);
    QVERIFY(isArranged(model));
    QCOMPARE(numbersOf(model), std::vector<quint64>{2});
    QCOMPARE(arranged.size(), 2);
    QCOMPARE(reset.size(), 1);
}

void TestArrangement::newRequestCancels()
{
    EventStream stream;
    ConnectionModel model(stream);
    EventBatch batch;
    for (quint64 number = 1; number <= 99'999; ++number)
        batch.events.push_back(acceptedFrom(ipv4("10.0.0.1"), number));
    model.read(batch);
    const QSignalSpy arranged(&model, &ConnectionModel::arranged);
    const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    for (const QString &typed : {u"1"_s, u"12"_s, u"123"_s, u"1234"_s, u"12345"_s}) {
        model.setFilter(typed);
        model.sort(ConnectionModel::Number, Qt::DescendingOrder);
    }
    QVERIFY(isArranged(model));
    QCOMPARE(numbersOf(model), std::vector<quint64>{12345});
    QCOMPARE(arranged.size(), 1);
    QCOMPARE(reset.size(), 1);

    model.setFilter(u"1"_s); // and one that is under way at the end
}

/// New rows that the filter lets through are inserted as they come, and nothing else is touched.
void TestArrangement::newRowsAreFiltered()
{
    EventStream stream;
    ConnectionModel model(stream);
    const QAbstractItemModelTester tester(&model, TesterMode);
    model.read({{accepted(1), acceptedFrom(ipv4("10.0.0.1"), 2)}});
    model.setFilter(u"10.0"_s);
    model.read({{acceptedFrom(ipv4("10.0.0.1"), 3)}}); // while it is arranged
    QVERIFY(isArranged(model));
    QCOMPARE(numbersOf(model), (std::vector<quint64>{2, 3}));

    const QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.read({{acceptedFrom(ipv4("10.0.0.2"), 4), accepted(5), acceptedFrom(ipv4("10.0.0.3"), 6)}});
    QCOMPARE(numbersOf(model), (std::vector<quint64>{2, 3, 4, 6}));
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(inserted.first().at(1).toInt(), 2);
    QCOMPARE(inserted.first().at(2).toInt(), 3);
    model.read({{accepted(7)}});
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(reset.size(), 0);
    QCOMPARE(model.total(), 7);
}

void TestArrangement::changedRowsAreFilteredAnew()
{
    EventStream stream;
    ConnectionModel model(stream);
    const QAbstractItemModelTester tester(&model, TesterMode);
    model.read({{accepted(1), accepted(2), accepted(3), accepted(4), ended(4, Outcome::Complete)}});
    model.setFilter(u"complete"_s);
    model.read({{ended(1, Outcome::Complete)}}); // after the arranger has looked at it
    QVERIFY(isArranged(model));
    QTRY_COMPARE_WITH_TIMEOUT(numbersOf(model), (std::vector<quint64>{1, 4}), Patience);

    model.read({{ended(3, Outcome::Complete)}});
    QTRY_COMPARE_WITH_TIMEOUT(numbersOf(model), (std::vector<quint64>{1, 3, 4}), Patience);
    model.setFilter(u"open"_s);
    QVERIFY(isArranged(model));
    QCOMPARE(numbersOf(model), std::vector<quint64>{2});
    model.read({{ended(2, Outcome::Complete)}});
    QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 0, Patience);
}

void TestArrangement::sortedRowsAreSortedAnew()
{
    EventStream stream;
    ConnectionModel model(stream);
    const QAbstractItemModelTester tester(&model, TesterMode);
    model.read({{accepted(1), accepted(2), accepted(3), eventOf(2, Call::Send, 12)}});
    model.sort(ConnectionModel::Sent, Qt::DescendingOrder);
    QVERIFY(isArranged(model));
    QCOMPARE(numbersOf(model), (std::vector<quint64>{2, 1, 3}));
    const QSignalSpy arranged(&model, &ConnectionModel::arranged);
    model.read({{eventOf(3, Call::Send, 13)}});
    QTRY_COMPARE_WITH_TIMEOUT(numbersOf(model), (std::vector<quint64>{3, 2, 1}), Patience);
    model.read({{accepted(4), eventOf(4, Call::Send, 12)}});
    QTRY_COMPARE_WITH_TIMEOUT(numbersOf(model), (std::vector<quint64>{3, 2, 4, 1}), Patience);
    QCOMPARE(arranged.size(), 0); // nobody asked for these
    QVERIFY(!model.isArranging());

    // One that arrives while they are sorted.
    model.sort(ConnectionModel::Sent, Qt::AscendingOrder);
    model.read({{accepted(5)}});
    QVERIFY(isArranged(model));
    QTRY_COMPARE_WITH_TIMEOUT(numbersOf(model), (std::vector<quint64>{1, 5, 2, 4, 3}), Patience);

    // Open connections overtake those that have ended.
    const qint64 now = stream.now();
    model.sort(ConnectionModel::Duration, Qt::DescendingOrder);
    model.read({{accepted(6, now), accepted(7, now), ended(7, Outcome::Complete, 0, now + 50 * Millisecond)}});
    for (const quint64 number : {1U, 2U, 3U, 4U, 5U})
        model.read({{ended(number, Outcome::Complete)}});
    QVERIFY(isArranged(model));
    const auto first = [&model] {
        model.refreshDurations();
        return model.numberAt(0);
    };
    QTRY_COMPARE_WITH_TIMEOUT(first(), 6U, Patience);
}

void TestArrangement::equalsAReference_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<int>("column");
    QTest::addColumn<Qt::SortOrder>("order");
    const QString greeted = u"complete"_s;
    const QString words = u"192.168 7"_s;
    constexpr Qt::SortOrder up = Qt::AscendingOrder;
    constexpr Qt::SortOrder down = Qt::DescendingOrder;
    QTest::newRow("all, by number") << QString() << int(ConnectionModel::Number) << down;
    QTest::newRow("all, by address") << QString() << int(ConnectionModel::PeerAddress) << up;
    QTest::newRow("all, by state") << QString() << int(ConnectionModel::State) << down;
    QTest::newRow("greeted, as arrived") << greeted << -1 << up;
    QTest::newRow("greeted, by address") << greeted << int(ConnectionModel::PeerAddress) << down;
    QTest::newRow("words, as arrived") << words << -1 << up;
    QTest::newRow("words, by port") << words << int(ConnectionModel::PeerPort) << up;
    QTest::newRow("words, by bytes") << words << int(ConnectionModel::Sent) << down;
    QTest::newRow("few, as arrived") << u"0.123 cut"_s << -1 << up;
}

/// While connections come, change, end and leave the list, before and after it is asked for.
void TestArrangement::equalsAReference()
{
    QFETCH(const QString, filter);
    QFETCH(const int, column);
    QFETCH(const Qt::SortOrder, order);
    constexpr int maxRows = 20'000;
    EventStream stream;
    ConnectionModel model(stream, maxRows);
    Reference reference;
    Traffic traffic;
    quint64 removed = 0;
    const auto read = [&](const EventBatch &batch) {
        model.read(batch);
        reference.read(batch);
        const quint64 gone = model.removedRows() - std::exchange(removed, model.removedRows());
        reference.removeOldestEnded(gone);
    };
    read(traffic.next(15'000, 30'000));
    model.setFilter(filter);
    model.sort(column, order);
    do { // at least one batch arrives while it is arranged
        read(traffic.next(100, 300));
        QCoreApplication::processEvents();
    } while (model.isArranging() || removed < 3000);
    std::vector<quint64> expected = reference.arranged(filter, column, order);
    QTRY_VERIFY_WITH_TIMEOUT(numbersOf(model) == expected, Patience);
    read(traffic.next(500, 1500));
    read(traffic.last());
    expected = reference.arranged(filter, column, order);
    QTRY_VERIFY_WITH_TIMEOUT(numbersOf(model) == expected, Patience);
    QCOMPARE(static_cast<std::size_t>(model.total()), reference.size());
    QVERIFY(model.total() <= maxRows);

    model.sort(-1);
    model.setFilter(QString());
    QVERIFY(isArranged(model));
    QVERIFY(numbersOf(model) == reference.arranged({}, -1, order));
}

void TestArrangement::oldestLeave_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<int>("column");
    QTest::addColumn<int>("openFirst"); // so many of the first connections stay open
    QTest::addColumn<int>("openEvery"); // and each of these
    struct Open
    {
        const char *which;
        int first;
        int every;
    };
    constexpr int never = 1'000'000;
    for (const Open open :
         {Open{"all have ended", 0, never}, Open{"the first are open", 50, never}, Open{"some are open", 5, 700}}) {
        const auto row = [&open](const char *listing, const QString &filter, int column = -1) {
            QTest::addRow("%s; %s", listing, open.which) << filter << column << open.first << open.every;
        };
        row("as arrived", QString());
        row("filtered", u"10.0"_s);
        row("filtered, those that leave are not listed", u"10.0.0.2"_s);
        row("sorted", QString(), ConnectionModel::PeerAddress);
        row("filtered and sorted", u"10.0"_s, ConnectionModel::PeerAddress);
    }
}

/// Ended connections leave at once, with their rows, and a listing under way does without them.
void TestArrangement::oldestLeave()
{
    QFETCH(const QString, filter);
    QFETCH(const int, column);
    QFETCH(const int, openFirst);
    QFETCH(const int, openEvery);
    constexpr int maxRows = 3000;
    EventStream stream;
    ConnectionModel model(stream, maxRows);
    const QAbstractItemModelTester tester(&model, TesterMode);
    const auto peer = [](quint64 number) {
        return number % 3 > 0 ? ipv4("192.168.0.1") : number > maxRows ? ipv4("10.0.0.2") : ipv4("10.0.0.1");
    };
    const auto isOpen = [&](quint64 number) {
        return number <= static_cast<quint64>(openFirst) || number % static_cast<quint64>(openEvery) == 0;
    };
    quint64 newest = 0;
    const auto accept = [&](int count) {
        EventBatch batch;
        for (int i = 0; i < count; ++i) {
            ++newest;
            batch.events.push_back(acceptedFrom(peer(newest), newest));
            if (!isOpen(newest))
                batch.events.push_back(ended(newest, Outcome::Complete));
        }
        model.read(batch);
    };
    /// Of all that are left, those from a peer whose address begins so, ascending.
    const auto left = [&](const char *address) {
        std::vector<quint64> numbers;
        quint64 gone = model.removedRows();
        for (quint64 number = 1; number <= newest; ++number) {
            if (!isOpen(number) && gone > 0)
                --gone;
            else if (peer(number).host().startsWith(address))
                numbers.push_back(number);
        }
        return numbers;
    };
    const auto listed = [&] {
        std::vector<quint64> numbers = numbersOf(model);
        std::ranges::sort(numbers);
        return numbers;
    };
    accept(maxRows);
    QCOMPARE(model.removedRows(), 0U);
    model.setFilter(filter);
    model.sort(column, Qt::DescendingOrder);
    QVERIFY(isArranged(model));
    accept(600);
    QCOMPARE(model.removedRows(), 1000U);
    QCOMPARE(model.total(), 2600);
    QVERIFY(std::ranges::includes(left(""), listed()));

    model.setFilter(u"192.168"_s);
    accept(600); // the arranger has looked at those that leave
    QCOMPARE(model.removedRows(), 2000U);
    QVERIFY(isArranged(model));
    QTRY_VERIFY_WITH_TIMEOUT(listed() == left("192.168"), Patience);

    accept(4 * maxRows); // more than there is room for at once
    QVERIFY(model.total() <= maxRows);
    QCOMPARE(model.removedRows() + static_cast<quint64>(model.total()), newest);
    QTRY_VERIFY_WITH_TIMEOUT(listed() == left("192.168"), Patience);

    model.sort(-1);
    model.setFilter(QString());
    QVERIFY(isArranged(model));
    QVERIFY(numbersOf(model) == left(""));
}

/// More than the list is to have, where all of them are open.
void TestArrangement::openOnesAreListed()
{
    constexpr int maxRows = 3000;
    EventStream stream;
    ConnectionModel model(stream, maxRows);
    EventBatch batch;
    for (quint64 number = 1; number <= 2 * maxRows; ++number)
        batch.events.push_back(accepted(number));
    model.read(batch);
    QCOMPARE(model.rowCount(), 2 * maxRows);
    QCOMPARE(model.removedRows(), 0U);
    batch.events.clear();
    for (quint64 number = 1; number <= 2 * maxRows; ++number)
        batch.events.push_back(ended(number, Outcome::Complete));
    model.read(batch);
    QCOMPARE(model.rowCount(), maxRows);
    QCOMPARE(model.removedRows(), static_cast<quint64>(maxRows));
}

void TestArrangement::rowsOfNumbers()
{
    EventStream stream;
    ConnectionModel model(stream);
    model.read({{accepted(1), accepted(3), accepted(5), accepted(7), ended(3, Outcome::Complete)}});
    QCOMPARE(model.rowsOf({7, 1, 2, 7}), (std::vector<int>{0, 3}));
    model.sort(ConnectionModel::Number, Qt::DescendingOrder);
    model.setFilter(u"open"_s);
    QVERIFY(isArranged(model));
    QCOMPARE(model.rowsOf({7, 1, 3}), (std::vector<int>{0, 2}));
    QCOMPARE(model.rowsOf({}), std::vector<int>());
}

void TestArrangement::aMillionRows()
{
    constexpr quint64 most = ConnectionModel::MaxRows;
    constexpr quint64 every = 1000;
    EventStream stream;
    ConnectionModel model(stream);
    quint64 newest = 0;
    const auto accept = [&](quint64 count) {
        EventBatch batch;
        for (quint64 i = 0; i < count; ++i) {
            ++newest;
            const Address peer = newest % every == 0 ? ipv4("10.0.0.1") : ipv4("192.168.0.104");
            batch.events.push_back(acceptedFrom(peer, newest));
            batch.events.push_back(ended(newest, Outcome::Complete));
        }
        model.read(batch);
    };
    while (newest < most)
        accept(most / 20);
    const auto isMultiple = [](quint64 number) { return number % every == 0; };

    model.setFilter(u"10.0.0.1 complete"_s);
    QVERIFY(isArranged(model));
    std::vector<quint64> numbers = numbersOf(model);
    QCOMPARE(numbers.size(), most / every);
    QVERIFY(std::ranges::all_of(numbers, isMultiple) && std::ranges::is_sorted(numbers));

    accept(every); // one too many, so the oldest leave
    QCOMPARE(model.removedRows(), 51'000U);
    QCOMPARE(model.rowCount(), static_cast<int>((newest - model.removedRows()) / every));

    model.setFilter(QString());
    model.sort(ConnectionModel::PeerAddress);
    QVERIFY(isArranged(model));
    numbers = numbersOf(model);
    QCOMPARE(numbers.size(), static_cast<std::size_t>(model.total()));
    const auto others = std::ranges::find_if_not(numbers, isMultiple);
    QCOMPARE(others - numbers.begin(), model.total() / static_cast<int>(every));
    QVERIFY(std::none_of(others, numbers.end(), isMultiple));
    QVERIFY(std::is_sorted(numbers.begin(), others) && std::is_sorted(others, numbers.end()));
}

/// At most, while they are arranged and more come; the table's header takes 8 bytes a row on top.
void TestArrangement::memoryOfAMillionRows()
{
    if constexpr (IsSanitized)
        QSKIP("A sanitizer keeps freed memory, so that there is no figure, and takes minutes.");
#ifdef __OPTIMIZE__
    constexpr bool isMeasured = true;
#else
    constexpr bool isMeasured = false; // it takes minutes
#endif
    constexpr int most = isMeasured ? ConnectionModel::MaxRows : 50'000;
    EventStream stream;
    ConnectionModel model(stream);
    const qint64 pid = QCoreApplication::applicationPid();
    const qint64 before = memory(pid, "VmRSS");
    quint64 newest = 0;
    const auto serve = [&](int count) {
        EventBatch batch;
        for (int i = 0; i < count; ++i) {
            ++newest;
            const Address peer = ipv4(newest % 7 == 0 ? "127.0.0.1" : "127.9.9.1", static_cast<quint16>(newest * 7919));
            batch.events.push_back(acceptedFrom(peer, newest, static_cast<qint64>(newest) * 1000));
            batch.events.push_back(ended(newest, Outcome::Complete, 0, static_cast<qint64>(newest * (newest % 99))));
        }
        model.read(batch);
    };
    const auto peak = [&] { // bytes of a row
        const qint64 bytes = (memory(pid, "VmHWM") - before) * 1024;
        QFile reset(u"/proc/self/clear_refs"_s);
        if (!reset.open(QIODevice::WriteOnly) || reset.write("5") != 1) // proc(5)
            qFatal("VmHWM cannot be reset");
        return static_cast<double>(bytes) / most;
    };
    while (model.total() < most)
        serve(5000);
    peak();
    double greatest = peak();
    QElapsedTimer clock;
    const auto arrange = [&](const QString &filter, int column) {
        clock.start();
        model.setFilter(filter);
        model.sort(column);
        do
            serve(500);
        while (!QTest::qWaitFor([&] { return !model.isArranging(); }, 10));
        const double bytes = peak();
        qInfo("filter “%s”, column %d: %lld ms, %.1f bytes a row", qUtf8Printable(filter), column, clock.elapsed(),
              bytes);
        greatest = std::max(greatest, bytes);
    };
    for (const QString &filter : {QString(), u"127."_s}) {
        for (int column = -1; column < ConnectionModel::ColumnCount; ++column)
            arrange(filter, column);
    }
    QVERIFY2(!isMeasured || greatest <= 78, qPrintable(QString::number(greatest)));
}

QTEST_GUILESS_MAIN(TestArrangement)
#include "tst_arrangement.moc"
