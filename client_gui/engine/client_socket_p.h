// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

// What the files of ClientSocket share, and nobody else includes.

#include "client_gui/engine/client_socket.h"

#include <QPointer>

namespace parley
{

class ClientSocket::Unchanged
{
public:
    explicit Unchanged(ClientSocket &socket) : socket_(&socket), life_(socket.life_) {}
    bool exists() const { return !socket_.isNull(); }
    bool holds() const { return exists() && socket_->life_ == life_; }

private:
    const QPointer<ClientSocket> socket_;
    const quint64 life_;
};

/// What QAbstractSocket calls @p error, an errno; errorString() and systemError() say which it is of several.
QAbstractSocket::SocketError socketError(int error);

} // namespace parley
