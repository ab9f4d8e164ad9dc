// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat_window/repeat_window.h"

#include "client_gui/repeat/repeat_export.h"
#include "client_gui/repeat_window/latency_view.h"
#include "client_gui/repeat_window/repeat_form.h"
#include "shared/ui/endpoint_form.h"
#include "shared/ui/field_help.h"
#include "shared/ui/menus.h"
#include "shared/ui/notice_bar.h"
#include "shared/ui/placement.h"
#include "shared/ui/settings.h"
#include "shared/ui/status_label.h"
#include "shared/ui/table_view.h"

#include <QComboBox>
#include <QEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QStandardItemModel>
#include <QTime>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

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

/// Makes @p table as high as its header and @p rows rows.
int heightOf(const TableView &table, int rows)
{
    return table.horizontalHeader()->sizeHint().height() + rows * table.verticalHeader()->defaultSectionSize()
           + 2 * table.frameWidth();
}

void setCell(QStandardItemModel &model, int row, int column, const QString &text, bool isNumber, const QBrush &colour)
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
    if (item->foreground() != colour)
        item->setForeground(colour);
}

bool isListed(RepeatOutcome outcome, const RepeatSnapshot &shown, const RepeatSnapshot &compared)
{
    return isUsual(outcome) || shown->count(outcome) > 0 || (compared && compared->count(outcome) > 0);
}

QString shareText(qint64 count, qint64 all)
{
    return QCoreApplication::translate("Repeat", "%1 %")
        .arg(QLocale().toString(100.0 * static_cast<double>(count) / static_cast<double>(all), 'f', 2));
}

} // namespace

RepeatWindow::RepeatWindow(QWidget *parent, Base base)
    : QWidget(parent, Qt::Window), base_(std::move(base)), saver_(new FileSaver(this))
{
    setWindowTitle(tr("Repeat – Parley Client"));
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->addWidget(buildRequest());
    layout->addWidget(notice_ = new NoticeBar);
    notice_->setObjectName(u"repeatNotice"_s); // "notice" belongs to the first window
    layout->addWidget(buildResults(), 1);
    auto *whole = new QVBoxLayout(this);
    whole->setContentsMargins({});
    whole->addWidget(scrollable(content));
    nameComboBoxes(*this);
    resize(usualSize(*this, {880, 760}));
    run_.hear(&RepeatRun::progressed, this, &RepeatWindow::took);
    run_.hear(&RepeatRun::finished, this, &RepeatWindow::took);
    setUnderWay(false);
    listRuns();
}

QWidget *RepeatWindow::buildRequest()
{
    form_ = new RepeatForm;
    start_ = new QPushButton;
    start_->setObjectName(u"repeatStart"_s);
    start_->setDefault(true);
    keepWidth(*start_, {tr("Start"), tr("Cancel")});
    ignoreDoubleClicks(*start_);
    start_->installEventFilter(this);
    connect(start_, &QPushButton::clicked, this, &RepeatWindow::startOrCancel);
    connect(form_, &RepeatForm::submitted, this, &RepeatWindow::start);
    target_ = new StatusLabel(u"repeatTarget"_s, tr("Where to"));

    auto *all = new QWidget;
    auto *layout = new QVBoxLayout(all);
    layout->setContentsMargins({});
    auto *top = new QHBoxLayout;
    top->addWidget(target_, 1);
    top->addWidget(start_);
    layout->addLayout(top);
    layout->addWidget(form_);
    return all;
}

QWidget *RepeatWindow::buildResults()
{
    account_ = new QStandardItemModel(this);
    account_->setHorizontalHeaderLabels({tr("Outcome"), tr("Connections"), tr("Share"), tr("Compared"), tr("Details")});
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
    compared_->setAccessibleName(tr("Run that it is compared with"));
    const auto exportButton = [this](const QString &name, const QString &text, const FileSaver::Kind &kind,
                                     QByteArray (*format)(const RepeatResult &)) {
        auto *button = new QPushButton(text);
        button->setObjectName(name);
        button->setAutoDefault(false);
        connect(button, &QPushButton::clicked, this, [this, kind, format] { exportRun(kind, format); });
        return button;
    };
    const QString exporting = tr("Export Run");
    exportCsv_ = exportButton(u"repeatExportCsv"_s, tr("Export CS&V…"),
                              {exporting, u"run.csv"_s, tr("Comma-separated values (*.csv)")}, repeatToCsv);
    exportJson_ = exportButton(u"repeatExportJson"_s, tr("Export &JSON…"),
                               {exporting, u"run.json"_s, tr("JSON (*.json)")}, repeatToJson);
    connect(saver_, &FileSaver::saved, this, [this](const QString &sentence) {
        notice_->clear(NoticeBar::About::Saving);
        status_->showText(sentence);
    });
    connect(saver_, &FileSaver::failed, this, [this](const QString &sentence, const std::function<void()> &askAgain) {
        notice_->showNotice(NoticeBar::About::Saving, sentence, tr("Save Elsewhere…"), askAgain);
    });
    for (QComboBox *box : {shown_, compared_}) {
        box->setMinimumContentsLength(24);
        connect(box, &QComboBox::activated, this, &RepeatWindow::showRuns);
    }

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
    choice->addWidget(exportCsv_);
    choice->addWidget(exportJson_);
    layout->addLayout(choice);
    layout->addWidget(account, 3);
    layout->addWidget(latency);
    auto *pictures = new QHBoxLayout;
    pictures->addWidget(histogram_ = new LatencyView);
    pictures->addWidget(timeline_ = new TimelineView);
    for (QWidget *picture : {static_cast<QWidget *>(histogram_), static_cast<QWidget *>(timeline_)})
        addCopyPicture(*picture);
    for (TableView *table : {account, latency})
        connect(table, &TableView::statusMessage, status_, &StatusLabel::showText);
    layout->addLayout(pictures, 4);
    return all;
}

std::variant<RepeatRequest, QString> RepeatWindow::request() const
{
    const auto base = base_();
    if (const auto *error = std::get_if<QString>(&base))
        return *error;
    return form_->request(std::get<ConnectRequest>(base));
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
        notice_->showNotice(NoticeBar::About::Failure, *error);
        return;
    }
    const auto &asked = std::get<RepeatRequest>(parsed);
    notice_->clear();
    RepeatResult nothing;
    nothing.request = asked;
    const QLocale locale;
    runs_.push_back({tr("Run %1: %2").arg(locale.toString(++made_), nothing.title()),
                     tr("Started at %1").arg(locale.toString(QTime::currentTime(), QLocale::ShortFormat)),
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
    tellWaiting(*account);
    if (account->finished) {
        setUnderWay(false);
        if (const QString failure = account->failure(); !failure.isEmpty()) {
            notice_->showNotice(account->cancelled ? NoticeBar::About::Ending : NoticeBar::About::Failure,
                                (failure + u' ' + account->advice()).trimmed());
        }
    }
    showRuns();
}

/// Fills the choices, the latest run first, and shows that. The run that it is compared with stays as long as it
/// exists.
void RepeatWindow::listRuns()
{
    const QString compared = compared_->currentText();
    shown_->clear();
    compared_->clear();
    compared_->addItem(tr("None"));
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
        for (QComboBox *box : {shown_, compared_}) {
            box->addItem(run->name);
            box->setItemData(box->count() - 1, run->when, Qt::ToolTipRole);
        }
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
    for (QPushButton *button : {exportCsv_, exportJson_})
        button->setEnabled(shown && shown->finished);
    progress_->setVisible(shown && !shown->finished);
    if (!shown) {
        status_->showText(tr("Ready"));
    } else if (shown->finished) {
        status_->showText(shown->summary());
    } else {
        const QLocale locale;
        progress_->setValue(static_cast<int>(shown->progress() * ProgressSteps));
        const QString ended = locale.toString(shown->ended);
        const QString underWay = locale.toString(shown->underWay());
        QString text = shown->request.lasting.count() > 0 && !shown->timeIsOver
                           ? tr("%1 ended, %2 under way").arg(ended, underWay)
                           : tr("%1 of %2 ended, %3 under way").arg(ended, locale.toString(shown->all()), underWay);
        if (const auto left = shown->timeLeft(); left.count() > 0)
            text += tr(" · %1 left").arg(durationText(std::chrono::ceil<std::chrono::seconds>(left)));
        status_->showText(text);
    }
}

void RepeatWindow::showAccount(const RepeatSnapshot &shown, const RepeatSnapshot &compared)
{
    const QLocale locale;
    const auto sum = [](const RepeatSnapshot &account) { return account->finished ? account->all() : account->ended; };
    int row = 0;
    const auto addRow = [&](const QString &name, qint64 count, const QString &other, const QString &detail) {
        const bool isQuiet = count == 0 && (!compared || other == locale.toString(0));
        const QBrush colour = palette().brush(isQuiet ? QPalette::PlaceholderText : QPalette::Text);
        setCell(*account_, row, What, name, false, colour);
        setCell(*account_, row, Connections, locale.toString(count), true, colour);
        setCell(*account_, row, Share, shareText(count, std::max<qint64>(sum(shown), 1)), true, colour);
        setCell(*account_, row, Compared, other, true, colour);
        setCell(*account_, row, Detail, detail, false, colour);
        ++row;
    };
    for (std::size_t i = 0; shown && i < RepeatOutcomes; ++i) {
        const auto outcome = static_cast<RepeatOutcome>(i);
        if (isListed(outcome, shown, compared))
            addRow(repeatOutcomeText(outcome, shown->request), shown->count(outcome),
                   compared ? locale.toString(compared->count(outcome)) : QString(), shown->detail(outcome));
    }
    if (shown)
        addRow(shown->finished ? tr("in all") : tr("ended"), sum(shown),
               compared ? locale.toString(sum(compared)) : QString(), shown->title());
    account_->setRowCount(row);
    accountTable_->setColumnHidden(Compared, !compared);
}

void RepeatWindow::showLatencies(const RepeatSnapshot &shown, const RepeatSnapshot &compared)
{
    int row = 0;
    const QBrush colour = palette().brush(QPalette::Text);
    const auto addRows = [&](const RepeatResult &account, const QString &suffix) {
        for (const LatencyRow &latency : latencies(account)) {
            setCell(*latency_, row, 0, latency.text + suffix, false, colour);
            int column = 1;
            for (const LatencyFigure &figure : latencyFigures(latency.histogram))
                setCell(*latency_, row, column++, latency.histogram.count() > 0 ? durationText(figure.value) : u"–"_s,
                        true, colour);
            ++row;
        }
    };
    if (shown)
        addRows(*shown, {});
    if (shown && compared)
        addRows(*compared, tr(", compared"));
    latency_->setRowCount(row);
    latencyTable_->setFixedHeight(heightOf(*latencyTable_, std::max(row, 3)));
}

void RepeatWindow::showTarget()
{
    const auto parsed = base_();
    const auto *one = std::get_if<ConnectRequest>(&parsed);
    target_->showText(one ? tr("To %1, time-out %2 (set in the client's window)")
                                .arg(one->endpoint.toString(), secondsText(one->timeout))
                          : std::get<QString>(parsed));
}

void RepeatWindow::setUnderWay(bool underWay)
{
    underWay_ = underWay;
    start_->setText(underWay ? tr("Cancel") : tr("Start"));
    if (underWay && form_->isAncestorOf(focusWidget())) {
        edited_ = focusWidget();
        start_->setFocus();
    }
    form_->setEnabled(!underWay);
    if (!underWay && edited_ && start_->hasFocus())
        edited_->setFocus();
    if (!underWay)
        edited_ = nullptr;
}

/// A run in which nothing happens says what it waits for.
void RepeatWindow::tellWaiting(const RepeatResult &account)
{
    const QString text = account.waitingText();
    if (text.isEmpty())
        notice_->clear(NoticeBar::About::Advice);
    else
        notice_->showNotice(NoticeBar::About::Advice, text);
}

/// The Return key starts a run, and does not cancel one: it may have been pressed twice.
bool RepeatWindow::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == start_ && event->type() == QEvent::KeyPress && underWay_) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter)
            return true;
    }
    return QWidget::eventFilter(watched, event);
}

void RepeatWindow::exportRun(const FileSaver::Kind &kind, QByteArray (*format)(const RepeatResult &))
{
    const RepeatSnapshot account = runs_[runs_.size() - 1 - static_cast<std::size_t>(shown_->currentIndex())].account;
    saver_->ask(kind, [account, format]() -> FileSaver::Writer {
        return [account, format](QIODevice &file) { file.write(format(*account)); };
    });
}

void RepeatWindow::setOptions(const ClientOptions &options)
{
    form_->setOptions(options);
}

void RepeatWindow::restoreSettings(Settings &settings)
{
    form_->restoreSettings(settings);
    settings.restoreGeometry(*this, u"repeat/geometry"_s);
}

void RepeatWindow::saveSettings(Settings &settings, bool all) const
{
    form_->saveSettings(settings, all);
    settings.saveGeometry(*this, u"repeat/geometry"_s);
}

void RepeatWindow::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::ActivationChange && target_)
        showTarget(); // the first window's fields may have been edited
    if (event->type() == QEvent::PaletteChange && shown_)
        showRuns(); // some cells are dimmed
}

} // namespace parley
