# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The start of the program, and the entries of the interrupts.

        .code32
        .section .text.first, "ax"
        .globl  first, on_timer, on_device, on_device_of_slave, on_other
first:  jmp     guest_main

on_timer:
        pushal
        call    timer_interrupt
        popal
        iret

on_device:
        pushal
        pushl   $0
        call    device_interrupt
        addl    $4, %esp
        popal
        iret

on_device_of_slave:
        pushal
        pushl   $1
        call    device_interrupt
        addl    $4, %esp
        popal
        iret

on_other:
        iret

        .section .note.GNU-stack, "", @progbits
