"""A wire to PostgreSQL that can be cut around a COMMIT: its answer lost, or itself lost, or late."""

from __future__ import annotations

import socket
import threading
import time
from enum import Enum
from pathlib import Path


class Cut(Enum):
    """What happens to the next COMMIT."""

    NOT = "it passes"
    ANSWER = "it is executed, its answer is lost"
    COMMAND = "it never arrives"
    LATE = "the client loses the wire first, then it is executed"


class CuttingProxy:
    """Listens on a port of its own and passes everything on to a server's socket."""

    def __init__(self, server_socket: Path) -> None:
        self._server_socket = str(server_socket)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.next_commit = Cut.NOT
        self.down = False
        self.commits = 0
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._open: list[socket.socket] = []
        self._threads[0].start()

    def break_all(self) -> None:
        """Cut every connection."""
        for wire in self._open:
            _cut(wire)

    def close(self) -> None:
        _cut(self._listening)
        self.break_all()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self.down:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server_socket)
            self._open += [client, server]
            for pump, args in ((self._forward, (client, server)), (_copy, (server, client))):
                self._threads.append(threading.Thread(target=pump, args=args, daemon=True))
                self._threads[-1].start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        while data := _received(client):
            if b"COMMIT" in data:
                self.commits += 1
                cut, self.next_commit = self.next_commit, Cut.NOT
                if cut is not Cut.NOT:
                    self._cut_commit(cut, data, client, server)
                    return
            _send(server, data)
        _cut(server)

    def _cut_commit(self, cut: Cut, data: bytes, client: socket.socket, server: socket.socket) -> None:
        _cut(client)
        if cut is Cut.LATE:
            time.sleep(0.4)  # of the server's time, while the client already asks what became of it
        if cut is not Cut.COMMAND:
            _send(server, data)
            time.sleep(0.1)  # the other pump swallows the answer
        _cut(server)


def _received(wire: socket.socket) -> bytes:
    try:
        return wire.recv(65536)
    except OSError:
        return b""


def _copy(source: socket.socket, target: socket.socket) -> None:
    while data := _received(source):
        _send(target, data)
    _cut(target)


def _send(wire: socket.socket, data: bytes) -> None:
    try:
        wire.sendall(data)
    except OSError:
        _cut(wire)  # the other end is gone; its own pump notices too


def _cut(wire: socket.socket) -> None:
    try:
        wire.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    wire.close()
