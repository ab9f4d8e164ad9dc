// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QFrame>

#include <functional>

class QLabel;
class QPushButton;

namespace parley
{

/// The banner of a window that tells a state which needs attention, with a way out: it stays as long as the state
/// does, and takes no room otherwise. Its text is plain, whatever it came from, and is also its accessible
/// description.
class NoticeBar : public QFrame
{
    Q_OBJECT
    Q_PROPERTY(QString text READ text)

public:
    enum class Kind { Information, Warning, Error };

    explicit NoticeBar(QWidget *parent = nullptr);

    /// @param action the text of the button, a verb; no button where it is empty.
    void showNotice(Kind kind, const QString &text, const QString &action = {}, std::function<void()> onAction = {});
    void clear();
    QString text() const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QColor accent() const;
    void updateIcon();

    Kind kind_ = Kind::Information;
    QLabel *const icon_;
    QLabel *const label_;
    QPushButton *const button_;
    std::function<void()> onAction_;
};

} // namespace parley
