'use strict';
// What buildaudit wrote into this file: a gzip, as base64, of lines of JSON. Each line has some thousand rows of a
// table, column by column.

// Columns that say how much more a number is than the one before, within a line.
const STEPS = new Set([
	'processes.process_id',
	'execs.process',
	'files.mtime',
	'hands.exec',
	'hands.file',
	'hands.first',
]);

const TABLES = [
	'about',
	'runs',
	'processes',
	'names',
	'lines',
	'execs',
	'files',
	'ops',
	'hands',
	'moves',
	'texts',
	'end',
];

function unstep(values) {
	for (let i = 1; i < values.length; i++) values[i] += values[i - 1];
	return values;
}

function readLine(tables, line) {
	const part = JSON.parse(line);
	const table = tables[part.table];
	if (!table) return; // of a newer version
	for (const [name, values] of Object.entries(part)) {
		if (name === 'table' || name === 'rows') continue;
		if (STEPS.has(part.table + '.' + name)) unstep(values);
		const column = table[name] || (table[name] = []);
		column.push(...values);
	}
	table.rows += part.rows;
}

function noTables() {
	const tables = {};
	for (const name of TABLES) tables[name] = { rows: 0 };
	return tables;
}

// Paths are told by how many slashes they share with the one before, and the rest.
function joinPaths(shared, rest) {
	const paths = new Array(rest.length);
	let last = '';
	for (let i = 0; i < rest.length; i++) {
		let end = 0;
		for (let n = shared[i]; n > 0; n--) end = last.indexOf('/', end) + 1;
		last = last.slice(0, end) + rest[i];
		paths[i] = last;
	}
	return paths;
}

function bytesOf(base64) {
	const text = atob(base64);
	const bytes = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
	return bytes;
}

async function unpack(base64) {
	const stream = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream('gzip'));
	return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function readTables(base64) {
	const tables = noTables();
	const bytes = await unpack(base64);
	const words = new TextDecoder();
	for (let at = 0, end; (end = bytes.indexOf(10, at)) >= 0; at = end + 1)
		readLine(tables, words.decode(bytes.subarray(at, end)));
	if (!tables.end.rows) throw new Error('this file was cut off on its way: its end is missing');
	return tables;
}
