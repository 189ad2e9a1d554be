// Slots: every named value of the object, properties and settings alike, one row each (the rows are
// properties.def and settings.def). get, set, Reset, access by id, range checks and Config are made
// from the rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "abi/refusal.hpp"
#include "abi/text.hpp"

namespace sshauth::abi {

class Object;

enum class Kind : std::uint8_t {
  boolean,
  integer,
  text,     // NUL-terminated
  binary,   // any octets
  indexed,  // a text for each channel number
  fact,     // read-only, made by its get hook
};

enum class Slot : std::uint8_t {
#define X(id, name, ...) name,
#include "abi/properties.def"
#undef X
#define X(name, ...) name,
#define SAME(name)
#define GROUP(heading)
#include "abi/settings.def"
#undef X
#undef SAME
#undef GROUP
};

inline constexpr std::size_t kNumProperties = 21;
inline constexpr std::size_t kNumSlots = kNumProperties
#define X(name, ...) +1
#define SAME(name)
#define GROUP(heading)
#include "abi/settings.def"
#undef X
#undef SAME
#undef GROUP
    ;

// What setting a value does while a connection is in progress, where it is not refused with a code.
inline constexpr int kNext = 0;  // counts from the next login on
inline constexpr int kNow = -1;  // counts at once

constexpr std::size_t index_of(Slot slot) noexcept { return static_cast<std::size_t>(slot); }

// A value: `number` for boolean and integer, `text` for the others.
struct Value {
  TextPtr text;
  std::int64_t number = 0;
};

using SetHook = Refusal (*)(Object&, Slot, Value&);  // may change the value before it is stored
using GetHook = Refusal (*)(Object&, Slot, Value&);  // has the stored value to start from

struct SlotRow {
  std::string_view name;
  Kind kind;
  std::string_view initial;
  std::int64_t least, most;
  int busy;  // kNext, kNow, or the error code of setting it while a connection is in progress
  SetHook on_set;
  GetHook on_get;
  std::string_view needs;  // what is missing for any value but the initial one
};

const SlotRow& row_of(Slot slot) noexcept;

// The property with that id (1..21).
std::optional<Slot> property_of_id(int id) noexcept;
// The setting of that name in any case; also the properties that are settings too.
std::optional<Slot> find_setting(std::string_view name) noexcept;
// A property of that name that is not a setting.
bool is_property_only(std::string_view name) noexcept;

bool same_name(std::string_view a, std::string_view b) noexcept;  // US-ASCII case is ignored

// The initial value of the row.
Value initial_value(Slot slot);
// What Config shows: True or False, a decimal number, or the text itself.
std::string value_as_text(const SlotRow& row, const Value& value);
// The number or boolean of a text given to Config, within the row's range.
Refusal parse_number(const SlotRow& row, std::string_view text, std::int64_t& out);
// An integer out of the row's range, refused by name.
Refusal check_range(const SlotRow& row, std::int64_t number);

}  // namespace sshauth::abi
