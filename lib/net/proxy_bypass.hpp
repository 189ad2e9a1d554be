// Hosts that are reached without the proxy: the object's list of exceptions (ProxyExceptionsList)
// and the environment's no_proxy.
//
//   *                     every host
//   <local>               every name without a dot (addresses have none to speak of)
//   host.example.org      that name; in no_proxy the names below it too
//   .example.org          every name below it
//   *.example.org, web?   patterns over the whole name: * any octets, ? one
//   192.0.2.1, 2001:db8::1, [2001:db8::1]    an address, however it is written
//   192.0.2.0/24, 2001:db8::/32              every address of a network
//
// Each but an IPv6 address without brackets may end in ":port", and then holds for that port alone.
// Entries are separated by ; , or blanks. Case never matters, nor a dot at a name's end. An IPv6
// address that maps an IPv4 one counts as that. Names are never looked up for this, so an address
// on the list says nothing about names that lead to it. Time is linear in the list: a host has at
// most 255 octets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sshauth {

enum class BypassList : std::uint8_t { exceptions, no_proxy };

bool proxy_bypassed(std::string_view list, BypassList kind, std::string_view host,
                    std::uint16_t port);

// The first entry that can never match, such as "10.0.0.0/33", shortened to be shown; empty when
// every one can.
std::string bad_bypass_entry(std::string_view list);

}  // namespace sshauth
