// The files of the model: who wrote each, the several names of one, sums.

function addFiles(model) {
	const { files, hands } = model;
	model.handsOnFile = groupBy(hands.file, files.n);
	model.handsOfProcess = groupBy(hands.process, model.processes.n);
	files.program = new Int32Array(files.n).fill(-1);
	// handed over open, as the caller's own log, and nobody wrote to it
	files.idle = new Uint8Array(files.n);
	const olds = new Set(model.moves.old);
	for (let f = 0; f < files.n; f++) {
		files.idle[f] = !files.change[f] && !model.handsOnFile.sizeOf(f) && !olds.has(f) ? 1 : 0;
		files.program[f] = writerOf(model, f);
		if (files.program[f] >= 0 && countsAsSize(model, f))
			model.programs[files.program[f]].bytes += files.size[f];
	}
}

// The program that wrote a file last.
function writerOf(model, f) {
	const { files, hands } = model;
	let last = -1;
	for (const h of model.handsOnFile.of(f))
		if (last < 0 || hands.process[h] === files.process[f] || hands.process[last] !== files.process[f])
			last = h;
	return last >= 0 ? programOfHand(model, last) : programOf(model, files.process[f]);
}

// Of several names of one file the first has the bytes.
function countsAsSize(model, f) {
	const { files } = model;
	if (files.type[f] !== 'file' || !files.change[f] || files.change[f] === 'removed' || files.excluded[f])
		return false;
	return !files.group[f] || model.firstOfGroup.get(files.run[f] + ' ' + files.group[f]) === f;
}

function addGroups(model) {
	const { files } = model;
	model.firstOfGroup = new Map();
	model.namesOfGroup = new Map();
	for (let f = 0; f < files.n; f++) {
		if (!files.group[f]) continue;
		const key = files.run[f] + ' ' + files.group[f];
		if (!model.firstOfGroup.has(key)) {
			model.firstOfGroup.set(key, f);
			model.namesOfGroup.set(key, []);
		}
		model.namesOfGroup.get(key).push(f);
	}
}

function addTotals(model) {
	const { files } = model;
	model.totals = { excluded: 0, bytes: 0 };
	for (const c of CHANGES) model.totals[c] = 0;
	for (let f = 0; f < files.n; f++) {
		if (files.idle[f]) continue;
		if (files.excluded[f] && files.change[f]) model.totals.excluded++;
		else model.totals[files.change[f]]++;
		if (countsAsSize(model, f)) model.totals.bytes += files.size[f];
	}
}
