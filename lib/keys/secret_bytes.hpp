// SecretBytes: secret octets of a length known only at run time. Move-only, never grown (growing
// would leave a copy behind), wiped when it ends.
#pragma once

#include <memory>
#include <utility>

#include "lib/base/bytes.hpp"

namespace sshauth {

class SecretBytes {
 public:
  SecretBytes() noexcept = default;
  explicit SecretBytes(std::size_t len)
      : at_(std::make_unique<std::uint8_t[]>(len)), room_(len), len_(len) {}
  explicit SecretBytes(Bytes from) : SecretBytes(from.size()) { copy_bytes(at_.get(), from); }
  SecretBytes(SecretBytes&& other) noexcept { swap(other); }
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    SecretBytes taken(std::move(other));
    swap(taken);
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { secure_wipe(at_.get(), room_); }

  MutBytes write() noexcept { return {at_.get(), len_}; }
  Bytes reveal() const noexcept { return {at_.get(), len_}; }  // grep for reveal( in review
  std::size_t size() const noexcept { return len_; }
  // Keeps the first `len` octets; what was cut is wiped at the end with the rest.
  void shrink(std::size_t len) noexcept { len_ = len < len_ ? len : len_; }

 private:
  void swap(SecretBytes& other) noexcept {
    std::swap(at_, other.at_);
    std::swap(room_, other.room_);
    std::swap(len_, other.len_);
  }

  std::unique_ptr<std::uint8_t[]> at_;
  std::size_t room_ = 0;
  std::size_t len_ = 0;
};

}  // namespace sshauth
