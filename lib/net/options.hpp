// What may be set about a TCP connection before it is made.
#pragma once

#include <cstdint>
#include <string>

namespace sshauth {

// The values are those of the UseIPv6 setting.
enum class IpMode : std::uint8_t { v4_only = 0, v6_only = 1, v6_preferred = 2 };

struct SocketOptions {
  IpMode ip_mode = IpMode::v4_only;
  std::string local_host;  // address (or name) to bind to; empty: the system's choice
  std::uint16_t local_port = 0;

  bool no_delay = false;
  bool keep_alive = false;
  // Milliseconds, milliseconds, probes; 0: the system's. The system counts in whole seconds.
  unsigned keep_alive_time = 0;
  unsigned keep_alive_interval = 0;
  unsigned keep_alive_count = 0;
  bool linger = true;  // false: closing resets the connection and drops what is unsent
  // Seconds that the end of a login may wait for what is unsent, which is dropped then; 0: it is
  // left to the system. Whoever owns the socket waits: SO_LINGER would block in close.
  unsigned linger_time = 0;
  unsigned receive_buffer = 0;  // octets; 0: the system's
  unsigned send_buffer = 0;
};

}  // namespace sshauth
