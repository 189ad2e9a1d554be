#include "lib/transport/trace.hpp"

#include "lib/wire/messages.hpp"

namespace sshauth {

void Trace::add(bool outgoing, std::uint32_t seq, Bytes payload, const char* title,
                Mask mask) noexcept {
  if (!on() || payload.empty()) return;
  if (begin_ == end_) begin_ = end_ = 0;
  // The message number is always kept.
  const std::size_t kept = octets_ ? payload.size() : 1;
  const std::size_t need = sizeof(Head) + kept;
  if (need > memory_.size() - end_ && begin_ != 0) {
    std::memmove(memory_.data(), memory_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (need > memory_.size() - end_) {
    ++lost_;
    return;
  }
  const Head head{outgoing ? 1U : 0U, seq, static_cast<std::uint32_t>(payload.size()),
                  static_cast<std::uint32_t>(kept), title};
  std::memcpy(memory_.data() + end_, &head, sizeof head);
  const MutBytes copy = memory_.subspan(end_ + sizeof head, kept);
  copy_bytes(copy.data(), payload.first(kept));
  if (octets_) mask_secrets(copy, outgoing);
  if (octets_ && mask != nullptr) mask(copy);
  end_ += need;
}

bool Trace::take(ipworksauth_trace_record& out) noexcept {
  if (begin_ == end_) return false;
  Head head;
  std::memcpy(&head, memory_.data() + begin_, sizeof head);
  const Bytes kept = Bytes(memory_).subspan(begin_ + sizeof head, head.kept);
  begin_ += sizeof head + head.kept;
  out = {};
  out.outgoing = head.outgoing;
  out.seq = head.seq;
  out.len = head.len;
  out.message = kept[0];
  out.name = head.title;
  if (octets_) out.payload = {kept.data(), kept.size()};
  return true;
}

void Trace::wipe() noexcept {
  secure_wipe(memory_);
  begin_ = end_ = 0;
}

}  // namespace sshauth
