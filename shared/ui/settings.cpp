// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/settings.h"

#include "shared/address/endpoint_parts.h"
#include "shared/message/message.h"
#include "shared/ui/appearance.h"
#include "shared/ui/file_kind.h"
#include "shared/ui/placement.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QHeaderView>
#include <QSplitter>
#include <QStandardPaths>
#include <QWidget>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

const QStringList TransportNames{u"tcp"_s, u"udp"_s, u"unix"_s}; // in the order of Transport

/// A name that is no file and cannot become one: settings then stay in memory.
constexpr char16_t Nowhere[] = u"/dev/null/settings";

/// Where QSettings keeps the user's settings. QSettings tells the name only after it has read the file, which may be a
/// FIFO.
QString settingsFile(const QString &program)
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + u'/'
           + QCoreApplication::organizationName() + u'/' + program + u".ini"_s;
}

/// Whether there is nothing, or a regular file that can be read. A link is neither: its target would be replaced
/// unseen.
bool isUsable(const QString &file)
{
    return otherThanFile(file).isEmpty() && (!QFileInfo::exists(file) || QFileInfo(file).isReadable());
}

} // namespace

std::variant<Endpoint, EndpointError> SavedEndpoint::parse(Endpoint::Use use) const
{
    return transport == Transport::Unix ? Endpoint::parseUnix(path) : Endpoint::parse(host, port, use, transport);
}

std::variant<SavedEndpoint, EndpointError> SavedEndpoint::takenApart() const
{
    if (transport == Transport::Unix)
        return *this;
    const auto taken = EndpointParts::of(host);
    if (const auto *error = std::get_if<EndpointError>(&taken))
        return *error;
    const auto &parts = std::get<EndpointParts>(taken);
    SavedEndpoint apart = *this;
    apart.transport = parts.transport.value_or(transport);
    if (apart.transport == Transport::Unix) {
        apart.path = parts.path;
        apart.host = usual().host;
    } else {
        apart.host = parts.host;
        apart.port = parts.port.isEmpty() ? port : parts.port;
    }
    return apart;
}

SavedEndpoint SavedEndpoint::usual()
{
    return {Transport::Tcp, localHostName(), QString::number(Endpoint::DefaultPort), {}};
}

KeyedTexts SavedEndpoint::texts() const
{
    return {{u"kind"_s, TransportNames.at(static_cast<int>(transport))},
            {u"host"_s, host},
            {u"port"_s, port},
            {u"path"_s, path}};
}

Settings::Settings(const QString &program)
    : file_(settingsFile(program)), isUsable_(parley::isUsable(file_)),
      settings_(isUsable_ ? file_ : QStringView(Nowhere).toString(), QSettings::IniFormat)
{
    settings_.setAtomicSyncRequired(true); // never half a file
    damaged_ = !isUsable_ || settings_.status() == QSettings::FormatError;
}

QString Settings::text(const QString &key, const QString &fallback, const std::function<bool(const QString &)> &isValid)
{
    const QVariant value = settings_.value(key);
    if (!value.isValid())
        return fallback;
    // A value with an unquoted comma reads as a list.
    if (value.typeId() != QMetaType::QString || (isValid && !isValid(value.toString()))) {
        damaged_ = true;
        return fallback;
    }
    return value.toString();
}

void Settings::clear(const QString &kept)
{
    const QStringList keys = settings_.allKeys();
    for (const QString &key : keys) {
        if (kept.isEmpty() || !key.startsWith(kept))
            settings_.remove(key);
    }
}

void Settings::setText(const QString &key, const QString &value, const QString &fallback)
{
    if (value == fallback)
        settings_.remove(key);
    else
        settings_.setValue(key, value);
}

TextEncoding Settings::encoding()
{
    const auto isEncoding = [](const QString &name) {
        return std::holds_alternative<TextEncoding>(parseEncoding(name));
    };
    const QString usual = encodingName(TextEncoding::Utf8);
    return std::get<TextEncoding>(parseEncoding(text(u"encoding"_s, usual, isEncoding)));
}

SavedEndpoint Settings::endpoint(Endpoint::Use use)
{
    const auto isHost = [use](const QString &host) {
        return std::holds_alternative<Endpoint>(Endpoint::parse(host, u"1"_s, use, Transport::Udp));
    };
    const auto isPort = [use](const QString &port) {
        // A service may belong to either transport: the kind decides when the port is used.
        return std::holds_alternative<Endpoint>(Endpoint::parse(u"localhost"_s, port, use))
               || std::holds_alternative<Endpoint>(Endpoint::parse(u"localhost"_s, port, use, Transport::Udp));
    };
    const auto isPath = [](const QString &path) { return std::holds_alternative<Endpoint>(Endpoint::parseUnix(path)); };
    const auto isKind = [](const QString &kind) { return TransportNames.contains(kind); };
    const KeyedTexts usual = SavedEndpoint::usual().texts();
    const auto saved = [&](const QString &key, const auto &isValid) { return text(key, usual.value(key), isValid); };
    return {static_cast<Transport>(TransportNames.indexOf(saved(u"kind"_s, isKind))), saved(u"host"_s, isHost),
            saved(u"port"_s, isPort), saved(u"path"_s, isPath)};
}

void Settings::restoreGeometry(QWidget &window, const QString &key)
{
    const QByteArray saved = settings_.value(key).toByteArray();
    // A geometry from a much wider or narrower screen is refused too; that is no damage (QWidget::restoreGeometry()).
    const bool isGeometry = saved.startsWith(window.saveGeometry().first(4)); // its magic number
    if (settings_.contains(key) && !window.restoreGeometry(saved) && !isGeometry)
        damaged_ = true;
    bringInside(window); // the screen may have become smaller
}

void Settings::saveGeometry(const QWidget &window, const QString &key)
{
    settings_.setValue(key, window.saveGeometry());
}

void Settings::restoreColumns(const QString &key, QHeaderView &header)
{
    // QHeaderView::restoreState() would also take over the number of columns and how they stretch.
    constexpr int widest = 10'000;
    if (!settings_.contains(key))
        return;
    const QStringList widths = settings_.value(key).toStringList();
    const bool valid = !widths.isEmpty() && std::all_of(widths.begin(), widths.end(), [](const QString &width) {
        return width.toInt() > 0 && width.toInt() <= widest;
    });
    damaged_ = damaged_ || !valid;
    if (!valid || widths.size() != header.count())
        return;
    for (int column = 0; column < header.count(); ++column) {
        if (header.sectionResizeMode(column) == QHeaderView::Interactive)
            header.resizeSection(column, widths.at(column).toInt());
    }
}

void Settings::saveColumns(const QString &key, const QHeaderView &header)
{
    QStringList widths;
    for (int column = 0; column < header.count(); ++column)
        widths.append(QString::number(header.sectionSize(column)));
    settings_.setValue(key, widths);
}

void Settings::restoreSplitter(const QString &key, QSplitter &splitter)
{
    const QVariant value = settings_.value(key);
    if (value.isValid() && !splitter.restoreState(value.toByteArray()))
        damaged_ = true;
}

void Settings::saveSplitter(const QString &key, const QSplitter &splitter)
{
    settings_.setValue(key, splitter.saveState());
}

void Settings::restoreAppearance()
{
    applyAppearance(appearanceFromName(text(u"appearance"_s, appearanceName(Appearance::System))));
}

void Settings::saveAppearance()
{
    setText(u"appearance"_s, appearanceName(currentAppearance()), appearanceName(Appearance::System));
}

QString Settings::damageText() const
{
    const QString file = displaySafe(file_, LineBreaks::Escape);
    if (!isUsable_) {
        const QString kind = otherThanFile(file_);
        return QCoreApplication::translate("Settings", "Settings are neither read nor saved, because %1 %2; there has "
                                                       "to be a regular file that can be read, or nothing.")
            .arg(file, kind.isEmpty() ? QCoreApplication::translate("Settings", "cannot be read") : kind);
    }
    QStringList sentences = partlyDamaged_;
    if (damaged_)
        sentences.prepend(QCoreApplication::translate("Settings", "Some of the saved settings could not be read, so "
                                                                  "defaults are used in their place."));
    sentences.append(damaged_ ? QCoreApplication::translate("Settings", "They are kept in %1.").arg(file)
                              : QCoreApplication::translate("Settings", "The settings are kept in %1.").arg(file));
    return sentences.join(u' ');
}

} // namespace parley
