"""deploy/backup-drill on the log of a server that is being written to, and on one where something is wrong."""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
LEADSTREAM, SOURCE = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
sys.path.insert(0, str(SOURCE / 'deploy'))
from ports import free_ports  # noqa: E402


def drill(data, backup):
    answer = subprocess.run([SOURCE / 'deploy/backup-drill', '--leadstream', LEADSTREAM, '--data', data, '--backup', backup, '--json'],
                            stdout=subprocess.PIPE, text=True)
    return answer.returncode, json.loads(answer.stdout or '{}')


def main():
    with tempfile.TemporaryDirectory(prefix='leadstream-test-') as scratch:
        address, data, backup = f'127.0.0.1:{free_ports(1)[0]}', f'{scratch}/data', f'{scratch}/backup'
        with open(f'{scratch}/said', 'w') as said:
            server = subprocess.Popen([LEADSTREAM, 'serve', '--listen', address, '--data', data], stderr=said)
        importing = None
        try:
            imported = [LEADSTREAM, 'import', SOURCE / 'samples/cards', '--server', address]
            while subprocess.run(imported, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
                assert server.poll() is None, pathlib.Path(f'{scratch}/said').read_text()
                time.sleep(0.2)  # until it serves
            importing = subprocess.Popen([LEADSTREAM, 'import', SOURCE / 'samples', '--server', address], stdout=subprocess.DEVNULL)
            status, first = drill(data, backup)
            assert status == 0 and first['records'] > 0 and first['fingerprints_equal'] and first['findings'] == 0, first
            assert importing.wait() == 0
            # However quick the import was, there is more than at first.
            subprocess.run([LEADSTREAM, 'call', 'CreateLead', 'lead.topic=seats', 'lead.company=Oak', '--server', address], stdout=subprocess.DEVNULL, check=True)
            status, second = drill(data, backup)
            assert status == 0 and second['records'] > first['records'] and second['fingerprints_equal'], second
        finally:
            for process in filter(None, (importing, server)):
                process.kill()
                process.wait()
        # A backup that does not hold what its manifest says is no drill passed.
        one = next(pathlib.Path(backup).rglob('*.records'))
        one.write_bytes(one.read_bytes()[:-1])
        assert drill(data, backup)[0] == 1


if __name__ == '__main__':
    main()
