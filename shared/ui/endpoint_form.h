// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/endpoint.h"
#include "shared/ui/settings.h"

#include <QWidget>

class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace parley
{

class StatusLabel;

/// The upper part of both windows. In one row stand host, port, kind and the button, or path, kind and the button.
/// Below stand the endpoint in the sockets' own words, and rows across the whole width.
///
/// A host that names the port or more is taken apart (EndpointParts) when it is pasted, and when the field is left.
class EndpointForm : public QWidget
{
    Q_OBJECT

public:
    /// @param hostField takes the host.
    /// @param host the field that it is typed into: hostField or a part of it.
    EndpointForm(Endpoint::Use use, QWidget *hostField, QLineEdit *host, QPushButton *button);

    /// @param label with its mnemonic.
    void addRow(const QString &label, QWidget *field);

    Transport transport() const;
    /// As typed; a host that names more than the host is taken apart where it can be.
    SavedEndpoint fields() const;
    void setFields(const SavedEndpoint &fields);
    std::variant<Endpoint, EndpointError> parse() const;
    /// Fills in @p endpoint. Fields that its kind does not have stay as they are.
    void setEndpoint(const Endpoint &endpoint);

    /// Puts the focus where the error is.
    void focusOn(EndpointError::Part part);
    void setFieldsEnabled(bool enabled);
    /// Shows the address that a host's name resolved to, until a field is edited.
    void showResolved(const Endpoint &endpoint, const Address &address);

protected:
    void changeEvent(QEvent *event) override;

Q_SIGNALS:
    void submitted(); ///< Enter was pressed in a field
    void transportChanged();

private:
    void keepReadable();
    void arrange();
    void showVocabulary();
    SavedEndpoint typed() const;
    bool isPasted() const;
    void takeApart();

    const Endpoint::Use use_;
    QGridLayout *const grid_;
    QWidget *const hostField_;
    QLineEdit *const host_;
    QLineEdit *const port_;
    QLineEdit *const path_;
    QComboBox *const kind_;
    QLabel *const hostLabel_;
    QLabel *const portLabel_;
    QLabel *const pathLabel_;
    StatusLabel *const vocabulary_;
    QString hostBefore_; // the text before the latest edit
    bool isPasted_ = false;
};

/// For a button whose second click undoes the first: a double click counts as one.
void ignoreDoubleClicks(QPushButton &button);

/// Keeps a button that changes its text as wide as the widest of @p texts needs.
void keepWidth(QPushButton &button, const QStringList &texts);

} // namespace parley
