// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "client_gui/repeat_window/repeat_form.h"

#include "client_gui/options/client_options.h"

#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QSpinBox>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

constexpr int DefaultCount = 1'000;
constexpr int DefaultConcurrency = 10;
constexpr double LongestHold = 86'400; // seconds; as on the command line
constexpr double LongestRun = 86'400;  // seconds, too

/// A field, with its name above it and its range below it.
void addField(QGridLayout &grid, int row, int column, const QString &label, QWidget *field, const QString &objectName,
              const QString &range, int columns = 1)
{
    field->setObjectName(objectName);
    field->setAccessibleDescription(range);
    field->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto *caption = new QLabel(label);
    caption->setBuddy(field);
    auto *hint = new QLabel(range);
    hint->setForegroundRole(QPalette::PlaceholderText);
    hint->setTextFormat(Qt::PlainText);
    hint->setWordWrap(true);
    grid.addWidget(caption, row, column, 1, columns);
    grid.addWidget(field, row + 1, column, 1, columns);
    grid.addWidget(hint, row + 2, column, 1, columns, Qt::AlignTop);
}

} // namespace

RepeatForm::RepeatForm(QWidget *parent)
    : QWidget(parent), count_(new QSpinBox), lasting_(new QDoubleSpinBox), concurrency_(new QSpinBox),
      rate_(new QDoubleSpinBox), hold_(new QDoubleSpinBox), exchanges_(new QSpinBox), answerBytes_(new QSpinBox),
      expected_(new QLineEdit), source_(new QLineEdit)
{
    const QLocale locale;
    count_->setRange(1, static_cast<int>(RepeatRequest::MostConnections));
    count_->setValue(DefaultCount);
    concurrency_->setRange(1, RepeatRequest::MostConcurrency);
    concurrency_->setValue(DefaultConcurrency);
    exchanges_->setRange(0, static_cast<int>(RepeatRequest::MostExchanges));
    exchanges_->setSpecialValueText(tr("The server speaks"));
    answerBytes_->setRange(0, static_cast<int>(MaxMessageBytes));
    answerBytes_->setSpecialValueText(tr("As many as sent"));
    for (QSpinBox *field : {count_, concurrency_, exchanges_, answerBytes_})
        field->setGroupSeparatorShown(true);
    lasting_->setDecimals(3);
    lasting_->setRange(0, LongestRun);
    lasting_->setSuffix(tr(" s"));
    lasting_->setSpecialValueText(tr("Until all are made"));
    connect(lasting_, &QDoubleSpinBox::valueChanged, this, [this](double time) { count_->setEnabled(time == 0); });
    rate_->setDecimals(3);
    rate_->setRange(0, RepeatRequest::MostRate);
    rate_->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    rate_->setSpecialValueText(tr("As fast as possible"));
    hold_->setDecimals(3);
    hold_->setRange(0, LongestHold);
    hold_->setSuffix(tr(" s"));
    hold_->setSpecialValueText(tr("Not at all"));
    connect(expected_, &QLineEdit::textChanged, this, [this] { givenExpected_.reset(); });
    expected_->setPlaceholderText(tr("Any greeting"));
    source_->setPlaceholderText(tr("Chosen by the system"));

    auto *grid = new QGridLayout(this);
    grid->setContentsMargins({});
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(3);
    addField(*grid, 0, 0, tr("&Connections:"), count_, u"repeatCount"_s,
             tr("1 to %1").arg(locale.toString(RepeatRequest::MostConnections)));
    addField(*grid, 0, 1, tr("&For:"), lasting_, u"repeatFor"_s,
             tr("0 to %1 s").arg(locale.toString(LongestRun, 'f', 0)));
    addField(*grid, 0, 2, tr("&At a time:"), concurrency_, u"repeatConcurrency"_s,
             tr("1 to %1").arg(locale.toString(RepeatRequest::MostConcurrency)));
    addField(*grid, 0, 3, tr("Ra&te, a second:"), rate_, u"repeatRate"_s,
             tr("0.001 to %1; 0: no limit").arg(locale.toString(RepeatRequest::MostRate, 'f', 0)));
    addField(*grid, 0, 4, tr("&Hold open:"), hold_, u"repeatHold"_s,
             tr("0 to %1 s").arg(locale.toString(LongestHold, 'f', 0)));
    grid->setRowMinimumHeight(3, 4);
    addField(*grid, 4, 0, tr("E&xchanges on each:"), exchanges_, u"repeatExchanges"_s,
             tr("0 to %1").arg(locale.toString(RepeatRequest::MostExchanges)));
    addField(*grid, 4, 1, tr("&Bytes of an answer:"), answerBytes_, u"repeatAnswerBytes"_s,
             tr("0 to %1").arg(locale.toString(MaxMessageBytes)));
    addField(*grid, 4, 2, tr("Ex&pected greeting or answer:"), expected_, u"repeatExpected"_s,
             tr("Any text; empty: any"));
    addField(*grid, 4, 3, tr("&Source addresses:"), source_, u"repeatSource"_s,
             tr("Taken in turn; nets, too: 127.0.0.0/8"), 2);
    for (int column = 0; column < 5; ++column)
        grid->setColumnStretch(column, 1);

    for (QLineEdit *field : findChildren<QLineEdit *>()) // the spin boxes' line edits, too
        connect(field, &QLineEdit::returnPressed, this, &RepeatForm::submitted);
    remembered_.add(values(), [this] { return values(); });
    const KeyedTexts expected{{u"repeat/expected"_s, QString()}};
    remembered_.add(expected, [this] {
        return givenExpected_ ? KeyedTexts() : KeyedTexts{{u"repeat/expected"_s, expected_->text()}};
    });
    remembered_.start();
}

std::variant<RepeatRequest, QString> RepeatForm::request(const ConnectRequest &one) const
{
    RepeatRequest request;
    request.endpoint = one.endpoint;
    request.send = one.send;
    request.timeout = one.timeout;
    request.maxBytes = one.maxBytes;
    request.count = count_->value();
    request.lasting = std::chrono::milliseconds(qRound64(lasting_->value() * 1000));
    request.concurrency = concurrency_->value();
    request.rate = rate_->value();
    request.hold = std::chrono::milliseconds(qRound64(hold_->value() * 1000));
    request.exchanges = exchanges_->value();
    request.answerBytes = answerBytes_->value();
    const auto expected = encodeText(expected_->text(), encoding_);
    if (const auto *error = std::get_if<BytesError>(&expected); error && !givenExpected_)
        return tr("What to expect: %1").arg(error->sentence);
    request.expected = givenExpected_ ? *givenExpected_ : std::get<QByteArray>(expected);
    static const QRegularExpression separator(u"[\\s,]+"_s);
    for (const QString &text : source_->text().split(separator, Qt::SkipEmptyParts)) {
        const auto net = Net::parse(text);
        if (const auto *error = std::get_if<QString>(&net))
            return *error;
        request.sources.push_back(std::get<Net>(net));
    }
    // The window's own source, without its port: many connections at once cannot share one.
    if (const auto net = Net::parse(QString::fromUtf8(one.source.host()));
        request.sources.empty() && !one.source.isNull() && !one.source.isAny() && std::holds_alternative<Net>(net))
        request.sources.push_back(std::get<Net>(net));
    if (const QString problem = request.problem(); !problem.isEmpty())
        return problem;
    return request;
}

KeyedTexts RepeatForm::values() const
{
    return {{u"repeat/count"_s, QString::number(count_->value())},
            {u"repeat/for"_s, QString::number(lasting_->value(), 'f', lasting_->decimals())},
            {u"repeat/concurrency"_s, QString::number(concurrency_->value())},
            {u"repeat/rate"_s, QString::number(rate_->value(), 'f', rate_->decimals())},
            {u"repeat/hold"_s, QString::number(hold_->value(), 'f', hold_->decimals())},
            {u"repeat/exchanges"_s, QString::number(exchanges_->value())},
            {u"repeat/answer-bytes"_s, QString::number(answerBytes_->value())},
            {u"repeat/source"_s, source_->text()}};
}

void RepeatForm::restoreSettings(Settings &settings)
{
    const auto number = [&settings](const QString &key, auto *field) {
        const auto isValid = [field](const QString &text) {
            bool isNumber = false;
            const double value = text.toDouble(&isNumber);
            return isNumber && value >= field->minimum() && value <= field->maximum();
        };
        using Value = decltype(field->value());
        const double value = settings.text(key, QString::number(field->value()), isValid).toDouble();
        field->setValue(static_cast<Value>(value));
    };
    number(u"repeat/count"_s, count_);
    number(u"repeat/for"_s, lasting_);
    number(u"repeat/concurrency"_s, concurrency_);
    number(u"repeat/rate"_s, rate_);
    number(u"repeat/hold"_s, hold_);
    number(u"repeat/exchanges"_s, exchanges_);
    number(u"repeat/answer-bytes"_s, answerBytes_);
    expected_->setText(settings.text(u"repeat/expected"_s, QString()));
    source_->setText(settings.text(u"repeat/source"_s, QString()));
    remembered_.start();
}

void RepeatForm::setEncoding(TextEncoding encoding)
{
    encoding_ = encoding;
    if (!givenExpected_)
        return;
    const QSignalBlocker blocker(expected_);
    expected_->setText(decodeText(*givenExpected_, encoding_));
}

void RepeatForm::setOptions(const ClientOptions &options)
{
    if (options.repeat)
        count_->setValue(static_cast<int>(*options.repeat));
    if (options.isRun())
        lasting_->setValue(
            std::chrono::duration<double>(options.lasting.value_or(std::chrono::milliseconds(0))).count());
    if (options.concurrency)
        concurrency_->setValue(*options.concurrency);
    if (options.rate)
        rate_->setValue(*options.rate);
    if (options.hold)
        hold_->setValue(std::chrono::duration<double>(*options.hold).count());
    if (options.exchanges)
        exchanges_->setValue(static_cast<int>(*options.exchanges));
    if (options.answerBytes)
        answerBytes_->setValue(static_cast<int>(*options.answerBytes));
    givenExpected_ = options.expected;
    setEncoding(encoding_);
    if (!options.sources.empty()) {
        QStringList texts;
        for (const Net &net : options.sources)
            texts.append(net.toString());
        source_->setText(texts.join(u' '));
    }
    remembered_.start();
}

void RepeatForm::saveSettings(Settings &settings, bool all) const
{
    remembered_.save(settings, all);
}

} // namespace parley
