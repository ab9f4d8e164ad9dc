// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/appearance.h"

#include <QActionGroup>
#include <QApplication>
#include <QCoreApplication>
#include <QMenu>
#include <QPainter>
#include <QPalette>
#include <QProxyStyle>
#include <QStyle>
#include <QStyleFactory>
#include <QStyleOption>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

struct Current
{
    Appearance appearance = Appearance::System;
    QPalette systemPalette;
    QString systemStyle;
};

Current &current()
{
    static Current value;
    return value;
}

struct Colours
{
    QColor window, base, alternate, button, text, dimmed, accent, onAccent, link;
};

QPalette paletteOf(const Colours &colours)
{
    QPalette palette(colours.button, colours.window); // fills in the shades between
    palette.setColor(QPalette::Base, colours.base);
    palette.setColor(QPalette::AlternateBase, colours.alternate);
    palette.setColor(QPalette::ToolTipBase, colours.alternate);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
        palette.setColor(role, colours.text);
    palette.setColor(QPalette::PlaceholderText, colours.dimmed);
    palette.setColor(QPalette::Highlight, colours.accent);
    palette.setColor(QPalette::HighlightedText, colours.onAccent);
    palette.setColor(QPalette::Link, colours.link);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, colours.dimmed);
    return palette;
}

QPalette lightPalette()
{
    return paletteOf({QColor(0xf4f5f6), QColor(0xffffff), QColor(0xf7f8f9), QColor(0xeceef0), QColor(0x202428),
                      QColor(0x6c747c), QColor(0x1f6feb), QColor(0xffffff), QColor(0x0b5cd5)});
}

QPalette darkPalette()
{
    return paletteOf({QColor(0x24272b), QColor(0x1b1d20), QColor(0x212428), QColor(0x34383d), QColor(0xe6e8ea),
                      QColor(0x949ca4), QColor(0x2f6fd6), QColor(0xffffff), QColor(0x79b0ff)});
}

/// Fusion makes each edge a little darker than the window, so that it vanishes where the window is dark.
class EdgeStyle : public QProxyStyle
{
public:
    EdgeStyle() : QProxyStyle(u"fusion"_s) {}

    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                       const QWidget *widget) const override
    {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        if (element == PE_FrameLineEdit || element == PE_PanelButtonCommand || element == PE_IndicatorCheckBox
            || element == PE_IndicatorRadioButton || element == PE_Frame)
            drawEdge(*option, *painter, element == PE_IndicatorRadioButton);
    }

    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                            const QWidget *widget) const override
    {
        QProxyStyle::drawComplexControl(control, option, painter, widget);
        if (control == CC_ComboBox || control == CC_SpinBox)
            drawEdge(*option, *painter, false);
    }

private:
    static void drawEdge(const QStyleOption &option, QPainter &painter, bool isRound)
    {
        const bool hasFocus = option.state.testFlag(State_HasFocus) && option.state.testFlag(State_Enabled);
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(hasFocus ? option.palette.color(QPalette::Highlight) : edgeColour(option.palette));
        const QRectF edge = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
        const double radius = isRound ? edge.width() / 2 : 2;
        painter.drawRoundedRect(edge, radius, radius);
        painter.restore();
    }
};

} // namespace

QColor edgeColour(const QPalette &palette)
{
    const bool isDark = palette.color(QPalette::Window).lightness() < 128;
    return isDark ? QColor(0x8f979f) : QColor(0x747c84);
}

QFont scaled(QFont font, double factor)
{
    if (font.pixelSize() > 0) // then it has no size in points
        font.setPixelSize(std::max(qRound(font.pixelSize() * factor), 1));
    else
        font.setPointSizeF(font.pointSizeF() * factor);
    return font;
}

QString appearanceName(Appearance appearance)
{
    switch (appearance) {
    case Appearance::System: return u"system"_s;
    case Appearance::Light: return u"light"_s;
    case Appearance::Dark: return u"dark"_s;
    }
    Q_UNREACHABLE();
}

Appearance appearanceFromName(const QString &name)
{
    for (const Appearance appearance : {Appearance::Light, Appearance::Dark}) {
        if (name == appearanceName(appearance))
            return appearance;
    }
    return Appearance::System;
}

void rememberSystemAppearance()
{
    current().systemPalette = QApplication::palette();
    current().systemStyle = QApplication::style()->objectName();
}

void applyAppearance(Appearance appearance)
{
    if (current().appearance == appearance)
        return;
    current().appearance = appearance;
    // A desktop's own style may ignore a palette; Fusion follows it.
    if (appearance == Appearance::System)
        QApplication::setStyle(current().systemStyle);
    else
        QApplication::setStyle(new EdgeStyle);
    switch (appearance) {
    case Appearance::System: QApplication::setPalette(current().systemPalette); break;
    case Appearance::Light: QApplication::setPalette(lightPalette()); break;
    case Appearance::Dark: QApplication::setPalette(darkPalette()); break;
    }
}

Appearance currentAppearance()
{
    return current().appearance;
}

void addAppearanceActions(QMenu &menu)
{
    auto *group = new QActionGroup(&menu);
    const std::array choices{
        std::pair{Appearance::System, QCoreApplication::translate("Appearance", "As the &System")},
        std::pair{Appearance::Light, QCoreApplication::translate("Appearance", "&Light")},
        std::pair{Appearance::Dark, QCoreApplication::translate("Appearance", "&Dark")},
    };
    for (const auto &[appearance, text] : choices) {
        QAction *action = menu.addAction(text);
        action->setCheckable(true);
        action->setChecked(appearance == currentAppearance());
        group->addAction(action);
        QObject::connect(action, &QAction::triggered, action, [chosen = appearance] { applyAppearance(chosen); });
    }
}

} // namespace parley
