"""Free ports of this machine, for what is started, killed and started again."""
import pathlib
import random
import socket
import sys

FIRST, LAST_MIN = 10000, 11000


def free_ports(count):
    """None of those that outgoing connections get: what was killed must find its port free again."""
    first_outgoing = int(pathlib.Path('/proc/sys/net/ipv4/ip_local_port_range').read_text().split()[0])
    ports = []
    for port in random.sample(range(FIRST, first_outgoing if first_outgoing > LAST_MIN else 32768), 1000):
        with socket.socket() as probe:
            try:
                probe.bind(('127.0.0.1', port))
            except OSError:
                continue
        ports.append(port)
        if len(ports) == count:
            return ports
    sys.exit('there are not enough free ports')
