/* Copyright (c) 2026 the stackproof.migration contributors
 * GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Legacy virtio devices on the PCI bus: section 2.6 (split virtqueues) and section 4.1.4.8 (legacy interface) of
 * the specification "Virtual I/O Device (VIRTIO) Version 1.1". */
#ifndef VIRTIO_H
#define VIRTIO_H

#include "machine.h"

#define VIRTIO_NET 0x10001af4u          /* device and vendor in the configuration space of PCI */
#define VIRTIO_BLOCK 0x10011af4u
#define SLOTS 32
#define MAX_DISKS 4

/* The memory that devices read and write. The linker script keeps the program below it. */
#define RX_QUEUE 0x20000u
#define TX_QUEUE 0x24000u
#define RX_PACKETS 0x28000u
#define TX_PACKETS 0x48000u
#define PACKET_HEADERS 0x68000u
#define DISK_MEMORY 0x70000u            /* of the first disk; each has DISK_STEP bytes */
#define DISK_STEP 0x8000u
#define QUEUE_BYTES 0x4000u             /* enough for 256 entries */

enum { NEXT = 1, WRITE = 2 };           /* flags of a descriptor */

struct descriptor { u64 address; u32 bytes; u16 flags, next; } __attribute__((packed));
struct completion { u32 descriptor, bytes; };
struct device { u16 port; u8 line; };
struct queue {
    u16 port, number, size, seen;
    struct descriptor *descriptors;
    volatile u16 *available;            /* flags, index, descriptors */
    volatile u16 *used;                 /* flags, index, completions */
};

/* Find the device in a slot, enable and reset it. Return 0 if the slot has no such device. */
int device_open(struct device *device, u32 slot, u32 kind);
/* Accept the offered features that are in the mask. */
void device_accept(const struct device *device, u32 features);
/* Tell the device that the guest is ready. */
void device_start(const struct device *device);
/* Take back the interrupt of the device. */
void device_acknowledge(const struct device *device);
/* Read a byte of the configuration of the device. */
u8 device_config(const struct device *device, u16 offset);
/* Set up a queue in the memory at the address. Return 0 if the device has no queue that fits. */
int queue_open(struct queue *queue, const struct device *device, u16 number, u32 address, u16 at_least);
/* Offer the chain that begins with a descriptor to the device, without telling it. */
void queue_offer(struct queue *queue, u16 descriptor);
/* Tell the device that it has new chains. */
void queue_notify(const struct queue *queue);
/* Return the next chain that the device has completed, or 0. */
const struct completion *queue_take(struct queue *queue);

#endif
