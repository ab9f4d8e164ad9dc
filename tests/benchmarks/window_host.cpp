// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT
//
// window_host [OPTION…]: parley-server's window, with its options, for measurements that are impossible from outside.
// Each line on stdin is a command, carried out as by a user's hand; the answer on stdout is a line of JSON.
//
//   count           how many connections are listed, and how many have left the list
//   scroll SECONDS  from the top to the bottom, and up again, sixty steps a second
//   filter [TEXT]   types it into the empty filter, ten characters a second; answers once the result is shown
//   sort COLUMN     clicks on that column's header, counted from 0; answers once the result is shown

#include "server_gui/options/server_options.h"
#include "server_gui/window/server_window.h"
#include "shared/program/start.h"
#include "shared/program/termination_signal.h"
#include "shared/ui/application.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMouseEvent>
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
          filter_(*window.findChild<QLineEdit *>(u"filter"_s)), input_(STDIN_FILENO, QSocketNotifier::Read)
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
        else if (words[0] == "filter")
            filter(QString::fromUtf8(line.mid(words[0].size() + 1)));
        else if (words[0] == "sort" && words.size() == 2)
            sort(words[1].toInt());
        else
            answer(uR"({"error": "no such command"})"_s);
    }

    void count() const
    {
        answer(uR"({"listed": %1, "left": %2})"_s.arg(window_.connections().total())
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

    void filter(const QString &text)
    {
        filter_.clear();
        filter_.setFocus();
        if (text.isEmpty()) {
            answerWhenShown(started());
            return;
        }
        auto *timer = new QTimer(this);
        connect(timer, &QTimer::timeout, this, [this, timer, text, next = qsizetype(0)]() mutable {
            const QElapsedTimer clock = started();
            const QString character = text.sliced(next++, 1);
            QKeyEvent press(QEvent::KeyPress, Qt::Key_unknown, Qt::NoModifier, character);
            QCoreApplication::sendEvent(&filter_, &press);
            if (next < text.size())
                return;
            timer->deleteLater();
            timer->stop();
            if (filter_.text() == text)
                answerWhenShown(clock);
            else
                answer(uR"({"error": "the field does not take that"})"_s);
        });
        timer->start(100ms);
    }

    void sort(int column)
    {
        QHeaderView &header = *table_.horizontalHeader();
        const QPointF position(header.sectionViewportPosition(column) + header.sectionSize(column) / 2.0,
                               header.height() / 2.0);
        const QPointF global = header.viewport()->mapToGlobal(position);
        const QElapsedTimer clock = started();
        for (const QEvent::Type type : {QEvent::MouseButtonPress, QEvent::MouseButtonRelease}) {
            QMouseEvent click(type, position, global, Qt::LeftButton,
                              type == QEvent::MouseButtonPress ? Qt::LeftButton : Qt::NoButton, Qt::NoModifier);
            QCoreApplication::sendEvent(header.viewport(), &click);
        }
        if (header.sortIndicatorSection() == column)
            answerWhenShown(clock);
        else
            answer(uR"({"error": "the header does not sort by that"})"_s);
    }

    /// Answers once the result is on the screen, and not only in the model.
    void answerWhenShown(const QElapsedTimer &clock)
    {
        const auto show = [this, clock] {
            clock_ = clock;
            table_.viewport()->installEventFilter(this);
            table_.viewport()->update();
        };
        if (window_.connections().isArranging())
            connect(&window_.connections(), &ConnectionModel::arranged, this, show, Qt::SingleShotConnection);
        else
            show();
    }

    bool eventFilter(QObject *viewport, QEvent *event) override
    {
        if (event->type() == QEvent::Paint) {
            viewport->removeEventFilter(this);
            QTimer::singleShot(0, this, [this] {
                answer(uR"({"seconds": %1, "rows": %2})"_s.arg(static_cast<double>(clock_.nsecsElapsed()) / 1e9)
                           .arg(window_.connections().rowCount()));
            });
        }
        return false;
    }

    static QElapsedTimer started()
    {
        QElapsedTimer timer;
        timer.start();
        return timer;
    }

    ServerWindow &window_;
    QTableView &table_;
    QLineEdit &filter_;
    QSocketNotifier input_;
    QFile commands_;
    QElapsedTimer clock_; // since the last command
};

} // namespace

int main(int argc, char *argv[])
{
    startProgram(u"parley-server"_s);
    CommandLine commandLine;
    ServerOptions::declare(commandLine);
    if (!opensWindow(commandLine, argc, argv))
        return missingDisplay();
    const auto application = makeWindowApplication(argc, argv, commandLine);
    const ServerOptions options = ServerOptions::read(commandLine);
    if (const auto status = commandLine.answer())
        return *status;
    const TerminationSignal termination;
    ServerWindow window(options);
    const Hand hand(window);
    return runWindow(window, termination);
}
