// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event.h"

#include <QAbstractListModel>

#include <optional>
#include <vector>

namespace parley
{

class EventHistory;

/// A call and its result as socket programmers write them: `accept() → ('127.0.0.1', 60239)`, `recv() → 0 (peer
/// closed)`, `connect(('127.0.0.1', 3001)) → ECONNREFUSED, Connection refused`. A call that returns nothing in Python
/// has no result here. Plain text on one line, whatever a peer sent.
QString callText(const Event &event);

/// The rungs of the connection that a history watches, one below the other. Each call has a row; it was observed. A
/// connect that does not block has one row as well: EINPROGRESS first, and its result in the same place. The
/// rows around it say what must have passed between both ends for the call to return that; they are only inferred. A
/// TCP connection passes segments, of which pure acknowledgements after the handshake are left out; UDP passes
/// datagrams; a Unix socket passes bytes within the kernel.
///
/// A row is eight bytes; its text is made when it is looked at.
class Ladder : public QAbstractListModel
{
    Q_OBJECT

public:
    enum class Rung : std::uint8_t {
        Call,    ///< observed
        Verdict, ///< of the engine (Call::End)
        // Inferred; the direction is Row::toPeer.
        Syn,
        SynAck,
        Ack,
        Data,
        Fin,
        FinOrReset, ///< RST where the socket is closed with bytes unread
        Reset,
        Datagram,
        Unreachable, ///< ICMP
        Bytes,       ///< of a Unix socket
        EndOfData,   ///< of a Unix socket
    };
    struct Row
    {
        quint32 event = 0; ///< index in EventHistory::events()
        Rung rung = Rung::Call;
        bool toPeer = false;

        bool isObserved() const { return rung == Rung::Call || rung == Rung::Verdict; }
    };

    /// @param history outlives the ladder.
    explicit Ladder(const EventHistory &history, QObject *parent = nullptr);

    const EventHistory &history() const { return history_; }
    const Row &row(int index) const { return rows_[static_cast<std::size_t>(index)]; }
    const Event &eventAt(int index) const;
    /// The row of the call that made event number @p event; -1 if there is none.
    int rowOfEvent(std::size_t event) const;
    /// The row that tells most of what became of the connection: of a failure the call that failed, else the last that
    /// was observed. -1 if there is none.
    int tellingRow() const;
    QString text(int index) const;
    /// ns since the connection, or the attempt at one, began.
    qint64 sinceStart(int index) const;
    /// ns since the previous observed row, or the beginning.
    qint64 sincePrevious(int index) const;
    /// ns from a call to its result: of a look-up, and of a connect that did not block. 0 for calls that return at
    /// once.
    qint64 lasting(int index) const;
    /// Whether the row is a connect that returned EINPROGRESS first.
    bool isFolded(int index) const { return beginningOf(row(index).event).has_value(); }

    /// The kind of socket, as far as the calls tell.
    std::optional<Transport> transport() const { return transport_; }
    /// Who is at both ends, as far as the calls tell.
    const Address &local() const { return local_; }
    const Address &peer() const { return peer_; }
    /// A Unix socket's path, where the calls have it.
    const QByteArray &path() const { return path_; }
    /// How many characters the longest call has, about.
    qsizetype longestText() const { return longestText_; }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    void rebuild();
    void readNew();
    void read(const Event &event, std::vector<Row> &rows);
    void forget();
    std::optional<std::size_t> beginningOf(std::size_t event) const;
    void fold(std::size_t event, std::vector<Row> &rows);
    void drawSimultaneousOpen(std::vector<Row> &rows);

    const EventHistory &history_;
    std::vector<Row> rows_;
    std::size_t read_ = 0; // events that rows_ has
    qsizetype longestText_ = 0;

    // The state after the last event.
    std::optional<Transport> transport_;
    Address local_;
    Address peer_;
    QByteArray path_;
    int connecting_ = 0; // sockets whose connect is under way
    int failed_ = 0;     // sockets whose connect failed, not closed yet
    bool connected_ = false;
    bool sentFin_ = false;
    bool gotReset_ = false;
};

} // namespace parley
