#!/usr/bin/env python3
"""Whether the alerts and dashboards are well made, and ask for what there is.

  alerts_test.py AreRules | FireWhenTheyShould | AreEachTested | HaveEachARunbook | AskForWhatThereIs | DashboardsAreWhole |
                 DashboardsAreDrawn | DashboardsAskInPromql
"""
import json
import re
import tempfile

from checking import CHART, ROOT, run, run_the_test_that_is_named, tool, yaml

RULES = CHART / 'alerts/leadstream.yaml'
TESTS = ROOT / 'tests/deploy/alerts/leadstream_test.yaml'
RUNBOOKS = ROOT / 'docs/runbooks'
DASHBOARDS = sorted((CHART / 'dashboards').glob('*.json'))


def rules():
    return [rule for group in yaml().safe_load(RULES.read_text())['groups'] for rule in group['rules']]


def alerts():
    return {rule['alert']: rule for rule in rules() if 'alert' in rule}


def are_rules():
    answer = run(tool('promtool'), 'check', 'rules', RULES)
    return [] if answer.returncode == 0 else [answer.stdout + answer.stderr]


def fire_when_they_should():
    answer = run(tool('promtool'), 'test', 'rules', TESTS)
    return [] if answer.returncode == 0 else [answer.stdout + answer.stderr]


def are_each_tested():
    tested = {case['alertname'] for test in yaml().safe_load(TESTS.read_text())['tests'] for case in test['alert_rule_test'] if case.get('exp_alerts')}
    return [f'no test makes {name} fire' for name in sorted(set(alerts()) - tested)]


def have_each_a_runbook():
    problems = []
    for name, alert in alerts().items():
        if alert['annotations']['runbook_url'] != f'docs/runbooks/{name}.md':
            problems.append(f'{name} has the runbook {alert["annotations"]["runbook_url"]}')
        page = RUNBOOKS / f'{name}.md'
        text = page.read_text() if page.exists() else ''
        problems += [f'{page} lacks "{part}"' for part in (f'# {name}', '## What it means', '## What to do') if part not in text]
    problems += [f'{page} is of no alert' for page in RUNBOOKS.glob('Leadstream*.md') if page.stem not in alerts()]
    return problems


def metrics():
    """{name as it is asked for: (labels, {label: values})} of deploy/metrics.txt."""
    known = {}
    for line in (ROOT / 'deploy/metrics.txt').read_text().splitlines():
        if not line or line.startswith('#'):
            continue
        name, kind, *labels = line.split()
        values = {label.split('=')[0]: set(label.split('=')[1].split(',')) for label in labels if '=' in label}
        names = {label.split('=')[0] for label in labels} | {'job', 'instance', 'namespace', 'pod'}
        for suffix in ('_bucket', '_sum', '_count') if kind == 'histogram' else ('',):
            known[name + suffix] = (names | ({'le'} if suffix == '_bucket' else set()), values)
    return known


def queries():
    """(where, expression) of every rule, panel and variable."""
    for rule in rules():
        yield rule.get('alert') or rule['record'], rule['expr']
    for dashboard in DASHBOARDS:
        content = json.loads(dashboard.read_text())
        for panel in content['panels']:
            for target in panel.get('targets', []):
                yield f'{dashboard.name}, {panel["title"]}', target['expr']
        for variable in content['templating']['list']:
            if variable['type'] == 'query':
                yield f'{dashboard.name}, ${variable["name"]}', variable['query']['query']


def ask_for_what_there_is():
    known = metrics()
    recorded = {rule['record'] for rule in rules() if 'record' in rule}
    problems = []
    for where, expression in queries():
        asked = re.findall(r'\b((?:leadstream|process|kubelet|kafka|up)[a-z0-9_:]*)\b(?:\{([^}]*)\})?', re.sub(r'"[^"]*"', lambda text: text[0].replace('leadstream', 'x'), expression))
        if not asked:
            problems.append(f'{where}: asks for nothing')
        for name, matchers in asked:
            if name in recorded:
                continue
            if name not in known:
                problems.append(f'{where}: there is no {name}')
                continue
            labels, values = known[name]
            for label, value in re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"', matchers):
                if label not in labels:
                    problems.append(f'{where}: {name} has no label {label}')
                elif label in values and not set(value.split('|')) <= values[label] and not value.startswith('$'):
                    problems.append(f'{where}: {name} has no {label}="{value}"')
    return problems


def dashboards_are_whole():
    problems = [] if len(DASHBOARDS) >= 4 else ['there are fewer than four']
    seen = {}
    for dashboard in DASHBOARDS:
        content = json.loads(dashboard.read_text())
        uid = content['uid']
        if uid in seen:
            problems.append(f'{dashboard.name} has the uid of {seen[uid]}')
        seen[uid] = dashboard.name
        variables = {variable['name'] for variable in content['templating']['list']}
        ids = [panel['id'] for panel in content['panels']]
        if len(set(ids)) != len(ids):
            problems.append(f'{dashboard.name}: two panels have one id')
        cells = set()
        for panel in content['panels']:
            where = f'{dashboard.name}, {panel["title"]}'
            place = panel['gridPos']
            taken = {(x, y) for x in range(place['x'], place['x'] + place['w']) for y in range(place['y'], place['y'] + place['h'])}
            if taken & cells or place['x'] + place['w'] > 24:
                problems.append(f'{where}: lies over another one, or beyond the edge')
            cells |= taken
            if panel['type'] == 'row':
                continue
            if not panel.get('description') or ('unit' not in panel['fieldConfig']['defaults'] and panel['type'] != 'table'):
                problems.append(f'{where}: has no description, or no unit')
            for target in panel['targets']:
                used = set(re.findall(r'\$\{?(\w+)', target['expr'])) - {'__rate_interval', '__range', '__interval'}
                problems += [f'{where}: there is no variable {name}' for name in used - variables]
    return problems


def dashboards_are_drawn():
    answer = run(ROOT / 'deploy/draw-dashboards', '--check')
    return [] if answer.returncode == 0 else [answer.stderr]


def dashboards_ask_in_promql():
    """As rules, which promtool reads; Grafana's own variables stand for a time or for anything."""
    asked = []
    for where, expression in queries():
        if '.json' in where and not expression.startswith('label_values'):
            expression = expression.replace('$__rate_interval', '5m').replace('$__range', '1h')
            asked.append({'record': f'x{len(asked)}', 'expr': re.sub(r'\$\w+', '.*', expression)})
    with tempfile.NamedTemporaryFile('w', suffix='.yaml') as file:
        json.dump({'groups': [{'name': 'dashboards', 'rules': asked}]}, file)
        file.flush()
        answer = run(tool('promtool'), 'check', 'rules', file.name)
    print(f'{len(asked)} queries')
    return [] if answer.returncode == 0 else [answer.stdout + answer.stderr]


if __name__ == '__main__':
    run_the_test_that_is_named({
        'AreRules': are_rules,
        'FireWhenTheyShould': fire_when_they_should,
        'AreEachTested': are_each_tested,
        'HaveEachARunbook': have_each_a_runbook,
        'AskForWhatThereIs': ask_for_what_there_is,
        'DashboardsAreWhole': dashboards_are_whole,
        'DashboardsAreDrawn': dashboards_are_drawn,
        'DashboardsAskInPromql': dashboards_ask_in_promql,
    })
