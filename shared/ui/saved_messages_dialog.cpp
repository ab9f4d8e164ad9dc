// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/saved_messages_dialog.h"

#include "shared/message/quoted.h"
#include "shared/ui/field_help.h"
#include "shared/ui/placement.h"
#include "shared/ui/status_label.h"
#include "shared/ui/table_view.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

constexpr int MostRounds = 1'000'000; // times SavedMessages::Most: no more than RepeatedSend::MostTimes

} // namespace

SavedMessagesDialog::SavedMessagesDialog(const SavedMessages &messages, const BytesField::Line &typed,
                                         TextEncoding encoding, std::chrono::milliseconds every, QWidget *parent)
    : QDialog(parent), messages_(messages), typed_(typed), encoding_(encoding), name_(new QLineEdit),
      save_(explainedButton(u"savedSave"_s, tr("&Save Typed Line"), tr("Keep the line in the field under this name."))),
      shown_(new QStandardItemModel(0, 2, this)), list_(new TableView),
      choose_(explainedButton(u"savedChoose"_s, tr("Put into &Field"), tr("Show the message in the field."))),
      delete_(explainedButton(u"savedDelete"_s, tr("&Delete"), tr("Forget the selected messages."))),
      up_(explainedButton(u"savedUp"_s, tr("Move &Up"), tr("Send the message before the one above it."))),
      down_(explainedButton(u"savedDown"_s, tr("Move Do&wn"), tr("Send the message after the one below it."))),
      every_(explainedNumber(u"savedEvery"_s, 0, RepeatedSend::MostMilliseconds, static_cast<int>(every.count()),
                             tr("From one message to the next. A slow peer is waited for."))),
      rounds_(explainedNumber(u"savedRounds"_s, 0, MostRounds, 1,
                              tr("How often the messages are sent, one after the other."))),
      problem_(new StatusLabel(u"savedProblem"_s, tr("What is wrong")))
{
    setObjectName(u"savedMessages"_s);
    setWindowTitle(tr("Saved Messages"));
    setAttribute(Qt::WA_DeleteOnClose);
    build();
    connect(name_, &QLineEdit::textChanged, this, &SavedMessagesDialog::showState);
    connect(name_, &QLineEdit::returnPressed, this, [this] {
        if (save_->isEnabled())
            save();
    });
    connect(save_, &QPushButton::clicked, this, &SavedMessagesDialog::save);
    connect(list_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &SavedMessagesDialog::showState);
    const auto choose = [this] {
        if (selected().size() != 1)
            return;
        Q_EMIT chosen(messages_.all().at(static_cast<std::size_t>(selected().constFirst())).line);
        accept();
    };
    connect(choose_, &QPushButton::clicked, this, choose);
    connect(list_, &TableView::activated, this, choose);
    connect(delete_, &QPushButton::clicked, this, &SavedMessagesDialog::remove);
    connect(up_, &QPushButton::clicked, this, [this] { move(-1); });
    connect(down_, &QPushButton::clicked, this, [this] { move(1); });
    showAll({});
}

void SavedMessagesDialog::build()
{
    name_->setObjectName(u"savedName"_s);
    name_->setMaxLength(static_cast<int>(SavedMessages::LongestName));
    explainField(*name_, tr("A message of the same name is replaced."));
    name_->setEnabled(!typed_.text.isEmpty());
    if (typed_.text.isEmpty())
        name_->setPlaceholderText(tr("Close this, and type a line to save"));
    list_->setObjectName(u"savedList"_s);
    list_->setAccessibleName(tr("Saved messages"));
    shown_->setHorizontalHeaderLabels({tr("Name"), tr("Message")});
    list_->setModel(shown_);
    list_->setFollowing(false);
    list_->horizontalHeader()->setStretchLastSection(true);
    list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    every_->setSuffix(tr(" ms"));
    every_->setSpecialValueText(tr("At once"));
    rounds_->setSpecialValueText(tr("Until stopped"));
    problem_->setWordWrap(true);

    auto *saving = new QHBoxLayout;
    saving->addWidget(name_, 1);
    saving->addWidget(save_);
    auto *order = new QHBoxLayout;
    for (QPushButton *command : {choose_, up_, down_, delete_})
        order->addWidget(command);
    order->addStretch(1);
    auto *form = new QFormLayout;
    auto *caption = new QLabel(tr("&Name:"));
    caption->setBuddy(name_);
    form->addRow(caption, saving);
    auto *plan = new QFormLayout;
    plan->addRow(tr("&Every:"), every_);
    plan->addRow(tr("R&ounds:"), rounds_);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    send_ = buttons->addButton(tr("Send All"), QDialogButtonBox::ActionRole);
    send_->setObjectName(u"savedSend"_s);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(send_, &QPushButton::clicked, this, &SavedMessagesDialog::sendSelected);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(list_, 1);
    layout->addLayout(order);
    layout->addLayout(plan);
    layout->addWidget(problem_);
    layout->addWidget(buttons);
    for (QPushButton *command : findChildren<QPushButton *>()) // Enter in the name saves, and sends nothing
        command->setAutoDefault(false);
    resize(usualSize(*this, {560, 420}));
}

QList<int> SavedMessagesDialog::selected() const
{
    QList<int> rows;
    for (const QModelIndex &row : list_->selectionModel()->selectedRows())
        rows.append(row.row());
    std::sort(rows.begin(), rows.end());
    return rows;
}

void SavedMessagesDialog::save()
{
    const SavedMessage message{name_->text().trimmed(), typed_};
    messages_.put(message);
    Q_EMIT changed(messages_);
    name_->clear();
    showAll({messages_.find(message.name)});
}

void SavedMessagesDialog::remove()
{
    QList<int> rows = selected();
    const int first = rows.constFirst();
    for (; !rows.isEmpty(); rows.removeLast())
        messages_.remove(rows.constLast());
    Q_EMIT changed(messages_);
    const int left = static_cast<int>(messages_.all().size());
    showAll(left > 0 ? QList{std::min(first, left - 1)} : QList<int>());
}

void SavedMessagesDialog::move(int step)
{
    const int from = selected().constFirst();
    messages_.move(from, from + step);
    Q_EMIT changed(messages_);
    showAll({from + step});
}

void SavedMessagesDialog::sendSelected()
{
    QList<int> rows = selected();
    if (rows.isEmpty()) {
        for (int row = 0; row < shown_->rowCount(); ++row)
            rows.append(row);
    }
    QByteArrayList bytes;
    for (const int row : rows) {
        const SavedMessage &message = messages_.all().at(static_cast<std::size_t>(row));
        const auto encoded = BytesField::bytesOf(message.line, encoding_);
        if (const auto *error = std::get_if<BytesError>(&encoded)) {
            problem_->showText(tr("%1: %2 Nothing was sent.").arg(quoted(message.name), error->sentence));
            return;
        }
        bytes.append(std::get<QByteArray>(encoded));
        if (bytes.constLast().isEmpty()) {
            problem_->showText(tr("%1 has no bytes. Nothing was sent.").arg(quoted(message.name)));
            return;
        }
    }
    accept();
    Q_EMIT send(bytes, {std::chrono::milliseconds(every_->value()), rounds_->value() * bytes.size()});
}

void SavedMessagesDialog::showAll(const QList<int> &selection)
{
    const auto &all = messages_.all();
    list_->clearSelection();
    shown_->setRowCount(static_cast<int>(all.size()));
    for (int row = 0; row < shown_->rowCount(); ++row) {
        const SavedMessage &message = all.at(static_cast<std::size_t>(row));
        const QString shown = message.line.isHex               ? tr("Hex: %1").arg(message.line.text)
                              : message.line.ending == u"lf"   ? tr("%1 and LF").arg(message.line.text)
                              : message.line.ending == u"crlf" ? tr("%1 and CR LF").arg(message.line.text)
                                                               : message.line.text;
        shown_->setItem(row, 0, new QStandardItem(message.name));
        shown_->setItem(row, 1, new QStandardItem(shown));
    }
    list_->resizeColumnToContents(0);
    list_->setColumnWidth(0, std::clamp(list_->columnWidth(0), fontMetrics().averageCharWidth() * 16,
                                        fontMetrics().averageCharWidth() * 40));
    for (const int row : selection) {
        list_->selectRow(row);
        list_->scrollTo(shown_->index(row, 0));
    }
    showState();
}

void SavedMessagesDialog::showState()
{
    const QList<int> rows = selected();
    const QString name = name_->text().trimmed();
    const QString problem = messages_.problem({name, typed_});
    save_->setEnabled(problem.isEmpty());
    save_->setText(messages_.find(name) >= 0 ? tr("&Replace by Typed Line") : tr("&Save Typed Line"));
    problem_->showText(name.isEmpty() ? QString() : problem);
    choose_->setEnabled(rows.size() == 1);
    delete_->setEnabled(!rows.isEmpty());
    up_->setEnabled(rows.size() == 1 && rows.constFirst() > 0);
    down_->setEnabled(rows.size() == 1 && rows.constFirst() + 1 < shown_->rowCount());
    send_->setEnabled(shown_->rowCount() > 0);
    send_->setText(rows.isEmpty()     ? tr("Send All")
                   : rows.size() == 1 ? tr("Send Selected")
                                      : tr("Send %1 Messages").arg(QLocale().toString(rows.size())));
}

} // namespace parley
