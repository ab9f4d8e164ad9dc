// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include <QTableView>

namespace parley
{

/// A read-only table of rows that come by themselves: whole rows are selected, new ones are followed while the last
/// one is in sight, and while it is empty it says what to do.
class TableView : public QTableView
{
    Q_OBJECT

public:
    explicit TableView(QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model) override;
    /// Plain text, shown while there are no rows.
    void setPlaceholder(const QString &text);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void updatePlaceholder();

    QString placeholder_;
    bool atEnd_ = true;
};

} // namespace parley
