// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/history/attempt_model.h"

#include "client_gui/history/connect_diagnosis.h"
#include "shared/event/event_stream.h"

#include <QLocale>

namespace parley
{

AttemptModel::AttemptModel(const EventStream &stream, QObject *parent) : QAbstractTableModel(parent), stream_(stream) {}

quint64 AttemptModel::add(const ConnectRequest &request)
{
    if (attempts_.size() == MaxRows) {
        beginRemoveRows({}, 0, 0);
        attempts_.pop_front();
        endRemoveRows();
    }
    Attempt attempt;
    attempt.number = ++total_;
    attempt.request = request;
    if (attempt.isDatagram())
        ++datagrams_;
    attempt.started = stream_.now(); // a look-up writes its first event only when it has ended
    beginInsertRows({}, rowCount(), rowCount());
    attempts_.push_back(attempt);
    endInsertRows();
    return attempt.number;
}

const Attempt *AttemptModel::apply(const Event &event)
{
    if (!find(event.connection()))
        return nullptr;
    const auto row = static_cast<std::size_t>(event.connection() - attempts_.front().number);
    Attempt &attempt = attempts_[row];
    attempt.apply(event);
    if (event.call() == Call::End && event.outcome() == Outcome::Complete)
        ++(attempt.isDatagram() ? answered_ : complete_);
    if (event.call() != Call::Recv && event.call() != Call::Send) {
        Q_EMIT dataChanged(index(static_cast<int>(row), 0), index(static_cast<int>(row), ColumnCount - 1));
    }
    return &attempt;
}

void AttemptModel::clearBut(quint64 kept)
{
    const auto remove = [this](int first, int count) {
        if (count <= 0)
            return;
        beginRemoveRows({}, first, first + count - 1);
        attempts_.erase(attempts_.begin() + first, attempts_.begin() + first + count);
        endRemoveRows();
    };
    const int all = rowCount();
    const int row = find(kept) ? static_cast<int>(kept - attempts_.front().number) : all;
    remove(row + 1, all - row - 1);
    remove(0, row);
}

void AttemptModel::setStays(quint64 number, bool stays)
{
    if (const Attempt *attempt = find(number); attempt && attempt->isUnderWay())
        attempts_[static_cast<std::size_t>(number - attempts_.front().number)].request.stays = stays;
}

const Attempt *AttemptModel::find(quint64 number) const
{
    if (attempts_.empty() || number < attempts_.front().number || number > attempts_.back().number)
        return nullptr;
    return &attempts_[static_cast<std::size_t>(number - attempts_.front().number)];
}

QString AttemptModel::counts() const
{
    const QLocale locale;
    QStringList texts;
    if (total_ > datagrams_)
        texts += tr("Attempts: %1, complete: %2").arg(locale.toString(total_ - datagrams_), locale.toString(complete_));
    if (datagrams_ > 0)
        texts += tr("Datagrams: %1, answered: %2").arg(locale.toString(datagrams_), locale.toString(answered_));
    return texts.join(QStringLiteral(" · "));
}

int AttemptModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(attempts_.size());
}

int AttemptModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AttemptModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Attempt &attempt = attempts_[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<Column>(index.column());
    if (role == Qt::DisplayRole)
        return text(attempt, column);
    if (role == Qt::ToolTipRole && column == Time)
        return dateText(stream_.wallClock(attempt.started));
    if (role == Qt::ToolTipRole && column == Result) {
        const QString diagnosis = diagnoseConnect(attempt).text();
        return diagnosis.isEmpty() ? QVariant() : diagnosis.toHtmlEscaped();
    }
    if (role == Qt::TextAlignmentRole && isNumeric(column))
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QString AttemptModel::text(const Attempt &attempt, Column column) const
{
    switch (column) {
    case Time: return clockText(stream_.wallClock(attempt.started));
    case RemoteEndpoint: return attempt.request.endpoint.toString();
    case LocalPort: return attempt.local.isNull() ? QString() : QString::number(attempt.local.port());
    case Result: return attempt.resultText();
    case Duration: return attempt.isUnderWay() ? QString() : durationText(std::chrono::nanoseconds(attempt.duration()));
    case ColumnCount: break;
    }
    return {};
}

/// Whether the column's texts are quantities, to be compared digit by digit.
bool AttemptModel::isNumeric(Column column)
{
    return column == Duration;
}

QVariant AttemptModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && isNumeric(static_cast<Column>(section)))
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Time: return tr("Time");
    case RemoteEndpoint: return tr("Endpoint");
    case LocalPort: return tr("Local Port");
    case Result: return tr("Result");
    case Duration: return tr("Duration");
    case ColumnCount: break;
    }
    return {};
}

} // namespace parley
