// Views, and where one is: #view, #view/file/12, #view/process/7; so the browser's own keys go back.

const VIEWS = [
	['overview', 'Overview'],
	['time', 'Time line'],
	['processes', 'Processes'],
	['sizes', 'Sizes'],
	['files', 'Files'],
	['texts', 'Old to new'],
];

const page = { made: {}, views: VIEWS };

function place() {
	const [name, kind, number] = location.hash.slice(1).split('/');
	const known = page.views.some(([v]) => v === name);
	return {
		view: known ? name : 'overview',
		kind: known ? kind : undefined,
		number: /^\d+$/.test(number || '') ? Number(number) : -1,
	};
}

const view = () => place().view;

function go(name, kind, number) {
	location.hash = kind ? name + '/' + kind + '/' + number : name;
}

function makeView(name) {
	const host = document.getElementById(name),
		{ model } = page;
	if (page.made[name]) return;
	const openFile = f => go(view(), 'file', f),
		openProcess = i => go(view(), 'process', i);
	page.made[name] =
		{
			overview: () => fillOverview(model, host),
			time: () =>
				model.processes.n
					? new TimeLine(model, host, openProcess)
					: host.append(el('p', 'hint', 'No process of it is on record.')),
			processes: () =>
				model.processes.n
					? new TreeView(model, host, openProcess)
					: host.append(el('p', 'hint', 'No process of it is on record.')),
			sizes: () => new SizesView(model, host, openFile),
			files: () => new FilesView(model, host, openFile),
			texts: () => fillTexts(model, host),
		}[name]() || {};
}

function showFiles(changes) {
	go('files');
	makeView('files');
	const files = page.made.files;
	for (const chip of document.querySelectorAll('#files .chip[data-filter]')) {
		const on = changes.includes(chip.dataset.filter);
		if ((chip.getAttribute('aria-pressed') === 'true') !== on) chip.click();
	}
	return files;
}

function showFilesOf(process) {
	go('files');
	makeView('files');
	page.made.files.ofProcess(process);
}

function showFilesOfProgram(program) {
	go('files');
	makeView('files');
	page.made.files.ofProgram(program);
}

function showPlace() {
	const at = place();
	hideTip();
	for (const [name] of page.views) {
		document.getElementById(name).hidden = name !== at.view;
		const tab = document.getElementById('tab-' + name);
		tab.setAttribute('aria-selected', name === at.view);
		tab.tabIndex = name === at.view ? 0 : -1;
		if (name === at.view) tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
	}
	document.body.classList.toggle('filled', document.getElementById(at.view).classList.contains('fill'));
	const known = { file: page.model.files.n, process: page.model.processes.n }[at.kind] || 0;
	const shown = at.number >= 0 && at.number < known;
	document.body.classList.toggle('with-detail', shown);
	makeView(at.view);
	showDetail(at, shown);
}

function showDetail(at, shown) {
	if (!shown) {
		page.detail.hide();
		return;
	}
	if (at.kind === 'file') {
		page.detail.showFile(at.number);
	} else {
		page.detail.showProcess(at.number);
		if (at.view === 'time' && page.made.time.reveal) page.made.time.reveal(at.number);
	}
	say('Details: ' + plain(page.detail.host.querySelector('h2').textContent, 200));
}

function closeDetail() {
	go(view());
	const list = document.querySelector('#' + view() + ' .list, #' + view() + ' canvas');
	if (list) list.focus({ preventScroll: true });
}

function makeTabs() {
	const tabs = document.getElementById('tabs');
	// where nothing was replaced there is no view of it
	page.views = VIEWS.filter(([name]) => name !== 'texts' || page.model.texts.n || !page.model.about.texts);
	for (const [name, label] of page.views) {
		const b = button('tab', label, () => go(name));
		b.id = 'tab-' + name;
		b.setAttribute('role', 'tab');
		b.setAttribute('aria-controls', name);
		document.getElementById(name).setAttribute('aria-labelledby', b.id);
		tabs.append(b);
	}
	tabs.addEventListener('keydown', e => {
		const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
		const all = [...tabs.children],
			at = all.indexOf(document.activeElement);
		if (!step || at < 0) return;
		const next = all[(at + step + all.length) % all.length];
		next.click(); // which leads to another place of the page, and takes the focus there
		next.focus();
		e.preventDefault();
	});
}

function onKey(e) {
	const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName);
	if (e.key === 'Escape' && document.body.classList.contains('with-detail')) closeDetail();
	else if (e.key === '/' && !typing && !e.ctrlKey && !e.metaKey) {
		if (view() !== 'processes') go('files');
		showPlace();
		page.made[view()].search.focus();
	} else return;
	e.preventDefault();
}

function fillTop() {
	const { runs, about } = page.model;
	const last = page.model.runOrder[runs.n - 1];
	const name = about.name || (runs.n ? runs.name[last] : '');
	const version = runs.n ? runs.version[last] : '';
	const title = document.getElementById('title'),
		under = document.getElementById('subtitle');
	const command = runs.n ? briefOf(runs.argv[last]).slice(0, 300) : '';
	const label = runs.n && !about.name ? runs.label[last] : '';
	const install = name && name + (version && !name.endsWith(version) ? ' ' + version : '');
	const said = [label, install].filter((words, i, all) => words && all.indexOf(words) === i);
	title.replaceChildren();
	addName(title, said.join(' · ') || command || 'run ' + about.run_id);
	document.title = plain(title.textContent, 80) + ' · buildaudit';
	under.replaceChildren();
	if (said.length && command) under.append(addName(el('span', 'mono name'), command), ' · ');
	if (runs.n)
		under.append(
			runs.started_at[last].slice(0, 16).replace('T', ' ') +
				' UTC · ' +
				(runs.n > 1 ? plural(runs.n, 'run') : 'run ' + runs.run_id[last]) +
				(runs.duration[last] !== null ? ' · ' + timeWords(runs.duration[last]) : '') +
				' · ' +
				exitWords(runs.exit_status[last], runs.term_signal[last]),
		);
}

function beforePrint() {
	makeView('overview');
	const made = page.made[view()];
	if (made.print) made.print();
	coloursChanged();
	if (made.drawing) made.drawing.paint();
}

async function main() {
	const message = document.getElementById('message');
	try {
		if (typeof DecompressionStream === 'undefined')
			throw new Error(
				'this browser is too old: it wants Firefox 113, Chromium 80 or Safari 16.4, or newer',
			);
		const data = document.getElementById('data');
		page.model = makeModel(await readTables(data.textContent));
		data.remove();
	} catch (e) {
		message.textContent = 'The report cannot be shown: ' + e.message;
		message.classList.add('bad');
		return;
	}
	page.detail = new Detail(page.model, document.getElementById('detail'), closeDetail);
	message.remove();
	fillTop();
	makeTabs();
	addEventListener('hashchange', showPlace);
	addEventListener('keydown', onKey);
	addEventListener('beforeprint', beforePrint);
	addEventListener('afterprint', coloursChanged);
	for (const q of ['(prefers-color-scheme: dark)', 'print'])
		matchMedia(q).addEventListener('change', coloursChanged);
	document.body.classList.remove('opening');
	showPlace();
	document.body.classList.add('ready');
	performance.mark('ready');
}

main();
