// Writer puts RFC 4251 §5 values into memory that its maker owns.
//
// Sticky like Reader: once a value did not fit nothing more is written and `ok` is false, so an
// encoder is a list of writes with one test at the end.
#pragma once

#include "lib/base/bytes.hpp"

namespace sshauth {

class Writer {
 public:
  explicit Writer(MutBytes out) noexcept : out_(out) {}

  Writer& u8(std::uint8_t value) noexcept {
    if (std::uint8_t* at = grow(1)) *at = value;
    return *this;
  }
  Writer& boolean(bool value) noexcept { return u8(value ? 1 : 0); }
  Writer& u32(std::uint32_t value) noexcept {
    if (std::uint8_t* at = grow(4)) store_u32(at, value);
    return *this;
  }
  Writer& u64(std::uint64_t value) noexcept {
    return u32(static_cast<std::uint32_t>(value >> 32)).u32(static_cast<std::uint32_t>(value));
  }
  Writer& raw(Bytes in) noexcept {
    if (std::uint8_t* at = grow(in.size())) copy_bytes(at, in);
    return *this;
  }
  Writer& string(Bytes in) noexcept {
    if (in.size() > UINT32_MAX) ok_ = false;
    return u32(static_cast<std::uint32_t>(in.size())).raw(in);
  }
  Writer& string(std::string_view in) noexcept { return string(as_bytes(in)); }
  // A non-negative integer given as big-endian octets; leading zeros are dropped and one is added
  // where the top bit is set (RFC 4251 §5).
  Writer& mpint(Bytes magnitude) noexcept;

  // A string whose length is known only after its contents: begin, write, end.
  std::size_t begin_string() noexcept {
    u32(0);
    return len_;
  }
  void end_string(std::size_t mark) noexcept {
    if (ok_) store_u32(out_.data() + mark - 4, static_cast<std::uint32_t>(len_ - mark));
  }

  // `len` octets to fill in place; empty when they do not fit.
  MutBytes reserve(std::size_t len) noexcept {
    std::uint8_t* at = grow(len);
    return at != nullptr ? MutBytes(at, len) : MutBytes{};
  }

  bool ok() const noexcept { return ok_; }
  std::size_t len() const noexcept { return len_; }
  Bytes written() const noexcept { return Bytes(out_).first(len_); }

 private:
  std::uint8_t* grow(std::size_t len) noexcept {
    if (!ok_ || len > out_.size() - len_) {
      ok_ = false;
      return nullptr;
    }
    std::uint8_t* at = out_.data() + len_;
    len_ += len;
    return at;
  }

  MutBytes out_;
  std::size_t len_ = 0;
  bool ok_ = true;
};

}  // namespace sshauth
