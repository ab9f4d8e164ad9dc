// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/candidates.h"
#include "shared/address/endpoint.h"
#include "shared/event/event.h"
#include "shared/socket/socket_calls.h"

#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

#include <chrono>
#include <memory>

namespace parley
{

class EventStream;
class Lookup;

/// A question over UDP and its answers: one datagram is sent, and the exchange ends when AnswerPause has gone by since
/// the last one that came back from the peer. After a refusal (ICMP) the host's next address is asked. To
/// `<broadcast>`, all datagrams that come back are answers (RecvFrom), until the owner stops it.
///
/// Each call is written to an EventStream; the owner writes End. Works with any event dispatcher, on one thread.
class DatagramExchange : public QObject
{
    Q_OBJECT

public:
    /// How long one more answer may take after an answer.
    static constexpr std::chrono::milliseconds AnswerPause{200};

    explicit DatagramExchange(EventStream &events, QObject *parent = nullptr);
    ~DatagramExchange() override;

    /// Sends @p question, which may be empty, to a Udp endpoint. Not while an exchange is under way. The events carry
    /// @p number. @p maxBytes: the most bytes taken of all answers together. @p source: as ConnectRequest::source.
    void start(quint64 number, const Endpoint &endpoint, const QByteArray &question, qint64 maxBytes,
               const Address &source = {});
    /// Closes the socket. ended() is not emitted.
    void stop();

    /// The exchange under way has had an answer.
    bool hasAnswer() const { return hasAnswer_; }
    /// -1 where there is no socket.
    int descriptor() const { return socket_.get(); }

Q_SIGNALS:
    /// Emitted last: a slot may stop(), or destroy the object. @p error as Event::errorNumber() of End.
    void ended(parley::Outcome outcome, int error);

private:
    void tryNext();
    int open();
    void refused(int error);
    void broadcast();
    void ask();
    void listen();
    void receive();
    void close();

    EventStream &events_;
    std::unique_ptr<Lookup> lookup_;
    Candidates candidates_;
    native::Descriptor socket_;
    QTimer quiet_{this}; // since the last answer
    std::unique_ptr<QSocketNotifier> readable_;
    std::unique_ptr<QSocketNotifier> writable_; // if there was no room for the question

    quint64 number_ = 0;
    Address peer_;
    Address source_;
    QByteArray question_;
    qint64 left_ = 0; // bytes that may still be taken
    int error_ = 0;   // the most telling one so far
    bool hasAnswer_ = false;
};

} // namespace parley
