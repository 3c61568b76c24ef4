"""A port in front of servers, as a load balancer is: new connections go to the present one."""

import contextlib
import socket
import threading


@contextlib.contextmanager
def switched_port(target):
    """Forward connections to the port `target`, which the test may change."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        switch = SwitchedPort(listener.getsockname()[1], target)
        accepting = threading.Thread(target=switch.accept, args=(listener,))
        accepting.start()
        yield switch
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join()
        for forwarding in switch.forwarding:
            forwarding.join(10)


class SwitchedPort:
    """The port, and the port that it stands for."""

    def __init__(self, port, target):
        self.port = port
        self.target = target
        self.forwarding = []

    def accept(self, listener):
        """Forward each connection in a thread, until the listener is shut down."""
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                thread = threading.Thread(target=self._forward, args=(client,))
                self.forwarding.append(thread)
                thread.start()

    def _forward(self, client):
        with client, socket.create_connection(("127.0.0.1", self.target)) as server:
            back = threading.Thread(target=_copy, args=(server, client))
            back.start()
            _copy(client, server)
            back.join()


def _copy(source, sink):
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            sink.sendall(piece)
    for one in (source, sink):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
