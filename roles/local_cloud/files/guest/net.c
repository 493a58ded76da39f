/* Copyright (c) 2026 the stackproof.migration contributors
 * GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers of the guest on its first network card: neighbor solicitations and echo requests of IPv6, ARP and echo requests
 * of IPv4. The guest refuses each TCP connection.
 *
 * The IPv6 address follows from the MAC address, as in a subnet of Neutron with the address mode SLAAC (RFC 4291,
 * appendix A). The guest accepts every prefix. It learns its IPv4 address from the first packet or ARP request that is
 * sent to its MAC address. */
#include "net.h"

enum { RECEIVE = 0, TRANSMIT = 1 };     /* the queues of a card */
enum { BUFFERS = 64, BUFFER = 2048, HEADER = 10 };
enum { FEATURE_MAC = 1 << 5, NO_INTERRUPT = 1 };
enum {                                  /* offsets in an Ethernet frame */
    SENDER = 6, TYPE = 12, BODY = 14,
    ARP_OPERATION = 20, ARP_SENDER = 22, ARP_SENDER_IP = 28, ARP_TARGET = 32, ARP_TARGET_IP = 38, ARP_END = 42,
    IP4_LENGTH = 16, IP4_TTL = 22, IP4_PROTOCOL = 23, IP4_SUM = 24, IP4_SOURCE = 26, IP4_TARGET = 30, IP4_BODY = 34,
    IP6_LENGTH = 18, IP6_NEXT = 20, IP6_HOPS = 21, IP6_SOURCE = 22, IP6_TARGET = 38, IP6_BODY = 54,
    NDP_FLAGS = 58, NDP_TARGET = 62, NDP_OPTION = 78, NDP_END = 86
};
enum { ICMP = 1, TCP = 6, ICMP6 = 58 };
enum { TCP_BYTES = 20, TCP_SUM = 16, ICMP_SUM = 2, MINIMUM_FRAME = 60 };

static struct queue receive, transmit;
static u8 mac[6], interface[8], ip4[4], has_ip4;
static u16 sent;

static u32 sum(const u8 *data, u32 bytes) {
    u32 total = 0;
    for (u32 n = 0; n + 1 < bytes; n += 2) total += (u32)(data[n] << 8 | data[n + 1]);
    return bytes & 1 ? total + ((u32)data[bytes - 1] << 8) : total;
}
static void put16(u8 *at, u32 value) { at[0] = (u8)(value >> 8); at[1] = (u8)value; }
static u32 get16(const u8 *at) { return (u32)(at[0] << 8 | at[1]); }
/* Write the checksum of a total. The total must not contain an old checksum. */
static void put_sum(u8 *at, u32 total) {
    while (total >> 16) total = (total & 0xffff) + (total >> 16);
    put16(at, ~total);
}
/* Write the checksum of a message with its pseudo header: the addresses, the protocol and the length. */
static void put_message_sum(const u8 *addresses, u32 address_bytes, u32 protocol, u8 *message, u32 bytes, u32 at) {
    put16(message + at, 0);
    put_sum(message + at, sum(addresses, address_bytes) + protocol + bytes + sum(message, bytes));
}

static u8 *next_frame(void) { return (u8 *)(TX_PACKETS + (u32)BUFFER * (sent % BUFFERS)); }
/* Send the frame that next_frame() has returned. The frame is lost if the card has not sent the frames before it. */
static void send(u32 bytes) {
    if ((u16)(sent - transmit.used[1]) >= BUFFERS - 1) return;
    u16 buffer = sent++ % BUFFERS;
    transmit.descriptors[2 * buffer + 1].bytes = bytes < MINIMUM_FRAME ? MINIMUM_FRAME : bytes;
    queue_offer(&transmit, (u16)(2 * buffer));
    queue_notify(&transmit);
}
/* Begin an answer with the Ethernet header, and the first bytes of the request behind it. */
static u8 *answer_to(const u8 *request, u32 bytes) {
    u8 *answer = next_frame();
    memset(answer, 0, MINIMUM_FRAME);
    memcpy(answer + TYPE, request + TYPE, bytes - TYPE);
    memcpy(answer, request + SENDER, 6);
    memcpy(answer + SENDER, mac, 6);
    return answer;
}
static void swap_addresses(u8 *answer, const u8 *request, u32 source, u32 bytes) {
    memcpy(answer + source, request + source + bytes, bytes);
    memcpy(answer + source + bytes, request + source, bytes);
}

static int requests_connection(const u8 *tcp) { return (tcp[13] & 0x17) == 2; }    /* SYN without ACK, RST and FIN */
/* Write a TCP header that refuses the connection (RST and ACK). */
static void refuse(u8 *answer, const u8 *request) {
    memset(answer, 0, TCP_BYTES);
    memcpy(answer, request + 2, 2);
    memcpy(answer + 2, request, 2);
    u32 acknowledged = (get16(request + 4) << 16 | get16(request + 6)) + 1;
    put16(answer + 8, acknowledged >> 16);
    put16(answer + 10, acknowledged);
    answer[12] = TCP_BYTES / 4 << 4;
    answer[13] = 0x14;
}

static void answer_neighbor(const u8 *frame) {
    u8 *answer = answer_to(frame, IP6_LENGTH);
    put16(answer + IP6_LENGTH, NDP_END - IP6_BODY);
    answer[IP6_NEXT] = ICMP6;
    answer[IP6_HOPS] = 255;
    memcpy(answer + IP6_SOURCE, frame + NDP_TARGET, 16);
    memcpy(answer + IP6_TARGET, frame + IP6_SOURCE, 16);
    memset(answer + IP6_BODY, 0, NDP_END - IP6_BODY);
    answer[IP6_BODY] = 136;             /* neighbor advertisement */
    answer[NDP_FLAGS] = 0x60;           /* solicited, override */
    memcpy(answer + NDP_TARGET, frame + NDP_TARGET, 16);
    answer[NDP_OPTION] = 2;             /* the address of the card, 8 bytes long */
    answer[NDP_OPTION + 1] = 1;
    memcpy(answer + NDP_OPTION + 2, mac, 6);
    put_message_sum(answer + IP6_SOURCE, 32, ICMP6, answer + IP6_BODY, NDP_END - IP6_BODY, ICMP_SUM);
    send(NDP_END);
}
static void received_ip6(const u8 *frame, u32 bytes, int mine) {
    if (bytes < IP6_BODY + 8) return;
    u32 body = get16(frame + IP6_LENGTH), protocol = frame[IP6_NEXT], type = frame[IP6_BODY];
    if (body < 8 || IP6_BODY + body > bytes) return;
    if (protocol == ICMP6 && type == 135 && body >= 24) {
        static const u8 unspecified[16];    /* the source address of a test for duplicate addresses */
        if (same(frame + NDP_TARGET + 8, interface, 8) && !same(frame + IP6_SOURCE, unspecified, 16))
            answer_neighbor(frame);
        return;
    }
    if (!mine || !same(frame + IP6_TARGET + 8, interface, 8)) return;
    if (protocol == ICMP6 && type == 128) {
        u8 *answer = answer_to(frame, IP6_BODY + body);
        answer[IP6_HOPS] = 64;
        swap_addresses(answer, frame, IP6_SOURCE, 16);
        answer[IP6_BODY] = 129;
        put_message_sum(answer + IP6_SOURCE, 32, ICMP6, answer + IP6_BODY, body, ICMP_SUM);
        send(IP6_BODY + body);
    } else if (protocol == TCP && body >= TCP_BYTES && requests_connection(frame + IP6_BODY)) {
        u8 *answer = answer_to(frame, IP6_BODY);
        put16(answer + IP6_LENGTH, TCP_BYTES);
        answer[IP6_HOPS] = 64;
        swap_addresses(answer, frame, IP6_SOURCE, 16);
        refuse(answer + IP6_BODY, frame + IP6_BODY);
        put_message_sum(answer + IP6_SOURCE, 32, TCP, answer + IP6_BODY, TCP_BYTES, TCP_SUM);
        send(IP6_BODY + TCP_BYTES);
    }
}

static int is_own_ip4(const u8 *address, int mine) {
    if (mine && !has_ip4) {
        memcpy(ip4, address, 4);
        has_ip4 = 1;
    }
    return has_ip4 && same(address, ip4, 4);
}
static void received_arp(const u8 *frame, int mine) {
    if (get16(frame + ARP_OPERATION) != 1 || !is_own_ip4(frame + ARP_TARGET_IP, mine)) return;
    u8 *answer = answer_to(frame, ARP_OPERATION);
    put16(answer + ARP_OPERATION, 2);
    memcpy(answer + ARP_SENDER, mac, 6);
    memcpy(answer + ARP_SENDER_IP, ip4, 4);
    memcpy(answer + ARP_TARGET, frame + ARP_SENDER, 10);
    send(ARP_END);
}
/* Complete and send an answer with an IPv4 header. */
static void send_ip4(u8 *answer, const u8 *frame, u32 body) {
    put16(answer + IP4_LENGTH, IP4_BODY - BODY + body);
    answer[IP4_TTL] = 64;
    swap_addresses(answer, frame, IP4_SOURCE, 4);
    put16(answer + IP4_SUM, 0);
    put_sum(answer + IP4_SUM, sum(answer + BODY, IP4_BODY - BODY));
    send(IP4_BODY + body);
}
static void received_ip4(const u8 *frame, u32 bytes, int mine) {
    u32 length = get16(frame + IP4_LENGTH);
    if (!mine || frame[BODY] != 0x45 || length < IP4_BODY - BODY + 8 || BODY + length > bytes) return;
    if (!is_own_ip4(frame + IP4_TARGET, mine)) return;
    u32 body = length - (IP4_BODY - BODY);
    if (frame[IP4_PROTOCOL] == ICMP && frame[IP4_BODY] == 8) {
        u8 *answer = answer_to(frame, IP4_BODY + body);
        answer[IP4_BODY] = 0;
        put16(answer + IP4_BODY + ICMP_SUM, 0);
        put_sum(answer + IP4_BODY + ICMP_SUM, sum(answer + IP4_BODY, body));
        send_ip4(answer, frame, body);
    } else if (frame[IP4_PROTOCOL] == TCP && body >= TCP_BYTES && requests_connection(frame + IP4_BODY)) {
        u8 *answer = answer_to(frame, IP4_BODY);
        refuse(answer + IP4_BODY, frame + IP4_BODY);
        u8 addresses[8];
        memcpy(addresses, frame + IP4_TARGET, 4);
        memcpy(addresses + 4, frame + IP4_SOURCE, 4);
        put_message_sum(addresses, 8, TCP, answer + IP4_BODY, TCP_BYTES, TCP_SUM);
        send_ip4(answer, frame, TCP_BYTES);
    }
}

static void received(const u8 *frame, u32 bytes) {
    if (bytes < ARP_END || bytes > BUFFER) return;
    int mine = same(frame, mac, 6);
    switch (get16(frame + TYPE)) {
    case 0x0806: received_arp(frame, mine); break;
    case 0x0800: received_ip4(frame, bytes, mine); break;
    case 0x86dd: received_ip6(frame, bytes, mine); break;
    }
}
void net_poll(void) {
    const struct completion *completion;
    int any = 0;
    while ((completion = queue_take(&receive))) {
        u16 buffer = (u16)(completion->descriptor / 2);
        if (completion->bytes > HEADER)
            received((const u8 *)(RX_PACKETS + (u32)BUFFER * buffer), completion->bytes - HEADER);
        queue_offer(&receive, (u16)(2 * buffer));
        any = 1;
    }
    if (any) queue_notify(&receive);
}

/* Give each buffer two descriptors: the header of virtio, and the frame. */
static void set_up_buffers(struct queue *queue, u32 frames, u32 headers, u16 flags) {
    memset((void *)headers, 0, 16 * BUFFERS);
    for (u16 n = 0; n < BUFFERS; n++) {
        queue->descriptors[2 * n] = (struct descriptor){headers + 16u * n, HEADER, (u16)(flags | NEXT), (u16)(2 * n + 1)};
        queue->descriptors[2 * n + 1] = (struct descriptor){frames + (u32)BUFFER * n, BUFFER, flags, 0};
    }
}
int net_open(struct device *card) {
    for (u32 slot = 0; slot < SLOTS; slot++) {
        if (!device_open(card, slot, VIRTIO_NET)) continue;
        device_accept(card, FEATURE_MAC);
        for (u16 n = 0; n < 6; n++) mac[n] = device_config(card, n);
        memcpy(interface, mac, 3);
        memcpy(interface + 5, mac + 3, 3);
        interface[0] ^= 2;
        interface[3] = 0xff;
        interface[4] = 0xfe;
        if (!queue_open(&receive, card, RECEIVE, RX_QUEUE, 2 * BUFFERS)) return 0;
        if (!queue_open(&transmit, card, TRANSMIT, TX_QUEUE, 2 * BUFFERS)) return 0;
        set_up_buffers(&receive, RX_PACKETS, PACKET_HEADERS, WRITE);
        set_up_buffers(&transmit, TX_PACKETS, PACKET_HEADERS + 16 * BUFFERS, 0);
        for (u16 n = 0; n < BUFFERS; n++) queue_offer(&receive, (u16)(2 * n));
        transmit.available[0] = NO_INTERRUPT;
        device_start(card);
        queue_notify(&receive);
        return 1;
    }
    return 0;
}
void net_print(void) {
    print("CARD ");
    for (u32 n = 0; n < 6; n++) {
        if (n) print(":");
        print_hex(mac[n], 2);
    }
    print("\r\n");
}
