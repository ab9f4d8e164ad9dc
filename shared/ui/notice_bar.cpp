// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/notice_bar.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

/// A path may have a character that buttons and menus take for the mark of a mnemonic.
QString literal(QString text)
{
    return text.replace(u'&', u"&&"_s);
}

} // namespace

NoticeBar::NoticeBar(QWidget *parent)
    : QFrame(parent), icon_(new QLabel(this)), label_(new QLabel(this)), button_(new QPushButton(this)),
      menu_(new QMenu(this)), dismiss_(new QToolButton(this))
{
    setObjectName(u"notice"_s);
    setAccessibleName(tr("Notice"));
    label_->setTextFormat(Qt::PlainText);
    label_->setWordWrap(true);
    label_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label_->setMinimumHeight(2 * label_->fontMetrics().lineSpacing()); // as most sentences need
    QSizePolicy kept(QSizePolicy::Preferred, QSizePolicy::Fixed);
    kept.setRetainSizeWhenHidden(true);
    setSizePolicy(kept);
    auto *layout = new QHBoxLayout(this);
    layout->addWidget(icon_, 0, Qt::AlignTop);
    layout->addWidget(label_, 1);
    layout->addWidget(button_, 0, Qt::AlignVCenter);
    layout->addWidget(dismiss_, 0, Qt::AlignTop);
    dismiss_->setObjectName(u"dismiss"_s);
    dismiss_->setAutoRaise(true);
    dismiss_->setAccessibleName(tr("Dismiss"));
    dismiss_->setToolTip(tr("Dismiss this notice"));
    connect(dismiss_, &QToolButton::clicked, this, [this] { clear(notices_.rbegin()->first); });
    connect(button_, &QPushButton::clicked, this, [this] {
        if (const auto action = notices_.rbegin()->second.onAction) // a copy: it may show another notice
            action();
    });
    hide();
}

void NoticeBar::showNotice(About about, const QString &text, const QString &action, std::function<void()> onAction)
{
    notices_[about] = {text, action, std::move(onAction), {}};
    if (notices_.rbegin()->first == about)
        showGravest();
}

void NoticeBar::showNotice(About about, const QString &text, const QString &action, const std::vector<Choice> &choices)
{
    notices_[about] = {text, action, {}, choices};
    if (notices_.rbegin()->first == about)
        showGravest();
}

void NoticeBar::clear(About about)
{
    const bool isShown = !notices_.empty() && notices_.rbegin()->first == about;
    notices_.erase(about);
    if (isShown)
        showGravest();
}

void NoticeBar::clear()
{
    notices_.clear();
    showGravest();
}

void NoticeBar::showGravest()
{
    const Notice notice = notices_.empty() ? Notice() : notices_.rbegin()->second;
    label_->setText(notice.text);
    setAccessibleDescription(notice.text);
    if (notices_.empty()) {
        hide();
        return;
    }
    button_->setText(literal(notice.action));
    offer(notice.choices);
    button_->setVisible(!notice.action.isEmpty());
    updateIcon();
    update();
    show();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void NoticeBar::offer(const std::vector<Choice> &choices)
{
    menu_->clear();
    for (const Choice &choice : choices)
        menu_->addAction(literal(choice.text), this, choice.onChosen);
    button_->setMenu(choices.empty() ? nullptr : menu_);
}

QString NoticeBar::text() const
{
    return label_->text();
}

NoticeBar::Kind NoticeBar::kindOf(About about)
{
    switch (about) {
    case About::Saving:
    case About::Failure: return Kind::Error;
    case About::Greeting:
    case About::Damage:
    case About::Starvation: return Kind::Warning;
    case About::Advice:
    case About::Conversation:
    case About::Ending:
    case About::Closing: return Kind::Information;
    }
    Q_UNREACHABLE();
}

/// Of the notice that shows.
NoticeBar::Kind NoticeBar::kind() const
{
    return notices_.empty() ? Kind::Information : kindOf(notices_.rbegin()->first);
}

QColor NoticeBar::accent() const
{
    switch (kind()) {
    case Kind::Information: return palette().color(QPalette::Highlight);
    case Kind::Warning: return QColor(0xd9822b);
    case Kind::Error: return QColor(0xd64545);
    }
    Q_UNREACHABLE();
}

void NoticeBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor fill = accent();
    fill.setAlphaF(0.14F);
    QColor line = accent();
    line.setAlphaF(0.55F);
    painter.setPen(line);
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
}

void NoticeBar::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::StyleChange)
        updateIcon();
}

void NoticeBar::updateIcon()
{
    const auto symbol = kind() == Kind::Information ? QStyle::SP_MessageBoxInformation
                        : kind() == Kind::Warning   ? QStyle::SP_MessageBoxWarning
                                                    : QStyle::SP_MessageBoxCritical;
    const int size = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
    dismiss_->setIcon(style()->standardIcon(QStyle::SP_TitleBarCloseButton, nullptr, this));
    icon_->setPixmap(style()->standardIcon(symbol, nullptr, this).pixmap(QSize(size, size), devicePixelRatioF()));
}

} // namespace parley
