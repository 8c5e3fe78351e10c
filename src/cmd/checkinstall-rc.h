/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CMD_CHECKINSTALL_RC_H
#define CMD_CHECKINSTALL_RC_H
/* The settings of checkinstall. */

/* Every assignment of checkinstallrc; a value that only a shell could tell is NULL. */
void checkinstall_rc(void (*assign)(const char *name, const char *value));

#endif
