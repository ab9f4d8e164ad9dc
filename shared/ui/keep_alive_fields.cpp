// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/keep_alive_fields.h"

#include "shared/ui/limits_dialog.h"

#include <QCoreApplication>
#include <QSpinBox>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(KeepAlive)
};

/// Reads the whole number under @p key.
int readNumber(Settings &settings, const QString &key, int usual, int least, int most)
{
    const auto isValid = [=](const QString &text) {
        bool isNumber = false;
        const int number = text.toInt(&isNumber);
        return isNumber && number >= least && number <= most;
    };
    return settings.text(key, QString::number(usual), isValid).toInt();
}

} // namespace

KeepAliveFields::KeepAliveFields(const KeepAlive &keepAlive) : interval_(new QSpinBox), probes_(new QSpinBox)
{
    interval_->setRange(0, KeepAlive::MostSeconds);
    interval_->setGroupSeparatorShown(true);
    interval_->setSpecialValueText(Texts::tr("Off"));
    interval_->setSuffix(Texts::tr(" s"));
    probes_->setRange(1, KeepAlive::MostProbes);
    setValue(keepAlive);
    const auto showState = [probes = probes_](int interval) { probes->setEnabled(interval > 0); };
    QObject::connect(interval_, &QSpinBox::valueChanged, probes_, showState);
    showState(interval_->value());
}

void KeepAliveFields::addTo(LimitsDialog &dialog) const
{
    dialog.addLimit(
        Texts::tr("&Keep-alive:"), interval_, u"keepAlive"_s,
        Texts::tr("Probes a TCP connection that was idle so long, so that a pulled cable shows. It holds for "
                  "connections from now on."));
    dialog.addLimit(Texts::tr("&Probes:"), probes_, u"keepAliveProbes"_s,
                    Texts::tr("So many without an answer end the connection."));
}

KeepAlive KeepAliveFields::value() const
{
    return {std::chrono::seconds(interval_->value()), probes_->value()};
}

void KeepAliveFields::setValue(const KeepAlive &keepAlive) const
{
    interval_->setValue(static_cast<int>(keepAlive.interval.count()));
    probes_->setValue(keepAlive.probes);
}

KeepAlive readKeepAlive(Settings &settings)
{
    const KeepAlive usual;
    return {std::chrono::seconds(readNumber(settings, u"limits/keep-alive"_s, 0, 0, KeepAlive::MostSeconds)),
            readNumber(settings, u"limits/keep-alive-probes"_s, usual.probes, 1, KeepAlive::MostProbes)};
}

KeyedTexts textsOf(const KeepAlive &keepAlive)
{
    return {{u"limits/keep-alive"_s, QString::number(keepAlive.interval.count())},
            {u"limits/keep-alive-probes"_s, QString::number(keepAlive.probes)}};
}

} // namespace parley
