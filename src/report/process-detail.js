// The process that is shown beside the view.

Object.assign(Detail.prototype, {
	showProcess(i) {
		const { processes } = this.model;
		const failed = hasFailed(this.model, i);
		const how = exitWords(processes.exit[i], processes.signal[i]);
		const badges = [el('span', 'badge ' + (failed ? 'failed' : 'quiet'), how)];
		if (processes.forked[i]) badges.push(el('span', 'badge quiet', 'a fork: the program is its parent’s'));
		this.frame(
			el('span', '', nameOf(programName(this.model, i)), el('span', 'muted', ' ' + processes.pid[i])),
			el('p', 'badges', ...badges),
			addName(el('pre', 'command whole'), lineOf(argvOf(this.model, processes.image[i])), true),
			this.processFacts(i),
			...this.others(i),
			...this.written(i),
			...this.family(i),
		);
	},

	processFacts(i) {
		const { processes, execs, names, runs } = this.model;
		const image = processes.image[i];
		const named = column =>
			image >= 0 && execs[column][image] >= 0 ? nameOf(names[execs[column][image]], 'mono') : null;
		const run = runs.n > 1 && processes.run[i] >= 0 ? ' of run ' + runs.run_id[processes.run[i]] : '';
		const length = processes.length[i];
		return facts(
			['program', named('exe')],
			['folder', named('cwd')],
			['began', timeWords(processes.start[i]) + ' after the start' + run],
			['ran for', length === null ? 'its end is not on record' : timeWords(length)],
			['kind', image >= 0 && execs.abi[image] !== 'x86_64' ? execs.abi[image] : null],
		);
	},

	// What else it was, before or after.
	others(i) {
		const { execs, processes } = this.model;
		const own = [...this.model.execsOf.of(i)].filter(x => execs.image[x] < 0 && x !== processes.image[i]);
		const line = x => addName(el('div', 'command mono'), lineOf(argvOf(this.model, x)).slice(0, 2000));
		return own.length
			? [heading('The same process also ran'), el('div', '', ...own.slice(0, 20).map(line))]
			: [];
	},

	written(i) {
		const { hands, files, ops } = this.model;
		const own = [...this.model.handsOfProcess.of(i)].sort((a, b) => hands.first[a] - hands.first[b]);
		const line = h => {
			const f = hands.file[h];
			const mark = el('i', 'swatch ' + (files.change[f] || 'none'));
			return el('li', '', mark, linkTo('file', f, pathOf(files.path[f])), opWords(ops[hands.ops[h]]));
		};
		const title = own.length ? 'It wrote to ' + plural(own.length, 'file') : 'It wrote no file itself';
		const below = button('tool', 'What it and all below it wrote, in the table', () => showFilesOf(i));
		return [
			heading(title),
			el('ul', 'plain-list', ...own.slice(0, 200).map(line)),
			andMore(own.length, 200),
			this.model.childrenOf.sizeOf(i) ? below : null,
		];
	},

	family(i) {
		const down = [...this.model.childrenOf.of(i)].map(k => [k, this.model.processes.image[k]]);
		return [
			...this.relatives('Started by', startersOf(this.model, i)),
			...this.relatives('It started ' + plural(down.length, 'process', 'processes'), down),
		];
	},

	relatives(title, list) {
		const line = ([k, image]) => {
			const words = plain(briefOf(argsOf(this.model, image)), 200);
			return linkTo(
				'process',
				k,
				el('span', 'strong', nameOf(nameOfImage(this.model, image))),
				' ',
				el('span', 'muted mono', words),
			);
		};
		const lines = list.slice(0, 60).map(line);
		return list.length ? [heading(title), el('div', 'family', ...lines, andMore(list.length, 60))] : [];
	},
});
