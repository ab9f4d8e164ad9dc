// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/placement.h"

#include <QCoreApplication>
#include <QEvent>
#include <QFontMetrics>
#include <QGuiApplication>
#include <QLayout>
#include <QMargins>
#include <QResizeEvent>
#include <QScreen>
#include <QScrollArea>
#include <QStyle>
#include <QWidget>

#include <algorithm>

namespace parley
{

namespace
{

/// What a window manager adds. Nobody can tell before the window is shown.
QMargins frameOf(const QWidget &window)
{
    constexpr int border = 4;
    const int title = window.style()->pixelMetric(QStyle::PM_TitleBarHeight, nullptr, &window);
    return {border, std::max(title, window.fontMetrics().height() + 2 * border), border, border};
}

QRect roomFor(const QWidget &window)
{
    const QScreen *screen = QGuiApplication::screenAt(window.geometry().center());
    if (!screen || !window.testAttribute(Qt::WA_Moved))
        screen = window.screen();
    return screen->availableGeometry().marginsRemoved(frameOf(window));
}

/// What a scroll area scrolls: never smaller than @p content can be. By itself the area would make a content with lines
/// that wrap as high as it would like to be.
class Whole : public QWidget
{
public:
    Whole(QWidget *content, const QScrollArea &area) : content_(content), area_(area)
    {
        content->setParent(this);
        content->installEventFilter(this);
    }

    QSize sizeHint() const override { return content_->sizeHint(); }
    QSize minimumSizeHint() const override
    {
        QSize least = content_->minimumSizeHint();
        const QLayout *layout = content_->layout();
        if (!layout || !layout->hasHeightForWidth())
            return least;
        // A scroll bar that is there makes the lines wrap sooner: it must not be needed for that alone.
        const QSize room = area_.maximumViewportSize();
        const int unscrolled = layout->minimumHeightForWidth(std::max(room.width(), least.width()));
        least.setHeight(unscrolled <= room.height() ? unscrolled
                                                    : layout->minimumHeightForWidth(std::max(width(), least.width())));
        return least;
    }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        content_->resize(size());
        if (event->oldSize().width() != width())
            measureAgain();
    }
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::LayoutRequest)
            measureAgain();
        return false;
    }

private:
    void measureAgain() { QCoreApplication::postEvent(this, new QEvent(QEvent::LayoutRequest)); }

    QWidget *const content_;
    const QScrollArea &area_; // which it is in
};

} // namespace

QSize usualSize(const QWidget &window, QSize usual)
{
    constexpr double character = 7; // pixels, of a letter on average and of a digit: 9 or 10 points at 96 dpi
    const QFontMetrics metrics = window.fontMetrics();
    const int widest = std::max(metrics.averageCharWidth(), metrics.horizontalAdvance(u'0'));
    const double factor = std::max(1.0, widest / character);
    return (QSizeF(usual) * factor).toSize();
}

void bringInside(QWidget &window)
{
    const QRect room = roomFor(window);
    window.resize(window.size().boundedTo(room.size()));
    if (!window.testAttribute(Qt::WA_Moved))
        return; // the window manager finds a place
    QRect geometry = window.geometry();
    geometry.moveRight(std::min(geometry.right(), room.right()));
    geometry.moveBottom(std::min(geometry.bottom(), room.bottom()));
    geometry.moveLeft(std::max(geometry.left(), room.left()));
    geometry.moveTop(std::max(geometry.top(), room.top()));
    window.setGeometry(geometry);
}

QScrollArea *scrollable(QWidget *content)
{
    auto *area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus); // only its parts take the focus
    area->setWidget(new Whole(content, *area));
    return area;
}

bool isOfPair()
{
    return qEnvironmentVariableIsSet("PARLEY_PAIR");
}

void takeHalf(QWidget &window, Half half)
{
    const QRect screen = window.screen()->availableGeometry();
    QRect room(screen.topLeft(), QSize(screen.width() / 2, screen.height()));
    if (half == Half::Right)
        room.moveLeft(screen.left() + screen.width() / 2);
    room = room.marginsRemoved(frameOf(window));
    window.setGeometry(QRect(room.topLeft(), QSize(room.width(), std::min(window.height(), room.height()))));
}

} // namespace parley
