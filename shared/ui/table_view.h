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
    explicit TableView(QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model) override;
    /// Makes room in @p column for about @p characters, and for its title. The model has to be there.
    void setColumnRoom(int column, int characters);
    /// Plain text, shown while there are no rows.
    void setPlaceholder(const QString &text);
    /// Whether new rows are followed; they are by default. To be switched off where rows do not come at the end.
    void setFollowing(bool following) { following_ = following; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void readPosition();
    void follow();
    void updatePlaceholder();

    QString placeholder_;
    QString shownPlaceholder_; // empty while there are rows
    bool following_ = true;
    bool atEnd_ = true;
};

} // namespace parley
