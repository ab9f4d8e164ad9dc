// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event.h"

#include <QTimer>
#include <QWidget>

#include <array>

namespace parley
{

class EventStream;

/// How many events there were in each of the last seconds.
class RateHistory
{
public:
    static constexpr int Seconds = 60;

    /// @param time ns since the stream's start. An event that is older than the history is not counted.
    void count(qint64 time);
    /// Keeps the minute of whole seconds before @p now (ns), and the second that is not over yet.
    void advance(qint64 now);

    /// The events of one whole second: 1 for the last one, Seconds for the oldest.
    quint32 secondsAgo(int seconds) const;
    quint32 current() const { return secondsAgo(1); }
    quint32 peak() const;
    bool isEmpty() const;

private:
    static constexpr qint64 Slots = Seconds + 1; // the last slot is the second that is not over

    quint32 &slot(qint64 second) { return counts_[static_cast<std::size_t>(second % Slots)]; }

    std::array<quint32, Slots> counts_{};
    qint64 second_ = 0; // the second that is not over, since the stream's start
};

/// The connections, or datagrams, of each second of the last minute: a line over a filled area, with the current rate
/// and the peak in figures. Drawn once a second, and not at all while nothing happens.
class RatePlot : public QWidget
{
    Q_OBJECT

public:
    /// @param stream outlives the widget.
    explicit RatePlot(const EventStream &stream, QWidget *parent = nullptr);

    void read(const EventBatch &batch);
    const RateHistory &history() const { return history_; }

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void tick();
    void scheduleTick();
    void describe();
    void paintCurve(QPainter &painter, const QRectF &area) const;
    QString rateText(quint32 rate) const;
    QString peakText() const;
    QFont smallFont() const;
    int textWidth() const;

    const EventStream &stream_;
    RateHistory history_;
    bool countsDatagrams_ = false;
    QTimer timer_;
};

} // namespace parley
