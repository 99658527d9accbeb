"""A real Prometheus scrapes a server while the demo's customers buy, and answers what operators ask.

    prometheus_test.py --leadstream build/release/leadstream

Prometheus and promtool are those that deploy/tools fetches; without them it is skipped, which CTest is told by 77.
"""
import argparse
import contextlib
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from checking import ROOT, tool

CONTEXTS = {'lead', 'opportunity', 'quoting', 'ordering', 'billing'}


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(('127.0.0.1', 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def await_answer(url, process, at_most=60):
    deadline = time.monotonic() + at_most
    while True:
        try:
            return get(url)
        except (OSError, urllib.error.HTTPError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f'{url} does not answer: {error}') from error
            time.sleep(0.1)


class Prometheus:
    def __init__(self, address):
        self.address = address

    def ask(self, path, **arguments):
        url = f'http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(arguments)}'
        try:
            return json.loads(get(url))['data']
        except urllib.error.HTTPError as error:
            raise RuntimeError(f'{arguments}: {error.read().decode()}') from error

    def query(self, expression):
        return self.ask('query', query=expression)['result']

    def by_context(self, expression):
        return {one['metric'].get('context'): float(one['value'][1]) for one in self.query(expression)}

    def number(self, expression):
        result = self.query(expression)
        return float(result[0]['value'][1]) if result else None


@contextlib.contextmanager
def running(command, log):
    with open(log, 'w', encoding='utf-8') as out:
        process = subprocess.Popen([str(part) for part in command], stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def panels(dashboard):
    for panel in dashboard.get('panels', []):
        yield from (target['expr'] for target in panel.get('targets', []))
        yield from panels(panel)


def dashboards():
    """Every query of every dashboard of the chart, as Grafana would send it."""
    for path in sorted((ROOT / 'helm/leadstream/dashboards').glob('*.json')):
        for expression in panels(json.loads(path.read_text())):
            expression = re.sub(r'\$\{?__(rate_interval|interval|range)\}?', '1m', expression)
            yield path.name, re.sub(r'\$\{?\w+(:\w+)?\}?', '.*', expression)


def check_standing(prometheus, problems):
    """What must hold of a server at which a sale has been made from end to end."""
    for name, wanted in [('leadstream_caught_up', 1), ('leadstream_parked_reactions', 0), ('leadstream_partitions_without_writer', 0),
                         ('leadstream_follower_lag_events', 0), ('leadstream_reaction_lag_events', 0), ('leadstream_queue_depth', 0),
                         ('leadstream_rocksdb_background_errors_total', 0)]:
        found = prometheus.by_context(name)
        if found != {context: wanted for context in CONTEXTS}:
            problems.append(f'{name} is {found}, not {wanted} for each context')
    for expression in ['sum by (context) (leadstream_commands_total{outcome="accepted"})', 'sum by (context) (leadstream_events_folded_total)',
                       'sum by (context) (leadstream_group_commands_count)', 'leadstream_rocksdb_memtable_bytes', 'leadstream_claims_total',
                       'histogram_quantile(0.99, sum by (context, le) (rate(leadstream_append_duration_seconds_bucket[1m])))',
                       'histogram_quantile(0.99, sum by (context, le) (rate(leadstream_apply_duration_seconds_bucket[1m])))',
                       'histogram_quantile(0.5, sum by (context, le) (rate(leadstream_rpc_duration_seconds_bucket{context!="common"}[1m])))']:
        found = prometheus.by_context(expression)
        if set(found) != CONTEXTS or not all(value > 0 for value in found.values()):
            problems.append(f'{expression} is {found}')
    reacting = prometheus.by_context('leadstream_reactions_total{outcome="done"} > 0')
    if not {'opportunity', 'ordering', 'billing'} <= set(reacting):
        problems.append(f'reactions were done by {set(reacting)}')
    # Every accepted command is one event, and nothing else is.
    accepted = prometheus.number('sum(leadstream_commands_total{outcome="accepted"})')
    folded = prometheus.number('sum(leadstream_events_folded_total)')
    if accepted != folded:
        problems.append(f'{accepted} commands were accepted, and {folded} events folded')


def listed_metrics():
    """{name: (type, labels)} of deploy/metrics.txt: what is ours, and there without Kafka."""
    lines = [line.split() for line in (ROOT / 'deploy/metrics.txt').read_text().splitlines()]
    return {line[0]: (line[1], {label.split('=')[0] for label in line[2:]}) for line in lines
            if line and re.match('leadstream_(?!kafka_)|process_', line[0])}


def served_metrics(text):
    kinds = dict(re.findall(r'^# TYPE (\S+) (\S+)$', text, re.MULTILINE))
    labels = {name: set() for name in kinds}
    for sample, given in re.findall(r'^([a-z_]+)(?:\{(.*)\})? \S+$', text, re.MULTILINE):
        name = sample if sample in kinds else re.sub('_(bucket|sum|count)$', '', sample)
        labels[name] |= set(re.findall(r'(\w+)="', given)) - {'le'}
    return {name: (kind, labels[name]) for name, kind in kinds.items()}


def check_list(metrics, problems):
    """deploy/metrics.txt is what there is: labels are small closed sets, and nothing grows with what is stored."""
    listed, served = listed_metrics(), served_metrics(metrics)
    problems += [f'{name} is {served.get(name)}, and {listed.get(name)} in deploy/metrics.txt'
                 for name in sorted(listed.keys() | served.keys()) if listed.get(name) != served.get(name)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--leadstream', required=True)
    leadstream = parser.parse_args().leadstream
    program, promtool = tool('prometheus'), tool('promtool')
    problems = []
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        directory = pathlib.Path(folder)
        listen, ops, web, nobody = (f'127.0.0.1:{port}' for port in free_ports(4))
        server = stack.enter_context(running([leadstream, 'serve', '--listen', listen, '--ops', ops, '--data', directory / 'data',
                                              '--otlp-endpoint', f'http://{nobody}'], directory / 'serve.log'))
        await_answer(f'http://{ops}/readyz', server)
        (directory / 'prometheus.yml').write_text(
            f'global: {{scrape_interval: 1s}}\nscrape_configs: [{{job_name: leadstream, static_configs: [{{targets: ["{ops}"]}}]}}]\n')
        scraper = stack.enter_context(running([program, f'--config.file={directory}/prometheus.yml', f'--storage.tsdb.path={directory}/series',
                                               f'--web.listen-address={web}'], directory / 'prometheus.log'))
        await_answer(f'http://{web}/-/ready', scraper)
        prometheus = Prometheus(web)
        while prometheus.number('up{job="leadstream"}') is None:
            time.sleep(0.1)
        subprocess.run([leadstream, 'demo', '--server', listen], check=True, capture_output=True, cwd=ROOT, timeout=240)
        # Two scrapes, and what the ops port asks for once a second before them. Calls go on meanwhile: a rate is of what two scrapes saw.
        for _ in range(4):
            for method in ('ListLeads', 'ListOpportunities', 'ListQuotes', 'ListOrders', 'ListInvoices'):
                subprocess.run([leadstream, 'call', method, '--server', listen], check=True, capture_output=True, timeout=60)
            time.sleep(1)

        targets = prometheus.ask('targets')['activeTargets']
        problems += [f'{target["scrapeUrl"]}: {target["lastError"]}' for target in targets if target['health'] != 'up']
        metrics = get(f'http://{ops}/metrics')
        checked = subprocess.run([promtool, 'check', 'metrics'], input=metrics, capture_output=True, text=True)
        if checked.returncode != 0 or checked.stdout or checked.stderr:
            problems.append(f'promtool check metrics: {checked.stdout}{checked.stderr}')
        check_standing(prometheus, problems)
        check_list(metrics, problems)
        for name, expression in dashboards():
            try:
                prometheus.query(expression)
            except RuntimeError as error:
                problems.append(f'{name}: {error}')
        print(f'{int(prometheus.number("scrape_samples_scraped"))} samples in {prometheus.number("max_over_time(scrape_duration_seconds[1m])"):.3f} s at most; '
              f'{int(prometheus.number("sum(leadstream_commands_total)"))} commands')
    print('\n'.join(problems) or 'good')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
