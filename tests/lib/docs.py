#!/usr/bin/env python3
"""What the documents say, for tests/cases/docs.sh.

docs.py man-commands PAGE           the commands of the page, one a line
docs.py man-options PAGE COMMAND    the long options of its section there
docs.py help-options                those of a `-h` on standard input
docs.py no-json PAGE                the commands that the page says have no --json
docs.py examples PAGE               its examples, as they are typed
docs.py readme README               the commands and outputs of its examples below /tmp/demo, as a transcript
docs.py map SRC                     what is not true of the paths that SRC/HACKING tells; then how many steps, and how many
                                    pairs of them that one function takes, were held against the code
"""
import os
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


def steps(lines):
    """[(file, name, what else a row says)] of the rows of a path: '  FILE  NAME  words', FILE only where it is another."""
    found, file = [], None
    for line in lines:
        row = re.match(r'  (?:(\w+/[\w-]+\.c) +| {18})(\w+)(.*)', line)
        if row and row.group(1):
            file = row.group(1)
        if row and file:
            found.append((file, row.group(2), row.group(3)))
        elif found and line.startswith(' '):
            found[-1] = (*found[-1][:2], found[-1][2] + line)
    return found


def bodies(text):
    """The functions of a file: {name: body}"""
    return {m.group(1): m.group(2)
            for m in re.finditer(r'^\w[\w *]*?\b(\w+)\([^;{}]*\)\n\{\n(.*?)^\}', text, re.M | re.S)}


def calls(body, name):
    """Where a body calls a function, all places."""
    return [found.start() for found in re.finditer(rf'\b{name}\(', body)]


def wrong_order(taken, file, function, body):
    """How many pairs of steps a function takes one after the other, and those that it takes the other way round."""
    # What a step calls comes behind it. One that is taken twice says nothing of the order.
    names = [name for _, name, _ in taken]
    for place, (of, name, _) in enumerate(taken):
        if (of, name) == (file, function):
            names = names[place + 1:]
            break
    # What a branch returns with is another path.
    body = re.sub(r'^\t\t+return\b.*?;$', '', body, flags=re.M | re.S)
    taken = [(name, calls(body, name)) for name in names if names.count(name) == 1]
    taken = [one for one in taken if one[1]]
    return len(taken[1:]), [(a[0], b[0]) for a, b in zip(taken, taken[1:]) if b[1][-1] < a[1][0]]


def map_of(src):
    code = {}
    for folder, _, names in os.walk(src):
        for name in names:
            if name.endswith(('.c', '.h', '.tbl')):
                path = os.path.join(folder, name)
                code[os.path.relpath(path, src)] = re.sub(r'/\*.*?\*/', '', open(path, encoding='utf-8').read(), flags=re.S)
    known = set(re.findall(r'\w+', ' '.join(code.values())))
    wrong, rows, pairs = [], 0, 0
    text = open(os.path.join(src, 'HACKING'), encoding='utf-8').read()
    for title, section in re.findall(r'^([^\n]+)\n-{5,}\n(.*?)(?=^[^\n]+\n-{5,}\n|\Z)', text, re.M | re.S):
        taken = steps(section.split('\n'))
        rows += len(taken)
        for file, name, more in taken:
            if not re.search(rf'\b{name}\b', code.get(file, '')):
                wrong.append(f'{title}: {name} is not in {file}')
            wrong += [f'{title}: there is no {word}' for word in re.findall(r'\b[a-z]+(?:_[a-z]+)+\b', more) if word not in known]
        for file in sorted({file for file, _, _ in taken}):
            for function, body in bodies(code.get(file, '')).items():
                n, other = wrong_order(taken, file, function, body)
                pairs += n
                wrong += [f'{title}: {function} of {file} calls {b} before {a}' for a, b in other]
    print('\n'.join([*wrong, f'{rows} {pairs}']))


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
        return {'examples': examples, 'readme': readme, 'map': map_of}[what](*args)
    print('\n'.join(sorted(out)))


main()
