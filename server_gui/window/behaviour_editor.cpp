// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/window/behaviour_editor.h"

#include "shared/ui/field_help.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

/// `every` → `Every`, for a label and an object's name.
QString capitalised(const char *name)
{
    QString text = behaviourText(name);
    text[0] = text[0].toUpper();
    return text;
}

} // namespace

BehaviourEditor::BehaviourEditor(const BehaviourChoice &choice, QWidget *parent)
    : QWidget(parent), kinds_(new QComboBox), ranges_(new QLabel)
{
    kinds_->setObjectName(u"behaviour"_s);
    kinds_->setAccessibleName(tr("Behaviour"));
    explainField(*kinds_, tr("What to do with each connection accepted from now on."));
    kinds_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    for (const BehaviourKind &kind : behaviours()) {
        choices_.emplace_back(kind);
        kinds_->addItem(behaviourText(kind.title) + u" – "_s + behaviourText(kind.description),
                        QString(QLatin1StringView(kind.name)));
    }

    ranges_->setObjectName(u"behaviourRanges"_s);
    ranges_->setForegroundRole(QPalette::PlaceholderText);
    ranges_->setTextFormat(Qt::PlainText);
    ranges_->setWordWrap(true);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(3);
    auto *line = new QHBoxLayout;
    line->addWidget(kinds_, 1);
    layout->addLayout(line);
    layout->addWidget(ranges_);
    for (std::size_t i = 0; i < BehaviourKind::MostParameters; ++i) {
        const Field field{new QLabel, new QSpinBox, new QCheckBox};
        field.value->setGroupSeparatorShown(true);
        field.label->setBuddy(field.value);
        line->addWidget(field.label);
        line->addWidget(field.value);
        line->addWidget(field.isSet);
        fields_.push_back(field);
        connect(field.value, &QSpinBox::valueChanged, this, [this, i](int value) {
            choices_[current_].values[i] = value;
            Q_EMIT changed(this->choice());
        });
        connect(field.isSet, &QCheckBox::toggled, this, [this, i](bool isSet) {
            choices_[current_].values[i] = isSet;
            Q_EMIT changed(this->choice());
        });
    }
    setFocusProxy(kinds_);

    const auto index = static_cast<std::size_t>(choice.kind - behaviours().data());
    choices_[index] = choice;
    kinds_->setCurrentIndex(static_cast<int>(index));
    choose(index);
    connect(kinds_, &QComboBox::currentIndexChanged, this, [this](int chosen) {
        choose(static_cast<std::size_t>(chosen));
        Q_EMIT changed(this->choice());
    });
}

void BehaviourEditor::choose(std::size_t index)
{
    current_ = index;
    const BehaviourKind &kind = *choices_[index].kind;
    QStringList ranges;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        const auto [label, value, isSet] = fields_[i];
        const bool isUsed = i < kind.parameters.size();
        const bool isSwitch = isUsed && kind.parameters[i].isSwitch();
        label->setVisible(isUsed && !isSwitch);
        value->setVisible(isUsed && !isSwitch);
        isSet->setVisible(isSwitch);
        if (!isUsed)
            continue;
        const BehaviourParameter &parameter = kind.parameters[i];
        const QLocale locale;
        const QString unit = behaviourText(parameter.unit);
        const QString name = capitalised(parameter.name);
        const bool namesUnit = qstrcmp(parameter.name, parameter.unit) == 0;
        QString meaning = behaviourText(parameter.meaning);
        meaning[0] = meaning[0].toUpper();
        label->setText(name + u':');
        const QSignalBlocker blocker(value);
        const QSignalBlocker switchBlocker(isSet);
        value->setObjectName(u"behaviour"_s + name);
        value->setAccessibleName(name);
        if (isSwitch) {
            isSet->setObjectName(u"behaviour"_s + name);
            isSet->setText(meaning);
            isSet->setChecked(choices_[index].values[i] != 0);
            value->setObjectName({});
            continue;
        }
        isSet->setObjectName({});
        ranges.append(tr("%1: %2 to %3 %4")
                          .arg(meaning, locale.toString(parameter.least), locale.toString(parameter.most), unit)
                          .trimmed());
        explainField(*value, ranges.constLast());
        value->setSuffix(unit.isEmpty() || namesUnit ? QString() : u' ' + unit);
        value->setRange(static_cast<int>(parameter.least), static_cast<int>(parameter.most));
        value->setStepType(parameter.most > 1000 ? QSpinBox::AdaptiveDecimalStepType : QSpinBox::DefaultStepType);
        value->setValue(static_cast<int>(choices_[index].values[i]));
    }
    ranges_->setText(ranges.join(u" · "_s));
    ranges_->setVisible(!ranges.isEmpty());
}

} // namespace parley
