#!/usr/bin/env python3
"""The edge of deploy/edge/nginx.conf, as a test runs it: that very file, but for names and ports.

    edge.py HOST:PORT     before a node that serves without TLS; without TLS itself; prints where it listens, and ends with its standard input
"""
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

import checking


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


class Edge:
    """`path` holds certificates, as the file names them, unless it is to do without TLS. `slower`: it takes a tenth of the calls of an address."""

    def __init__(self, path, node, tls=True, slower=False):
        self.path = pathlib.Path(path)
        (self.path / 'logs').mkdir(exist_ok=True)
        self.port = free_port()
        configuration = (checking.ROOT / 'deploy/edge/nginx.conf').read_text()
        configuration = re.sub(r'server (\w+):7400;', f'server {node};', configuration)
        configuration = configuration.replace('listen 443', f'listen 127.0.0.1:{self.port}')
        if slower:
            configuration = configuration.replace('rate=200r/s', 'rate=20r/s').replace('burst=400', 'burst=40')
        if not tls:
            configuration = configuration.replace(' ssl http2;', ' http2;').replace('grpcs://', 'grpc://')
            configuration = re.sub(r' +(grpc_)?ssl_\w+ .*;\n', '', configuration)
        # Tests leave nothing behind, wherever nginx keeps what it has no room for.
        temporary = ''.join(f'  {kind}_temp_path temp;\n' for kind in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
        configuration = configuration.replace('http {\n', 'http {\n' + temporary).replace('worker_processes', 'daemon off;\npid nginx.pid;\nworker_processes')
        (self.path / 'nginx.conf').write_text(configuration)
        checked = checking.run(*self.command('-t'))
        assert checked.returncode == 0, checked.stderr
        self.process = subprocess.Popen(self.command())
        for _ in range(100):
            with socket.socket() as one:
                if one.connect_ex(('127.0.0.1', self.port)) == 0:
                    break
            time.sleep(0.05)

    def command(self, *arguments):
        return [checking.tool('nginx'), '-p', f'{self.path}/', '-c', 'nginx.conf', '-e', 'logs/error.log', *arguments]

    def stop(self):
        self.process.terminate()
        self.process.wait()


if __name__ == '__main__':
    with tempfile.TemporaryDirectory() as home:
        edge = Edge(home, sys.argv[1], tls=False)
        print(f'127.0.0.1:{edge.port}', flush=True)
        sys.stdin.read()
        edge.stop()
