// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/window/limits_editor.h"

#include "server_gui/engine/connection.h"
#include "shared/ui/keep_alive_fields.h"
#include "shared/ui/limits_dialog.h"

#include <QCoreApplication>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QLocale>
#include <QSpinBox>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

using Nets = std::vector<Net>;

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Limits)
};

/// Reads nets with blanks or commas between them.
std::variant<Nets, QString> parseNets(const QString &text)
{
    Nets nets;
    for (const QString &part : QString(text).replace(u',', u' ').simplified().split(u' ', Qt::SkipEmptyParts)) {
        const auto parsed = Net::parse(part);
        if (const auto *error = std::get_if<QString>(&parsed))
            return *error;
        nets.push_back(std::get<Net>(parsed));
    }
    return nets;
}

QString netsText(const Nets &nets)
{
    QStringList texts;
    for (const Net &net : nets)
        texts.append(net.toString());
    return texts.join(u' ');
}

QSpinBox *countField(int value, const QString &none)
{
    auto *field = new QSpinBox;
    field->setRange(0, ServerLimits::MostConnections);
    field->setGroupSeparatorShown(true);
    field->setSpecialValueText(none);
    field->setValue(value);
    return field;
}

/// What holds after FIN where there is no deadline.
struct WithoutDeadline
{
    QString value; // of the field
    QString meaning;
};

WithoutDeadline withoutDeadline(const BehaviourChoice &behaviour)
{
    if (!behaviour.kind->stays)
        return {Texts::tr("No limit"), {}};
    const QString seconds = QLocale().toString(std::chrono::duration<double>(Deadline::Default).count());
    if (behaviour.make({})->staysAfterFin())
        return {Texts::tr("No limit; after Close %1 s").arg(seconds),
                Texts::tr("Without it, one that you have closed and that does not close too is reset after %1 s.")
                    .arg(seconds)};
    return {
        Texts::tr("No limit; after FIN %1 s").arg(seconds),
        Texts::tr("Without it, one that has closed its own side and waits in vain is reset after %1 s.").arg(seconds)};
}

constexpr double LongestDeadline = 86'400; // seconds; as on the command line

} // namespace

void editLimits(QWidget *parent, const ServerLimits &limits, const BehaviourChoice &behaviour,
                const std::function<void(const ServerLimits &)> &apply)
{
    const auto usual = behaviour.kind->stays ? std::chrono::milliseconds(0) : Deadline::Default;
    const WithoutDeadline without = withoutDeadline(behaviour);
    auto *most = countField(limits.maxConnections, Texts::tr("As many as possible"));
    auto *perPeer = countField(limits.maxPerPeer, Texts::tr("No limit"));
    auto *deadline = new QDoubleSpinBox;
    deadline->setDecimals(3);
    deadline->setRange(0, LongestDeadline);
    deadline->setSpecialValueText(without.value);
    deadline->setSuffix(Texts::tr(" s"));
    deadline->setValue(std::chrono::duration<double>(limits.deadline.value_or(usual)).count());
    auto *allow = new QLineEdit(netsText(limits.access.allow));
    allow->setPlaceholderText(Texts::tr("Everyone"));
    auto *deny = new QLineEdit(netsText(limits.access.deny));
    deny->setPlaceholderText(Texts::tr("Nobody"));

    auto *hops = new QSpinBox;
    hops->setRange(0, ServerLimits::MostHops);
    hops->setSpecialValueText(Texts::tr("The system's: 1 to a group"));
    hops->setValue(limits.ttl);
    const KeepAliveFields keepAlive(limits.keepAlive);
    auto *dialog = new LimitsDialog(
        parent,
        [=]() -> QString {
            const auto allowed = parseNets(allow->text());
            const auto denied = parseNets(deny->text());
            for (const auto &nets : {allowed, denied}) {
                if (const auto *error = std::get_if<QString>(&nets))
                    return *error;
            }
            ServerLimits edited;
            edited.maxConnections = most->value();
            edited.maxPerPeer = perPeer->value();
            if (const std::chrono::milliseconds length(qRound64(deadline->value() * 1000)); length != usual)
                edited.deadline = length;
            edited.access = {std::get<Nets>(allowed), std::get<Nets>(denied)};
            edited.keepAlive = keepAlive.value();
            edited.ttl = hops->value();
            apply(edited);
            return {};
        },
        [=] {
            const ServerLimits defaults;
            most->setValue(defaults.maxConnections);
            perPeer->setValue(defaults.maxPerPeer);
            deadline->setValue(std::chrono::duration<double>(usual).count());
            allow->setText(netsText(defaults.access.allow));
            deny->setText(netsText(defaults.access.deny));
            keepAlive.setValue(defaults.keepAlive);
            hops->setValue(defaults.ttl);
        });
    dialog->addLimit(Texts::tr("&Connections at once:"), most, u"maxConnections"_s,
                     Texts::tr("Keeps this computer from running out of file descriptors and memory. Further clients "
                               "are closed at once."));
    dialog->addLimit(Texts::tr("From one &address:"), perPeer, u"maxPerPeer"_s,
                     Texts::tr("Keeps one client from taking all the places."));
    dialog->addLimit(
        Texts::tr("&Deadline:"), deadline, u"deadline"_s,
        (Texts::tr("Frees the place of a client that does not read, or does not close.") + u' ' + without.meaning)
            .trimmed());
    keepAlive.addTo(*dialog);
    dialog->addLimit(Texts::tr("&Hop limit:"), hops, u"ttl"_s,
                     Texts::tr("Keeps an answer from passing more routers than that (TTL, UDP alone). It holds when "
                               "the server listens again."));
    dialog->addLimit(
        Texts::tr("Allo&w:"), allow, u"allow"_s,
        Texts::tr("Addresses and nets such as 192.168.0.0/16. If any are named, all others are turned away."));
    dialog->addLimit(Texts::tr("De&ny:"), deny, u"deny"_s,
                     Texts::tr("Addresses and nets to turn away, even if they are allowed."));
    dialog->open();
}

ServerLimits readLimits(Settings &settings)
{
    const auto isCount = [](const QString &text) {
        bool isNumber = false;
        const int count = text.toInt(&isNumber);
        return isNumber && count >= 0 && count <= ServerLimits::MostConnections;
    };
    const auto isDeadline = [](const QString &text) {
        bool isNumber = false;
        const double seconds = text.toDouble(&isNumber);
        return text.isEmpty() || (isNumber && seconds >= 0 && seconds <= LongestDeadline);
    };
    const auto isNets = [](const QString &text) { return std::holds_alternative<Nets>(parseNets(text)); };
    ServerLimits limits;
    limits.maxConnections = settings.text(u"limits/max-connections"_s, u"0"_s, isCount).toInt();
    limits.maxPerPeer = settings.text(u"limits/max-per-peer"_s, u"0"_s, isCount).toInt();
    if (const QString seconds = settings.text(u"limits/deadline"_s, QString(), isDeadline); !seconds.isEmpty())
        limits.deadline = std::chrono::milliseconds(qRound64(seconds.toDouble() * 1000));
    limits.access.allow = std::get<Nets>(parseNets(settings.text(u"limits/allow"_s, QString(), isNets)));
    limits.access.deny = std::get<Nets>(parseNets(settings.text(u"limits/deny"_s, QString(), isNets)));
    limits.keepAlive = readKeepAlive(settings);
    const auto isHops = [](const QString &text) {
        bool isNumber = false;
        const int hops = text.toInt(&isNumber);
        return isNumber && hops >= 0 && hops <= ServerLimits::MostHops;
    };
    limits.ttl = settings.text(u"limits/ttl"_s, u"0"_s, isHops).toInt();
    return limits;
}

KeyedTexts textsOf(const ServerLimits &limits)
{
    const auto seconds = [](std::chrono::duration<double> time) { return QString::number(time.count()); };
    KeyedTexts texts{{u"limits/max-connections"_s, QString::number(limits.maxConnections)},
                     {u"limits/max-per-peer"_s, QString::number(limits.maxPerPeer)},
                     {u"limits/deadline"_s, limits.deadline ? seconds(*limits.deadline) : QString()},
                     {u"limits/ttl"_s, QString::number(limits.ttl)},
                     {u"limits/allow"_s, netsText(limits.access.allow)},
                     {u"limits/deny"_s, netsText(limits.access.deny)}};
    texts.insert(textsOf(limits.keepAlive));
    return texts;
}

} // namespace parley
