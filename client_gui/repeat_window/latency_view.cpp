// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat_window/latency_view.h"

#include "shared/message/message.h"

#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

using std::chrono::nanoseconds;

const QColor OtherOutcomes(0xd64545); // as errors in a notice

QColor faint(QColor colour, float alpha)
{
    colour.setAlphaF(alpha);
    return colour;
}

QString countText(double count)
{
    return QLocale().toString(count, 'f', count < 10 && count != std::floor(count) ? 1 : 0);
}

/// What the run is about: its exchanges, if it has some.
const LatencyHistogram &latencyOf(const RepeatResult &run)
{
    return run.request.exchanges > 0 ? run.exchange : run.complete;
}

/// 1, 2 or 5 times a power of ten: the largest that is not above @p value.
double roundDown(double value)
{
    const double power = std::pow(10, std::floor(std::log10(value)));
    return value >= 5 * power ? 5 * power : value >= 2 * power ? 2 * power : power;
}

/// `100 µs`, `1 ms`, `10 s`: a power of ten.
QString tickText(double ns)
{
    const QLocale locale;
    if (ns < 1e6)
        return RunPicture::tr("%1 µs").arg(locale.toString(ns / 1e3));
    if (ns < 1e9)
        return RunPicture::tr("%1 ms").arg(locale.toString(ns / 1e6));
    return RunPicture::tr("%1 s").arg(locale.toString(ns / 1e9));
}

/// The latencies in columns of equal width on the logarithmic axis: the share of all in each.
struct Columns
{
    static constexpr int PerOctave = 8;
    static int columnOf(double ns) { return static_cast<int>(std::floor(std::log2(std::max(ns, 1.0)) * PerOctave)); }

    explicit Columns(const LatencyHistogram &histogram)
    {
        if (histogram.count() == 0)
            return;
        first = columnOf(static_cast<double>(histogram.min().count()));
        const int last = columnOf(static_cast<double>(histogram.max().count()));
        shares.resize(static_cast<std::size_t>(last - first + 1));
        for (std::size_t i = 0; i < LatencyHistogram::Size; ++i) {
            if (histogram.countAt(i) == 0)
                continue;
            const double middle = static_cast<double>(LatencyHistogram::from(i) + LatencyHistogram::from(i + 1)) / 2;
            const int column = std::clamp(columnOf(middle), first, last);
            shares[static_cast<std::size_t>(column - first)] +=
                static_cast<double>(histogram.countAt(i)) / static_cast<double>(histogram.count());
        }
    }

    int end() const { return first + static_cast<int>(shares.size()); }
    double highest() const { return shares.empty() ? 0 : *std::max_element(shares.begin(), shares.end()); }

    int first = 0;
    std::vector<double> shares;
};

/// The intervals of a run, several taken together where there is no room for each.
struct Curve
{
    struct Point
    {
        double from = 0; // s
        double to = 0;
        double rate = 0;   // complete a second
        double others = 0; // other outcomes a second
        double median = 0; // ns
        double p99 = 0;
        bool hasLatency = false;
    };

    Curve(const RepeatResult &run, int most)
    {
        const auto &intervals = run.timeline.intervals();
        const double width = std::chrono::duration<double>(run.timeline.width()).count();
        const std::size_t step =
            (intervals.size() + static_cast<std::size_t>(most) - 1) / static_cast<std::size_t>(most);
        for (std::size_t i = 0; i < intervals.size(); i += step) {
            RepeatTimeline::Interval sum = intervals[i];
            const std::size_t end = std::min(i + step, intervals.size());
            for (std::size_t j = i + 1; j < end; ++j) {
                sum.complete += intervals[j].complete;
                sum.others += intervals[j].others;
                sum.latency.add(intervals[j].latency);
            }
            // The last interval may not be over. It lasts until the run's end, but a mere moment says nothing about a
            // rate.
            const double elapsed = std::chrono::duration<double>(run.elapsed).count();
            const double from = static_cast<double>(i) * width;
            const double to = std::max(std::min(static_cast<double>(end) * width, elapsed),
                                       from + static_cast<double>(end - i) * width / 2);
            points.push_back({from, to, static_cast<double>(sum.complete) / (to - from),
                              static_cast<double>(sum.others) / (to - from),
                              static_cast<double>(sum.latency.quantile(0.5).count()),
                              static_cast<double>(sum.latency.quantile(0.99).count()), sum.latency.count() > 0});
        }
    }

    double end() const { return points.empty() ? 0 : points.back().to; }
    double highest(auto value) const
    {
        double most = 0;
        for (const Point &point : points)
            most = std::max(most, value(point));
        return most;
    }

    std::vector<Point> points;
};

/// Steps at the top of @p points, left to right.
QPolygonF outline(const Curve &curve, auto x, auto y)
{
    QPolygonF line;
    for (const Curve::Point &point : curve.points) {
        line << QPointF(x(point.from), y(point)) << QPointF(x(point.to), y(point));
    }
    return line;
}

} // namespace

void RunPicture::setRuns(const RepeatSnapshot &shown, const RepeatSnapshot &compared)
{
    shown_ = shown;
    compared_ = compared;
    QString description = shown ? describe(*shown) : tr("No run yet.");
    if (shown && compared)
        description += u' ' + tr("Compared with: %1").arg(describe(*compared));
    setAccessibleDescription(description);
    update();
}

QSize RunPicture::sizeHint() const
{
    return {fontMetrics().averageCharWidth() * 60, fontMetrics().height() * 13};
}

QSize RunPicture::minimumSizeHint() const
{
    return {fontMetrics().averageCharWidth() * 36, fontMetrics().height() * 6};
}

QRectF RunPicture::plotArea() const
{
    const int line = fontMetrics().height();
    const int left = fontMetrics().horizontalAdvance(u"100,000 "_s) + 8;
    return QRectF(rect()).adjusted(left, line * 1.7, -12, -line * 1.5);
}

void RunPicture::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setLayoutDirection(Qt::LeftToRight);
    paint(painter);
}

void RunPicture::paintCaption(QPainter &painter, const QString &caption) const
{
    painter.fillRect(rect(), palette().base());
    painter.setPen(faint(palette().color(QPalette::WindowText), 0.25F));
    painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    painter.setPen(palette().color(QPalette::Text));
    const QRectF place = QRectF(rect()).adjusted(8, 4, -8, 0);
    painter.drawText(place, Qt::AlignLeft | Qt::AlignTop, caption);
    painter.setPen(palette().color(QPalette::PlaceholderText));
    if (!shown_)
        painter.drawText(rect(), Qt::AlignCenter, tr("No run yet"));
    const QString legend = tr("filled: shown · line: compared");
    const bool fits = fontMetrics().horizontalAdvance(caption + u"  "_s + legend) < place.width();
    if (shown_ && compared_ && fits)
        painter.drawText(place, Qt::AlignRight | Qt::AlignTop, legend);
}

LatencyView::LatencyView(QWidget *parent) : RunPicture(parent)
{
    setObjectName(u"repeatHistogram"_s);
    setAccessibleName(tr("Histogram of latencies"));
    setRuns({}, {});
}

QString LatencyView::describe(const RepeatResult &run) const
{
    const LatencyHistogram &histogram = latencyOf(run);
    if (histogram.count() == 0)
        return tr("No connection was complete.");
    if (run.request.exchanges > 0)
        return tr("Of %1 exchanges half took at most %2, 99 % at most %3, and the slowest %4.")
            .arg(QLocale().toString(qint64(histogram.count())), durationText(histogram.quantile(0.5)),
                 durationText(histogram.quantile(0.99)), durationText(histogram.max()));
    return tr("Of %1 complete connections half took at most %2, 99 % at most %3, and the slowest %4.")
        .arg(QLocale().toString(qint64(histogram.count())), durationText(histogram.quantile(0.5)),
             durationText(histogram.quantile(0.99)), durationText(histogram.max()));
}

void LatencyView::paint(QPainter &painter)
{
    paintCaption(painter, shown() && shown()->request.exchanges > 0 ? tr("Latency of an exchange")
                                                                    : tr("Latency until complete"));
    if (!shown())
        return;
    const Columns columns(latencyOf(*shown()));
    const Columns others = compared() ? Columns(latencyOf(*compared())) : Columns(LatencyHistogram());
    if (columns.shares.empty() && others.shares.empty()) {
        painter.drawText(rect(), Qt::AlignCenter, tr("None complete"));
        return;
    }
    int from = columns.shares.empty() ? others.first : columns.first;
    int to = std::max(columns.end(), others.end());
    if (!others.shares.empty())
        from = std::min(from, others.first);
    constexpr int least = 2 * Columns::PerOctave; // a lone column is not the whole width
    from -= 1;
    to = std::max(to + 1, from + least);
    const double highest = std::max(columns.highest(), others.highest());
    const QRectF area = plotArea();
    const double width = area.width() / (to - from);
    const auto x = [&](double column) { return area.left() + (column - from) * width; };
    const auto y = [&](double share) { return area.bottom() - share / highest * area.height(); };
    const QColor text = palette().color(QPalette::PlaceholderText);
    const QColor grid = faint(palette().color(QPalette::WindowText), 0.12F);
    const int line = fontMetrics().height();

    const double step = roundDown(highest * 100 / 2);
    for (double percent = 0; percent <= highest * 100; percent += step) {
        const double at = y(percent / 100);
        painter.setPen(grid);
        painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at));
        painter.setPen(text);
        painter.drawText(QRectF(0, at - line, area.left() - 6, 2 * line), Qt::AlignRight | Qt::AlignVCenter,
                         tr("%1 %").arg(countText(percent)));
    }
    double lastLabel = 0;
    for (double decade = 1; decade < 1e15; decade *= 10) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            const double at = x(std::log2(decade * factor) * Columns::PerOctave);
            if (at < area.left() || at > area.right())
                continue;
            painter.setPen(grid);
            painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()));
            const QString label = tickText(decade * factor);
            const double half = fontMetrics().horizontalAdvance(label) / 2.0;
            if (at - half < lastLabel || at + half > width * (to - from) + area.left() + 10)
                continue;
            painter.setPen(text);
            painter.drawText(QRectF(at - half - 2, area.bottom() + 2, 2 * half + 4, 1.3 * line), Qt::AlignCenter,
                             label);
            lastLabel = at + half + 12;
        }
    }

    painter.setPen(Qt::NoPen);
    painter.setBrush(palette().color(QPalette::Highlight));
    for (std::size_t i = 0; i < columns.shares.size(); ++i) {
        const double left = x(columns.first + static_cast<double>(i));
        const double top = y(columns.shares[i]);
        painter.drawRect(QRectF(left, top, std::max(width - 1, 1.0), area.bottom() - top));
    }
    if (!others.shares.empty()) {
        QPolygonF steps;
        steps << QPointF(x(others.first), area.bottom());
        for (std::size_t i = 0; i < others.shares.size(); ++i) {
            const double left = x(others.first + static_cast<double>(i));
            steps << QPointF(left, y(others.shares[i])) << QPointF(left + width, y(others.shares[i]));
        }
        steps << QPointF(x(others.end()), area.bottom());
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(palette().color(QPalette::Text), 1.5));
        painter.drawPolyline(steps);
    }
}

TimelineView::TimelineView(QWidget *parent) : RunPicture(parent)
{
    setObjectName(u"repeatTimeline"_s);
    setAccessibleName(tr("Rate and latency over time"));
    setRuns({}, {});
}

QString TimelineView::describe(const RepeatResult &run) const
{
    const Curve curve(run, 60);
    if (curve.points.empty())
        return tr("Nothing has ended yet.");
    const auto rate = [](const Curve::Point &point) { return point.rate; };
    double lowest = curve.points.front().rate;
    for (const Curve::Point &point : curve.points)
        lowest = std::min(lowest, point.rate);
    return tr("In %1 from %2 to %3 complete a second; %4 ended otherwise; the 99th percentile of the latency at most "
              "%5.")
        .arg(durationText(run.elapsed), countText(std::round(lowest)), countText(std::round(curve.highest(rate))),
             QLocale().toString(run.ended - run.count(RepeatOutcome::Complete)),
             durationText(nanoseconds(qRound64(curve.highest([](const Curve::Point &point) { return point.p99; })))));
}

void TimelineView::paint(QPainter &painter)
{
    paintCaption(painter, tr("Complete a second, and latency (p50, p99)"));
    if (!shown())
        return;
    const QRectF area = plotArea();
    constexpr int pixels = 4; // of a column
    const int most = std::max(static_cast<int>(area.width()) / pixels, 1);
    const Curve curve(*shown(), most);
    const Curve other = compared() ? Curve(*compared(), most) : Curve(RepeatResult(), most);
    const double end = std::max(curve.end(), other.end());
    if (end <= 0) {
        painter.drawText(rect(), Qt::AlignCenter,
                         shown()->finished ? tr("None complete") : tr("Nothing has ended yet"));
        return;
    }
    const int line = fontMetrics().height();
    const QRectF upper(area.left(), area.top(), area.width(), (area.height() - 1.4 * line) * 0.5);
    const QRectF lower(area.left(), upper.bottom() + 1.4 * line, area.width(),
                       area.bottom() - upper.bottom() - 1.4 * line);
    const QColor text = palette().color(QPalette::PlaceholderText);
    const QColor grid = faint(palette().color(QPalette::WindowText), 0.12F);
    const QColor strong = palette().color(QPalette::Highlight);
    const auto x = [&](double seconds) { return area.left() + seconds / end * area.width(); };

    const auto all = [](const Curve::Point &point) { return point.rate + point.others; };
    const auto p99 = [](const Curve::Point &point) { return point.p99; };
    const double highest = std::max({curve.highest(all), other.highest(all), 1.0});
    const double longest = std::max({curve.highest(p99), other.highest(p99), 1.0});
    const auto scale = [&](const QRectF &plot, double most_, auto label) {
        const double step = roundDown(most_);
        for (const double value : {0.0, step}) {
            const double at = plot.bottom() - value / most_ * plot.height();
            painter.setPen(grid);
            painter.drawLine(QPointF(plot.left(), at), QPointF(plot.right(), at));
            painter.setPen(text);
            painter.drawText(QRectF(0, at - line, plot.left() - 6, 2 * line), Qt::AlignRight | Qt::AlignVCenter,
                             label(value));
        }
    };
    scale(upper, highest, [](double value) { return countText(value); });
    if (curve.highest(p99) > 0 || other.highest(p99) > 0)
        scale(lower, longest, [](double value) { return value > 0 ? tickText(value) : u"0"_s; });
    else
        painter.drawText(lower, Qt::AlignCenter, tr("None complete"));
    const double step = roundDown(end / 2);
    for (double second = 0; second <= end; second += step) {
        painter.setPen(text);
        const double at = x(second);
        const QString label = tickText(second * 1e9);
        const double half = fontMetrics().horizontalAdvance(label) / 2.0 + 2;
        const double centre = std::min(at, area.right() + 8 - half);
        painter.drawText(QRectF(centre - half, area.bottom() + 2, 2 * half, 1.3 * line), Qt::AlignCenter,
                         second == 0 ? u"0"_s : label);
    }

    const auto rateY = [&](double rate) { return upper.bottom() - rate / highest * upper.height(); };
    const auto timeY = [&](double ns) { return lower.bottom() - ns / longest * lower.height(); };
    painter.setPen(Qt::NoPen);
    for (const Curve::Point &point : curve.points) {
        const double left = x(point.from);
        const double width = x(point.to) - left;
        painter.fillRect(QRectF(left, rateY(point.rate), width, upper.bottom() - rateY(point.rate)), strong);
        if (point.others > 0) {
            const double top = rateY(point.rate + point.others);
            painter.fillRect(QRectF(left, top, width, rateY(point.rate) - top), OtherOutcomes);
        }
        if (point.hasLatency) {
            painter.fillRect(QRectF(left, timeY(point.p99), width, lower.bottom() - timeY(point.p99)),
                             faint(strong, 0.35F));
            painter.fillRect(QRectF(left, timeY(point.median), width, lower.bottom() - timeY(point.median)), strong);
        }
    }
    painter.setPen(QPen(palette().color(QPalette::Text), 1.5));
    painter.drawPolyline(outline(other, x, [&](const Curve::Point &point) { return rateY(point.rate); }));
    painter.drawPolyline(outline(other, x, [&](const Curve::Point &point) { return timeY(point.p99); }));
}

} // namespace parley
