/* packet.h: SSH messages in hexadecimal, for hosts that speak an authentication method themselves.
 *
 * With AuthMode 6 the event SSHCustomAuth shows the server's last message in its slot Packet, and
 * takes the one to send there: both as hexadecimal text, from the message number on. These
 * functions write such a text field by field, and read one; so a host in any language needs no code
 * of its own for the encodings of RFC 4251 section 5. They need no object, keep nothing and know no
 * message: which fields one has is in its RFC.
 *
 *   A password request (RFC 4252 section 8):
 *
 *     char packet[1024] = "";
 *     int bad = ipworksauth_packet_write_byte(packet, sizeof packet, 50)
 *            || ipworksauth_packet_write_string(packet, sizeof packet, "alice")
 *            || ipworksauth_packet_write_string(packet, sizeof packet, "ssh-connection")
 *            || ipworksauth_packet_write_string(packet, sizeof packet, "password")
 *            || ipworksauth_packet_write_boolean(packet, sizeof packet, 0)
 *            || ipworksauth_packet_write_string(packet, sizeof packet, "secret");
 *     if (!bad) ipworksauth_evtstr(param[0], 2, packet, 1);
 *
 *   What a refusal says (RFC 4252 section 5.1):
 *
 *     int at = 0, message = 0, partial = 0;
 *     char methods[1024];
 *     int bad = ipworksauth_packet_read_byte(packet, &at, &message)
 *            || ipworksauth_packet_read_string(packet, &at, methods, sizeof methods)
 *            || ipworksauth_packet_read_boolean(packet, &at, &partial)
 *            || ipworksauth_packet_end(packet, at);
 *
 * Memory     All of it is the caller's: a packet is a NUL-terminated text in a buffer of `size`
 *            characters, and so is every text that is read. Nothing is kept after a call, and what
 *            was needed in between is wiped; wiping a packet with a secret in it is the caller's.
 * Packets    Two hexadecimal digits per octet, of either case when they come in, lower when they go
 *            out. At most 35,000 octets (RFC 4253 section 6.1); "" is an empty one.
 * Writing    Appends one field to `packet`. Room is needed for two digits per octet of it, and NUL.
 * Reading    `*at` is where the field begins, in octets: 0 for the message number, and moved behind
 *            the field by each call that succeeds. ipworksauth_packet_end says whether all of it
 *            was read.
 * Errors     0 is success. On any other result nothing was changed: not the packet, not `*at`, not
 *            what is read into.
 *              10022  an argument is not allowed: NULL, a negative `*at` or `size`, a packet or
 *                     field that is no hexadecimal, a number out of range
 *              10040  too long: `size` is too small for the result, or a packet would have more
 *                     than 35,000 octets
 *              1027   the packet ends before the field does; a field is not what it is read as (a
 *                     string with a NUL read as text; a negative mpint, or one with octets in
 *                     front that do not count); at an end, something follows
 *              10055  out of memory
 * Threads    Any number of calls at the same time, on different buffers.
 *
 * The letters in brackets are those that sister classes of the reference give the field types in
 * their SetSSHParam. This header is C89 with <stdint.h>, and C++98, and everything later.
 */
#ifndef IPWORKSAUTH_PACKET_H
#define IPWORKSAUTH_PACKET_H

#include <stdint.h>

#include "ipworksauth/api.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Room for the longest mpint that is read: 2048 octets in decimal digits, and NUL. */
#define IPWORKSAUTH_PACKET_MPINT_SIZE 4934

/* ---- writing ------------------------------------------------------------------------------- */

/* byte [b]: one octet, 0 to 255. The message number is one. */
IPWORKSAUTH_API int ipworksauth_packet_write_byte(char* packet, int size, int value);

/* boolean [f]: one octet, 0 for 0 and 1 for anything else. */
IPWORKSAUTH_API int ipworksauth_packet_write_boolean(char* packet, int size, int value);

/* uint32 [i]: 4 octets, most significant first. */
IPWORKSAUTH_API int ipworksauth_packet_write_int(char* packet, int size, uint32_t value);

/* uint64 [l]: 8 octets, most significant first. */
IPWORKSAUTH_API int ipworksauth_packet_write_long(char* packet, int size, uint64_t value);

/* string [s]: a length of 4 octets and the octets of `text` as they are, without its NUL. SSH wants
 * texts in UTF-8, and name-lists are strings too. NULL is "". */
IPWORKSAUTH_API int ipworksauth_packet_write_string(char* packet, int size, const char* text);

/* string [sb] of any octets, which `hex` gives in hexadecimal. NULL is "". */
IPWORKSAUTH_API int ipworksauth_packet_write_sb(char* packet, int size, const char* hex);

/* mpint [m]: a number in decimal digits, or hexadecimal ones behind "0x"; not negative, of at most
 * 2048 octets. */
IPWORKSAUTH_API int ipworksauth_packet_write_mpint(char* packet, int size, const char* number);

/* ---- reading ------------------------------------------------------------------------------- */

/* 0 to 255. */
IPWORKSAUTH_API int ipworksauth_packet_read_byte(const char* packet, int* at, int* value);

/* 0 or 1; RFC 4251 section 5: every octet but 0 is true. */
IPWORKSAUTH_API int ipworksauth_packet_read_boolean(const char* packet, int* at, int* value);

IPWORKSAUTH_API int ipworksauth_packet_read_int(const char* packet, int* at, uint32_t* value);

IPWORKSAUTH_API int ipworksauth_packet_read_long(const char* packet, int* at, uint64_t* value);

/* A string as text, octets as they are, with a NUL behind it: never more than strlen(packet)
 * characters together. One that holds a NUL is refused with 1027; read it as sb. */
IPWORKSAUTH_API int ipworksauth_packet_read_string(const char* packet, int* at, char* text,
                                                   int size);

/* A string in hexadecimal, with a NUL: never more than strlen(packet) characters together. */
IPWORKSAUTH_API int ipworksauth_packet_read_sb(const char* packet, int* at, char* hex, int size);

/* A number in decimal digits, with a NUL: IPWORKSAUTH_PACKET_MPINT_SIZE is always enough. */
IPWORKSAUTH_API int ipworksauth_packet_read_mpint(const char* packet, int* at, char* number,
                                                  int size);

/* 0 when `at` is the end of the packet, else 1027. */
IPWORKSAUTH_API int ipworksauth_packet_end(const char* packet, int at);

#ifdef __cplusplus
}
#endif

#endif /* IPWORKSAUTH_PACKET_H */
