// Hooks of plain values.
#include "abi/hooks.hpp"

#include "abi/object.hpp"
#include "abi/pattern.hpp"
#include "lib/crypto/openssl/library.hpp"
#include "lib/net/proxy.hpp"
#include "lib/net/proxy_bypass.hpp"

namespace sshauth::abi {

namespace {

Refusal bad(Slot slot, std::string_view why) {
  return {kBadArgument, std::string(row_of(slot).name) + ": " + std::string(why)};
}

bool printable_ascii(std::string_view text) noexcept {
  for (const char c : text)
    if (c < 0x20 || c > 0x7e) return false;
  return true;
}

bool has_control(std::string_view text) noexcept {
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f) return true;
  }
  return false;
}

}  // namespace

// RFC 1928 and others: 80 is the reference's port for CONNECT.
Refusal set_firewall_type(Object& object, Slot slot, Value& value) {
  switch (value.number) {
    case IPWORKSAUTH_FW_NONE: return {};
    case IPWORKSAUTH_FW_TUNNEL: object.put_number(Slot::FirewallPort, 80); return {};
    case IPWORKSAUTH_FW_SOCKS4:
    case IPWORKSAUTH_FW_SOCKS5:
    case IPWORKSAUTH_FW_SOCKS4A: object.put_number(Slot::FirewallPort, 1080); return {};
    default:
      return bad(slot, std::to_string(value.number) +
                           " is no type of proxy; 0 none, 1 HTTP CONNECT, 2 SOCKS4, 3 SOCKS5 and "
                           "10 SOCKS4a are");
  }
}

// Anything that could end a line or the header early would let the value speak to the proxy.
Refusal set_firewall_data(Object&, Slot slot, Value& value) {
  const NetError error = check_proxy_headers(value.text->view());
  return error.ok() ? Refusal() : bad(slot, error.text);
}

Refusal set_proxy_exceptions(Object&, Slot slot, Value& value) {
  const std::string entry = bad_bypass_entry(value.text->view());
  if (entry.empty()) return {};
  return bad(slot,
             "\"" + entry +
                 "\" is no name, pattern, address or network such as 10.0.0.0/8, each with or "
                 "without :port; semicolons separate them");
}

Refusal set_host_name(Object&, Slot slot, Value& value) {
  const std::string_view host = value.text->view();
  if (host.size() > 1024) return bad(slot, "a host name has at most 1,024 octets");
  if (has_control(host) || host.find(' ') != host.npos)
    return bad(slot, "a host name or address has no spaces and no control characters");
  return {};
}

// Setting the address that a name was looked up to leaves the name: it is what known_hosts and the
// next login go by, and hosts like to set what they have just read.
Refusal set_remote_host(Object& object, Slot slot, Value& value) {
  const std::string& address = object.resolved(slot);
  if (!address.empty() && value.text->view() == address) {
    value.text = make_text(object.text(slot));
    return {};
  }
  if (Refusal refusal = set_host_name(object, slot, value); !refusal.ok()) return refusal;
  object.forget_address(slot);
  if (slot == Slot::SSHHost) object.forget_hint();
  return {};
}

Refusal set_ssh_port(Object& object, Slot slot, Value& value) {
  if (value.number == 0) return {kZeroPort, "SSHPort: 0 is no port of a server; 1 to 65535 are"};
  object.forget_hint();
  return check_range(row_of(slot), value.number);
}

// RFC 4253 §4.2: printable US-ASCII, 255 octets with CR LF.
Refusal set_identification(Object&, Slot slot, Value& value) {
  const std::string_view text = value.text->view();
  if (!text.starts_with("SSH-2.0-") || text.size() == 8)
    return bad(slot, "it must begin with \"SSH-2.0-\" and a software name");
  if (text.size() > 253) return bad(slot, "it has at most 253 octets");
  if (!printable_ascii(text)) return bad(slot, "only printable US-ASCII is allowed");
  return {};
}

Refusal set_version_patterns(Object&, Slot slot, Value& value) {
  std::string_view list = value.text->view(), pattern;
  std::size_t num = 0;
  for (; next_pattern(list, pattern); ++num)
    if (const std::string_view problem = pattern_problem(pattern); !problem.empty())
      return bad(slot, "\"" + std::string(pattern.substr(0, 60)) + "\" " + std::string(problem));
  if (num == 0) return bad(slot, "at least one pattern is needed; \"*\" accepts every server");
  return {};
}

Refusal set_prompt_pattern(Object&, Slot slot, Value& value) {
  const std::string_view problem = pattern_problem(value.text->view());
  return problem.empty() ? Refusal() : bad(slot, "the pattern " + std::string(problem));
}

// As long as the system takes it (unix(7)), so that a wrong one is refused where it is set.
Refusal set_agent_socket(Object&, Slot slot, Value& value) {
  constexpr std::size_t kMaxPath = 107;
  if (value.text->size() <= kMaxPath) return {};
  return bad(slot, "a socket's path has at most " + std::to_string(kMaxPath) + " octets");
}

Refusal set_hint(Object& object, Slot slot, Value& value) {
  if (value.text->size() > 1024 || !printable_ascii(value.text->view()))
    return bad(slot, "it is not what an earlier login gave");
  object.forget_hint();
  return {};
}

Refusal set_hash(Object&, Slot slot, Value& value) {
  for (const std::string_view name : {"MD5", "SHA1", "SHA256"})
    if (same_name(value.text->view(), name)) {
      value.text = make_text(name);
      return {};
    }
  return bad(slot, "\"" + std::string(value.text->view().substr(0, 40)) +
                       "\" is not one of MD5, SHA1 and SHA256");
}

Refusal set_keep_alive(Object& object, Slot slot, Value& value) {
  if (Refusal refusal = check_range(row_of(slot), value.number); !refusal.ok()) return refusal;
  object.put_number(Slot::TCPKeepAlive, 1);
  return {};
}

Refusal set_channel_length(Object&, Slot slot, Value& value) {
  SlotRow row = row_of(slot);
  row.kind = Kind::integer;
  std::int64_t number = 0;
  if (Refusal refusal = parse_number(row, value.text->view(), number); !refusal.ok())
    return refusal;
  value.text = make_text(std::to_string(number));
  return {};
}

// The texts of a callback that runs are in the present page, the one it will answer with included.
Refusal set_code_page(Object& object, Slot slot, Value& value) {
  if (object.in_callback())
    return {kBadState, std::string(row_of(slot).name) +
                           ": not while a callback runs, whose texts are in the present code page"};
  Refusal refusal = object.charset().open(value.number);
  if (!refusal.ok()) refusal.text = std::string(row_of(slot).name) + ": " + refusal.text;
  return refusal;
}

// The process's, so what is stored in the object is never looked at.
Refusal set_fips(Object&, Slot slot, Value& value) {
  char why[256];
  if (value.number == 0) {
    openssl::use_default();
    return {};
  }
  if (openssl::use_fips(why, sizeof why)) return {};
  return {kNoSecurityLibrary,
          std::string(row_of(slot).name) + ": OpenSSL's FIPS provider cannot be used: " + why};
}

Refusal get_fips(Object&, Slot, Value& value) {
  value.number = openssl::library() != nullptr ? 1 : 0;
  return {};
}

Refusal set_nothing(Object&, Slot slot, Value&) { return bad(slot, "it is read-only"); }

}  // namespace sshauth::abi
