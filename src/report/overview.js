// The first view: what happened, in numbers and a few lists that lead on.

function card(title, ...children) {
	return el('section', 'card', el('h2', '', title), ...children.filter(Boolean));
}

function numbers(model) {
	const { totals } = model;
	const box = el('div', 'numbers');
	const add = (cls, number, label, act) => {
		const words = el('span', '', el('b', '', number), ' ', el('span', '', label));
		box.append(button('number ' + cls, words, act));
	};
	for (const c of ['created', 'modified', 'same', 'removed']) {
		if (!totals[c] && c === 'same') continue;
		const label = c === 'same' ? 'rewritten, same' : c;
		add(c + (totals[c] ? '' : ' zero'), count(totals[c]), label, () => showFiles([c]));
	}
	add('', sizeWords(totals.bytes), 'on disk', () => go('sizes'));
	add('', count(model.processes.n), model.processes.n === 1 ? 'process' : 'processes', () => go('processes'));
	if (model.failed.length) add('failed', count(model.failed.length), 'failed', () => go('time'));
	return box;
}

function runFacts(model, r) {
	const { runs } = model;
	const box = el('div', 'run');
	const version = runs.version[r] ? [', ', nameOf(runs.version[r])] : [];
	if (runs.n > 1) box.append(el('h3', '', 'Run ' + runs.run_id[r], ...version));
	const time = runs.duration[r] !== null ? ', for ' + timeWords(runs.duration[r]) : '';
	const state = runs.state[r] !== 'complete' ? ', ' + runs.state[r] : '';
	const system = el('span', '', nameOf(runs.host[r]), ', ', nameOf(runs.kernel[r]), ', user ' + runs.uid[r]);
	const list = facts(
		['when', runs.started_at[r].slice(0, 19).replace('T', ' ') + ' UTC' + time],
		['ended with', exitWords(runs.exit_status[r], runs.term_signal[r]) + state],
		['folder', nameOf(runs.cwd[r], 'mono')],
		['label', runs.label[r] ? nameOf(runs.label[r]) : null],
		['since then', runs.since[r] || null],
		['is the ' + runs.kind[r], runs.kind[r] ? 'of run ' + runs.of_run[r] : null],
		['on', system],
	);
	box.append(addName(el('pre', 'command whole'), lineOf(runs.argv[r]), true), list);
	for (const note of runs.notes[r].split('\n').filter(Boolean)) box.append(addName(el('p', 'note'), note));
	if (runs.state[r] === 'incomplete') box.append(el('p', 'note', 'The record of this run is not whole.'));
	return box;
}

// Rows with a bar each, which lead on: {label, number, words, act}
function bars(rows) {
	const most = Math.max(1, ...rows.map(row => row.number));
	const box = el('div', 'bars');
	for (const { label, number, words, act } of rows) {
		const b = button('size-row', '', act);
		const bar = el('span', 'bar');
		bar.style.width = Math.max(0.5, (number / most) * 100) + '%';
		b.append(el('span', 'size-name', label), el('span', 'size-number', words), bar);
		box.append(b);
	}
	return box;
}

// The eight with the highest numbers.
function barCard(title, places, numberOf, rowOf) {
	const list = [...places].sort((a, b) => numberOf(b) - numberOf(a)).slice(0, 8);
	return list.length ? card(title, bars(list.map(i => ({ number: numberOf(i), ...rowOf(i) })))) : null;
}

function programCard(model) {
	const { programs } = model;
	const wrote = [...programs.keys()].filter(p => programs[p].files);
	return barCard(
		'What wrote most',
		wrote,
		p => programs[p].files,
		p => ({
			label: el(
				'span',
				'',
				nameOf(programs[p].name),
				el('span', 'muted', ' × ' + count(programs[p].processes)),
			),
			words: plural(programs[p].files, 'file'),
			act: () => showFilesOfProgram(p),
		}),
	);
}

function largestCard(model) {
	const { files } = model;
	const counted = [...files.size.keys()].filter(f => countsAsSize(model, f) && files.size[f]);
	return barCard(
		'Largest files',
		counted,
		f => files.size[f],
		f => ({
			label: pathOf(files.path[f]),
			words: sizeWords(files.size[f]),
			act: () => go(view(), 'file', f),
		}),
	);
}

function slowCard(model) {
	const { processes } = model;
	const own = ownTimes(processes);
	const line = i => briefOf([programName(model, i), ...argsOf(model, processes.image[i])]);
	return barCard(
		'Longest by themselves',
		processes.begin.keys(),
		i => own[i],
		i => ({
			label: plain(line(i), 120),
			words: timeWords(own[i]),
			act: () => go(view(), 'process', i),
		}),
	);
}

function failedCard(model) {
	const { processes, failed } = model;
	const line = i => {
		const how = el('span', 'badge failed', exitWords(processes.exit[i], processes.signal[i]));
		return linkTo(
			'process',
			i,
			how,
			' ',
			el('span', 'mono', plain(briefOf(argvOf(model, processes.image[i])), 160)),
		);
	};
	const box = el('div', 'family', ...failed.slice(0, 8).map(line), andMore(failed.length, 8));
	const note = aside('What a script tries and tests counts, too.');
	return failed.length ? card('Failed', note, box) : null;
}

// What whoever passes this file on should know.
function contents(model) {
	const { about, end, files, lines } = model;
	const masked = Boolean(about.redacted);
	const given = masked ? 'with what looked secret masked' : 'as they were given';
	const texts = end.texts
		? `, and what changed in ${plural(end.texts, 'text')}${masked ? ', masked likewise' : ''}`
		: '';
	const words = [
		`This file holds the names, sizes, owners and digests of ${plural(files.n, 'file')},`,
		`${plural(lines.length, 'command line')} ${given}, the names of machine and folders${texts};`,
		'no environment, and nothing else of what files hold. It fetches nothing and tells nobody.',
		secretWords(masked, end.secrets),
	];
	return el('p', 'contents' + (end.secrets && !masked ? ' warn' : ''), words.join(' '));
}

function secretWords(masked, n) {
	if (masked && n)
		return `${plural(n, 'place was', 'places were')} masked, by looks: read it before you pass it on.`;
	if (masked) return 'Nothing in it looked like a password, a token or a key.';
	if (!n) return '';
	const looks = plural(n, 'place looks', 'places look');
	return `${looks} like a password, a token or a key: buildaudit report --redact masks what does.`;
}

function fillOverview(model, host) {
	const { runs, about } = model;
	const shown = model.runOrder.slice(-12).reverse();
	const run = card(
		runs.n > 1 ? plural(runs.n, 'run') : 'The run',
		...shown.map(r => runFacts(model, r)),
		andMore(runs.n, shown.length),
	);
	const cards = [run, failedCard(model), programCard(model), largestCard(model), slowCard(model)];
	const made = `Made by buildaudit ${about.version} on ${dateWords(about.made_ms)}.`;
	host.append(numbers(model), contents(model), el('div', 'cards', ...cards), el('footer', 'muted', made));
}
