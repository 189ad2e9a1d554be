// How one direction of a connection protects its packets (RFC 4253 §6): a row per construction,
// a file each.
//
// A packet lies in memory as it travels:   packet_length(4) | padding_length | payload | padding |
// tag `packet` below is everything but the tag. Nothing derived from packet_length is used before
// PacketReader has checked it against the limits; nothing behind it is used before `open` said ok.
#pragma once

#include "lib/base/errc.hpp"
#include "lib/crypto/rows.hpp"

namespace sshauth {

struct Protection;

// A packet worked on piece by piece while it comes. Each is false where the provider failed.
struct Piecewise {
  bool (*begin)(Protection& p, std::uint32_t seq, Bytes head) noexcept;
  // Deciphers whole blocks in place, and has the MAC take them.
  bool (*take)(Protection& p, MutBytes blocks) noexcept;
  // Whether that was the tag of all that was taken.
  bool (*finish)(Protection& p, Bytes tag) noexcept;
};

struct Construction {
  // The octets needed before packet_length can be read: 4, or a cipher block.
  std::size_t (*head_len)(const Protection& p) noexcept;
  // Reads packet_length off the head, which may be deciphered in place: ok or bad_mac.
  Errc (*read_length)(Protection& p, std::uint32_t seq, MutBytes head,
                      std::uint32_t& length) noexcept;
  // Verifies, then deciphers what read_length left: ok, or bad_mac for whatever is wrong.
  Errc (*open)(Protection& p, std::uint32_t seq, MutBytes packet, MutBytes tag) noexcept;
  // Enciphers and writes the tag: ok or cannot_encrypt.
  Errc (*seal)(Protection& p, std::uint32_t seq, MutBytes packet, MutBytes tag) noexcept;
  bool length_in_blocks;  // packet_length's own 4 octets count towards the block multiple
  bool length_is_secret;  // a wrong length must look like a wrong MAC
  // Null: a packet is worked on when it is here, and what is refused fails at once. Else it is
  // worked on as it comes, in place of `open`, and what is refused fails when the longest packet
  // would have been here, with the same work done on each octet until then (mac.cpp).
  const Piecewise* pieces = nullptr;
};

extern const Construction kPlain;       // no keys yet
extern const Construction kMac;         // encrypt-and-MAC, RFC 4253 §6.4
extern const Construction kMacWithCbc;  // the same with a cipher in CBC mode
extern const Construction kEtm;         // encrypt-then-MAC, OpenSSH PROTOCOL 1.5
extern const Construction kGcm;         // RFC 5647 §7
extern const Construction kChachapoly;  // chacha20-poly1305@openssh.com

// The algorithms of one direction.
struct Suite {
  const CipherAlg* cipher = nullptr;
  const MacAlg* mac = nullptr;                  // null with an AEAD cipher
  const CompressionAlg* compression = nullptr;  // null: none
};

// Whether those two go together: a cipher in CBC mode wants its MAC computed in steps. Both are
// there, where the cipher needs a MAC.
bool can_protect(const Suite& suite) noexcept;

// The algorithms of one direction with their keys, in memory of the arena. Starts plain.
struct Protection {
  const Construction* how = &kPlain;
  Suite suite;
  MutBytes cipher_ctx, mac_ctx;  // memory; contexts live there while suite names them

  std::size_t block_len() const noexcept {
    return suite.cipher != nullptr ? suite.cipher->block_len : 8;
  }
  std::size_t tag_len() const noexcept {
    if (suite.mac != nullptr) return suite.mac->tag_len;
    return suite.cipher != nullptr ? suite.cipher->tag_len : 0;
  }

  // Starts the contexts. On failure the protection is plain again and must not be used.
  [[nodiscard]] bool start(const Suite& algorithms, bool encrypt, Bytes key, Bytes iv,
                           Bytes mac_key) noexcept;
  void wipe() noexcept;
};

// A tag is never longer than this (hmac-sha2-512).
inline constexpr std::size_t kMaxTag = 64;

}  // namespace sshauth
