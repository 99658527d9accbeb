"""deploy/edge/nginx.conf, before a server: what gets through, and what does not.

    edge_test.py build/release/leadstream
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import checking
from edge import Edge

leadstream = sys.argv[1]
checking.tool('nginx')
if shutil.which('openssl') is None or shutil.which('curl') is None:
    checking.skip('there is no openssl, or no curl')
NAMES = ('localhost', 'lead', 'opportunity', 'quoting', 'ordering', 'billing')


class EdgeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.TemporaryDirectory()
        cls.path = pathlib.Path(cls.home.name)
        cls.make_certificates()
        cls.server = subprocess.Popen([leadstream, 'serve', '--data', cls.path / 'data', '--listen', '127.0.0.1:0', '--tls-certificate', cls.path / 'node.pem',
                                       '--tls-key', cls.path / 'node.key'], stderr=subprocess.PIPE, text=True)
        [node] = re.findall(r'serving on port (\d+)', cls.server.stderr.readline())
        cls.edge = Edge(cls.path, f'127.0.0.1:{node}', slower=True)
        cls.port = cls.edge.port

    @classmethod
    def tearDownClass(cls):
        cls.edge.stop()
        cls.server.terminate()
        cls.server.wait()
        cls.server.stderr.close()
        cls.home.cleanup()

    @classmethod
    def make_certificates(cls):
        def openssl(*arguments):
            done = checking.run('openssl', *arguments, cwd=cls.path)
            assert done.returncode == 0, done.stderr

        openssl('req', '-x509', '-newkey', 'ed25519', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority', '-days', '2')
        (cls.path / 'names').write_text('subjectAltName=' + ','.join(f'DNS:{name}' for name in NAMES))
        for who in ('node', 'edge'):
            openssl('req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', f'{who}.key', '-out', f'{who}.csr', '-subj', f'/CN={who}')
            openssl('x509', '-req', '-in', f'{who}.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', f'{who}.pem', '-days', '2', '-extfile', 'names')

    def call(self, method, *request):
        return checking.run(leadstream, 'call', method, *request, '--server', f'localhost:{self.port}', '--tls-ca', self.path / 'ca.pem', '--wait', '0')

    def curl(self, path, *arguments):
        return checking.run('curl', '--silent', '--max-time', '60', '--http2', '--cacert', self.path / 'ca.pem', '--dump-header', '-', '--output', '/dev/null', '--data-binary', '',
                            '--header', 'content-type: application/grpc', '--header', 'te: trailers', *arguments, f'https://localhost:{self.port}{path}').stdout.lower()

    def test_calls_of_all_services_get_through(self):
        lead = self.call('CreateLead', 'lead.topic=seats', 'lead.company=Oak')
        self.assertEqual(lead.returncode, 0, lead.stderr)
        for method in ('ListLeads', 'ListOpportunities', 'ListQuotes', 'ListOrders', 'ListInvoices'):
            listed = self.call(method)
            self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertEqual(json.loads(self.call('ListLeads').stdout)['leads'][0]['company'], 'Oak')

    def test_what_the_service_refuses_is_said_as_it_said_it(self):
        refused = self.call('QualifyLead', 'name=leads/nobody')
        self.assertIn('RESOURCE_NOT_FOUND', refused.stderr)

    def test_what_is_for_nodes_is_not_offered(self):
        for path in ('/leadstream.common.v1.NodeService/GetNodeStatus', '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo', '/'):
            self.assertIn('grpc-status: 12', self.curl(path), path)

    def test_more_metadata_than_nodes_take_ends_here(self):
        answer = self.curl('/leadstream.lead.v1.LeadService/ListLeads', '--header', 'x-much: ' + 'a' * 60_000)
        self.assertNotIn('grpc-status: 0', answer)
        self.assertRegex(answer, r'^(http/2 4\d\d|$)')

    def test_too_many_calls_of_one_address_are_turned_away(self):
        """A burst of 40 is let through here, then 20 a second. One after the other: together, curl 7.88 may wait for ever."""
        time.sleep(2)  # what others called before no longer counts
        urls = [f'https://localhost:{self.port}/leadstream.lead.v1.LeadService/GetLead'] * 400
        config = self.path / 'urls'
        config.write_text('\n'.join(f'url = "{url}"\noutput = /dev/null\ndata-binary = ""' for url in urls))
        done = checking.run('curl', '--silent', '--max-time', '60', '--http2', '--cacert', self.path / 'ca.pem', '--header', 'content-type: application/grpc', '--header', 'te: trailers',
                            '--write-out', '%{http_code}\\n', '--config', config)
        answered, turned_away = done.stdout.count('200'), done.stdout.count('204')
        self.assertGreater(turned_away, 200)
        self.assertGreater(answered, 40)
        time.sleep(3)
        self.assertEqual(self.call('ListLeads').returncode, 0)
        # Whoever floods fills no disk: of what was turned away one in a hundred is logged, of what was answered all.
        logged = (self.path / 'logs/calls.log').read_text()
        self.assertLess(logged.count(' 204 grpc=8 '), turned_away / 10)
        self.assertGreaterEqual(logged.count(' 200 '), answered)
        self.assertNotIn('limiting requests', (self.path / 'logs/error.log').read_text())

    def test_z_no_node_is_said_as_grpc_says_it(self):
        self.server.terminate()
        self.server.wait()
        self.assertIn('grpc-status: 14', self.curl('/leadstream.lead.v1.LeadService/ListLeads'))


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
