# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The boot sector of the guest. It reads the program, which follows it on the disk, to the address PROGRAM, switches to
# protected mode, and calls the program.
#
# The two numbers at the offset PARAMETERS are the end of the memory region that the guest writes to, and the number of
# pages to write at each interrupt of the timer. They are at a fixed offset, so that an image with another rate can be
# created without a compiler.

        .set    PROGRAM, 0x8000                 # guest.ld has the same address
        .set    SECTORS, 32                     # up to 16 KiB
        .set    PARAMETERS, 432                 # resources.py has the same offset
        .set    SIGNATURE, 440                  # disk.c recognizes its boot disk by this signature
        .set    REGION, 0x100000
        .set    COM1, 0x3f8

        .code16
        .globl  _start
_start: ljmp    $0, $start
start:  cli
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movw    $_start, %sp
        sti
        # the BIOS has passed the number of the disk in DL
        movb    $0x42, %ah
        movw    $packet, %si
        int     $0x13
        jc      unreadable
        # the BIOS returns hours and minutes in CX, and seconds in DH
        movb    $2, %ah
        int     $0x1a
        movw    %cx, identity + 1
        movb    %dh, identity
        cli
        # enable the 21st address line, which memory above 1 MiB needs
        inb     $0x92, %al
        orb     $2, %al
        andb    $0xfe, %al
        outb    %al, $0x92
        lgdt    table_pointer
        movl    %cr0, %eax
        orb     $1, %al
        movl    %eax, %cr0
        ljmp    $8, $protected
unreadable:
        movw    $COM1, %dx
        movb    $'!', %al
        outb    %al, %dx
        hlt
        jmp     unreadable

        .code32
protected:
        movw    $16, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %fs
        movw    %ax, %gs
        movw    %ax, %ss
        movl    $_start, %esp
        # the arguments of guest_main(), and no return address
        pushl   identity
        pushl   pages
        pushl   region_end
        pushl   $0
        movl    $PROGRAM, %eax
        jmp     *%eax

        .align  8
table:  .quad   0
        .quad   0x00cf9a000000ffff
        .quad   0x00cf92000000ffff
table_pointer:
        .word   23
        .long   table
packet: .byte   16, 0
        .word   SECTORS, PROGRAM, 0
        .quad   1
identity:
        .long   0

        .org    PARAMETERS
region_end:
        .long   REGION + 8 * 0x100000
pages:  .long   14

        .org    SIGNATURE
        .ascii  "STKP"

        # a valid partition: Glance and Nova refuse a boot sector without partitions
        .org    446
        .byte   0x80, 0, 2, 0, 0x83, 0, 32, 0
        .long   1, 2047
        .org    510
        .word   0xaa55

        .section .note.GNU-stack, "", @progbits
