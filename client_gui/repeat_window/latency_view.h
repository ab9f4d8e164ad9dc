// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "client_gui/repeat/repeat_result.h"

#include <QWidget>

namespace parley
{

/// A picture of a run, and of another one laid over it, from left to right in every language. Its accessible
/// description gives the same in figures.
class RunPicture : public QWidget
{
    Q_OBJECT

public:
    /// @param compared null for none.
    void setRuns(const RepeatSnapshot &shown, const RepeatSnapshot &compared);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    using QWidget::QWidget;
    void paintEvent(QPaintEvent *event) final;
    virtual void paint(QPainter &painter) = 0;
    virtual QString describe(const RepeatResult &run) const = 0;
    const RepeatSnapshot &shown() const { return shown_; }
    const RepeatSnapshot &compared() const { return compared_; }
    /// The plot's room, with a caption above and labels to the left and below.
    QRectF plotArea() const;
    void paintCaption(QPainter &painter, const QString &caption) const;

private:
    RepeatSnapshot shown_;
    RepeatSnapshot compared_;
};

/// The distribution of the latencies until the end of the message, over a logarithmic axis of time.
class LatencyView final : public RunPicture
{
    Q_OBJECT

public:
    explicit LatencyView(QWidget *parent = nullptr);

protected:
    QString describe(const RepeatResult &run) const override;
    void paint(QPainter &painter) override;
};

/// The rate over time, and below it the median and the 99th percentile of the latency.
class TimelineView final : public RunPicture
{
    Q_OBJECT

public:
    explicit TimelineView(QWidget *parent = nullptr);

protected:
    QString describe(const RepeatResult &run) const override;
    void paint(QPainter &painter) override;
};

} // namespace parley
