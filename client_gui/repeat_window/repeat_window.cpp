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
#include <QLineEdit>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

constexpr int ProgressSteps = 1'000;
constexpr int LeastOutcomes = 5; // rows of the account that are seen at least

enum AccountColumn { What, Connections, Share, Compared, Detail, Difference };

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

bool isListed(RepeatOutcome outcome, const RepeatSnapshot &shown, const RepeatSnapshot &compared)
{
    return isUsual(outcome) || shown->count(outcome) > 0 || (compared && compared->count(outcome) > 0);
}

/// `+35 %`; empty where there is nothing to compare with.
QString percentText(qint64 value, qint64 other)
{
    if (other == 0)
        return {};
    const double percent = 100.0 * static_cast<double>(value - other) / static_cast<double>(other);
    const QString number = QLocale().toString(percent, 'f', std::abs(percent) < 10 && value != other ? 1 : 0);
    return QCoreApplication::translate("Repeat", "%1 %").arg(value > other ? u'+' + number : number);
}

/// `+12, +35 %`; `–` for none.
QString differenceText(qint64 value, qint64 other)
{
    if (value == other)
        return u"–"_s;
    const QString number = QLocale().toString(value - other);
    const QString percent = percentText(value, other);
    const QString signedNumber = value > other ? u'+' + number : number;
    return percent.isEmpty() ? signedNumber
                             : QCoreApplication::translate("Repeat", "%1, %2").arg(signedNumber, percent);
}

/// With the date where it is not today's.
QString timeOf(const QDateTime &moment)
{
    return moment.toString(moment.date() == QDate::currentDate() ? u"HH:mm:ss"_s : u"yyyy-MM-dd HH:mm:ss"_s);
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
    account_->setHorizontalHeaderLabels(
        {tr("Outcome"), tr("Connections"), tr("Share"), tr("Compared"), tr("Details"), tr("Difference")});
    TableView *account = makeTable(u"repeatAccount"_s, tr("Account of the run"), account_);
    latency_ = new QStandardItemModel(this);
    latency_->setHorizontalHeaderLabels({tr("Latency"), u"min"_s, u"p50"_s, u"p90"_s, u"p99"_s, u"p99.9"_s, u"max"_s});
    TableView *latency = makeTable(u"repeatLatency"_s, tr("Latencies of the run"), latency_);
    account->setPlaceholder(tr("What becomes of the connections will be counted here."));
    latency->setPlaceholder(tr("How long they take will be shown here."));
    for (QStandardItemModel *model : {account_, latency_}) {
        for (int column = 1; column < model->columnCount(); ++column) {
            if (model == latency_ || column != Detail)
                model->setHeaderData(column, Qt::Horizontal, int(Qt::AlignRight | Qt::AlignVCenter),
                                     Qt::TextAlignmentRole);
        }
    }
    account->setFollowing(false); // what became of the most stands first
    QHeaderView *header = account->horizontalHeader();
    account->setColumnRoom(What, 20);
    for (const int column : {Connections, Share, Compared, Difference})
        account->setColumnRoom(column, 15);
    header->moveSection(Difference, Detail);
    header->setSectionResizeMode(Detail, QHeaderView::Stretch);
    latency->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    latency->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Fixed);
    latency->setColumnRoom(0, 24);
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
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon); // a long name makes nothing wider
    }
    shown_->setEditable(true);
    shown_->setInsertPolicy(QComboBox::NoInsert);
    shown_->setCompleter(nullptr);
    shown_->setAccessibleDescription(tr("Can be given another name"));
    shown_->setToolTip(tr("Type another name for the run here"));
    connect(shown_->lineEdit(), &QLineEdit::editingFinished, this, [this] {
        rename();
        listOthers();
    });
    connect(shown_, &QComboBox::activated, this, &RepeatWindow::listOthers);
    connect(compared_, &QComboBox::activated, this, &RepeatWindow::showRuns);

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
    choice->addWidget(shown_, 1);
    choice->addSpacing(12);
    choice->addWidget(comparedLabel);
    choice->addWidget(compared_, 1);
    choice->addSpacing(12);
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
    runs_.push_back({++made_, QString(), QDateTime::currentDateTime(), std::make_shared<const RepeatResult>(nothing)});
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

QString RepeatWindow::StoredRun::usualName() const
{
    const QLocale locale;
    const RepeatRequest &asked = account->request;
    const QString extent = asked.lasting.count() > 0 ? spanText(asked.lasting) : locale.toString(asked.count);
    return tr("Run %1: %2 to %3, %4").arg(locale.toString(number), extent, asked.endpoint.toString(), timeOf(started));
}

QString RepeatWindow::StoredRun::what() const
{
    return tr("%1. Started at %2.").arg(account->title(), timeOf(started));
}

/// Fills the choices, the latest run first, and shows that.
void RepeatWindow::listRuns()
{
    shown_->clear();
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
        shown_->addItem(run->shownName(), run->number);
        shown_->setItemData(shown_->count() - 1, run->what(), Qt::ToolTipRole);
    }
    shown_->setEnabled(!runs_.empty());
    listOthers();
}

/// A day later, the names need the date.
void RepeatWindow::nameRuns()
{
    const bool isEdited = shown_->lineEdit()->isModified();
    for (const StoredRun &run : runs_) {
        for (QComboBox *box : {shown_, compared_}) {
            const int item = box->findData(run.number);
            if (item < 0 || (box == shown_ && isEdited) || box->itemText(item) == run.shownName())
                continue;
            box->setItemText(item, run.shownName());
            box->setItemData(item, run.what(), Qt::ToolTipRole);
        }
    }
}

/// The runs that the shown one can be compared with. The chosen one stays as long as it is among them.
void RepeatWindow::listOthers()
{
    const QVariant compared = compared_->currentData();
    compared_->clear();
    compared_->addItem(tr("None"));
    for (int i = 0; i < shown_->count(); ++i) {
        if (i == shown_->currentIndex())
            continue;
        compared_->addItem(shown_->itemText(i), shown_->itemData(i));
        compared_->setItemData(compared_->count() - 1, shown_->itemData(i, Qt::ToolTipRole), Qt::ToolTipRole);
    }
    compared_->setCurrentIndex(compared.isValid() ? std::max(compared_->findData(compared), 0) : 0);
    compared_->setEnabled(compared_->count() > 1);
    shown_->lineEdit()->setCursorPosition(0); // the name's beginning says the most
    showRuns();
}

/// The user has edited the name of the shown run.
void RepeatWindow::rename()
{
    StoredRun *run = chosen(*shown_);
    if (!run || !shown_->lineEdit()->isModified())
        return;
    const QString name = shown_->lineEdit()->text().simplified();
    run->name = name == run->usualName() ? QString() : name;
    shown_->setItemText(shown_->currentIndex(), run->shownName());
    shown_->lineEdit()->setCursorPosition(0);
}

RepeatWindow::StoredRun *RepeatWindow::chosen(const QComboBox &box)
{
    const auto found = std::find_if(runs_.begin(), runs_.end(),
                                    [&box](const StoredRun &run) { return box.currentData() == run.number; });
    return found == runs_.end() ? nullptr : &*found;
}

void RepeatWindow::showRuns()
{
    const auto accountOf = [this](const QComboBox &box) {
        const StoredRun *run = chosen(box);
        return run ? run->account : nullptr;
    };
    const RepeatSnapshot shown = accountOf(*shown_);
    const RepeatSnapshot compared = accountOf(*compared_);
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

void RepeatWindow::setCell(QStandardItemModel &model, int row, int column, const QString &text,
                           QPalette::ColorRole role)
{
    QStandardItem *item = model.item(row, column);
    if (!item) {
        const bool isText = column == 0 || (&model == account_ && column == Detail);
        item = new QStandardItem;
        item->setEditable(false);
        item->setTextAlignment((isText ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        model.setItem(row, column, item);
    }
    if (item->text() != text)
        item->setText(text);
    if (const QBrush &colour = palette().brush(role); item->foreground() != colour)
        item->setForeground(colour);
}

void RepeatWindow::showAccount(const RepeatSnapshot &shown, const RepeatSnapshot &compared)
{
    const QLocale locale;
    const auto sum = [](const RepeatSnapshot &account) { return account->finished ? account->all() : account->ended; };
    int row = 0;
    const auto addRow = [&](const QString &name, qint64 count, qint64 other, const QString &detail) {
        const auto role = count == 0 && other == 0 ? QPalette::PlaceholderText : QPalette::Text;
        setCell(*account_, row, What, name, role);
        setCell(*account_, row, Connections, locale.toString(count), role);
        setCell(*account_, row, Share, shareText(count, std::max<qint64>(sum(shown), 1)), role);
        setCell(*account_, row, Compared, compared ? locale.toString(other) : QString(), role);
        setCell(*account_, row, Difference, compared ? differenceText(count, other) : QString(), role);
        setCell(*account_, row, Detail, detail, role);
        ++row;
    };
    for (std::size_t i = 0; shown && i < RepeatOutcomes; ++i) {
        const auto outcome = static_cast<RepeatOutcome>(i);
        if (isListed(outcome, shown, compared))
            addRow(repeatOutcomeText(outcome, shown->request), shown->count(outcome),
                   compared ? compared->count(outcome) : 0, shown->detail(outcome));
    }
    if (shown)
        addRow(shown->finished ? tr("in all") : tr("ended"), sum(shown), compared ? sum(compared) : 0, shown->title());
    account_->setRowCount(row);
    const bool isDatagram = shown && shown->request.isDatagram();
    account_->setHeaderData(Connections, Qt::Horizontal, isDatagram ? tr("Datagrams") : tr("Connections"));
    for (const int column : {Compared, Difference})
        accountTable_->setColumnHidden(column, !compared);
}

/// Below each latency of the shown run that of the other one.
void RepeatWindow::showLatencies(const RepeatSnapshot &shown, const RepeatSnapshot &compared)
{
    int row = 0;
    const std::vector<LatencyRow> rows = shown ? latencies(*shown) : std::vector<LatencyRow>();
    const std::vector<LatencyRow> others = compared ? latencies(*compared) : std::vector<LatencyRow>();
    for (const LatencyRow &latency : rows) {
        const auto other = std::find_if(others.begin(), others.end(), [&latency](const LatencyRow &each) {
            return QLatin1String(each.name) == QLatin1String(latency.name);
        });
        const bool hasOther = other != others.end() && other->histogram.count() > 0;
        const auto figures = latencyFigures(latency.histogram);
        setCell(*latency_, row, 0, latency.text, QPalette::Text);
        if (compared)
            setCell(*latency_, row + 1, 0, tr("%1, compared").arg(latency.text), QPalette::PlaceholderText);
        for (std::size_t i = 0; i < figures.size(); ++i) {
            const int column = static_cast<int>(i) + 1;
            const auto otherValue = hasOther ? latencyFigures(other->histogram)[i].value : std::chrono::nanoseconds(0);
            QString text = latency.histogram.count() > 0 ? durationText(figures[i].value) : u"–"_s;
            const QString percent = percentText(figures[i].value.count(), otherValue.count());
            if (latency.histogram.count() > 0 && !percent.isEmpty())
                text = tr("%1, %2").arg(text, percent);
            setCell(*latency_, row, column, text, QPalette::Text);
            if (compared)
                setCell(*latency_, row + 1, column, hasOther ? durationText(otherValue) : u"–"_s,
                        QPalette::PlaceholderText);
        }
        row += compared ? 2 : 1;
    }
    latency_->setRowCount(row);
    constexpr int usual = 3;
    const int shownRows = std::max(row, usual);
    latencyTable_->setFixedHeight(heightOf(*latencyTable_, shownRows));
    // The window stays as it is: the account has the fewer lines, and scrolls where there is no more room.
    accountTable_->setMinimumHeight(heightOf(*accountTable_, std::max(LeastOutcomes + usual - shownRows, 2)));
}

void RepeatWindow::showTarget()
{
    const auto parsed = base_();
    const auto *one = std::get_if<ConnectRequest>(&parsed);
    target_->showText(one ? tr("To %1, time-out %2 (set in the client's window)")
                                .arg(one->endpoint.toString(), spanText(one->timeout))
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
    const RepeatSnapshot account = chosen(*shown_)->account;
    saver_->ask(kind, [account, format]() -> FileSaver::Writer {
        return [account, format](QIODevice &file) { file.write(format(*account)); };
    });
}

void RepeatWindow::setEncoding(TextEncoding encoding)
{
    form_->setEncoding(encoding);
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
    if (event->type() == QEvent::ActivationChange && target_) {
        showTarget(); // the first window's fields may have been edited
        nameRuns();
    }
    if (event->type() == QEvent::PaletteChange && shown_)
        showRuns(); // some cells are dimmed
}

} // namespace parley
