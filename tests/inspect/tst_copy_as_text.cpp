// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/inspect/copy_as_text.h"
#include "tests/support/process.h"

#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parley;
using namespace parley::test;

class TestCopyAsText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void quoting();
};

/// A shell, Python and C read quoted bytes as the same bytes, whatever they are.
void TestCopyAsText::quoting()
{
    QByteArrayList words{"x;id>pwn", "$(id)", "`id`", "it's \"a\"", "-n",   "end\n\n", "\n",
                         "%2",       "\\",    "",     "~",          "a b*", "#"};
    QByteArray every;
    for (int value = 1; value < 256; ++value)
        every.append(static_cast<char>(value));
    words.append(every);
    QRandomGenerator random(4711); // the same words in each run
    for (int i = 0; i < 300; ++i) {
        QByteArray word;
        for (quint32 left = random.bounded(1u, 24u); left > 0; --left)
            word.append(every[random.bounded(i % 2 == 0 ? 128 : 255)]);
        words.append(word);
    }
    QByteArray shell;
    QByteArray python = "import sys\n";
    QByteArray c = "#include <stdio.h>\n#define WORD(literal) fwrite(literal, 1, sizeof literal, stdout)\n"
                   "int main(void)\n{\n";
    QByteArray expected;
    for (const QByteArray &word : words) {
        c += "    WORD(" + cString(word, "         ") + ");\n"; // with the NUL at its end
        shell += "printf '%s\\000' " + shellWord(word) + '\n';
        python += "sys.stdout.buffer.write(" + pythonBytes(word) + " + b'\\0')\n";
        expected += word + '\0';
    }
    Process sh(u"sh"_s, {}, shell);
    VERIFY(sh.exitStatus() == 0, sh);
    QCOMPARE(sh.output().split('\0'), expected.split('\0'));
    Process python3(u"python3"_s, {u"-"_s}, python);
    VERIFY(python3.exitStatus() == 0, python3);
    QCOMPARE(python3.output().split('\0'), expected.split('\0'));
    const QTemporaryDir folder;
    const QString program = folder.filePath(u"program"_s);
    // C99 knows trigraphs.
    Process compiler(u"cc"_s,
                     {u"-std=c99"_s, u"-Wall"_s, u"-Wextra"_s, u"-Wpedantic"_s, u"-Wno-overlength-strings"_s,
                      u"-Werror"_s, u"-x"_s, u"c"_s, u"-o"_s, program, u"-"_s},
                     c + "    return 0;\n}\n");
    VERIFY(compiler.exitStatus() == 0, compiler);
    Process compiled(program);
    VERIFY(compiled.exitStatus() == 0, compiled);
    QCOMPARE(compiled.output().split('\0'), expected.split('\0'));
}

QTEST_GUILESS_MAIN(TestCopyAsText)
#include "tst_copy_as_text.moc"
