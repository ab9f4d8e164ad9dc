// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QTableView>

namespace parley
{

/// A read-only table of rows that come by themselves: whole rows are selected, new ones are followed while the last
/// one is in sight, those in sight stay there when ones above them leave, and while it is empty it says what to do.
class TableView : public QTableView
{
    Q_OBJECT

public:
    explicit TableView(QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model) override;
    /// Makes room in @p column for about so many characters, and for its title, once there is a model.
    void setColumnRoom(int column, int characters);
    /// Plain text, shown while there are no rows.
    void setPlaceholder(const QString &text);
    /// Whether new rows are followed; they are, unless they come anywhere but at the end.
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
