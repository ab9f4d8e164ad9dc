// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QFont>
#include <QPalette>

class QPainter;

namespace parley
{

class Ladder;

/// Draws a ladder's parts, on the screen and into files: times at the left, then two life lines, this program's and the
/// peer's. A call is a dot on this program's line with its text, or a cross if it failed. Inferred rows are dashed
/// arrows between the lines. It is drawn from left to right in every language, as code and times are.
class LadderPainter
{
public:
    /// @param ladder outlives the painter.
    LadderPainter(const Ladder &ladder, const QFont &font, const QPalette &palette);

    // Sizes in device-independent pixels.
    int rowHeight() const;
    int minimumWidth() const;
    int headerHeight() const;
    int legendHeight() const;

    /// Draws the names of the columns and lines, and says what the ladder lacks.
    void paintHeader(QPainter &painter, const QRect &rect) const;
    void paintRow(QPainter &painter, const QRect &rect, int row, QPalette::ColorGroup group, bool selected) const;
    /// Draws the life lines alone, where there are no rows.
    void paintLines(QPainter &painter, const QRect &rect) const;
    void paintLegend(QPainter &painter, const QRect &rect) const;

private:
    struct Columns
    {
        int start; ///< right edge of the time since the start
        int step;  ///< right edge of the time since the call before
        int own;   ///< this program's life line
        int peer;  ///< the peer's
    };
    Columns columns(const QRect &rect) const;
    int unit() const;
    void drawArrow(QPainter &painter, int from, int to, int y, const QString &label, const QColor &background) const;
    void drawLines(QPainter &painter, const QRect &rect, const QColor &colour) const;
    void drawMark(QPainter &painter, QPointF centre, bool failed) const;

    const Ladder &ladder_;
    QFont font_;
    QPalette palette_;
};

} // namespace parley
