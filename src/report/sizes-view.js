// What was installed, as a map of rectangles as large as the files: by folder, or by the program that wrote them last.
// Beside it the same as a list, for keys and small screens.

class SizesView {
	constructor(model, host, openFile) {
		this.model = model;
		this.open = openFile;
		this.by = 'folder';
		this.trail = []; // from the root to the node that is shown
		this.build(host);
		this.choose('folder');
	}

	build(host) {
		const pick = (by, label) => {
			const b = button('choice', label, () => this.choose(by));
			b.dataset.by = by;
			return b;
		};
		this.choices = el('span', 'choices', pick('folder', 'by folder'), pick('program', 'by program'));
		this.crumbs = el('nav', 'crumbs');
		this.crumbs.setAttribute('aria-label', 'Where the map is');
		this.legend = el('span', 'legend');
		this.canvas = el('canvas', 'size-canvas');
		this.canvas.setAttribute('role', 'img');
		this.canvas.setAttribute('aria-label', 'Map of sizes; the list beside it says the same');
		this.side = el('div', 'side');
		this.empty = el('p', 'hint', 'Nothing that this run left has a size.');
		host.append(
			el('div', 'tools', this.choices, this.legend),
			this.crumbs,
			el('div', 'split', this.canvas, this.side),
			this.empty,
		);
		this.drawing = new Drawing(this.canvas, (g, w, h, c) => this.paint(g, w, h, c));
		this.canvas.addEventListener('click', e => this.onClick(e));
		this.canvas.addEventListener('pointermove', e => this.tip(e));
		this.canvas.addEventListener('pointerleave', () => {
			hideTip();
			this.over(null);
		});
	}

	entries() {
		const { files } = this.model;
		const out = [];
		for (let f = 0; f < files.n; f++)
			if (countsAsSize(this.model, f) && files.size[f] > 0)
				out.push({ file: f, size: files.size[f] });
		return out;
	}

	choose(by) {
		this.by = by;
		for (const b of this.choices.children) b.setAttribute('aria-pressed', b.dataset.by === by);
		const entries = this.entries();
		const root = by === 'folder' ? folderTree(this.model.files.path, entries) : this.programTree(entries);
		this.empty.hidden = entries.length > 0;
		this.canvas.parentElement.hidden = !entries.length;
		this.trail = [root];
		this.fillLegend();
		this.refresh();
	}

	programTree(entries) {
		const of = new Map();
		for (const e of entries) {
			const p = this.model.files.program[e.file];
			if (!of.has(p)) of.set(p, []);
			of.get(p).push(e);
		}
		const children = [...of].map(([p, list]) => ({
			...folderTree(this.model.files.path, list),
			program: p,
			name: p < 0 ? 'not on record' : this.model.programs[p].name,
		}));
		children.sort((a, b) => b.size - a.size);
		return {
			name: 'all programs',
			path: '',
			size: entries.reduce((n, e) => n + e.size, 0),
			count: entries.length,
			children,
			file: -1,
		};
	}

	fillLegend() {
		this.legend.replaceChildren();
		for (const c of ['created', 'modified', 'same'])
			if (this.by === 'folder' && this.model.totals[c])
				this.legend.append(el('span', 'key', el('i', 'swatch ' + c), CHANGE_WORDS[c]));
	}

	get node() {
		return this.trail[this.trail.length - 1];
	}

	enter(node) {
		this.trail.push(node);
		this.refresh();
	}

	refresh() {
		this.crumbs.replaceChildren(
			...this.trail.map((node, i) => {
				const b = button('crumb', '', () => {
					this.trail.length = i + 1;
					this.refresh();
				});
				addName(b, node.name);
				if (i === this.trail.length - 1) b.setAttribute('aria-current', 'location');
				return b;
			}),
			el('span', 'muted', sizeWords(this.node.size) + ', ' + plural(this.node.count, 'file')),
		);
		this.fillSide();
		this.drawing.draw();
	}

	fillSide() {
		const shown = this.node.children.slice(0, 200);
		this.side.replaceChildren(
			...shown.map(child => {
				const b = button('size-row', '', () => this.go(child));
				const bar = el('span', 'bar');
				bar.style.width = Math.max(0.5, (child.size / this.node.size) * 100) + '%';
				b.append(
					el(
						'span',
						'size-name',
						nameOf(
							child.name +
								(child.children.length && this.by === 'folder'
									? '/'
									: ''),
						),
					),
					el('span', 'size-number', sizeWords(child.size)),
					bar,
				);
				b.addEventListener('pointerenter', () => this.over(child));
				return b;
			}),
		);
		this.side.append(andMore(this.node.children.length, shown.length) || '');
	}

	go(node) {
		if (node.children.length) this.enter(node);
		else this.open(node.file);
	}

	paint(g, w, h, c) {
		this.boxes = [];
		g.font = '12px ' + c.font;
		this.paintInside(g, this.node, 0, 0, w, h, c, 0);
		if (this.marked)
			for (const b of this.boxes)
				if (b.node === this.marked) {
					g.strokeStyle = c.ink;
					g.lineWidth = 2;
					g.strokeRect(b.x + 1, b.y + 1, Math.max(1, b.w - 2), Math.max(1, b.h - 2));
				}
	}

	paintInside(g, node, x, y, w, h, c, depth) {
		const rects = squarify(
			node.children.map(n => n.size),
			x,
			y,
			w,
			h,
		);
		for (let i = 0; i < rects.length; i++) {
			const [bx, by, bw, bh] = rects[i];
			if (bw * bh < 16) {
				// and those that follow are smaller
				g.fillStyle = this.colourOf(node.children[i], c);
				g.globalAlpha = 0.22;
				g.fillRect(bx, by, x + w - bx, y + h - by);
				g.globalAlpha = 1;
				return;
			}
			this.paintBox(g, node.children[i], bx, by, bw, bh, c, depth);
		}
	}

	paintBox(g, node, x, y, w, h, c, depth) {
		this.boxes.push({ node, x, y, w, h });
		if (node.children.length && w > 44 && h > 34) {
			g.fillStyle = depth % 2 ? c.paper : c.hover;
			g.fillRect(x + 0.5, y + 0.5, w - 1, h - 1);
			g.strokeStyle = c.line;
			g.lineWidth = 1;
			g.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
			g.fillStyle = c.ink;
			g.fillText(fitText(g, plain(node.name) + '  ' + sizeWords(node.size), w - 10), x + 5, y + 10);
			this.paintInside(g, node, x + 2, y + 19, w - 4, h - 21, c, depth + 1);
			return;
		}
		g.fillStyle = this.colourOf(node, c);
		g.globalAlpha = 0.32;
		g.fillRect(x + 0.5, y + 0.5, Math.max(0.5, w - 1), Math.max(0.5, h - 1));
		g.globalAlpha = 1;
		if (w < 38 || h < 15) return;
		g.globalAlpha = 0.9;
		g.fillRect(x + 0.5, y + 0.5, 3, h - 1);
		g.globalAlpha = 1;
		g.fillStyle = c.ink;
		g.fillText(fitText(g, plain(node.name), w - 12), x + 8, y + 10);
		g.fillStyle = c.muted;
		if (h > 34) g.fillText(fitText(g, sizeWords(node.size), w - 12), x + 8, y + 26);
	}

	colourOf(node, c) {
		let leaf = node;
		while (leaf.children.length) leaf = leaf.children[0];
		if (this.by === 'program') return programColour(this.model, this.model.files.program[leaf.file], c);
		return c[this.model.files.change[leaf.file]] || c.none;
	}

	boxAt(x, y) {
		for (let i = (this.boxes || []).length - 1; i >= 0; i--) {
			const b = this.boxes[i];
			if (x >= b.x && x < b.x + b.w && y >= b.y && y < b.y + b.h) return b;
		}
		return null;
	}

	// A file is opened; a folder, by its name or what is too small in it, is entered.
	onClick(e) {
		const b = this.boxAt(e.offsetX, e.offsetY);
		if (b) this.go(b.node);
	}

	over(node) {
		if (this.marked === node) return;
		this.marked = node;
		this.drawing.draw();
	}

	tip(e) {
		const b = this.boxAt(e.offsetX, e.offsetY);
		this.over(b ? b.node : null);
		if (!b) {
			hideTip();
			return;
		}
		const program = b.node.file >= 0 ? this.model.files.program[b.node.file] : -1;
		showTip(
			e.clientX,
			e.clientY,
			el('div', 'mono', plain(b.node.path || b.node.name, 300)),
			el(
				'div',
				'muted',
				sizeWords(b.node.size) +
					(b.node.children.length ? ' in ' + plural(b.node.count, 'file') : '') +
					(program >= 0
						? ', written by ' + plain(this.model.programs[program].name, 80)
						: ''),
			),
		);
	}
}
