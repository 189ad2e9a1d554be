#include "dns_server.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <cctype>

namespace sshauth::test {
namespace {

constexpr std::size_t kHeader = 12;  // RFC 1035 §4.1.1
constexpr int kA = 1, kCname = 5, kAaaa = 28;
constexpr std::size_t kMaxUdp = 512;

std::string u16(std::size_t value) {
  return {static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}
std::size_t u16_at(const std::string& s, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(s[at]) << 8 |
                                  static_cast<unsigned char>(s[at + 1]));
}

std::string encoded(const std::string& name) {
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t dot = std::min(name.find('.', at), name.size());
    out += static_cast<char>(dot - at);
    out += name.substr(at, dot - at);
    at = dot + 1;
  }
  return out + '\0';
}

std::string record(const std::string& owner, int type, const std::string& data) {
  return encoded(owner) + u16(static_cast<std::size_t>(type)) + u16(1) + u16(0) + u16(60) +
         u16(data.size()) + data;
}

// Empty when the text is no address of that type.
std::string octets_of(const std::string& text, int type) {
  char out[16];
  const int family = type == kA ? AF_INET : AF_INET6;
  if (::inet_pton(family, text.c_str(), out) != 1) return {};
  return {out, type == kA ? 4U : 16U};
}

std::string records_of(const DnsAnswer& answer, std::string owner, int type, std::size_t& count) {
  std::string out;
  for (const std::string& alias : answer.aliases) {
    out += record(owner, kCname, encoded(alias));
    owner = alias;
    ++count;
  }
  for (const std::string& address : answer.addresses) {
    std::string data = octets_of(address, type);
    for (unsigned i = 0; i < answer.copies && !data.empty(); ++i, ++count) {
      out += record(owner, type, data);
      data[data.size() - 2] = static_cast<char>(i >> 8);
      data.back() = static_cast<char>(i);
    }
  }
  return out;
}

}  // namespace

DnsServer::DnsServer() {
  REQUIRE(WaitSet::open(set_).ok());
  bool opened = false;
  // The free UDP port may be a busy TCP port.
  for (int i = 0; i < 20 && !opened; ++i) opened = open();
  REQUIRE(opened);
}

bool DnsServer::open() {
  udp_ = Descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  Address at;
  REQUIRE(parse_address("127.0.0.1", at));
  REQUIRE(::bind(udp_.get(), at.data(), at.len()) == 0);
  sockaddr_storage bound{};
  socklen_t len = sizeof bound;
  auto* name = static_cast<sockaddr*>(static_cast<void*>(&bound));
  REQUIRE(::getsockname(udp_.get(), name, &len) == 0);
  if (!Listener::open(false, Address(name, len).port(), tcp_).ok()) return false;
  return set_.watch(udp_.get(), true, false) && set_.watch(tcp_.fd(), true, false);
}

std::string DnsServer::address() const { return "127.0.0.1:" + std::to_string(tcp_.port()); }

std::string DnsServer::reply_to(const std::string& query, bool tcp, DnsAnswer::How& how) {
  REQUIRE(query.size() > kHeader);
  std::string name;
  std::size_t at = kHeader;
  while (query.at(at) != 0) {
    const auto len = static_cast<unsigned char>(query[at]);
    if (!name.empty()) name += '.';
    name += query.substr(at + 1, len);
    at += len + 1U;
  }
  const auto type = static_cast<int>(u16_at(query, at + 1));
  std::string question = query.substr(kHeader, at + 5 - kHeader);
  asked.push_back((tcp ? "tcp " : "") + std::string(type == kA ? "A " : "AAAA ") + name);
  CHECK((type == kA || type == kAaaa));
  const DnsAnswer answer = script((type == kA ? "A " : "AAAA ") + name);
  how = answer.how;
  std::size_t count = 0;
  std::string records = records_of(answer, name, type, count);
  if (how == DnsAnswer::How::wrong_question)
    question = encoded("other.test") + question.substr(name.size() + 2);
  const bool too_long = !tcp && kHeader + question.size() + records.size() > kMaxUdp;
  std::size_t number = u16_at(query, 0);
  if (how == DnsAnswer::How::wrong_number) number ^= 0x5555;
  const std::size_t flags =
      0x8180U | static_cast<std::size_t>(answer.rcode) | (too_long ? 0x0200U : 0U);
  if (too_long) {
    records.clear();
    count = 0;
  }
  std::string reply =
      u16(number) + u16(flags) + u16(1) + u16(count) + u16(0) + u16(0) + question + records;
  if (how == DnsAnswer::How::cut) reply.resize(reply.size() - 3);
  if (how == DnsAnswer::How::noise)
    reply.replace(kHeader, std::string::npos, std::string(40, '\xff'));
  return reply;
}

void DnsServer::step() {
  step_udp();
  for (Socket fresh = tcp_.accept(); fresh; fresh = tcp_.accept()) {
    set_.watch(fresh.fd(), true, false);
    streams_.push_back({std::move(fresh), ""});
  }
  for (std::size_t i = 0; i < streams_.size();)
    if (step_tcp(streams_[i]))
      ++i;
    else
      streams_.erase(streams_.begin() + static_cast<std::ptrdiff_t>(i));
}

void DnsServer::step_udp() {
  for (;;) {
    char in[2048];
    Held held{};
    held.len = sizeof held.to;
    auto* from = static_cast<sockaddr*>(static_cast<void*>(&held.to));
    const ssize_t n = ::recvfrom(udp_.get(), in, sizeof in, 0, from, &held.len);
    if (n < 0) return;
    DnsAnswer::How how{};
    held.reply = reply_to(std::string(in, static_cast<std::size_t>(n)), false, how);
    if (how == DnsAnswer::How::silence) continue;
    if (how == DnsAnswer::How::hold)
      held_.push_back(held);
    else
      ::sendto(udp_.get(), held.reply.data(), held.reply.size(), 0, from, held.len);
  }
}

void DnsServer::release() {
  for (Held& held : held_)
    ::sendto(udp_.get(), held.reply.data(), held.reply.size(), 0,
             static_cast<sockaddr*>(static_cast<void*>(&held.to)), held.len);
  held_.clear();
}

// RFC 1035 §4.2.2: two octets of length before each message.
bool DnsServer::step_tcp(Stream& stream) {
  std::uint8_t in[2048];
  const IoResult io = stream.socket.receive(in);
  if (io.kind == IoKind::would_block) return true;
  if (io.kind != IoKind::some) return false;
  stream.in += as_text(Bytes(in, io.len));
  while (stream.in.size() >= 2 && stream.in.size() - 2 >= u16_at(stream.in, 0)) {
    const std::size_t len = u16_at(stream.in, 0);
    DnsAnswer::How how{};
    const std::string reply = reply_to(stream.in.substr(2, len), true, how);
    stream.in.erase(0, len + 2);
    const std::string out = u16(reply.size()) + reply;
    for (std::size_t at = 0; at < out.size();) {
      const IoResult sent = stream.socket.send(as_bytes(std::string_view(out).substr(at)));
      if (sent.kind != IoKind::some) return false;
      at += sent.len;
    }
  }
  return true;
}

}  // namespace sshauth::test
