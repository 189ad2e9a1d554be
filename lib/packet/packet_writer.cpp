#include "lib/packet/packet_writer.hpp"

namespace sshauth {

void PacketWriter::start(MutBytes memory, std::uint32_t max_length, MutBytes scratch,
                         const Rng& rng) noexcept {
  memory_ = memory;
  scratch_ = scratch;
  max_length_ = max_length;
  rng_ = rng;
  keys_ = &plain_;
}

void PacketWriter::use(Protection& keys) noexcept {
  keys_ = &keys;
  packets_at_keys_ = packets_;
  octets_since_keys_ = 0;
}

Errc PacketWriter::put_raw(Bytes octets) noexcept {
  make_room();
  if (octets.size() > memory_.size() - end_) return Errc::output_full;
  copy_bytes(memory_.data() + end_, octets);
  end_ += octets.size();
  peak_ = end_ > peak_ ? end_ : peak_;
  return Errc::ok;
}

void PacketWriter::make_room() noexcept {
  if (begin_ == 0) return;
  if (end_ != begin_) std::memmove(memory_.data(), memory_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
}

Writer PacketWriter::begin() noexcept {
  make_room();
  constexpr std::size_t around = kHeader + kMaxPadding + kMaxTag;
  const std::size_t room = memory_.size() - end_;
  if (room <= around) return Writer({});
  const std::size_t most = max_length_ - 1 - kMaxPadding;
  return Writer(memory_.subspan(end_ + kHeader, room - around < most ? room - around : most));
}

std::size_t PacketWriter::padding_for(std::size_t payload_len, Pad pad) const noexcept {
  const std::size_t block = keys_->block_len() > 8 ? keys_->block_len() : 8;
  const std::size_t covered = payload_len + (keys_->how->length_in_blocks ? kHeader : kHeader - 4);
  std::size_t padding = block - covered % block;
  if (padding < 4) padding += block;  // RFC 4253 §6
  // RFC 4253 §6: a packet is at least 16 octets long (or a block, which is no longer here).
  while (4 + covered + padding < 16) padding += block;
  constexpr std::size_t kStep = 128;
  if (pad == Pad::hide_len)
    while ((covered + padding) % kStep != 0 && padding + block <= kMaxPadding) padding += block;
  return padding;
}

Errc PacketWriter::deflate(std::size_t& payload_len) noexcept {
  std::uint8_t* payload = memory_.data() + end_ + kHeader;
  std::size_t len = scratch_.size();
  if (deflate_->run(deflate_ctx_, payload, payload_len, scratch_.data(), &len) != 1 ||
      len > scratch_.size() || len > memory_.size() - end_ - kHeader - kMaxPadding - kMaxTag)
    return Errc::cannot_encrypt;
  copy_bytes(payload, scratch_.first(len));
  secure_wipe(scratch_.first(len));
  if (len < payload_len) secure_wipe(payload + len, payload_len - len);
  payload_len = len;
  return Errc::ok;
}

Errc PacketWriter::commit(const Writer& payload, Pad pad) noexcept {
  const Errc sealed = payload.ok() ? seal(payload.len(), pad) : Errc::output_full;
  if (sealed != Errc::ok) abandon();
  return sealed;
}

Errc PacketWriter::seal(std::size_t payload_len, Pad pad) noexcept {
  if (deflate_ != nullptr) SSHAUTH_TRY(deflate(payload_len));
  const std::size_t padding = padding_for(payload_len, pad);
  const std::size_t length = 1 + payload_len + padding;
  if (length > max_length_) return Errc::output_full;
  const MutBytes packet = memory_.subspan(end_, 4 + length);
  store_u32(packet.data(), static_cast<std::uint32_t>(length));
  packet[4] = static_cast<std::uint8_t>(padding);
  if (!fill_random(rng_, packet.last(padding))) return Errc::rng_failed;
  const std::size_t tag_len = keys_->tag_len();
  const MutBytes tag = memory_.subspan(end_ + packet.size(), tag_len);
  if (keys_->how->seal(*keys_, seq_, packet, tag) != Errc::ok) return Errc::cannot_encrypt;
  end_ += packet.size() + tag_len;
  peak_ = end_ > peak_ ? end_ : peak_;
  ++seq_;
  ++packets_;
  octets_since_keys_ += packet.size() + tag_len;
  return Errc::ok;
}

void PacketWriter::sent(std::size_t len) noexcept {
  begin_ += len <= end_ - begin_ ? len : end_ - begin_;
  if (begin_ == end_) begin_ = end_ = 0;
}

void PacketWriter::abandon() noexcept {
  secure_wipe(memory_.subspan(end_));
  secure_wipe(scratch_);
}

void PacketWriter::wipe() noexcept {
  secure_wipe(memory_.first(peak_));
  begin_ = end_ = peak_ = 0;
}

}  // namespace sshauth
