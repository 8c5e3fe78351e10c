// What is asked of the model: which files match, what a process wrote, whose it is.

// A word with * or ? in it: its pieces have to come in their order.
function patternOf(word) {
	const pieces = word.split('*').filter(Boolean);
	if (!word.includes('?'))
		return text => {
			let at = 0;
			for (const piece of pieces) {
				const found = text.indexOf(piece, at);
				if (found < 0) return false;
				at = found + piece.length;
			}
			return true;
		};
	const regexp = new RegExp(
		pieces.map(p => p.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('?', '.')).join('.*?'),
		's',
	);
	return text => regexp.test(text);
}

// Words that all have to be in the path, whatever their case.
function matcherOf(query) {
	const tests = query
		.toLowerCase()
		.split(/\s+/)
		.filter(Boolean)
		.map(word => (/[*?]/.test(word) ? patternOf(word) : text => text.includes(word)));
	return text => tests.every(test => test(text));
}

// {query, changes: Set, excluded, program, process} -> places in files
function findFiles(model, filter) {
	const { files } = model;
	model.lowerPaths = model.lowerPaths || files.path.map(p => p.toLowerCase());
	const matches = matcherOf(filter.query || '');
	const of = filter.process >= 0 ? filesBelow(model, filter.process) : null;
	const found = [];
	for (let f = 0; f < files.n; f++) {
		if (files.idle[f] || !filter.changes.has(files.change[f]) || (files.excluded[f] && !filter.excluded)) continue;
		if (filter.program >= 0 && !isHandOf(model, f, filter.program)) continue;
		if ((!of || of.has(f)) && matches(model.lowerPaths[f])) found.push(f);
	}
	return found;
}

function isHandOf(model, f, program) {
	for (const h of model.handsOnFile.of(f)) if (programOfHand(model, h) === program) return true;
	return model.files.program[f] === program;
}

// The files that a process and all that it started had a hand in.
function filesBelow(model, process) {
	const found = new Set();
	const todo = [process];
	while (todo.length) {
		const i = todo.pop();
		for (const h of model.handsOfProcess.of(i)) found.add(model.hands.file[h]);
		for (const child of model.childrenOf.of(i)) todo.push(child);
	}
	return found;
}

function ancestorsOf(model, process) {
	const up = [];
	for (let i = model.processes.parent[process]; i >= 0; i = model.processes.parent[i]) up.push(i);
	return up;
}
