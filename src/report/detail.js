// What is known of one file, or of one process, beside the view.

function facts(...pairs) {
	const list = el('dl', 'facts');
	for (const [what, value] of pairs)
		if (value !== null && value !== undefined && value !== '')
			list.append(el('dt', '', what), el('dd', '', value));
	return list;
}

function linkTo(kind, i, ...children) {
	const a = el('a', 'link', ...children);
	a.href = '#' + view() + '/' + kind + '/' + i;
	return a;
}

const OPEN_FLAGS = [
	[0o100, 'create'],
	[0o1000, 'truncate'],
	[0o2000, 'append'],
	[0o20000000, 'no name yet'],
];

// "open 577 420 1,chmod 0 420 2" -> spans: what, how, how often
function opWords(text) {
	const out = el('span', 'ops');
	for (const part of text.split(',')) {
		const [op, flags, mode, times, found] = part.split(' ');
		const how = [];
		if (op === 'open') for (const [bit, word] of OPEN_FLAGS) if (Number(flags) & bit) how.push(word);
		if ((op === 'chmod' || op === 'mkdir') && mode !== '0')
			how.push((Number(mode) & 0o7777).toString(8).padStart(4, '0'));
		if (found) how.push('was open when the recording began');
		out.append(
			el(
				'span',
				'op',
				el('b', '', op),
				how.length ? ' ' + how.join(', ') : '',
				times !== '1' ? ' ×' + count(Number(times)) : '',
			),
		);
	}
	return out;
}

const OTHER_NAME =
	'What changed it had another name for it: a folder above it was renamed, or the file has several names.';

class Detail {
	constructor(model, host, close) {
		this.model = model;
		this.host = host;
		this.close = close;
	}

	frame(title, ...children) {
		const top = el('h2', '', title);
		top.tabIndex = -1;
		const shut = button('close', '×', this.close);
		shut.setAttribute('aria-label', 'Close the details');
		this.host.replaceChildren(el('div', 'detail-top', top, shut), ...children.filter(Boolean));
		this.host.hidden = false;
		this.host.scrollTop = 0;
	}

	hide() {
		this.host.hidden = true;
		this.host.replaceChildren();
	}

	showFile(f) {
		const { files } = this.model;
		const badges = [el('span', 'badge ' + (files.change[f] || 'none'), CHANGE_WORDS[files.change[f]])];
		if (files.excluded[f]) badges.push(el('span', 'badge quiet', 'excluded: not counted as installed'));
		const path = addName(el('span', 'name mono'), files.path[f]);
		this.frame(path, el('p', 'badges', ...badges), this.fileFacts(f), ...this.texts(f), ...this.hands(f));
	}

	// Of what came and went nothing is known but who did it.
	fileFacts(f) {
		const { files, runs } = this.model;
		const known = files.change[f] && files.type[f];
		if (!known) return null;
		const bytes = files.size[f] >= 1000 ? ' (' + count(files.size[f]) + ' bytes)' : '';
		return facts(
			['type', files.type[f]],
			['permissions', el('span', 'mono', permissionWords(files.type[f], files.mode[f]))],
			['owner', files.uid[f] + ' : ' + files.gid[f]],
			['size', known === 'file' ? sizeWords(files.size[f]) + bytes : null],
			['modified', files.mtime[f] ? dateWords(files.mtime[f]) : null],
			['leads to', known === 'symlink' ? nameOf(files.target[f], 'mono') : null],
			['SHA-256', files.sha256[f] ? el('span', 'mono digest', files.sha256[f]) : null],
			['run', runs.n > 1 && files.run[f] >= 0 ? String(runs.run_id[files.run[f]]) : null],
			['also named', this.otherNames(f)],
		);
	}

	// Many of them would push out of sight whose hands were in it.
	otherNames(f) {
		const { files, namesOfGroup } = this.model;
		if (!files.group[f]) return null;
		const others = namesOfGroup.get(files.run[f] + ' ' + files.group[f]).filter(g => g !== f);
		const links = others.slice(0, 500).map(g => linkTo('file', g, nameOf(files.path[g], 'mono block')));
		if (!others.length) return null;
		if (others.length <= 4) return el('span', '', ...links);
		return el(
			'details',
			'',
			el('summary', '', plural(others.length, 'other name')),
			...links,
			andMore(others.length, 500),
		);
	}

	texts(f) {
		const shown = t => el('section', '', heading('From old to new'), textDiff(this.model, t));
		return (this.model.textOfFile.get(f) || []).map(shown);
	}

	// Every hand in the file, a block a process, in the order of time.
	hands(f) {
		const { hands, processes, runs } = this.model;
		const begin = p => (p >= 0 && processes.run[p] >= 0 ? runs.offset[processes.run[p]] : 0);
		const when = h => hands.first[h] + begin(hands.process[h]);
		const list = [...this.model.handsOnFile.of(f)].sort((a, b) => when(a) - when(b));
		if (!list.length)
			return [
				heading('No hand in it is on record'),
				aside(this.model.files.change[f] ? OTHER_NAME : ''),
			];
		const blocks = list.slice(0, 200).map(h => this.hand(h));
		return [
			heading(plural(list.length, 'hand') + ' in it'),
			el('ol', 'hands', ...blocks),
			andMore(list.length, 200),
		];
	}

	hand(h) {
		const { hands, execs, moves, files } = this.model;
		const p = hands.process[h];
		// as programOfHand has it
		const image = execs.image[hands.exec[h]] >= 0 && p >= 0 ? this.model.processes.image[p] : hands.exec[h];
		const who = linkTo(
			'process',
			p,
			el('span', 'strong', nameOf(nameOfImage(this.model, image))),
			p >= 0 ? ' ' + this.model.processes.pid[p] : '',
		);
		const when = el('time', 'muted', timeWords(hands.first[h]));
		const item = el('li', 'hand', el('div', 'hand-top', when, who, opWords(this.model.ops[hands.ops[h]])));
		for (const m of this.model.movesOfHand.get(h) || []) {
			const how = moves.op[m] === 'link' ? 'another name of ' : 'was ';
			if (moves.old[m] >= 0)
				item.append(
					el(
						'div',
						'move',
						how,
						linkTo('file', moves.old[m], nameOf(files.path[moves.old[m]], 'mono')),
					),
				);
		}
		item.append(addName(el('div', 'command mono'), lineOf(argvOf(this.model, image)).slice(0, 2000)));
		const up = p >= 0 ? startersOf(this.model, p) : [];
		if (up.length) item.append(this.chain(up));
		return item;
	}

	chain(up) {
		const above = up.length > 1 ? ', ' + count(up.length - 1) + ' more above' : '';
		const box = el(
			'details',
			'chain',
			el('summary', 'muted', 'started by ', nameOf(nameOfImage(this.model, up[0][1])), above),
		);
		const line = ([i, image]) => {
			const words = plain(briefOf(argvOf(this.model, image)), 300);
			return linkTo('process', i, el('span', 'name mono block cut', words));
		};
		box.addEventListener('toggle', () => {
			if (box.open && box.children.length === 1) box.append(...up.map(line));
		});
		return box;
	}
}
