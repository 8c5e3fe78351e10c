// The processes as a tree that folds: what neither wrote a file nor failed is folded away at first, and many of one
// program below one parent are one line.

class TreeView {
	constructor(model, host, openProcess) {
		this.model = model;
		this.all = false;
		this.query = '';
		this.folded = new Set(); // of nodes: a process, or 'parent/program'
		this.open = openProcess;
		this.weigh();
		this.build(host);
		this.refresh();
	}

	// Which processes matter, or have one below them that does; and how many there are below each.
	weigh() {
		const { processes } = this.model;
		this.matters = new Uint8Array(processes.n);
		this.below = new Int32Array(processes.n);
		for (let i = processes.n - 1; i >= 0; i--) {
			if (processes.files[i] || hasFailed(this.model, i)) this.matters[i] = 1;
			const up = processes.parent[i];
			if (up >= 0) {
				this.matters[up] |= this.matters[i];
				this.below[up] += this.below[i] + 1;
			}
		}
		if (!this.matters.includes(1)) this.all = true;
	}

	build(host) {
		const search = el('input', 'search');
		search.type = 'search';
		search.placeholder = 'Find in command lines';
		search.setAttribute('aria-label', 'Find in command lines');
		search.addEventListener('input', () => {
			this.query = search.value;
			this.refresh();
		});
		const every = el('input');
		every.type = 'checkbox';
		every.checked = this.all;
		every.addEventListener('change', () => {
			this.all = every.checked;
			this.refresh();
		});
		this.said = el('span', 'muted');
		host.append(
			el(
				'div',
				'tools',
				search,
				el('label', 'check', every, 'also what wrote nothing and did not fail'),
				this.said,
			),
		);
		const box = el('div');
		box.id = 'tree-list';
		host.append(box);
		this.search = search;
		this.list = new List(box, {
			label: 'Processes',
			role: 'tree',
			render: (row, i) => this.render(row, i),
			open: (i, e) => this.openRow(i, e),
			key: (e, i) => this.key(e, i),
		});
	}

	// The processes that the search leaves, with those above them; null: all.
	found() {
		if (!this.query.trim()) return null;
		const matches = matcherOf(this.query);
		const keep = new Set();
		this.hits = 0;
		for (let i = 0; i < this.model.processes.n; i++) {
			if (!matches(this.wordsOf(i))) continue;
			this.hits++;
			for (let k = i; k >= 0 && !keep.has(k); k = this.model.processes.parent[k]) keep.add(k);
		}
		return keep;
	}

	// Of all that it ran.
	wordsOf(i) {
		return imagesOf(this.model, i)
			.map(x => argvOf(this.model, x).join(' ') + ' ' + nameOfImage(this.model, x))
			.join('\n')
			.toLowerCase();
	}

	refresh() {
		const { processes } = this.model;
		const keep = this.found();
		const wanted = i => (keep ? keep.has(i) : this.all || this.matters[i]);
		this.rows = [];
		const roots = [];
		for (let i = 0; i < processes.n; i++) if (processes.parent[i] < 0 && wanted(i)) roots.push(i);
		this.add(roots, 0, -1, wanted, Boolean(keep));
		this.said.textContent = keep
			? plural(this.hits, 'process matches', 'processes match')
			: plural(this.rows.length, 'line') + ' for ' + plural(processes.n, 'process', 'processes');
		this.list.show(this.rows.length);
	}

	// Rows are put on a stack, last first, so that a deep tree costs no deep calls.
	add(roots, depth, parent, wanted, searching) {
		const stack = [];
		const push = (list, level, up) => {
			const nodes = searching ? list.map(i => ({ process: i })) : this.grouped(list, up);
			for (let k = nodes.length - 1; k >= 0; k--) stack.push({ ...nodes[k], depth: level });
		};
		push(roots, depth, parent);
		while (stack.length) {
			const node = stack.pop();
			const inside = node.group
				? [...node.group]
				: [...this.model.childrenOf.of(node.process)].filter(wanted);
			const key = node.group ? node.key : node.process;
			node.has = inside.length > 0;
			node.isOpen =
				(node.has && (node.group ? this.folded.has(key) : !this.folded.has(key))) ||
				(searching && node.has);
			this.rows.push(node);
			if (!node.isOpen) continue;
			if (node.group)
				for (let k = inside.length - 1; k >= 0; k--)
					stack.push({ process: inside[k], depth: node.depth + 1 });
			else push(inside, node.depth + 1, node.process);
		}
	}

	// Leaves of one program below one parent, where there are many, are one node.
	grouped(list, parent) {
		const of = new Map();
		const key = i =>
			this.model.childrenOf.sizeOf(i) || hasFailed(this.model, i) ? -1 - i : programOf(this.model, i);
		for (const i of list) {
			const k = key(i);
			if (!of.has(k)) of.set(k, []);
			of.get(k).push(i);
		}
		const out = [];
		const done = new Set();
		for (const i of list) {
			const k = key(i),
				group = of.get(k);
			if (group.length < 4) out.push({ process: i });
			else if (!done.has(k)) out.push({ group, key: parent + '/' + k });
			done.add(k);
		}
		return out;
	}

	render(row, i) {
		const node = this.rows[i];
		row.style.paddingLeft = 8 + Math.min(node.depth, 24) * 18 + 'px';
		row.setAttribute('aria-level', node.depth + 1);
		if (node.has) row.setAttribute('aria-expanded', node.isOpen);
		row.append(el('span', 'twist', node.has ? (node.isOpen ? '▾' : '▸') : ''));
		if (node.group) this.renderGroup(row, node);
		else this.renderProcess(row, node.process);
	}

	renderGroup(row, node) {
		const { processes } = this.model;
		let files = 0,
			time = 0;
		for (const i of node.group) {
			files += processes.files[i];
			time += processes.end[i] - processes.begin[i];
		}
		row.append(
			el(
				'span',
				'tree-line',
				el('span', 'strong', nameOf(programName(this.model, node.group[0]))),
				' × ' + count(node.group.length),
			),
			el('span', 'cell wide-only muted', timeWords(time)),
			el('span', 'cell', files ? plural(files, 'file') : ''),
		);
	}

	renderProcess(row, i) {
		const { processes } = this.model;
		const line = el('span', 'tree-line');
		toldOf(this.model, i).forEach((x, k, all) => {
			const words = briefOf(argsOf(this.model, x));
			// else the next would be out of sight
			const args = all.length > 1 && words.length > 70 ? words.slice(0, 70) + '…' : words.slice(0, 600);
			line.append(k ? ', then ' : '', el('span', 'strong', nameOf(nameOfImage(this.model, x))));
			if (args) line.append(' ', addName(el('span', 'muted mono'), args));
		});
		if (processes.forked[i]) line.append(el('span', 'badge quiet', 'fork'));
		row.append(line);
		if (hasFailed(this.model, i))
			row.append(el('span', 'badge failed', exitWords(processes.exit[i], processes.signal[i])));
		row.append(
			el('span', 'cell wide-only muted', timeWords(processes.end[i] - processes.begin[i])),
			el('span', 'cell', processes.files[i] ? plural(processes.files[i], 'file') : ''),
		);
	}

	fold(i, closed) {
		const node = this.rows[i];
		const key = node.group ? node.key : node.process;
		// a group begins folded, a process does not
		if (closed === Boolean(node.group)) this.folded.delete(key);
		else this.folded.add(key);
		const top = this.list.host.scrollTop;
		this.refresh();
		this.list.host.scrollTop = top;
		this.list.moveTo(i);
	}

	openRow(i, event) {
		const node = this.rows[i];
		const onTwist = event && event.target.closest('.twist');
		if (node.has && (node.group || onTwist)) this.fold(i, node.isOpen);
		else if (!node.group) this.open(node.process);
	}

	key(e, i) {
		const node = this.rows[i];
		if (!node || (e.key !== 'ArrowLeft' && e.key !== 'ArrowRight')) return false;
		const right = e.key === 'ArrowRight';
		if (right && node.has) node.isOpen ? this.list.moveTo(i + 1) : this.fold(i, false);
		else if (!right && node.isOpen) this.fold(i, true);
		else if (!right) this.list.moveTo(this.parentRow(i));
		return true;
	}

	parentRow(i) {
		for (let k = i - 1; k >= 0; k--) if (this.rows[k].depth < this.rows[i].depth) return k;
		return i;
	}
}
