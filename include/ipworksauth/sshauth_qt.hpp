// sshauth_qt.hpp: class SSHAuth for Qt 5 and Qt 6: a QObject whose events are signals, with QString
// and QByteArray. Header-only over the C functions; needs QtCore alone. What each function does and
// returns is told in sshauth.h.
//
//   SSHAuth auth;
//   QObject::connect(&auth, &SSHAuth::SSHServerAuthentication,
//                    [](SSHAuthSSHServerAuthenticationEventParams* e) {
//                      e->SetAccept(is_known(e->Fingerprint()));
//                    });
//   auth.SetSSHHost("server.example");
//   auth.SetUser("alice");
//   auth.SetPassword(password);
//   if (auth.Authenticate() != 0) qWarning() << auth.GetLastError();
//
// Building   The header has Q_OBJECT in it, so a program runs moc over it once: HEADERS += ... in
//            qmake, the header among a target's sources with AUTOMOC in CMake, qt.preprocess in
//            Meson. This class and that of sshauth.hpp have one name: a program uses one of them.
// Signals    Connect directly (the default within one thread): the parameters hold only until the
//            slot returns, and an answer set later is too late. SetEventRetVal with a number other
//            than 0 stops the operation with that error. Instead of connecting one may derive and
//            override FireX, whose result counts then.
// Exceptions Qt lets none through slots that it calls; from an overridden FireX, and from slots
//            where Qt was built to allow it, they go on to the caller of Authenticate, DoEvents or
//            Reset, and the operation ends with -1.
// Texts      Unicode, UTF-8 to the library (leave the setting CodePage as it is). A text with
//            U+0000 in it is refused with 10022: it would be cut there. Secrets are wiped from what
//            this class makes of them, not from the QString that the caller holds.
// Event loop With Timeout 0 Authenticate returns 135 at once; call DoEvents whenever GetSocket() is
//            ready as GetWants() says (QSocketNotifier), and after GetWait() milliseconds at the
//            latest (QTimer), until GetState() says succeeded or failed. All three change with
//            every call.
// Threads    One thread at a time, the one the object lives in; Interrupt from any.
#ifndef IPWORKSAUTH_SSHAUTH_QT_HPP
#define IPWORKSAUTH_SSHAUTH_QT_HPP

#ifdef IPWORKSAUTH_SSHAUTH_HPP
#error "sshauth.hpp and sshauth_qt.hpp are two editions of one class: a program uses one of them"
#endif

#include <QtCore/QByteArray>
#include <QtCore/QObject>
#include <QtCore/QString>

#include "ipworksauth/sshauth.h"
#include "ipworksauth/sshauth_events.hpp"

namespace ipworksauth_events {

// What the parameters of every event have.
class EventParams {
 public:
  int EventRetVal() const { return m_EventRetVal; }
  void SetEventRetVal(int iRetVal) { m_EventRetVal = iRetVal; }

 protected:
  EventParams() : m_EventRetVal(0) {}

 private:
  int m_EventRetVal;
};

// A text as the library takes it, wiped at the end.
class Utf8 {
 public:
  explicit Utf8(const QString& text) : m_octets(text.toUtf8()) {}
  Utf8(const Utf8&) = delete;
  Utf8& operator=(const Utf8&) = delete;
  ~Utf8() { m_octets.fill('\0'); }

  const char* data() const { return m_octets.constData(); }
  bool is_cut() const { return m_octets.contains('\0'); }

 private:
  QByteArray m_octets;
};

inline QString unicode(const void* text) {
  return QString::fromUtf8(static_cast<const char*>(text));
}

}  // namespace ipworksauth_events

class SSHAuthConnectedEventParams : public ipworksauth_events::EventParams {
 public:
  SSHAuthConnectedEventParams(int statusCode, const QString& description)
      : m_StatusCode(statusCode), m_Description(description) {}

  int StatusCode() const { return m_StatusCode; }
  const QString& Description() const { return m_Description; }

 private:
  int m_StatusCode;
  QString m_Description;
};

class SSHAuthConnectionStatusEventParams : public ipworksauth_events::EventParams {
 public:
  SSHAuthConnectionStatusEventParams(const QString& connectionEvent, int statusCode,
                                     const QString& description)
      : m_ConnectionEvent(connectionEvent), m_StatusCode(statusCode), m_Description(description) {}

  const QString& ConnectionEvent() const { return m_ConnectionEvent; }
  int StatusCode() const { return m_StatusCode; }
  const QString& Description() const { return m_Description; }

 private:
  QString m_ConnectionEvent;
  int m_StatusCode;
  QString m_Description;
};

class SSHAuthDisconnectedEventParams : public ipworksauth_events::EventParams {
 public:
  SSHAuthDisconnectedEventParams(int statusCode, const QString& description)
      : m_StatusCode(statusCode), m_Description(description) {}

  int StatusCode() const { return m_StatusCode; }
  const QString& Description() const { return m_Description; }

 private:
  int m_StatusCode;
  QString m_Description;
};

class SSHAuthErrorEventParams : public ipworksauth_events::EventParams {
 public:
  SSHAuthErrorEventParams(int errorCode, const QString& description)
      : m_ErrorCode(errorCode), m_Description(description) {}

  int ErrorCode() const { return m_ErrorCode; }
  const QString& Description() const { return m_Description; }

 private:
  int m_ErrorCode;
  QString m_Description;
};

class SSHAuthLogEventParams : public ipworksauth_events::EventParams {
 public:
  SSHAuthLogEventParams(int logLevel, const QString& message, const QString& logType)
      : m_LogLevel(logLevel), m_Message(message), m_LogType(logType) {}

  int LogLevel() const { return m_LogLevel; }
  const QString& Message() const { return m_Message; }
  const QString& LogType() const { return m_LogType; }

 private:
  int m_LogLevel;
  QString m_Message;
  QString m_LogType;
};

class SSHAuthSSHCustomAuthEventParams : public ipworksauth_events::EventParams {
 public:
  explicit SSHAuthSSHCustomAuthEventParams(const QString& packet) : m_Packet(packet) {}

  const QString& Packet() const { return m_Packet; }
  void SetPacket(const QString& qsPacket) { m_Packet = qsPacket; }

 private:
  QString m_Packet;
};

class SSHAuthSSHKeyboardInteractiveEventParams : public ipworksauth_events::EventParams {
 public:
  SSHAuthSSHKeyboardInteractiveEventParams(const QString& name, const QString& instructions,
                                           const QString& prompt, const QString& response,
                                           bool echoResponse)
      : m_Name(name),
        m_Instructions(instructions),
        m_Prompt(prompt),
        m_Response(response),
        m_EchoResponse(echoResponse) {}

  const QString& Name() const { return m_Name; }
  const QString& Instructions() const { return m_Instructions; }
  const QString& Prompt() const { return m_Prompt; }
  const QString& Response() const { return m_Response; }
  void SetResponse(const QString& qsResponse) { m_Response = qsResponse; }
  bool EchoResponse() const { return m_EchoResponse; }

 private:
  QString m_Name;
  QString m_Instructions;
  QString m_Prompt;
  QString m_Response;
  bool m_EchoResponse;
};

class SSHAuthSSHServerAuthenticationEventParams : public ipworksauth_events::EventParams {
 public:
  SSHAuthSSHServerAuthenticationEventParams(const QByteArray& hostKey, const QString& fingerprint,
                                            const QString& keyAlgorithm, const QString& certSubject,
                                            const QString& certIssuer, const QString& status,
                                            bool accept)
      : m_HostKey(hostKey),
        m_Fingerprint(fingerprint),
        m_KeyAlgorithm(keyAlgorithm),
        m_CertSubject(certSubject),
        m_CertIssuer(certIssuer),
        m_Status(status),
        m_Accept(accept) {}

  const QByteArray& HostKey() const { return m_HostKey; }
  const QString& Fingerprint() const { return m_Fingerprint; }
  const QString& KeyAlgorithm() const { return m_KeyAlgorithm; }
  const QString& CertSubject() const { return m_CertSubject; }
  const QString& CertIssuer() const { return m_CertIssuer; }
  const QString& Status() const { return m_Status; }
  bool Accept() const { return m_Accept; }
  void SetAccept(bool bAccept) { m_Accept = bAccept; }

 private:
  QByteArray m_HostKey;
  QString m_Fingerprint;
  QString m_KeyAlgorithm;
  QString m_CertSubject;
  QString m_CertIssuer;
  QString m_Status;
  bool m_Accept;
};

class SSHAuthSSHStatusEventParams : public ipworksauth_events::EventParams {
 public:
  explicit SSHAuthSSHStatusEventParams(const QString& message) : m_Message(message) {}

  const QString& Message() const { return m_Message; }

 private:
  QString m_Message;
};

class SSHAuth : public QObject {
  Q_OBJECT

 public:
  // Without memory the object is empty: every call then fails with 10022.
  explicit SSHAuth(QObject* parent = nullptr, const char* lpOemKey = nullptr)
      : QObject(parent),
        m_pObj(ipworksauth_sshauth_create(&SSHAuth::SSHAuthEventSink, this, lpOemKey, 0)) {}
  ~SSHAuth() override { ipworksauth_sshauth_destroy(m_pObj); }

  // ---- events: signals, and what emits them ----
 Q_SIGNALS:
  void Connected(SSHAuthConnectedEventParams* e);
  void ConnectionStatus(SSHAuthConnectionStatusEventParams* e);
  void Disconnected(SSHAuthDisconnectedEventParams* e);
  void Error(SSHAuthErrorEventParams* e);
  void Log(SSHAuthLogEventParams* e);
  void SSHCustomAuth(SSHAuthSSHCustomAuthEventParams* e);
  void SSHKeyboardInteractive(SSHAuthSSHKeyboardInteractiveEventParams* e);
  void SSHServerAuthentication(SSHAuthSSHServerAuthenticationEventParams* e);
  void SSHStatus(SSHAuthSSHStatusEventParams* e);

 public:
  virtual int FireConnected(SSHAuthConnectedEventParams* e) {
    Q_EMIT Connected(e);
    return e->EventRetVal();
  }
  virtual int FireConnectionStatus(SSHAuthConnectionStatusEventParams* e) {
    Q_EMIT ConnectionStatus(e);
    return e->EventRetVal();
  }
  virtual int FireDisconnected(SSHAuthDisconnectedEventParams* e) {
    Q_EMIT Disconnected(e);
    return e->EventRetVal();
  }
  virtual int FireError(SSHAuthErrorEventParams* e) {
    Q_EMIT Error(e);
    return e->EventRetVal();
  }
  virtual int FireLog(SSHAuthLogEventParams* e) {
    Q_EMIT Log(e);
    return e->EventRetVal();
  }
  virtual int FireSSHCustomAuth(SSHAuthSSHCustomAuthEventParams* e) {
    Q_EMIT SSHCustomAuth(e);
    return e->EventRetVal();
  }
  virtual int FireSSHKeyboardInteractive(SSHAuthSSHKeyboardInteractiveEventParams* e) {
    Q_EMIT SSHKeyboardInteractive(e);
    return e->EventRetVal();
  }
  virtual int FireSSHServerAuthentication(SSHAuthSSHServerAuthenticationEventParams* e) {
    Q_EMIT SSHServerAuthentication(e);
    return e->EventRetVal();
  }
  virtual int FireSSHStatus(SSHAuthSSHStatusEventParams* e) {
    Q_EMIT SSHStatus(e);
    return e->EventRetVal();
  }

 protected:
  void* m_pObj;

 public:
  QString GetLastError() { return unicode(ipworksauth_sshauth_getlasterror(m_pObj)); }
  int GetLastErrorCode() { return ipworksauth_sshauth_getlasterrorcode(m_pObj); }
  int SetLastErrorAndCode(int code, const QString& message) {
    return ipworksauth_sshauth_setlasterrorandcode(m_pObj, code, Utf8(message).data());
  }
  QString GetEventError() { return unicode(ipworksauth_sshauth_geteventerror(m_pObj)); }
  int GetEventErrorCode() { return ipworksauth_sshauth_geteventerrorcode(m_pObj); }
  int SetEventErrorAndCode(int code, const QString& message) {
    return ipworksauth_sshauth_seteventerrorandcode(m_pObj, code, Utf8(message).data());
  }
  QString VERSION() {
    return unicode(ipworksauth_sshauth_get(m_pObj, PID_SSHAUTH_VERSION, 0, nullptr, nullptr));
  }
  // There is nothing to license; kept so that programs written for the reference build.
  QString GetRuntimeLicense() {
    return unicode(ipworksauth_sshauth_get(m_pObj, 8001, 0, nullptr, nullptr));
  }
  int SetRuntimeLicense(const QString& key) {
    return ipworksauth_sshauth_set(m_pObj, 8001, 0, Utf8(key).data(), 0);
  }

  // ---- properties ----
  int GetAuthMode() { return ipworksauth_sshauth_getauthmode(m_pObj); }
  int SetAuthMode(int iAuthMode) { return ipworksauth_sshauth_setauthmode(m_pObj, iAuthMode); }

  bool GetFirewallAutoDetect() { return ipworksauth_sshauth_getfirewallautodetect(m_pObj) != 0; }
  int SetFirewallAutoDetect(bool bFirewallAutoDetect) {
    return ipworksauth_sshauth_setfirewallautodetect(m_pObj, bFirewallAutoDetect ? 1 : 0);
  }

  int GetFirewallType() { return ipworksauth_sshauth_getfirewalltype(m_pObj); }
  int SetFirewallType(int iFirewallType) {
    return ipworksauth_sshauth_setfirewalltype(m_pObj, iFirewallType);
  }

  QString GetFirewallHost() { return unicode(ipworksauth_sshauth_getfirewallhost(m_pObj)); }
  int SetFirewallHost(QString qsFirewallHost) {
    return set_text(&ipworksauth_sshauth_setfirewallhost, qsFirewallHost);
  }

  QString GetFirewallPassword() { return unicode(ipworksauth_sshauth_getfirewallpassword(m_pObj)); }
  int SetFirewallPassword(QString qsFirewallPassword) {
    return set_text(&ipworksauth_sshauth_setfirewallpassword, qsFirewallPassword);
  }

  int GetFirewallPort() { return ipworksauth_sshauth_getfirewallport(m_pObj); }
  int SetFirewallPort(int iFirewallPort) {
    return ipworksauth_sshauth_setfirewallport(m_pObj, iFirewallPort);
  }

  QString GetFirewallUser() { return unicode(ipworksauth_sshauth_getfirewalluser(m_pObj)); }
  int SetFirewallUser(QString qsFirewallUser) {
    return set_text(&ipworksauth_sshauth_setfirewalluser, qsFirewallUser);
  }

  QString GetLocalHost() { return unicode(ipworksauth_sshauth_getlocalhost(m_pObj)); }
  int SetLocalHost(QString qsLocalHost) {
    return set_text(&ipworksauth_sshauth_setlocalhost, qsLocalHost);
  }

  int GetLocalPort() { return ipworksauth_sshauth_getlocalport(m_pObj); }
  int SetLocalPort(int iLocalPort) { return ipworksauth_sshauth_setlocalport(m_pObj, iLocalPort); }

  QString GetPassword() { return unicode(ipworksauth_sshauth_getpassword(m_pObj)); }
  int SetPassword(QString qsPassword) {
    return set_text(&ipworksauth_sshauth_setpassword, qsPassword);
  }

  QByteArray GetSSHAcceptServerHostKeyEncoded() {
    return get_binary(&ipworksauth_sshauth_getsshacceptserverhostkeyencoded);
  }
  int SetSSHAcceptServerHostKeyEncoded(QByteArray qbaSSHAcceptServerHostKeyEncoded) {
    return set_binary(&ipworksauth_sshauth_setsshacceptserverhostkeyencoded,
                      qbaSSHAcceptServerHostKeyEncoded);
  }

  QByteArray GetSSHCertEncoded() { return get_binary(&ipworksauth_sshauth_getsshcertencoded); }
  int SetSSHCertEncoded(QByteArray qbaSSHCertEncoded) {
    return set_binary(&ipworksauth_sshauth_setsshcertencoded, qbaSSHCertEncoded);
  }

  QByteArray GetSSHCertStore() { return get_binary(&ipworksauth_sshauth_getsshcertstore); }
  int SetSSHCertStore(QByteArray qbaSSHCertStore) {
    return set_binary(&ipworksauth_sshauth_setsshcertstore, qbaSSHCertStore);
  }

  QString GetSSHCertStorePassword() {
    return unicode(ipworksauth_sshauth_getsshcertstorepassword(m_pObj));
  }
  int SetSSHCertStorePassword(QString qsSSHCertStorePassword) {
    return set_text(&ipworksauth_sshauth_setsshcertstorepassword, qsSSHCertStorePassword);
  }

  int GetSSHCertStoreType() { return ipworksauth_sshauth_getsshcertstoretype(m_pObj); }
  int SetSSHCertStoreType(int iSSHCertStoreType) {
    return ipworksauth_sshauth_setsshcertstoretype(m_pObj, iSSHCertStoreType);
  }

  QString GetSSHCertSubject() { return unicode(ipworksauth_sshauth_getsshcertsubject(m_pObj)); }
  int SetSSHCertSubject(QString qsSSHCertSubject) {
    return set_text(&ipworksauth_sshauth_setsshcertsubject, qsSSHCertSubject);
  }

  QString GetSSHEncryptionAlgorithms() {
    return unicode(ipworksauth_sshauth_getsshencryptionalgorithms(m_pObj));
  }
  int SetSSHEncryptionAlgorithms(QString qsSSHEncryptionAlgorithms) {
    return set_text(&ipworksauth_sshauth_setsshencryptionalgorithms, qsSSHEncryptionAlgorithms);
  }

  QString GetSSHHost() { return unicode(ipworksauth_sshauth_getsshhost(m_pObj)); }
  int SetSSHHost(QString qsSSHHost) { return set_text(&ipworksauth_sshauth_setsshhost, qsSSHHost); }

  int GetSSHPort() { return ipworksauth_sshauth_getsshport(m_pObj); }
  int SetSSHPort(int iSSHPort) { return ipworksauth_sshauth_setsshport(m_pObj, iSSHPort); }

  int GetTimeout() { return ipworksauth_sshauth_gettimeout(m_pObj); }
  int SetTimeout(int iTimeout) { return ipworksauth_sshauth_settimeout(m_pObj, iTimeout); }

  QString GetUser() { return unicode(ipworksauth_sshauth_getuser(m_pObj)); }
  int SetUser(QString qsUser) { return set_text(&ipworksauth_sshauth_setuser, qsUser); }

  // ---- methods ----
  int Authenticate() {
    ipworksauth_events::Call call(m_calls);
    return call.done(ipworksauth_sshauth_authenticate(m_pObj));
  }
  QString Config(const QString& qsConfigurationString) {
    const Utf8 setting(qsConfigurationString);
    if (setting.is_cut()) return refuse_cut(), QString();
    return unicode(ipworksauth_sshauth_config(m_pObj, setting.data()));
  }
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

 protected:
  static int IPWORKSAUTH_CALL SSHAuthEventSink(void* context, int event_id, int, void* param[],
                                               int cbparam[]) {
    SSHAuth* const self = static_cast<SSHAuth*>(context);
    return self->m_calls.guard(self->m_pObj, event_id,
                               [=] { return self->sink(event_id, param, cbparam); });
  }

 private:
  typedef ipworksauth_events::Utf8 Utf8;

  static QString unicode(const void* text) { return ipworksauth_events::unicode(text); }

  int refuse_cut() {
    ipworksauth_sshauth_setlasterrorandcode(
        m_pObj, 10022, "a text with U+0000 in it cannot be set: it would be cut there");
    return 10022;
  }
  int set_text(int(IPWORKSAUTH_CALL* set)(void*, const char*), const QString& value) {
    const Utf8 octets(value);
    return octets.is_cut() ? refuse_cut() : set(m_pObj, octets.data());
  }
  QByteArray get_binary(int(IPWORKSAUTH_CALL* get)(void*, char**, int*)) {
    char* data = nullptr;
    int len = 0;
    return get(m_pObj, &data, &len) == 0 ? QByteArray(data, len) : QByteArray();
  }
  int set_binary(int(IPWORKSAUTH_CALL* set)(void*, const char*, int), const QByteArray& value) {
    return set(m_pObj, value.constData(), static_cast<int>(value.size()));
  }
  static int answer(void* obj, void* slot, const QString& value, int result) {
    const Utf8 octets(value);
    if (result != 0 || !octets.is_cut())
      return ipworksauth_events::put_text(obj, slot, octets.data(), result);
    ipworksauth_sshauth_seteventerrorandcode(
        obj, 10022, "a text with U+0000 in it cannot be an answer: it would be cut there");
    return 10022;
  }

  int sink(int event_id, void* param[], const int cbparam[]) {
    using namespace ipworksauth_events;
    switch (event_id) {
      case EID_SSHAUTH_CONNECTED: {
        SSHAuthConnectedEventParams e(number(param[0]), unicode(param[1]));
        return FireConnected(&e);
      }
      case EID_SSHAUTH_CONNECTIONSTATUS: {
        SSHAuthConnectionStatusEventParams e(unicode(param[0]), number(param[1]),
                                             unicode(param[2]));
        return FireConnectionStatus(&e);
      }
      case EID_SSHAUTH_DISCONNECTED: {
        SSHAuthDisconnectedEventParams e(number(param[0]), unicode(param[1]));
        return FireDisconnected(&e);
      }
      case EID_SSHAUTH_ERROR: {
        SSHAuthErrorEventParams e(number(param[0]), unicode(param[1]));
        return FireError(&e);
      }
      case EID_SSHAUTH_LOG: {
        SSHAuthLogEventParams e(number(param[0]), unicode(param[1]), unicode(param[2]));
        return FireLog(&e);
      }
      case EID_SSHAUTH_SSHCUSTOMAUTH: {
        SSHAuthSSHCustomAuthEventParams e(unicode(param[0]));
        void* const obj = m_pObj;
        const int result = FireSSHCustomAuth(&e);
        return answer(obj, param[0], e.Packet(), result);
      }
      case EID_SSHAUTH_SSHKEYBOARDINTERACTIVE: {
        SSHAuthSSHKeyboardInteractiveEventParams e(unicode(param[0]), unicode(param[1]),
                                                   unicode(param[2]), unicode(param[3]),
                                                   number(param[4]) != 0);
        void* const obj = m_pObj;
        const int result = FireSSHKeyboardInteractive(&e);
        return answer(obj, param[3], e.Response(), result);
      }
      case EID_SSHAUTH_SSHSERVERAUTHENTICATION: {
        SSHAuthSSHServerAuthenticationEventParams e(
            QByteArray(text(param[0]), cbparam[0]), unicode(param[1]), unicode(param[2]),
            unicode(param[3]), unicode(param[4]), unicode(param[5]), number(param[6]) != 0);
        const int result = FireSSHServerAuthentication(&e);
        param[6] = in_pointer(e.Accept() ? 1 : 0);
        return result;
      }
      case EID_SSHAUTH_SSHSTATUS: {
        SSHAuthSSHStatusEventParams e(unicode(param[0]));
        return FireSSHStatus(&e);
      }
      default: return 0;
    }
  }

  ipworksauth_events::Calls m_calls;
};

#endif  // IPWORKSAUTH_SSHAUTH_QT_HPP
