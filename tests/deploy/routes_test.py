#!/usr/bin/env python3
"""Whether the chart's routes lead to what the protos offer, and to nothing else. Needs nothing but Python.

  routes_test.py ROOT
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
offered = set()
for proto in (root / 'proto/leadstream').glob('*/v1/*.proto'):
    text = proto.read_text()
    package = re.search(r'^package ([\w.]+);', text, re.M)[1]
    # What is common to all services is asked of a node, not through a gateway.
    if package != 'leadstream.common.v1':
        offered |= {(package.split('.')[1], f'{package}.{name}') for name in re.findall(r'^service (\w+)', text, re.M)}
routed, service = set(), ''
for line in (root / 'helm/leadstream/grpc-services.yaml').read_text().splitlines():
    if line.endswith(':'):
        service = line[:-1]
    elif line.startswith('  - '):
        routed.add((service, line[4:]))
problems = [f'no route leads to {name}: add it to helm/leadstream/grpc-services.yaml' for _, name in sorted(offered - routed)]
problems += [f'a route leads to {name} of {service}, which is not there' for service, name in sorted(routed - offered)]
print('\n'.join(problems) or f'{len(routed)} gRPC services, and a route to each')
sys.exit(1 if problems else 0)
