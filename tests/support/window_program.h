// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/window/client_window.h"
#include "server_gui/window/server_window.h"
#include "tests/support/waiting.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QTableView>
#include <QTest>

#include <memory>
#include <type_traits>

namespace parley::test
{

/// Clicks the button of a dialog or a notice that says @p text.
inline void pressButton(const QWidget &parent, const QString &text)
{
    for (QPushButton *button : parent.findChildren<QPushButton *>()) {
        if (button->text().remove(u'&') == text) {
            QTest::mouseClick(button, Qt::LeftButton);
            return;
        }
    }
    qFatal("There is no button %s", qPrintable(text));
}

/// In ms; a guard against deadlocks, not a measure of speed. After a wait that failed Qt waits twice as long again, to
/// tell what would have been enough. All of it has to fit into ctest's time limit, or the test ends without a word.
constexpr int WindowPatience = 30'000;

inline bool matches(const QString &text, const QString &pattern)
{
    return QRegularExpression(QRegularExpression::anchoredPattern(pattern)).match(text).hasMatch();
}

/// The window of one of the programs; its parts are found by their object names.
///
/// Both programs share this process. Their settings are told apart by the application's name, as they are
/// when each runs by itself.
template <typename Window>
class Program
{
public:
    template <typename Options>
    explicit Program(const Options &options)
    {
        actAsProgram();
        window_ = std::make_unique<Window>(options);
        window_->show();
        if (!QTest::qWaitForWindowExposed(window_.get()))
            qFatal("The window does not show");
    }

    /// Returns whether it closed.
    bool close()
    {
        actAsProgram();
        return window_->close();
    }

    Window &window() const { return *window_; }

    template <typename Widget = QWidget>
    Widget &child(const QString &name) const
    {
        auto *widget = window_->template findChild<Widget *>(name);
        if (!widget)
            qFatal("There is no %s named %s", Widget::staticMetaObject.className(), qPrintable(name));
        return *widget;
    }
    QLineEdit &field(const QString &name) const
    {
        const auto *combo = window_->template findChild<QComboBox *>(name);
        return combo ? *combo->lineEdit() : child<QLineEdit>(name);
    }
    QPushButton &button(const QString &name) const { return child<QPushButton>(name); }
    void click(const QString &name) const { QTest::mouseClick(&button(name), Qt::LeftButton); }

    /// Puts @p text in place of what is in the field, key by key.
    void type(const QString &name, const QString &text) const
    {
        QLineEdit &edit = field(name);
        QTest::mouseClick(&edit, Qt::LeftButton);
        QTest::keyClick(&edit, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(&edit, Qt::Key_Delete);
        for (const char32_t character : text.toUcs4()) // QTest::keyClicks() takes Latin-1 only
            QTest::sendKeyEvent(QTest::Click, &edit, Qt::Key_unknown, QString::fromUcs4(&character, 1), Qt::NoModifier);
    }
    void pressEnter(const QString &name) const { QTest::keyClick(&field(name), Qt::Key_Return); }

    /// The text of a label or the notice; empty while it is not visible.
    QString text(const QString &name) const
    {
        const QWidget &widget = child(name);
        return widget.isVisible() ? widget.property("text").toString() : QString();
    }
    QString notice() const { return text(QStringLiteral("notice")); }

    int rows(const QString &table) const { return child<QTableView>(table).model()->rowCount(); }
    QString cell(const QString &table, int row, int column) const
    {
        return child<QTableView>(table).model()->index(row, column).data().toString();
    }

    QAction &action(const QString &text) const
    {
        for (QAction *action : window_->template findChildren<QAction *>()) {
            if (action->text().remove(u'&') == text)
                return *action;
        }
        qFatal("There is no action %s", qPrintable(text));
    }

private:
    static void actAsProgram()
    {
        const bool server = std::is_same_v<Window, ServerWindow>;
        QCoreApplication::setApplicationName(server ? QStringLiteral("parley-server")
                                                    : QStringLiteral("parley-client"));
    }

    std::unique_ptr<Window> window_;
};

using ClientProgram = Program<ClientWindow>;
using ServerProgram = Program<ServerWindow>;

/// To listen on any free port of this computer alone.
inline ServerOptions listening()
{
    ServerOptions options;
    options.host = QStringLiteral("127.0.0.1");
    options.port = QStringLiteral("0");
    options.transport = Transport::Tcp;
    return options;
}

inline ServerOptions notListening(ServerOptions options = {})
{
    options.listenAtOnce = false;
    return options;
}

/// To connect to a port of this computer, when asked to.
inline ClientOptions connectingTo(quint16 port)
{
    ClientOptions options;
    options.host = QStringLiteral("127.0.0.1");
    options.port = QString::number(port);
    options.transport = Transport::Tcp;
    return options;
}

/// The port that the server's status line tells, once it does; 0 if it never does.
inline quint16 portOf(const ServerProgram &server)
{
    static const QRegularExpression pattern(QStringLiteral(R"(^Listening on \S+:(\d+))"));
    QRegularExpressionMatch match;
    const auto listens = [&] { return (match = pattern.match(server.text(QStringLiteral("status")))).hasMatch(); };
    (void)QTest::qWaitFor(listens, WindowPatience);
    return match.captured(1).toUShort();
}

} // namespace parley::test
