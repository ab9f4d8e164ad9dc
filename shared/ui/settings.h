// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/endpoint.h"
#include "shared/message/text_encoding.h"

#include <QCoreApplication>
#include <QMap>
#include <QSettings>
#include <QStringList>

#include <functional>

class QHeaderView;
class QSplitter;
class QWidget;

namespace parley
{

/// Values under their keys, as the settings spell both.
using KeyedTexts = QMap<QString, QString>;

/// An endpoint's fields as they were typed.
struct SavedEndpoint
{
    Transport transport = Transport::Tcp;
    QString host;
    QString port;
    QString path;

    /// What the fields have where nothing is saved.
    static SavedEndpoint usual();

    std::variant<Endpoint, EndpointError> parse(Endpoint::Use use) const;
    /// The fields once a host that names more than the host is taken apart (EndpointParts).
    std::variant<SavedEndpoint, EndpointError> takenApart() const;
    KeyedTexts texts() const;

    friend bool operator==(const SavedEndpoint &, const SavedEndpoint &) = default;
};

/// What a window remembers, in the user's configuration folder. Only a regular file is read and replaced, never the
/// target of a link. Every value is validated when it is read: a damaged value counts as never saved, and isDamaged()
/// tells. Where a value has parts, only the damaged ones do.
class Settings
{
public:
    /// @param program whose settings: those of the other one are only to be read.
    explicit Settings(const QString &program = QCoreApplication::applicationName());

    /// The value of @p key, or @p fallback if there is no value that @p isValid.
    QString text(const QString &key, const QString &fallback, const std::function<bool(const QString &)> &isValid = {});
    /// Remembers @p value unless it is @p fallback: a default may change, as a computer's name does.
    void setText(const QString &key, const QString &value, const QString &fallback);

    SavedEndpoint endpoint(Endpoint::Use use);
    /// UTF-8 where none is saved.
    TextEncoding encoding();

    /// @param key for a second window.
    void restoreGeometry(QWidget &window, const QString &key = QStringLiteral("window/geometry"));
    void saveGeometry(const QWidget &window, const QString &key = QStringLiteral("window/geometry"));
    /// Widths in pixels. Widths of a table with another number of columns, from an older version, are not used.
    void restoreColumns(const QString &key, QHeaderView &header);
    void saveColumns(const QString &key, const QHeaderView &header);
    void restoreSplitter(const QString &key, QSplitter &splitter);
    void saveSplitter(const QString &key, const QSplitter &splitter);
    void restoreAppearance();
    void saveAppearance();

    /// Forgets everything but the keys that begin with @p kept; if @p kept is empty, everything.
    void clear(const QString &kept = {});

    /// @p sentence names the part of a value that could not be read, and does without it.
    void tellDamage(const QString &sentence) { partlyDamaged_.append(sentence); }
    bool isDamaged() const { return damaged_ || !partlyDamaged_.isEmpty(); }
    /// What is damaged, for the notice.
    QString damageText() const;

private:
    const QString file_;
    const bool isUsable_; // a regular file, or one that can be made
    QSettings settings_;
    bool damaged_ = false;
    QStringList partlyDamaged_; // sentences
};

} // namespace parley
