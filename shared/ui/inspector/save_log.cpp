// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/inspector/save_log.h"

#include "shared/event/event_history.h"
#include "shared/event/event_log.h"
#include "shared/event/event_stream.h"
#include "shared/ui/file_saver.h"

#include <QCoreApplication>
#include <QDateTime>

using namespace Qt::StringLiterals;

namespace parley
{

void saveLog(FileSaver &saver, const EventStream &stream, const EventHistory &history)
{
    const QString program = QCoreApplication::applicationName();
    const QString minute = QDateTime::currentDateTime().toString(u"yyyy-MM-ddTHHmm"_s);
    const FileSaver::Kind kind{QCoreApplication::translate("SaveLog", "Save Log"),
                               program + u'-' + minute + u".jsonl"_s,
                               QCoreApplication::translate("SaveLog", "JSON Lines (*.jsonl)")};
    saver.ask(kind, [program, &stream, &history]() -> FileSaver::Writer {
        EventLog log{program.toLatin1(), stream.wallClock(), history.everything(), 0};
        log.omitted = history.total() - log.events.size();
        return [log = std::move(log)](QIODevice &file) { writeEventLog(file, log); };
    });
}

} // namespace parley
