// Charset: the code page of one object. Texts are in it outside and in UTF-8 inside and on the wire
// (RFC 4252 §8, RFC 4256 §3.4 want UTF-8 there).
//
// UTF-8 (65001) costs nothing: texts pass as they are. For others iconv converts, between buffers
// that are wiped, and what its own buffers held is overwritten after each text: any of them may be
// a password.
#pragma once

#include <cstdint>
#include <optional>

#include "abi/refusal.hpp"
#include "abi/text.hpp"

namespace sshauth::abi {

inline constexpr std::int64_t kUtf8Page = 65001;

class Charset {
 public:
  Charset() noexcept;
  Charset(const Charset&) = delete;
  Charset& operator=(const Charset&) = delete;
  ~Charset();

  // Changes to another page. One that is unknown or not available is refused (10022, 1005) with the
  // end of a sentence that says why, and nothing changes.
  Refusal open(std::int64_t page);
  std::int64_t page() const noexcept { return page_; }
  bool is_utf8() const noexcept { return page_ == kUtf8Page; }

  // Null: it cannot be converted, as it is not in the page's encoding, or the page lacks a
  // character. Not for UTF-8, where there is nothing to convert.
  TextPtr decode(std::string_view in_page) const;
  TextPtr encode(std::string_view utf8) const;
  // For what is only read by people: '?' for a character that the page lacks. Never null.
  TextPtr encode_shown(std::string_view utf8) const;

 private:
  struct Converters;
  std::int64_t page_ = kUtf8Page;
  std::unique_ptr<Converters> converters_;
};

}  // namespace sshauth::abi
