// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QWidget>

#include <algorithm>

namespace parley
{

/// Explains @p field in a sentence or two: as its tool tip, as its description for a screen reader (unless it has one
/// of its own), and on Shift+F1.
inline void explainField(QWidget &field, const QString &meaning)
{
    field.setToolTip(meaning);
    field.setWhatsThis(meaning);
}

/// A button that Return presses only while it has the focus.
inline QPushButton *explainedButton(const QString &name, const QString &text, const QString &meaning)
{
    auto *button = new QPushButton(text);
    button->setObjectName(name);
    explainField(*button, meaning);
    button->setAutoDefault(false);
    return button;
}

/// Its steps grow with its value.
inline QSpinBox *explainedNumber(const QString &name, int least, int most, int value, const QString &meaning)
{
    auto *field = new QSpinBox;
    field->setObjectName(name);
    field->setRange(least, most);
    field->setGroupSeparatorShown(true);
    field->setStepType(QSpinBox::AdaptiveDecimalStepType);
    field->setValue(value);
    explainField(*field, meaning);
    return field;
}

/// Lets a screen reader say what the combo boxes of @p window choose. It takes a box's name from its value, and asks
/// the label beside it for the rest; where there is none to be seen, it needs a hidden one. To be called once all are
/// in their places.
inline void nameComboBoxes(QWidget &window)
{
    for (QComboBox *box : window.findChildren<QComboBox *>()) {
        if (QLineEdit *edit = box->lineEdit(); edit && edit->accessibleName().isEmpty())
            edit->setAccessibleName(box->accessibleName()); // it gets the focus
        const QList<QLabel *> labels = box->parentWidget()->findChildren<QLabel *>(Qt::FindDirectChildrenOnly);
        if (std::any_of(labels.begin(), labels.end(), [box](const QLabel *label) { return label->buddy() == box; }))
            continue;
        auto *label = new QLabel(box->accessibleName(), box->parentWidget());
        label->setBuddy(box);
        label->hide();
    }
}

} // namespace parley
