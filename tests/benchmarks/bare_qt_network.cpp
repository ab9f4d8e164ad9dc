// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT
//
// bare_qt_network PORT: the least that a Qt Network program of this kind can be. It listens on 127.0.0.1 and greets
// every client. The start and the memory of parley-server --headless are measured against it.

#include <QCoreApplication>
#include <QTcpServer>
#include <QTcpSocket>

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    if (argc != 2)
        qFatal("usage: bare_qt_network PORT");
    QTcpServer server;
    QObject::connect(&server, &QTcpServer::newConnection, [&server] {
        QTcpSocket *peer = server.nextPendingConnection();
        QObject::connect(peer, &QTcpSocket::disconnected, peer, &QObject::deleteLater);
        peer->write("Hello World!");
        peer->disconnectFromHost();
    });
    if (!server.listen(QHostAddress::LocalHost, QByteArray(argv[1]).toUShort()))
        qFatal("Cannot listen on port %s", argv[1]);
    return QCoreApplication::exec();
}
