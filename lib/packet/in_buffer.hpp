// InBuffer: octets from the peer, in memory of the arena, until they are read as a line or packet.
//
// Always: begin_ <= end_ <= peak_ <= memory_.size(), and nothing was ever written behind peak_.
// `feed` only appends, so views of what was taken stay where they are until `compact`, which the
// owner calls when nothing borrowed is in use any more.
#pragma once

#include "lib/base/bytes.hpp"

namespace sshauth {

class InBuffer {
 public:
  void set_memory(MutBytes memory) noexcept { memory_ = memory; }

  // Takes as much of `in` as there is room for; returns how much.
  std::size_t feed(Bytes in) noexcept {
    const std::size_t room = memory_.size() - end_;
    const Bytes taken = in.first(in.size() < room ? in.size() : room);
    copy_bytes(memory_.data() + end_, taken);
    end_ += taken.size();
    peak_ = end_ > peak_ ? end_ : peak_;
    return taken.size();
  }
  MutBytes unread() noexcept { return memory_.subspan(begin_, end_ - begin_); }
  void consume(std::size_t len) noexcept { begin_ += len <= end_ - begin_ ? len : end_ - begin_; }
  // Moves what is unread to the front and wipes where it was: the head of a packet may be
  // deciphered already. Invalidates every view.
  void compact() noexcept;
  std::size_t room_behind_begin() const noexcept { return memory_.size() - begin_; }
  bool full() const noexcept { return end_ == memory_.size(); }
  void wipe() noexcept {
    secure_wipe(memory_.first(peak_));
    begin_ = end_ = peak_ = 0;
  }

 private:
  MutBytes memory_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t peak_ = 0;
};

}  // namespace sshauth
