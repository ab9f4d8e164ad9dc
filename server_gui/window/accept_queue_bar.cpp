// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/window/accept_queue_bar.h"

#include "server_gui/engine/stream_listener.h"
#include "shared/ui/appearance.h"
#include "shared/ui/field_help.h"
#include "shared/ui/menus.h"
#include "shared/ui/status_label.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QPalette>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parley
{

/// A box for each connection that may wait: filled where one does. The last one is what Linux admits beyond the
/// backlog.
class QueueBoxes : public QWidget
{
public:
    static constexpr int MostBoxes = 33; ///< a longer queue is told in words alone

    QueueBoxes()
    {
        setObjectName(u"queueBoxes"_s);
        setAccessibleName(AcceptQueueBar::tr("Places in the accept queue"));
    }

    void setQueue(int waiting, int backlog)
    {
        waiting_ = waiting;
        places_ = backlog + 1 <= MostBoxes ? backlog + 1 : 0;
        setVisible(places_ > 0);
        const QLocale locale;
        setAccessibleDescription(AcceptQueueBar::tr("%1 of %2 taken, the last one beyond the backlog")
                                     .arg(locale.toString(waiting), locale.toString(places_)));
        setToolTip(accessibleDescription());
        updateGeometry();
        update();
    }

    QSize sizeHint() const override { return {places_ * (fontMetrics().ascent() + Gap), fontMetrics().ascent() + 2}; }
    QSize minimumSizeHint() const override { return {places_ * Narrowest, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const int side = std::min(width() / std::max(places_, 1), fontMetrics().ascent() + Gap) - Gap;
        for (int place = 0; place < places_; ++place) {
            QPen pen(edgeColour(palette()));
            if (place == places_ - 1)
                pen.setStyle(Qt::DotLine);
            painter.setPen(pen);
            painter.setBrush(place < waiting_ ? palette().brush(QPalette::Highlight) : QBrush(Qt::NoBrush));
            painter.drawRect(place * (side + Gap), (height() - side) / 2, side, side);
        }
    }

private:
    static constexpr int Gap = 4;       // pixels between boxes
    static constexpr int Narrowest = 7; // a box and its gap, where there is little room

    int waiting_ = 0;
    int places_ = 0;
};

AcceptQueueBar::AcceptQueueBar(IoThread<Server> &server, int backlog, QWidget *parent)
    : QWidget(parent), server_(server), holdAction_(new QAction(tr("&Hold Accept"), this)),
      showAction_(new QAction(tr("Accept &Queue"), this)),
      label_(new StatusLabel(u"acceptQueue"_s, tr("Accept queue"))), backlog_(new QSpinBox), boxes_(new QueueBoxes),
      hold_(new QPushButton(tr("Hol&d Accept"))), acceptOne_(new QPushButton(tr("Accept O&ne"))),
      acceptAll_(new QPushButton(tr("Accept &All")))
{
    holdAction_->setCheckable(true);
    holdAction_->setShortcut(Qt::CTRL | Qt::Key_H);
    showAction_->setCheckable(true);
    label_->setWordWrap(true);
    label_->setToolTip(tr("The system makes connections by itself and keeps them in a queue until the server calls "
                          "accept(). Set the backlog to 2 to see a queue overflow."));
    auto *backlogLabel = new QLabel(tr("Bac&klog:"));
    backlogLabel->setBuddy(backlog_);
    backlog_->setObjectName(u"backlog"_s);
    backlog_->setRange(0, StreamListener::MostQueued);
    backlog_->setGroupSeparatorShown(true);
    backlog_->setKeyboardTracking(false); // a user who types 4096 does not mean 4
    backlog_->setValue(backlog);
    explainField(*backlog_, tr("How many connections may wait; a change calls listen() again. Linux lets in one more, "
                               "and no more than net.core.somaxconn."));
    acceptOne_->setObjectName(u"acceptOne"_s);
    explainField(*acceptOne_, tr("Calls accept() for the connection that has waited longest."));
    acceptAll_->setObjectName(u"acceptAll"_s);
    explainField(*acceptAll_, tr("Calls accept() until nobody waits."));
    hold_->setObjectName(u"hold"_s);
    hold_->setCheckable(true);
    explainField(*hold_, tr("While it is pressed, accept() is not called: connections wait in the queue. Released, it "
                            "lets all in."));
    connect(hold_, &QPushButton::toggled, holdAction_, &QAction::setChecked);
    connect(holdAction_, &QAction::toggled, hold_, &QPushButton::setChecked);
    auto *state = new QHBoxLayout;
    state->addWidget(label_, 1);
    state->addWidget(boxes_);
    auto *controls = new QHBoxLayout; // in a line of their own: a narrow window has room for no more
    controls->addWidget(backlogLabel);
    controls->addWidget(backlog_);
    controls->addStretch(1);
    for (QPushButton *button : {hold_, acceptOne_, acceptAll_})
        controls->addWidget(button);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(state);
    layout->addLayout(controls);
    addCopyPicture(*boxes_);
    acceptOne_->hide();
    acceptAll_->hide();
    hide();

    connect(holdAction_, &QAction::toggled, this, &AcceptQueueBar::hold);
    connect(showAction_, &QAction::toggled, this, &AcceptQueueBar::appearIfWanted);
    connect(backlog_, &QSpinBox::valueChanged, this,
            [this](int count) { server_.post([count](Server &engine) { engine.setBacklog(count); }); });
    connect(acceptOne_, &QPushButton::clicked, this,
            [this] { server_.post([](Server &engine) { engine.acceptHeld(1); }); });
    connect(acceptAll_, &QPushButton::clicked, this,
            [this] { server_.post([](Server &engine) { engine.acceptHeld(StreamListener::MostQueued + 1); }); });
    server_.hear(&Server::acceptQueueChanged, this, &AcceptQueueBar::showQueue);
    server_.hear(&Server::starved, this, [this](int error, native::DescriptorUse) {
        starved_ = error != 0;
        appearIfWanted();
    });
}

int AcceptQueueBar::backlog() const
{
    return backlog_->value();
}

void AcceptQueueBar::hold(bool hold)
{
    server_.post([hold](Server &engine) { engine.holdAccept(hold); });
    acceptOne_->setVisible(hold);
    acceptAll_->setVisible(hold);
    appearIfWanted();
}

void AcceptQueueBar::appearIfWanted()
{
    setVisible(holdAction_->isChecked() || showAction_->isChecked() || starved_);
}

void AcceptQueueBar::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    server_.post([](Server &engine) { engine.watchAcceptQueue(true); });
}

void AcceptQueueBar::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    server_.post([](Server &engine) { engine.watchAcceptQueue(false); });
    findPeers(0);
}

/// The system tells who waits only in a table of all connections, which takes a while to read.
void AcceptQueueBar::findPeers(int waiting)
{
    if (waiting == waiting_)
        return;
    waiting_ = waiting;
    search_.reset();
    if (waiting == 0) {
        Q_EMIT waitingChanged({});
        return;
    }
    search_ = std::make_unique<WaitingSearch>(listener_);
    connect(search_.get(), &WaitingSearch::finished, this, [this](const std::vector<Address> &found) {
        QStringList peers;
        for (const Address &peer : found)
            peers.append(tr("%1, port %2: waiting in the accept queue")
                             .arg(QString::fromUtf8(peer.host()), QString::number(peer.port())));
        peers.sort();
        Q_EMIT waitingChanged(peers);
    });
}

void AcceptQueueBar::showQueue(bool exists, std::optional<native::AcceptQueue> queue)
{
    const bool somebodyMayWait = exists && (!queue || queue->waiting > 0);
    acceptOne_->setEnabled(somebodyMayWait);
    acceptAll_->setEnabled(somebodyMayWait);
    boxes_->setVisible(exists && queue);
    if (exists && queue)
        boxes_->setQueue(queue->waiting, queue->backlog);
    findPeers(exists && queue ? queue->waiting : 0);
    const QString text = exists ? queueText(queue)
                         : holdAction_->isChecked()
                             ? tr("Accept is held, but there is no accept queue: nothing listens for connections.")
                             : tr("There is no accept queue: nothing listens for connections.");
    if (text != label_->text())
        label_->showText(text);
}

QString AcceptQueueBar::queueText(std::optional<native::AcceptQueue> queue) const
{
    if (!queue)
        return holdAction_->isChecked()
                   ? tr("Accept is held. The system does not say how many connections are waiting.")
                   : tr("The system does not say how many connections are waiting in the accept queue.");
    const QLocale locale;
    const QString text = (holdAction_->isChecked() ? tr("Accept is held: %1 waiting in its queue, backlog %2.")
                                                   : tr("Accept queue: %1 waiting, backlog %2."))
                             .arg(locale.toString(queue->waiting), locale.toString(queue->backlog));
    if (!queue->isFull())
        return text;
    return text
           + tr(" It is full: the system ignores further clients that ask to connect (SYN), and they ask again, after "
                "1 s at first.");
}

} // namespace parley
