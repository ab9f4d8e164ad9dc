// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "shared/address/transport.h"
#include "shared/ui/settings.h"

class QSpinBox;

namespace parley
{

class LimitsDialog;

/// The two fields of a limits dialog that say when a peer counts as gone. Copies stand for the same fields.
class KeepAliveFields
{
public:
    explicit KeepAliveFields(const KeepAlive &keepAlive);

    /// The dialog then owns them.
    void addTo(LimitsDialog &dialog) const;
    KeepAlive value() const;
    void setValue(const KeepAlive &keepAlive) const;

private:
    QSpinBox *interval_;
    QSpinBox *probes_;
};

KeepAlive readKeepAlive(Settings &settings);
KeyedTexts textsOf(const KeepAlive &keepAlive);

} // namespace parley
