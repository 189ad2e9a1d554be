// Every wire name of names.def: to tell a name that is known but not available in a build from one
// that nobody knows, and to say of an algorithm whether it is modern, approved, weak or broken.
//
// Freestanding and constexpr; the text lives in the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sshauth {

enum class NameKind : std::uint8_t { kex, signature, user_signature, cipher, mac, compression };

// Marks are bits; their meaning is told in names.def.
struct NameMarks {
  static constexpr std::uint8_t none = 0, modern = 1, fips = 2, weak = 4, broken = 8;
};

struct NameRow {
  NameKind kind;
  std::uint8_t marks;
  std::string_view name;

  constexpr bool is(std::uint8_t mark) const noexcept { return (marks & mark) != 0; }
};

namespace detail {

struct NameTable : NameMarks {
  static constexpr NameRow rows[] = {
#define X(kind, name, marks) {NameKind::kind, static_cast<std::uint8_t>(marks), name},
#include "lib/crypto/names.def"
#undef X
  };
};

}  // namespace detail

// All rows; those of one kind stand together, preferred ones first.
constexpr std::span<const NameRow> known_names() noexcept { return detail::NameTable::rows; }

// The row of that name, or null when nobody knows it.
constexpr const NameRow* find_name(NameKind kind, std::string_view name) noexcept {
  for (const NameRow& row : known_names())
    if (row.kind == kind && row.name == name) return &row;
  return nullptr;
}

static_assert(find_name(NameKind::cipher, "arcfour")->is(NameMarks::broken));
static_assert(find_name(NameKind::kex, "ext-info-c") == nullptr);  // a marker is no algorithm

}  // namespace sshauth
