// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT
//
// bare_qt PORT: the least that a Qt program of this kind can be. It listens on 127.0.0.1 with a QTcpServer and greets
// every client. The start and the memory of parley-server are measured against it: --headless against bare_qt, the
// window against bare_qt_window, which is linked with Qt Widgets and shows an empty main window.

#include <QTcpServer>
#include <QTcpSocket>

#ifdef QT_WIDGETS_LIB
#include <QApplication>
#include <QMainWindow>
#else
#include <QCoreApplication>
#endif

int main(int argc, char *argv[])
{
#ifdef QT_WIDGETS_LIB
    const QApplication application(argc, argv);
#else
    const QCoreApplication application(argc, argv);
#endif
    if (argc != 2)
        qFatal("usage: %s PORT", argv[0]);
    QTcpServer server;
    QObject::connect(&server, &QTcpServer::newConnection, [&server] {
        QTcpSocket *peer = server.nextPendingConnection();
        QObject::connect(peer, &QTcpSocket::disconnected, peer, &QObject::deleteLater);
        peer->write("Hello World!");
        peer->disconnectFromHost();
    });
    if (!server.listen(QHostAddress::LocalHost, QByteArray(argv[1]).toUShort()))
        qFatal("Cannot listen on port %s", argv[1]);
#ifdef QT_WIDGETS_LIB
    QMainWindow window;
    window.resize(900, 640); // as parley-server's: both hold the picture of theirs
    window.show();
#endif
    return QCoreApplication::exec();
}
