/* Copyright (c) 2026 the stackproof.migration contributors
 * GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guest writes and verifies a pattern on its data disks, which are all virtio disks except its boot disk.
 *
 * A data disk has a header in its first sector and 32 blocks of 4 KiB, which are spread over the disk. In turn, the guest
 * reads a block, compares it with what it last wrote there, and writes it again with the next generation. The pattern
 * contains the disk, the block and the generation. Therefore the guest finds lost and outdated writes (an old generation),
 * writes to a wrong place (another block), and other data.
 *
 * A guest that is booted again reads the generations from the disk. They must be those of an interrupted round: the
 * generation decreases at most once, and by at most one.
 *
 * The guest does not write to a disk with unknown data in its first sector. */
#include "disk.h"

#define SECTOR 512u
#define BLOCK 4096u
#define SECTORS_OF_BLOCK (BLOCK / SECTOR)
#define BLOCKS 32u
#define FIRST_BLOCK 2048u               /* in sectors */
#define HEADER_MAGIC 0x444b5453u        /* STKD */
#define BOOT_MAGIC 0x504b5453u          /* STKP, see boot.S */
#define BOOT_MAGIC_AT 440
#define BLOCK_MAGIC 0x424b5453u         /* STKB */

enum { READ_REQUEST = 0, WRITE_REQUEST = 1, PENDING = 0xff };
enum state { READING_HEADER, FORMATTING, WRITING_HEADER, SCANNING, WAITING, VERIFYING, WRITING, UNUSED };

struct header { u32 magic, stride, disk; };
struct request { u32 type, reserved; u64 sector; };
/* The first words of each sector of a block. The other words follow from them. */
struct label { u32 magic, disk, generation, block, sector; };
/* The first difference between a block and its expected pattern. */
struct mismatch { u32 block, expected, generation, found_block, word; enum { NONE, STALE, DATA, FAILED } kind; };

struct disk {
    struct queue queue;
    u32 memory;                         /* of the queue, the data, and the request */
    enum state state;
    u32 slot;
    u32 stride, disk;                   /* the header */
    u32 block;                          /* the current block */
    u32 generations[BLOCKS];
    u32 verified, written;
    struct mismatch mismatch;
};

static struct disk all[MAX_DISKS];
static u32 opened, boot_identity;

static u32 *data_of(const struct disk *disk) { return (u32 *)(disk->memory + QUEUE_BYTES); }
static struct request *request_of(const struct disk *disk) { return (struct request *)(disk->memory + QUEUE_BYTES + BLOCK); }
static volatile u8 *status_of(const struct disk *disk) { return (volatile u8 *)(request_of(disk) + 1); }

static void start_request(struct disk *disk, enum state state, u32 type, u32 sector, u32 bytes) {
    disk->state = state;
    *request_of(disk) = (struct request){type, 0, sector};
    *status_of(disk) = PENDING;
    u16 data_flags = type == READ_REQUEST ? WRITE | NEXT : NEXT;
    disk->queue.descriptors[0] = (struct descriptor){(u32)request_of(disk), sizeof(struct request), NEXT, 1};
    disk->queue.descriptors[1] = (struct descriptor){(u32)data_of(disk), bytes, data_flags, 2};
    disk->queue.descriptors[2] = (struct descriptor){(u32)status_of(disk), 1, WRITE, 0};
    queue_offer(&disk->queue, 0);
    queue_notify(&disk->queue);
}
static void start_block(struct disk *disk, enum state state, u32 type) {
    start_request(disk, state, type, FIRST_BLOCK + disk->block * disk->stride, BLOCK);
}

/* Word n of the rest of a sector. Each word differs from those of all other sectors. */
static u32 filler(const struct label *label, u32 n) {
    u32 value = label->generation * 0x9e3779b1u ^ (label->block << 8 | label->sector << 4) * 0x85ebca6bu ^ label->disk;
    value = (value + n) * 0xc2b2ae35u;
    return value ^ value >> 15;
}
static struct label label_of(const struct disk *disk, u32 generation, u32 sector) {
    return (struct label){BLOCK_MAGIC, disk->disk, generation, disk->block, sector};
}
/* Write the current block with a generation. */
static void write_block(struct disk *disk, enum state state, u32 generation) {
    for (u32 sector = 0; sector < SECTORS_OF_BLOCK; sector++) {
        u32 *words = data_of(disk) + sector * SECTOR / 4;
        struct label label = label_of(disk, generation, sector);
        memcpy(words, &label, sizeof label);
        for (u32 n = sizeof label / 4; n < SECTOR / 4; n++) words[n] = filler(&label, n);
    }
    disk->generations[disk->block] = generation;
    start_block(disk, state, WRITE_REQUEST);
}
/* Keep the first mismatch of the disk. The label is the one that was read, or 0 if the disk has returned an error. */
static void report(struct disk *disk, u32 expected, const struct label *found, const u32 *word) {
    if (disk->mismatch.kind != NONE) return;
    struct mismatch mismatch = {disk->block, expected, 0, 0, 0, FAILED};
    if (word) {
        int labelled = found->magic == BLOCK_MAGIC && found->disk == disk->disk;
        int stale = labelled && (found->generation != expected || found->block != disk->block);
        mismatch = (struct mismatch){disk->block, expected, found->generation, found->block, *word, stale ? STALE : DATA};
    }
    disk->mismatch = mismatch;
}
/* Compare the block that was read with a generation. Return 0 if they differ. */
static int verify_block(struct disk *disk, u32 generation) {
    for (u32 sector = 0; sector < SECTORS_OF_BLOCK; sector++) {
        const u32 *words = data_of(disk) + sector * SECTOR / 4;
        struct label label = label_of(disk, generation, sector);
        for (u32 n = 0; n < SECTOR / 4; n++) {
            u32 expected = n < sizeof label / 4 ? ((const u32 *)&label)[n] : filler(&label, n);
            if (words[n] != expected) {
                report(disk, generation, (const struct label *)words, words + n);
                return 0;
            }
        }
    }
    return 1;
}

static void write_header(struct disk *disk) {
    memset(data_of(disk), 0, SECTOR);
    *(struct header *)data_of(disk) = (struct header){HEADER_MAGIC, disk->stride, disk->disk};
    start_request(disk, WRITING_HEADER, WRITE_REQUEST, 0, SECTOR);
}
static void header_read(struct disk *disk) {
    const struct header *header = (const struct header *)data_of(disk);
    const u32 *words = data_of(disk);
    disk->block = 0;
    if (header->magic == HEADER_MAGIC) {
        disk->stride = header->stride;
        disk->disk = header->disk;
        start_block(disk, SCANNING, READ_REQUEST);
        return;
    }
    u32 any = 0;
    for (u32 n = 0; n < SECTOR / 4; n++) any |= words[n];
    if (any || !disk->stride) {
        disk->state = UNUSED;           /* the boot disk, a disk with unknown data, or a disk that is too small */
        if (words[BOOT_MAGIC_AT / 4] != BOOT_MAGIC) print("disk IGNORED\r\n");
        return;
    }
    /* Another disk that is formatted now gets another number. */
    disk->disk = boot_identity << 3 | (u32)(disk - all);
    write_block(disk, FORMATTING, 1);
}
static void block_scanned(struct disk *disk) {
    u32 found = ((const struct label *)data_of(disk))->generation, block = disk->block;
    u32 first = block ? disk->generations[0] : found, before = block ? disk->generations[block - 1] : found;
    /* Within a round, the first blocks have one generation more than the others. */
    u32 expected = found == before || (before == first && found + 1 == first) ? found : before;
    if (verify_block(disk, expected)) disk->verified++;
    disk->generations[block] = expected;
    disk->block = (block + 1) % BLOCKS;
    if (disk->block) {
        start_block(disk, SCANNING, READ_REQUEST);
        return;
    }
    /* Continue the round. */
    while (disk->block + 1 < BLOCKS && disk->generations[disk->block] == disk->generations[BLOCKS - 1] + 1) disk->block++;
    disk->state = WAITING;
}
static void completed(struct disk *disk) {
    if (disk->state == UNUSED) return;
    int failed = *status_of(disk) != 0;
    if (failed) report(disk, disk->generations[disk->block], 0, 0);
    switch (disk->state) {
    case READING_HEADER:
        if (failed) disk->state = UNUSED; else header_read(disk);
        break;
    case FORMATTING:
        disk->block = (disk->block + 1) % BLOCKS;
        if (disk->block) write_block(disk, FORMATTING, 1); else write_header(disk);
        break;
    case WRITING_HEADER: disk->state = WAITING; break;
    case SCANNING: block_scanned(disk); break;
    case VERIFYING:
        if (!failed && verify_block(disk, disk->generations[disk->block])) disk->verified++;
        write_block(disk, WRITING, disk->generations[disk->block] + 1);
        break;
    case WRITING:
        if (!failed) disk->written++;
        disk->block = (disk->block + 1) % BLOCKS;
        disk->state = WAITING;
        break;
    case WAITING: case UNUSED: break;
    }
}

u32 disk_open(struct device *disks, u32 identity) {
    boot_identity = identity;
    for (u32 slot = 0; slot < SLOTS && opened < MAX_DISKS; slot++) {
        struct device *device = disks + opened;
        struct disk *disk = all + opened;
        if (!device_open(device, slot, VIRTIO_BLOCK)) continue;
        device_accept(device, 0);
        disk->slot = slot;
        disk->memory = DISK_MEMORY + opened * DISK_STEP;
        if (!queue_open(&disk->queue, device, 0, disk->memory, 3)) continue;
        u32 capacity = 0, more = 0;     /* in sectors, 64 bits */
        for (u16 n = 0; n < 4; n++) {
            capacity |= (u32)device_config(device, n) << 8 * n;
            more |= device_config(device, (u16)(4 + n));
        }
        if (more) capacity = 0xffffffffu;
        disk->stride = capacity > FIRST_BLOCK ? (capacity - FIRST_BLOCK) / BLOCKS & ~(SECTORS_OF_BLOCK - 1) : 0;
        device_start(device);
        start_request(disk, READING_HEADER, READ_REQUEST, 0, SECTOR);
        opened++;
    }
    return opened;
}
void disk_poll(void) {
    for (struct disk *disk = all; disk < all + opened; disk++)
        if (queue_take(&disk->queue)) completed(disk);
}
void disk_next(void) {
    for (struct disk *disk = all; disk < all + opened; disk++)
        if (disk->state == WAITING) start_block(disk, VERIFYING, READ_REQUEST);
}
void disk_remove(u32 slots) {
    for (struct disk *disk = all; disk < all + opened; disk++)
        if (slots >> disk->slot & 1) disk->state = UNUSED;
}

static void print_mismatch(const struct mismatch *mismatch) {
    print("disk BAD ");
    print_number(mismatch->block);
    print(" expected ");
    print_number(mismatch->expected);
    print(":");
    print_number(mismatch->block);
    print(" found ");
    if (mismatch->kind == FAILED) {
        print("I/O error");
    } else if (mismatch->kind == STALE) {
        print_number(mismatch->generation);
        print(":");
        print_number(mismatch->found_block);
    } else {
        print("0x");
        print_hex(mismatch->word, 8);
    }
    print("\r\n");
}
void disk_print(void) {
    u32 verified = 0, written = 0, used = 0;
    for (const struct disk *disk = all; disk < all + opened; disk++) {
        if (disk->mismatch.kind != NONE) {
            print_mismatch(&disk->mismatch);
            return;
        }
        if (disk->state == UNUSED || disk->state == READING_HEADER) continue;
        verified += disk->verified;
        written += disk->written;
        used = 1;
    }
    if (!used) return;
    print("disk OK ");
    print_number(verified);
    print(" ");
    print_number(written);
    print("\r\n");
}
