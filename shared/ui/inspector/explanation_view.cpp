// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/inspector/explanation_view.h"

#include "shared/event/event_history.h"
#include "shared/inspect/copy_as.h"
#include "shared/inspect/explain.h"
#include "shared/inspect/ladder.h"
#include "shared/ui/menus.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace parley
{

ExplanationView::ExplanationView(const Ladder &ladder, QWidget *parent)
    : QWidget(parent), ladder_(ladder), text_(new QPlainTextEdit), copying_(new QWidget)
{
    text_->setObjectName(u"explanation"_s);
    text_->setAccessibleName(tr("Explanation"));
    text_->setReadOnly(true);
    text_->setUndoRedoEnabled(false);
    text_->setTabChangesFocus(true);
    text_->setFrameShape(QFrame::NoFrame);
    text_->setMinimumHeight(3 * text_->fontMetrics().lineSpacing()); // it scrolls
    auto *copying = new QHBoxLayout(copying_);
    copying->setContentsMargins(4, 4, 4, 4);
    copying->addWidget(new QLabel(tr("Copy the connection as:")));
    addCopyAction(tr("Copy as &Python"), tr("Python"), copyAsPython);
    addCopyAction(tr("Cop&y as C"), tr("C"), copyAsC);
    addCopyAction(tr("Copy as &ncat"), tr("ncat"), copyAsNcat);
    copying->addStretch(1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(text_, 1);
    layout->addWidget(copying_);
    setFocusProxy(text_);
    connect(&ladder_, &Ladder::modelReset, this, [this] {
        explain(-1);
        updateCopying();
    });
    connect(&ladder_, &Ladder::rowsInserted, this, [this] {
        if (!copying_->isEnabled())
            updateCopying();
    });
    explain(-1);
    updateCopying();
}

void ExplanationView::addCopyAction(const QString &text, const QString &name, QByteArray (*copy)(const Exchange &))
{
    QAction *action = addAction(text, this, [this, name, copy] {
        const EventHistory &history = ladder_.history();
        auto exchange = Exchange::of(history.events(), history.listenerEvents());
        if (!exchange)
            return;
        exchange->mayLackCalls = !history.omission().isEmpty();
        QApplication::clipboard()->setText(QString::fromLatin1(copy(*exchange)));
        Q_EMIT statusMessage(tr("Copied the connection as %1").arg(name));
    });
    action->setIconText(name);
    setMenuOf(*action, MenuOf::Edit);
    auto *button = new QToolButton;
    button->setDefaultAction(action);
    button->setAutoRaise(false);
    button->setFocusPolicy(Qt::TabFocus);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setAccessibleName(action->text().remove(u'&'));
    copying_->layout()->addWidget(button);
}

/// There is nothing to do again for the listener by itself, or where there never was a peer.
void ExplanationView::updateCopying()
{
    const std::vector<Event> &events = ladder_.history().events();
    const bool can = Exchange::of(events, ladder_.history().listenerEvents()).has_value();
    copying_->setEnabled(can);
    for (QAction *action : actions())
        action->setEnabled(can);
}

void ExplanationView::explain(int row)
{
    text_->setPlainText(row >= 0 ? parley::explain(ladder_, row)
                                 : tr("Select a row of the ladder: what the call does, its parameters and its result "
                                      "are explained here."));
}

} // namespace parley
