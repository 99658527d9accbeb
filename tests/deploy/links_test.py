#!/usr/bin/env python3
"""Whether every link of the repository's pages leads to a file. Needs nothing but Python.

  links_test.py ROOT
"""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
pages = subprocess.run(['git', '-C', root, 'ls-files', '*.md'], capture_output=True, text=True, check=True).stdout.split()
problems, links = [], 0
for page in pages:
    for link in re.findall(r'\]\(([^)#\s]+)', (root / page).read_text()):
        links += 1
        if not link.startswith('http') and not ((root / page).parent / link).exists():
            problems.append(f'{page}: {link} leads nowhere')
print('\n'.join(problems) or f'{links} links on {len(pages)} pages')
sys.exit(1 if problems else 0)
