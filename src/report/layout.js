// Where things go: the rows of a time line, the rectangles of a treemap. Numbers in, numbers out.

// A process is in a row below its parent's, the first that is free when it begins.
function packLanes(begin, end, parent) {
	const n = begin.length;
	const lane = new Int32Array(n);
	const order = [...begin.keys()].sort((a, b) => begin[a] - begin[b] || a - b);
	const busyUntil = [];
	for (const i of order) {
		let at = parent[i] >= 0 ? lane[parent[i]] + 1 : 0;
		while (at < busyUntil.length && busyUntil[at] > begin[i]) at++;
		lane[i] = at;
		while (busyUntil.length <= at) busyUntil.push(-Infinity);
		busyUntil[at] = end[i];
	}
	return { lane, lanes: busyUntil.length, order };
}

// The worst ratio of sides in a row of these sizes, laid along a side of that length.
function worstRatio(sum, least, most, side) {
	const s2 = sum * sum,
		l2 = side * side;
	return Math.max((l2 * most) / s2, s2 / (l2 * least));
}

// Squarified treemap (Bruls, Huizing, van Wijk): sizes, largest first, into [x, y, w, h] each.
function squarify(sizes, x, y, w, h) {
	const out = [];
	let left = sizes.reduce((a, b) => a + b, 0);
	let i = 0;
	while (i < sizes.length && left > 0 && w > 0 && h > 0) {
		const scale = (w * h) / left,
			side = Math.min(w, h);
		let sum = 0,
			n = 0,
			ratio = Infinity;
		while (i + n < sizes.length) {
			const next = sizes[i + n] * scale;
			if (next <= 0) break;
			const now = worstRatio(sum + next, next, sizes[i] * scale, side);
			if (now > ratio) break;
			ratio = now;
			sum += next;
			n++;
		}
		if (!n) break;
		const thick = sum / side;
		let at = 0;
		for (let k = i; k < i + n; k++) {
			const long = (sizes[k] * scale) / thick;
			out.push(w >= h ? [x, y + at, thick, long] : [x + at, y, long, thick]);
			at += long;
			left -= sizes[k];
		}
		if (w >= h) {
			x += thick;
			w -= thick;
		} else {
			y += thick;
			h -= thick;
		}
		i += n;
	}
	while (out.length < sizes.length) out.push([x, y, 0, 0]);
	return out;
}

// Steps of a time axis that a person counts in, some `wanted` of them in a length of µs.
function tickStep(length, wanted) {
	const raw = length / Math.max(1, wanted);
	const steps = [1, 2, 5];
	for (let power = 1; power < 1e12; power *= 10)
		for (const s of steps) if (s * power >= raw && s * power < 60e6) return s * power;
	for (const minutes of [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440])
		if (minutes * 60e6 >= raw) return minutes * 60e6;
	return raw;
}

// Folders and files of a treemap: {name, path, size, count, children: [], file: -1}, the largest first; a folder with one
// folder in it, and nothing else, is one with that. Entries {file, size} come in the order of their paths.
function folderTree(paths, entries) {
	const root = newNode('/', '/');
	const stack = [root]; // the folders that lead to the last file
	for (const { file, size } of entries) {
		const path = paths[file];
		while (stack.length > 1 && !path.startsWith(stack[stack.length - 1].path + '/'))
			closeFolder(stack.pop());
		let at = stack.length > 1 ? stack[stack.length - 1].path.length + 1 : 1;
		for (let end = path.indexOf('/', at); end >= 0; end = path.indexOf('/', at)) {
			const folder = newNode(path.slice(at, end), path.slice(0, end));
			stack[stack.length - 1].children.push(folder);
			stack.push(folder);
			at = end + 1;
		}
		stack[stack.length - 1].children.push({ ...newNode(path.slice(at), path), size, count: 1, file });
	}
	while (stack.length) closeFolder(stack.pop());
	return root;
}

const newNode = (name, path) => ({ name, path, size: 0, count: 0, children: [], file: -1 });

// All is in it.
function closeFolder(node) {
	const only = node.children.length === 1 ? node.children[0] : null;
	if (only && only.children.length) {
		node.name = (node.name === '/' ? '' : node.name) + '/' + only.name;
		node.path = only.path;
		node.children = only.children;
	}
	node.children.sort((a, b) => b.size - a.size);
	for (const child of node.children) {
		node.size += child.size;
		node.count += child.count;
	}
}
