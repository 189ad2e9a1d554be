// Text: what the object stores and hands out. Never changed once made, so a pointer a getter gave
// out stays right while the property moves on to another Text; shared by the value and by every
// getter that gave it out; NUL-terminated (the NUL is not counted); wiped when the last holder lets
// go, because any of them may be a password.
#pragma once

#include <algorithm>
#include <memory>
#include <string_view>

#include "lib/base/bytes.hpp"

namespace sshauth::abi {

class Text {
 public:
  explicit Text(std::string_view from)
      : octets_(std::make_unique<char[]>(from.size() + 1)), len_(from.size()) {
    std::copy(from.begin(), from.end(), octets_.get());
  }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  ~Text() { secure_wipe(octets_.get(), len_); }

  std::string_view view() const noexcept { return {octets_.get(), len_}; }
  std::size_t size() const noexcept { return len_; }
  // Not const: the ABI's getters return char*, as the reference has it.
  char* data() const noexcept { return octets_.get(); }

 private:
  std::unique_ptr<char[]> octets_;
  std::size_t len_;
};

using TextPtr = std::shared_ptr<const Text>;

inline TextPtr make_text(std::string_view from) { return std::make_shared<const Text>(from); }

}  // namespace sshauth::abi
