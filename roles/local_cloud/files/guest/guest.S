# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A guest in one boot sector. guest.hex contains its 512 bytes, which the commands in README.md create from this file.
#
# On its serial console the guest prints BOOT once, and then about nine times per second a line
#
#     TICK <count> <mismatches> <boot>
#
# The count starts at 0 and increases by one at every second interrupt of the PC's timer, that is every 0.10985 s. A guest
# that is booted again starts at 0 again and prints a second BOOT. At each interrupt the guest also writes into the next
# pages of a region of its memory, one word of each page. Before it writes a word, it checks that the word has the value
# that it wrote there before. Another value is a mismatch: the content of the page was lost or is outdated.
#
# The last number is derived from the time of day at which the guest booted, by the PC's clock. It only identifies the boot:
# a guest that is booted again has another number, regardless of its count.
#
# The two numbers at the end of the code are the end of the region and the number of pages to write at each interrupt. They
# are at a fixed offset in the sector, so that an image with another rate can be created without an assembler.

        .set    REGION, 0x100000                # the region begins at 1 MiB
        .set    PAGE, 4096
        .set    PARAMETERS, 432                 # offset of the two numbers in the sector
        .set    TIMER_COUNT, 0x46c              # address at which the BIOS counts timer interrupts
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
        # the BIOS returns hours and minutes in CX, and seconds in DH
        movb    $2, %ah
        int     $0x1a
        movw    %cx, identity + 1
        movb    %dh, identity
        # enable the 21st address line, which memory above 1 MiB needs
        inb     $0x92, %al
        orb     $2, %al
        andb    $0xfe, %al
        outb    %al, $0x92
        # FS gets a segment of 4 GiB in protected mode, and keeps this limit in real mode
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
        # set up the serial port: 115200 baud, 8 bits, no parity
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

        # write into each page its address, so that no page is empty, and in the next word the number of the pass
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

        # a valid partition: Glance and Nova refuse a boot sector without partitions
        .org    446
        .byte   0x80, 0, 2, 0, 0x83, 0, 32, 0
        .long   1, 2047
        .org    510
        .word   0xaa55
