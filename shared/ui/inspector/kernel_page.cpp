// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/inspector/kernel_page.h"

#include "shared/event/event_history.h"
#include "shared/message/message.h"
#include "shared/ui/status_label.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLocale>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <vector>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

enum Column { Name, Value, Field, ColumnCount };

constexpr int RowSpacing = 6; // pixels, as in the windows' tables

QString countText(qint64 count)
{
    return count < 0 ? QString() : QLocale().toString(count);
}

QString sizeText(qint64 bytes)
{
    return bytes < 0 ? QString() : bytesText(bytes);
}

QString timeText(qint64 us)
{
    return us < 0 ? QString() : durationText(std::chrono::microseconds(us));
}

} // namespace

std::vector<KernelPage::Row> KernelPage::rows()
{
    using View = native::TcpView;
    return {
        {tr("State"), u"tcpi_state"_s,
         tr("Where the connection is in TCP's life (RFC 9293): ESTABLISHED while both can send; FIN_WAIT once "
            "this side has closed, CLOSE_WAIT once the peer has."),
         [](const View &view) { return QString::fromLatin1(view.state); }},
        {tr("Round trip"), u"tcpi_rtt"_s,
         tr("How long a segment and its acknowledgement take, averaged over the last ones."),
         [](const View &view) { return timeText(view.roundTrip); }},
        {tr("Round-trip variation"), u"tcpi_rttvar"_s, tr("How much the round trips vary around that average."),
         [](const View &view) { return timeText(view.roundTripVariance); }},
        {tr("Shortest round trip"), u"tcpi_min_rtt"_s,
         tr("The shortest round trip of the last minutes: the way itself, without waiting in queues."),
         [](const View &view) { return timeText(view.minRoundTrip); }},
        {tr("Retransmission timeout"), u"tcpi_rto"_s,
         tr("Bytes that are not acknowledged after this time are sent again. The time doubles whenever that happens."),
         [](const View &view) { return timeText(view.retransmissionTimeout); }},
        {tr("Retransmissions"), u"tcpi_total_retrans"_s,
         tr("Segments that were sent once more, since the beginning: lost on the way, or late."),
         [](const View &view) { return countText(view.retransmitted); }},
        {tr("Unacknowledged (in flight)"), u"tcpi_unacked"_s, tr("Segments that were sent and not yet acknowledged."),
         [](const View &view) { return countText(view.unacknowledged); }},
        {tr("Congestion window"), u"tcpi_snd_cwnd"_s,
         tr("How many segments may be in flight at once, as this side judges the network."),
         [](const View &view) { return countText(view.congestionWindow); }},
        {tr("Peer's window"), u"tcpi_snd_wnd"_s,
         tr("How many more bytes the peer has room for. 0: its program does not read, and this side must wait."),
         [](const View &view) { return sizeText(view.peerWindow); }},
        {tr("Largest segment"), u"tcpi_snd_mss"_s, tr("The most bytes of data in one segment (MSS)."),
         [](const View &view) { return sizeText(view.maxSegment); }},
        {tr("Not sent yet"), u"tcpi_notsent_bytes"_s,
         tr("Bytes that send() took and that wait in the socket's buffer."),
         [](const View &view) { return sizeText(view.notSent); }},
        {tr("Acknowledged"), u"tcpi_bytes_acked"_s,
         tr("Bytes that the peer's system has. Our SYN and FIN count as a byte each."),
         [](const View &view) { return sizeText(view.acknowledged); }},
        {tr("Received"), u"tcpi_bytes_received"_s,
         tr("Bytes that came from the peer, whether recv() has taken them or not."),
         [](const View &view) { return sizeText(view.received); }},
        {tr("Segments sent"), u"tcpi_segs_out"_s, tr("All segments to the peer: data, acknowledgements, SYN and FIN."),
         [](const View &view) { return countText(view.segmentsSent); }},
        {tr("Segments received"), u"tcpi_segs_in"_s,
         tr("All segments from the peer: data, acknowledgements, SYN and FIN."),
         [](const View &view) { return countText(view.segmentsReceived); }},
    };
}

KernelPage::KernelPage(const EventHistory &history, QWidget *parent)
    : QWidget(parent), state_(new StatusLabel(u"kernelState"_s, tr("What the kernel tells"))), values_(new QTreeWidget),
      explanation_(new QLabel)
{
    state_->setWordWrap(true);
    values_->setObjectName(u"kernelValues"_s);
    values_->setAccessibleName(tr("Kernel's view"));
    values_->setColumnCount(ColumnCount);
    values_->setHeaderLabels({tr("Name"), tr("Value"), u"tcp_info"_s});
    values_->setRootIsDecorated(false);
    values_->setAlternatingRowColors(true);
    values_->setTabKeyNavigation(false);
    values_->header()->setSectionResizeMode(Name, QHeaderView::ResizeToContents);
    for (const Row &row : rows()) {
        auto *item = new QTreeWidgetItem(values_, {row.name, QString(), row.field});
        item->setSizeHint(
            Name, {fontMetrics().horizontalAdvance(row.name) + 2 * RowSpacing, fontMetrics().height() + RowSpacing});
        for (int column = 0; column < ColumnCount; ++column) {
            item->setToolTip(column, row.explanation);
            item->setData(column, Qt::AccessibleDescriptionRole, row.explanation);
        }
    }
    values_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    QAction *copy = values_->addAction(tr("&Copy"), QKeySequence::Copy, this, [this] {
        QString text;
        for (const QTreeWidgetItem *item : values_->selectedItems())
            text += QStringList{item->text(Name), item->text(Value), item->text(Field)}.join(u'\t') + u'\n';
        QApplication::clipboard()->setText(text);
    });
    copy->setShortcutContext(Qt::WidgetShortcut);
    values_->setContextMenuPolicy(Qt::ActionsContextMenu);
    explanation_->setObjectName(u"kernelExplanation"_s);
    explanation_->setTextFormat(Qt::PlainText);
    explanation_->setWordWrap(true);
    explanation_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    explanation_->setMinimumHeight(3 * fontMetrics().lineSpacing()); // so that the list does not jump
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 0, 0);
    layout->addWidget(state_);
    layout->addWidget(values_, 1);
    layout->addWidget(explanation_);

    connect(values_, &QTreeWidget::currentItemChanged, this, &KernelPage::explainCurrent);
    values_->setCurrentItem(values_->topLevelItem(0));
    timer_.setInterval(Interval);
    connect(&timer_, &QTimer::timeout, this, &KernelPage::ask);
    connect(&history, &EventHistory::reset, this, [this, &history] { inspect(history.watched()); });
    inspect(history.watched());
}

void KernelPage::inspect(quint64 connection)
{
    if (connection == connection_ && connection != 0)
        return; // the same connection, with fewer events
    connection_ = connection;
    hasValues_ = false;
    showValues(nullptr);
    state_->showText(connection == 0 ? tr("Select a connection to see what the kernel knows of it.") : QString());
    if (isVisible())
        ask();
}

void KernelPage::ask()
{
    if (connection_ != 0)
        Q_EMIT viewRequested(connection_);
}

void KernelPage::showAnswer(quint64 connection, const KernelView &view)
{
    if (connection != connection_)
        return; // the answer comes late
    switch (view.kind) {
    case KernelView::Kind::Told:
        hasValues_ = true;
        showValues(&view.tcp);
        state_->showText(tr("TCP_INFO of the socket, asked for every second."));
        break;
    case KernelView::Kind::NotTold:
        state_->showText(tr("Not available: the system tells this of TCP connections only, and only on Linux."));
        break;
    case KernelView::Kind::Gone:
        showWhetherLive(false);
        state_->showText(hasValues_ ? tr("The connection has ended. These are its last values.")
                                    : tr("The connection has ended, and the kernel has forgotten it."));
        break;
    }
}

void KernelPage::showValues(const native::TcpView *view)
{
    int index = 0;
    for (const Row &row : rows())
        values_->topLevelItem(index++)->setText(Value, view ? row.value(*view) : QString());
    values_->setEnabled(view != nullptr);
    showWhetherLive(true);
}

/// Last values are dimmed: the connection is in that state no longer.
void KernelPage::showWhetherLive(bool isLive)
{
    const QBrush brush = isLive ? QBrush() : QBrush(palette().color(QPalette::PlaceholderText));
    for (int row = 0; row < values_->topLevelItemCount(); ++row)
        values_->topLevelItem(row)->setForeground(Value, brush);
}

void KernelPage::explainCurrent()
{
    const QTreeWidgetItem *item = values_->currentItem();
    explanation_->setText(item ? item->toolTip(Name) : QString());
}

void KernelPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    timer_.start();
    ask();
}

void KernelPage::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    timer_.stop();
}

} // namespace parley
