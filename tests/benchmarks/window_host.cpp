// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT
//
// window_host [OPTION…]: parley-server's window, with its options, for measuring what cannot be seen from outside.
// Each line on stdin is a command, done as a user's hand would do it; the answer on stdout is a line of JSON.
//
//   count           how many connections are listed, and how many have left the list
//   scroll SECONDS  from the top to the bottom, and up again, sixty steps a second

#include "server_gui/server_options.h"
#include "server_gui/server_window.h"
#include "shared/termination_signal.h"
#include "shared/ui/application.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QScrollBar>
#include <QSocketNotifier>
#include <QTableView>
#include <QTimer>

#include <chrono>
#include <cstdio>
#include <functional>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

using namespace parley;

void answer(const QString &json)
{
    std::puts(qUtf8Printable(json));
    std::fflush(stdout);
}

/// Works on the window, command by command.
class Hand : public QObject
{
public:
    explicit Hand(ServerWindow &window)
        : window_(window), table_(*window.findChild<QTableView *>(u"connections"_s)),
          input_(STDIN_FILENO, QSocketNotifier::Read)
    {
        commands_.open(STDIN_FILENO, QIODevice::ReadOnly | QIODevice::Unbuffered);
        connect(&input_, &QSocketNotifier::activated, this, [this] { obey(); });
    }

private:
    void obey()
    {
        const QByteArray line = commands_.readLine().trimmed();
        const QList<QByteArray> words = line.split(' ');
        if (line.isEmpty())
            window_.close(); // the end of stdin
        else if (words[0] == "count")
            count();
        else if (words[0] == "scroll" && words.size() == 2)
            scroll(std::chrono::milliseconds(static_cast<int>(words[1].toDouble() * 1000)));
        else
            answer(uR"({"error": "no such command"})"_s);
    }

    void count() const
    {
        answer(uR"({"listed": %1, "left": %2})"_s.arg(window_.connections().rowCount())
                   .arg(window_.connections().removedRows()));
    }

    void scroll(std::chrono::milliseconds time)
    {
        constexpr auto step = 16ms;
        auto *timer = new QTimer(this);
        timer->setTimerType(Qt::PreciseTimer);
        connect(timer, &QTimer::timeout, this, [this, timer, time, steps = 0, clock = started()]() mutable {
            const double part = static_cast<double>(clock.elapsed()) / static_cast<double>(time.count());
            QScrollBar &bar = *table_.verticalScrollBar();
            const double position = part < 0.5 ? part * 2 : (1 - part) * 2;
            bar.setValue(static_cast<int>(position * bar.maximum()));
            ++steps;
            if (part < 1)
                return;
            answer(uR"({"steps": %1})"_s.arg(steps));
            timer->deleteLater();
            timer->stop();
        });
        timer->start(step);
    }

    static QElapsedTimer started()
    {
        QElapsedTimer timer;
        timer.start();
        return timer;
    }

    ServerWindow &window_;
    QTableView &table_;
    QSocketNotifier input_;
    QFile commands_;
};

} // namespace

int main(int argc, char *argv[])
{
    CommandLine commandLine;
    ServerOptions::declare(commandLine);
    const auto application = makeApplication(argc, argv, u"parley-server"_s, commandLine);
    const ServerOptions options = ServerOptions::read(commandLine);
    if (const auto status = commandLine.answer())
        return *status;
    if (const auto status = missingDisplay())
        return *status;
    const TerminationSignal termination;
    ServerWindow window(options);
    const Hand hand(window);
    return runWindow(window, termination);
}
