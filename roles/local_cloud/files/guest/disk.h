/* Copyright (c) 2026 the stackproof.migration contributors
 * GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISK_H
#define DISK_H

#include "virtio.h"

/* Find and start the virtio disks. Return their number. The identity names this boot of the guest. */
u32 disk_open(struct device *disks, u32 identity);
/* Verify what the disks have read, and start the next request of each disk. */
void disk_poll(void);
/* Let each disk verify and write one more block. */
void disk_next(void);
/* Stop to use the disks in these slots, of which each bit is one, because they are removed. */
void disk_remove(u32 slots);
/* Print what was verified and written. Print nothing without a data disk. */
void disk_print(void);

#endif
