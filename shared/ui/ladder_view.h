// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/ladder.h"
#include "shared/ui/ladder_painter.h"

#include <QListView>

namespace parley
{

/// Shows a ladder: a list whose rows are drawn between two life lines, under their names and above the legend. Only
/// what is visible is drawn. Its actions (zoom, save) are also its context menu.
class LadderView : public QListView
{
    Q_OBJECT

public:
    static constexpr int MinZoom = 50; ///< percent
    static constexpr int MaxZoom = 300;
    static constexpr int MaxSavedRows = 1'000; ///< of a picture

    /// @param ladder outlives the view.
    explicit LadderView(Ladder &ladder, QWidget *parent = nullptr);

    int zoom() const { return zoom_; }
    void setZoom(int percent);

    /// Draws all of the ladder, at most MaxSavedRows, into @p fileName: SVG, or PNG at twice the size where the name
    /// ends so. Returns what went wrong; empty if nothing did.
    QString save(const QString &fileName) const;

Q_SIGNALS:
    /// For the user: what became of a command.
    void said(const QString &text);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;

private:
    class Delegate;

    LadderPainter painter() const { return {ladder_, font(), palette()}; }
    void addActions();
    void saveAs();
    void relayout();
    void placeFrame();

    Ladder &ladder_;
    QWidget *const header_;
    QWidget *const legend_;
    int zoom_ = 100;
    bool atEnd_ = false; // before rows came: they are followed
};

} // namespace parley
