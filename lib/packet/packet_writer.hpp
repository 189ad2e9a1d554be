// PacketWriter: the outbound half of the binary packet protocol (RFC 4253 §6).
//
// A payload is written straight into the output buffer, then padded and sealed in place:
//
//   Writer w = writer.begin();  encode(w, message);  SSHAUTH_TRY(writer.commit(w));
//
// Always: begin_ <= end_ <= peak_ <= memory_.size(); what lies between begin_ and end_ is sealed
// and waits to be sent, what lies between end_ and peak_ was. Secrets are in the buffer only
// between begin and commit: sealing overwrites them, a commit that fails wipes them, and who begins
// and does not commit calls `abandon`. Before the first keys none are written.
#pragma once

#include "lib/packet/construction.hpp"
#include "lib/wire/writer.hpp"

namespace sshauth {

class PacketWriter {
 public:
  void start(MutBytes memory, std::uint32_t max_length, MutBytes scratch, const Rng& rng) noexcept;

  // Plain octets in front of all packets: the identification string.
  Errc put_raw(Bytes octets) noexcept;

  Writer begin() noexcept;
  // `hide_len`: pads so that lengths below a multiple of 128 look alike (passwords, responses).
  enum class Pad : std::uint8_t { least, hide_len };
  Errc commit(const Writer& payload, Pad pad = Pad::least) noexcept;
  // Wipes what was begun.
  void abandon() noexcept;
  // The payload begun, for those who have to look at it before it is sealed.
  MutBytes begun(const Writer& payload) noexcept {
    return memory_.subspan(end_ + kHeader, payload.len());
  }

  Bytes pending() const noexcept { return Bytes(memory_).subspan(begin_, end_ - begin_); }
  void sent(std::size_t len) noexcept;
  // What waits is not sent any more (the peer has ended the connection).
  void drop_pending() noexcept { begin_ = end_ = 0; }
  std::size_t room() const noexcept { return memory_.size() - (end_ - begin_); }

  Protection& keys() noexcept { return *keys_; }
  void use(Protection& keys) noexcept;
  void start_compression(const CompressionAlg& alg, void* ctx) noexcept {
    deflate_ = &alg;
    deflate_ctx_ = ctx;
  }
  void stop_compression() noexcept { deflate_ = nullptr; }

  void reset_sequence() noexcept { seq_ = 0; }
  std::uint32_t next_seq() const noexcept { return seq_; }
  std::uint64_t packets() const noexcept { return packets_; }
  std::uint64_t packets_since_keys() const noexcept { return packets_ - packets_at_keys_; }
  std::uint64_t octets_since_keys() const noexcept { return octets_since_keys_; }
  void wipe() noexcept;

 private:
  static constexpr std::size_t kHeader = 5;  // packet_length, padding_length
  static constexpr std::size_t kMaxPadding = 255;

  Errc seal(std::size_t payload_len, Pad pad) noexcept;
  Errc deflate(std::size_t& payload_len) noexcept;
  std::size_t padding_for(std::size_t payload_len, Pad pad) const noexcept;
  void make_room() noexcept;

  MutBytes memory_;
  MutBytes scratch_;
  Rng rng_{};
  Protection* keys_ = nullptr;
  Protection plain_;
  const CompressionAlg* deflate_ = nullptr;
  void* deflate_ctx_ = nullptr;
  std::uint32_t max_length_ = 0;
  std::uint32_t seq_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t peak_ = 0;
  std::uint64_t packets_ = 0;
  std::uint64_t packets_at_keys_ = 0;
  std::uint64_t octets_since_keys_ = 0;
};

}  // namespace sshauth
