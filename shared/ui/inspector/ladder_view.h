// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/inspect/ladder.h"
#include "shared/ui/file_saver.h"
#include "shared/ui/inspector/ladder_painter.h"

#include <QImage>
#include <QListView>

namespace parley
{

/// Shows a ladder: a list whose rows are drawn between two life lines, under the lines' names and above the legend.
/// Only visible rows are drawn. Its actions (zoom, save) are also its context menu.
class LadderView : public QListView
{
    Q_OBJECT

public:
    static constexpr int MinZoom = 50; ///< percent
    static constexpr int MaxZoom = 300;
    static constexpr int MaxSavedRows = 1'000; ///< of a picture

    /// @param ladder outlives the view.
    explicit LadderView(Ladder &ladder, QWidget *parent = nullptr);

    /// Selects @p row in the user's place: copying still copies all. Scrolls there only if the last row was in sight.
    void preselect(int row);

    int zoom() const { return zoom_; }
    void setZoom(int percent);

    /// The whole ladder, at most MaxSavedRows of it.
    QByteArray svg() const;
    /// The same at twice the size, or smaller if the picture would be too high.
    QImage image() const;

Q_SIGNALS:
    /// The user wants to save the ladder as a picture.
    void saveRequested(const parley::FileSaver::Kind &kind, const parley::FileSaver::Snapshot &snapshot);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;

private:
    class Delegate;

    LadderPainter painter() const { return {ladder_, font(), palette()}; }
    void addActions();
    void copyRungs();
    QSize pictureSize() const;
    void draw(QPaintDevice &device) const;
    void relayout();
    void placeFrame();

    Ladder &ladder_;
    QWidget *const header_;
    QWidget *const legend_;
    int zoom_ = 100;
    bool atEnd_ = true; // the last row was in sight before rows came, so they are followed
    QPersistentModelIndex preselected_;
};

} // namespace parley
