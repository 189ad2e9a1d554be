#include "lib/keys/distinguished_name.hpp"

#include <openssl/objects.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "lib/keys/key_error.hpp"
#include "lib/keys/ossl.hpp"

namespace sshauth {
namespace {

struct Field {
  std::string name, value;
  bool operator==(const Field&) const = default;
};

// Where people and libcrypto call a field by different names.
struct Label {
  std::string_view ours, others;
};
constexpr Label kLabels[] = {{"S", "ST"}, {"E", "EMAILADDRESS"}};

std::string label_of(std::string_view name) {
  std::string out(name);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  for (const Label& row : kLabels)
    if (out == row.others) return std::string(row.ours);
  return out;
}

std::string name_of(const ASN1_OBJECT* object) {
  const int nid = OBJ_obj2nid(object);
  if (nid != NID_undef) return label_of(OBJ_nid2sn(nid));
  std::array<char, 80> oid{};
  OBJ_obj2txt(oid.data(), static_cast<int>(oid.size()), object, 1);
  return oid.data();
}

// RFC 4514 §2.4: what would be taken for a part of the notation.
std::string quoted(std::string_view value) {
  const bool blank = !value.empty() && (value.front() == ' ' || value.back() == ' ');
  if (!blank && !value.starts_with('#') && value.find_first_of(",+=\"<>;") == value.npos)
    return std::string(value);
  std::string out = "\"";
  for (const char c : value) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

std::string value_of(const ASN1_STRING* text) {
  unsigned char* utf8 = nullptr;
  const int len = ASN1_STRING_to_UTF8(&utf8, text);
  if (len < 0) return {};
  const Bytes octets(utf8, static_cast<std::size_t>(len));
  std::string out = printable(as_text(octets), octets.size());
  OPENSSL_free(utf8);
  return quoted(out);
}

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// Takes a value off `rest`, up to the mark behind it. Nothing: a quote does not end.
std::optional<std::string> take_value(std::string_view& rest) {
  rest = rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
  std::string value;
  if (!rest.starts_with('"')) {
    const std::size_t end = std::min(rest.find_first_of(",+"), rest.size());
    value = trimmed(rest.substr(0, end));
    rest.remove_prefix(end);
    return value;
  }
  for (rest.remove_prefix(1); !rest.empty(); rest.remove_prefix(1)) {
    if (rest.starts_with("\"\"")) {
      rest.remove_prefix(1);
    } else if (rest.starts_with('"')) {
      rest.remove_prefix(1);
      rest = rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
      return rest.empty() || rest[0] == ',' || rest[0] == '+' ? std::optional(value) : std::nullopt;
    }
    value += rest[0];
  }
  return std::nullopt;
}

// Empty: it is no distinguished name.
std::vector<Field> fields_of(std::string_view text) {
  std::vector<Field> fields;
  while (!trimmed(text).empty()) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) return {};
    std::string name = label_of(trimmed(text.substr(0, equals)));
    text.remove_prefix(equals + 1);
    std::optional<std::string> value = take_value(text);
    if (!value) return {};
    fields.push_back({std::move(name), std::move(*value)});
    if (!text.empty()) text.remove_prefix(1);
  }
  return fields;
}

}  // namespace

std::string distinguished_name(const X509_NAME* name) {
  std::string out;
  for (int i = 0, set = -1; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    const bool joined = X509_NAME_ENTRY_set(entry) == set;  // several values in one
    set = X509_NAME_ENTRY_set(entry);
    if (!out.empty()) out += joined ? " + " : ", ";
    out += name_of(X509_NAME_ENTRY_get_object(entry)) + "=" +
           value_of(X509_NAME_ENTRY_get_data(entry));
  }
  return out;
}

bool same_distinguished_name(std::string_view a, std::string_view b) {
  const std::vector<Field> one = fields_of(a);
  std::vector<Field> other = fields_of(b);
  if (one.empty() || one.size() != other.size()) return false;
  if (one == other) return true;
  std::reverse(other.begin(), other.end());
  return one == other;
}

bool has_fields(std::string_view name, std::string_view part) {
  const std::vector<Field> all = fields_of(name);
  const std::vector<Field> asked = fields_of(part);
  return !asked.empty() && std::all_of(asked.begin(), asked.end(), [&](const Field& field) {
    return std::find(all.begin(), all.end(), field) != all.end();
  });
}

}  // namespace sshauth
