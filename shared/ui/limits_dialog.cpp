// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/limits_dialog.h"

#include "shared/ui/notice_bar.h"
#include "shared/ui/placement.h"

#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace parley
{

LimitsDialog::LimitsDialog(QWidget *parent, std::function<QString()> apply, const std::function<void()> &restore)
    : QDialog(parent), apply_(std::move(apply)), grid_(new QGridLayout(new QWidget)),
      fields_(scrollable(grid_->parentWidget())), notice_(new NoticeBar)
{
    setWindowTitle(tr("Limits"));
    notice_->setObjectName(QStringLiteral("limitsNotice")); // "notice" is the window's
    setAttribute(Qt::WA_DeleteOnClose);
    auto *buttons =
        new QDialogButtonBox(QDialogButtonBox::RestoreDefaults | QDialogButtonBox::Cancel | QDialogButtonBox::Ok);
    buttons->button(QDialogButtonBox::RestoreDefaults)->setText(tr("Restore Defaults"));
    buttons->button(QDialogButtonBox::Ok)->setText(tr("Apply Limits"));
    buttons->button(QDialogButtonBox::Ok)->setDefault(true);
    for (QAbstractButton *button : buttons->buttons())
        button->setIcon({}); // a style has them for some only
    connect(buttons->button(QDialogButtonBox::RestoreDefaults), &QPushButton::clicked, this, restore);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    grid_->setContentsMargins({});
    layout->addWidget(fields_, 1);
    layout->addWidget(notice_);
    layout->addWidget(buttons);
    grid_->setColumnStretch(1, 1);
    layout->setSpacing(12);
    grid_->setVerticalSpacing(4);
}

void LimitsDialog::addLimit(const QString &label, QWidget *field, const QString &objectName, const QString &meaning)
{
    field->setObjectName(objectName);
    field->setAccessibleDescription(meaning);
    auto *caption = new QLabel(label);
    caption->setBuddy(field);
    auto *explanation = new QLabel(meaning);
    explanation->setWordWrap(true);
    explanation->setForegroundRole(QPalette::PlaceholderText);
    explanation->setContentsMargins(0, 0, 0, 8); // away from the next limit
    const int row = grid_->rowCount();
    grid_->addWidget(caption, row, 0);
    grid_->addWidget(field, row, 1);
    grid_->addWidget(explanation, row + 1, 1);
}

void LimitsDialog::showEvent(QShowEvent *event)
{
    // Labels that wrap know their height only once the width is known.
    resize(fontMetrics().averageCharWidth() * 80, height());
    layout()->activate();
    const QSize room = fields_->maximumViewportSize();
    resize(width(), height() + grid_->totalHeightForWidth(room.width()) - room.height());
    bringInside(*this);
    QDialog::showEvent(event);
}

void LimitsDialog::accept()
{
    const QString error = apply_();
    if (error.isEmpty())
        QDialog::accept();
    else
        notice_->showNotice(NoticeBar::About::Failure, error);
}

} // namespace parley
