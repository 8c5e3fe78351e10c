// The tables, joined: what ran, what it wrote, whose each file is. No word of the page in here.

// What became of a file, and how it is said. '': it came and went, or was left as it was.
const CHANGES = ['created', 'modified', 'same', 'removed', ''];
const CHANGE_WORDS = {
	created: 'created',
	modified: 'modified',
	same: 'written again, the same',
	removed: 'removed',
	'': 'no change in the end',
};

const leafOf = path => path.slice(path.lastIndexOf('/') + 1) || path;

// For each number of owners the places that name it: those of i are items[start[i]] to items[start[i + 1]].
function groupBy(keys, owners) {
	const start = new Int32Array(owners + 1);
	for (const k of keys) if (k >= 0) start[k + 1]++;
	for (let i = 0; i < owners; i++) start[i + 1] += start[i];
	const next = start.slice();
	const items = new Int32Array(start[owners]);
	for (let i = 0; i < keys.length; i++) if (keys[i] >= 0) items[next[keys[i]]++] = i;
	return { of: i => items.subarray(start[i], start[i + 1]), sizeOf: i => start[i + 1] - start[i] };
}

function columnsOf(table, names) {
	const out = { n: table.rows };
	for (const name of names) out[name] = table[name] || [];
	return out;
}

// Runs stand behind one another on one axis, the oldest first, with a gap between them.
function placeRuns(runs, processes) {
	const length = new Array(runs.n).fill(1);
	for (let r = 0; r < runs.n; r++) length[r] = Math.max(length[r], runs.duration[r] || 0);
	for (let i = 0; i < processes.n; i++) {
		const r = processes.run[i];
		if (r >= 0) length[r] = Math.max(length[r], processes.start[i] + (processes.length[i] || 0));
	}
	const order = [...length.keys()].sort((a, b) => runs.run_id[a] - runs.run_id[b]);
	const total = length.reduce((a, b) => a + b, 0);
	runs.offset = new Array(runs.n).fill(0);
	runs.span = length;
	let at = 0;
	for (const r of order) {
		runs.offset[r] = at;
		at += length[r] + (runs.n > 1 ? total * 0.02 : 0);
	}
	return { end: Math.max(1, at), order };
}

function addTimes(model) {
	const { processes, runs } = model;
	processes.begin = new Float64Array(processes.n);
	processes.end = new Float64Array(processes.n);
	for (let i = 0; i < processes.n; i++) {
		const r = processes.run[i];
		const at = r >= 0 ? runs.offset[r] : 0;
		const length =
			processes.length[i] === null
				? (r >= 0 ? runs.span[r] : 0) - processes.start[i]
				: processes.length[i];
		processes.begin[i] = at + processes.start[i];
		processes.end[i] = processes.begin[i] + Math.max(0, length);
	}
}

// What runs others' text, as src/render/program.c has it.
const INTERPRETER = new RegExp(
	'^(sh|.*ash|zsh.*|.*ksh.*|csh|tcsh|fish|python.*|pypy.*|perl.*|ruby.*|node.*|lua.*|php.*|tclsh.*|wish.*|' +
		'guile.*|Rscript|bun|deno|pwsh)$',
);

// The script that the words of a command have an interpreter run; '': none.
function scriptOf(argv) {
	const [called = '', script = '-'] = argv;
	return script[0] !== '-' && INTERPRETER.test(leafOf(called)) ? script : '';
}

// The image that a process is called by: of its own the one that wrote most, else the one that it was longest; where it
// ran none itself, what its parent was when it began.
function addImages(model) {
	const { processes, execs } = model;
	for (let x = 0; x < execs.n; x++) {
		const from = execs.image[x];
		if (from >= 0 && from < x) {
			// itself one that was resolved
			execs.exe[x] = execs.exe[from];
			execs.argv[x] = execs.argv[from];
			execs.cwd[x] = execs.cwd[from];
		}
	}
	model.execsOf = groupBy(execs.process, processes.n);
	addStarters(model);
	model.hands.process = Int32Array.from(model.hands.exec, x => (x >= 0 ? execs.process[x] : -1));
	model.written = new Int32Array(execs.n);
	for (const x of model.hands.exec) if (x >= 0) model.written[x]++;
	processes.image = new Int32Array(processes.n).fill(-1);
	processes.forked = new Uint8Array(processes.n); // it ran no program of its own
	for (let i = 0; i < processes.n; i++) {
		const own = model.execsOf.of(i);
		processes.forked[i] = own.every(x => execs.image[x] >= 0) ? 1 : 0;
		if (own.length)
			processes.image[i] = mainImage(
				model,
				i,
				processes.forked[i] ? own : own.filter(x => execs.image[x] < 0),
			);
		else if (processes.parent[i] >= 0)
			processes.image[i] = imageAt(model, processes.parent[i], processes.start[i]);
	}
}

// Which of its parent's images started a process: -1, where that was yet a fork that had run nothing.
function addStarters(model) {
	const { processes, execs } = model;
	processes.starter = new Int32Array(processes.n).fill(-1);
	model.hasStarted = new Uint8Array(execs.n);
	for (let up = 0; up < processes.n; up++) {
		if (!model.childrenOf.sizeOf(up)) continue;
		const own = model.execsOf.of(up);
		const ran = own.filter(x => execs.image[x] < 0);
		for (const i of model.childrenOf.of(up)) {
			for (const x of ran.length ? ran : own)
				if (execs.start[x] <= processes.start[i]) processes.starter[i] = x;
			if (processes.starter[i] >= 0) model.hasStarted[processes.starter[i]] = 1;
		}
	}
}

// The images that a process ran itself; of one that ran none what it was as a fork.
function imagesOf(model, process) {
	const { processes, execs } = model;
	const own = [...model.execsOf.of(process)].filter(x => processes.forked[process] || execs.image[x] < 0);
	return own.length ? own : [processes.image[process]];
}

// What stands for a process: of its images those that wrote or started something, and the last.
function toldOf(model, process) {
	const { written, hasStarted } = model;
	return imagesOf(model, process).filter((x, k, own) => written[x] || hasStarted[x] || k + 1 === own.length);
}

// What each that leads to a process was when it started the next on the way: [process, image]...
function startersOf(model, process) {
	const { processes } = model;
	const way = [];
	for (let i = process; processes.parent[i] >= 0; i = processes.parent[i]) {
		const up = processes.parent[i];
		way.push([up, processes.starter[i] >= 0 ? processes.starter[i] : processes.image[up]]);
	}
	return way;
}

function mainImage(model, process, own) {
	const { processes, execs, written } = model;
	const end =
		processes.length[process] === null ? Infinity : processes.start[process] + processes.length[process];
	let best = -1,
		most = -1,
		longest = -1;
	own.forEach((x, k) => {
		const time = (k + 1 < own.length ? execs.start[own[k + 1]] : end) - execs.start[x];
		if (written[x] > most || (written[x] === most && time >= longest))
			[best, most, longest] = [x, written[x], time];
	});
	return best;
}

function imageAt(model, process, time) {
	let image = -1;
	for (const x of model.execsOf.of(process)) if (model.execs.start[x] <= time || image < 0) image = x;
	return image >= 0 ? image : model.processes.image[process];
}

// Programs by the names that they were called by, a script by its own; those that wrote most come first.
function addPrograms(model) {
	const { processes, execs } = model;
	const places = new Map();
	const programs = [];
	model.programOfExec = new Int32Array(execs.n);
	for (let x = 0; x < execs.n; x++) {
		const name = nameOfImage(model, x);
		if (!places.has(name)) {
			places.set(name, programs.length);
			programs.push({ name, processes: 0, files: 0, bytes: 0, time: 0, failed: 0, rank: 0 });
		}
		model.programOfExec[x] = places.get(name);
	}
	for (let i = 0; i < processes.n; i++) {
		const p = processes.image[i] >= 0 ? programs[model.programOfExec[processes.image[i]]] : null;
		if (!p) continue;
		p.processes++;
		p.time += processes.end[i] - processes.begin[i];
		p.failed += hasFailed(model, i) ? 1 : 0;
	}
	model.programs = programs;
	countFiles(model);
	[...programs]
		.sort((a, b) => b.files - a.files || b.processes - a.processes)
		.forEach((p, i) => {
			p.rank = i;
		});
}

// Whose hand it is: a program's that may have become another since; but what a fork opens before it runs something (a
// shell's > file) is that one's.
function programOfHand(model, h) {
	const { hands, execs } = model;
	const x = hands.exec[h];
	return x < 0 ? -1 : execs.image[x] >= 0 ? programOf(model, hands.process[h]) : model.programOfExec[x];
}

// How many files each program had a hand in.
function countFiles(model) {
	const { hands, files, programs } = model;
	const seen = new Set();
	for (let h = 0; h < hands.n; h++) {
		const p = programOfHand(model, h);
		const key = p * files.n + hands.file[h];
		if (p >= 0 && !seen.has(key)) {
			seen.add(key);
			programs[p].files++;
		}
	}
}

const hasFailed = (model, i) => Boolean(model.processes.exit[i] || model.processes.signal[i]);
const programOf = (model, i) =>
	i >= 0 && model.processes.image[i] >= 0 ? model.programOfExec[model.processes.image[i]] : -1;

function argvOf(model, exec) {
	const line = exec >= 0 ? model.execs.argv[exec] : -1;
	return line >= 0 ? model.lines[line] : [];
}

function nameOfImage(model, image) {
	const argv = argvOf(model, image);
	const exe = image >= 0 ? model.execs.exe[image] : -1;
	return leafOf(scriptOf(argv) || argv[0] || (exe >= 0 ? model.names[exe] : '?'));
}

// What stands behind that name.
function argsOf(model, image) {
	const argv = argvOf(model, image);
	return argv.slice(scriptOf(argv) ? 2 : 1);
}

function programName(model, i) {
	const p = programOf(model, i);
	return p < 0 ? '?' : model.programs[p].name;
}

function addTree(model) {
	const { processes } = model;
	processes.depth = new Int32Array(processes.n);
	for (let i = 0; i < processes.n; i++) {
		const up = processes.parent[i];
		if (up >= 0 && up < i) processes.depth[i] = processes.depth[up] + 1;
		else processes.parent[i] = -1;
	}
	model.childrenOf = groupBy(processes.parent, processes.n);
	model.failed = [];
	for (let i = 0; i < processes.n; i++) if (hasFailed(model, i)) model.failed.push(i);
}

// How long each ran while none of its children did.
function ownTimes({ begin, end, parent }) {
	const own = Float64Array.from(begin, (from, i) => end[i] - from);
	const covered = Float64Array.from(begin); // until then its children so far have run
	for (const i of [...begin.keys()].sort((a, b) => begin[a] - begin[b])) {
		const up = parent[i];
		if (up < 0) continue;
		const from = Math.max(begin[i], covered[up]),
			to = Math.min(end[i], end[up]);
		if (to <= from) continue;
		own[up] -= to - from;
		covered[up] = to;
	}
	return own;
}

function makeModel(tables) {
	const model = {
		about: Object.fromEntries(Object.entries(tables.about).map(([k, v]) => [k, v[0]])),
		end: { texts: tables.end.texts[0], secrets: tables.end.secrets[0] },
		names: tables.names.name || [],
		lines: tables.lines.argv || [],
		ops: tables.ops.ops || [],
		runs: columnsOf(tables.runs, [
			'run_id',
			'name',
			'version',
			'label',
			'argv',
			'cwd',
			'uid',
			'host',
			'kernel',
			'started_at',
			'duration',
			'exit_status',
			'term_signal',
			'state',
			'notes',
			'kind',
			'of_run',
			'excluded',
			'since',
		]),
		processes: columnsOf(tables.processes, [
			'process_id',
			'run',
			'pid',
			'ppid',
			'parent',
			'start',
			'length',
			'exit',
			'signal',
			'files',
		]),
		execs: columnsOf(tables.execs, ['process', 'exe', 'argv', 'cwd', 'abi', 'start', 'image']),
		files: columnsOf(tables.files, [
			'change',
			'type',
			'mode',
			'uid',
			'gid',
			'size',
			'mtime',
			'sha256',
			'target',
			'excluded',
			'content',
			'group',
			'process',
			'run',
		]),
		hands: columnsOf(tables.hands, ['exec', 'file', 'ops', 'first', 'span']),
		moves: columnsOf(tables.moves, ['hand', 'op', 'old']),
		texts: columnsOf(tables.texts, ['file', 'run', 'state', 'diff', 'old_size', 'new_size']),
	};
	model.files.path = joinPaths(tables.files.shared || [], tables.files.rest || []);
	const axis = placeRuns(model.runs, model.processes);
	model.axisEnd = axis.end;
	model.runOrder = axis.order;
	addTimes(model);
	addTree(model);
	addImages(model);
	addPrograms(model);
	addGroups(model);
	addFiles(model);
	addTotals(model);
	model.textOfFile = new Map();
	for (let t = 0; t < model.texts.n; t++)
		model.textOfFile.set(model.texts.file[t], [...(model.textOfFile.get(model.texts.file[t]) || []), t]);
	model.movesOfHand = new Map();
	for (let m = 0; m < model.moves.n; m++)
		model.movesOfHand.set(model.moves.hand[m], [...(model.movesOfHand.get(model.moves.hand[m]) || []), m]);
	return model;
}
