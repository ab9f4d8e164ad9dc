// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/behaviours/behaviour.h"

#include <QtEndian>

#include <algorithm>
#include <cstring>

namespace parley
{

/// The peer receives some bytes of garbage, then FIN. The bytes depend on the seed alone: they are the outputs of
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014), each as eight bytes,
/// the lowest first.
class Random final : public Behaviour
{
public:
    Random(qint64 bytes, quint64 seed) : left_(bytes), state_(seed) {}

    void begin(Conversation &conversation) override { sent(conversation); }
    void sent(Conversation &conversation) override
    {
        QByteArray piece(std::min(left_, Piece), Qt::Uninitialized);
        for (qint64 i = 0; i < piece.size(); i += 8) {
            const quint64 value = qToLittleEndian(next());
            std::memcpy(piece.data() + i, &value, static_cast<std::size_t>(std::min<qint64>(8, piece.size() - i)));
        }
        left_ -= piece.size();
        conversation.send(piece);
        if (left_ == 0)
            conversation.leave();
    }
    void peerClosed(Conversation &) override {} // the peer may still be reading

private:
    static constexpr qint64 Piece = 64 * 1024; // a multiple of 8

    quint64 next()
    {
        quint64 z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    qint64 left_;
    quint64 state_;
};

} // namespace parley
