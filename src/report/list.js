// A list of any length: only the rows that are seen are in the page. The arrow keys move a mark, Enter opens.

class List {
	// {label, role: 'grid' | 'tree', render(row, i), open(i), key(event, i), note(row, i)}
	constructor(host, options) {
		this.options = options;
		this.count = 0;
		this.mark = -1;
		this.markSeen = false;
		this.rows = new Map();
		this.host = host;
		host.classList.add('list');
		host.tabIndex = 0;
		host.setAttribute('role', options.role);
		host.setAttribute('aria-label', options.label);
		this.space = el('div', 'space');
		host.append(this.space);
		host.addEventListener('scroll', () => this.draw(), { passive: true });
		host.addEventListener('keydown', e => this.onKey(e));
		host.addEventListener('click', e => this.onClick(e));
		new ResizeObserver(() => this.resized()).observe(host);
	}

	get height() {
		// of a row, in px; browsers end at some ten million
		if (!this.rowHeight)
			this.rowHeight =
				parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row')) || 30;
		return this.rowHeight;
	}

	show(number, mark = -1) {
		this.count = Math.min(number, 400000);
		this.mark = mark < this.count ? mark : -1;
		this.space.style.height = this.count * this.height + 'px';
		this.host.setAttribute(this.options.role === 'grid' ? 'aria-rowcount' : 'aria-setsize', number);
		for (const row of this.rows.values()) row.remove();
		this.rows.clear();
		this.draw();
	}

	draw() {
		const top = this.host.scrollTop,
			seen = this.host.clientHeight;
		if (!seen) return;
		const marked = this.mark * this.height;
		this.markSeen = this.mark >= 0 && marked > top - this.height && marked < top + seen;
		const first = Math.max(0, Math.floor(top / this.height) - 4);
		const last = Math.min(this.count, Math.ceil((top + seen) / this.height) + 4);
		for (const [i, row] of this.rows)
			if (i < first || i >= last) {
				row.remove();
				this.rows.delete(i);
			}
		for (let i = first; i < last; i++) if (!this.rows.has(i)) this.add(i);
		this.tell();
	}

	add(i) {
		const row = el('div', 'row');
		row.id = this.host.id + '-' + i;
		row.style.top = i * this.height + 'px';
		row.dataset.i = i;
		row.setAttribute('role', this.options.role === 'grid' ? 'row' : 'treeitem');
		if (this.options.role === 'grid') row.setAttribute('aria-rowindex', i + 1);
		this.options.render(row, i);
		row.classList.toggle('marked', i === this.mark);
		this.rows.set(i, row);
		this.space.append(row);
	}

	// What is beside the list, or above it, takes room: the chosen row stays in sight.
	resized() {
		if (this.markSeen) this.reveal();
		this.draw();
	}

	reveal() {
		const top = this.mark * this.height,
			seen = this.host.clientHeight;
		if (top < this.host.scrollTop) this.host.scrollTop = top;
		else if (top + this.height > this.host.scrollTop + seen) this.host.scrollTop = top + this.height - seen;
	}

	tell() {
		if (this.rows.has(this.mark))
			this.host.setAttribute('aria-activedescendant', this.host.id + '-' + this.mark);
		else this.host.removeAttribute('aria-activedescendant');
	}

	moveTo(i) {
		if (!this.count) return;
		const old = this.rows.get(this.mark);
		if (old) old.classList.remove('marked');
		this.mark = Math.max(0, Math.min(this.count - 1, i));
		this.reveal();
		this.draw();
		const now = this.rows.get(this.mark);
		if (now) now.classList.add('marked');
		this.tell();
	}

	onKey(e) {
		const page = Math.max(1, Math.floor(this.host.clientHeight / this.height) - 1);
		const steps = {
			ArrowDown: 1,
			ArrowUp: -1,
			PageDown: page,
			PageUp: -page,
			Home: -Infinity,
			End: Infinity,
		};
		if (e.target !== this.host || e.altKey || e.ctrlKey || e.metaKey) return;
		if (e.key in steps) this.moveTo(Math.max(0, this.mark) + (this.mark < 0 ? 0 : steps[e.key]));
		else if (e.key === 'Enter' && this.mark >= 0) this.options.open(this.mark);
		else if (!this.options.key || !this.options.key(e, this.mark)) return;
		e.preventDefault();
	}

	onClick(e) {
		const row = e.target.closest('.row');
		if (!row || e.target.closest('button')) return;
		this.moveTo(Number(row.dataset.i));
		this.options.open(this.mark, e);
	}
}
