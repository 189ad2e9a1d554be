#include "abi/algorithms.hpp"

#include "abi/slots.hpp"
#include "lib/crypto/key_algorithm.hpp"
#include "lib/crypto/names.hpp"
#include "lib/crypto/openssl/legacy.hpp"
#include "lib/kex/method.hpp"
#include "lib/wire/name_list.hpp"

namespace sshauth::abi {

namespace {

std::string_view noun_of(ListKind kind) noexcept {
  switch (kind) {
    case ListKind::kex: return "key exchange method";
    case ListKind::host_key: return "host key algorithm";
    case ListKind::cipher: return "cipher";
    case ListKind::mac: return "MAC";
    case ListKind::compression: return "compression method";
    case ListKind::signature: return "signature algorithm";
  }
  return {};
}

bool belongs(const NameRow& row, ListKind kind) noexcept {
  switch (kind) {
    case ListKind::kex: return row.kind == NameKind::kex;
    case ListKind::host_key: return row.kind == NameKind::signature;
    case ListKind::cipher: return row.kind == NameKind::cipher;
    case ListKind::mac: return row.kind == NameKind::mac;
    case ListKind::compression: return row.kind == NameKind::compression;
    case ListKind::signature:
      return row.kind == NameKind::signature || row.kind == NameKind::user_signature;
  }
  return false;
}

bool known(ListKind kind, std::string_view name) noexcept {
  for (const NameRow& row : known_names())
    if (belongs(row, kind) && row.name == name) return true;
  return false;
}

bool available(ListKind kind, std::string_view name, const Provider& provider) noexcept {
  switch (kind) {
    case ListKind::kex: return find_method(provider, name) != nullptr;
    case ListKind::cipher: return find(ciphers(provider), name) != nullptr;
    case ListKind::mac: return find(macs(provider), name) != nullptr;
    case ListKind::compression:
      return name == "none" || find(compressions(provider), name) != nullptr;
    case ListKind::host_key:
    case ListKind::signature: return bool{find_key_algorithm(provider, name)};
  }
  return false;
}

// A policy's lists are the names with one mark and without others (names.def).
struct PolicyRow {
  std::string_view name;
  std::uint8_t with, without;
  unsigned min_rsa_bits;  // of host keys, user keys and authorities
  bool sha1_authorities;  // whether certificates may be signed with SHA-1
};
constexpr PolicyRow kPolicies[] = {
    {"Reference", NameMarks::none, NameMarks::none, 1024, true},
    {"Modern", NameMarks::modern, NameMarks::none, 2048, false},
    {"FIPS", NameMarks::fips, NameMarks::weak | NameMarks::broken, 2048, false},
};

const PolicyRow* find_policy(std::string_view name) noexcept {
  for (const PolicyRow& row : kPolicies)
    if (same_name(row.name, name)) return &row;
  return nullptr;
}

// Takes the next name of a list that people wrote, without the blanks around it: an empty entry
// comes too, to be refused as the name it is. False at the end.
bool take_name(std::string_view& list, std::string_view& name) noexcept {
  if (list.data() == nullptr) return false;
  const std::size_t comma = list.find(',');
  name = list.substr(0, comma);
  while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
  while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
  list = comma == list.npos ? std::string_view() : list.substr(comma + 1);
  return true;
}

void append_name(std::string& list, std::string_view name) {
  if (!list.empty()) list += ',';
  list += name;
}

std::string available_names(ListKind kind, const Provider& provider) {
  std::string out;
  for (const NameRow& row : known_names())
    if (belongs(row, kind) && available(kind, row.name, provider)) append_name(out, row.name);
  return out;
}

// Of the first name that the machine lacks and not this version.
std::string why_absent(std::string_view list) {
  for (std::string_view name; take_name(list, name);)
    if (const char* why = openssl::absent_because(name); *why != '\0')
      return "; " + std::string(name) +
             " needs OpenSSL's provider \"legacy\", which cannot be used: " + why;
  return {};
}

}  // namespace

Refusal check_list(ListKind kind, std::string_view list, const Provider& provider) {
  const std::string noun(noun_of(kind));
  bool any = false;
  for (std::string_view rest = list, name; take_name(rest, name);) {
    const bool here = available(kind, name, provider);
    if (!here && !known(kind, name))
      return {kUnavailable,
              "\"" + std::string(name.substr(0, 64)) + "\" is no " + noun + " that is known"};
    any = any || here;
  }
  if (any) return {};
  return {kUnavailable, "there is no " + noun + " in it that this version has; it has " +
                            available_names(kind, provider) + why_absent(list)};
}

std::string offered_list(ListKind kind, std::string_view list, const Provider& provider) {
  std::string out;
  for (std::string_view rest = list, name; take_name(rest, name);)
    if (available(kind, name, provider) && !list_contains(out, name)) append_name(out, name);
  return out;
}

std::string_view policy_name(std::string_view name) noexcept {
  const PolicyRow* row = find_policy(name);
  return row != nullptr ? row->name : std::string_view();
}

unsigned policy_min_rsa_bits(std::string_view policy) noexcept {
  const PolicyRow* row = find_policy(policy);
  return row != nullptr ? row->min_rsa_bits : 0;
}

bool policy_sha1_authorities(std::string_view policy) noexcept {
  const PolicyRow* row = find_policy(policy);
  return row != nullptr && row->sha1_authorities;
}

std::string policy_list(std::string_view policy, ListKind kind) {
  const PolicyRow* wanted = find_policy(policy);
  std::string out;
  if (wanted == nullptr || wanted->with == NameMarks::none) return out;
  for (const NameRow& row : known_names()) {
    // GSSAPI methods and certificates are asked for by settings of their own.
    const bool own = row.name.starts_with("gss-") || row.name.starts_with("x509v3-") ||
                     row.name.find("-cert-v01@") != row.name.npos;
    if (belongs(row, kind) && row.is(wanted->with) && !row.is(wanted->without) && !own)
      append_name(out, row.name);
  }
  return out;
}

}  // namespace sshauth::abi
