"""A port of this machine for a test."""

from __future__ import annotations

import socket

_held: list[socket.socket] = []


def held_port() -> int:
    """A port that nobody answers on, and that nobody else is given until this process ends.

    It is bound without listening: who asks there is refused. A server that a test starts may still
    listen on it, as servers allow themselves the address of one before them (SO_REUSEADDR).
    """
    holding = socket.socket()
    holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holding.bind(("127.0.0.1", 0))
    _held.append(holding)
    return int(holding.getsockname()[1])
