// PacketReader: the inbound half of the binary packet protocol (RFC 4253 §6).
//
//   idle   nothing of the packet is here, or less than head_len() octets
//   body   the head was read: want_ is set, limits checked; fewer than want_ octets are here
//   doomed the packet was refused, and that is not told before want_ octets are here (mac.cpp)
//          in both, taken_ octets were worked on where that is done as they come
//   whole  the packet was opened: its payload is borrowed from the buffer until the next `next`
//
// Always: seq_ counts packets opened since the last reset, mod 2^32; packet_length is between 5 and
// max_ before any arithmetic is done on it, and the packet is a multiple of the block length; for
// AEAD and EtM nothing derived from the body is used before the tag was verified. Whatever fails
// that depends on a secret fails as bad_mac. A reader that failed stays failed.
#pragma once

#include "lib/packet/construction.hpp"
#include "lib/packet/in_buffer.hpp"

namespace sshauth {

enum class Opened : std::uint8_t { need_more, packet, failed };

struct OpenResult {
  Opened kind = Opened::need_more;
  MutBytes payload{};  // packet: at least one octet
  Errc why = Errc::ok;
};

class PacketReader {
 public:
  static constexpr std::uint32_t kMinLength = 5;  // RFC 4253 §6: padding_length and 4 of padding
  static constexpr std::uint32_t kMaxLength = 35'000;  // RFC 4253 §6.1

  // `scratch` holds decompressed payloads; empty when there is no compression.
  void start(InBuffer& in, std::uint32_t max_length, MutBytes scratch) noexcept;

  // Opens the next packet, letting go of the last.
  OpenResult next() noexcept;

  // The keys in use; a change takes effect with the next packet (RFC 4253 §7.3).
  Protection& keys() noexcept { return *keys_; }
  void use(Protection& keys) noexcept;
  void start_compression(const CompressionAlg& alg, void* ctx) noexcept {
    inflate_ = &alg;
    inflate_ctx_ = ctx;
  }
  void stop_compression() noexcept { inflate_ = nullptr; }

  void reset_sequence() noexcept { seq_ = 0; }
  // The decompressed payload; the rest is the buffer's to wipe.
  void wipe() noexcept {
    secure_wipe(scratch_.first(inflated_));
    inflated_ = 0;
  }
  // Of the packet that was opened last.
  std::uint32_t last_seq() const noexcept { return seq_ - 1; }

  std::uint64_t packets() const noexcept { return packets_; }
  std::uint64_t packets_since_keys() const noexcept { return packets_ - packets_at_keys_; }
  std::uint64_t octets_since_keys() const noexcept { return octets_since_keys_; }

 private:
  enum class State : std::uint8_t { idle, body, doomed, whole, failed };

  OpenResult read_head() noexcept;
  OpenResult open_body() noexcept;
  void take_pieces() noexcept;
  bool holds() noexcept;
  void begin_mac(Bytes first) noexcept;
  OpenResult refuse() noexcept;
  OpenResult inflate(MutBytes payload) noexcept;
  void drop_packet() noexcept;
  Errc check_length(std::uint32_t length) const noexcept;
  std::uint32_t shortest_length() const noexcept;
  std::size_t longest_packet() const noexcept;
  OpenResult fail(Errc why) noexcept;

  State state_ = State::idle;
  Errc why_ = Errc::ok;
  InBuffer* in_ = nullptr;
  Protection* keys_ = nullptr;
  Protection plain_;
  const CompressionAlg* inflate_ = nullptr;
  void* inflate_ctx_ = nullptr;
  MutBytes scratch_;
  std::uint32_t max_length_ = kMaxLength;
  std::uint32_t seq_ = 0;
  std::size_t want_ = 0;      // octets of the whole packet with its tag
  std::size_t taken_ = 0;     // those of them that were worked on
  bool bad_ = false;          // another length stands in for the one read, or the provider failed
  std::size_t inflated_ = 0;  // octets of its payload in scratch_
  std::uint64_t packets_ = 0;
  std::uint64_t packets_at_keys_ = 0;
  std::uint64_t octets_since_keys_ = 0;
};

}  // namespace sshauth
