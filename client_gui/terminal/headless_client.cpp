// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/terminal/headless_client.h"

#include "client_gui/engine/client.h"
#include "client_gui/history/attempt.h"
#include "client_gui/history/connect_diagnosis.h"
#include "client_gui/options/client_options.h"
#include "client_gui/terminal/sent_file.h"
#include "shared/event/event_json.h"
#include "shared/event/event_stream.h"
#include "shared/loop/io_thread.h"
#include "shared/message/error_text.h"
#include "shared/program/line_writer.h"
#include "shared/program/termination_signal.h"

#include <QCoreApplication>

#include <atomic>
#include <system_error>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Headless)
};

/// Prints the message as it comes: whole characters and nothing that acts on a terminal; or, raw, byte for byte.
class MessagePrinter
{
public:
    MessagePrinter(LineWriter &output, bool raw, TextEncoding encoding)
        : output_(output), raw_(raw), encoding_(encoding), decoder_(encoding)
    {
    }

    /// @p isNext: another datagram, which begins on a line of its own.
    void print(const Event &event, bool isNext)
    {
        if (isNext)
            finish();
        const QByteArrayView payload = event.payload();
        if (raw_)
            output_.write(event.sharedPayload());
        else if (event.call() == Call::RecvFrom) // on one line: it must not look as if another sender's line followed
            output_.write(event.peer().toPython() + ": "
                          + displaySafe(decodeText(payload, encoding_), LineBreaks::Escape).toUtf8() + '\n');
        else
            output_.write(safe_.next(decoder_.decode(payload)).toUtf8());
    }
    void finish()
    {
        if (!raw_)
            output_.write(safe_.next(decoder_.finish()).toUtf8() + '\n');
    }

private:
    LineWriter &output_;
    const bool raw_;
    const TextEncoding encoding_;
    TextDecoder decoder_;
    SafeText safe_;
};

} // namespace

void printFailure(const QString &sentence, const bool &interrupted)
{
    try {
        LineWriter errors(STDERR_FILENO, {});
        errors.write(errorLine(sentence));
        constexpr std::chrono::milliseconds turn{20};
        while (!errors.finish(turn) && errors.waitingLines() > 0 && !interrupted)
            QCoreApplication::processEvents();
        constexpr std::chrono::seconds patience{2};
        errors.finish(patience);
    } catch (const std::system_error &) { // no more threads
        printError(sentence);
    }
}

int runHeadlessClient(const ClientOptions &options)
{
    EventStream stream(EventStream::AtOnce); // the user waits for the end
    TerminationSignal termination;
    Attempt attempt;
    attempt.number = 1;
    attempt.request = {options.endpoint, options.send.value_or(QByteArray()),
                       options.timeout.value_or(ConnectRequest::DefaultTimeout),
                       options.maxBytes.value_or(DefaultMaxMessageBytes)};
    attempt.request.again = options.again;
    attempt.request.keepAlive = options.keepAlive.value_or(KeepAlive());
    attempt.request.ttl = options.ttl;
    attempt.request.multicastLoopback = options.multicastLoopback;
    attempt.request.source = options.sourceAddress;
    attempt.request.streams = options.sendFile.has_value();
    SentFile file(options.sendFile.value_or(QString()));
    if (const QString problem = options.sendFile ? file.open() : QString(); !problem.isEmpty()) {
        printError(problem);
        return ExitUsage;
    }

    std::atomic<int> outputError = 0;
    constexpr int longestEscape = 6; // characters for a byte: a C1 control of ISO-8859-1 is \u0080
    LineWriter output(
        STDOUT_FILENO, [&outputError](int error) { outputError = error; },
        longestEscape * attempt.request.maxBytes + LineWriter::MaxPendingBytes, LineWriter::Piece::Large);
    MessagePrinter message(output, options.raw, options.encoding.value_or(TextEncoding::Utf8));
    quint64 dropped = 0;
    QObject::connect(&stream, &EventStream::arrived, &stream, [&](const EventBatch &batch) {
        for (const Event &event : batch.events) {
            attempt.apply(event);
            const bool isReceived = event.call() == Call::Recv || event.call() == Call::RecvFrom;
            if (options.json)
                output.write(eventToJson(event, stream.wallClock(event.time())));
            else if (isReceived)
                message.print(event, event.call() == Call::Recv && attempt.isDatagram() && attempt.reads > 1);
        }
        dropped += batch.dropped;
        if (!attempt.isUnderWay())
            QCoreApplication::quit();
    });

    IoThread<Client> client(stream);
    if (options.json) // once all threads are there: without them stdout stays empty
        output.write(startToJson("parley-client", stream.wallClock(0)));
    client.hear(&Client::wantsMore, &file, &SentFile::readNext);
    QObject::connect(&file, &SentFile::have, &stream, [&client](const QByteArray &bytes) {
        client.post([bytes](Client &engine) { engine.sendMore(bytes); });
    });
    QString unread;
    QObject::connect(&file, &SentFile::failed, &stream, [&](const QString &sentence) {
        unread = sentence;
        client.post([](Client &engine) { engine.cancel(); });
    });
    client.post(
        [number = attempt.number, request = attempt.request](Client &engine) { engine.connectTo(number, request); });
    bool interrupted = false;
    QObject::connect(&termination, &TerminationSignal::received, &stream, [&] {
        interrupted = true;
        client.post([](Client &engine) { engine.cancel(); });
    });
    QCoreApplication::exec();

    if (!options.json && !attempt.collects && (attempt.receivedBytes > 0 || attempt.outcome == Outcome::Complete))
        message.finish();
    // The reader of stdout may take as long as it likes, as a pager does; a signal ends the wait.
    constexpr std::chrono::milliseconds turn{20};
    while (!output.finish(turn) && outputError == 0 && !interrupted)
        QCoreApplication::processEvents();

    const ConnectDiagnosis diagnosis = interrupted ? diagnoseConnect(attempt) : diagnoseConnectFully(attempt);
    if (!unread.isEmpty())
        printFailure(unread, interrupted);
    else if (!diagnosis.failure.isEmpty())
        printFailure(diagnosis.text(), interrupted);
    else if (outputError != 0)
        printFailure(Texts::tr("Cannot write to stdout: %1.").arg(errorText(outputError)), interrupted);
    else if (interrupted || dropped > 0)
        printFailure(
            Texts::tr("Not all of the message from %1 was written to stdout.").arg(options.endpoint.toString()),
            interrupted);
    else
        return ExitOk;
    return ExitFailure;
}

} // namespace parley
