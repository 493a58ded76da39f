# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A guest in one boot sector. guest.hex holds its 512 bytes, made from this file by the command in README.md.
#
# On its serial console it prints BOOT once, then about nine times a second a line
#
#     TICK <count> <mismatches> <boot>
#
# The count begins at 0 and goes up by one with every second interrupt of the PC's timer, every 0.10985 s. Whoever was
# started anew would begin at 0 again, with a second BOOT. With each interrupt the guest goes on through a region of its
# memory: it writes into one word of each page, and first looks whether that word still holds what it wrote there the last
# time. Where it does not, the page was lost or is an old one: a mismatch.
#
# The last number is the time of day at which it booted, by the PC's clock, as a number that says nothing else: a guest that
# was started anew has another one, however far it has counted since.
#
# The two numbers at the end of the code say how large the region is and how many pages are written with each interrupt.
# They are at a set place in the sector, so an image for another rate is made without an assembler.

        .set    REGION, 0x100000                # the region begins at 1 MiB
        .set    PAGE, 4096
        .set    PARAMETERS, 432                 # where in the sector the two numbers are
        .set    TIMER_COUNT, 0x46c              # the BIOS counts its timer's interrupts there
        .set    COM1, 0x3f8
        .set    LINE_STATUS, COM1 + 5

        .code16
        .globl  _start
_start: ljmp    $0, $start
start:  cli
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movw    $_start, %sp
        # the BIOS tells hours and minutes in CX, seconds in DH
        movb    $2, %ah
        int     $0x1a
        movw    %cx, identity + 1
        movb    %dh, identity
        # the 21st address line
        inb     $0x92, %al
        orb     $2, %al
        andb    $0xfe, %al
        outb    %al, $0x92
        # FS gets a segment of 4 GiB in protected mode, and keeps that limit in real mode
        lgdt    table_pointer
        movl    %cr0, %eax
        orb     $1, %al
        movl    %eax, %cr0
        jmp     protected
protected:
        movw    $8, %bx
        movw    %bx, %fs
        andb    $0xfe, %al
        movl    %eax, %cr0
        jmp     real
real:   xorw    %bx, %bx
        movw    %bx, %fs
        sti
        # the serial line: 115200 baud, 8 bits, no parity
        movw    $COM1 + 3, %dx
        movb    $0x80, %al
        outb    %al, %dx
        movw    $COM1, %dx
        movb    $1, %al
        outb    %al, %dx
        incw    %dx
        xorb    %al, %al
        outb    %al, %dx
        movw    $COM1 + 3, %dx
        movb    $3, %al
        outb    %al, %dx
        movw    $boot, %si
        call    print

        # no page is empty: each holds its own address, and in the next word the number of the pass that wrote it
        movl    $REGION, %edi
fill:   movl    %edi, %fs:(%edi)
        movl    $0, %fs:4(%edi)
        addl    $PAGE, %edi
        cmpl    region_end, %edi
        jb      fill
        movl    $REGION, %edi
        xorl    %ebp, %ebp                      # the count

again:  movl    TIMER_COUNT, %eax
sleep:  hlt
        cmpl    %eax, TIMER_COUNT
        je      sleep
        movl    pages, %ecx
write:  jecxz   written
        movl    pass, %eax
        cmpl    %eax, %fs:4(%edi)
        je      right
        movl    %eax, %fs:4(%edi)
        incw    mismatches
right:  incl    %fs:4(%edi)
        addl    $PAGE, %edi
        cmpl    region_end, %edi
        jb      next
        movl    $REGION, %edi
        incl    pass
next:   decl    %ecx
        jmp     write
written:
        incb    interrupts
        testb   $1, interrupts
        jnz     again
        movw    $tick, %si
        call    print
        movl    %ebp, %eax
        call    print_number
        movb    $' ', %al
        call    put
        movzwl  mismatches, %eax
        call    print_number
        movb    $' ', %al
        call    put
        movl    identity, %eax
        call    print_number
        movw    $line_end, %si
        call    print
        incl    %ebp
        jmp     again

print:  lodsb
        testb   %al, %al
        jz      printed
        call    put
        jmp     print
printed:
        ret

put:    movb    %al, %ah
        movw    $LINE_STATUS, %dx
busy:   inb     %dx, %al
        testb   $0x20, %al
        jz      busy
        movb    %ah, %al
        movw    $COM1, %dx
        outb    %al, %dx
        ret

print_number:
        xorw    %cx, %cx
        movl    $10, %ebx
divide: xorl    %edx, %edx
        divl    %ebx
        addb    $'0', %dl
        pushw   %dx
        incw    %cx
        testl   %eax, %eax
        jnz     divide
digit:  popw    %ax
        call    put
        loop    digit
        ret

        .align  8
table:  .quad   0
        .quad   0x00cf92000000ffff
table_pointer:
        .word   15
        .long   table
interrupts:
        .byte   0
pass:   .long   0
mismatches:
        .word   0
identity:
        .long   0
boot:   .asciz  "BOOT\r\n"
tick:   .asciz  "TICK "
line_end:
        .asciz  "\r\n"

        .org    PARAMETERS
region_end:
        .long   REGION + 8 * 0x100000
pages:  .long   14

        # one honest partition: Glance and Nova refuse a boot sector without
        .org    446
        .byte   0x80, 0, 2, 0, 0x83, 0, 32, 0
        .long   1, 2047
        .org    510
        .word   0xaa55
