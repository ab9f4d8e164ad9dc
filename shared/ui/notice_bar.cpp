// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/notice_bar.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QStyle>

using namespace Qt::StringLiterals;

namespace parley
{

NoticeBar::NoticeBar(QWidget *parent)
    : QFrame(parent), icon_(new QLabel(this)), label_(new QLabel(this)), button_(new QPushButton(this))
{
    setObjectName(u"notice"_s);
    setAccessibleName(tr("Notice"));
    label_->setTextFormat(Qt::PlainText);
    label_->setWordWrap(true);
    label_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *layout = new QHBoxLayout(this);
    layout->addWidget(icon_, 0, Qt::AlignTop);
    layout->addWidget(label_, 1);
    layout->addWidget(button_, 0, Qt::AlignVCenter);
    connect(button_, &QPushButton::clicked, this, [this] {
        if (const auto action = onAction_) // a copy: it may show another notice
            action();
    });
    hide();
}

void NoticeBar::showNotice(Kind kind, const QString &text, const QString &action, std::function<void()> onAction)
{
    kind_ = kind;
    onAction_ = std::move(onAction);
    label_->setText(text);
    button_->setText(QString(action).replace(u'&', u"&&"_s)); // a path may have one
    button_->setVisible(!action.isEmpty());
    setAccessibleDescription(text);
    updateIcon();
    update();
    show();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void NoticeBar::clear()
{
    hide();
    onAction_ = {};
    label_->clear();
    setAccessibleDescription({});
}

QString NoticeBar::text() const
{
    return label_->text();
}

QColor NoticeBar::accent() const
{
    switch (kind_) {
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
    const auto symbol = kind_ == Kind::Information ? QStyle::SP_MessageBoxInformation
                        : kind_ == Kind::Warning   ? QStyle::SP_MessageBoxWarning
                                                   : QStyle::SP_MessageBoxCritical;
    const int size = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
    icon_->setPixmap(style()->standardIcon(symbol, nullptr, this).pixmap(QSize(size, size), devicePixelRatioF()));
}

} // namespace parley
