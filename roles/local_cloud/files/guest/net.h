/* Copyright (c) 2026 the stackproof.migration contributors
 * GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_H
#define NET_H

#include "virtio.h"

/* Find and start the first network card. Return 0 if there is none. */
int net_open(struct device *card);
/* Print the MAC address of the card. */
void net_print(void);
/* Answer the packets that have arrived. */
void net_poll(void);

#endif
