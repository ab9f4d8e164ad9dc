// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QTableView>

namespace parley
{

/// A read-only table of rows that come by themselves. Whole rows are selected. New rows are followed while the last one
/// is in sight; rows in sight stay there when rows above them leave. While it is empty, it says what to do.
class TableView : public QTableView
{
    Q_OBJECT

public:
    static constexpr int MaxCopied = 100'000; ///< rows; the first ones

    explicit TableView(QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model) override;
    /// Makes room in @p column for about @p characters, and for its title. The model has to be there.
    void setColumnRoom(int column, int characters);
    /// Gives @p column the width that the others leave, and never less than the widest of @p texts needs. @p yielding
    /// becomes narrower first, down to its title. To be called after setColumnRoom().
    void setNeverCut(int column, const QStringList &texts, int yielding);
    /// Copies the selected rows (Ctrl+C), for a menu. The context menu has it already.
    QAction *copyAction() const { return copy_; }
    /// Plain text, shown while there are no rows.
    void setPlaceholder(const QString &text);
    /// Whether new rows are followed; they are by default. To be switched off where rows do not come at the end.
    void setFollowing(bool following) { following_ = following; }

Q_SIGNALS:
    /// For the user: what was copied.
    void statusMessage(const QString &text);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void updateGeometries() override;

private:
    void readPosition();
    void follow();
    void copyRows();
    void fitColumns();
    int widthOf(const QString &text) const;
    bool isElided(const QModelIndex &index) const;
    void updatePlaceholder();

    QAction *const copy_;
    QString placeholder_;
    QString shownPlaceholder_; // empty while there are rows
    bool following_ = true;
    bool atEnd_ = true;
    int neverCut_ = -1; // a column; -1: none
    int yielding_ = -1;
    int least_ = 0;  // width of neverCut_, in pixels
    int wished_ = 0; // width of yielding_ where there is room
    bool isFitting_ = false;
};

} // namespace parley
