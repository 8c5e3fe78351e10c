// What both canvases share: sharp pixels, the colours of the style sheet, the box that follows the pointer.

class Drawing {
	constructor(canvas, draw) {
		this.canvas = canvas;
		this.drawNow = draw;
		this.pending = false;
		// a place of it may be asked for before it is drawn
		this.measure();
		new ResizeObserver(() => this.draw()).observe(canvas);
		whenColoursChange.push(() => this.draw());
	}

	draw() {
		if (this.pending) return;
		this.pending = true;
		requestAnimationFrame(() => {
			this.pending = false;
			this.paint();
		});
	}

	measure() {
		this.width = this.canvas.clientWidth;
		this.height = this.canvas.clientHeight;
	}

	// At once, as before a print.
	paint() {
		const { canvas } = this;
		this.measure();
		if (!this.width || !this.height) return;
		const scale = window.devicePixelRatio || 1;
		const w = Math.round(this.width * scale),
			h = Math.round(this.height * scale);
		if (canvas.width !== w || canvas.height !== h) {
			canvas.width = w;
			canvas.height = h;
		}
		const g = canvas.getContext('2d');
		g.setTransform(scale, 0, 0, scale, 0, 0);
		g.clearRect(0, 0, this.width, this.height);
		g.textBaseline = 'middle';
		this.drawNow(g, this.width, this.height, colours());
	}
}

const whenColoursChange = [];
let knownColours = null;

// Named as in page.css.
function colours() {
	if (knownColours) return knownColours;
	const style = getComputedStyle(document.body);
	const get = name => style.getPropertyValue('--' + name).trim();
	knownColours = { font: get('sans'), mono: get('mono'), programs: [] };
	for (const name of [
		'paper',
		'raised',
		'ink',
		'muted',
		'line',
		'hover',
		'accent',
		'created',
		'modified',
		'same',
		'removed',
		'none',
		'failed',
		'onfill',
	])
		knownColours[name] = get(name);
	for (let i = 0; i < 8; i++) knownColours.programs.push(get('p' + i));
	return knownColours;
}

function coloursChanged() {
	knownColours = null;
	for (const act of whenColoursChange) act();
}

// The eight programs that wrote most have a colour each.
function programColour(model, program, palette) {
	const rank = program >= 0 ? model.programs[program].rank : 99;
	return rank < 8 ? palette.programs[rank] : palette.none;
}

// A text cut to a width, on canvas.
function fitText(g, text, width) {
	if (width < 14) return '';
	const most = Math.ceil(width / 3);
	let shown = text.length > most ? text.slice(0, most) : text;
	if (g.measureText(shown).width <= width) return shown === text ? text : shown + '…';
	let low = 0,
		high = shown.length;
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if (g.measureText(shown.slice(0, middle) + '…').width <= width) low = middle;
		else high = middle - 1;
	}
	return low > 1 ? shown.slice(0, low) + '…' : '';
}

function showTip(x, y, ...lines) {
	const tip = document.getElementById('tip');
	tip.replaceChildren(...lines.filter(Boolean));
	tip.hidden = false;
	const box = tip.getBoundingClientRect();
	tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - box.width - 6)) + 'px';
	tip.style.top = (y + 18 + box.height > innerHeight ? Math.max(4, y - box.height - 12) : y + 18) + 'px';
}

function hideTip() {
	document.getElementById('tip').hidden = true;
}

// For who hears the page.
function say(text) {
	document.getElementById('said').textContent = text;
}
