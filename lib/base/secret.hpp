// Secrets are a type: fixed storage, never copied, wiped when the scope ends.
#pragma once

#include <array>

#include "lib/base/bytes.hpp"

namespace sshauth {

template <std::size_t N>
class Secret {
 public:
  Secret() noexcept = default;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(); }

  MutBytes write() noexcept { return octets_; }
  // How many of the N octets hold the secret (0 until told).
  void set_len(std::size_t len) noexcept { len_ = len <= N ? len : 0; }
  std::size_t len() const noexcept { return len_; }
  Bytes reveal() const noexcept {
    return Bytes(octets_).first(len_);
  }  // grep for reveal( in review
  void wipe() noexcept {
    secure_wipe(octets_);
    len_ = 0;
  }

 private:
  std::array<std::uint8_t, N> octets_{};
  std::size_t len_ = 0;
};

}  // namespace sshauth
