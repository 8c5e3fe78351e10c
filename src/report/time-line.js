// Who ran when: a bar a process, below its parent's; above them how many files were written in each moment of it all.

const STRIP = 34,
	AXIS = 20;

class TimeLine {
	constructor(model, host, openProcess) {
		this.model = model;
		this.open = openProcess;
		Object.assign(this, packLanes(model.processes.begin, model.processes.end, model.processes.parent));
		this.from = 0;
		this.to = model.axisEnd;
		this.top = 0;
		this.chosen = -1;
		this.density = null;
		this.pointers = new Map();
		this.build(host);
	}

	build(host) {
		const canvas = el('canvas', 'time-canvas');
		canvas.tabIndex = 0;
		canvas.setAttribute('role', 'application');
		canvas.setAttribute(
			'aria-label',
			'Time line of processes. Plus and minus zoom, arrows left and right move, ' +
				'arrows up and down choose a process, Enter opens it, 0 shows all.',
		);
		const tools = el(
			'div',
			'tools',
			button('tool', '+', () => this.zoom(0.5)),
			button('tool', '−', () => this.zoom(2)),
			button('tool', 'Show all', () => this.fit()),
			this.legend(),
			el('span', 'muted hint-keys', 'scroll to zoom, drag to move'),
		);
		tools.children[0].title = 'Zoom in';
		tools.children[1].title = 'Zoom out';
		host.append(tools, canvas);
		this.canvas = canvas;
		this.drawing = new Drawing(canvas, (g, w, h, c) => this.paint(g, w, h, c));
		this.listen();
	}

	legend() {
		const box = el('span', 'legend');
		const ranked = [...this.model.programs].sort((a, b) => a.rank - b.rank).slice(0, 8);
		ranked.forEach((p, i) => box.append(el('span', 'key', el('i', 'swatch p' + i), nameOf(p.name))));
		if (this.model.programs.length > 8) box.append(el('span', 'key', el('i', 'swatch pnone'), 'others'));
		if (this.model.failed.length) box.append(el('span', 'key', el('i', 'swatch pfailed'), 'failed'));
		return box;
	}

	// Few rows are tall.
	get tall() {
		return Math.max(
			20,
			Math.min(32, Math.floor((this.drawing.height - STRIP - AXIS - 12) / Math.max(1, this.lanes))),
		);
	}

	x(time) {
		return ((time - this.from) / (this.to - this.from)) * this.drawing.width;
	}
	time(x) {
		return this.from + (x / this.drawing.width) * (this.to - this.from);
	}
	y(lane) {
		return STRIP + AXIS + 4 + lane * this.tall - this.top;
	}

	paint(g, w, h, c) {
		this.paintAxis(g, w, h, c, true);
		this.paintBars(g, w, h, c);
		g.fillStyle = c.paper;
		g.fillRect(0, 0, w, STRIP + AXIS);
		this.paintStrip(g, w, c);
		this.paintAxis(g, w, h, c, false);
	}

	paintBars(g, w, h, c) {
		const { processes } = this.model;
		const painted = new Int32Array(this.lanes).fill(-1);
		g.font = '12px ' + c.font;
		for (const i of this.order) {
			const x0 = this.x(processes.begin[i]),
				x1 = this.x(processes.end[i]);
			const y = this.y(this.lane[i]);
			if (x1 < 0 || x0 > w || y + this.tall < STRIP + AXIS || y > h) continue;
			const pixel = Math.round(Math.max(x1, x0 + 1));
			const failed = hasFailed(this.model, i);
			// what falls into the same pixel is drawn once, but for what failed, and what was chosen
			if (pixel <= painted[this.lane[i]] && !failed && i !== this.chosen) continue;
			painted[this.lane[i]] = pixel;
			this.paintBar(g, i, Math.max(x0, -2), y, Math.min(x1, w + 2), failed, c);
		}
	}

	paintBar(g, i, x, y, end, failed, c) {
		const { processes } = this.model;
		const width = Math.max(1, end - x - (end - x > 4 ? 1 : 0)),
			high = this.tall - 3;
		g.globalAlpha = processes.files[i] ? 1 : 0.45;
		g.fillStyle = programColour(this.model, programOf(this.model, i), c);
		g.fillRect(x, y, width, high);
		g.globalAlpha = 1;
		if (failed) {
			// all of a short one, an edge of a long one
			g.fillStyle = c.failed;
			g.fillRect(x, width < 6 ? y : y + high - 4, Math.max(3, width), width < 6 ? high : 4);
		}
		if (i === this.chosen) {
			g.strokeStyle = c.ink;
			g.lineWidth = 2;
			g.strokeRect(x, y, Math.max(3, width), high);
		}
		if (width < 30) return;
		g.fillStyle = processes.files[i] ? c.onfill : c.ink;
		const files = processes.files[i] ? '  ' + plural(processes.files[i], 'file') : '';
		const args = briefOf(argsOf(this.model, processes.image[i]).slice(0, 5));
		g.fillText(
			fitText(
				g,
				plain(programName(this.model, i) + files + (args ? '  ' + args : ''), 300),
				width - 8,
			),
			x + 4,
			y + high / 2 + 0.5,
		);
	}

	// Files written, over all of the time; the part that is seen below is in a frame.
	paintStrip(g, w, c) {
		const cells = Math.max(1, Math.floor(w / 3));
		if (!this.density || this.density.length !== cells) this.density = this.countHands(cells);
		const most = Math.max(1, ...this.density);
		g.fillStyle = c.accent;
		for (let k = 0; k < cells; k++)
			if (this.density[k]) {
				const tall = Math.max(1, Math.sqrt(this.density[k] / most) * (STRIP - 8));
				g.fillRect(k * 3, STRIP - 3 - tall, 2, tall);
			}
		const a = (this.from / this.model.axisEnd) * w,
			b = (this.to / this.model.axisEnd) * w;
		g.fillStyle = c.ink;
		g.globalAlpha = 0.08;
		g.fillRect(0, 0, a, STRIP);
		g.fillRect(b, 0, w - b, STRIP);
		g.globalAlpha = 1;
		g.strokeStyle = c.muted;
		g.lineWidth = 1;
		g.strokeRect(Math.max(0.5, a), 0.5, Math.max(3, Math.min(b, w - 0.5) - a), STRIP - 1);
	}

	countHands(cells) {
		const out = new Float64Array(cells);
		const { hands, processes, runs, axisEnd } = this.model;
		for (let k = 0; k < hands.n; k++) {
			const p = hands.process[k];
			const run = p >= 0 ? processes.run[p] : -1;
			const at = hands.first[k] + (run >= 0 ? runs.offset[run] : 0);
			out[Math.max(0, Math.min(cells - 1, Math.floor((at / axisEnd) * cells)))]++;
		}
		return out;
	}

	// The lines are behind the bars, the words before them.
	paintAxis(g, w, h, c, lines) {
		const { runs, runOrder } = this.model;
		g.font = '11px ' + c.font;
		g.lineWidth = 1;
		for (const r of runOrder) {
			const begin = runs.offset[r],
				end = begin + runs.span[r];
			if (runs.n > 1) this.paintTick(g, this.x(begin), h, 'run ' + runs.run_id[r], c.ink, c, lines);
			const step = tickStep(this.to - this.from, w / 110);
			const first = Math.max(runs.n > 1 ? 1 : 0, Math.ceil((this.from - begin) / step));
			for (let k = first; begin + k * step <= Math.min(end, this.to); k++)
				this.paintTick(
					g,
					this.x(begin + k * step),
					h,
					k ? timeWords(k * step) : '0',
					c.muted,
					c,
					lines,
				);
		}
		g.strokeStyle = c.line;
		g.beginPath();
		g.moveTo(0, STRIP + AXIS - 0.5);
		g.lineTo(w, STRIP + AXIS - 0.5);
		g.stroke();
	}

	paintTick(g, x, h, words, colour, c, line) {
		if (x < -1) return;
		if (line) {
			g.strokeStyle = c.line;
			g.beginPath();
			g.moveTo(Math.round(x) + 0.5, STRIP + 4);
			g.lineTo(Math.round(x) + 0.5, h);
			g.stroke();
			return;
		}
		g.fillStyle = colour;
		g.fillText(words, x + 4, STRIP + AXIS / 2 + 1);
	}

	at(x, y) {
		const { processes } = this.model;
		const lane = Math.floor((y - this.y(0)) / this.tall),
			near = ((this.to - this.from) / this.drawing.width) * 2;
		const time = this.time(x);
		let best = -1,
			distance = Infinity;
		if (y < STRIP + AXIS) return -1;
		for (const i of this.order) {
			if (this.lane[i] !== lane) continue;
			const away = Math.max(processes.begin[i] - time, time - processes.end[i], 0);
			if (away <= near && away < distance) {
				best = i;
				distance = away;
			}
		}
		return best;
	}
}
