// The page's script without a page: what it makes of the data of a report, its layouts, its words. A fault is a line.
// usage: node model.js FOLDER-OF-THE-SCRIPTS REPORT
'use strict';
const fs = require('fs');
const vm = require('vm');

const [folder, report] = process.argv.slice(2);
const scripts = ['data', 'words', 'model', 'model-files', 'find', 'layout'].map(name => fs.readFileSync(folder + '/' + name + '.js', 'utf8'));
vm.runInThisContext(scripts.join('\n') + '\nglobalThis.it = { readTables, makeModel, findFiles, matcherOf, joinPaths, squarify, packLanes, ' +
	'folderTree, countsAsSize, ownTimes, tickStep, permissionWords, timeWords, sizeWords, plain, briefOf, lineOf, ancestorsOf, groupBy, scriptOf, toldOf, startersOf, nameOfImage };');
const { it } = globalThis;

function is(got, want, what) {
	const [g, w] = [got, want].map(v => JSON.stringify(v));
	if (g !== w)
		console.log(what + ': ' + g + ', and not ' + w);
}

function words() {
	is(it.permissionWords('file', 0o4755), '-rwsr-xr-x', 'permissions');
	is(it.permissionWords('dir', 0o1777), 'drwxrwxrwt', 'permissions');
	is(it.permissionWords('symlink', 0o2640), 'lrw-r-S---', 'permissions');
	is([0, 1500, 2500000, 125e6, 2 * 3600e6].map(it.timeWords), ['0 µs', '1.5 ms', '2.50 s', '2 min 5 s', '2 h 0 min'], 'times');
	is([999, 1024, 1048576].map(it.sizeWords), ['999 B', '1.0 KiB', '1.0 MiB'], 'sizes');
	is(it.plain('a\n\u202e\udcff\ud800b'), 'a\\012U+202E\\377U+D800b', 'odd characters');
	is(it.plain('\ud83d\ude00 é'), '\ud83d\ude00 é', 'pairs of surrogates');
	is(it.lineOf(['a b', "it's", '']), "'a b' 'it'\\''s' ''", 'a shell line');
	is(it.briefOf(['sh', '-c', 'a &&\\\n  b']), 'sh -c a && b', 'a script on one line');
	is(it.briefOf(['sh', '-c', 'a >f\n# why\nif b; then\n\tc "x\n y" >g # so\nfi\n']), 'sh -c a >f; if b; then c "x\\n y" >g; fi',
		'comments, and lines within quotes');
	is(it.briefOf(['sh', '-c', 'a $# b#c \'#\n\'\n\n  d']), "sh -c a $# b#c '#\\n'; d", 'what is no comment');
	is(it.tickStep(3e6, 10), 500000, 'steps of an axis');
	is(it.tickStep(600e6, 5), 120e6, 'steps of an axis');
}

function names() {
	is([['sh', './slow.sh', 'a'], ['/usr/bin/python3.11', 'x.py'], ['sh', '-c', 'a'], ['make', 'install'], ['sh'], []].map(it.scriptOf),
		['./slow.sh', 'x.py', '', '', '', ''], 'the script that an interpreter was given');
}

function search() {
	const found = (query, text) => it.matcherOf(query)(text);
	is([found('bin APP', '/usr/bin/app'), found('bin x', '/usr/bin/app'), found('', 'a'), found('b*p', '/usr/bin/app'),
		found('p*b', '/x/ab'), found('a?p', '/usr/bin/app'), found('(', 'a(b'), found('*', ''), found('[?]', 'a[b]')],
	[true, false, true, true, false, true, true, true, true], 'search');
}

function layouts() {
	const sizes = [50, 30, 10, 5, 3, 1, 1];
	const rects = it.squarify(sizes, 0, 0, 200, 100);
	rects.forEach(([x, y, w, h], i) => {
		if (Math.abs(w * h - sizes[i] * 200) > 1e-6 || x < -1e-9 || y < -1e-9 || x + w > 200 + 1e-6 || y + h > 100 + 1e-6)
			console.log('a rectangle of another size, or outside: ' + i);
		for (const [x2, y2, w2, h2] of rects.slice(i + 1))
			if (Math.min(x + w, x2 + w2) - Math.max(x, x2) > 1e-6 && Math.min(y + h, y2 + h2) - Math.max(y, y2) > 1e-6)
				console.log('rectangles lie on each other: ' + i);
	});
	is(it.squarify([], 0, 0, 9, 9), [], 'nothing to lay out');
	is(it.squarify([0, 0], 0, 0, 9, 9).length, 2, 'sizes of 0');
	const lanes = it.packLanes([0, 1, 2, 6, 3], [10, 5, 4, 9, 8], [-1, 0, 1, 0, 0]);
	is([...lanes.lane], [0, 1, 2, 1, 3], 'rows of a time line');
	const family = { begin: [0, 1, 2, 6, 3], end: [10, 5, 4, 9, 12], parent: [-1, 0, 1, 0, 0] };
	is([...it.ownTimes(family)], [1, 2, 2, 3, 9], 'what each ran by itself');
	const paths = ['/a/b/c/x', '/a/b/c-d', '/a/b/d/e/y'];
	const tree = it.folderTree(paths, [{ file: 0, size: 1 }, { file: 1, size: 5 }, { file: 2, size: 3 }]);
	is([tree.name, tree.size, tree.count, tree.children.map(c => [c.name, c.size, c.path])],
		['/a/b', 9, 3, [['c-d', 5, '/a/b/c-d'], ['d/e', 3, '/a/b/d/e'], ['c', 1, '/a/b/c']]], 'folders of a map');
}

async function data() {
	const text = /<script id="data" type="text\/plain">\n([^<]*)<\/script>/.exec(fs.readFileSync(report, 'utf8'))[1];
	const model = it.makeModel(await it.readTables(text));
	const all = { query: '', changes: new Set(['created', 'modified', 'same', 'removed', '']), excluded: true, program: -1, process: -1 };
	is(it.findFiles(model, all).length, model.files.n, 'all files');
	const app = model.files.path.findIndex(p => p.endsWith('/t/bin/app'));
	is(it.findFiles(model, { ...all, query: 'T/BIN/APP' }).length, 3, 'a search');
	const writer = model.hands.process[model.handsOnFile.of(app)[0]];
	is(model.programs[model.programOfExec[model.processes.image[writer]]].name, 'cp', 'who wrote it');
	is(it.findFiles(model, { ...all, process: writer }).map(f => model.files.path[f]), [model.files.path[app]], 'what it wrote');
	is(it.findFiles(model, { ...all, process: 0 }).length, new Set(model.hands.file).size, 'what the first and all below it wrote');
	is([app, app + 1].map(f => it.countsAsSize(model, f)), [true, false], 'of two names of a file one has its size');
	for (let i = 0; i < model.processes.n; i++)
		if (model.processes.image[i] < 0)
			console.log('process ' + i + ' ran nothing');
	is(model.failed.map(i => [model.processes.exit[i], model.processes.signal[i]]), [[3, null], [null, 9]], 'what failed');
	is(it.ancestorsOf(model, writer).length, 1, 'ancestors');
	const named = x => it.nameOfImage(model, x);
	is(it.toldOf(model, 0).map(named), ['bash', 'true'], 'what it ran, one program after the other');
	is(it.startersOf(model, writer).map(([p, x]) => [p, named(x)]), [[0, 'bash']], 'what it was started by');
	is(model.failed.map(i => named(model.processes.image[i])), ['sh', 'sh'], 'what failed, by what it was called');
	const cut = await it.readTables(text.slice(0, text.length / 2 & ~3)).then(() => 'read', () => 'refused');
	is(cut, 'refused', 'a file that was cut off');
}

words();
names();
search();
layouts();
data().catch(e => console.log('failed: ' + e.stack));
