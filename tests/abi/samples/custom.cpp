// The host writes the messages itself: a password request (RFC 4252 section 8), in hexadecimal.
//
//   custom host port user password fingerprint
#include <ipworksauth/sshauth.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

class Custom : public SSHAuth {
 public:
  Custom(const std::string& user, const std::string& password)
      : m_user(user), m_password(password), m_sent(false) {}

  int FireSSHCustomAuth(SSHAuthSSHCustomAuthEventParams* e) override {
    std::printf("the server's last word: \"%s\"\n", e->Packet);
    if (m_sent) return 0;  // refused: leaving the packet as it is gives up
    m_sent = true;
    AppendOctet(50);  // SSH_MSG_USERAUTH_REQUEST
    AppendText(m_user);
    AppendText("ssh-connection");
    AppendText("password");
    AppendOctet(0);
    AppendText(m_password);
    m_packet.push_back('\0');
    e->Packet = &m_packet[0];
    return 0;
  }

 private:
  void AppendOctet(unsigned octet) {
    static const char digits[] = "0123456789abcdef";
    m_packet.push_back(digits[octet / 16 % 16]);
    m_packet.push_back(digits[octet % 16]);
  }
  void AppendText(const std::string& text) {
    const unsigned length = static_cast<unsigned>(text.size());
    for (int shift = 24; shift >= 0; shift -= 8) AppendOctet(length >> shift);
    for (std::string::size_type i = 0; i < text.size(); ++i)
      AppendOctet(static_cast<unsigned char>(text[i]));
  }

  std::string m_user, m_password;
  bool m_sent;
  std::vector<char> m_packet;
};

int main(int argc, char* argv[]) {
  if (argc != 6) return 2;
  Custom auth(argv[3], argv[4]);
  auth.Config((std::string("SSHAcceptServerHostKeyFingerPrint=") + argv[5]).c_str());
  auth.SetSSHHost(argv[1]);
  auth.SetSSHPort(std::atoi(argv[2]));
  auth.SetUser(argv[3]);
  auth.SetAuthMode(AM_CUSTOM);
  if (auth.Authenticate() == 0) return 0;
  std::fprintf(stderr, "%d: %s\n", auth.GetLastErrorCode(), auth.GetLastError());
  return 1;
}
