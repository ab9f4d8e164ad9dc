// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QFrame>

#include <functional>
#include <map>
#include <vector>

class QLabel;
class QMenu;
class QPushButton;
class QToolButton;

namespace parley
{

/// The banner of a window that tells a state which needs attention, with a way out: it stays as long as the state
/// does or until the user dismisses it. It keeps its room, so that nothing moves when it comes and goes. Its text is
/// plain, whatever it came from, and is also its accessible description.
///
/// It holds one notice on each topic and shows the gravest. The others wait: a lesser one is seen when the graver is
/// gone.
class NoticeBar : public QFrame
{
    Q_OBJECT
    Q_PROPERTY(QString text READ text)

public:
    /// What a notice is about, in order of rising severity. Saving and Failure are errors, Damage and Starvation
    /// warnings, the others information.
    enum class About : std::uint8_t {
        Advice,       ///< something that the user may not expect
        Conversation, ///< what was typed could not be sent
        Greeting,     ///< it is sent in another way than the user has chosen
        Ending,       ///< what the user ended, or what ended as it should
        Damage,       ///< of the settings
        Saving,       ///< it failed
        Starvation,   ///< connections cannot be accepted
        Failure,      ///< of what the window is for
        Closing,      ///< of the window, which then needs nothing else
    };

    explicit NoticeBar(QWidget *parent = nullptr);

    /// @param action the text of the button, a verb; no button where it is empty.
    void showNotice(About about, const QString &text, const QString &action = {}, std::function<void()> onAction = {});
    struct Choice
    {
        QString text;
        std::function<void()> onChosen;
    };
    /// @param choices the menu of the button.
    void showNotice(About about, const QString &text, const QString &action, const std::vector<Choice> &choices);
    /// The notice on that topic, if there is one, is outdated.
    void clear(About about);
    /// All are outdated.
    void clear();
    /// The one that is shown; empty where there is none.
    QString text() const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    enum class Kind : std::uint8_t { Information, Warning, Error };
    struct Notice
    {
        QString text;
        QString action;
        std::function<void()> onAction;
        std::vector<Choice> choices; // instead of onAction
    };

    static Kind kindOf(About about);
    Kind kind() const;
    void showGravest();
    void offer(const std::vector<Choice> &choices);
    QColor accent() const;
    void updateIcon();

    std::map<About, Notice> notices_; // the last one shows
    QLabel *const icon_;
    QLabel *const label_;
    QPushButton *const button_;
    QMenu *const menu_; // the button's, where there are choices
    QToolButton *const dismiss_;
};

} // namespace parley
