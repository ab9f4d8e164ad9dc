// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/repeat/repeat_run.h"
#include "shared/loop/io_thread.h"
#include "tests/support/raw_socket.h"

#include <QMap>
#include <QTest>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <thread>
#include <utility>
#include <vector>

namespace parley::test
{

inline constexpr int Patience =
    30'000; // ms; QTRY_ waits thrice as long before it tells a failure, within ctest's limit
inline const QByteArray Greeting = "Hello World!";

/// What a server does with each connection, by its number from 0.
using Script = std::function<void(int number, RawSocket &peer)>;

/// Accepts one connection after another and does with each what the script says.
class Host
{
public:
    explicit Host(Script script) : thread_([this, script = std::move(script)] { run(script); }) {}
    ~Host() { accepted(); }
    Q_DISABLE_COPY_MOVE(Host)

    quint16 port() const { return listener_.localPort(); }
    /// Stops. Returns how many connections there were.
    int accepted()
    {
        if (thread_.joinable()) {
            stopping_ = true;
            const RawSocket last = RawSocket::connectedTo("127.0.0.1", port()); // comes after all others
            lastPort_.set_value(last.localPort());
            thread_.join();
        }
        return accepted_;
    }

private:
    void run(const Script &script)
    {
        for (;;) {
            RawSocket peer = listener_.accept();
            if (!peer.isOpen())
                continue; // none came for a long time
            if (stopping_ && peer.peerPort() == isLast_.get())
                return;
            script(accepted_++, peer);
            if (peer.isOpen())
                held_.push_back(std::move(peer));
        }
    }

    RawSocket listener_ = RawSocket::listening();
    std::atomic<bool> stopping_ = false;
    std::promise<quint16> lastPort_;
    std::shared_future<quint16> isLast_ = lastPort_.get_future();
    std::atomic<int> accepted_ = 0;
    std::vector<RawSocket> held_;
    std::thread thread_;
};

inline Script sending(const QByteArray &bytes)
{
    return [bytes](int, RawSocket &peer) {
        peer.send(bytes);
        peer.close();
    };
}

inline RepeatRequest requestTo(quint16 port, qint64 count, int concurrency = 1,
                               const QString &host = QStringLiteral("127.0.0.1"))
{
    RepeatRequest request;
    request.endpoint = std::get<Endpoint>(Endpoint::parse(host, QString::number(port), Endpoint::Use::Connect));
    request.count = count;
    request.concurrency = concurrency;
    request.timeout = std::chrono::seconds(30);
    return request;
}

/// A run on its thread.
struct Run
{
    explicit Run(const RepeatRequest &request)
    {
        engine.hear(&RepeatRun::finished, &context, [this](const RepeatSnapshot &snapshot) { account = snapshot; });
        engine.hear(&RepeatRun::progressed, &context,
                    [this](const RepeatSnapshot &snapshot) { progress.push_back(snapshot); });
        engine.post([request](RepeatRun &run) { run.start(request); });
    }
    bool waitForEnd()
    {
        return QTest::qWaitFor([this] { return account != nullptr; }, Patience);
    }

    QObject context;
    RepeatSnapshot account;
    std::vector<RepeatSnapshot> progress;
    IoThread<RepeatRun> engine;
};

inline RepeatSnapshot runOf(const RepeatRequest &request)
{
    Run run(request);
    return run.waitForEnd() ? run.account : std::make_shared<const RepeatResult>();
}

using Outcomes = QMap<QString, qint64>;

/// The outcomes of the account that occurred.
inline Outcomes outcomesOf(const RepeatResult &account)
{
    Outcomes outcomes;
    for (std::size_t i = 0; i < RepeatOutcomes; ++i) {
        if (account.counts[i] != 0)
            outcomes.insert(QLatin1String(repeatOutcomeName(static_cast<RepeatOutcome>(i))), account.counts[i]);
    }
    return outcomes;
}

} // namespace parley::test

Q_DECLARE_METATYPE(parley::test::Script)
