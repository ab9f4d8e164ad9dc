// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

// Every parser of a user's or a peer's input, under libFuzzer: no input makes it crash or break one of the rules
// below. The first byte of an input chooses the parser.
//
// A run without arguments starts from the seeds below; one with a file repeats that input.

#include "shared/address/address.h"
#include "shared/address/cidr.h"
#include "shared/address/endpoint.h"
#include "shared/address/endpoint_parts.h"
#include "shared/message/hex_bytes.h"
#include "shared/message/message.h"
#include "shared/message/text_encoding.h"

#include <QFile>
#include <QTemporaryDir>

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;
using namespace parley;

namespace
{

enum class Parser : std::uint8_t {
    Decoder,
    Endpoint,
    WideEndpoint,
    Path,
    WidePath,
    IPv4,
    IPv6,
    Net,
    Parts,
    Hex,
    Escapes,
    Encodings,
    Count
};

/// Ends the run if a rule does not hold; libFuzzer then keeps the input.
#define RULE(condition) ((condition) ? static_cast<void>(0) : broken(#condition, __LINE__))

[[noreturn]] void broken(const char *rule, int line)
{
    std::fprintf(stderr, "fuzz_parsers.cpp:%d: broken rule: %s\n", line, rule);
    std::abort();
}

/// UTF-16 as it is in memory, lone surrogates included, which no UTF-8 gives.
QString wide(QByteArrayView bytes)
{
    QString text(bytes.size() / 2, Qt::Uninitialized);
    std::memcpy(text.data(), bytes.data(), static_cast<std::size_t>(text.size()) * 2);
    return text;
}

/// However the bytes are split, the text is the same; and it is text.
void decode(QByteArrayView bytes)
{
    const QString whole = MessageDecoder::decodeAll(bytes);
    RULE(whole.isValidUtf16());
    RULE(whole.size() <= bytes.size());
    for (const qsizetype piece : {qsizetype{1}, qsizetype{2}, qsizetype{3}, bytes.size() / 2 + 1}) {
        MessageDecoder decoder;
        QString text;
        for (qsizetype at = 0; at < bytes.size(); at += piece)
            text += decoder.decode(bytes.sliced(at, std::min(piece, bytes.size() - at)));
        text += decoder.finish();
        RULE(text == whole);
    }
    const QByteArray encoded = encodeMessage(whole);
    RULE(MessageDecoder::decodeAll(encoded) == whole);
    RULE(encoded == bytes || whole.contains(QChar::ReplacementCharacter));
    for (const LineBreaks breaks : {LineBreaks::Keep, LineBreaks::Escape}) {
        const QString safe = displaySafe(whole, breaks);
        RULE(breaks == LineBreaks::Keep || sentenceSafe(safe) == safe); // displaySafe() doubles backslashes again
        for (const QChar c : safe)
            RULE(c.unicode() >= 0x20 || (breaks == LineBreaks::Keep && (c == u'\n' || c == u'\t')));
    }
}

/// A sentence for people: one line of bounded length, with nothing in it that acts on a terminal.
void check(const QString &sentence)
{
    RULE(sentenceSafe(sentence) == sentence);
    for (const QChar c : sentence) {
        RULE(c.category() != QChar::Other_Control && c.category() != QChar::Separator_Line
             && c.category() != QChar::Separator_Paragraph);
        RULE(c.direction() != QChar::DirRLO && c.direction() != QChar::DirLRO && c.direction() != QChar::DirRLE
             && c.direction() != QChar::DirLRE && c.direction() != QChar::DirPDF && c.direction() != QChar::DirRLI
             && c.direction() != QChar::DirLRI && c.direction() != QChar::DirFSI && c.direction() != QChar::DirPDI);
    }
    RULE(sentence.endsWith(u'.'));
    RULE(sentence.size() < 2000);
}

/// `host|port`; without a bar it is a host.
void parseEndpoint(const QString &text)
{
    const qsizetype bar = text.lastIndexOf(u'|');
    const QString host = bar < 0 ? text : text.first(bar);
    const QString port = bar < 0 ? u"3000"_s : text.sliced(bar + 1);
    for (const Transport transport : {Transport::Tcp, Transport::Udp}) {
        for (const Endpoint::Use use : {Endpoint::Use::Listen, Endpoint::Use::Connect}) {
            const auto parsed = Endpoint::parse(host, port, use, transport);
            if (const auto *error = std::get_if<EndpointError>(&parsed)) {
                check(error->sentence);
                RULE(error->part != EndpointError::Part::Path);
                continue;
            }
            const auto &endpoint = std::get<Endpoint>(parsed);
            RULE(endpoint.isLiteral() != endpoint.isName());
            RULE(!endpoint.isLiteral() || endpoint.literal.port() == endpoint.port);
            RULE(use == Endpoint::Use::Listen || endpoint.port != 0);
            RULE(use == Endpoint::Use::Listen || !endpoint.literal.isAny());
            RULE(!endpoint.literal.isBroadcast() || (transport == Transport::Udp && use == Endpoint::Use::Connect));
            const auto again = Endpoint::parse(endpoint.host(), QString::number(endpoint.port), use, transport);
            RULE(std::holds_alternative<Endpoint>(again) && std::get<Endpoint>(again) == endpoint);
            for (const QString &printed : {endpoint.toString(), endpoint.vocabulary()})
                RULE(sentenceSafe(printed) == printed);
        }
    }
}

void parsePath(const QString &text)
{
    const auto parsed = Endpoint::parseUnix(text);
    if (const auto *error = std::get_if<EndpointError>(&parsed)) {
        check(error->sentence);
        RULE(error->part == EndpointError::Part::Path);
        return;
    }
    const auto &endpoint = std::get<Endpoint>(parsed);
    RULE(!endpoint.isLiteral() && !endpoint.isName());
    RULE(!endpoint.path.isEmpty() && endpoint.path.size() <= 107 && !endpoint.path.contains('\0'));
    const auto again = Endpoint::parseUnix(MessageDecoder::decodeAll(endpoint.path));
    RULE(std::holds_alternative<Endpoint>(again) && std::get<Endpoint>(again) == endpoint);
    for (const QString &printed : {endpoint.toString(), endpoint.vocabulary()})
        RULE(sentenceSafe(printed) == printed);
}

/// What was parsed prints and parses to itself, and goes through the system's form unharmed.
void check(const Address &address)
{
    const bool v4 = address.family() == Address::Family::IPv4;
    const QByteArray printed = address.host();
    RULE((v4 ? Address::parseIPv4(printed, address.port()) : Address::parseIPv6(printed, address.port())) == address);
    RULE(!printed.contains('\n') && !address.toPython().isEmpty());
    for (const Address::Form form : {Address::Form::Plain, Address::Form::Mapped}) {
        sockaddr_storage storage;
        const std::uint32_t length = address.toSockaddr(storage, form);
        RULE(length > 0);
        RULE(Address::fromSockaddr(reinterpret_cast<const sockaddr *>(&storage), length) == address);
    }
}

/// The system's strict parser is the judge; it stops reading at a null character.
bool systemParses(int family, QByteArrayView text)
{
    std::array<std::uint8_t, 16> bytes;
    return !text.contains('\0') && ::inet_pton(family, text.toByteArray().constData(), bytes.data()) == 1;
}

void parseIPv4(QByteArrayView text)
{
    const Address address = Address::parseIPv4(text, 3000);
    RULE(address.isNull() != systemParses(AF_INET, text));
    if (!address.isNull())
        check(address);
}

void parseIPv6(QByteArrayView text)
{
    const Address address = Address::parseIPv6(text, 3000);
    if (!text.contains('%'))
        RULE(address.isNull() != systemParses(AF_INET6, text));
    if (!address.isNull())
        check(address);
}

void parseNet(const QString &text)
{
    const auto parsed = Net::parse(text);
    if (const auto *error = std::get_if<QString>(&parsed)) {
        check(*error);
        return;
    }
    const auto &net = std::get<Net>(parsed);
    const auto again = Net::parse(net.toString());
    RULE(std::holds_alternative<Net>(again) && std::get<Net>(again) == net);
}

void parseParts(const QString &text)
{
    const auto taken = EndpointParts::of(text);
    if (const auto *error = std::get_if<EndpointError>(&taken)) {
        check(error->sentence);
        return;
    }
    const auto &parts = std::get<EndpointParts>(taken);
    RULE(parts.path.isEmpty() || (parts.host.isEmpty() && parts.port.isEmpty()));
    RULE(parts.path.isEmpty() || parts.transport == Transport::Unix);
    RULE(parts.port.isEmpty() || !parts.host.isNull());
    const auto source = parseSource(text);
    if (const auto *error = std::get_if<EndpointError>(&source))
        check(error->sentence);
}

/// The bytes that a user's @p text was taken for, if it was.
std::optional<QByteArray> checked(const std::variant<QByteArray, BytesError> &parsed, const QString &text)
{
    if (const auto *error = std::get_if<BytesError>(&parsed)) {
        check(error->sentence);
        RULE(error->position >= 0 && error->position <= text.size());
        return std::nullopt;
    }
    return std::get<QByteArray>(parsed);
}

void parseHexadecimal(const QString &text)
{
    if (const auto bytes = checked(parseHex(text), text))
        RULE(checked(parseHex(hexText(*bytes, bytes->size())), text) == bytes);
}

void parseEscapes(const QString &text)
{
    for (const TextEncoding encoding : textEncodings())
        checked(parseEscaped(text, encoding), text);
    if (const auto bytes = checked(parseEscaped(text), text))
        RULE(checked(parseEscaped(escapedText(*bytes)), text) == bytes);
}

/// As decode(), for each encoding; and what can be sent is what comes back.
void decodeEach(QByteArrayView bytes)
{
    for (const TextEncoding encoding : textEncodings()) {
        const QString whole = decodeText(bytes, encoding);
        RULE(whole.size() <= bytes.size());
        for (const qsizetype piece : {qsizetype{1}, qsizetype{3}, bytes.size() / 2 + 1}) {
            TextDecoder decoder(encoding);
            QString text;
            for (qsizetype at = 0; at < bytes.size(); at += piece)
                text += decoder.decode(bytes.sliced(at, std::min(piece, bytes.size() - at)));
            text += decoder.finish();
            RULE(text == whole);
        }
        const auto encoded = encodeText(whole, encoding);
        if (const auto *error = std::get_if<BytesError>(&encoded))
            check(error->sentence);
        else
            RULE(decodeText(std::get<QByteArray>(encoded), encoding) == whole);
        const qsizetype middle = characterBoundary(bytes, bytes.size() / 2, encoding);
        RULE(middle >= bytes.size() / 2 && middle <= bytes.size());
    }
}

/// The forms that the endpoint's field knows, and some near each.
std::vector<QByteArray> seeds()
{
    std::vector<QByteArray> inputs;
    const auto add = [&inputs](Parser parser, const QByteArray &text) {
        inputs.push_back(static_cast<char>(parser) + text);
    };
    const auto addWide = [&add](Parser parser, const QString &text) {
        add(parser, QByteArray(reinterpret_cast<const char *>(text.constData()), text.size() * 2));
    };
    const QString hosts =
        u"AF_INET,AF_INET6,AF_UNIX,AF_X25,localhost,www.example.org.,münchen.example,my_host,3com.example,"
        u"192.168.0.104,010.1.2.3,127.1,0x7f.0.0.1,0x7f000001,256.1.1.1,１２７.0.0.1,127.0.1。1,::1,[::1],"
        u"fe80::1%lo,[fe80::1%1],fe80::1%eth0,::ffff:10.0.0.1,::ffff:255.255.255.255,64:ff9b::192.0.2.33,"
        u"<broadcast>,255.255.255.255,,*,::,::%lo,[::],0,1,2130706433,4294967295,4294967296,a..b,-a,"
        u"a\x1b[2J\u202e\u2028,127.0.0.1:3000,::ffff:1.2.3.4%lo"_s;
    for (const QString &host : hosts.split(u',')) {
        for (const QString &port :
             {u"3000"_s, u"0"_s, u" 65535 "_s, u"65536"_s, u"http"_s, u"domain"_s, u"\u202e80"_s}) {
            const QString text = host + u'|' + port;
            add(Parser::Endpoint, text.toUtf8());
        }
        addWide(Parser::WideEndpoint, host);
        add(Parser::IPv4, host.toUtf8());
        add(Parser::IPv6, host.toUtf8());
    }
    for (const QString &path : {u"/run/user/1000/parley.sock"_s, u"@parley"_s, u"@"_s, u""_s, u"/tmp/"_s, u"@a/"_s,
                                u"/tmp/Grüße-🌍"_s, u"/a\x1b[2J\u202e\n"_s, u"\ufeffa"_s, QString(107, u'a'),
                                QString(108, u'a'), QString(54, u'ü'), u"/a\0b"_s}) {
        add(Parser::Path, path.toUtf8());
        addWide(Parser::WidePath, path);
    }
    for (const QString &net :
         {u"10.0.0.0/8"_s, u"192.168.0.104"_s, u"010.0.0.0/8"_s, u"10/8"_s, u"10.0.0.1/8"_s, u"10.0.0.0/255.0.0.0"_s,
          u"0.0.0.0/0"_s, u"1.2.3.4/032"_s, u"1.2.3.4/33"_s, u"1.2.3.4/-1"_s, u"::/0"_s, u"fe80::/10"_s, u"::1/128"_s,
          u"::ffff:10.0.0.0/104"_s, u"::ffff:0.0.0.0/95"_s, u"fe80::1%lo/64"_s, u"\u202e1.2.3.4\n/8"_s})
        add(Parser::Net, net.toUtf8());
    for (const QByteArray &bytes : {"Hello World!"_ba, "Grüße, мир, 世界, 🌍"_ba, "\xe2\x82"_ba, "\xf0\x9f\x98"_ba,
                                    "\xed\xa0\x80"_ba, "\xc0\x80"_ba, "\xf4\x90\x80\x80"_ba, "\xe0\x80\x80\xff"_ba,
                                    "\x1b[2J\r\n\t\x7f\xc2\x9b"_ba, "\xe2\x80\xae\xf3\xa0\x81\x81"_ba})
        add(Parser::Decoder, bytes);
    for (const QByteArray &text :
         {"127.0.0.1:4200"_ba, "('127.0.0.1', 4200)"_ba, "http://localhost:4200/x"_ba, "[::1]:4200"_ba,
          "tcp://host:port"_ba, "('fe80::1', 4200, 0, 2)"_ba, "unix:@name"_ba, "file:///run/a%20b"_ba, "a b c"_ba})
        add(Parser::Parts, text);
    for (const QByteArray &text :
         {"48 65 0a"_ba, "0x48, 0x65"_ba, "{0x48};"_ba, "\\x48\\x65"_ba, "48:65:6c"_ba,
          "00000000: 4865 6c6c 6f  Hello\n"_ba, "00000000  48 65 6c 6c  |Hell|\n*\n00000020"_ba})
        add(Parser::Hex, text);
    for (const QByteArray &text : {"a\\n\\r\\t\\0\\\\"_ba, "\\xff\\u00e9\\U0001f30d"_ba, "你好\\x"_ba, "\\ud800"_ba})
        add(Parser::Escapes, text);
    for (const QByteArray &bytes : {"\xc4\xe3\xba\xc3"_ba, "\x95\x5c\x1a\xff\x80"_ba, "\xd8\x3c\xdf\x0d"_ba,
                                    "\xff\xfe\x3c\xd8\x0d\xdf"_ba, "\x81\x30\x81\x30"_ba, "Gr\xfc\xdf"_ba})
        add(Parser::Encodings, bytes);
    return inputs;
}

/// A new folder with the seeds in it, which is gone when the run ends.
QString seedFolder()
{
    static const auto folder = std::make_unique<QTemporaryDir>();
    int number = 0;
    for (const QByteArray &seed : seeds()) {
        QFile file(folder->filePath(QString::number(++number)));
        RULE(file.open(QIODevice::WriteOnly) && file.write(seed) == seed.size());
    }
    return folder->path();
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static std::vector<char *> arguments(*argv, *argv + *argc);
    const bool hasInputs = std::any_of(arguments.begin() + 1, arguments.end(), [](const char *a) { return *a != '-'; });
    if (!hasInputs) {
        static QByteArray folder = QFile::encodeName(seedFolder());
        arguments.push_back(folder.data());
        *argc = static_cast<int>(arguments.size());
        arguments.push_back(nullptr);
        *argv = arguments.data();
    }
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const QByteArrayView input = QByteArrayView(data + 1, static_cast<qsizetype>(size - 1));
    switch (static_cast<Parser>(*data % static_cast<int>(Parser::Count))) {
    case Parser::Decoder: decode(input); break;
    case Parser::Endpoint: parseEndpoint(QString::fromUtf8(input)); break;
    case Parser::WideEndpoint: parseEndpoint(wide(input)); break;
    case Parser::Path: parsePath(QString::fromUtf8(input)); break;
    case Parser::WidePath: parsePath(wide(input)); break;
    case Parser::IPv4: parseIPv4(input); break;
    case Parser::IPv6: parseIPv6(input); break;
    case Parser::Net: parseNet(QString::fromUtf8(input)); break;
    case Parser::Parts: parseParts(QString::fromUtf8(input)); break;
    case Parser::Hex: parseHexadecimal(QString::fromUtf8(input)); break;
    case Parser::Escapes: parseEscapes(QString::fromUtf8(input)); break;
    case Parser::Encodings: decodeEach(input); break;
    case Parser::Count: break;
    }
    return 0;
}
