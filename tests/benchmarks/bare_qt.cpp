// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT
//
// bare_qt PORT: the least that a Qt Widgets program of this kind can be. It listens on 127.0.0.1, greets every client,
// and shows an empty main window of the same size as parley-server's. The start and the memory of parley-server's
// window are measured against it.

#include <QApplication>
#include <QMainWindow>
#include <QSocketNotifier>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string_view>

namespace
{

constexpr std::string_view Greeting = "Hello World!";

void greet(int listener)
{
    const int peer = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer < 0)
        return;
    (void)!::send(peer, Greeting.data(), Greeting.size(), MSG_NOSIGNAL);
    ::close(peer);
}

int listenOn(int port)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<in_port_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) < 0 || ::listen(fd, SOMAXCONN) < 0)
        qFatal("Cannot listen on port %d", port);
    return fd;
}

} // namespace

int main(int argc, char *argv[])
{
    const QApplication application(argc, argv);
    if (argc != 2)
        qFatal("usage: bare_qt PORT");
    const int listener = listenOn(QByteArray(argv[1]).toInt());
    QSocketNotifier notifier(listener, QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, [listener] { greet(listener); });
    QMainWindow window;
    window.resize(860, 520); // as parley-server's: both hold the picture of theirs
    window.show();
    return QCoreApplication::exec();
}
