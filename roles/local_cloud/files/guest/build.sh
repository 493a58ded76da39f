#!/bin/sh
# usage: build.sh FOLDER
#
# Writes guest.bin, the boot sector and the program, to the folder. It needs gcc and binutils for x86.
set -eu
sources=$(cd "$(dirname "$0")" && pwd)
cd "$1"
as --32 -o boot.o "$sources/boot.S"
ld -m elf_i386 -Ttext 0x7c00 --oformat binary -o boot.bin boot.o
as --32 -o entry.o "$sources/entry.S"
for name in guest net disk virtio; do
  gcc -m32 -march=i686 -std=gnu11 -Os -Wall -Wextra -Werror -ffreestanding -fno-builtin -nostdlib -fno-pic -fno-pie \
    -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none -mgeneral-regs-only \
    -fno-tree-loop-distribute-patterns -fno-strict-aliasing -c -o "$name.o" "$sources/$name.c"
done
ld -m elf_i386 --no-warn-rwx-segments --build-id=none -T "$sources/guest.ld" -o program.elf entry.o guest.o net.o disk.o virtio.o
objcopy -O binary program.elf program.bin
cat boot.bin program.bin >guest.bin
