// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/engine/server.h"
#include "shared/event/event_stream.h"
#include "shared/loop/io_thread.h"
#include "tests/support/event_recorder.h"

#include <QTest>

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>
#include <tuple>
#include <type_traits>
#include <vector>

namespace parley::test
{

inline constexpr int Patience = 20'000; // ms; a guard against deadlocks

/// A server engine on its thread, with all it tells.
struct ServerFixture
{
    explicit ServerFixture(const QByteArray &greeting = "Hello World!",
                           std::chrono::milliseconds deadline = Deadline::Default)
    {
        settings.endpoint = std::get<Endpoint>(
            Endpoint::parse(QStringLiteral("127.0.0.1"), QStringLiteral("0"), Endpoint::Use::Listen));
        settings.greeting = greeting;
        settings.limits.deadline = deadline;
    }

    void listen()
    {
        server.post([this](Server &engine) { engine.listen(settings); });
    }
    /// Listens and waits until it does. Returns the port, 0 on failure.
    quint16 start()
    {
        const Event listening = startServing();
        return Server::isServing(listening) ? listening.local().port() : 0;
    }
    /// Listens and waits until it does, or cannot. Returns the event that says so.
    Event startServing()
    {
        listen();
        std::optional<Event> answer;
        const auto answered = [this, &answer] {
            const auto it = std::find_if(recorder.events.begin(), recorder.events.end(), [](const Event &event) {
                return Server::isServing(event) || (event.connection() == 0 && event.call() == Call::End);
            });
            if (it != recorder.events.end())
                answer = *it;
            return answer.has_value();
        };
        [[maybe_unused]] const bool inTime = QTest::qWaitFor(answered, Patience);
        return answer.value_or(Event());
    }
    /// How many calls were made, of any connection.
    qint64 calls(Call call) const
    {
        return std::count_if(recorder.events.begin(), recorder.events.end(),
                             [call](const Event &event) { return event.call() == call; });
    }

    ServerSettings settings;
    EventStream stream;
    EventRecorder recorder{stream};
    IoThread<Server> server{stream};
};

/// What a signal of an engine has said, heard on this thread. (A QSignalSpy notes it on the engine's.)
template <typename... Arguments>
class Heard : public QObject
{
public:
    template <typename Engine>
    Heard(IoThread<Engine> &engine, void (Engine::*signal)(Arguments...))
    {
        engine.hear(signal, this, [this](const Arguments &...said) { all_.emplace_back(said...); });
    }
    qsizetype count() const { return static_cast<qsizetype>(all_.size()); }
    const auto &at(std::size_t index) const { return all_.at(index); }

private:
    std::vector<std::tuple<std::decay_t<Arguments>...>> all_;
};

/// Runs @p work on another thread, so that the events go on being delivered on this one meanwhile.
template <typename Work>
auto beside(Work work)
{
    auto future = std::async(std::launch::async, work);
    const auto isDone = [&future] { return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready; };
    if (!QTest::qWaitFor(isDone, 4 * Patience)) // before ctest ends it without a word
        qFatal("The work on the other thread was not done within %d ms", 4 * Patience);
    return future.get();
}

} // namespace parley::test
