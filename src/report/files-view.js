// All files in a table: searched, filtered, sorted.

class FilesView {
	constructor(model, host, openFile) {
		this.model = model;
		this.open = openFile;
		this.filter = {
			query: '',
			changes: new Set(['created', 'modified', 'same', 'removed']),
			excluded: false,
			program: -1,
			process: -1,
		};
		this.sort = { by: 'path', down: false };
		this.build(host);
		this.refresh();
	}

	build(host) {
		this.search = el('input', 'search');
		this.search.type = 'search';
		this.search.placeholder = 'Find files: words, or * and ?';
		this.search.setAttribute('aria-label', 'Find files');
		this.search.addEventListener('input', () => {
			this.filter.query = this.search.value;
			this.refresh();
		});
		this.search.addEventListener('keydown', e => {
			if (e.key === 'ArrowDown' || e.key === 'Enter') {
				this.list.host.focus();
				this.list.moveTo(0);
				e.preventDefault();
			}
		});
		this.said = el('span', 'muted');
		this.said.setAttribute('role', 'status');
		this.only = el('span', 'only');
		host.append(
			el('div', 'tools', this.search, this.chips(), this.programs(), this.only, this.said),
			this.heads(),
		);
		const box = el('div');
		box.id = 'file-list';
		this.empty = el('p', 'hint', '');
		host.append(box, this.empty, (this.printed = el('div', 'printed')));
		this.list = new List(box, {
			label: 'Files',
			role: 'grid',
			render: (row, i) => this.render(row, this.found[i]),
			open: i => this.open(this.found[i]),
		});
	}

	chips() {
		const { totals } = this.model;
		const box = el('span', 'chips');
		for (const c of CHANGES)
			if (totals[c])
				box.append(
					this.chip(
						c || 'none',
						CHANGE_WORDS[c],
						totals[c],
						this.filter.changes.has(c),
						on => {
							this.filter.changes[on ? 'add' : 'delete'](c);
						},
					),
				);
		if (totals.excluded)
			box.append(
				this.chip('excluded', 'not installed (excluded)', totals.excluded, false, on => {
					this.filter.excluded = on;
				}),
			);
		return box;
	}

	chip(cls, label, number, on, act) {
		const b = button(
			'chip',
			el('span', '', el('i', 'swatch ' + cls), label + ' ', el('b', '', count(number))),
			() => {
				const now = b.getAttribute('aria-pressed') !== 'true';
				b.setAttribute('aria-pressed', now);
				act(now);
				this.refresh();
			},
		);
		b.setAttribute('aria-pressed', on);
		b.dataset.filter = cls;
		return b;
	}

	programs() {
		const pick = el('select', 'pick');
		pick.setAttribute('aria-label', 'Written by which program');
		pick.append(new Option('by any program', -1));
		this.model.programs
			.map((p, i) => [p, i])
			.filter(([p]) => p.files)
			.sort((a, b) => a[0].rank - b[0].rank)
			.slice(0, 200)
			.forEach(([p, i]) => pick.append(new Option(plain(p.name, 60), i)));
		pick.addEventListener('change', () => {
			this.filter.program = Number(pick.value);
			this.refresh();
		});
		this.pick = pick;
		return pick;
	}

	heads() {
		const row = el('div', 'heads');
		const head = (by, label, cls) => {
			const b = button('head ' + cls, label, () => {
				this.sort = {
					by,
					down: this.sort.by === by ? !this.sort.down : by === 'size' || by === 'hands',
				};
				this.refresh();
			});
			b.dataset.by = by;
			return b;
		};
		row.append(
			head('change', '', 'col-mark'),
			head('path', 'Path', 'col-path'),
			head('program', 'Program', 'col-program wide-only'),
			head('hands', 'Hands', 'col-hands wide-only'),
			head('size', 'Size', 'col-size'),
		);
		row.firstChild.setAttribute('aria-label', 'What became of it');
		this.headRow = row;
		return row;
	}

	// Only what a process, and what it started, had a hand in; -1: all.
	ofProcess(i) {
		this.filter.process = i;
		this.only.replaceChildren();
		if (i >= 0)
			this.only.append(
				el(
					'span',
					'chip on',
					'of ',
					nameOf(programName(this.model, i)),
					' ' + this.model.processes.pid[i],
					' ',
					button('close', '×', () => this.ofProcess(-1)),
				),
			);
		this.refresh();
	}

	ofProgram(p) {
		this.pick.value = p;
		this.filter.program = p;
		this.refresh();
	}

	refresh() {
		const from = performance.now();
		this.found = findFiles(this.model, this.filter);
		this.sortFound();
		for (const b of this.headRow.children)
			b.setAttribute(
				'aria-sort',
				b.dataset.by === this.sort.by ? (this.sort.down ? 'descending' : 'ascending') : 'none',
			);
		this.list.host.scrollTop = 0;
		this.list.show(this.found.length);
		this.took = performance.now() - from;
		let bytes = 0;
		for (const f of this.found) if (countsAsSize(this.model, f)) bytes += this.model.files.size[f];
		this.said.textContent = plural(this.found.length, 'file') + (bytes ? ', ' + sizeWords(bytes) : '');
		this.empty.hidden = this.found.length > 0;
		this.list.host.hidden = !this.found.length;
		this.empty.textContent = this.model.files.n
			? 'No file matches. Take a filter away, or search for less.'
			: 'This run came to no file.';
	}

	sortFound() {
		const { files, handsOnFile, programs } = this.model;
		const keys = {
			size: f => (files.type[f] === 'file' ? files.size[f] : -1),
			change: f => CHANGES.indexOf(files.change[f]),
			hands: f => handsOnFile.sizeOf(f),
			program: f => (files.program[f] < 0 ? 1e9 : programs[files.program[f]].rank),
			path: f => f, // they come in this order
		};
		const key = keys[this.sort.by],
			sign = this.sort.down ? -1 : 1;
		if (this.sort.by !== 'path' || this.sort.down)
			this.found.sort((a, b) => sign * (key(a) - key(b)) || a - b);
	}

	render(row, f) {
		const { files, handsOnFile, programs } = this.model;
		const cell = (cls, ...children) => {
			const c = el('span', cls, ...children);
			c.setAttribute('role', 'gridcell');
			row.append(c);
		};
		const mark = el('i', 'swatch ' + (files.change[f] || 'none'));
		mark.title = CHANGE_WORDS[files.change[f]];
		mark.setAttribute('role', 'img');
		mark.setAttribute('aria-label', CHANGE_WORDS[files.change[f]]);
		cell('col-mark', mark);
		const path = pathOf(files.path[f]);
		if (files.type[f] === 'dir') path.append(el('span', 'muted', '/'));
		if (files.type[f] === 'symlink')
			path.append(el('span', 'muted target', ' → ', nameOf(files.target[f])));
		cell('col-path', path);
		cell(
			'col-program wide-only muted',
			files.program[f] >= 0 ? nameOf(programs[files.program[f]].name) : '',
		);
		cell('col-hands wide-only muted', count(handsOnFile.sizeOf(f)));
		cell(
			'col-size',
			files.type[f] === 'file' && files.change[f]
				? sizeWords(files.size[f])
				: el('span', 'muted', files.type[f] === 'file' ? '' : files.type[f]),
		);
	}

	// On paper there is no scrolling.
	print(most = 3000) {
		this.printed.replaceChildren();
		for (const f of this.found.slice(0, most)) {
			const row = el('div', 'row');
			this.render(row, f);
			this.printed.append(row);
		}
		this.printed.append(andMore(this.found.length, most) || '');
	}
}
