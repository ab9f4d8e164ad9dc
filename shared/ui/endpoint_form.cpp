// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/ui/endpoint_form.h"

#include "shared/ui/field_help.h"
#include "shared/ui/status_label.h"

#include <QComboBox>
#include <QEvent>
#include <QFile>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace parley
{

namespace
{

QLabel *labelFor(QWidget *field, const QString &text)
{
    auto *label = new QLabel(text);
    label->setBuddy(field);
    return label;
}

} // namespace

EndpointForm::EndpointForm(Endpoint::Use use, QWidget *hostField, QLineEdit *host, QPushButton *button)
    : use_(use), grid_(new QGridLayout(this)), hostField_(hostField), host_(host), port_(new QLineEdit),
      path_(new QLineEdit), kind_(new QComboBox), hostLabel_(labelFor(hostField, tr("Hos&t:"))),
      portLabel_(labelFor(port_, tr("&Port:"))), pathLabel_(labelFor(path_, tr("&Path:"))),
      vocabulary_(new StatusLabel(u"vocabulary"_s, tr("Endpoint in the sockets' words")))
{
    const bool listens = use == Endpoint::Use::Listen;
    hostField->setObjectName(u"host"_s);
    hostField->setAccessibleName(tr("Host"));
    const QString hostMeaning =
        listens ? tr("The name or address of this computer that clients connect to, as bind() takes it; * for every "
                     "interface. An address that begins with 127 is reached from this computer only.")
                : tr("The server's name or address. A name is looked up first, and each of its addresses is tried.");
    explainField(*hostField, hostMeaning);
    explainField(*host, hostMeaning);
    port_->setObjectName(u"port"_s);
    port_->setAccessibleName(tr("Port"));
    explainField(*port_, listens ? tr("Tells the programs of this computer apart: a number, 0 for any free one, or the "
                                      "name of a service such as http.")
                                 : tr("Tells the programs of that computer apart: a number from 1 to 65535, or the "
                                      "name of a service such as http."));
    port_->setMinimumWidth(fontMetrics().averageCharWidth() * 6);  // any number
    port_->setMaximumWidth(fontMetrics().averageCharWidth() * 14); // the longest usual service names
    path_->setObjectName(u"path"_s);
    path_->setAccessibleName(tr("Path"));
    explainField(*path_, tr("The socket's file, or @name for an abstract one, which has no file. Who may write to the "
                            "file can connect."));
    path_->setPlaceholderText(tr("The socket's file, or @name"));
    kind_->setObjectName(u"kind"_s);
    kind_->setAccessibleName(tr("Kind of socket"));
    explainField(*kind_, tr("TCP: a stream of bytes between computers (SOCK_STREAM). UDP: datagrams, which may be lost "
                            "(SOCK_DGRAM). Unix socket: a stream of bytes within this computer (AF_UNIX)."));
    kind_->addItem(tr("TCP"), static_cast<int>(Transport::Tcp));
    kind_->addItem(tr("UDP"), static_cast<int>(Transport::Udp));
    kind_->addItem(tr("Unix socket"), static_cast<int>(Transport::Unix));
    kind_->setMinimumContentsLength(4); // in a narrow window: beside a host stand TCP and UDP alone
    explainField(*vocabulary_, tr("The endpoint in the words of the calls: address family, type and protocol for "
                                  "socket(), then the address."));
    vocabulary_->setForegroundRole(QPalette::PlaceholderText);
    vocabulary_->setTextInteractionFlags(Qt::TextSelectableByMouse);

    ignoreDoubleClicks(*button);
    grid_->setContentsMargins({});
    grid_->setColumnStretch(1, 1);
    grid_->addWidget(hostLabel_, 0, 0);
    grid_->addWidget(pathLabel_, 0, 0);
    grid_->addWidget(hostField_, 0, 1);
    grid_->addWidget(path_, 0, 1, 1, 3);
    grid_->addWidget(portLabel_, 0, 2);
    grid_->addWidget(port_, 0, 3);
    grid_->addWidget(kind_, 0, 4);
    grid_->addWidget(button, 0, 5);
    grid_->addWidget(vocabulary_, 1, 1, 1, 5);
    setTabOrder(hostField_, port_);
    setTabOrder(port_, path_);
    setTabOrder(path_, kind_);
    setTabOrder(kind_, button);

    connect(kind_, &QComboBox::currentIndexChanged, this, [this] {
        arrange();
        Q_EMIT transportChanged();
    });
    for (QLineEdit *edit : {host_, port_, path_}) {
        connect(edit, &QLineEdit::textChanged, this, &EndpointForm::showVocabulary);
        connect(edit, &QLineEdit::returnPressed, this, &EndpointForm::submitted);
    }
    connect(host_, &QLineEdit::textEdited, this, [this] { isPasted_ = isPasted(); });
    connect(host_, &QLineEdit::textChanged, this, [this] { // after textEdited, and after showVocabulary()
        hostBefore_ = host_->text();
        if (std::exchange(isPasted_, false))
            takeApart();
    });
    connect(host_, &QLineEdit::editingFinished, this, &EndpointForm::takeApart);
    keepReadable();
    arrange();
}

void EndpointForm::addRow(const QString &label, QWidget *field)
{
    const int row = grid_->rowCount();
    // The label stands beside this one. A label passes the focus to no proxy.
    QWidget *firstLine = field->focusProxy() ? field->focusProxy() : field;
    QLabel *caption = labelFor(firstLine, label);
    caption->setMinimumHeight(firstLine->sizeHint().height());
    grid_->addWidget(caption, row, 0, Qt::AlignTop);
    grid_->addWidget(field, row, 1, 1, 5);
}

Transport EndpointForm::transport() const
{
    return static_cast<Transport>(kind_->currentData().toInt());
}

SavedEndpoint EndpointForm::typed() const
{
    return {transport(), host_->text(), port_->text(), path_->text()};
}

SavedEndpoint EndpointForm::fields() const
{
    const auto apart = typed().takenApart();
    return std::holds_alternative<SavedEndpoint>(apart) ? std::get<SavedEndpoint>(apart) : typed();
}

/// Whether several characters came at once. Typed ones may not be all yet.
bool EndpointForm::isPasted() const
{
    const QString text = host_->text();
    const QString before = hostBefore_;
    const auto [begin, beginBefore] = std::mismatch(text.begin(), text.end(), before.begin(), before.end());
    const auto end = std::mismatch(text.rbegin(), std::make_reverse_iterator(begin), before.rbegin(),
                                   std::make_reverse_iterator(beginBefore))
                         .first.base();
    return end - begin > 1;
}

void EndpointForm::takeApart()
{
    const auto apart = typed().takenApart();
    if (const auto *error = std::get_if<EndpointError>(&apart)) {
        vocabulary_->showText(error->sentence);
        return;
    }
    const auto &fields = std::get<SavedEndpoint>(apart);
    if (fields == typed())
        return;
    const bool hadFocus = host_->hasFocus();
    setFields(fields);
    if (hadFocus && fields.transport == Transport::Unix)
        path_->setFocus();
}

void EndpointForm::setFields(const SavedEndpoint &fields)
{
    host_->setText(fields.host);
    port_->setText(fields.port);
    path_->setText(fields.path);
    kind_->setCurrentIndex(kind_->findData(static_cast<int>(fields.transport)));
}

void EndpointForm::setEndpoint(const Endpoint &endpoint)
{
    if (parse() == std::variant<Endpoint, EndpointError>(endpoint))
        return; // keep the text as it was typed
    SavedEndpoint fields = typed();
    fields.transport = endpoint.transport;
    if (endpoint.transport == Transport::Unix) {
        fields.path = QFile::decodeName(endpoint.path);
    } else {
        fields.host = endpoint.host();
        fields.port = QString::number(endpoint.port);
    }
    setFields(fields);
}

std::variant<Endpoint, EndpointError> EndpointForm::parse() const
{
    const auto apart = typed().takenApart();
    if (const auto *error = std::get_if<EndpointError>(&apart))
        return *error;
    return std::get<SavedEndpoint>(apart).parse(use_);
}

void EndpointForm::focusOn(EndpointError::Part part)
{
    QLineEdit *field = part == EndpointError::Part::Host ? host_ : part == EndpointError::Part::Port ? port_ : path_;
    field->setFocus();
    field->selectAll();
}

void EndpointForm::setFieldsEnabled(bool enabled)
{
    for (QWidget *field :
         {hostField_, static_cast<QWidget *>(port_), static_cast<QWidget *>(path_), static_cast<QWidget *>(kind_)})
        field->setEnabled(enabled);
}

/// While a server listens, its fields are there to be read.
void EndpointForm::keepReadable()
{
    QPalette readable;
    for (const auto role : {QPalette::Text, QPalette::ButtonText, QPalette::WindowText})
        readable.setColor(QPalette::Disabled, role, palette().color(QPalette::Active, role));
    for (QWidget *field :
         {hostField_, static_cast<QWidget *>(port_), static_cast<QWidget *>(path_), static_cast<QWidget *>(kind_)})
        field->setPalette(readable);
}

void EndpointForm::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        keepReadable();
}

void EndpointForm::showResolved(const Endpoint &endpoint, const Address &address)
{
    vocabulary_->showText(endpoint.vocabulary(address));
}

void EndpointForm::arrange()
{
    const bool isPath = transport() == Transport::Unix;
    for (QWidget *widget : {static_cast<QWidget *>(hostLabel_), hostField_, static_cast<QWidget *>(portLabel_),
                            static_cast<QWidget *>(port_)})
        widget->setVisible(!isPath);
    pathLabel_->setVisible(isPath);
    path_->setVisible(isPath);
    showVocabulary();
}

void EndpointForm::showVocabulary()
{
    const auto parsed = parse();
    const auto *endpoint = std::get_if<Endpoint>(&parsed);
    vocabulary_->showText(endpoint ? endpoint->vocabulary() : QString());
}

void ignoreDoubleClicks(QPushButton &button)
{
    class Filter : public QObject
    {
    public:
        using QObject::QObject;
        bool eventFilter(QObject *, QEvent *event) override { return event->type() == QEvent::MouseButtonDblClick; }
    };
    button.installEventFilter(new Filter(&button));
}

void keepWidth(QPushButton &button, const QStringList &texts)
{
    int width = 0;
    for (const QString &text : texts) {
        button.setText(text);
        width = std::max(width, button.sizeHint().width());
    }
    constexpr int room = 16;
    button.setMinimumWidth(width + room);
}

} // namespace parley
