// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/repeated_send_dialog.h"

#include "shared/ui/field_help.h"
#include "shared/ui/placement.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QPushButton>
#include <QSpinBox>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(RepeatedSend)
};

} // namespace

void askRepeatedSend(QWidget *parent, const RepeatedSend::Plan &plan,
                     const std::function<void(const RepeatedSend::Plan &)> &start)
{
    auto *dialog = new QDialog(parent);
    dialog->setObjectName(u"sendAgain"_s);
    dialog->setWindowTitle(Texts::tr("Send Again and Again"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    auto *every =
        explainedNumber(u"sendEvery"_s, 1, RepeatedSend::MostMilliseconds, static_cast<int>(plan.every.count()),
                        Texts::tr("From one sending to the next. A slow peer is waited for."));
    every->setSuffix(Texts::tr(" ms"));
    auto *times = explainedNumber(u"sendTimes"_s, 0, RepeatedSend::MostTimes, static_cast<int>(plan.times),
                                  Texts::tr("How often in all."));
    times->setSpecialValueText(Texts::tr("Until stopped"));
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    QPushButton *startButton = buttons->addButton(Texts::tr("Start Sending"), QDialogButtonBox::AcceptRole);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, [=] {
        dialog->accept();
        start({std::chrono::milliseconds(every->value()), times->value()});
    });
    auto *layout = new QFormLayout(dialog);
    layout->addRow(Texts::tr("&Every:"), every);
    layout->addRow(Texts::tr("&Times:"), times);
    layout->addRow(buttons);
    startButton->setDefault(true); // only a button of the dialog can be
    dialog->open();
    bringInside(*dialog);
}

} // namespace parley
