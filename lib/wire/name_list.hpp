// name-list, RFC 4251 §5: names separated by commas.
#pragma once

#include <string_view>

#include "lib/base/bytes.hpp"

namespace sshauth {

// Takes the next name off `rest`; false when none is left. Empty names, which a stray comma
// makes, are skipped: some servers end their lists with one.
bool next_name(std::string_view& rest, std::string_view& name) noexcept;

bool list_contains(std::string_view list, std::string_view name) noexcept;

// The first name of a list, empty when there is none.
std::string_view first_name(std::string_view list) noexcept;

std::size_t count_names(std::string_view list) noexcept;

// A name-list in the making. One that outgrows its room is no list: it is never cut.
class NameList {
 public:
  explicit NameList(MutBytes room) noexcept : room_(room) {}
  void add(std::string_view name) noexcept;
  bool fits() const noexcept { return fits_; }
  std::string_view view() const noexcept { return as_text(Bytes(room_).first(len_)); }

 private:
  MutBytes room_;
  std::size_t len_ = 0;
  bool fits_ = true;
};

// True for what may be sent: printable US-ASCII, and no name is empty (RFC 4251 §5, §6).
bool is_name_list(std::string_view list) noexcept;

}  // namespace sshauth
