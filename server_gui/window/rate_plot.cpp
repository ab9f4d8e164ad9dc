// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "server_gui/window/rate_plot.h"

#include "shared/event/event_stream.h"
#include "shared/ui/appearance.h"

#include <QEvent>
#include <QLocale>
#include <QPainter>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

constexpr qint64 Second = 1'000'000'000;  // ns
constexpr qint64 Millisecond = 1'000'000; // ns
constexpr int CurveWidth = RateHistory::Seconds * 3;
constexpr int Gap = 10; // between the curve and the figures

} // namespace

void RateHistory::count(qint64 time)
{
    const qint64 second = time / Second;
    if (second > second_)
        advance(time);
    if (second > second_ - Slots)
        ++slot(second);
}

void RateHistory::advance(qint64 now)
{
    const qint64 second = now / Second;
    for (qint64 next = std::max(second_ + 1, second - Slots + 1); next <= second; ++next)
        slot(next) = 0;
    second_ = std::max(second_, second);
}

quint32 RateHistory::secondsAgo(int seconds) const
{
    return counts_[static_cast<std::size_t>((second_ + Slots - seconds) % Slots)];
}

quint32 RateHistory::peak() const
{
    quint32 peak = 0;
    for (int seconds = 1; seconds <= Seconds; ++seconds)
        peak = std::max(peak, secondsAgo(seconds));
    return peak;
}

bool RateHistory::isEmpty() const
{
    return std::ranges::all_of(counts_, [](quint32 count) { return count == 0; });
}

RatePlot::RatePlot(const EventStream &stream, QWidget *parent) : QWidget(parent), stream_(stream)
{
    setObjectName(u"rate"_s);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    timer_.setSingleShot(true);
    timer_.setTimerType(Qt::PreciseTimer); // a coarse one may fire 50 ms early, before the second is over
    connect(&timer_, &QTimer::timeout, this, &RatePlot::tick);
    describe();
}

void RatePlot::read(const EventBatch &batch)
{
    bool counted = false;
    for (const Event &event : batch.events) {
        const bool datagram = event.call() == Call::RecvFrom;
        if (event.connection() == 0 || (event.call() != Call::Accept && !datagram))
            continue;
        history_.count(event.time());
        countsDatagrams_ = datagram;
        counted = true;
    }
    if (counted && !timer_.isActive())
        scheduleTick();
}

/// Starts the timer for the end of the second, when its events have been delivered.
void RatePlot::scheduleTick()
{
    constexpr auto delivery = 2 * EventStream::ForWindow.inAFlood;
    const auto left = std::chrono::milliseconds((Second - stream_.now() % Second) / Millisecond);
    timer_.start(left + delivery);
}

void RatePlot::tick()
{
    history_.advance(stream_.now());
    if (!history_.isEmpty())
        scheduleTick();
    describe();
    if (sizeHint() != size()) // the figures have grown longer
        updateGeometry();
    update();
}

void RatePlot::describe()
{
    setAccessibleName(countsDatagrams_ ? tr("Datagrams per second") : tr("Connections per second"));
    const QLocale locale;
    setAccessibleDescription(tr("%1 per second, at most %2 in the last minute")
                                 .arg(locale.toString(history_.current()), locale.toString(history_.peak())));
    setToolTip(countsDatagrams_ ? tr("Datagrams per second over the last minute")
                                : tr("Connections per second over the last minute"));
}

QString RatePlot::rateText(quint32 rate) const
{
    return tr("%1/s").arg(QLocale().toString(rate));
}

QString RatePlot::peakText() const
{
    return history_.peak() > 0 ? tr("peak %1").arg(QLocale().toString(history_.peak())) : QString();
}

QFont RatePlot::smallFont() const
{
    return scaled(font(), 0.85);
}

int RatePlot::textWidth() const
{
    constexpr quint32 usual = 88'888;
    const int rate = fontMetrics().horizontalAdvance(rateText(std::max(history_.peak(), usual)));
    const QString peak = tr("peak %1").arg(QLocale().toString(std::max(history_.peak(), usual)));
    return std::max(rate, QFontMetrics(smallFont()).horizontalAdvance(peak));
}

QSize RatePlot::sizeHint() const
{
    const int lines = fontMetrics().height() + QFontMetrics(smallFont()).height();
    return {CurveWidth + Gap + textWidth(), lines};
}

void RatePlot::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        updateGeometry();
}

void RatePlot::paintEvent(QPaintEvent *)
{
    if (history_.isEmpty())
        return;
    QPainter painter(this);
    painter.setLayoutDirection(Qt::LeftToRight); // 0/s, in every language
    paintCurve(painter, QRectF(0, 0, CurveWidth, height()));

    const QRect text = rect().adjusted(width() - textWidth(), 0, 0, 0);
    const quint32 current = history_.current();
    painter.setPen(palette().color(current > 0 ? QPalette::WindowText : QPalette::PlaceholderText));
    painter.drawText(text, Qt::AlignRight | Qt::AlignTop, rateText(current));
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.setFont(smallFont());
    painter.drawText(text, Qt::AlignRight | Qt::AlignBottom, peakText());
}

/// The newest second is at the right; the highest one touches the top.
void RatePlot::paintCurve(QPainter &painter, const QRectF &area) const
{
    constexpr qreal lineWidth = 1.25;
    const qreal base = area.bottom() - lineWidth / 2;
    painter.setPen(QPen(palette().color(QPalette::Mid), 1));
    painter.drawLine(QPointF(area.left(), base), QPointF(area.right(), base));
    const quint32 peak = history_.peak();
    if (peak == 0)
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal step = area.width() / (RateHistory::Seconds - 1);
    const qreal scale = (base - area.top() - lineWidth) / peak;
    QPolygonF curve;
    for (int seconds = RateHistory::Seconds; seconds > 0; --seconds)
        curve.append({area.right() - (seconds - 1) * step, base - history_.secondsAgo(seconds) * scale});
    QColor line = palette().color(QPalette::Highlight);
    painter.setPen(QPen(line, lineWidth));
    painter.drawPolyline(curve);
    line.setAlphaF(0.22F);
    curve.append({area.right(), base});
    curve.append({area.left(), base});
    painter.setPen(Qt::NoPen);
    painter.setBrush(line);
    painter.drawPolygon(curve);
}

} // namespace parley
