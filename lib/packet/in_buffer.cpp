#include "lib/packet/in_buffer.hpp"

namespace sshauth {

void InBuffer::compact() noexcept {
  if (begin_ == 0) return;
  const std::size_t len = end_ - begin_;
  if (len != 0) {
    std::memmove(memory_.data(), memory_.data() + begin_, len);
    secure_wipe(memory_.subspan(len, end_ - len));
  }
  end_ = len;
  begin_ = 0;
}

}  // namespace sshauth
