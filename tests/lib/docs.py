#!/usr/bin/env python3
"""What the documents say, for tests/cases/docs.sh.

docs.py man-commands PAGE           the commands of the page, one a line
docs.py man-options PAGE COMMAND    the long options of its section there
docs.py help-options                those of a `-h` on standard input
docs.py no-json PAGE                the commands that the page says have no --json
docs.py examples PAGE               its examples, as they are typed
docs.py readme README               the commands and outputs of its examples below /tmp/demo, as a transcript
"""
import re
import sys

COMMON = {'db', 'help', 'json', 'color', 'no-pager'}


def sections(page):
    """{.Sh title: lines}"""
    found, lines = {}, []
    for line in open(page, encoding='utf-8'):
        if line.startswith('.Sh '):
            lines = found.setdefault(line[4:].strip(), [])
        else:
            lines.append(line.rstrip('\n'))
    return found


def commands(page):
    """{command: lines of its section}: the outermost items of SUBCOMMANDS."""
    found, lines, depth = {}, [], 0
    for line in sections(page)['SUBCOMMANDS']:
        depth += line.startswith('.Bl') - line.startswith('.El')
        head = re.match(r'\.It Cm (\S+)', line)
        if head and depth == 1:
            lines = found.setdefault(head.group(1), [])
        lines.append(line)
    return found


def defined(lines):
    text = '\n'.join(l for l in lines if l.startswith('.It'))
    # ".It Fl d , -db" and ".It Fl -created , Fl -modified"
    return {o for o in re.findall(r'(?:Fl|Fl \S+ ,) -([a-z][a-z-]+)', text)}


def man_options(page, command):
    lines = commands(page)[command]
    found = defined(lines)
    if '.Sx PACKAGE OPTIONS' in lines:
        found |= defined(sections(page)['PACKAGE OPTIONS'])
    return found - COMMON


def help_options(text):
    return {o for o in re.findall(r'^ +(?:-\w, )?--([a-z][a-z-]+)', text, re.M)} - COMMON


def no_json(page):
    """The commands named between `.It Fl -json` and the sentence that says what it does."""
    lines = sections(page)['DESCRIPTION']
    start = lines.index('.It Fl -json')
    found = []
    for line in lines[start:lines.index('.It Fl h , -help')]:
        if line.startswith('One JSON'):
            break
        if line.startswith('.Cm'):
            found += re.findall(r'[a-z]+', line[3:])
    return found


def examples(page):
    lines = sections(page)['EXAMPLES']
    for line in lines[1:lines.index('.Ed')]:
        if line:
            print(line.replace('\\-', '-').replace('\\(aq', "'"))


def readme(path):
    """Blocks of four spaces that begin with a command on /tmp/demo."""
    for block in re.split(r'\n\n(?=\S)|\n(?=\S)', open(path, encoding='utf-8').read()):
        for part in re.findall(r'(?:^    .*\n?)+', block, re.M):
            if part.startswith('    $ ') and '/tmp/demo' in part.split('\n', 1)[0]:
                print(re.sub('^    ', '', part, flags=re.M).rstrip('\n'))


def main():
    what, args = sys.argv[1], sys.argv[2:]
    if what == 'man-commands':
        out = commands(*args)
    elif what == 'man-options':
        out = man_options(*args)
    elif what == 'help-options':
        out = help_options(sys.stdin.read())
    elif what == 'no-json':
        out = no_json(*args)
    else:
        return {'examples': examples, 'readme': readme}[what](*args)
    print('\n'.join(sorted(out)))


main()
