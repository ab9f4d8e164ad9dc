// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/inspect/ladder.h"

#include "shared/event/event_history.h"
#include "shared/message/message.h"

#include <algorithm>
#include <cerrno>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

QString quoted(const QByteArray &bytes)
{
    return u'\'' + displaySafe(MessageDecoder::decodeAll(bytes), LineBreaks::Escape) + u'\'';
}

QString shown(const Address &address)
{
    return QString::fromLatin1(address.toPython());
}

QString argumentsText(const Event &event)
{
    switch (event.call()) {
    case Call::GetAddrInfo: return quoted(event.host());
    case Call::Socket:
        return QLatin1String(Address::familyName(event.family())) + u", "_s
               + QLatin1String(typeName(event.transport()));
    case Call::Bind: return event.path().isEmpty() ? shown(event.local()) : quoted(event.path());
    case Call::Connect: return event.path().isEmpty() ? shown(event.peer()) : quoted(event.path());
    case Call::Listen: return QString::number(event.backlog());
    case Call::SetSockOpt: {
        const QString value = QString::fromLocal8Bit(event.optionValue());
        return QLatin1String(event.optionLevel()) + u", "_s + QLatin1String(event.option()) + u", "_s
               + (event.group().isNull() ? value : u'\'' + value + u'\'');
    }
    case Call::Send: return QString::number(event.given());
    case Call::SendTo: return QString::number(event.given()) + u", "_s + shown(event.peer());
    case Call::Shutdown: return u"SHUT_WR"_s;
    default: return {};
    }
}

QString resultText(const Event &event)
{
    switch (event.call()) {
    case Call::Accept: return event.peer().isNull() ? QString::number(event.descriptor()) : shown(event.peer());
    case Call::GetSockName: return event.local().isNull() ? QString::number(event.result()) : shown(event.local());
    case Call::Recv: return event.meetsEnd() ? Ladder::tr("0 (peer closed)") : QString::number(event.moved());
    case Call::RecvFrom: return QString::number(event.moved()) + u", "_s + shown(event.peer());
    case Call::Socket: return QString::number(event.descriptor());
    case Call::Send:
    case Call::SendTo: return QString::number(event.moved());
    default: return {};
    }
}

QString errorText(const Event &event)
{
    if (event.errorNumber() == EINPROGRESS) // no error, and the longest of the words
        return u"EINPROGRESS"_s;
    return QString::fromLatin1(event.errorName()) + u", "_s + event.errorText();
}

QString verdictText(const Event &event)
{
    const QString text = Ladder::tr("end: %1").arg(outcomeText(event.outcome(), event.closedBy(), event.transport()));
    const QString reason = event.errorNumber() == 0 ? limitText(event.limit()) : errorText(event);
    return reason.isEmpty() ? text : text + u" ("_s + reason + u')';
}

QString segmentText(const Event &event, Ladder::Rung rung)
{
    switch (rung) {
    case Ladder::Rung::Syn: return u"SYN"_s;
    case Ladder::Rung::SynAck: return u"SYN, ACK"_s;
    case Ladder::Rung::Ack: return u"ACK"_s;
    case Ladder::Rung::Data: return Ladder::tr("data, %1").arg(bytesText(event.moved()));
    case Ladder::Rung::Fin: return u"FIN"_s;
    case Ladder::Rung::FinOrReset: return Ladder::tr("FIN, or RST if bytes were unread");
    case Ladder::Rung::Reset: return u"RST"_s;
    case Ladder::Rung::Datagram: return Ladder::tr("UDP datagram, %1").arg(bytesText(event.moved()));
    case Ladder::Rung::Unreachable: return Ladder::tr("ICMP port unreachable");
    case Ladder::Rung::Bytes: return bytesText(event.moved());
    case Ladder::Rung::EndOfData: return Ladder::tr("end of data");
    case Ladder::Rung::Call:
    case Ladder::Rung::Verdict: break;
    }
    return {};
}

} // namespace

QString callText(const Event &event)
{
    if (event.call() == Call::End)
        return verdictText(event);
    const QString call = QLatin1String(callName(event.call())) + u'(' + argumentsText(event) + u')';
    const QString result = event.errorNumber() == 0 ? resultText(event) : errorText(event);
    return result.isEmpty() ? call : call + u" → "_s + result;
}

Ladder::Ladder(const EventHistory &history, QObject *parent) : QAbstractListModel(parent), history_(history)
{
    connect(&history, &EventHistory::reset, this, &Ladder::rebuild);
    connect(&history, &EventHistory::grown, this, &Ladder::readNew);
    rebuild();
}

void Ladder::rebuild()
{
    beginResetModel();
    rows_.clear();
    read_ = 0;
    longestText_ = 0;
    forget();
    for (; read_ < history_.events().size(); ++read_)
        read(history_.events()[read_], rows_);
    endResetModel();
}

void Ladder::readNew()
{
    std::vector<Row> added;
    for (; read_ < history_.events().size(); ++read_)
        read(history_.events()[read_], added);
    if (added.empty())
        return;
    beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(added.size()) - 1);
    rows_.insert(rows_.end(), added.begin(), added.end());
    endInsertRows();
}

/// Forgets what is known of the socket.
void Ladder::forget()
{
    transport_.reset();
    local_ = {};
    peer_ = {};
    path_.clear();
    connecting_ = 0;
    failed_ = 0;
    connected_ = false;
    sentFin_ = false;
    gotReset_ = false;
}

/// Adds the rows of event number read_. What came in before the call returned stands above the call, and what the call
/// sent stands below it.
void Ladder::read(const Event &event, std::vector<Row> &rows)
{
    const auto add = [&](Rung rung, bool toPeer) { rows.push_back({static_cast<quint32>(read_), rung, toPeer}); };
    const auto fromPeer = [&](Rung rung) { add(rung, false); };
    const auto call = [&] { add(event.call() == Call::End ? Rung::Verdict : Rung::Call, false); };
    const auto toPeer = [&](Rung rung) { add(rung, true); };

    if (event.call() == Call::Socket && event.connection() == 0) // another listener, perhaps of another kind
        forget();
    const Address peer = event.peer();
    const Address local = event.local();
    if (!peer.isNull() || !local.isNull() || event.errorNumber() != 0 || !event.heldBytes().isEmpty()
        || event.limit().kind != Limit::Kind::None)
        longestText_ = std::max(longestText_, callText(event).size());
    if (event.call() == Call::Socket || event.call() == Call::Accept)
        transport_ = event.transport();
    else if (event.call() == Call::RecvFrom || event.call() == Call::SendTo)
        transport_ = Transport::Udp;
    const Transport transport = transport_.value_or(Transport::Tcp);
    const bool isTcp = transport == Transport::Tcp;

    if (event.errorNumber() == 0 && !local.isNull())
        local_ = local;
    if (!peer.isNull())
        peer_ = peer;
    if (const QByteArray path = event.path(); !path.isEmpty())
        path_ = path;

    if (transport == Transport::Udp && event.errorNumber() == ECONNREFUSED && event.call() != Call::End)
        fromPeer(Rung::Unreachable);
    const bool hadReset =
        std::exchange(gotReset_, gotReset_
                                     || (isTcp && (event.errorNumber() == ECONNRESET || event.errorNumber() == EPIPE)
                                         && event.call() != Call::End));
    if (gotReset_ && !hadReset)
        fromPeer(Rung::Reset);

    const bool ok = event.errorNumber() == 0;
    switch (event.call()) {
    case Call::Accept:
        if (ok && isTcp) {
            fromPeer(Rung::Syn);
            toPeer(Rung::SynAck);
            fromPeer(Rung::Ack);
        }
        connected_ = ok;
        call();
        return;
    case Call::Connect: {
        if (event.errorNumber() == EINPROGRESS) {
            call();
            ++connecting_;
            toPeer(Rung::Syn);
            return;
        }
        fold(read_, rows);
        const bool wasConnecting = connecting_ > 0;
        connecting_ -= wasConnecting ? 1 : 0;
        connected_ = connected_ || ok;
        failed_ += ok ? 0 : 1;
        if (isTcp && !wasConnecting && (ok || event.errorNumber() == ECONNREFUSED))
            toPeer(Rung::Syn);
        if (isTcp && ok) {
            fromPeer(Rung::SynAck);
            toPeer(Rung::Ack);
        } else if (isTcp && event.errorNumber() == ECONNREFUSED) {
            fromPeer(Rung::Reset);
        }
        call();
        return;
    }
    case Call::Send:
    case Call::SendTo:
        call();
        if (ok)
            toPeer(isTcp ? Rung::Data : transport == Transport::Udp ? Rung::Datagram : Rung::Bytes);
        return;
    case Call::Recv:
    case Call::RecvFrom:
        if (ok && transport == Transport::Udp)
            fromPeer(Rung::Datagram);
        else if (ok && event.moved() > 0)
            fromPeer(isTcp ? Rung::Data : Rung::Bytes);
        else if (ok)
            fromPeer(isTcp ? Rung::Fin : Rung::EndOfData);
        call();
        return;
    case Call::Shutdown:
        call();
        if (ok && transport != Transport::Udp)
            toPeer(isTcp ? Rung::Fin : Rung::EndOfData);
        sentFin_ = sentFin_ || ok;
        return;
    case Call::Close: {
        call();
        // The sockets that lost the race are closed while they are still connecting, which sends nothing.
        if (failed_ > 0) {
            --failed_;
            return;
        }
        if (!connected_ || (connecting_ > 0 && local_.isNull())) {
            connecting_ -= connecting_ > 0 ? 1 : 0;
            return;
        }
        if (isTcp && !gotReset_ && event.resets())
            toPeer(Rung::Reset);
        else if (isTcp && !gotReset_ && !sentFin_)
            toPeer(Rung::FinOrReset);
        else if (transport == Transport::Unix && !sentFin_)
            toPeer(Rung::EndOfData);
        connected_ = false;
        return;
    }
    case Call::GetSockName:
        if (ok && isTcp && local == peer_)
            drawSimultaneousOpen(rows);
        call();
        return;
    default: call(); return;
    }
}

/// The socket was connected to itself, which shows only after the handshake was drawn. It received what it had sent:
/// its SYN met its SYN (RFC 9293, 3.5, figure 7).
void Ladder::drawSimultaneousOpen(std::vector<Row> &rows)
{
    const auto isAnswer = [](const Row &row) { return row.rung == Rung::SynAck && !row.toPeer; };
    const auto draw = [](std::vector<Row> &all, std::vector<Row>::iterator answer) {
        const Row syn = {answer->event, Rung::Syn, false};
        const Row synAck = {answer->event, Rung::SynAck, true};
        all.insert(answer, {syn, synAck});
    };
    if (const auto added = std::find_if(rows.begin(), rows.end(), isAnswer); added != rows.end()) {
        draw(rows, added);
    } else if (const auto shown = std::find_if(rows_.begin(), rows_.end(), isAnswer); shown != rows_.end()) {
        const auto index = static_cast<int>(shown - rows_.begin());
        beginInsertRows({}, index, index + 1);
        draw(rows_, shown);
        endInsertRows();
    }
}

/// The connect that returned EINPROGRESS, and that event number @p event is the result of.
std::optional<std::size_t> Ladder::beginningOf(std::size_t event) const
{
    const std::vector<Event> &events = history_.events();
    if (events[event].call() != Call::Connect || events[event].errorNumber() == EINPROGRESS)
        return std::nullopt;
    for (std::size_t i = event; i-- > 0;) {
        if (events[i].call() == Call::Connect && events[i].peer() == events[event].peer())
            return events[i].errorNumber() == EINPROGRESS ? std::optional(i) : std::nullopt;
    }
    return std::nullopt;
}

/// Event number @p event has a row of its own; where it is the result of a connect, the row of its beginning goes.
void Ladder::fold(std::size_t event, std::vector<Row> &rows)
{
    const std::optional<std::size_t> beginning = beginningOf(event);
    if (!beginning)
        return;
    const auto isIt = [&beginning](const Row &row) { return row.event == *beginning && row.isObserved(); };
    if (const auto added = std::find_if(rows.begin(), rows.end(), isIt); added != rows.end()) {
        rows.erase(added);
    } else if (const auto shown = std::find_if(rows_.begin(), rows_.end(), isIt); shown != rows_.end()) {
        const auto index = static_cast<int>(shown - rows_.begin());
        beginRemoveRows({}, index, index);
        rows_.erase(shown);
        endRemoveRows();
    }
}

const Event &Ladder::eventAt(int index) const
{
    return history_.events()[row(index).event];
}

int Ladder::rowOfEvent(std::size_t event) const
{
    auto it = std::lower_bound(rows_.begin(), rows_.end(), event,
                               [](const Row &row, std::size_t wanted) { return row.event < wanted; });
    while (it != rows_.end() && !it->isObserved())
        ++it;
    return it != rows_.end() && it->event == event ? static_cast<int>(it - rows_.begin()) : -1;
}

int Ladder::tellingRow() const
{
    int last = rowCount() - 1;
    while (last >= 0 && !row(last).isObserved())
        --last;
    if (last < 0 || row(last).rung != Rung::Verdict || eventAt(last).errorNumber() == 0)
        return last;
    // Further addresses of a host may have failed in other ways.
    for (int index = last - 1; index >= 0; --index) {
        if (row(index).rung == Rung::Call && eventAt(index).errorNumber() == eventAt(last).errorNumber())
            return index;
    }
    return last;
}

QString Ladder::text(int index) const
{
    const Rung rung = row(index).rung;
    if (rung == Rung::Verdict)
        return verdictText(eventAt(index));
    if (rung != Rung::Call)
        return segmentText(eventAt(index), rung);
    const QString call = callText(eventAt(index));
    const qint64 span = lasting(index);
    return span > 0 ? tr("%1, took %2").arg(call, durationText(std::chrono::nanoseconds(span))) : call;
}

qint64 Ladder::sinceStart(int index) const
{
    return eventAt(index).time() - history_.began();
}

qint64 Ladder::sincePrevious(int index) const
{
    int previous = index - 1;
    while (previous >= 0 && !row(previous).isObserved())
        --previous;
    return eventAt(index).time() - (previous < 0 ? history_.began() : eventAt(previous).time());
}

qint64 Ladder::lasting(int index) const
{
    const std::optional<std::size_t> beginning = beginningOf(row(index).event);
    return beginning ? eventAt(index).time() - history_.events()[*beginning].time() : eventAt(index).duration();
}

int Ladder::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QVariant Ladder::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role == Qt::DisplayRole)
        return text(index.row());
    if (role == Qt::AccessibleTextRole) {
        const Row &row = this->row(index.row());
        if (row.isObserved())
            return tr("%1 after %2")
                .arg(text(index.row()), durationText(std::chrono::nanoseconds(sinceStart(index.row()))));
        return (row.toPeer ? tr("Inferred, to the peer: %1") : tr("Inferred, from the peer: %1"))
            .arg(text(index.row()));
    }
    return {};
}

} // namespace parley
