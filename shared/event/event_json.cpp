// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/event_json.h"

#include "shared/message/message.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

QByteArray line(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

QString utc(const QDateTime &time)
{
    return time.toUTC().toString(Qt::ISODateWithMs);
}

QJsonArray addressToJson(const Address &address)
{
    if (address.family() == Address::Family::Unix)
        return {QString::fromLatin1(address.host())};
    return {QString::fromLatin1(address.host()), address.port()};
}

/// Null for nobody.
const char *closedByName(ClosedBy closedBy)
{
    switch (closedBy) {
    case ClosedBy::Here: return "here";
    case ClosedBy::Peer: return "peer";
    case ClosedBy::Both: return "both";
    case ClosedBy::Nobody: break;
    }
    return nullptr;
}

} // namespace

QByteArray startToJson(const QByteArray &program, const QDateTime &start, std::optional<quint64> omitted)
{
    QJsonObject object{{u"call"_s, u"start"_s},
                       {u"program"_s, QString::fromLatin1(program)},
                       {u"schema"_s, JsonSchemaVersion},
                       {u"time"_s, utc(start)}};
    if (omitted)
        object.insert(u"omitted"_s, static_cast<qint64>(*omitted));
    return line(object);
}

QByteArray eventToJson(const Event &event, const QDateTime &wallClock)
{
    QJsonObject object{{u"time"_s, utc(wallClock)},
                       {u"ns"_s, event.time()},
                       {u"connection"_s, static_cast<qint64>(event.connection())},
                       {u"call"_s, QLatin1String(callName(event.call()))}};
    if (event.call() == Call::End) {
        object.insert(u"outcome"_s, QLatin1String(outcomeName(event.outcome())));
        object.insert(u"ending"_s, QLatin1String(endingWords(event.outcome(), event.closedBy(), event.transport())));
        if (const char *who = closedByName(event.closedBy()); event.outcome() == Outcome::Closed && who)
            object.insert(u"closed_by"_s, QLatin1String(who));
        if (const char *limit = limitName(event.limit().kind)) {
            object.insert(u"limit"_s, QLatin1String(limit));
            object.insert(u"limit_value"_s, event.limit().value);
        }
    }
    object.insert(u"result"_s, event.result());
    if (event.errorNumber() != 0)
        object.insert(u"error"_s, QString::fromLatin1(event.errorName()));
    switch (event.call()) {
    case Call::Socket:
        object.insert(u"family"_s, QLatin1String(Address::familyName(event.family())));
        object.insert(u"type"_s, QLatin1String(typeName(event.transport())));
        break;
    case Call::Listen: object.insert(u"backlog"_s, event.backlog()); break;
    case Call::SetSockOpt: {
        object.insert(u"level"_s, QString::fromLatin1(event.optionLevel()));
        object.insert(u"option"_s, QString::fromLatin1(event.option()));
        const QString value = QString::fromLocal8Bit(event.optionValue());
        object.insert(u"value"_s, event.group().isNull() ? QJsonValue(value.toInt()) : QJsonValue(value));
        break;
    }
    case Call::Send:
    case Call::SendTo: object.insert(u"size"_s, event.given()); break;
    case Call::Recv:
    case Call::RecvFrom: object.insert(u"size"_s, event.room()); break;
    case Call::Close:
        if (event.resets())
            object.insert(u"linger"_s, 0);
        break;
    default: break;
    }
    if (const Address local = event.local(); !local.isNull())
        object.insert(u"local"_s, addressToJson(local));
    if (const Address peer = event.peer(); !peer.isNull())
        object.insert(u"peer"_s, addressToJson(peer));
    if (event.duration() > 0)
        object.insert(u"duration_ns"_s, event.duration());
    if (event.call() == Call::GetAddrInfo)
        object.insert(u"host"_s, displaySafe(MessageDecoder::decodeAll(event.host()), LineBreaks::Escape));
    if (const QByteArray path = event.path(); !path.isEmpty())
        object.insert(u"path"_s, displaySafe(MessageDecoder::decodeAll(path), LineBreaks::Escape));
    if (const QByteArrayView payload = event.payload(); !payload.isEmpty()) {
        const QByteArray shown = payload.first(qMin(payload.size(), MaxJsonPayloadBytes)).toByteArray();
        object.insert(u"data"_s, QString::fromLatin1(shown.toBase64()));
    }
    return line(object);
}

} // namespace parley
