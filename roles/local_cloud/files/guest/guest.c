/* Copyright (c) 2026 the stackproof.migration contributors
 * GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guest of the local cloud. On its serial console it prints BOOT once, and then about nine times per second a line
 *
 *     TICK <count> <mismatches> <boot>
 *
 * The count starts at 0 and increases by one at every second interrupt of the PC's timer, that is every 0.10985 s. A
 * guest that is booted again starts at 0 again and prints a second BOOT. At each interrupt the guest also writes into the
 * next pages of a region of its memory, one word of each page. Before it writes a word, it checks that the word has the
 * value that it wrote there before. Another value is a mismatch: the content of the page was lost or is outdated.
 *
 * The last number is derived from the time of day at which the guest booted, by the PC's clock. It only identifies the
 * boot: a guest that is booted again has another number, regardless of its count.
 *
 * If the guest has a network card, it prints CARD and the MAC address after BOOT. If it has data disks, it prints a line
 * about them each second: disk OK <verified> <written>, or disk BAD with the first mismatch. */
#include "disk.h"
#include "net.h"

#define REGION 0x100000u                /* the region begins at 1 MiB */
#define COM1 0x3f8
#define TICKS_PER_DISK_LINE 9

/* The two interrupt controllers of a PC, and the first vector of each. */
enum { MASTER = 0x20, SLAVE = 0xa0, MASTER_VECTOR = 0x20, SLAVE_VECTOR = 0x28, LINES = 8, CASCADE = 2, TIMER = 0 };
enum { INITIALIZE = 0x11, MODE_8086 = 1, END_OF_INTERRUPT = 0x20 };

/* The registers with which QEMU removes PCI devices: docs/specs/acpi_pci_hotplug.rst of QEMU. Each bit is a slot. */
enum { REMOVED_SLOTS = 0xae04, EJECT_SLOT = 0xae08, HOTPLUG_BUS = 0xae10 };

static volatile u32 interrupts;
static struct device devices[1 + MAX_DISKS];
static u32 device_count;

void *memcpy(void *to, const void *from, u32 bytes) {
    u8 *target = to;
    const u8 *source = from;
    while (bytes--) *target++ = *source++;
    return to;
}
void *memset(void *to, int value, u32 bytes) {
    u8 *target = to;
    while (bytes--) *target++ = (u8)value;
    return to;
}
int same(const void *one, const void *other, u32 bytes) {
    const u8 *left = one, *right = other;
    while (bytes--) if (*left++ != *right++) return 0;
    return 1;
}

static void put(char character) {
    while (!(inb(COM1 + 5) & 0x20)) { }
    outb(COM1, (u8)character);
}
void print(const char *text) { while (*text) put(*text++); }
void print_number(u32 number) {
    char text[11];
    u32 at = 10;
    text[at] = 0;
    do {
        text[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    print(text + at);
}
void print_hex(u32 number, u32 digits) { while (digits--) put("0123456789abcdef"[number >> 4 * digits & 15]); }

static u32 select(u32 slot, u32 offset) { return 0x80000000u | slot << 11 | offset; }
u32 pci_read(u32 slot, u32 offset) {
    outl(0xcf8, select(slot, offset));
    return inl(0xcfc);
}
void pci_write(u32 slot, u32 offset, u32 value) {
    outl(0xcf8, select(slot, offset));
    outl(0xcfc, value);
}

void timer_interrupt(void) {
    interrupts++;
    outb(MASTER, END_OF_INTERRUPT);
}
void device_interrupt(u32 of_slave) {
    /* Devices share lines. */
    for (u32 n = 0; n < device_count; n++) device_acknowledge(&devices[n]);
    if (of_slave) outb(SLAVE, END_OF_INTERRUPT);
    outb(MASTER, END_OF_INTERRUPT);
}

struct gate { u16 low, selector; u8 zero, type; u16 high; } __attribute__((packed));
static struct gate gates[256] __attribute__((aligned(8)));
extern void on_timer(void), on_device(void), on_device_of_slave(void), on_other(void);

static void set_gate(u32 vector, void (*entry)(void)) {
    u32 address = (u32)entry;
    gates[vector] = (struct gate){(u16)address, 8, 0, 0x8e, (u16)(address >> 16)};
}
static void set_up_interrupts(void) {
    u32 enabled = 1u << TIMER | 1u << CASCADE;
    for (u32 vector = 0; vector < 256; vector++) set_gate(vector, on_other);
    set_gate(MASTER_VECTOR + TIMER, on_timer);
    for (u32 n = 0; n < device_count; n++) {
        u8 line = devices[n].line;
        enabled |= 1u << line;
        set_gate(MASTER_VECTOR + line, line < LINES ? on_device : on_device_of_slave);
    }
    outb(MASTER, INITIALIZE);
    outb(SLAVE, INITIALIZE);
    outb(MASTER + 1, MASTER_VECTOR);
    outb(SLAVE + 1, SLAVE_VECTOR);
    outb(MASTER + 1, 1 << CASCADE);
    outb(SLAVE + 1, CASCADE);
    outb(MASTER + 1, MODE_8086);
    outb(SLAVE + 1, MODE_8086);
    outb(MASTER + 1, (u8)~enabled);
    outb(SLAVE + 1, (u8)(~enabled >> LINES));
    struct { u16 limit; u32 base; } __attribute__((packed)) table = {sizeof gates - 1, (u32)gates};
    __asm__ volatile("lidt %0" ::"m"(table));
}
static void set_up_console(void) {      /* 115200 baud, 8 bits, no parity */
    outb(COM1 + 3, 0x80);
    outb(COM1, 1);
    outb(COM1 + 1, 0);
    outb(COM1 + 3, 3);
}

/* QEMU before 9.0 in software emulation does not notice each write during a live migration: if it remembers the translation
 * of a page that it has copied, it does not copy later writes. The destination then gets an old page. (QEMU commit
 * "physmem: Fix migration dirty bitmap coherency with TCG memory access".)
 *
 * For a page that is written once in a while, it is enough to remove all translations now and then. Each change of the bit
 * WP in the register CR0 removes them.
 *
 * A page that is written all the time is written between the last look of QEMU and the end of the copy. QEMU notices each
 * write to a page that contains code which was executed, because it must translate changed code again. Therefore the
 * stack, the variables, and the indexes of the queues are in pages whose last byte is an instruction RET. */
#define RET 0xc3
static u8 *tracked[2 + 2 + MAX_DISKS];
static u32 tracked_count;

void track_page(u32 address) {
    u8 *last = (u8 *)(address | (PAGE - 1));
    *last = RET;
    tracked[tracked_count++] = last;
}
static void keep_writes_visible(void) {
    u32 value;
    for (u32 n = 0; n < tracked_count; n++) __asm__ volatile("call *%0" ::"r"(tracked[n]) : "memory");
    __asm__ volatile("movl %%cr0, %0; xorl $0x10000, %0; movl %0, %%cr0" : "=&r"(value)::"memory");
}
static void poll_devices(void) {
    __asm__ volatile("cli");
    net_poll();
    disk_poll();
    keep_writes_visible();
}

/* QEMU removes a device only if the guest agrees. Nova waits for this when it detaches a volume. */
static void eject_device(void) {
    outl(HOTPLUG_BUS, 0);
    u32 slots = inl(REMOVED_SLOTS);
    if (!slots) return;
    disk_remove(slots);
    outl(EJECT_SLOT, slots & -slots);
}

void guest_main(u32 region_end, u32 pages, u32 identity) {
    extern u8 bss_start[], bss_end[];
    memset(bss_start, 0, (u32)(bss_end - bss_start));
    track_page((u32)bss_start);
    track_page((u32)__builtin_frame_address(0));
    set_up_console();
    print("BOOT\r\n");
    if (net_open(devices)) {
        device_count = 1;
        net_print();
    }
    device_count += disk_open(devices + device_count, identity);
    set_up_interrupts();

    for (u32 page = REGION; page < region_end; page += PAGE) {
        ((u32 *)page)[0] = page;        /* no page is empty */
        ((u32 *)page)[1] = 0;
    }
    u32 at = REGION, pass = 0, mismatches = 0, count = 0, seen = 0;
    for (;;) {
        poll_devices();
        if (interrupts == seen) {
            /* An interrupt that arrives between poll_devices() and hlt ends hlt at once. */
            __asm__ volatile("sti; hlt");
            continue;
        }
        __asm__ volatile("sti");
        seen++;
        eject_device();
        disk_next();
        for (u32 n = 0; n < pages; n++) {
            volatile u32 *page = (volatile u32 *)at;
            if (page[1] != pass) {
                page[1] = pass;
                mismatches++;
            }
            page[1]++;
            at += PAGE;
            if (at >= region_end) {
                at = REGION;
                pass++;
            }
            if ((n & 255) == 255) {
                poll_devices();
                __asm__ volatile("sti");
            }
        }
        if (seen & 1) continue;
        print("TICK ");
        print_number(count++);
        print(" ");
        print_number(mismatches);
        print(" ");
        print_number(identity);
        print("\r\n");
        if (count % TICKS_PER_DISK_LINE == 0) disk_print();
    }
}
