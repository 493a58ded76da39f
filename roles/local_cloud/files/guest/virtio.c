/* Copyright (c) 2026 the stackproof.migration contributors
 * GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "virtio.h"

/* Registers of the legacy interface, as offsets from the first port. */
enum {
    DEVICE_FEATURES = 0x00, GUEST_FEATURES = 0x04, QUEUE_ADDRESS = 0x08, QUEUE_SIZE = 0x0c, QUEUE_SELECT = 0x0e,
    QUEUE_NOTIFY = 0x10, STATUS = 0x12, INTERRUPT = 0x13, CONFIG = 0x14
};
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4 };
enum { PCI_COMMAND = 0x04, PCI_FIRST_ADDRESS = 0x10, PCI_LINE = 0x3c, USE_PORTS = 1, BUS_MASTER = 4 };

#define barrier() __asm__ volatile("mfence" ::: "memory")

int device_open(struct device *device, u32 slot, u32 kind) {
    if (pci_read(slot, 0) != kind) return 0;
    pci_write(slot, PCI_COMMAND, pci_read(slot, PCI_COMMAND) | USE_PORTS | BUS_MASTER);
    device->port = (u16)(pci_read(slot, PCI_FIRST_ADDRESS) & ~3u);
    device->line = (u8)(pci_read(slot, PCI_LINE) & 15);
    outb(device->port + STATUS, 0);
    outb(device->port + STATUS, ACKNOWLEDGE);
    outb(device->port + STATUS, ACKNOWLEDGE | DRIVER);
    return 1;
}
void device_accept(const struct device *device, u32 features) {
    outl(device->port + GUEST_FEATURES, inl(device->port + DEVICE_FEATURES) & features);
}
void device_start(const struct device *device) { outb(device->port + STATUS, ACKNOWLEDGE | DRIVER | DRIVER_OK); }
void device_acknowledge(const struct device *device) { (void)inb(device->port + INTERRUPT); }
u8 device_config(const struct device *device, u16 offset) { return inb((u16)(device->port + CONFIG + offset)); }

int queue_open(struct queue *queue, const struct device *device, u16 number, u32 address, u16 at_least) {
    outw(device->port + QUEUE_SELECT, number);
    u16 size = inw(device->port + QUEUE_SIZE);
    if (size < at_least || size > 256) return 0;
    memset((void *)address, 0, QUEUE_BYTES);
    u32 available = address + 16u * size, end = available + 6u + 2u * size;
    queue->port = device->port;
    queue->number = number;
    queue->size = size;
    queue->seen = 0;
    queue->descriptors = (struct descriptor *)address;
    queue->available = (volatile u16 *)available;
    queue->used = (volatile u16 *)((end + PAGE - 1) & ~(PAGE - 1));
    track_page(available);
    outl(device->port + QUEUE_ADDRESS, address / PAGE);
    return 1;
}
void queue_offer(struct queue *queue, u16 descriptor) {
    queue->available[2 + queue->available[1] % queue->size] = descriptor;
    barrier();
    queue->available[1]++;
    barrier();
}
void queue_notify(const struct queue *queue) { outw(queue->port + QUEUE_NOTIFY, queue->number); }
const struct completion *queue_take(struct queue *queue) {
    if (!queue->used || queue->seen == queue->used[1]) return 0;   /* a queue that was not set up has no memory */
    barrier();
    return (const struct completion *)(queue->used + 2) + queue->seen++ % queue->size;
}
