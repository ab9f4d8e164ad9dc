// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/headless.h"

#include "client_gui/attempt.h"
#include "client_gui/client_options.h"
#include "shared/event_json.h"
#include "shared/event_stream.h"
#include "shared/io_thread.h"
#include "shared/line_writer.h"
#include "shared/termination_signal.h"

#include <QCoreApplication>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

/// What was received, in pieces that the events share: a second copy of a long message would double the memory.
class Message
{
public:
    void append(const QByteArray &bytes)
    {
        constexpr qsizetype piece = 64 * 1024;
        if (!pieces_.isEmpty() && pieces_.constLast().size() + bytes.size() <= piece)
            pieces_.last() += bytes; // or else a message of single bytes would cost many times its size
        else if (!bytes.isEmpty())
            pieces_.append(bytes);
    }
    bool isEmpty() const { return pieces_.isEmpty(); }

    template <typename Print> void printRaw(Print print) const
    {
        for (const QByteArray &piece : pieces_)
            print(piece);
    }
    /// As it goes to a terminal: whole characters, nothing that acts on it, a line feed at the end.
    template <typename Print> void printSafely(Print print) const
    {
        MessageDecoder decoder;
        for (const QByteArray &piece : pieces_)
            print(displaySafe(decoder.decode(piece)).toUtf8());
        print(displaySafe(decoder.finish()).toUtf8() + '\n');
    }

private:
    QByteArrayList pieces_;
};

} // namespace

int runHeadlessClient(const ClientOptions &options)
{
    EventStream stream;
    TerminationSignal termination;
    int outputError = 0;
    const auto print = [&outputError](const QByteArray &bytes) {
        if (outputError == 0)
            outputError = writeAll(STDOUT_FILENO, bytes);
    };
    if (options.json)
        print(startToJson("parley-client", stream.wallClock(0)));

    Attempt attempt;
    attempt.number = 1;
    attempt.request = {options.endpoint, encodeMessage(options.send.value_or(QString())),
                       options.timeout.value_or(ConnectRequest::DefaultTimeout),
                       options.maxBytes.value_or(DefaultMaxMessageBytes)};
    Message message;
    QObject::connect(&stream, &EventStream::arrived, &stream, [&](const EventBatch &batch) {
        for (const Event &event : batch.events) {
            attempt.apply(event);
            if (options.json)
                print(eventToJson(event, stream.wallClock(event.time)));
            else if (event.call == Call::RecvFrom && !options.raw)
                message.append((message.isEmpty() ? QByteArray() : QByteArray("\n")) + event.address.toPython() + ": " + event.payload());
            else if (event.call == Call::Recv || event.call == Call::RecvFrom)
                message.append(event.bytes);
        }
        if (!attempt.isUnderWay())
            QCoreApplication::quit();
    });

    IoThread<Client> client(stream);
    client.post([number = attempt.number, request = attempt.request](Client &engine) {
        engine.connectTo(number, request);
    });
    QObject::connect(&termination, &TerminationSignal::received, &stream,
                     [&client] { client.post([](Client &engine) { engine.cancel(); }); });
    QCoreApplication::exec();

    if (!options.json && (!message.isEmpty() || attempt.outcome == Outcome::Complete)) {
        if (options.raw)
            message.printRaw(print);
        else
            message.printSafely(print);
    }
    if (const QString failure = attempt.failure(); !failure.isEmpty())
        printError(QString(failure + u' ' + attempt.advice()).trimmed());
    else if (outputError != 0)
        printError(QCoreApplication::translate("Headless", "Cannot write to stdout: %1.").arg(native::errorText(outputError)));
    else
        return ExitOk;
    return ExitFailure;
}

} // namespace parley
