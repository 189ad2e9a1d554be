// From the object's values to a ClientConfig, and the methods that run a login.
#include "abi/algorithms.hpp"
#include "abi/object.hpp"
#include "abi/pattern.hpp"
#include "abi/shown.hpp"
#include "abi/trust.hpp"
#include "lib/crypto/public_key.hpp"
#include "lib/keys/ssh_certificate.hpp"
#include "lib/net/agent.hpp"
#include "lib/wire/name_list.hpp"

namespace sshauth::abi {

namespace {

unsigned as_unsigned(std::int64_t number) noexcept { return static_cast<unsigned>(number); }

// AuthMode 0 is a login without a name (the reference's word for it).
constexpr std::string_view kNobody = "anonymous";

struct ModeRow {
  int mode;
  std::string_view method;
};
constexpr ModeRow kModes[] = {
    {IPWORKSAUTH_AM_NONE, "none"},
    {IPWORKSAUTH_AM_PASSWORD, "password"},
    {IPWORKSAUTH_AM_PUBLIC_KEY, "publickey"},
    {IPWORKSAUTH_AM_KEYBOARD_INTERACTIVE, "keyboard-interactive"},
    {IPWORKSAUTH_AM_GSSAPI_WITH_MIC, "gssapi-with-mic"},
    {IPWORKSAUTH_AM_CUSTOM, "custom"},
    {IPWORKSAUTH_AM_GSSAPI_KEYEX, "gssapi-keyex"},
};

void add_once(std::vector<std::string>& names, std::string_view name) {
  for (const std::string& have : names)
    if (have == name) return;
  names.emplace_back(name);
}

// Among several methods Kerberos is one only where a setting speaks of it: to look for a KDC may
// take long where there is none.
bool means_kerberos(const ClientConfig& config) noexcept {
  return !config.kerberos.spn.empty() || !config.kerberos.realm.empty();
}

bool is_default_store(const StoreSpec& spec) noexcept {
  return spec.type == IPWORKSAUTH_CST_USER && spec.store == "MY";
}

}  // namespace

// ---- the user's key ----

StoreSpec Object::store() const {
  return {static_cast<int>(number(Slot::SSHCertStoreType)), text(Slot::SSHCertStore),
          text(Slot::SSHCertStorePassword), text(Slot::SecurityKeyProvider),
          flag(Slot::PKCS11LastTry)};
}

void Object::choose_key(KeyPtr key, bool asked) {
  put_text(Slot::SSHCertSubject, key != nullptr ? key_subject(*key) : "");
  put_text(Slot::SSHCertEncoded, key != nullptr ? key_encoded(*key) : "");
  if (key == nullptr && !asked) passed_over_ = {};  // of another store
  key_ = std::move(key);
  key_asked_ = asked;
}

// SSHCertEncoded may name a public key that no store has.
void Object::want_of_agent(AgentUse& agent) const {
  KeyPtr key = key_;
  if (key == nullptr && !text(Slot::SSHCertEncoded).empty())
    static_cast<void>(read_key(text(Slot::SSHCertEncoded), {}, key));
  if (key == nullptr) return;
  const Bytes blob = key->public_blob();
  agent.wanted.emplace_back(blob.begin(), blob.end());
}

std::string Object::about_passed_over() const {
  return passed_over_.num != 0 ? ": " + passed_over_sentence(passed_over_) : std::string();
}

// Where no key was named: the one that SignedSSHCert is of, rather with its private half; else the
// first that can sign.
KeyPtr Object::automatic_choice(const std::vector<KeyPtr>& keys) const {
  CertificateLine line;
  std::vector<KeyPtr> certified;
  if (parse_certificate_line(text(Slot::SignedSSHCert), line).ok())
    for (const KeyPtr& key : keys)
      if (certifies(line.blob, key->public_blob())) certified.push_back(key);
  return first_choice(certified.empty() ? keys : certified);
}

// A mode that can do without a key still fails where the host named a store that does not open.
Refusal Object::prepare_key(ClientConfig& config, bool wished) {
  const bool named = key_asked_ || !is_default_store(store());
  const bool needed = wished && config.agent.mode == AgentUse::Mode::off;
  if (key_ == nullptr && !key_asked_ && (wished || named)) {
    std::vector<KeyPtr> keys;
    Refusal refusal = open_keys(keys);
    if (!refusal.ok() && (needed || named)) return refusal;
    if (refusal.ok()) choose_key(automatic_choice(keys), false);
  }
  if (passed_over_.num != 0) config.remarks.push_back("SSHCertStore" + about_passed_over());
  // Else an agent would be asked for whatever it has.
  const bool nothing_fits = key_asked_ && key_ == nullptr && text(Slot::SSHCertEncoded).empty();
  if (nothing_fits && config.agent.mode != AgentUse::Mode::off)
    return {kNoKey, "SSHCertSubject: nothing in SSHCertStore fits it" + about_passed_over()};
  if (named) want_of_agent(config.agent);
  if (key_ == nullptr && needed)
    return {kNoKey,
            "AuthMode 3 needs a key: nothing in SSHCertStore fits the SSHCertSubject or "
            "SSHCertEncoded that was set" +
                about_passed_over()};
  if (Refusal refusal = prepare_certificate(config, named); !refusal.ok()) return refusal;
  if (key_ != nullptr && key_->can_sign()) config.identities.push_back(key_);
  if (key_ != nullptr && !key_->can_sign() && needed)
    return {kNoPrivateKey,
            "SSHCertStore holds the public half of the key alone; a private key file "
            "(SSHCertStoreType 6) is needed to authenticate with it"};
  return {};
}

void Object::prepare_kerberos(ClientConfig& config) {
  config.kerberos.spn = text(Slot::KerberosSPN);
  config.kerberos.realm = text(Slot::KerberosRealm);
  config.kerberos.library = text(Slot::GSSAPILibrary);
  config.kerberos.password.reset();
  if (const std::string_view password = text(Slot::Password); !password.empty())
    config.kerberos.password.emplace(as_bytes(password));
  config.delegate = flag(Slot::KerberosDelegation);
}

// EnablePageantAuth. A key that is named, if only by its public half, is the one to use.
void Object::prepare_agent(ClientConfig& config) {
  AgentUse& agent = config.agent;
  agent = AgentUse();
  const std::int64_t mode = number(Slot::AuthMode);
  const std::int64_t wish = number(Slot::EnablePageantAuth);
  if (wish == 2) agent.mode = AgentUse::Mode::only;
  if (wish == 1 && mode != IPWORKSAUTH_AM_NONE && mode != IPWORKSAUTH_AM_CUSTOM)
    agent.mode = AgentUse::Mode::when_there;
  agent.socket = text(Slot::AgentSocket);
  if (agent.socket.empty()) agent.socket = agent_of_environment();
  agent.most_keys = static_cast<std::size_t>(number(Slot::AgentKeyLimit));
}

// What an agent adds to the methods of an AuthMode.
void Object::prepare_agent_methods(ClientConfig& config) {
  if (config.agent.mode == AgentUse::Mode::off) return;
  if (config.agent.mode == AgentUse::Mode::only) {
    config.methods = {"publickey"};
    config.try_all = false;
    return;
  }
  if (config.methods == std::vector<std::string>{"publickey"}) return;
  // Keys of the agent that are refused are followed by what AuthMode asks for.
  config.try_all = true;
  std::erase(config.methods, "publickey");
  const bool asks_first = !config.methods.empty() && config.methods.front() == "none";
  config.methods.insert(config.methods.begin() + (asks_first ? 1 : 0), "publickey");
}

// An agent may have the key; which it is, the certificate says itself.
Refusal Object::prepare_certificate(ClientConfig& config, bool named) {
  config.user_certificate.clear();
  config.user_certificate_algorithms.clear();
  const std::string_view signed_cert = text(Slot::SignedSSHCert);
  const bool agent = config.agent.mode != AgentUse::Mode::off;
  if (signed_cert.empty() || (key_ == nullptr && !agent)) return {};
  CertificateLine line;
  if (const KeyError error = parse_certificate_line(signed_cert, line); !error.ok())
    return {kBadArgument, "SignedSSHCert: " + error.text};
  const bool fits = key_ != nullptr && certifies(line.blob, key_->public_blob());
  if (!fits && (named || !agent))
    return {kBadArgument,
            "SignedSSHCert is the certificate of another key than the one in "
            "SSHCertStore"};
  Blob plain;
  if (const KeyError error = take_certified_key(line.blob, plain); !error.ok())
    return {kBadArgument, "SignedSSHCert: " + error.text};
  if (agent && !named) config.agent.wanted.push_back(std::move(plain));
  config.user_certificate = std::move(line.blob);
  // The name of the type itself says nothing about the hash: the better ones are tried first.
  if (line.algorithm == "ssh-rsa-cert-v01@openssh.com")
    line.algorithm =
        "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com," + line.algorithm;
  config.user_certificate_algorithms =
      offered_list(ListKind::signature, line.algorithm, provider());
  return {};
}

// The lists of old do not name the algorithms of security keys; who has such a key, or asks an
// agent that may have one, means to use it. A list of the host's own is taken as it is.
void Object::allow_security_keys(ClientConfig& config) const {
  if (own_sig_algorithms_) return;
  bool wanted = config.agent.mode != AgentUse::Mode::off;
  for (const auto& key : config.identities) wanted = wanted || is_for_users_only(key->type());
  for (const SigAlg* row : sigs(*config.provider))
    if (wanted && is_for_users_only(row->name) && !list_contains(config.sig_algorithms, row->name))
      config.sig_algorithms += "," + std::string(row->name);
}

Refusal Object::prepare_user(ClientConfig& config) {
  const std::int64_t mode = number(Slot::AuthMode);
  const bool try_all = flag(Slot::TryAllAvailableAuthMethods);
  const bool every = mode == IPWORKSAUTH_AM_MULTI_FACTOR || try_all;
  config.user = mode == IPWORKSAUTH_AM_NONE ? kNobody : text(Slot::User);
  config.try_all = try_all;

  config.identities.clear();
  prepare_agent(config);
  const bool with_agent = config.agent.mode != AgentUse::Mode::off;
  const bool wished =
      mode == IPWORKSAUTH_AM_PUBLIC_KEY && config.agent.mode != AgentUse::Mode::only;
  if (every || with_agent || wished)
    if (Refusal refusal = prepare_key(config, wished); !refusal.ok()) return refusal;

  allow_security_keys(config);

  const std::string_view password = text(Slot::Password);
  config.password.reset();
  if (mode == IPWORKSAUTH_AM_PASSWORD || !password.empty())
    config.password = SecretBytes(as_bytes(password));
  config.is_password_prompt = nullptr;
  if (const std::string_view pattern = text(Slot::PasswordPrompt); !pattern.empty())
    config.is_password_prompt = [pattern = std::string(pattern)](std::string_view prompt) {
      return pattern_match(pattern, prompt);
    };

  config.methods.clear();
  for (const ModeRow& row : kModes)
    if (row.mode == mode) config.methods.emplace_back(row.method);
  prepare_kerberos(config);
  if (every) add_every_method(config, mode, !password.empty());
  prepare_agent_methods(config);
  return {};
}

// What there is a credential for.
void Object::add_every_method(ClientConfig& config, std::int64_t mode, bool has_password) {
  // The server's list decides what comes next, so it is asked for it first.
  if (mode == IPWORKSAUTH_AM_MULTI_FACTOR) add_once(config.methods, "none");
  if (!config.identities.empty()) add_once(config.methods, "publickey");
  if (means_kerberos(config)) add_once(config.methods, "gssapi-with-mic");
  if (has_password) add_once(config.methods, "password");
  if (has_sink() || config.is_password_prompt) add_once(config.methods, "keyboard-interactive");
}

// ---- the rest ----

Refusal Object::prepare_trust(ClientConfig& config) {
  auto trust = std::make_shared<HostTrust>();
  if (const std::string_view key = text(Slot::SSHAcceptServerHostKeyEncoded); !key.empty())
    if (Refusal refusal = pin_key(trust->pinned(), key); !refusal.ok()) return refusal;
  if (const std::string_view list = text(Slot::SSHAcceptServerHostKeyFingerPrint); !list.empty())
    if (const KeyError error = trust->pinned().add_fingerprints(list); !error.ok())
      return {kBadArgument, error.text};
  if (Refusal refusal = add_known_hosts(trust->known_hosts(), text(Slot::KnownHosts));
      !refusal.ok())
    return refusal;
  remark_known_hosts(trust->known_hosts(), config.remarks);
  if (Refusal refusal = add_authorities(*trust, text(Slot::SSHAcceptServerCAKey)); !refusal.ok())
    return refusal;
  if (const std::string path(text(Slot::SSHTrustedCAFile)); !path.empty())
    if (const KeyError error = trust->x509().add_file(path); !error.ok())
      return {kCannotOpenFile, "SSHTrustedCAFile: " + error.text};
  const std::string_view policy = text(Slot::SecurityPolicy);
  config.sha1_authorities = policy_sha1_authorities(policy);
  config.min_rsa_bits = policy_min_rsa_bits(policy);
  config.trust = std::move(trust);
  config.accept_any_host_key = flag(Slot::SSHAcceptAnyServerHostKey);
  return {};
}

Refusal Object::prepare_lists(ClientConfig& config) {
  struct ListTarget {
    Slot slot;
    ListKind kind;
    std::string ClientConfig::*names;
  };
  constexpr ListTarget kLists[] = {
      {Slot::SSHKeyExchangeAlgorithms, ListKind::kex, &ClientConfig::kex_algorithms},
      {Slot::SSHPublicKeyAlgorithms, ListKind::host_key, &ClientConfig::host_key_algorithms},
      {Slot::SSHEncryptionAlgorithms, ListKind::cipher, &ClientConfig::ciphers},
      {Slot::SSHMacAlgorithms, ListKind::mac, &ClientConfig::macs},
      {Slot::SSHCompressionAlgorithms, ListKind::compression, &ClientConfig::compressions},
      {Slot::SSHPubKeyAuthSigAlgorithms, ListKind::signature, &ClientConfig::sig_algorithms},
  };
  for (const ListTarget& list : kLists) {
    config.*list.names = offered_list(list.kind, text(list.slot), provider());
    // "" would stand for everything there is, which is not what the host asked for.
    if ((config.*list.names).empty())
      return {kUnavailable,
              std::string(row_of(list.slot).name) + ": none of its algorithms is in this version"};
  }
  return {};
}

void Object::prepare_protocol(ClientConfig& config) {
  config.identification = text(Slot::ClientSSHVersionString);
  config.accept_identification =
      [patterns = std::string(text(Slot::SSHVersionPattern))](std::string_view line) {
        return any_pattern_matches(patterns, line);
      };
  config.strict_kex = as_unsigned(number(Slot::UseStrictKeyExchange));
  config.kex_guess = as_unsigned(number(Slot::KexGuess));
  config.guess_hint = text(Slot::KexGuessHint);
  config.group_bits = as_unsigned(number(Slot::PreferredDHGroupBits));
  config.rekey_octets = static_cast<std::uint64_t>(number(Slot::KeyRenegotiationThreshold));
  config.keepalive_interval = static_cast<std::uint64_t>(number(Slot::SSHKeepAliveInterval));
  config.keepalive_count = as_unsigned(number(Slot::SSHKeepAliveCountMax));
  config.wait_for_server_disconnect = flag(Slot::WaitForServerDisconnect);
  config.log_level = static_cast<int>(number(Slot::LogLevel));
}

void Object::prepare_network(ClientConfig& config) {
  config.host = text(Slot::SSHHost);
  config.port = static_cast<std::uint16_t>(number(Slot::SSHPort));
  SocketOptions& socket = config.socket;
  socket.ip_mode = static_cast<IpMode>(number(Slot::UseIPv6));
  config.lookup.system = flag(Slot::SystemResolver);
  socket.local_host = text(Slot::LocalHost);
  socket.local_port = static_cast<std::uint16_t>(number(Slot::LocalPort));
  socket.no_delay = flag(Slot::TcpNoDelay);
  socket.keep_alive = flag(Slot::TCPKeepAlive);
  socket.keep_alive_time = as_unsigned(number(Slot::KeepAliveTime));
  socket.keep_alive_interval = as_unsigned(number(Slot::KeepAliveInterval));
  socket.keep_alive_count = as_unsigned(number(Slot::KeepAliveRetryCount));
  socket.linger = flag(Slot::Linger);
  socket.linger_time = as_unsigned(number(Slot::LingerTime));
  socket.receive_buffer = as_unsigned(number(Slot::InBufferSize));
  socket.send_buffer = as_unsigned(number(Slot::OutBufferSize));

  config.proxy.type = static_cast<ProxyType>(number(Slot::FirewallType));
  config.proxy.host = text(Slot::FirewallHost);
  config.proxy.port = static_cast<std::uint16_t>(number(Slot::FirewallPort));
  config.proxy.user = text(Slot::FirewallUser);
  config.proxy.password = SecretBytes(as_bytes(text(Slot::FirewallPassword)));
  config.proxy.headers = SecretBytes(as_bytes(text(Slot::FirewallData)));
  config.proxy_auto_detect = flag(Slot::FirewallAutoDetect);
  config.proxy_exceptions = text(Slot::ProxyExceptionsList);
  config.max_transfer_rate = as_unsigned(number(Slot::MaxTransferRate));

  config.timeout = as_unsigned(number(Slot::Timeout));
  config.absolute_timeout = flag(Slot::AbsoluteTimeout);
  config.connection_timeout = as_unsigned(number(Slot::ConnectionTimeout));
  config.login_timeout = as_unsigned(number(Slot::LoginTimeout));
}

Refusal Object::prepare(ClientConfig& config) {
  const std::string_view host = text(Slot::SSHHost);
  if (host.empty() || host == "0.0.0.0") return Refusal(kNoHost);
  config.provider = &provider();
  config.remarks.clear();
  prepare_network(config);
  prepare_protocol(config);
  if (Refusal refusal = prepare_lists(config); !refusal.ok()) return refusal;
  if (Refusal refusal = prepare_trust(config); !refusal.ok()) return refusal;
  return prepare_user(config);
}

// Of a proxy that the environment named there is no property to show it.
void Object::learn_address(bool proxied) {
  if (facts() == nullptr) return;
  if (!proxied)
    server_address_ = facts()->remote_address;
  else if (number(Slot::FirewallType) != IPWORKSAUTH_FW_NONE)
    proxy_address_ = facts()->remote_address;
}

// ---- methods ----

Refusal Object::authenticate() {
  if (in_callback()) return Refusal(kBadState);
  if (client_.busy())
    return Refusal(client_.is_connected() ? kAlreadyConnected : kAlreadyConnecting);
  if (Refusal refusal = prepare(client_.config()); !refusal.ok()) {
    client_.forget_credentials();
    return refusal;
  }
  known_ = true;
  stop_ = {};
  events_.start();
  if (number(Slot::Timeout) != 0) {
    client_.run();
    return outcome();
  }
  client_.start();
  return client_.busy() ? Refusal(kWouldBlock) : outcome();
}

Refusal Object::do_events() {
  if (in_callback()) return Refusal(kBadState);
  const bool ran = client_.busy() || client_.left_behind();
  client_.step_for(as_unsigned(number(Slot::SelectWaitMillis)));
  return ran && !client_.busy() ? outcome() : Refusal();
}

// What a login that is over came to. A callback can refuse after the server had said yes, too.
Refusal Object::outcome() {
  const ClientResult& result = client_.result();
  learned_hint_ = result.guess_hint;
  client_.forget_credentials();
  if (result.code != 0) return {result.code, shown_text(result.text)};
  return stop_;
}

Refusal Object::reset() {
  if (in_callback()) return Refusal(kBadState);
  if (client_.busy()) client_.abort(kInterrupted, "the login was dropped by reset");
  client_.forget_credentials();
  for (std::size_t i = 0; i < kNumSlots; ++i) values_[i] = initial_value(static_cast<Slot>(i));
  indexed_.clear();
  key_ = nullptr;
  key_asked_ = false;
  passed_over_ = {};
  own_sig_algorithms_ = false;
  known_ = false;
  learned_hint_.clear();
  server_address_.clear();
  proxy_address_.clear();
  event_error.clear();
  return charset_.open(kUtf8Page);
}

int Object::state() const noexcept {
  if (!known_) return IPWORKSAUTH_STATE_IDLE;
  if (!client_.busy())
    return client_.state() == ClientState::succeeded && stop_.ok() ? IPWORKSAUTH_STATE_SUCCEEDED
                                                                   : IPWORKSAUTH_STATE_FAILED;
  switch (client_.result().stage) {
    case ClientStage::identification:
    case ClientStage::key_exchange:
    case ClientStage::host_key: return IPWORKSAUTH_STATE_SECURING;
    case ClientStage::service:
    case ClientStage::authentication: return IPWORKSAUTH_STATE_AUTHENTICATING;
    case ClientStage::disconnect:
    case ClientStage::done: return IPWORKSAUTH_STATE_CLOSING;
    default: return IPWORKSAUTH_STATE_CONNECTING;
  }
}

}  // namespace sshauth::abi
