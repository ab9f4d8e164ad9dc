// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QByteArray>
#include <QString>

#include <functional>
#include <variant>

class QWidget;

namespace parley
{

/// Lets a file of this computer be dropped on @p widget: @p take gets its name. Several files at once are refused. Text
/// that is dropped goes where it went before.
void acceptFile(QWidget &widget, const std::function<void(const QString &name)> &take);

/// The bytes of the regular file @p name, at most @p most of them, or a sentence that says why it cannot be taken.
std::variant<QByteArray, QString> readWhole(const QString &name, qint64 most);

} // namespace parley
