#include "abi/slots.hpp"

#include <charconv>

#include "abi/hooks.hpp"

namespace sshauth::abi {

namespace {

constexpr SlotRow kRows[] = {
#define X(id, name, lower, kind, initial, least, most, busy, on_set, on_get, ...) \
  {#name, Kind::kind, initial, least, most, busy, on_set, on_get, ""},
#include "abi/properties.def"
#undef X
#define X(name, kind, initial, least, most, busy, on_set, on_get, needs, ...) \
  {#name, Kind::kind, initial, least, most, busy, on_set, on_get, needs},
#define SAME(name)
#define GROUP(heading)
#include "abi/settings.def"
#undef X
#undef SAME
#undef GROUP
};
static_assert(std::size(kRows) == kNumSlots);

constexpr Slot kSettings[] = {
#define X(name, ...) Slot::name,
#define SAME(name) Slot::name,
#define GROUP(heading)
#include "abi/settings.def"
#undef X
#undef SAME
#undef GROUP
};

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool parse_decimal(std::string_view text, std::int64_t& out) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

bool parse_boolean(std::string_view text, std::int64_t& out) noexcept {
  out = -1;
  for (const std::string_view yes : {"True", "Yes", "1"})
    if (same_name(text, yes)) out = 1;
  for (const std::string_view no : {"False", "No", "0"})
    if (same_name(text, no)) out = 0;
  return out >= 0;
}

}  // namespace

const SlotRow& row_of(Slot slot) noexcept { return kRows[index_of(slot)]; }

std::optional<Slot> property_of_id(int id) noexcept {
  if (id < 1 || id > static_cast<int>(kNumProperties)) return std::nullopt;
  return static_cast<Slot>(id - 1);
}

bool same_name(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

std::optional<Slot> find_setting(std::string_view name) noexcept {
  if (same_name(name, "SSHKnownHostsFile")) return Slot::KnownHosts;
  for (const Slot slot : kSettings)
    if (same_name(row_of(slot).name, name)) return slot;
  return std::nullopt;
}

bool is_property_only(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kNumProperties; ++i)
    if (same_name(kRows[i].name, name)) return !find_setting(name).has_value();
  return false;
}

Value initial_value(Slot slot) {
  const SlotRow& row = row_of(slot);
  Value value;
  if (row.kind == Kind::boolean || row.kind == Kind::integer)
    parse_decimal(row.initial, value.number);
  else
    value.text = make_text(row.initial);
  return value;
}

std::string value_as_text(const SlotRow& row, const Value& value) {
  if (row.kind == Kind::boolean) return value.number != 0 ? "True" : "False";
  if (row.kind == Kind::integer) return std::to_string(value.number);
  return std::string(value.text->view());
}

Refusal check_range(const SlotRow& row, std::int64_t number) {
  if (number >= row.least && number <= row.most) return {};
  return {kBadArgument, std::string(row.name) + ": " + std::to_string(number) +
                            " is out of range, " + std::to_string(row.least) + " to " +
                            std::to_string(row.most) + " is allowed"};
}

Refusal parse_number(const SlotRow& row, std::string_view text, std::int64_t& out) {
  const std::string named = std::string(row.name) + ": \"" + std::string(text.substr(0, 40)) + "\"";
  if (row.kind == Kind::boolean) {
    if (parse_boolean(trimmed(text), out)) return {};
    return {kBadArgument, named + " is not a boolean; True, False, Yes, No, 1 or 0 is"};
  }
  if (!parse_decimal(trimmed(text), out)) return {kBadArgument, named + " is not a number"};
  return check_range(row, out);
}

}  // namespace sshauth::abi
