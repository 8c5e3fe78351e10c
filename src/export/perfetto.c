/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Perfetto's trace: packets of protobuf. Each process is a track below that of its parent, with a
 * slice for each program that it ran; a counter has the changes made so far. The numbers of the
 * fields are those of trace_packet.proto, track_event.proto, track_descriptor.proto,
 * counter_descriptor.proto and debug_annotation.proto of Perfetto 49; of protobuf no more is
 * needed than two of its wire types.
 */
#include <string.h>

#include "export/export.h"
#include "export/timeline.h"
#include "render/argv.h"
#include "render/program.h"
#include "render/text.h"

enum wire { VARINT = 0, LENGTH = 2 };

enum {
	TRACE_PACKET = 1,
	PACKET_TIMESTAMP = 8,
	PACKET_SEQUENCE = 10,
	PACKET_TRACK_EVENT = 11,
	PACKET_TRACK_DESCRIPTOR = 60,
	TRACK_UUID = 1,
	TRACK_NAME = 2,
	TRACK_PARENT = 5,
	TRACK_COUNTER = 8,
	EVENT_ANNOTATIONS = 4,
	EVENT_TYPE = 9,
	EVENT_TRACK = 11,
	EVENT_NAME = 23,
	EVENT_COUNT = 30,
	ANNOTATION_INT = 4,
	ANNOTATION_STRING = 6,
	ANNOTATION_NAME = 10,
};

enum { SLICE_BEGIN = 1, SLICE_END = 2, COUNTER = 4 };

/* Any but 0; all packets are of one. */
#define SEQUENCE 1
#define COUNTER_TRACK (1ULL << 62)

static void add_varint(struct buf *out, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		buf_addc(out, (char)(n | 0x80));
	buf_addc(out, (char)n);
}

static void add_number(struct buf *out, unsigned int field, uint64_t n)
{
	add_varint(out, field << 3 | VARINT);
	add_varint(out, n);
}

static void add_bytes(struct buf *out, unsigned int field, const char *data, size_t len)
{
	add_varint(out, field << 3 | LENGTH);
	add_varint(out, len);
	buf_add(out, data, len);
}

static void add_text(struct buf *out, unsigned int field, const char *text)
{
	add_bytes(out, field, text, strlen(text));
}

static void add_message(struct buf *out, unsigned int field, struct buf *message)
{
	out->failed |= message->failed;
	add_bytes(out, field, message->data ? message->data : "", message->len);
}

static int put_packet(struct export *x, struct buf *packet)
{
	add_number(packet, PACKET_SEQUENCE, SEQUENCE);
	add_message(&x->line, TRACE_PACKET, packet);
	return export_put(x);
}

/* parent: 0, or that of another track. */
static int put_track(struct export *x, uint64_t uuid, uint64_t parent, const char *name,
	bool counter)
{
	_cleanup_buf_ struct buf packet = BUF_INIT, track = BUF_INIT;

	add_number(&track, TRACK_UUID, uuid);
	add_text(&track, TRACK_NAME, name);
	if (parent)
		add_number(&track, TRACK_PARENT, parent);
	if (counter)
		add_text(&track, TRACK_COUNTER, "");
	add_message(&packet, PACKET_TRACK_DESCRIPTOR, &track);
	return put_packet(x, &packet);
}

static int put_event(struct export *x, int64_t ns, uint64_t track, unsigned int type,
	struct buf *more)
{
	_cleanup_buf_ struct buf packet = BUF_INIT, event = BUF_INIT;

	add_number(&event, EVENT_TYPE, type);
	add_number(&event, EVENT_TRACK, track);
	event.failed |= more->failed;
	buf_add(&event, more->data ? more->data : "", more->len);
	add_number(&packet, PACKET_TIMESTAMP, (uint64_t)ns);
	add_message(&packet, PACKET_TRACK_EVENT, &event);
	return put_packet(x, &packet);
}

static void annotate_text(struct buf *event, const char *name, const char *text)
{
	_cleanup_buf_ struct buf annotation = BUF_INIT;

	add_text(&annotation, ANNOTATION_NAME, name);
	add_text(&annotation, ANNOTATION_STRING, text);
	add_message(event, EVENT_ANNOTATIONS, &annotation);
}

static void annotate_number(struct buf *event, const char *name, int64_t n)
{
	_cleanup_buf_ struct buf annotation = BUF_INIT;

	add_text(&annotation, ANNOTATION_NAME, name);
	add_number(&annotation, ANNOTATION_INT, (uint64_t)n);
	add_message(event, EVENT_ANNOTATIONS, &annotation);
}

static int put_process(struct export *x, const struct ba_rows *rows)
{
	_cleanup_buf_ struct buf name = BUF_INIT;

	buf_addf(&name, "%s %s", program_name(row_text(rows, "exe")), row_text(rows, "pid"));
	if (name.failed)
		x->line.failed = true;
	return put_track(x, (uint64_t)row_number(rows, "process_id"),
		(uint64_t)row_number(rows, "parent_id"), name.data ? name.data : "", false);
}

static int put_slice(struct export *x, const struct ba_rows *rows)
{
	_cleanup_buf_ struct buf begin = BUF_INIT, end = BUF_INIT, words = BUF_INIT;
	uint64_t track = (uint64_t)row_number(rows, "process_id");
	int64_t from = row_number(rows, "started_ns"), to = row_number(rows, "ended_ns");
	int r;

	render_argv(&words, row_text(rows, "argv"));
	add_text(&begin, EVENT_NAME, program_name(row_text(rows, "exe")));
	annotate_text(&begin, "argv", words.data ? words.data : "");
	annotate_text(&begin, "cwd", row_text(rows, "cwd"));
	annotate_number(&begin, "pid", row_number(rows, "pid"));
	annotate_number(&begin, "files", row_number(rows, "files"));
	if (row_number(rows, "exit_status"))
		annotate_number(&begin, "exit_status", row_number(rows, "exit_status"));
	if (row_number(rows, "term_signal"))
		annotate_number(&begin, "term_signal", row_number(rows, "term_signal"));
	r = put_event(x, from, track, SLICE_BEGIN, &begin);
	return r < 0 || to < from ? r : put_event(x, to, track, SLICE_END, &end);
}

static int put_count(struct export *x, int64_t ns, int64_t count)
{
	_cleanup_buf_ struct buf value = BUF_INIT;

	add_number(&value, EVENT_COUNT, (uint64_t)count);
	return put_event(x, ns, COUNTER_TRACK, COUNTER, &value);
}

static int write_perfetto(struct export *x)
{
	int r = put_track(x, COUNTER_TRACK, 0, "changes", true);

	if (r == 0)
		r = timeline_walk(x, put_process, put_slice);
	return r == 0 ? timeline_changes(x, put_count) : r;
}

const struct export_form export_perfetto = { "perfetto",
	"a time line for ui.perfetto.dev (protobuf)", true, write_perfetto };
