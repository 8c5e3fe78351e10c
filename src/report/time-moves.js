// The time line, moved: by wheel, fingers, and keys.

Object.assign(TimeLine.prototype, {
	show(from, to) {
		const least = 20,
			length = Math.min(this.model.axisEnd, Math.max(least, to - from));
		this.from = Math.max(0, Math.min(from, this.model.axisEnd - length));
		this.to = this.from + length;
		const most = Math.max(0, this.lanes * this.tall + STRIP + AXIS + 12 - this.drawing.height);
		this.top = Math.max(0, Math.min(this.top, most));
		this.drawing.draw();
	},

	fit() {
		this.top = 0;
		this.show(0, this.model.axisEnd);
	},

	zoom(factor, around = (this.from + this.to) / 2) {
		this.show(around - (around - this.from) * factor, around + (this.to - around) * factor);
	},

	move(pixels, down = 0) {
		const by = (pixels / this.drawing.width) * (this.to - this.from);
		this.top += down;
		this.show(this.from + by, this.to + by);
	},

	listen() {
		const { canvas } = this;
		canvas.addEventListener('wheel', e => this.onWheel(e), { passive: false });
		canvas.addEventListener('pointerdown', e => this.onDown(e));
		canvas.addEventListener('pointermove', e => this.onMove(e));
		canvas.addEventListener('pointerup', e => this.onUp(e));
		canvas.addEventListener('pointercancel', e => this.pointers.delete(e.pointerId));
		canvas.addEventListener('pointerleave', hideTip);
		canvas.addEventListener('dblclick', e => this.zoom(0.4, this.time(e.offsetX)));
		canvas.addEventListener('keydown', e => this.onKey(e));
	},

	onWheel(e) {
		e.preventDefault();
		hideTip();
		if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) this.move(e.deltaX || e.deltaY);
		else if (e.altKey) this.move(0, e.deltaY);
		else this.zoom(Math.exp(Math.max(-200, Math.min(200, e.deltaY)) * 0.002), this.time(e.offsetX));
	},

	onDown(e) {
		this.canvas.setPointerCapture(e.pointerId);
		this.pointers.set(e.pointerId, { x: e.offsetX, y: e.offsetY });
		this.moved = 0;
		this.inStrip = e.offsetY < STRIP;
		if (this.inStrip) this.center(e.offsetX);
		hideTip();
	},

	center(x) {
		const half = (this.to - this.from) / 2,
			at = (x / this.drawing.width) * this.model.axisEnd;
		this.show(at - half, at + half);
	},

	onMove(e) {
		const before = this.pointers.get(e.pointerId);
		if (!before) {
			this.tip(e);
			return;
		}
		const others = [...this.pointers].filter(([id]) => id !== e.pointerId).map(([, p]) => p);
		this.moved += Math.abs(e.offsetX - before.x) + Math.abs(e.offsetY - before.y);
		if (this.inStrip) this.center(e.offsetX);
		else if (others.length) this.pinch(others[0], before, e.offsetX);
		else this.move(before.x - e.offsetX, before.y - e.offsetY);
		this.pointers.set(e.pointerId, { x: e.offsetX, y: e.offsetY });
	},

	pinch(other, before, now) {
		const was = Math.max(8, Math.abs(before.x - other.x)),
			is = Math.max(8, Math.abs(now - other.x));
		this.zoom(was / is, this.time((now + other.x) / 2));
	},

	onUp(e) {
		this.pointers.delete(e.pointerId);
		const i = this.moved < 5 && !this.inStrip ? this.at(e.offsetX, e.offsetY) : -1;
		if (i >= 0) {
			this.chosen = i;
			this.drawing.draw();
			this.open(i);
		}
	},

	tip(e) {
		const i = this.at(e.offsetX, e.offsetY);
		this.canvas.classList.toggle('over', i >= 0);
		if (i < 0) {
			hideTip();
			return;
		}
		const { processes } = this.model;
		showTip(
			e.clientX,
			e.clientY,
			el('div', 'strong', nameOf(programName(this.model, i)), ' ' + processes.pid[i]),
			el('div', 'mono cut', plain(briefOf(argvOf(this.model, processes.image[i])), 200)),
			el(
				'div',
				'muted',
				timeWords(processes.end[i] - processes.begin[i]) +
					' · ' +
					exitWords(processes.exit[i], processes.signal[i]) +
					' · ' +
					plural(processes.files[i], 'file'),
			),
		);
	},

	onKey(e) {
		const tenth = this.drawing.width / 10;
		const acts = {
			'+': () => this.zoom(0.5),
			'=': () => this.zoom(0.5),
			'-': () => this.zoom(2),
			0: () => this.fit(),
			ArrowLeft: () => this.move(-tenth),
			ArrowRight: () => this.move(tenth),
			ArrowUp: () => this.choose(-1),
			ArrowDown: () => this.choose(1),
			PageUp: () => this.move(0, -200),
			PageDown: () => this.move(0, 200),
			Enter: () => this.chosen >= 0 && this.open(this.chosen),
		};
		if (!acts[e.key] || e.ctrlKey || e.metaKey || e.altKey) return;
		acts[e.key]();
		e.preventDefault();
	},

	choose(step) {
		const at = this.order.indexOf(this.chosen);
		const next = this.order[Math.max(0, Math.min(this.order.length - 1, at < 0 ? 0 : at + step))];
		if (next === undefined) return;
		this.reveal(next);
		const { processes } = this.model;
		say(
			plain(programName(this.model, next)) +
				', ' +
				timeWords(processes.end[next] - processes.begin[next]) +
				', ' +
				exitWords(processes.exit[next], processes.signal[next]),
		);
	},

	// Brings a process into sight, and marks it.
	reveal(i) {
		const { processes } = this.model;
		this.chosen = i;
		const length = this.to - this.from;
		if (processes.end[i] < this.from || processes.begin[i] > this.to) {
			const middle = (processes.begin[i] + processes.end[i]) / 2;
			this.from = middle - length / 2;
			this.to = middle + length / 2;
		}
		const y = this.lane[i] * this.tall,
			seen = this.drawing.height - STRIP - AXIS - 12;
		if (seen > 0 && (y < this.top || y + this.tall > this.top + seen)) this.top = y - seen / 2;
		this.show(this.from, this.to);
	},
});
