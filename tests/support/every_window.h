// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "tests/support/window_program.h"

#include <QCheckBox>
#include <QPointer>
#include <QToolButton>

#include <functional>

namespace parley::test
{

/// Opens every window and every dialog of both programs. Each is passed to @p visit while it is shown, with a name for
/// sentences. Both programs talk with each other, and show the ladder.
inline void visitEveryWindow(const std::function<void(QWidget &window, const QString &name)> &visit)
{
    ServerOptions holding = listening();
    holding.behaviour = std::get<BehaviourChoice>(BehaviourChoice::parse(QStringLiteral("greet-hold")));
    const ServerProgram server(holding);
    const ClientProgram client(connectingTo(portOf(server)));
    client.child<QCheckBox>(QStringLiteral("stay")).setChecked(true);
    client.click(QStringLiteral("connect"));
    const auto isTalking = [&] {
        server.child<QTableView>(QStringLiteral("connections")).selectAll();
        return server.child(QStringLiteral("converse")).isVisible()
               && client.child(QStringLiteral("converse")).isVisible();
    };
    if (!QTest::qWaitFor(isTalking, WindowPatience))
        qFatal("The client does not talk: %s", qPrintable(client.text(QStringLiteral("status"))));
    for (QWidget *window : {static_cast<QWidget *>(&server.window()), static_cast<QWidget *>(&client.window())})
        window->findChild<QToolButton *>(QStringLiteral("details"))->setChecked(true);
    visit(server.window(), QStringLiteral("server"));
    visit(client.window(), QStringLiteral("client"));

    const auto visitDialog = [&](const auto &program, const QString &action, const QString &name) {
        const QWidgetList before = QApplication::topLevelWidgets();
        program.action(action).trigger();
        QPointer<QWidget> opened;
        const auto isOpen = [&] {
            for (QWidget *window : QApplication::topLevelWidgets()) {
                if (window->isVisible() && !before.contains(window))
                    opened = window;
            }
            return opened && opened->windowHandle()->isExposed();
        };
        if (!QTest::qWaitFor(isOpen, WindowPatience))
            qFatal("%s opens nothing", qPrintable(action));
        visit(*opened, name + QStringLiteral(": ") + opened->windowTitle());
        opened->close();
        QCoreApplication::sendPostedEvents(opened, QEvent::DeferredDelete);
    };
    const auto visitDialogs = [&](const auto &program, const QString &name) {
        program.field(QStringLiteral("converseText")).setText(QStringLiteral("hello"));
        for (const QString &action :
             {QStringLiteral("Limits…"), QStringLiteral("Saved Messages…"), QStringLiteral("Send Again and Again…"),
              QStringLiteral("Send File…"), QStringLiteral("Save Log…"), QStringLiteral("Handbook"),
              QStringLiteral("Keyboard Shortcuts"), QStringLiteral("About Parley")})
            visitDialog(program, action, name);
    };
    visitDialogs(server, QStringLiteral("server"));
    visitDialogs(client, QStringLiteral("client"));
    visitDialog(client, QStringLiteral("Repeat…"), QStringLiteral("client"));
}

} // namespace parley::test
