#!/usr/bin/env python3
"""What the chart of helm/leadstream renders, for every value file in its ci/ folder, and what it refuses.

  chart_test.py IsClean | RendersWhatKubernetesTakes | HoldsTogether | ReadsNoSecret | IsClosed | RefusesWhatItDoesNotKnow | NamesAllThatIsMissing |
                PassesItsSuites | HasAReadmeThatIsTrue | IsOfTheVersionThatIsBuilt |
                KnowsHowLongANodeTakesToEnd | InstallsAsTheDocsSay | SaysWhatANodeUnderstands build/release
"""
import functools
import json
import pathlib
import re
import sys
import tempfile

from checking import CHART, ROOT, run, run_the_test_that_is_named, skip, tool, yaml

VALUES = sorted((CHART / 'ci').glob('*-values.yaml'))
# The oldest that the chart takes, and the newest that the schemas know.
KUBERNETES = ['1.30.0', '1.34.0']
# Resources of others' controllers, whose schemas are theirs.
CUSTOM = {'cert-manager.io', 'gateway.networking.k8s.io', 'monitoring.coreos.com', 'kafka.strimzi.io'}
SERVICES = ['lead', 'opportunity', 'quoting', 'ordering', 'billing']


def template(*arguments):
    return run(tool('helm'), 'template', 'sales', CHART, '--namespace', 'crm', *arguments)


def rendered(values):
    answer = template('-f', values)
    assert answer.returncode == 0, answer.stderr
    return [resource for resource in yaml().safe_load_all(answer.stdout) if resource]


def of_kind(resources, kind):
    return [resource for resource in resources if resource['kind'] == kind]


def pods(resources):
    """(name, pod, its claims) of what runs."""
    specs = [(resource['metadata']['name'], resource['spec'].get('jobTemplate', resource)['spec'])
             for resource in resources if resource['kind'] in ('StatefulSet', 'Job', 'CronJob')]
    return [(name, spec['template'], {claim['metadata']['name'] for claim in spec.get('volumeClaimTemplates', [])}) for name, spec in specs]


def containers(pod):
    return [*pod['spec'].get('initContainers', []), *pod['spec']['containers']]


def on_each(check):
    """`check(resources)` for every value file; what it answers, with the file's name."""
    assert len(VALUES) >= 8
    return [f'{values.name}: {problem}' for values in VALUES for problem in check(rendered(values))]


def is_clean():
    problems = []
    for values in [None, *VALUES]:
        answer = run(tool('helm'), 'lint', '--strict', CHART, *(['-f', values] if values else []))
        if answer.returncode != 0:
            problems.append(f'{values}: {answer.stdout}{answer.stderr}')
    return problems


def renders_what_kubernetes_takes():
    yaml()
    import kubernetes_validate
    # It would read a megabyte for each resource again.
    kubernetes_validate.utils.schema_contents = functools.cache(kubernetes_validate.utils.schema_contents)

    def check(resources):
        for resource in resources:
            if resource['apiVersion'].split('/')[0] in CUSTOM:
                continue
            for version in KUBERNETES:
                try:
                    kubernetes_validate.validate(resource, version, strict=True)
                except Exception as problem:  # noqa: BLE001: each kind of refusal is one
                    yield f'{resource["kind"]} {resource["metadata"]["name"]}, Kubernetes {version}: {getattr(problem, "message", problem)}'
    return on_each(check)


def holds_together():
    """What no schema sees: names that lead somewhere, ports that exist, numbers that add up."""
    def check(resources):
        names = [(resource['kind'], resource['metadata']['name']) for resource in resources]
        yield from (f'twice: {name}' for name in sorted(set(names)) if names.count(name) > 1)
        yield from (f'{name} is no name' for _, name in names if len(name) > 63 or not re.fullmatch(r'[a-z0-9]([-.a-z0-9]*[a-z0-9])?', name))
        for name, pod, claims in pods(resources):
            spec = pod['spec']
            volumes = {volume['name'] for volume in spec.get('volumes', [])} | claims
            mounted = {mount['name'] for container in containers(pod) for mount in container.get('volumeMounts', [])}
            yield from (f'{name}: the volume {volume} is not used' for volume in volumes - mounted)
            yield from (f'{name}: there is no volume {volume}' for volume in mounted - volumes)
            for container in containers(pod):
                ports = {port['name'] for port in container.get('ports', [])}
                probes = [container[probe]['httpGet']['port'] for probe in ('startupProbe', 'readinessProbe', 'livenessProbe') if probe in container]
                yield from (f'{name}: a probe asks at {port}' for port in probes if port not in ports)
        sets = of_kind(resources, 'StatefulSet')
        if [one['metadata']['labels']['app.kubernetes.io/component'] for one in sets] != SERVICES:
            yield 'there are other services than five'
        for one in sets:
            labels, spec = one['spec']['template']['metadata']['labels'], one['spec']['template']['spec']
            if not one['spec']['selector']['matchLabels'].items() <= labels.items():
                yield f'{one["metadata"]["name"]} does not select its pods'
            selecting = [service['metadata']['name'] for service in of_kind(resources, 'Service') if service['spec']['selector'].items() <= labels.items()]
            if len(selecting) != 2 or one['spec']['serviceName'] not in selecting:
                yield f'{one["metadata"]["name"]} is behind {selecting}'
            pause = spec['containers'][0]['lifecycle']['preStop']['sleep']['seconds']
            if spec['terminationGracePeriodSeconds'] < pause + 30:
                yield f'{one["metadata"]["name"]} is killed before it has ended'
            config = yaml().safe_load(next(map_ for map_ in of_kind(resources, 'ConfigMap') if map_['metadata']['name'] == one['metadata']['name'])['data']['config.yaml'])
            services = {service['metadata']['name'] for service in of_kind(resources, 'Service')}
            for peer in config['peer']:
                if re.fullmatch(r'\w+=dns:///([-a-z]+)\.crm\.svc:7400', peer)[1] not in services:
                    yield f'{peer} leads nowhere'
    return on_each(check)


def reads_no_secret():
    """Secrets are named, never made, never in a ConfigMap, an argument or a literal of the environment."""
    def check(resources):
        yield from ('a Secret is made' for _ in of_kind(resources, 'Secret'))
        for name, pod, _ in pods(resources):
            for variable in (variable for container in containers(pod) for variable in container.get('env', [])):
                if re.search('PASSWORD|KEY|TOKEN', variable['name']) and 'secretKeyRef' not in variable.get('valueFrom', {}):
                    yield f'{name}: {variable["name"]} is no reference'
        for map_ in of_kind(resources, 'ConfigMap'):
            if re.search(r'(?i)password|page-token-key', str(map_['data'])):
                yield f'{map_["metadata"]["name"]} speaks of a secret'
    return on_each(check)


def is_closed():
    schema = json.loads((CHART / 'values.schema.json').read_text())
    problems = []

    def look(node, where):
        if isinstance(node, dict):
            if node.get('type') == 'object' and where != 'properties/global':
                open_to = node.get('additionalProperties', True)
                if open_to is True or ('properties' in node and open_to is not False):
                    problems.append(f'{where} takes keys that it does not name')
            for key, value in node.items():
                look(value, f'{where}/{key}'.strip('/'))
        elif isinstance(node, list):
            for number, value in enumerate(node):
                look(value, f'{where}/{number}')
    look(schema, '')
    return problems


def refuses_what_it_does_not_know():
    cases = [
        ({'replicas': 3}, 'replicas'),
        ({'nodes': {'replica': 3}}, 'replica'),
        ({'services': {'lead': {'storage': {'sice': '1Gi'}}}}, 'sice'),
        ({'services': {'leads': {}}}, 'leads'),
        ({'nodes': {'replicas': '3'}}, '/nodes/replicas'),
        ({'nodes': {'replicas': 0}}, '/nodes/replicas'),
        ({'insecure': 'yes'}, '/insecure'),
        ({'kafka': {'bootstrapServers': 'kafka:9092'}}, '/kafka/bootstrapServers'),
        ({'kafka': {'bootstrapServers': ['kafka']}}, '/kafka/bootstrapServers'),
        ({'kafka': {'properties': {'sasl.password': 'x'}}}, 'sasl.password'),
        ({'nodes': {'logLevel': 'loud'}}, '/nodes/logLevel'),
        ({'auth': {'jwt': {'jwksUrl': 'http://plain.example'}}}, '/auth/jwt/jwksUrl'),
    ]
    problems = []
    for values, named in cases:
        with tempfile.NamedTemporaryFile('w', suffix='.yaml') as file:
            json.dump(values, file)
            file.flush()
            answer = template('-f', CHART / 'ci/minimal-values.yaml', '-f', file.name)
        if answer.returncode == 0 or named not in answer.stderr:
            problems.append(f'{values} is answered with exit code {answer.returncode}, {answer.stderr}')
    return problems


def names_all_that_is_missing():
    answer = template()
    missing = ['kafka.bootstrapServers', 'tls.existingSecret', 'auth.jwt.issuer', 'auth.jwt.jwksUrl']
    if answer.returncode == 0:
        return ['it renders with nothing said']
    return [f'{value} is not named in {answer.stderr}' for value in missing if value not in answer.stderr]


def passes_its_suites():
    answer = run(tool('helm-unittest'), '--strict', '--file', 'tests/*_test.yaml', CHART)
    print(answer.stdout)
    return [] if answer.returncode == 0 else [answer.stderr]


def has_a_readme_that_is_true():
    yaml()
    answer = run(ROOT / 'deploy/values-table', '--check')
    return [] if answer.returncode == 0 else [answer.stdout + answer.stderr]


def knows_how_long_a_node_takes_to_end():
    def seconds(file):
        return int(re.search(r'kDrainMax = absl::Seconds\((\d+)\)', (ROOT / file).read_text())[1])
    taken = seconds('common/runtime/service.cc') + seconds('common/server/server.h')
    pod = of_kind(rendered(CHART / 'ci/minimal-values.yaml'), 'StatefulSet')[0]['spec']['template']['spec']
    values = yaml().safe_load((CHART / 'values.yaml').read_text())['termination']
    wanted = values['pauseSeconds'] + taken + values['marginSeconds']
    given = pod['terminationGracePeriodSeconds']
    return [] if given == wanted else [f'a node takes up to {wanted} s to end, and is given {given}']


def installs_as_the_docs_say():
    """The values that docs/install.md shows."""
    text = (ROOT / 'docs/install.md').read_text()
    values = re.search(r'    # my-values.yaml\n((?:    .*\n)+)', text)[1]
    with tempfile.NamedTemporaryFile('w', suffix='.yaml') as file:
        file.write(re.sub('(?m)^    ', '', values))
        file.flush()
        answer = template('-f', file.name)
    return [] if answer.returncode == 0 and 'SCRAM-SHA-512' in answer.stdout else [answer.stderr]


def says_what_a_node_understands():
    """Each service's own executable takes the file, the environment and the arguments that its container is given."""
    build = pathlib.Path(sys.argv[2])
    if '--insecure' not in run(build / 'lead-service', '--help').stdout:
        skip('these executables know neither TLS nor authentication')

    def check(resources):
        for one in of_kind(resources, 'StatefulSet'):
            name, container = one['metadata']['name'], one['spec']['template']['spec']['containers'][0]
            config = next(map_ for map_ in of_kind(resources, 'ConfigMap') if map_['metadata']['name'] == name)['data']['config.yaml']
            environment = {variable['name']: variable.get('value', 'x') for variable in container['env']}
            with tempfile.NamedTemporaryFile('w', suffix='.yaml') as file:
                file.write(config)
                file.flush()
                arguments = [argument.replace('$(POD_NAME)', f'{name}-0').replace('/etc/leadstream/config/config.yaml', file.name) for argument in container['args']]
                answer = run(build / container['command'][0], *arguments, '--print-config', env=environment)
            if answer.returncode != 0 or f'node: {name}-0' not in answer.stdout:
                yield f'{name}: {answer.stdout}{answer.stderr}'
    return on_each(check)


def is_of_the_version_that_is_built():
    built = re.search(r'project\(leadstream VERSION ([\d.]+)', (ROOT / 'CMakeLists.txt').read_text())[1]
    chart = yaml().safe_load((CHART / 'Chart.yaml').read_text())
    return [] if str(chart['appVersion']) == built else [f'the chart runs {chart["appVersion"]}, and {built} is built']


run_the_test_that_is_named({
    'IsClean': is_clean,
    'RendersWhatKubernetesTakes': renders_what_kubernetes_takes,
    'HoldsTogether': holds_together,
    'ReadsNoSecret': reads_no_secret,
    'IsClosed': is_closed,
    'RefusesWhatItDoesNotKnow': refuses_what_it_does_not_know,
    'NamesAllThatIsMissing': names_all_that_is_missing,
    'PassesItsSuites': passes_its_suites,
    'HasAReadmeThatIsTrue': has_a_readme_that_is_true,
    'KnowsHowLongANodeTakesToEnd': knows_how_long_a_node_takes_to_end,
    'InstallsAsTheDocsSay': installs_as_the_docs_say,
    'SaysWhatANodeUnderstands': says_what_a_node_understands,
    'IsOfTheVersionThatIsBuilt': is_of_the_version_that_is_built,
})
