#include "lib/packet/packet_reader.hpp"

namespace sshauth {

void PacketReader::start(InBuffer& in, std::uint32_t max_length, MutBytes scratch) noexcept {
  in_ = &in;
  max_length_ = max_length;
  scratch_ = scratch;
  keys_ = &plain_;
}

void PacketReader::use(Protection& keys) noexcept {
  keys_ = &keys;
  packets_at_keys_ = packets_;
  octets_since_keys_ = 0;
}

OpenResult PacketReader::fail(Errc why) noexcept {
  state_ = State::failed;
  why_ = why;
  return {Opened::failed, {}, why};
}

void PacketReader::drop_packet() noexcept {
  secure_wipe(in_->unread().first(want_));  // it may have held a password or a response
  in_->consume(want_);
  wipe();
  want_ = 0;
  state_ = State::idle;
}

OpenResult PacketReader::next() noexcept {
  if (state_ == State::failed) return {Opened::failed, {}, why_};
  if (state_ == State::whole) drop_packet();
  if (state_ == State::idle) {
    const OpenResult head = read_head();
    if (state_ != State::body) return head;
  }
  if (keys_->how->pieces != nullptr) take_pieces();
  if (in_->unread().size() < want_) {
    // The packet's end must fit behind its begin; nothing is borrowed now.
    if (in_->room_behind_begin() < want_) in_->compact();
    return {};
  }
  if (state_ == State::body) return open_body();
  static_cast<void>(holds());  // which costs what it costs, and no packet is that of the other MAC
  return fail(Errc::bad_mac);
}

// What is here of the packet, as far as it cannot be of the tag: that much and no more, whatever
// the packet's length is.
void PacketReader::take_pieces() noexcept {
  const std::size_t here = in_->unread().size();
  const std::size_t whole = here < want_ ? here : want_;
  if (whole < keys_->tag_len() + taken_) return;
  std::size_t len = whole - keys_->tag_len() - taken_;
  len -= len % keys_->block_len();
  bad_ |= len != 0 && !keys_->how->pieces->take(*keys_, in_->unread().subspan(taken_, len));
  taken_ += len;
}

void PacketReader::begin_mac(Bytes first) noexcept {
  bad_ |= !keys_->how->pieces->begin(*keys_, seq_, first);
}

// Whether the packet, which is here, has its tag behind it.
bool PacketReader::holds() noexcept {
  const MutBytes whole = in_->unread().first(want_);
  const MutBytes tag = whole.last(keys_->tag_len());
  if (keys_->how->pieces != nullptr) return keys_->how->pieces->finish(*keys_, tag) && !bad_;
  return keys_->how->open(*keys_, seq_, whole.first(want_ - tag.size()), tag) == Errc::ok;
}

OpenResult PacketReader::read_head() noexcept {
  const std::size_t head_len = keys_->how->head_len(*keys_);
  const MutBytes here = in_->unread();
  if (here.size() < head_len) {
    in_->compact();
    return {};
  }
  std::uint32_t length = 0;
  if (keys_->how->read_length(*keys_, seq_, here.first(head_len), length) != Errc::ok)
    return fail(Errc::bad_mac);
  bad_ = check_length(length) != Errc::ok;
  if (bad_ && keys_->how->pieces == nullptr)
    return fail(keys_->how->length_is_secret ? Errc::bad_mac : Errc::bad_length);
  // What follows is the same then, up to the same failure.
  if (bad_) length = shortest_length();
  want_ = 4 + std::size_t{length} + keys_->tag_len();
  taken_ = head_len;
  if (keys_->how->pieces != nullptr) begin_mac(here.first(head_len));
  state_ = State::body;
  return {};
}

Errc PacketReader::check_length(std::uint32_t length) const noexcept {
  if (length < kMinLength || length > max_length_) return Errc::bad_length;
  const std::size_t blocks = std::size_t{length} + (keys_->how->length_in_blocks ? 4 : 0);
  const std::size_t block = keys_->block_len();
  if (blocks % block != 0 || blocks < block) return Errc::bad_length;
  return Errc::ok;
}

std::uint32_t PacketReader::shortest_length() const noexcept {
  std::uint32_t length = kMinLength;
  while (check_length(length) != Errc::ok) ++length;
  return length;
}

std::size_t PacketReader::longest_packet() const noexcept {
  const std::size_t octets = 4 + std::size_t{max_length_};
  return octets - octets % keys_->block_len();
}

OpenResult PacketReader::refuse() noexcept {
  if (keys_->how->pieces == nullptr) return fail(Errc::bad_mac);
  want_ = longest_packet() + keys_->tag_len();
  begin_mac({});
  state_ = State::doomed;
  return next();
}

OpenResult PacketReader::open_body() noexcept {
  if (!holds()) return refuse();
  const MutBytes packet = in_->unread().first(want_ - keys_->tag_len());
  // RFC 4253 §6: at least 4 octets of padding; and a message needs its number.
  const std::size_t padding = packet[4];
  if (padding < 4 || padding + 1 >= packet.size() - 4)
    return fail(keys_->how == &kPlain ? Errc::malformed : Errc::bad_mac);
  const MutBytes payload = packet.subspan(5, packet.size() - 5 - padding);
  ++seq_;
  ++packets_;
  octets_since_keys_ += want_;
  state_ = State::whole;
  if (inflate_ != nullptr) return inflate(payload);
  return {Opened::packet, payload, Errc::ok};
}

OpenResult PacketReader::inflate(MutBytes payload) noexcept {
  // RFC 4253 §6.1: an uncompressed payload has a limit of its own; `scratch_` is that long.
  std::size_t len = scratch_.size();
  const int done =
      inflate_->run(inflate_ctx_, payload.data(), payload.size(), scratch_.data(), &len);
  if (done != 1 || len == 0 || len > scratch_.size()) {
    secure_wipe(scratch_);  // how far it came is not known
    return fail(Errc::cannot_decompress);
  }
  inflated_ = len;
  return {Opened::packet, scratch_.first(len), Errc::ok};
}

}  // namespace sshauth
