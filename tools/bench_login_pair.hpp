// One login, client engine against server engine in memory, with nothing around it: no heap, no
// strings, no events kept. For measuring, and for tests of what the engines alone do with memory.
//
// Every call of the client is made inside bench_client, every call of the server inside
// bench_server: two functions that callgrind can be told to count by name.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "ipworksauth/engine.h"
#include "lib/base/bytes.hpp"

namespace sshauth {

// What the two hosts answer. The same password answers every prompt.
struct BenchHosts {
  const ipworksauth_private_key* host_key = nullptr;
  const ipworksauth_private_key* user_key = nullptr;
  std::string_view password;
  std::string_view prompt = "Password: ";  // of the keyboard-interactive request
};

class BenchLogin {
 public:
  // Blocks for the engines, aligned to 16; they and the rest must outlive this object.
  BenchLogin(const ipworksauth_engine_config& client, MutBytes client_block,
             const ipworksauth_engine_config& server, MutBytes server_block,
             const BenchHosts& hosts) noexcept;
  ~BenchLogin() noexcept { destroy(); }
  BenchLogin(const BenchLogin&) = delete;
  BenchLogin& operator=(const BenchLogin&) = delete;

  // Makes both engines: IPWORKSAUTH_OK or the first error.
  int create() noexcept;
  // Carries octets until both are silent; a side that ended has its connection closed.
  void run() noexcept;
  void destroy() noexcept;

  bool client_open() const noexcept { return open_[0]; }
  bool server_open() const noexcept { return open_[1]; }
  ipworksauth_engine* client() const noexcept { return engine_[0]; }
  ipworksauth_engine* server() const noexcept { return engine_[1]; }
  // Called, if set, before each flight is carried.
  void (*at_flight)(BenchLogin& login, void* context) = nullptr;
  void* context = nullptr;

  // For bench_client and bench_server: what one call of a side does.
  enum class Do : std::uint8_t { create, speak, hear, end, destroy };
  void turn(std::size_t side, Do what) noexcept;

 private:
  void answer(std::size_t side, const ipworksauth_event& ev) noexcept;
  void answer_prompts(ipworksauth_engine* e, std::uint32_t num) noexcept;
  void answer_request(ipworksauth_engine* e, const ipworksauth_event& ev) noexcept;
  void work(std::size_t side) noexcept;
  bool carry(std::size_t from) noexcept;

  const ipworksauth_engine_config* config_[2];
  MutBytes block_[2];
  BenchHosts hosts_;
  ipworksauth_engine* engine_[2] = {nullptr, nullptr};
  bool open_[2] = {false, false};
  bool closed_[2] = {false, false};  // the other side was told that this one is gone
  int result_ = 0;
  std::array<std::uint8_t, std::size_t{64} * 1024> wire_{};
  std::size_t on_wire_ = 0;
};

}  // namespace sshauth

extern "C" void bench_client(sshauth::BenchLogin& login, sshauth::BenchLogin::Do what) noexcept;
extern "C" void bench_server(sshauth::BenchLogin& login, sshauth::BenchLogin::Do what) noexcept;
