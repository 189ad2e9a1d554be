#include "tools/bench_login_pair.hpp"

#include <cstring>

using sshauth::BenchLogin;

extern "C" __attribute__((noinline)) void bench_client(BenchLogin& login,
                                                       BenchLogin::Do what) noexcept {
  login.turn(0, what);
}
extern "C" __attribute__((noinline)) void bench_server(BenchLogin& login,
                                                       BenchLogin::Do what) noexcept {
  login.turn(1, what);
}

namespace sshauth {
namespace {

void act(BenchLogin& login, std::size_t side, BenchLogin::Do what) noexcept {
  if (side == 0)
    bench_client(login, what);
  else
    bench_server(login, what);
}

bool is(const ipworksauth_octets& octets, std::string_view text) noexcept {
  return same_bytes({octets.data, octets.len}, as_bytes(text));
}

}  // namespace

BenchLogin::BenchLogin(const ipworksauth_engine_config& client, MutBytes client_block,
                       const ipworksauth_engine_config& server, MutBytes server_block,
                       const BenchHosts& hosts) noexcept
    : config_{&client, &server}, block_{client_block, server_block}, hosts_(hosts) {}

int BenchLogin::create() noexcept {
  act(*this, 0, Do::create);
  if (result_ == 0) act(*this, 1, Do::create);
  return result_;
}

void BenchLogin::destroy() noexcept {
  for (const std::size_t side : {std::size_t{0}, std::size_t{1}})
    if (engine_[side] != nullptr) act(*this, side, Do::destroy);
}

void BenchLogin::run() noexcept {
  for (int silent = 0, side = 0; silent < 2; side ^= 1)
    silent = carry(static_cast<std::size_t>(side)) ? 0 : silent + 1;
}

// One flight; false when there was none.
bool BenchLogin::carry(std::size_t from) noexcept {
  if (at_flight != nullptr) at_flight(*this, context);
  act(*this, from, Do::speak);
  if (on_wire_ != 0) {
    act(*this, from ^ 1, Do::hear);
    return true;
  }
  ipworksauth_engine_facts facts;
  ipworksauth_engine_get_facts(engine_[from], &facts);
  if (facts.stage != IPWORKSAUTH_STAGE_ENDED || closed_[from]) return false;
  closed_[from] = true;
  act(*this, from ^ 1, Do::end);
  return true;
}

void BenchLogin::turn(std::size_t side, Do what) noexcept {
  ipworksauth_engine*& e = engine_[side];
  switch (what) {
    case Do::create: {
      const char* why = nullptr;
      result_ = ipworksauth_engine_create(&e, block_[side].data(), block_[side].size(),
                                          config_[side], &why);
      return;
    }
    case Do::speak: {
      work(side);
      const std::uint8_t* at = nullptr;
      std::size_t len = 0;
      on_wire_ = 0;
      while (ipworksauth_engine_pending(e, &at, &len) == 1 && len <= wire_.size() - on_wire_) {
        std::memcpy(wire_.data() + on_wire_, at, len);
        on_wire_ += len;
        ipworksauth_engine_sent(e, len);
        work(side);
      }
      return;
    }
    case Do::hear: {
      std::size_t used = 0;
      for (std::size_t at = 0; at < on_wire_; at += used) {
        ipworksauth_engine_receive(e, wire_.data() + at, on_wire_ - at, &used);
        if (used < on_wire_ - at) work(side);
      }
      return;
    }
    case Do::end:
      ipworksauth_engine_receive_end(e);
      work(side);
      return;
    case Do::destroy:
      ipworksauth_engine_destroy(e);
      e = nullptr;
      return;
  }
}

void BenchLogin::work(std::size_t side) noexcept {
  ipworksauth_event ev;
  while (ipworksauth_engine_next_event(engine_[side], &ev) == 1) {
    if (ev.kind == IPWORKSAUTH_EVENT_AUTHENTICATED) open_[side] = true;
    if (ev.kind >= IPWORKSAUTH_EVENT_HOST_KEY) answer(side, ev);
  }
}

void BenchLogin::answer(std::size_t side, const ipworksauth_event& ev) noexcept {
  ipworksauth_engine* const e = engine_[side];
  const auto* password = hosts_.password.data();
  switch (ev.kind) {
    case IPWORKSAUTH_EVENT_HOST_KEY:
      ipworksauth_engine_answer_host_key(e, IPWORKSAUTH_ACCEPT_HOST_KEY);
      return;
    case IPWORKSAUTH_EVENT_SIGN: {
      const auto* key = side == 0 ? hosts_.user_key : hosts_.host_key;
      if (key == nullptr || ipworksauth_engine_answer_private_key(e, key) != 0)
        ipworksauth_engine_answer_signature(e, nullptr, 0);
      return;
    }
    case IPWORKSAUTH_EVENT_PASSWORD:
      ipworksauth_engine_answer_password(e, password, hosts_.password.size());
      return;
    case IPWORKSAUTH_EVENT_PROMPTS: answer_prompts(e, ev.num); return;
    case IPWORKSAUTH_EVENT_REQUEST:
    case IPWORKSAUTH_EVENT_RESPONSES: answer_request(e, ev); return;
    default: ipworksauth_engine_disconnect(e, 11, nullptr);
  }
}

void BenchLogin::answer_prompts(ipworksauth_engine* e, std::uint32_t num) noexcept {
  ipworksauth_octets responses[8];
  for (ipworksauth_octets& r : responses)
    r = {as_bytes(hosts_.password).data(), hosts_.password.size()};
  if (num > 8 || ipworksauth_engine_answer_prompts(e, responses, num) != 0)
    ipworksauth_engine_answer_prompts(e, nullptr, 0);
}

void BenchLogin::answer_request(ipworksauth_engine* e, const ipworksauth_event& ev) noexcept {
  bool right = false;
  if (ev.kind == IPWORKSAUTH_EVENT_RESPONSES) {
    ipworksauth_octets response{};
    right = ev.num == 1 && ipworksauth_engine_prompt(e, 0, &response, nullptr) == 0 &&
            is(response, hosts_.password);
  } else if (is(ev.method, "keyboard-interactive")) {
    const ipworksauth_prompt prompt = {hosts_.prompt.data(), 0};
    if (ipworksauth_engine_answer_ask(e, "", "", &prompt, 1) == 0) return;
  } else if (is(ev.method, "password")) {
    right = is(ev.data, hosts_.password);
  } else if (is(ev.method, "publickey")) {
    right = hosts_.user_key != nullptr;  // the signature was verified; whose it is does not matter
  }
  ipworksauth_engine_answer_request(e, right ? IPWORKSAUTH_ACCEPT : IPWORKSAUTH_REFUSE, nullptr);
}

}  // namespace sshauth
