"""The bill of materials of the image: CycloneDX 1.5, from what dpkg knows and what is pinned."""
import datetime
import json
import pathlib
import re
import subprocess
import uuid

HERE = pathlib.Path(__file__).resolve().parent
# Where the image is built these two lie beside this file, in the repository where they are at home.
PINS = [HERE / 'requirements.txt', HERE.parent.parent / 'proto/requirements.txt']
PROJECT = [HERE / 'CMakeLists.txt', HERE.parent.parent / 'CMakeLists.txt']
FIELDS = ['Package', 'Version', 'Architecture', 'source:Package', 'source:Version', 'Homepage', 'Maintainer']


def first(paths):
    return next(path for path in paths if path.exists()).read_text()


def from_debian(package):
    asked = '\x1f'.join(f'${{{field}}}' for field in FIELDS)
    answer = subprocess.run(['dpkg-query', '-W', f'-f={asked}', package], check=True, capture_output=True, text=True).stdout
    name, version, architecture, source, source_version, homepage, maintainer = answer.split('\x1f')
    reference = f'pkg:deb/debian/{name}@{version.replace("+", "%2B").replace(":", "%3A")}?arch={architecture}&upstream={source}%40{source_version.replace("+", "%2B").replace(":", "%3A")}'
    component = {'type': 'library', 'bom-ref': reference, 'name': name, 'version': version, 'purl': reference, 'publisher': maintainer}
    if homepage:
        component['externalReferences'] = [{'type': 'website', 'url': homepage}]
    return component


def from_pypi(line):
    name, version, digest = re.match(r'([\w.-]+)==(\S+) --hash=sha256:(\w+)', line).groups()
    reference = f'pkg:pypi/{name}@{version}'
    return {'type': 'library', 'bom-ref': reference, 'name': name, 'version': version, 'purl': reference, 'hashes': [{'alg': 'SHA-256', 'content': digest}],
            'description': 'protos that are compiled in'}


def sbom(packages, epoch):
    """`packages` as dpkg names them. The same in, the same out."""
    version = re.search(r'project\(leadstream VERSION ([\d.]+)', first(PROJECT))[1]
    reference = f'pkg:generic/leadstream@{version}'
    pins = [line for line in first(PINS).splitlines() if line and not line.startswith('#')]
    components = [from_debian(package) for package in packages] + [from_pypi(line) for line in pins]
    identity = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([version, components]))
    moment = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')
    return json.dumps({
        'bomFormat': 'CycloneDX', 'specVersion': '1.5', 'serialNumber': f'urn:uuid:{identity}', 'version': 1,
        'metadata': {'timestamp': moment, 'component': {'type': 'application', 'bom-ref': reference, 'name': 'leadstream', 'version': version, 'purl': reference,
                                                        'licenses': [{'license': {'id': 'Apache-2.0'}}]}},
        'components': components,
        'dependencies': [{'ref': reference, 'dependsOn': [component['bom-ref'] for component in components]}],
    }, indent=1, ensure_ascii=False) + '\n'
