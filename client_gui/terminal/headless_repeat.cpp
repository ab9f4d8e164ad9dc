// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/terminal/headless_repeat.h"

#include "client_gui/options/client_options.h"
#include "client_gui/repeat/repeat_export.h"
#include "client_gui/repeat/repeat_run.h"
#include "client_gui/terminal/headless_client.h"
#include "shared/loop/io_thread.h"
#include "shared/message/error_text.h"
#include "shared/program/line_writer.h"
#include "shared/program/termination_signal.h"

#include <QCoreApplication>

#include <atomic>
#include <memory>
#include <unistd.h>

namespace parley
{

int runHeadlessRepeat(const ClientOptions &options)
{
    TerminationSignal termination;
    IoThread<RepeatRun> run;
    RepeatSnapshot account;
    run.hear(&RepeatRun::finished, &termination, [&account](const RepeatSnapshot &finished) {
        account = finished;
        QCoreApplication::quit();
    });
    // For a person who looks on. Others read stderr, and get what went wrong.
    std::unique_ptr<LineWriter> hints;
    if (::isatty(STDERR_FILENO) == 1)
        hints = std::make_unique<LineWriter>(STDERR_FILENO, [](int) {});
    bool isTold = false;
    run.hear(&RepeatRun::progressed, &termination, [&hints, &isTold](const RepeatSnapshot &soFar) {
        const QString text = hints ? soFar->waitingText() : QString();
        if (!text.isEmpty() && !isTold)
            hints->write(errorLine(text));
        isTold = !text.isEmpty();
    });
    bool interrupted = false;
    bool signalled = false;
    QObject::connect(&termination, &TerminationSignal::received, &termination, [&] {
        interrupted = true;
        signalled = true;
        run.post([](RepeatRun &engine) { engine.cancel(); });
    });
    run.post([request = options.repeatRequest()](RepeatRun &engine) { engine.start(request); });
    QCoreApplication::exec();
    interrupted = false; // this signal ended the run; the next one ends the wait for the reader of stdout

    std::atomic<int> outputError = 0;
    LineWriter output(STDOUT_FILENO, [&outputError](int error) { outputError = error; });
    output.write(options.json  ? repeatToJson(*account)
                 : options.csv ? repeatToCsv(*account)
                               : repeatToText(*account).toUtf8());
    constexpr std::chrono::milliseconds turn{20};
    while (!output.finish(turn) && outputError == 0 && !interrupted)
        QCoreApplication::processEvents();

    if (const QString failure = account->failure(); !failure.isEmpty())
        printFailure((failure + u' ' + account->advice()).trimmed(), signalled);
    else if (outputError != 0)
        printFailure(QCoreApplication::translate("Headless", "Cannot write to stdout: %1.").arg(errorText(outputError)),
                     signalled);
    else if (interrupted)
        printFailure(QCoreApplication::translate("Headless", "Not all of the account was written to stdout."),
                     signalled);
    else
        return ExitOk;
    return ExitFailure;
}

} // namespace parley
