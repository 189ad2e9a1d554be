// sshauth.hpp: class SSHAuth, the SSHAuth object for C++. Header-only, over the C functions alone,
// so it works with any compiler that can call the library. What each function does, takes and
// returns is told in sshauth.h.
//
//   class Login : public SSHAuth {
//     int FireSSHServerAuthentication(SSHAuthSSHServerAuthenticationEventParams* e) override {
//       e->Accept = is_known(e->Fingerprint);
//       return 0;
//     }
//   };
//   Login login;
//   login.SetSSHHost("server.example");
//   login.SetUser("alice");
//   login.SetPassword("secret");
//   if (login.Authenticate() != 0) puts(login.GetLastError());
//
// Events are virtual functions; returning non-zero stops the operation with that error. What the
// parameters point to holds until the function returns. A text to answer with (Response, Packet) is
// read after the function has returned, so it must outlive it: a member, a literal, not a local.
//
// An object may be deleted inside one of its own events, which ends its login; what the event was
// to answer is then not looked at.
//
// An exception that leaves an event function stops the operation with -1, and goes on to the caller
// of Authenticate, DoEvents or Reset once the connection is closed and the object is in order; it
// never passes through C. (Of several, the first.)
//
// Copying is not possible: the object is its connection. C++11 and later; with -fno-exceptions too.
#ifndef IPWORKSAUTH_SSHAUTH_HPP
#define IPWORKSAUTH_SSHAUTH_HPP

#ifdef IPWORKSAUTH_SSHAUTH_QT_HPP
#error "sshauth.hpp and sshauth_qt.hpp are two editions of one class: a program uses one of them"
#endif

#include "ipworksauth/sshauth.h"
#include "ipworksauth/sshauth_events.hpp"

extern "C" {

typedef struct {
  int StatusCode;
  const char* Description;
  int reserved;
} SSHAuthConnectedEventParams;

typedef struct {
  const char* ConnectionEvent;
  int StatusCode;
  const char* Description;
  int reserved;
} SSHAuthConnectionStatusEventParams;

typedef struct {
  int StatusCode;
  const char* Description;
  int reserved;
} SSHAuthDisconnectedEventParams;

typedef struct {
  int ErrorCode;
  const char* Description;
  int reserved;
} SSHAuthErrorEventParams;

typedef struct {
  int LogLevel;
  const char* Message;
  const char* LogType;
  int reserved;
} SSHAuthLogEventParams;

typedef struct {
  char* Packet;  // out
  int reserved;
} SSHAuthSSHCustomAuthEventParams;

typedef struct {
  const char* Name;
  const char* Instructions;
  const char* Prompt;
  char* Response;  // out
  int EchoResponse;
  int reserved;
} SSHAuthSSHKeyboardInteractiveEventParams;

typedef struct {
  const char* HostKey;
  int lenHostKey;
  const char* Fingerprint;
  const char* KeyAlgorithm;
  const char* CertSubject;
  const char* CertIssuer;
  const char* Status;
  int Accept;  // out
  int reserved;
} SSHAuthSSHServerAuthenticationEventParams;

typedef struct {
  const char* Message;
  int reserved;
} SSHAuthSSHStatusEventParams;

}  // extern "C"

class SSHAuth {
 public:
  // ---- events, in the order of their ids ----
  virtual int FireConnected(SSHAuthConnectedEventParams*) { return 0; }
  virtual int FireConnectionStatus(SSHAuthConnectionStatusEventParams*) { return 0; }
  virtual int FireDisconnected(SSHAuthDisconnectedEventParams*) { return 0; }
  virtual int FireError(SSHAuthErrorEventParams*) { return 0; }
  virtual int FireLog(SSHAuthLogEventParams*) { return 0; }
  virtual int FireSSHCustomAuth(SSHAuthSSHCustomAuthEventParams*) { return 0; }
  virtual int FireSSHKeyboardInteractive(SSHAuthSSHKeyboardInteractiveEventParams*) { return 0; }
  virtual int FireSSHServerAuthentication(SSHAuthSSHServerAuthenticationEventParams*) { return 0; }
  virtual int FireSSHStatus(SSHAuthSSHStatusEventParams*) { return 0; }

 protected:
  void* m_pObj;

 private:
  ipworksauth_events::Calls m_calls;

  int sink(int event_id, void* param[], const int cbparam[]) {
    using namespace ipworksauth_events;
    switch (event_id) {
      case EID_SSHAUTH_CONNECTED: {
        SSHAuthConnectedEventParams e = {number(param[0]), text(param[1]), 0};
        return FireConnected(&e);
      }
      case EID_SSHAUTH_CONNECTIONSTATUS: {
        SSHAuthConnectionStatusEventParams e = {text(param[0]), number(param[1]), text(param[2]),
                                                0};
        return FireConnectionStatus(&e);
      }
      case EID_SSHAUTH_DISCONNECTED: {
        SSHAuthDisconnectedEventParams e = {number(param[0]), text(param[1]), 0};
        return FireDisconnected(&e);
      }
      case EID_SSHAUTH_ERROR: {
        SSHAuthErrorEventParams e = {number(param[0]), text(param[1]), 0};
        return FireError(&e);
      }
      case EID_SSHAUTH_LOG: {
        SSHAuthLogEventParams e = {number(param[0]), text(param[1]), text(param[2]), 0};
        return FireLog(&e);
      }
      case EID_SSHAUTH_SSHCUSTOMAUTH: {
        SSHAuthSSHCustomAuthEventParams e = {static_cast<char*>(param[0]), 0};
        void* const obj = m_pObj;
        const Watch watch(m_calls);
        const int result = FireSSHCustomAuth(&e);
        return watch.gone() ? result : put_text(obj, param[0], e.Packet, result);
      }
      case EID_SSHAUTH_SSHKEYBOARDINTERACTIVE: {
        SSHAuthSSHKeyboardInteractiveEventParams e = {
            text(param[0]),   text(param[1]),
            text(param[2]),   static_cast<char*>(param[3]),
            number(param[4]), 0};
        void* const obj = m_pObj;
        const Watch watch(m_calls);
        const int result = FireSSHKeyboardInteractive(&e);
        return watch.gone() ? result : put_text(obj, param[3], e.Response, result);
      }
      case EID_SSHAUTH_SSHSERVERAUTHENTICATION: {
        SSHAuthSSHServerAuthenticationEventParams e = {
            text(param[0]), cbparam[0],       text(param[1]),
            text(param[2]), text(param[3]),   text(param[4]),
            text(param[5]), number(param[6]), 0};
        const int result = FireSSHServerAuthentication(&e);
        param[6] = in_pointer(e.Accept);
        return result;
      }
      case EID_SSHAUTH_SSHSTATUS: {
        SSHAuthSSHStatusEventParams e = {text(param[0]), 0};
        return FireSSHStatus(&e);
      }
      default: return 0;
    }
  }

 protected:
  static int IPWORKSAUTH_CALL SSHAuthEventSink(void* context, int event_id, int, void* param[],
                                               int cbparam[]) {
    SSHAuth* const self = static_cast<SSHAuth*>(context);
    return self->m_calls.guard(self->m_pObj, event_id,
                               [=] { return self->sink(event_id, param, cbparam); });
  }

 public:
  // Without memory the object is empty: every call then fails with 10022.
  explicit SSHAuth(const char* lpOemKey = nullptr)
      : m_pObj(ipworksauth_sshauth_create(&SSHAuth::SSHAuthEventSink, this, lpOemKey, 0)) {}
  SSHAuth(const SSHAuth&) = delete;
  SSHAuth& operator=(const SSHAuth&) = delete;
  virtual ~SSHAuth() { ipworksauth_sshauth_destroy(m_pObj); }

  char* GetLastError() { return ipworksauth_sshauth_getlasterror(m_pObj); }
  int GetLastErrorCode() { return ipworksauth_sshauth_getlasterrorcode(m_pObj); }
  int SetLastErrorAndCode(int code, const char* message) {
    return ipworksauth_sshauth_setlasterrorandcode(m_pObj, code, message);
  }
  char* GetEventError() { return ipworksauth_sshauth_geteventerror(m_pObj); }
  int GetEventErrorCode() { return ipworksauth_sshauth_geteventerrorcode(m_pObj); }
  int SetEventErrorAndCode(int code, const char* message) {
    return ipworksauth_sshauth_seteventerrorandcode(m_pObj, code, message);
  }
  char* VERSION() {
    return static_cast<char*>(
        ipworksauth_sshauth_get(m_pObj, PID_SSHAUTH_VERSION, 0, nullptr, nullptr));
  }
  // There is nothing to license; kept so that programs written for the reference build.
  char* GetRuntimeLicense() {
    return static_cast<char*>(ipworksauth_sshauth_get(m_pObj, 8001, 0, nullptr, nullptr));
  }
  int SetRuntimeLicense(const char* key) {
    return ipworksauth_sshauth_set(m_pObj, 8001, 0, key, 0);
  }

  // ---- properties ----
  int GetAuthMode() { return ipworksauth_sshauth_getauthmode(m_pObj); }
  int SetAuthMode(int value) { return ipworksauth_sshauth_setauthmode(m_pObj, value); }

  int GetFirewallAutoDetect() { return ipworksauth_sshauth_getfirewallautodetect(m_pObj); }
  int SetFirewallAutoDetect(int on) {
    return ipworksauth_sshauth_setfirewallautodetect(m_pObj, on);
  }

  int GetFirewallType() { return ipworksauth_sshauth_getfirewalltype(m_pObj); }
  int SetFirewallType(int value) { return ipworksauth_sshauth_setfirewalltype(m_pObj, value); }

  char* GetFirewallHost() { return ipworksauth_sshauth_getfirewallhost(m_pObj); }
  int SetFirewallHost(const char* value) {
    return ipworksauth_sshauth_setfirewallhost(m_pObj, value);
  }

  char* GetFirewallPassword() { return ipworksauth_sshauth_getfirewallpassword(m_pObj); }
  int SetFirewallPassword(const char* value) {
    return ipworksauth_sshauth_setfirewallpassword(m_pObj, value);
  }

  int GetFirewallPort() { return ipworksauth_sshauth_getfirewallport(m_pObj); }
  int SetFirewallPort(int value) { return ipworksauth_sshauth_setfirewallport(m_pObj, value); }

  char* GetFirewallUser() { return ipworksauth_sshauth_getfirewalluser(m_pObj); }
  int SetFirewallUser(const char* value) {
    return ipworksauth_sshauth_setfirewalluser(m_pObj, value);
  }

  char* GetLocalHost() { return ipworksauth_sshauth_getlocalhost(m_pObj); }
  int SetLocalHost(const char* value) { return ipworksauth_sshauth_setlocalhost(m_pObj, value); }

  int GetLocalPort() { return ipworksauth_sshauth_getlocalport(m_pObj); }
  int SetLocalPort(int value) { return ipworksauth_sshauth_setlocalport(m_pObj, value); }

  char* GetPassword() { return ipworksauth_sshauth_getpassword(m_pObj); }
  int SetPassword(const char* value) { return ipworksauth_sshauth_setpassword(m_pObj, value); }

  int GetSSHAcceptServerHostKeyEncoded(char*& data, int& len) {
    return ipworksauth_sshauth_getsshacceptserverhostkeyencoded(m_pObj, &data, &len);
  }
  int SetSSHAcceptServerHostKeyEncoded(const char* data, int len) {
    return ipworksauth_sshauth_setsshacceptserverhostkeyencoded(m_pObj, data, len);
  }

  int GetSSHCertEncoded(char*& data, int& len) {
    return ipworksauth_sshauth_getsshcertencoded(m_pObj, &data, &len);
  }
  int SetSSHCertEncoded(const char* data, int len) {
    return ipworksauth_sshauth_setsshcertencoded(m_pObj, data, len);
  }

  int GetSSHCertStore(char*& data, int& len) {
    return ipworksauth_sshauth_getsshcertstore(m_pObj, &data, &len);
  }
  int SetSSHCertStore(const char* data, int len) {
    return ipworksauth_sshauth_setsshcertstore(m_pObj, data, len);
  }

  char* GetSSHCertStorePassword() { return ipworksauth_sshauth_getsshcertstorepassword(m_pObj); }
  int SetSSHCertStorePassword(const char* value) {
    return ipworksauth_sshauth_setsshcertstorepassword(m_pObj, value);
  }

  int GetSSHCertStoreType() { return ipworksauth_sshauth_getsshcertstoretype(m_pObj); }
  int SetSSHCertStoreType(int value) {
    return ipworksauth_sshauth_setsshcertstoretype(m_pObj, value);
  }

  char* GetSSHCertSubject() { return ipworksauth_sshauth_getsshcertsubject(m_pObj); }
  int SetSSHCertSubject(const char* value) {
    return ipworksauth_sshauth_setsshcertsubject(m_pObj, value);
  }

  char* GetSSHEncryptionAlgorithms() {
    return ipworksauth_sshauth_getsshencryptionalgorithms(m_pObj);
  }
  int SetSSHEncryptionAlgorithms(const char* value) {
    return ipworksauth_sshauth_setsshencryptionalgorithms(m_pObj, value);
  }

  char* GetSSHHost() { return ipworksauth_sshauth_getsshhost(m_pObj); }
  int SetSSHHost(const char* value) { return ipworksauth_sshauth_setsshhost(m_pObj, value); }

  int GetSSHPort() { return ipworksauth_sshauth_getsshport(m_pObj); }
  int SetSSHPort(int value) { return ipworksauth_sshauth_setsshport(m_pObj, value); }

  int GetTimeout() { return ipworksauth_sshauth_gettimeout(m_pObj); }
  int SetTimeout(int value) { return ipworksauth_sshauth_settimeout(m_pObj, value); }

  char* GetUser() { return ipworksauth_sshauth_getuser(m_pObj); }
  int SetUser(const char* value) { return ipworksauth_sshauth_setuser(m_pObj, value); }

  // ---- methods ----
  int Authenticate() {
    ipworksauth_events::Call call(m_calls);
    return call.done(ipworksauth_sshauth_authenticate(m_pObj));
  }
  char* Config(const char* setting) { return ipworksauth_sshauth_config(m_pObj, setting); }
  int DoEvents() {
    ipworksauth_events::Call call(m_calls);
    return call.done(ipworksauth_sshauth_doevents(m_pObj));
  }
  int Interrupt() { return ipworksauth_sshauth_interrupt(m_pObj); }
  int Reset() {
    ipworksauth_events::Call call(m_calls);
    return call.done(ipworksauth_sshauth_reset(m_pObj));
  }

  // ---- event loops (additions to the reference) ----
  int GetState() { return ipworksauth_sshauth_getstate(m_pObj); }
  int GetSocket() { return ipworksauth_sshauth_getsocket(m_pObj); }
  int GetWants() { return ipworksauth_sshauth_getwants(m_pObj); }
  int GetWait() { return ipworksauth_sshauth_getwait(m_pObj); }
};

#endif  // IPWORKSAUTH_SSHAUTH_HPP
