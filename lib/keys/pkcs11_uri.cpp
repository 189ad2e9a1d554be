#include "lib/keys/pkcs11_uri.hpp"

#include <algorithm>
#include <charconv>

namespace sshauth {
namespace {

constexpr std::string_view kScheme = "pkcs11:";
constexpr std::size_t kMaxUri = 8192;

KeyError refuse(std::string_view what) {
  return {KeyErrc::bad_argument, "the PKCS#11 URI is not well formed: " + std::string(what)};
}

constexpr std::string_view kUnreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
// §2.3: besides, in the path and in the query.
constexpr std::string_view kInPath = ":[]@!$'()*+,=&";
constexpr std::string_view kInQuery = ":[]@!$'()*+,=/?|";

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The octets that `text` stands for; false for what must be written as %XX, and is not.
bool unescape(std::string_view text, std::string_view more, std::string& out) {
  out.reserve(text.size());  // never grown: it may be a PIN
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (kUnreserved.find(text[i]) == text.npos && more.find(text[i]) == text.npos) return false;
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return true;
}

// A value may be a PIN: every copy is wiped, however its reading ends.
struct WipedText {
  std::string text;

  WipedText() = default;
  WipedText(const WipedText&) = delete;
  WipedText& operator=(const WipedText&) = delete;
  ~WipedText() { secure_wipe(text.data(), text.capacity()); }
};

struct TextRow {
  std::string_view name;
  std::optional<std::string> Pkcs11Uri::*target;
};
constexpr TextRow kTexts[] = {
    {"token", &Pkcs11Uri::token},
    {"manufacturer", &Pkcs11Uri::manufacturer},
    {"serial", &Pkcs11Uri::serial},
    {"model", &Pkcs11Uri::model},
    {"slot-manufacturer", &Pkcs11Uri::slot_manufacturer},
    {"slot-description", &Pkcs11Uri::slot_description},
    {"library-manufacturer", &Pkcs11Uri::library_manufacturer},
    {"library-description", &Pkcs11Uri::library_description},
    {"library-version", &Pkcs11Uri::library_version},
    {"object", &Pkcs11Uri::object},
    {"type", &Pkcs11Uri::type},
};

struct QueryRow {
  std::string_view name;
  std::string Pkcs11Uri::*target;
};
constexpr QueryRow kQueries[] = {
    {"module-path", &Pkcs11Uri::module_path},
    {"module-name", &Pkcs11Uri::module_name},
    {"pin-source", &Pkcs11Uri::pin_source},
};

KeyError take_path(std::string_view name, const std::string& value, Pkcs11Uri& out) {
  for (const TextRow& row : kTexts) {
    if (row.name != name) continue;
    if (out.*row.target) return refuse(std::string(name) + " stands twice");
    out.*row.target = value;
    return {};
  }
  if (name == "id") {
    if (out.id) return refuse("id stands twice");
    out.id.emplace(value.begin(), value.end());
    return {};
  }
  if (name == "slot-id") {
    unsigned long number = 0;
    const auto [end, bad] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (out.slot_id || bad != std::errc() || end != value.data() + value.size())
      return refuse("slot-id is one number");
    out.slot_id = number;
    return {};
  }
  return refuse("the attribute \"" + printable(name, 40) + "\" is not known");
}

KeyError take_query(std::string_view name, const std::string& value, Pkcs11Uri& out) {
  for (const QueryRow& row : kQueries) {
    if (row.name != name) continue;
    if (!(out.*row.target).empty()) return refuse(std::string(name) + " stands twice");
    out.*row.target = value;
    return {};
  }
  if (name != "pin-value")
    return refuse("the query attribute \"" + printable(name, 40) + "\" is not known");
  if (out.pin_value) return refuse("pin-value stands twice");
  out.pin_value.emplace(as_bytes(value));
  return {};
}

// Calls `take(name, value)` for each attribute.
template <class Take>
KeyError each(std::string_view text, char separator, std::string_view more, Take take) {
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    const std::size_t equals = one.find('=');
    WipedText value;
    if (equals == one.npos || equals == 0) return refuse("an attribute is NAME=VALUE");
    if (!unescape(one.substr(equals + 1), more, value.text))
      return refuse("the value of " + printable(one.substr(0, equals), 40) +
                    " has a character that must be written as %XX");
    if (KeyError bad = take(one.substr(0, equals), value.text); !bad.ok()) return bad;
  }
  return {};
}

}  // namespace

bool is_pkcs11_uri(std::string_view text) noexcept { return text.starts_with(kScheme); }

KeyError parse_pkcs11_uri(std::string_view text, Pkcs11Uri& out) {
  out = Pkcs11Uri();
  if (!is_pkcs11_uri(text) || text.size() > kMaxUri)
    return refuse("it begins with pkcs11: and has at most 8192 octets");
  text.remove_prefix(kScheme.size());
  const std::size_t question = text.find('?');
  const std::string_view query =
      question == text.npos ? std::string_view() : text.substr(question + 1);
  if (KeyError bad = each(text.substr(0, question), ';', kInPath,
                          [&](std::string_view name, const std::string& value) {
                            return take_path(name, value, out);
                          });
      !bad.ok())
    return bad;
  return each(query, '&', kInQuery, [&](std::string_view name, const std::string& value) {
    return take_query(name, value, out);
  });
}

std::string pkcs11_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (kUnreserved.find(c) != kUnreserved.npos) {
      out += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out += '%';
    out += "0123456789ABCDEF"[octet >> 4];
    out += "0123456789ABCDEF"[octet & 15];
  }
  return out;
}

}  // namespace sshauth
