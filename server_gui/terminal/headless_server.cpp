// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/terminal/headless_server.h"

#include "server_gui/engine/listen_diagnosis.h"
#include "server_gui/engine/server.h"
#include "server_gui/options/server_options.h"
#include "shared/event/event_json.h"
#include "shared/event/event_stream.h"
#include "shared/loop/io_thread.h"
#include "shared/message/error_text.h"
#include "shared/message/message.h"
#include "shared/program/line_writer.h"
#include "shared/program/termination_signal.h"

#include <QCoreApplication>

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

/// The address as Python prints it: a tuple, or a Unix socket's path as a string.
QByteArray servedAddress(const Event &event)
{
    const QByteArray path = event.path();
    if (path.isEmpty())
        return event.local().toPython();
    return '\'' + displaySafe(MessageDecoder::decodeAll(path), LineBreaks::Escape).toUtf8() + '\'';
}

/// Carries a termination signal to the engine, even from within a batch: a batch may take seconds to print, and nothing
/// may be accepted in that time.
class Ending
{
public:
    Ending(IoThread<Server> &server, const EventStream &stream) : server_(server), stream_(stream) {}

    void look()
    {
        if (began_ >= 0 || !TerminationSignal::hasCome())
            return;
        began_ = stream_.now();
        server_.post([](Server &engine) { engine.finish(); });
    }
    /// Whether @p event has waited so long that printing it would keep the program from ending.
    bool isTooLateFor(const Event &event) const
    {
        constexpr qint64 patience = 500'000'000; // ns
        return began_ >= 0 && stream_.now() - std::max(event.time(), began_) > patience;
    }

private:
    IoThread<Server> &server_;
    const EventStream &stream_;
    qint64 began_ = -1; // ns since the stream's start
};

} // namespace

int runHeadlessServer(const ServerOptions &options)
{
    EventStream stream(EventStream::ForOutput);
    TerminationSignal termination;
    LineWriter errors(STDERR_FILENO, {}); // a slow reader of stderr holds nothing up either
    LineWriter output(STDOUT_FILENO, [&errors](int error) {
        errors.write(errorLine(Texts::tr("Cannot write to stdout: %1. The greetings go on.").arg(errorText(error))));
    });
    if (!options.json)
        stream.leaveOutBytes();

    int status = ExitOk;
    quint64 dropped = 0;
    Address tried;
    quint64 lastSender = 0; // of datagrams; each sender is listed once
    IoThread<Server> server(stream);
    if (options.json) // once all threads are there: without them stdout stays empty
        output.write(startToJson("parley-server", stream.wallClock(0)));
    Ending ending(server, stream);
    QObject::connect(&stream, &EventStream::arrived, &stream, [&](const EventBatch &batch) {
        QByteArray lines;
        for (const Event &event : batch.events) {
            ending.look();
            const bool isListed = options.json || (event.call() == Call::Accept && event.connection() > 0)
                                  || (event.call() == Call::RecvFrom && event.connection() > lastSender);
            if (isListed && ending.isTooLateFor(event))
                ++dropped;
            else if (options.json)
                output.write(eventToJson(event, stream.wallClock(event.time())));
            else if (event.call() == Call::Accept && event.connection() > 0)
                lines += "Connection established with " + event.peer().toPython() + '\n';
            else if (event.call() == Call::RecvFrom && event.connection() > lastSender)
                lines += "Datagram from " + event.peer().toPython() + '\n';
            if (event.call() == Call::RecvFrom)
                lastSender = std::max(lastSender, event.connection());
            if (event.call() == Call::Bind)
                tried = event.local();
            if (Server::isServing(event)) {
                errors.write("Listening on " + servedAddress(event) + '\n');
            } else if (event.call() == Call::End && event.connection() == 0 && event.outcome() != Outcome::Complete) {
                errors.write(errorLine(diagnoseListenFully(options.endpoint, event, tried).text));
                status = ExitFailure;
                QCoreApplication::quit();
            }
        }
        output.write(lines);
        dropped += batch.dropped;
    });

    server.hear(&Server::starved, &stream, [&](int error, native::DescriptorUse descriptors) {
        errors.write(
            errorLine(error != 0 ? starvedText(error, descriptors) : Texts::tr("Accepting connections works again.")));
    });
    server.hear(&Server::finished, &stream, [] { QCoreApplication::quit(); });
    QObject::connect(&termination, &TerminationSignal::received, &stream, [&ending] { ending.look(); });
    server.post([settings = options.settings(options.endpoint)](Server &engine) { engine.listen(settings); });
    QCoreApplication::exec();

    stream.flush();
    constexpr std::chrono::seconds readerPatience{2}; // with each reader that has stopped reading
    output.finish(readerPatience);
    const qint64 unread = output.waitingLines();
    if (const qint64 lost = output.lostLines() + unread + static_cast<qint64>(dropped); lost > 0)
        errors.write(errorLine(
            Texts::tr("%1 lines of output were lost, because the reader of stdout was too slow or gone.").arg(lost)));
    errors.finish(readerPatience);
    return status;
}

} // namespace parley
