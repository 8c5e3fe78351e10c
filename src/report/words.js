// Words for a person. Names of files come into the page as text nodes only; what a reader could not see, or would take
// for something else, stands in a frame: bytes that are no UTF-8, control characters, turns of the writing direction.

const ODD = new RegExp(
	'[\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]' +
		'|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]',
	'g',
);

function oddWord(c) {
	const code = c.charCodeAt(0);
	if (code >= 0xdc80 && code <= 0xdcff) return '\\' + (code - 0xdc00).toString(8);
	if (code < 0x80) return '\\' + code.toString(8).padStart(3, '0');
	return 'U+' + code.toString(16).toUpperCase().padStart(4, '0');
}

// For canvas and attributes, where there is no frame.
function plain(text, most = 400) {
	const cut = text.length > most ? text.slice(0, most) + '…' : text;
	return cut.replace(ODD, oddWord);
}

function addName(parent, text, keepLines = false) {
	let at = 0;
	for (const m of text.matchAll(ODD)) {
		if (keepLines && (m[0] === '\n' || m[0] === '\t')) continue;
		if (m.index > at) parent.append(text.slice(at, m.index));
		const odd = document.createElement('span');
		odd.className = 'odd';
		odd.textContent = oddWord(m[0]);
		parent.append(odd);
		at = m.index + m[0].length;
	}
	if (at < text.length) parent.append(text.slice(at));
	return parent;
}

// el('p', 'muted', 'text', child...): strings become text, null nothing.
function el(tag, cls, ...children) {
	const e = document.createElement(tag);
	if (cls) e.className = cls;
	for (const c of children) if (c !== null && c !== undefined) e.append(c);
	return e;
}

function nameOf(text, cls = '') {
	return addName(el('span', 'name ' + cls), text);
}

// Its folder may be cut short, its last part not.
function pathOf(path) {
	const at = path.lastIndexOf('/', path.length - 2) + 1;
	return el(
		'span',
		'path name',
		addName(el('span', 'folder'), path.slice(0, at)),
		addName(el('span', 'leaf'), path.slice(at)),
	);
}

function button(cls, label, act) {
	const b = el('button', cls, label);
	b.type = 'button';
	b.addEventListener('click', act);
	return b;
}

// A heading, a line of small print; no child is no element.
const heading = text => el('h3', '', text);
const aside = (...children) => (children.some(Boolean) ? el('p', 'muted', ...children) : null);
// Of a long list only the first are shown.
const andMore = (length, shown) => (length > shown ? aside('and ' + count(length - shown) + ' more') : null);

const thousands = new Intl.NumberFormat('en-US');
const count = n => thousands.format(n);
const plural = (n, one, many = one + 's') => count(n) + ' ' + (n === 1 ? one : many);

function sizeWords(bytes) {
	if (bytes < 1000) return bytes + ' B';
	let n = bytes / 1024,
		unit = 0;
	for (; n >= 999.5 && unit < 5; n /= 1024) unit++;
	return n.toFixed(n < 9.95 ? 1 : 0) + ' ' + ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'][unit];
}

function timeWords(us) {
	if (us < 1000) return us < 0 ? '−' + timeWords(-us) : Math.round(us) + ' µs';
	if (us < 1e6) return (us / 1000).toFixed(us < 1e4 ? 1 : 0) + ' ms';
	if (us < 100e6) return (us / 1e6).toFixed(us < 10e6 ? 2 : 1) + ' s';
	const minutes = Math.floor(us / 60e6);
	if (minutes < 100) return minutes + ' min ' + Math.floor(us / 1e6 - 60 * minutes) + ' s';
	return Math.floor(minutes / 60) + ' h ' + (minutes % 60) + ' min';
}

function dateWords(ms) {
	const d = new Date(ms);
	return isNaN(d) ? '' : d.toISOString().slice(0, 19).replace('T', ' ') + ' UTC';
}

// A word of a shell line, as a person would type it.
function shellWord(word) {
	return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : "'" + word.replaceAll("'", "'\\''") + "'";
}

// As it can be typed again.
const lineOf = argv => argv.map(shellWord).join(' ');

// On one line, to be read: what a shell is given as a script is shown as it is, but for its line ends.
function briefOf(argv) {
	const script = argv.indexOf('-c') + 1;
	return argv.map((word, i) => (i === script && i ? flat(word) : shellWord(word))).join(' ');
}

const SHELL_PART = new RegExp(
	[
		/(?<quoted>\$'(?:\\[^]|[^'\\])*'?|'[^']*'?|"(?:\\[^]|[^"\\])*"?)/,
		/(?<comment>(?<=^|[\s;&|()])#[^\n]*)/,
		/(?<joined>\\\n)|(?<ended>\n)|\\?[^]/,
	]
		.map(r => r.source)
		.join('|'),
	'gu',
);

// A script's commands with '; ' between them where a shell wants that, without its comments; a line's end within quotes
// is \n.
function flat(script) {
	let out = '',
		between = ' '; // what stands before the next
	for (const { 0: part, groups } of script.matchAll(SHELL_PART)) {
		if (groups.comment !== undefined) continue;
		if (groups.joined || groups.ended) {
			out = out.trimEnd();
			between = groups.joined ? ' ' : /(^|[\s;])(then|do|else|in)$|[;&|({]$/.test(out.slice(-6)) ? ' ' : '; ';
			continue;
		}
		if (between && /\s/.test(part[0])) continue;
		out += (out && between) + (groups.quoted ? part.replaceAll('\n', '\\n') : part);
		between = '';
	}
	return out.trimEnd();
}

const SIGNALS = {
	1: 'SIGHUP',
	2: 'SIGINT',
	3: 'SIGQUIT',
	4: 'SIGILL',
	6: 'SIGABRT',
	7: 'SIGBUS',
	8: 'SIGFPE',
	9: 'SIGKILL',
	11: 'SIGSEGV',
	13: 'SIGPIPE',
	14: 'SIGALRM',
	15: 'SIGTERM',
};

function exitWords(exit, signal) {
	if (signal) return 'killed by ' + (SIGNALS[signal] || 'signal ' + signal);
	return exit === null ? 'end not on record' : 'exit status ' + exit;
}

const KIND = { file: '-', dir: 'd', symlink: 'l', fifo: 'p', socket: 's', char: 'c', block: 'b' };

function permissionWords(type, mode) {
	const sets = [mode & 0o4000 ? 'sS' : 'x-', mode & 0o2000 ? 'sS' : 'x-', mode & 0o1000 ? 'tT' : 'x-'];
	let out = KIND[type] || '?';
	for (let i = 0; i < 3; i++) {
		const bits = (mode >> (6 - 3 * i)) & 7;
		out += (bits & 4 ? 'r' : '-') + (bits & 2 ? 'w' : '-') + sets[i][bits & 1 ? 0 : 1];
	}
	return out;
}
