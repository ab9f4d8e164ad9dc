// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/event/event_history.h"
#include "shared/inspect/bytes_model.h"
#include "shared/inspect/ladder.h"
#include "shared/ui/file_saver.h"
#include "shared/ui/menus.h"

#include <QWidget>

#include <functional>
#include <map>
#include <optional>
#include <vector>

class QLabel;
class QSplitter;
class QTabWidget;
class QToolButton;

namespace parley
{

class BytesView;
class ExplanationView;
class LadderView;
class Settings;

/// The area below a window's table that shows one connection closely: its ladder, and pages beside it. Where the user
/// has closed it, it is a single line; it collects what it needs in the meantime.
///
/// The rung that tells most is selected until the user selects one, so that there always is an explanation.
class Inspector : public QWidget
{
    Q_OBJECT

public:
    explicit Inspector(QWidget *parent = nullptr);

    /// Puts @p above and the inspector into a splitter and returns that. To be called once.
    QWidget *below(QWidget *above);
    /// Adds a page beside the ladder, after the other pages. @p make is called when the area is first opened.
    void addPage(const std::function<QWidget *()> &make, const QString &title);
    /// Adds the inspector's commands to a window's menus: the one that opens it now, and the others once it was opened.
    void fillMenus(const Menus &menus);

    /// Takes in all events, open or not.
    void read(const EventBatch &batch) { history_.read(batch); }
    /// Shows @p connection, 0 for the listener, under @p title (plain text). @p began as EventHistory::watch() has it.
    void inspect(quint64 connection, const QString &title, std::optional<qint64> began = {});

    /// Of the text beside the bytes.
    void setEncoding(TextEncoding encoding) { bytes_.setEncoding(encoding); }

    const EventHistory &history() const { return history_; }
    bool isOpen() const;
    void setOpen(bool open);
    /// Opens it, with the focus on the ladder.
    void showLadder();

    void restore(Settings &settings);
    void save(Settings &settings) const;

protected:
    void resizeEvent(QResizeEvent *event) override;

Q_SIGNALS:
    /// One sentence for the user, about a command that was carried out.
    void statusMessage(const QString &text);
    /// The user wants to save a part of the connection that is shown.
    void saveRequested(const parley::FileSaver::Kind &kind, const parley::FileSaver::Snapshot &snapshot);

private:
    struct Page
    {
        std::function<QWidget *()> make;
        QString title;
    };

    void buildBody();
    void addCommands();
    void toggled(bool open);
    void makeRoomForBytes();
    void rungChosen(const QModelIndex &current);
    void preselectRung();
    void bytesChosen(std::size_t event);

    static constexpr int DefaultHeight = 300; ///< pixels, of the opened body
    static constexpr int StackedBelow = 90;   ///< characters: in a narrower window the pages stand below the ladder

    EventHistory history_;
    Ladder ladder_{history_};
    BytesModel bytes_{history_};
    QAction *const openAction_;
    QToolButton *const button_;
    QLabel *const title_;
    QSplitter *const body_;
    // Made when it is first opened: a user who only clicks Connect need not wait for it, nor spend the memory.
    LadderView *ladderView_ = nullptr;
    QTabWidget *pages_ = nullptr;
    ExplanationView *explanation_ = nullptr;
    BytesView *bytesView_ = nullptr;
    std::vector<Page> furtherPages_;
    QList<int> usualWidths_; // of the body, and while the page of the bytes has made itself room
    QList<int> bytesWidths_;
    std::map<MenuOf, QMenu *> menus_;
    std::map<MenuOf, QAction *> ends_; // of the commands in them
    bool following_ = false;           // ladder or bytes follow the other's selection just now
    bool isOwnChoice_ = false;         // a rung becomes the current one, and the user has not chosen it
    bool isRungChosen_ = false;        // by the user, since the connection is shown
    QSplitter *splitter_ = nullptr;    // this is its lower half
    int height_ = DefaultHeight;       // of the body, when it was last open
    std::optional<int> grown_;         // how much higher the window became when it was opened
};

} // namespace parley
