// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat_window.h"

#include "client_gui/latency_view.h"
#include "client_gui/repeat_export.h"
#include "shared/ui/endpoint_form.h"
#include "shared/ui/notice_bar.h"
#include "shared/ui/settings.h"
#include "shared/ui/status_label.h"
#include "shared/ui/table_view.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QEvent>
#include <QFileDialog>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QRegularExpression>
#include <QSaveFile>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTime>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

constexpr int DefaultCount = 1'000;
constexpr int DefaultConcurrency = 10;
constexpr double LongestHold = 86'400; // seconds; as on the command line
constexpr int ProgressSteps = 1'000;

enum AccountColumn { What, Connections, Share, Compared, Detail, AccountColumns };

TableView *makeTable(const QString &objectName, const QString &name, QStandardItemModel *model)
{
    auto *table = new TableView;
    table->setObjectName(objectName);
    table->setAccessibleName(name);
    table->setModel(model);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    return table;
}

/// As high as its header and so many rows.
int heightOf(const TableView &table, int rows)
{
    return table.horizontalHeader()->sizeHint().height() + rows * table.verticalHeader()->defaultSectionSize()
           + 2 * table.frameWidth();
}

void setCell(QStandardItemModel &model, int row, int column, const QString &text, bool isNumber)
{
    QStandardItem *item = model.item(row, column);
    if (!item) {
        item = new QStandardItem;
        item->setEditable(false);
        item->setTextAlignment((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        model.setItem(row, column, item);
    }
    if (item->text() != text)
        item->setText(text);
}

/// Those that people are told of even where there are none.
bool isListed(RepeatOutcome outcome, const RepeatSnapshot &shown, const RepeatSnapshot &compared)
{
    const bool isUsual = outcome <= RepeatOutcome::Reset || outcome == RepeatOutcome::LocalLimit;
    return isUsual || (shown && shown->count(outcome) > 0) || (compared && compared->count(outcome) > 0);
}

QString shareText(qint64 count, qint64 all)
{
    return QCoreApplication::translate("Repeat", "%1 %")
        .arg(QLocale().toString(100.0 * static_cast<double>(count) / static_cast<double>(all), 'f', 2));
}

} // namespace

RepeatWindow::RepeatWindow(QWidget *parent, Base base) : QWidget(parent, Qt::Window), base_(std::move(base))
{
    setWindowTitle(tr("Repeat – Parley Client"));
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(buildFields());
    layout->addWidget(notice_ = new NoticeBar);
    notice_->setObjectName(u"repeatNotice"_s); // "notice" is the first window's
    layout->addWidget(buildResults(), 1);
    resize(880, 760);
    connect(run_.engine(), &RepeatRun::progressed, this, &RepeatWindow::took);
    connect(run_.engine(), &RepeatRun::finished, this, &RepeatWindow::took);
    setUnderWay(false);
    listRuns();
}

QWidget *RepeatWindow::addField(QGridLayout &grid, int row, int column, const QString &label, QWidget *field,
                                const QString &objectName, const QString &range)
{
    field->setObjectName(objectName);
    field->setAccessibleDescription(range);
    field->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto *caption = new QLabel(label);
    caption->setBuddy(field);
    auto *hint = new QLabel(range);
    hint->setForegroundRole(QPalette::PlaceholderText);
    hint->setTextFormat(Qt::PlainText);
    hint->setWordWrap(true);
    grid.addWidget(caption, row, column);
    grid.addWidget(field, row + 1, column);
    grid.addWidget(hint, row + 2, column);
    return field;
}

QWidget *RepeatWindow::buildFields()
{
    const QLocale locale;
    count_ = new QSpinBox;
    count_->setRange(1, static_cast<int>(RepeatRequest::MostConnections));
    concurrency_ = new QSpinBox;
    concurrency_->setRange(1, RepeatRequest::MostConcurrency);
    for (QSpinBox *field : {count_, concurrency_})
        field->setGroupSeparatorShown(true);
    rate_ = new QDoubleSpinBox;
    rate_->setDecimals(3);
    rate_->setRange(0, RepeatRequest::MostRate);
    rate_->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    rate_->setSpecialValueText(tr("As fast as possible"));
    hold_ = new QDoubleSpinBox;
    hold_->setDecimals(3);
    hold_->setRange(0, LongestHold);
    hold_->setSuffix(tr(" s"));
    hold_->setSpecialValueText(tr("Not at all"));
    expected_ = new QLineEdit;
    expected_->setPlaceholderText(tr("Any greeting"));
    source_ = new QLineEdit;
    source_->setPlaceholderText(tr("Chosen by the system"));

    fields_ = new QWidget;
    auto *grid = new QGridLayout(fields_);
    grid->setContentsMargins({});
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(3);
    addField(*grid, 0, 0, tr("&Connections:"), count_, u"repeatCount"_s,
             tr("1 to %1").arg(locale.toString(RepeatRequest::MostConnections)));
    addField(*grid, 0, 1, tr("&At a time:"), concurrency_, u"repeatConcurrency"_s,
             tr("1 to %1").arg(locale.toString(RepeatRequest::MostConcurrency)));
    addField(*grid, 0, 2, tr("Ra&te, a second:"), rate_, u"repeatRate"_s,
             tr("0.001 to %1, or 0 for no limit").arg(locale.toString(RepeatRequest::MostRate, 'f', 0)));
    addField(*grid, 0, 3, tr("&Hold open:"), hold_, u"repeatHold"_s,
             tr("0 to %1 s after the greeting").arg(locale.toString(LongestHold, 'f', 0)));
    grid->setRowMinimumHeight(3, 4);
    addField(*grid, 4, 0, tr("E&xpected greeting:"), expected_, u"repeatExpected"_s,
             tr("Any text; empty: at least a byte"));
    addField(*grid, 4, 1, tr("&Source addresses:"), source_, u"repeatSource"_s,
             tr("Addresses and nets such as 127.0.0.0/8, which take turns: for more connections than one address has "
                "ports"));
    // The source and its range have the rest of the row.
    for (int row = 4; row <= 6; ++row) {
        QWidget *widget = grid->itemAtPosition(row, 1)->widget();
        grid->removeWidget(widget);
        grid->addWidget(widget, row, 1, 1, 3);
    }
    for (int column = 0; column < 4; ++column)
        grid->setColumnStretch(column, 1);

    start_ = new QPushButton;
    start_->setObjectName(u"repeatStart"_s);
    start_->setDefault(true);
    keepWidth(*start_, {tr("Start"), tr("Cancel")});
    connect(start_, &QPushButton::clicked, this, &RepeatWindow::startOrCancel);
    for (QLineEdit *field : fields_->findChildren<QLineEdit *>()) // those of the spin boxes too
        connect(field, &QLineEdit::returnPressed, this, &RepeatWindow::start);
    target_ = new StatusLabel(u"repeatTarget"_s, tr("Where to"));

    auto *all = new QWidget;
    auto *layout = new QVBoxLayout(all);
    layout->setContentsMargins({});
    auto *top = new QHBoxLayout;
    top->addWidget(target_, 1);
    top->addWidget(start_);
    layout->addLayout(top);
    layout->addWidget(fields_);
    return all;
}

QWidget *RepeatWindow::buildResults()
{
    account_ = new QStandardItemModel(this);
    account_->setHorizontalHeaderLabels(
        {tr("Outcome"), tr("Connections"), tr("Share"), tr("Compared"), tr("In detail")});
    TableView *account = makeTable(u"repeatAccount"_s, tr("Account of the run"), account_);
    latency_ = new QStandardItemModel(this);
    latency_->setHorizontalHeaderLabels({tr("Latency"), u"min"_s, u"p50"_s, u"p90"_s, u"p99"_s, u"p99.9"_s, u"max"_s});
    TableView *latency = makeTable(u"repeatLatency"_s, tr("Latencies of the run"), latency_);
    account->setPlaceholder(tr("What becomes of the connections will be counted here."));
    latency->setPlaceholder(tr("How long they take will be shown here."));
    for (QStandardItemModel *model : {account_, latency_}) {
        for (int column = 1; column < (model == account_ ? int(Detail) : model->columnCount()); ++column)
            model->setHeaderData(column, Qt::Horizontal, int(Qt::AlignRight | Qt::AlignVCenter), Qt::TextAlignmentRole);
    }
    QHeaderView *header = account->horizontalHeader();
    account->setColumnRoom(What, 20);
    for (const int column : {Connections, Share, Compared})
        account->setColumnRoom(column, 15);
    header->setSectionResizeMode(Detail, QHeaderView::Stretch);
    latency->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    latency->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Fixed);
    latency->setColumnRoom(0, 28);
    constexpr int usualOutcomes = 8;
    account->setMinimumHeight(heightOf(*account, usualOutcomes));
    accountTable_ = account;
    latencyTable_ = latency;

    progress_ = new QProgressBar;
    progress_->setObjectName(u"repeatProgress"_s);
    progress_->setAccessibleName(tr("Progress of the run"));
    progress_->setRange(0, ProgressSteps);
    progress_->setTextVisible(false);
    progress_->setFixedWidth(fontMetrics().averageCharWidth() * 24);
    QSizePolicy kept = progress_->sizePolicy();
    kept.setRetainSizeWhenHidden(true); // nothing moves when a run starts
    progress_->setSizePolicy(kept);
    status_ = new StatusLabel(u"repeatStatus"_s, tr("State of the run"));

    shown_ = new QComboBox;
    shown_->setObjectName(u"repeatShown"_s);
    shown_->setAccessibleName(tr("Run that is shown"));
    compared_ = new QComboBox;
    compared_->setObjectName(u"repeatCompared"_s);
    compared_->setAccessibleName(tr("Run that is laid over it"));
    export_ = new QPushButton(tr("&Export…"));
    export_->setObjectName(u"repeatExport"_s);
    export_->setAutoDefault(false);
    for (QComboBox *box : {shown_, compared_}) {
        box->setMinimumContentsLength(24);
        connect(box, &QComboBox::activated, this, &RepeatWindow::showRuns);
    }
    connect(export_, &QPushButton::clicked, this, &RepeatWindow::exportRun);

    auto *all = new QWidget;
    auto *layout = new QVBoxLayout(all);
    layout->setContentsMargins({});
    auto *state = new QHBoxLayout;
    state->addWidget(status_, 1);
    state->addWidget(progress_);
    layout->addLayout(state);
    auto *choice = new QHBoxLayout;
    auto *shownLabel = new QLabel(tr("Sho&wn:"));
    shownLabel->setBuddy(shown_);
    auto *comparedLabel = new QLabel(tr("C&ompared with:"));
    comparedLabel->setBuddy(compared_);
    choice->addWidget(shownLabel);
    choice->addWidget(shown_);
    choice->addSpacing(12);
    choice->addWidget(comparedLabel);
    choice->addWidget(compared_);
    choice->addStretch();
    choice->addWidget(export_);
    layout->addLayout(choice);
    layout->addWidget(account, 3);
    layout->addWidget(latency);
    auto *pictures = new QHBoxLayout;
    pictures->addWidget(histogram_ = new LatencyView);
    pictures->addWidget(timeline_ = new TimelineView);
    layout->addLayout(pictures, 4);
    return all;
}

std::variant<RepeatRequest, QString> RepeatWindow::request() const
{
    const auto base = base_();
    if (const auto *error = std::get_if<QString>(&base))
        return *error;
    const auto &one = std::get<ConnectRequest>(base);
    RepeatRequest request;
    request.endpoint = one.endpoint;
    request.send = one.send;
    request.timeout = one.timeout;
    request.maxBytes = one.maxBytes;
    request.count = count_->value();
    request.concurrency = concurrency_->value();
    request.rate = rate_->value();
    request.hold = std::chrono::milliseconds(qRound64(hold_->value() * 1000));
    request.expected = encodeMessage(expected_->text());
    static const QRegularExpression separator(u"[\\s,]+"_s);
    for (const QString &text : source_->text().split(separator, Qt::SkipEmptyParts)) {
        const auto net = Net::parse(text);
        if (const auto *error = std::get_if<QString>(&net))
            return *error;
        request.sources.push_back(std::get<Net>(net));
    }
    if (const QString problem = request.problem(); !problem.isEmpty())
        return problem;
    return request;
}

void RepeatWindow::startOrCancel()
{
    if (underWay_)
        run_.post([](RepeatRun &run) { run.cancel(); });
    else
        start();
}

void RepeatWindow::start()
{
    if (underWay_)
        return;
    const auto parsed = request();
    if (const auto *error = std::get_if<QString>(&parsed)) {
        notice_->showNotice(NoticeBar::Kind::Error, *error);
        return;
    }
    const auto &asked = std::get<RepeatRequest>(parsed);
    notice_->clear();
    RepeatResult nothing;
    nothing.request = asked;
    const QLocale locale;
    runs_.push_back({tr("Run %1, %2: %3, %4 at a time")
                         .arg(locale.toString(++made_), locale.toString(QTime::currentTime(), QLocale::ShortFormat),
                              locale.toString(asked.count), locale.toString(asked.concurrency)),
                     std::make_shared<const RepeatResult>(nothing)});
    if (runs_.size() > MaxRuns)
        runs_.pop_front();
    setUnderWay(true);
    listRuns();
    run_.post([asked](RepeatRun &run) { run.start(asked); });
}

void RepeatWindow::took(const RepeatSnapshot &account)
{
    runs_.back().account = account;
    if (account->finished) {
        setUnderWay(false);
        if (const QString failure = account->failure(); !failure.isEmpty()) {
            const bool cancelled =
                account->count(RepeatOutcome::Cancelled) + account->count(RepeatOutcome::NotStarted) > 0
                && account->lookupError == 0;
            notice_->showNotice(cancelled ? NoticeBar::Kind::Information : NoticeBar::Kind::Error,
                                QString(failure + u' ' + account->advice()).trimmed());
        }
    }
    showRuns();
}

/// The choices, the latest first. The latest is shown; what it is compared with stays as long as there is such a run.
void RepeatWindow::listRuns()
{
    const QString compared = compared_->currentText();
    shown_->clear();
    compared_->clear();
    compared_->addItem(tr("None"));
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
        shown_->addItem(run->name);
        compared_->addItem(run->name);
    }
    compared_->setCurrentIndex(std::max(compared_->findText(compared), 0));
    for (QComboBox *box : {shown_, compared_})
        box->setEnabled(!runs_.empty());
    showRuns();
}

void RepeatWindow::showRuns()
{
    const auto accountOf = [this](int fromLatest) -> RepeatSnapshot {
        const auto index = static_cast<std::size_t>(fromLatest);
        return fromLatest >= 0 && index < runs_.size() ? runs_[runs_.size() - 1 - index].account : nullptr;
    };
    const RepeatSnapshot shown = accountOf(shown_->currentIndex());
    const RepeatSnapshot compared = accountOf(compared_->currentIndex() - 1);
    showAccount(shown, compared);
    showLatencies(shown, compared);
    histogram_->setRuns(shown, compared);
    timeline_->setRuns(shown, compared);
    export_->setEnabled(shown && shown->finished);
    progress_->setVisible(shown && !shown->finished);
    if (!shown) {
        status_->showText(tr("Ready"));
    } else if (shown->finished) {
        status_->showText(shown->summary());
    } else {
        const QLocale locale;
        progress_->setValue(static_cast<int>(shown->ended * ProgressSteps / std::max<qint64>(shown->request.count, 1)));
        QString text = tr("%1 of %2 ended, %3 under way")
                           .arg(locale.toString(shown->ended), locale.toString(shown->request.count),
                                locale.toString(shown->underWay()));
        if (const auto left = shown->timeLeft(); left.count() > 0)
            text += tr(" · %1 left").arg(durationText(std::chrono::ceil<std::chrono::seconds>(left)));
        status_->showText(text);
    }
}

void RepeatWindow::showAccount(const RepeatSnapshot &shown, const RepeatSnapshot &compared)
{
    const QLocale locale;
    int row = 0;
    const auto addRow = [&](const QString &name, qint64 count, const QString &other, const QString &detail) {
        setCell(*account_, row, What, name, false);
        setCell(*account_, row, Connections, locale.toString(count), true);
        setCell(*account_, row, Share, shareText(count, shown->request.count), true);
        setCell(*account_, row, Compared, other, true);
        setCell(*account_, row, Detail, detail, false);
        ++row;
    };
    for (std::size_t i = 0; shown && i < RepeatOutcomes; ++i) {
        const auto outcome = static_cast<RepeatOutcome>(i);
        if (isListed(outcome, shown, compared))
            addRow(repeatOutcomeText(outcome), shown->count(outcome),
                   compared ? locale.toString(compared->count(outcome)) : QString(), shown->detail(outcome));
    }
    if (shown)
        addRow(shown->finished ? tr("in all") : tr("ended"), shown->finished ? shown->request.count : shown->ended,
               compared ? locale.toString(compared->request.count) : QString(), shown->title());
    account_->setRowCount(row);
    accountTable_->setColumnHidden(Compared, !compared);
}

void RepeatWindow::showLatencies(const RepeatSnapshot &shown, const RepeatSnapshot &compared)
{
    int row = 0;
    const auto addRows = [&](const RepeatResult &account, const QString &suffix) {
        for (const LatencyRow &latency : latencies(account)) {
            setCell(*latency_, row, 0, latency.text + suffix, false);
            int column = 1;
            for (const LatencyFigure &figure : latencyFigures(latency.histogram))
                setCell(*latency_, row, column++, latency.histogram.count() > 0 ? durationText(figure.value) : u"–"_s,
                        true);
            ++row;
        }
    };
    if (shown)
        addRows(*shown, {});
    if (shown && compared)
        addRows(*compared, tr(", compared"));
    latency_->setRowCount(row);
    latencyTable_->setFixedHeight(heightOf(*latencyTable_, compared ? 6 : 3));
}

void RepeatWindow::showTarget()
{
    const auto parsed = base_();
    const auto *one = std::get_if<ConnectRequest>(&parsed);
    target_->showText(one ? tr("To %1, with a time-out of %2, as the client's window says")
                                .arg(one->endpoint.toString(), durationText(one->timeout))
                          : std::get<QString>(parsed));
}

void RepeatWindow::setUnderWay(bool underWay)
{
    underWay_ = underWay;
    start_->setText(underWay ? tr("Cancel") : tr("Start"));
    fields_->setEnabled(!underWay);
}

void RepeatWindow::exportRun()
{
    const RepeatSnapshot account = runs_[runs_.size() - 1 - static_cast<std::size_t>(shown_->currentIndex())].account;
    const QString csv = tr("Comma-separated values (*.csv)");
    const QString json = tr("JSON (*.json)");
    QString filter = csv;
    const QString name =
        QFileDialog::getSaveFileName(this, tr("Export Run"), u"run.csv"_s, csv + u";;"_s + json, &filter);
    if (name.isEmpty())
        return;
    const bool isJson = name.endsWith(u".json"_s, Qt::CaseInsensitive)
                        || (filter == json && !name.endsWith(u".csv"_s, Qt::CaseInsensitive));
    const QByteArray bytes = isJson ? repeatToJson(*account) : repeatToCsv(*account);
    QSaveFile file(name);
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit())
        status_->showText(tr("Exported to %1").arg(name));
    else
        notice_->showNotice(NoticeBar::Kind::Error, tr("Cannot export to %1: %2.").arg(name, file.errorString()));
}

void RepeatWindow::setOptions(const ClientOptions &options)
{
    if (options.repeat)
        count_->setValue(static_cast<int>(*options.repeat));
    if (options.concurrency)
        concurrency_->setValue(*options.concurrency);
    if (options.rate)
        rate_->setValue(*options.rate);
    if (options.hold)
        hold_->setValue(std::chrono::duration<double>(*options.hold).count());
    if (options.expected)
        expected_->setText(*options.expected);
    if (!options.sources.empty()) {
        QStringList texts;
        for (const Net &net : options.sources)
            texts.append(net.toString());
        source_->setText(texts.join(u' '));
    }
}

void RepeatWindow::restoreSettings(Settings &settings)
{
    const auto number = [&settings](const QString &key, auto *field, double fallback) {
        const auto isValid = [field](const QString &text) {
            bool isNumber = false;
            const double value = text.toDouble(&isNumber);
            return isNumber && value >= field->minimum() && value <= field->maximum();
        };
        using Value = decltype(field->value());
        const double value = settings.text(key, QString::number(fallback, 'f'), isValid).toDouble();
        field->setValue(static_cast<Value>(value));
    };
    number(u"repeat/count"_s, count_, DefaultCount);
    number(u"repeat/concurrency"_s, concurrency_, DefaultConcurrency);
    number(u"repeat/rate"_s, rate_, 0);
    number(u"repeat/hold"_s, hold_, 0);
    expected_->setText(settings.text(u"repeat/expected"_s, QString()));
    source_->setText(settings.text(u"repeat/source"_s, QString()));
}

void RepeatWindow::saveSettings(Settings &settings) const
{
    settings.setText(u"repeat/count"_s, QString::number(count_->value()), QString::number(DefaultCount));
    settings.setText(u"repeat/concurrency"_s, QString::number(concurrency_->value()),
                     QString::number(DefaultConcurrency));
    settings.setText(u"repeat/rate"_s, QString::number(rate_->value(), 'f', rate_->decimals()), u"0.000"_s);
    settings.setText(u"repeat/hold"_s, QString::number(hold_->value(), 'f', hold_->decimals()), u"0.000"_s);
    settings.setText(u"repeat/expected"_s, expected_->text(), QString());
    settings.setText(u"repeat/source"_s, source_->text(), QString());
}

void RepeatWindow::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::ActivationChange && target_)
        showTarget(); // the first window's fields may have been edited
}

} // namespace parley
