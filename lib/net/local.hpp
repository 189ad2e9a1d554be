// LocalAddresses: where connections come from: the addresses of LocalHost and the LocalPort.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/net/socket.hpp"

namespace sshauth {

class LocalAddresses {
 public:
  LocalAddresses() = default;  // the system's choice
  // `name` is for sentences; `addresses` may be of both families. Without a name: any address,
  // that port.
  LocalAddresses(std::string name, std::vector<Address> addresses, std::uint16_t port);

  // Binds to the one that fits the target. 10048: the port is taken; 10049: none fits, or it is
  // not of this machine.
  NetError bind(Socket& socket, const Address& target) const;

 private:
  const Address* choose(const Address& target) const noexcept;

  std::string name_;
  std::vector<Address> addresses_;
};

// The addresses of the network interface of that name; empty when there is none.
std::vector<Address> interface_addresses(std::string_view name);

}  // namespace sshauth
