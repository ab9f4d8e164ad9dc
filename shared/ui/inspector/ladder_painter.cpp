// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/inspector/ladder_painter.h"

#include "shared/event/event_history.h"
#include "shared/inspect/ladder.h"
#include "shared/message/message.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>

#include <algorithm>
#include <cerrno>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(LadderPainter)
};

QColor blended(const QColor &a, const QColor &b, float share)
{
    return QColor::fromRgbF(a.redF() + (b.redF() - a.redF()) * share, a.greenF() + (b.greenF() - a.greenF()) * share,
                            a.blueF() + (b.blueF() - a.blueF()) * share);
}

QString timeText(qint64 nanoseconds)
{
    return nanoseconds == 0 ? u"0"_s : durationText(std::chrono::nanoseconds(nanoseconds));
}

/// Draws from left to right: in a program that reads from right to left, texts would change sides.
void begin(QPainter &painter)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setLayoutDirection(Qt::LeftToRight);
}

QFont italic(QFont font)
{
    font.setItalic(true);
    return font;
}

QFont bold(QFont font)
{
    font.setBold(true);
    return font;
}

} // namespace

LadderPainter::LadderPainter(const Ladder &ladder, const QFont &font, const QPalette &palette)
    : ladder_(ladder), font_(font), palette_(palette)
{
}

int LadderPainter::unit() const
{
    return QFontMetrics(font_).horizontalAdvance(u'0');
}

int LadderPainter::rowHeight() const
{
    return QFontMetrics(font_).height() + QFontMetrics(font_).height() / 3;
}

int LadderPainter::headerHeight() const
{
    const int lines = ladder_.history().omission().isEmpty() ? 2 : 3;
    return QFontMetrics(font_).height() * lines + unit() * 2;
}

int LadderPainter::legendHeight() const
{
    return rowHeight() + unit();
}

int LadderPainter::minimumWidth() const
{
    constexpr qsizetype shortest = 34; // the longest of the segments' texts, with an arrow around it
    const auto characters = static_cast<int>(std::max(shortest, ladder_.longestText() + 3));
    return columns({}).own + unit() * (characters + 3);
}

LadderPainter::Columns LadderPainter::columns(const QRect &rect) const
{
    Columns columns{};
    columns.start = rect.left() + unit() * 9;
    columns.step = columns.start + unit() * 10;
    columns.own = columns.step + unit() * 2;
    columns.peer = rect.right() - unit() * 3;
    return columns;
}

void LadderPainter::paintHeader(QPainter &painter, const QRect &rect) const
{
    begin(painter);
    painter.fillRect(rect, palette_.color(QPalette::Window));
    const Columns at = columns(rect);
    const QFontMetrics metrics(font_);
    const QColor text = palette_.color(QPalette::WindowText);
    const QColor dimmed = blended(text, palette_.color(QPalette::Window), 0.35F);
    int y = rect.top() + unit();
    const auto draw = [&](int left, int right, Qt::Alignment alignment, const QString &what) {
        const QRect place(left, y, right - left, metrics.height());
        painter.drawText(place, static_cast<int>(alignment | Qt::AlignVCenter) | Qt::TextSingleLine,
                         metrics.elidedText(what, Qt::ElideMiddle, place.width()));
    };
    const int middle = (at.own + at.peer) / 2;
    painter.setPen(text);
    painter.setFont(bold(font_));
    draw(at.own - unit() / 2, middle, Qt::AlignLeft, Texts::tr("This program"));
    draw(middle, at.peer + unit(), Qt::AlignRight,
         ladder_.history().watched() == 0 ? Texts::tr("Clients") : Texts::tr("Peer"));
    painter.setFont(font_);
    painter.setPen(dimmed);
    draw(rect.left(), at.start, Qt::AlignRight, Texts::tr("time"));
    draw(at.start, at.step, Qt::AlignRight, Texts::tr("step"));
    y += metrics.height();
    const QString path = displaySafe(MessageDecoder::decodeAll(ladder_.path()), LineBreaks::Escape);
    const auto name = [&](const Address &address) {
        return address.isNull() ? path : QString::fromLatin1(address.toPython());
    };
    // A Unix socket's path is the listener's.
    const bool listens = ladder_.history().watched() == 0;
    const QString own = ladder_.local().isNull() && !listens ? QString() : name(ladder_.local());
    const QString other = listens ? QString() : name(ladder_.peer());
    draw(at.own - unit() / 2, middle - unit(), Qt::AlignLeft, own);
    draw(own.isEmpty() ? at.own : middle, at.peer + unit(), Qt::AlignRight, other);
    y += metrics.height();
    if (const QString omission = ladder_.history().omission(); !omission.isEmpty()) {
        painter.setFont(italic(font_));
        painter.setPen(text);
        draw(rect.left() + unit(), rect.right() - unit(), Qt::AlignLeft, omission);
    }
    painter.setPen(blended(text, palette_.color(QPalette::Window), 0.75F));
    painter.drawLine(rect.bottomLeft(), rect.bottomRight());
    painter.restore();
}

void LadderPainter::paintRow(QPainter &painter, const QRect &rect, int row, QPalette::ColorGroup group,
                             bool selected) const
{
    begin(painter);
    const QColor background = palette_.color(group, selected ? QPalette::Highlight : QPalette::Base);
    const QColor text = palette_.color(group, selected ? QPalette::HighlightedText : QPalette::Text);
    const QColor dimmed = blended(text, background, 0.35F);
    painter.fillRect(rect, background);
    const Columns at = columns(rect);
    const QPointF own(at.own + 0.5, rect.center().y() + 0.5);
    drawLines(painter, rect, blended(text, background, 0.5F));

    const Ladder::Row &what = ladder_.row(row);
    painter.setFont(font_);
    if (!what.isObserved()) {
        painter.setPen(dimmed);
        drawArrow(painter, what.toPeer ? at.own : at.peer, what.toPeer ? at.peer : at.own, rect.center().y(),
                  ladder_.text(row), background);
        painter.restore();
        return;
    }
    painter.setPen(dimmed);
    const auto draw = [&](int left, int right, Qt::Alignment alignment, const QString &words) {
        painter.drawText(QRect(left, rect.top(), right - left, rect.height()),
                         static_cast<int>(alignment | Qt::AlignVCenter) | Qt::TextSingleLine, words);
    };
    draw(rect.left(), at.start, Qt::AlignRight, timeText(ladder_.sinceStart(row)));
    if (row > 0)
        draw(at.start, at.step, Qt::AlignRight, u'+' + timeText(ladder_.sincePrevious(row)));
    painter.setPen(text);
    const Event &event = ladder_.eventAt(row);
    if (what.rung == Ladder::Rung::Verdict) {
        const qreal half = unit() * 1.1;
        painter.drawLine(own - QPointF(half, 0), own + QPointF(half, 0));
        painter.setFont(bold(font_));
    } else {
        drawMark(painter, own, event.errorNumber() != 0 && event.errorNumber() != EINPROGRESS);
    }
    draw(at.own + unit() * 2, rect.right(), Qt::AlignLeft, ladder_.text(row));
    painter.restore();
}

void LadderPainter::paintLines(QPainter &painter, const QRect &rect) const
{
    begin(painter);
    drawLines(painter, rect, blended(palette_.color(QPalette::Text), palette_.color(QPalette::Base), 0.5F));
    painter.restore();
}

void LadderPainter::drawLines(QPainter &painter, const QRect &rect, const QColor &colour) const
{
    const Columns at = columns(rect);
    painter.setPen(QPen(colour, 1));
    for (const int x : {at.own, at.peer})
        painter.drawLine(QPointF(x + 0.5, rect.top()), QPointF(x + 0.5, rect.bottom() + 1));
}

void LadderPainter::drawMark(QPainter &painter, QPointF centre, bool failed) const
{
    const qreal radius = unit() * 0.5;
    painter.save();
    if (failed) {
        painter.setPen(QPen(painter.pen().color(), std::max(1.5, unit() / 4.0), Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(centre - QPointF(radius, radius), centre + QPointF(radius, radius));
        painter.drawLine(centre - QPointF(radius, -radius), centre + QPointF(radius, -radius));
    } else {
        painter.setBrush(painter.pen().color());
        painter.setPen(Qt::NoPen);
        painter.drawEllipse(centre, radius, radius);
    }
    painter.restore();
}

/// A dashed line with an open head, and its label in the middle.
void LadderPainter::drawArrow(QPainter &painter, int from, int to, int y, const QString &label,
                              const QColor &background) const
{
    const QColor colour = painter.pen().color();
    const int sign = to > from ? 1 : -1;
    const qreal head = unit() * 0.8;
    const QPointF tip(to + 0.5 - sign, y + 0.5);
    painter.save();
    QPen dashed(colour, 1);
    dashed.setDashPattern({4, 3});
    painter.setPen(dashed);
    painter.drawLine(QPointF(from + 0.5, y + 0.5), tip);
    painter.setPen(QPen(colour, 1.2, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(tip, tip - QPointF(sign * head, head * 0.6));
    painter.drawLine(tip, tip - QPointF(sign * head, -head * 0.6));
    const QFont font = italic(font_);
    const QFontMetrics metrics(font);
    const int width = metrics.horizontalAdvance(label) + unit() * 2;
    const QRect place((from + to - width) / 2, y - metrics.height() / 2, width, metrics.height());
    painter.fillRect(place, background);
    painter.setFont(font);
    painter.drawText(place, Qt::AlignCenter | Qt::TextSingleLine, label);
    painter.restore();
}

void LadderPainter::paintLegend(QPainter &painter, const QRect &rect) const
{
    begin(painter);
    const QColor background = palette_.color(QPalette::Window);
    painter.fillRect(rect, background);
    painter.setPen(blended(palette_.color(QPalette::WindowText), background, 0.75F));
    painter.drawLine(rect.topLeft(), rect.topRight());
    painter.setPen(palette_.color(QPalette::WindowText));
    const QString inferred = ladder_.transport() == Transport::Unix  ? Texts::tr("inferred bytes")
                             : ladder_.transport() == Transport::Udp ? Texts::tr("inferred datagram")
                                                                     : Texts::tr("inferred segment");
    const QStringList texts{Texts::tr("observed call"), Texts::tr("failed"), inferred};
    constexpr int symbols = 17; // units, with what is between them
    const QFontMetrics metrics(font_);
    const int width = metrics.horizontalAdvance(texts.join(QString())) + symbols * unit();
    // The legend is always shown whole, in a smaller font if need be.
    const qreal scale = std::min(1.0, qreal(rect.width()) / width);
    painter.translate(rect.left(), rect.center().y());
    painter.scale(scale, scale);
    painter.setFont(font_);
    int x = unit() * 2;
    const auto draw = [&](const QString &what) {
        const QRect place(x, -rect.height() / 2, metrics.horizontalAdvance(what) + unit(), rect.height());
        painter.drawText(place, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextSingleLine, what);
        x += metrics.horizontalAdvance(what) + unit() * 2;
    };
    for (const bool failed : {false, true}) {
        drawMark(painter, QPointF(x, 0.5), failed);
        x += unit() * 3 / 2;
        draw(texts.at(failed ? 1 : 0));
    }
    drawArrow(painter, x, x + unit() * 5, 0, {}, Qt::transparent);
    x += unit() * 6;
    draw(texts.at(2));
    painter.restore();
}

} // namespace parley
