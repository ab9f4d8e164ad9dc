// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/event/csv.h"

#include "shared/message/message.h"

using namespace Qt::StringLiterals;

namespace parley
{

CsvRecord &CsvRecord::add(QStringView text)
{
    separate();
    QByteArray field = encodeMessage(text);
    QStringView start = text;
    while (start.startsWith(u' '))
        start = start.sliced(1);
    if (!start.isEmpty() && u"=+-@\t\r"_s.contains(start.front()))
        field.prepend('\'');
    const bool isQuoted = text.contains(u',') || text.contains(u'"') || text.contains(u'\r') || text.contains(u'\n')
                          || text.startsWith(u' ') || text.endsWith(u' ');
    line_ += isQuoted ? '"' + field.replace('"', "\"\"") + '"' : field;
    return *this;
}

CsvRecord &CsvRecord::add(qint64 number)
{
    separate();
    line_ += QByteArray::number(number);
    return *this;
}

CsvRecord &CsvRecord::add(const QDateTime &time)
{
    separate();
    if (time.isValid())
        line_ += time.toUTC().toString(Qt::ISODateWithMs).toLatin1();
    return *this;
}

CsvRecord &CsvRecord::add(const Address &address)
{
    add(QString::fromUtf8(address.host()));
    if (address.isNull() || address.family() == Address::Family::Unix)
        return addNothing();
    return add(qint64{address.port()});
}

CsvRecord &CsvRecord::addNothing()
{
    separate();
    return *this;
}

void CsvRecord::separate()
{
    if (!isFirst_)
        line_ += ',';
    isFirst_ = false;
}

} // namespace parley
