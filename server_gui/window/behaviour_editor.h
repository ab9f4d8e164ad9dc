// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour_list.h"

#include <QWidget>

#include <vector>

class QCheckBox;
class QComboBox;
class QLabel;
class QSpinBox;

namespace parley
{

/// The choice of a behaviour (`behaviour`), and a field for each parameter of the chosen one, with its range below. The
/// parameters of the other behaviours are kept until they are chosen again.
class BehaviourEditor : public QWidget
{
    Q_OBJECT

public:
    explicit BehaviourEditor(const BehaviourChoice &choice, QWidget *parent = nullptr);

    const BehaviourChoice &choice() const { return choices_[current_]; }

Q_SIGNALS:
    /// The user has changed the choice.
    void changed(const parley::BehaviourChoice &choice);

private:
    struct Field
    {
        QLabel *label;
        QSpinBox *value;
        QCheckBox *isSet; // in place of both, for a switch
    };

    void choose(std::size_t index);

    std::vector<BehaviourChoice> choices_; // one for each kind
    std::size_t current_ = 0;
    QComboBox *kinds_;
    std::vector<Field> fields_; // of the longest list of parameters
    QLabel *ranges_;
};

} // namespace parley
