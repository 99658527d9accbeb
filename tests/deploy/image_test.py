#!/usr/bin/env python3
"""Builds the image of deploy/Dockerfile twice, from the executables that are there, and runs each of them in it.

  image_test.py build/release

Without a registry: the Dockerfile's base is made by debootstrap (kept in .deps/tools) and tagged as what the Dockerfile asks for; buildah builds and runs
by chroot, which needs root and no container engine. Skipped where one of these cannot be had, and on other systems than Debian 12, whose libraries the
executables here would load.
"""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from checking import ROOT, TOOLS, run, skip

sys.path.insert(0, str(ROOT / 'deploy'))
from ports import free_ports  # noqa: E402

SUITE, BASE = 'bookworm', 'docker.io/library/debian:12-slim'
KEYRING = pathlib.Path('/usr/share/keyrings/debian-archive-keyring.gpg')
SERVICES = ['lead', 'opportunity', 'quoting', 'ordering', 'billing']
EPOCH = 1_700_000_000
READY_SECONDS_MAX = 60


def check(truth, otherwise):
    if not truth:
        print(f'FAILED: {otherwise}', file=sys.stderr)
        sys.exit(1)


def done(command, **options):
    answer = run(*command, **options)
    check(answer.returncode == 0, f'{" ".join(map(str, command))}\n{answer.stdout[-4000:]}{answer.stderr[-4000:]}')
    return answer.stdout.strip()


def what_is_needed():
    system = pathlib.Path('/etc/os-release').read_text()
    if 'ID=debian' not in system or 'VERSION_ID="12"' not in system:
        skip('this is not Debian 12, of which the image is made')
    if os.geteuid() != 0:
        skip('buildah works by chroot here, which needs root')
    for program in ('buildah', 'debootstrap'):
        if not shutil.which(program):
            skip(f'there is no {program}; `deploy/tools` installs it, or says why not')


def base():
    """The root of a minimal Debian, as an archive."""
    archive = TOOLS / f'debian-{SUITE}.tar'
    if not archive.exists():
        with tempfile.TemporaryDirectory() as folder:
            made = run('debootstrap', '--variant=minbase', f'--keyring={KEYRING}', SUITE, folder, 'http://deb.debian.org/debian')
            if made.returncode != 0:
                skip(f'debootstrap cannot make a Debian: {made.stdout[-500:]}{made.stderr[-500:]}')
            with open(f'{folder}/etc/apt/sources.list', 'a') as sources:
                sources.write(f'deb http://deb.debian.org/debian-security {SUITE}-security main\n')
            done(['tar', '-C', folder, '--numeric-owner', '-cf', f'{archive}.part', '.'])
            os.rename(f'{archive}.part', archive)
    return archive


class Buildah:
    """With a store of its own, gone afterwards."""

    def __init__(self, folder):
        self.command = ['buildah', '--root', f'{folder}/store', '--runroot', f'{folder}/run']
        self.environment = {**os.environ, 'BUILDAH_ISOLATION': 'chroot'}

    def __call__(self, *arguments):
        return done([*self.command, *arguments], env=self.environment, cwd=ROOT)

    def add_base(self, archive):
        container = self('from', 'scratch')
        self('add', '--quiet', container, archive, '/')
        self('commit', '--quiet', container, BASE)
        self('rm', container)

    def build(self, tag):
        self('build', '--pull=never', '--file', 'deploy/Dockerfile', '--build-arg', 'EXECUTABLES=given', '--build-arg', f'SOURCE_DATE_EPOCH={EPOCH}',
             '--timestamp', str(EPOCH), '--tag', tag, '.')
        return json.loads(self('inspect', '--type', 'image', tag))['FromImageDigest']


def holds_what_it_should(root):
    root = pathlib.Path(root)
    files = [path for path in root.rglob('*') if path.is_file() and not path.is_symlink()]
    for name in ('sh', 'bash', 'dash', 'busybox', 'apt', 'dpkg', 'perl', 'python3'):
        found = [str(path) for path in files if path.name == name]
        check(not found, f'it has {found}')
    check(not [path for path in files if path.stat().st_mode & 0o6000], 'a file runs as somebody else')
    foreign = [str(path) for path in root.rglob('*') if path.lstat().st_uid == 65532 and path != root / 'var/lib/leadstream']
    check(not foreign, f'its user may change {foreign}')

    bill = json.loads((root / 'usr/share/doc/leadstream/sbom.cdx.json').read_text())
    named = {component['name']: component for component in bill['components']}
    check(bill['bomFormat'] == 'CycloneDX' and bill['specVersion'] == '1.5' and bill['metadata']['component']['name'] == 'leadstream', 'the bill is no CycloneDX')
    for name in ('libgrpc++1.51', 'librocksdb7.8', 'librdkafka1', 'libssl3', 'libc6', 'googleapis-common-protos', 'ca-certificates'):
        check(name in named and re.match(r'pkg:(deb/debian|pypi)/', named[name]['purl']), f'the bill does not know {name}')
    status = {path.name for path in (root / 'var/lib/dpkg/status.d').iterdir()}
    check(status == {name for name, component in named.items() if component['purl'].startswith('pkg:deb')}, 'the bill and the packages are not the same')
    check(len(bill['components']) == len({component['bom-ref'] for component in bill['components']}), 'the bill names something twice')
    print(f'{len(files)} files of {len(status)} packages, {sum(path.stat().st_size for path in files) >> 20} MiB')


def get(port, path):
    try:
        with urllib.request.urlopen(f'http://127.0.0.1:{port}{path}', timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def inner(port):
    """The process in the container: buildah's own have the same words in their command lines."""
    for folder in pathlib.Path('/proc').iterdir():
        with contextlib.suppress(OSError):
            words = (folder / 'cmdline').read_bytes().split(b'\0') if folder.name.isdigit() else []
            if f'--listen=127.0.0.1:{port}'.encode() in words and words[0].startswith(b'/usr/local/bin/'):
                return int(folder.name)
    return None


def serves(buildah, container, folder, *command):
    """Runs it as the image's user, until it is ready, and ends it."""
    port, ops = free_ports(2)
    data = pathlib.Path(folder) / f'data-{port}'
    data.mkdir()
    os.chown(data, 65532, 65532)
    with open(f'{folder}/said', 'w+') as said:
        process = subprocess.Popen([*buildah.command, 'run', '--volume', f'{data}:/var/lib/leadstream', container, '--', *command, f'--listen=127.0.0.1:{port}',
                                    f'--ops=127.0.0.1:{ops}', '--data=/var/lib/leadstream'], env=buildah.environment, stdout=said, stderr=said)
        try:
            deadline = time.monotonic() + READY_SECONDS_MAX
            while get(ops, '/readyz') != 200:
                check(process.poll() is None and time.monotonic() < deadline, f'{command} is not ready: {pathlib.Path(said.name).read_text()[-4000:]}')
                time.sleep(0.1)
            check(get(ops, '/healthz') == 200, f'{command} is not well')
            os.kill(inner(port), signal.SIGTERM)
            check(process.wait(timeout=60) == 0, f'{command} does not end well: {pathlib.Path(said.name).read_text()[-4000:]}')
        finally:
            left = inner(port)
            if left:
                os.kill(left, signal.SIGKILL)
            process.wait()


def main():
    what_is_needed()
    # So that what is mounted does not outlive a test that takes too long.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    build = sys.argv[1]
    began = time.monotonic()

    def mark(what):
        print(f'{time.monotonic() - began:6.1f} s  {what}', flush=True)

    archive = base()
    mark('a base')
    given = ROOT / 'build/image'
    shutil.rmtree(given, ignore_errors=True)
    done([ROOT / 'deploy/image/parts', build, given])
    with tempfile.TemporaryDirectory() as folder:
        buildah = Buildah(folder)
        try:
            buildah.add_base(archive)
            first = buildah.build('leadstream:first')
            mark('an image')
            second = buildah.build('leadstream:second')
            mark('and again')
            check(first == second, f'two builds, two digests: {first} and {second}')
            container = buildah('from', '--pull=never', 'localhost/leadstream:first')
            holds_what_it_should(buildah('mount', container))
            version = re.search(r'project\(leadstream VERSION ([\d.]+)', (ROOT / 'CMakeLists.txt').read_text())[1]
            for name in ['leadstream', *(f'{service}-service' for service in SERVICES)]:
                said = buildah('run', container, '--', name, '--version')
                check(version in said, f'{name} says {said}')
                serves(buildah, container, folder, *([name, 'serve'] if name == 'leadstream' else [name]))
                mark(f'{said}: ready, and ended')
            check(buildah('inspect', '--format', '{{.OCIv1.Config.User}}', container) == '65532:65532', 'it runs as root')
        finally:
            run(*buildah.command, 'rm', '--all', env=buildah.environment)
            run(*buildah.command, 'rmi', '--all', '--force', env=buildah.environment)
            shutil.rmtree(given, ignore_errors=True)


main()
