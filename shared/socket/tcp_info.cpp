// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#include "shared/socket/tcp_info.h"

namespace parley
{

KernelView kernelView(int fd)
{
    const auto view = native::tcpView(fd);
    return view ? KernelView{KernelView::Kind::Told, *view} : KernelView{KernelView::Kind::NotTold, {}};
}

} // namespace parley
