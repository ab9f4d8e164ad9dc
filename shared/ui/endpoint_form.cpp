// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/endpoint_form.h"

#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include <algorithm>

namespace parley
{

namespace
{

QLabel *labelFor(QWidget *field, const QString &text)
{
    auto *label = new QLabel(text);
    label->setBuddy(field);
    return label;
}

} // namespace

EndpointForm::EndpointForm(QWidget *host, QLineEdit *port, QPushButton *button) : grid_(new QGridLayout(this))
{
    grid_->setContentsMargins({});
    grid_->setColumnStretch(1, 1);
    port->setFixedWidth(fontMetrics().averageCharWidth() * 14); // the longest usual service names
    grid_->addWidget(labelFor(host, tr("&Host:")), 0, 0);
    grid_->addWidget(host, 0, 1);
    grid_->addWidget(labelFor(port, tr("&Port:")), 0, 2);
    grid_->addWidget(port, 0, 3);
    grid_->addWidget(button, 0, 4);
}

void EndpointForm::addRow(const QString &label, QWidget *field)
{
    const int row = grid_->rowCount();
    grid_->addWidget(labelFor(field, label), row, 0);
    grid_->addWidget(field, row, 1, 1, 4);
}

void keepWidth(QPushButton &button, const QStringList &texts)
{
    int width = 0;
    for (const QString &text : texts) {
        button.setText(text);
        width = std::max(width, button.sizeHint().width());
    }
    constexpr int room = 16;
    button.setMinimumWidth(width + room);
}

} // namespace parley
