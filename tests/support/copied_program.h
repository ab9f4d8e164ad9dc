// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/engine/client.h"
#include "shared/event/event_stream.h"
#include "shared/inspect/copy_as.h"
#include "shared/loop/io_thread.h"
#include "tests/support/event_recorder.h"
#include "tests/support/process.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <memory>
#include <vector>

namespace parley::test
{

inline constexpr int EnginePatience = 20'000; // ms; a guard against deadlocks

/// Every byte, and the sequences that mean something to Python, C or a shell.
inline QByteArray hostileBytes()
{
    QByteArray bytes = "-n '\"`$(touch pwned)`; %s%n%d ?\?/ ?\?' \\ \\x41 \\0 {} #\n*/ //\r\n";
    for (int value = 0; value < 256; ++value)
        bytes.append(static_cast<char>(value));
    return bytes + "7\xf0\x9f\x98\x80\xe2\x80";
}

enum class Language { Python, C, Ncat };

/// The copied program, running.
class Copied
{
public:
    Copied(const Exchange &exchange, Language language)
    {
        switch (language) {
        case Language::Python: start(QStringLiteral("python3"), {write("program.py", copyAsPython(exchange))}); break;
        case Language::Ncat: start(QStringLiteral("sh"), {write("program.sh", copyAsNcat(exchange))}); break;
        case Language::C: {
            const QString source = write("program.c", copyAsC(exchange));
            const QString program = folder_.filePath(QStringLiteral("program"));
            Process compiler(QStringLiteral("cc"),
                             {QStringLiteral("-std=c99"), QStringLiteral("-Wall"), QStringLiteral("-Wextra"),
                              QStringLiteral("-Wpedantic"), QStringLiteral("-Wno-overlength-strings"),
                              QStringLiteral("-Werror"), QStringLiteral("-o"), program, source});
            if (compiler.exitStatus() == 0)
                start(program, {});
            else
                qWarning("%s", compiler.report().constData());
            break;
        }
        }
    }

    Process *operator->() { return process_.get(); }
    bool isThere() const { return process_ != nullptr; }
    QByteArray report() const { return text_ + (process_ ? process_->report() : "It does not compile."); }

private:
    QString write(const char *name, const QByteArray &text)
    {
        text_ = text;
        const QString path = folder_.filePath(QLatin1String(name));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("Cannot write %s", qPrintable(path));
        return path;
    }
    void start(const QString &program, const QStringList &arguments)
    {
        process_ = std::make_unique<Process>(program, arguments);
    }

    QTemporaryDir folder_;
    QByteArray text_;
    std::unique_ptr<Process> process_;
};

/// An engine and what it wrote.
template <typename Engine>
struct Running
{
    EventStream stream;
    EventRecorder recorder{stream};
    IoThread<Engine> engine{stream};

    std::vector<Event> eventsOf(quint64 connection) const
    {
        std::vector<Event> events;
        for (const Event &event : recorder.events) {
            if (event.connection() == connection)
                events.push_back(event);
        }
        return events;
    }
    bool hasEnded(quint64 connection) const { return recorder.outcome(connection) != Outcome::None; }
};

inline Endpoint endpointOf(const QString &host, quint16 port, Endpoint::Use use, Transport transport = Transport::Tcp)
{
    return std::get<Endpoint>(Endpoint::parse(host, QString::number(port), use, transport));
}

/// The exchange of a client that has ended.
inline Exchange attempt(const ConnectRequest &request, const std::function<void()> &serve)
{
    Running<Client> client;
    client.engine.post([request](Client &engine) { engine.connectTo(1, request); });
    serve();
    (void)QTest::qWaitFor([&] { return client.hasEnded(1); }, EnginePatience);
    return Exchange::of(client.eventsOf(1), {}).value_or(Exchange());
}

inline void addLanguagesAndHosts()
{
    QTest::addColumn<Language>("language");
    QTest::addColumn<QString>("host");
    QTest::newRow("Python, IPv4") << Language::Python << QStringLiteral("127.0.0.1");
    QTest::newRow("Python, IPv6") << Language::Python << QStringLiteral("::1");
    QTest::newRow("C, IPv4") << Language::C << QStringLiteral("127.0.0.1");
    QTest::newRow("C, IPv6") << Language::C << QStringLiteral("::1");
    QTest::newRow("ncat, IPv4") << Language::Ncat << QStringLiteral("127.0.0.1");
    QTest::newRow("ncat, IPv6") << Language::Ncat << QStringLiteral("::1");
}

} // namespace parley::test

Q_DECLARE_METATYPE(parley::test::Language)
