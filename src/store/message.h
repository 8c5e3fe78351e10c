/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORE_MESSAGE_H
#define STORE_MESSAGE_H
/*
 * What stands in the queue between tracer and writer: the model's structs,
 * with their strings behind them in the order of the struct.
 */
#include "model/sink.h"

enum message_kind {
	MSG_PROCESS_BEGIN,
	MSG_PROCESS_END,
	MSG_EXEC_BEGIN,
	MSG_EVENT,
	MSG_TOUCH,
	MSG_ORIGINAL,
	MSG_PLACE,
	MSG_ALIAS,
	MSG_STOOD,
	MSG_HIDDEN,
	MSG_NOTE,
	MSG_COMMAND_END,
};

#define MESSAGE_STRINGS 4

struct message {
	enum message_kind kind;
	uint32_t len[MESSAGE_STRINGS]; /* of each with its NUL; 0: it was NULL */
	union {
		struct process_begin process_begin;
		struct process_end process_end;
		struct exec_begin exec_begin;
		struct event event;
		struct touch touch;
		struct original original;
		uint32_t file;
		struct {
			int status;
			unsigned int left;
			int64_t at;
		} command_end;
	} u;
	char strings[];
};

#endif
