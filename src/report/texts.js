// Texts that were replaced, from old to new.

const TEXT_STATES = {
	'not kept': 'The original was not kept.',
	binary: 'It is no text.',
	large: 'It is too large to be shown here.',
	gone: 'It is no longer there to be compared.',
	same: 'What is there now is the original again.',
	unreadable: 'It could not be read.',
	since: 'It was changed again since this run: this is how it stood when the report was made.',
};

function textDiff(model, t) {
	const { texts } = model;
	const box = el('div', 'diff');
	const note = TEXT_STATES[texts.state[t]];
	if (note)
		box.append(
			el(
				'p',
				'muted',
				note,
				texts.diff[t]
					? ''
					: ' ' + sizeWords(texts.old_size[t]) + ' → ' + sizeWords(texts.new_size[t]),
			),
		);
	if (!texts.diff[t]) return box;
	const pre = el('pre');
	for (const line of texts.diff[t].replace(/\n$/, '').split('\n').slice(2)) {
		const kind = { '+': 'plus', '-': 'minus', '@': 'at', '\\': 'at' }[line[0]] || '';
		pre.append(addName(el('span', 'line ' + kind), line, true));
	}
	box.append(pre);
	return box;
}

function fillTexts(model, host) {
	const { texts, about, end } = model;
	const none = about.texts
		? 'No file was replaced whose content differs.'
		: 'What replaced texts held was left out of this report (--no-texts).';
	if (!texts.n) {
		host.append(el('p', 'hint', none));
		return;
	}
	const replaced = plural(texts.n, 'file was replaced', 'files were replaced');
	const here = `of ${plural(end.texts, 'text')} the change is here, from the original to what is there now.`;
	host.append(el('p', 'lead', `${replaced} by another content; ${here}`));
	for (let t = 0; t < texts.n; t++) host.append(textBox(model, t));
}

// A diff is drawn when it is opened.
function textBox(model, t) {
	const { texts, files } = model;
	const f = texts.file[t];
	const shown = Boolean(texts.diff[t]);
	const sizes = `${sizeWords(texts.old_size[t])} → ${sizeWords(texts.new_size[t])}`;
	const state = shown ? '' : '  ' + TEXT_STATES[texts.state[t]];
	const head = el('summary', '', pathOf(files.path[f] || '?'), el('span', 'muted', sizes + state));
	const box = el('details', 'text', head);
	const fill = () => {
		if (box.children.length > 1) return;
		if (shown) box.append(textDiff(model, t));
		if (f >= 0) box.append(linkTo('file', f, 'Who had a hand in it'));
	};
	box.addEventListener('toggle', fill);
	box.open = shown && texts.n <= 5;
	if (box.open) fill();
	return box;
}
