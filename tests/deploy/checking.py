"""What the tests of deploy/ and helm/ share: where things are, and how one that cannot run says so."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOOLS = ROOT / '.deps/tools'
CHART = ROOT / 'helm/leadstream'
SKIPPED = 77

sys.dont_write_bytecode = True
sys.path.insert(0, str(TOOLS / 'python'))


def skip(why):
    print(f'SKIPPED: {why}', file=sys.stderr)
    sys.exit(SKIPPED)


def tool(name):
    """A program that deploy/tools fetches; without it the test is skipped."""
    path = TOOLS / name
    if not path.exists():
        skip(f'there is no {name}; `deploy/tools` fetches it, or says why not')
    return str(path)


def yaml():
    if not (TOOLS / 'python').exists():
        skip('there is no PyYAML; `deploy/tools` fetches it, or says why not')
    import yaml as module
    return module


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)


def run_the_test_that_is_named(tests):
    """`file.py Name` runs one of them: it answers a list of problems."""
    problems = tests[sys.argv[1]]()
    print('\n'.join(problems) or 'good')
    sys.exit(1 if problems else 0)
