/* sshauth.h: the SSHAuth object: authenticates one user against one SSH server.
 *
 *   void* o = ipworksauth_sshauth_create(on_event, my_context, NULL, 0);
 *   ipworksauth_sshauth_setsshhost(o, "server.example");
 *   ipworksauth_sshauth_setuser(o, "alice");
 *   ipworksauth_sshauth_setpassword(o, "secret");
 *   if (ipworksauth_sshauth_authenticate(o) != 0) puts(ipworksauth_sshauth_getlasterror(o));
 *   ipworksauth_sshauth_destroy(o);
 *
 * The object opens the connection itself, exchanges keys (RFC 4253), has the host key decided,
 * authenticates (RFC 4252, RFC 4256), says good-bye with SSH_MSG_DISCONNECT and closes. It opens no
 * channels. No host key is accepted unless a property, a setting or the host's callback says so.
 *
 * Handles    An object is an opaque `void*`. NULL, and a handle of something else, is refused with
 *            10022 and changes nothing. Objects share nothing but the switch UseFIPSCompliantAPI;
 *            any number of them may live.
 * Threads    One object is used by one thread at a time. Only ipworksauth_sshauth_interrupt may be
 *            called at any moment, from any thread and from a signal handler. No thread is created.
 * Fork       An object can be used in both processes. A login that was running at the moment of the
 *            fork stays the parent's: the child's authenticate begins one of its own; before that,
 *            getstate is IPWORKSAUTH_STATE_FAILED there, and doevents, or the authenticate whose
 *            callback forked, returns 211, once. Whatever the child does, destroy included, sends
 *            nothing on the parent's connection and does not close it.
 * Results    Functions that return `int` return 0 for success, else an error code; getters of an
 *            int return the value. Every call sets the object's last error, 0 included, so that
 *            ipworksauth_sshauth_getlasterrorcode is the answer after a getter too; but not
 *            interrupt, the error functions themselves and those for event loops.
 * Texts in   NUL-terminated, in the code page of the setting CodePage, which is UTF-8 unless it was
 *            set; 434 when one is not valid there. UTF-8 passes as it is. Copied before the call
 *            returns; NULL means "". At most 1,048,576 octets. A setter that fails leaves the old
 *            value.
 * Texts out  Never NULL; they belong to the object and hold until the same getter is called again
 *            or the object is destroyed, whatever is set meanwhile. So a getter's result is a legal
 *            argument of every setter, also of its own. `char*` is the reference's type: do not
 *            write there. What is held in memory for the object is wiped when it is let go.
 *            In the code page too: 434 (and "") when it lacks a character of a value that was set
 *            under another one; in texts that are only read, events and errors, '?' stands for it.
 * Binaries   A pointer and a length in octets. Out: `*data` as texts out (with a NUL behind the
 *            last octet, not counted); a failing getter returns the code and sets `*data` to NULL
 *            and `*len` to the code. In: copied; NULL with length 0 means empty.
 * Booleans   `int`: 0 is false, anything else true; getters return 0 or 1.
 * Blocking   Timeout > 0: authenticate returns when all is over. Timeout 0: see
 *            ipworksauth_sshauth_authenticate.
 * Callbacks  Run on the thread that called authenticate, doevents or reset, inside that call.
 *            There, getters, setters that are not tied to a closed connection, config and interrupt
 *            work, and so does everything on other objects; authenticate, doevents and reset are
 *            refused with 211. destroy ends the login and the handle at once, see there.
 *
 * Error codes: the groups are at the end of this file. This header is C89 with <stdint.h>, and
 * C++98, and everything later.
 */
#ifndef IPWORKSAUTH_SSHAUTH_H
#define IPWORKSAUTH_SSHAUTH_H

#include <stdint.h>

#include "ipworksauth/api.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- events -------------------------------------------------------------------------------- */

/* The host's callback. `context` is what create was given, not the handle. `event_id` is one of
 * EID_SSHAUTH_...; `param` and `cbparam` have `cparam` slots, in the order listed below, and belong
 * to the object until the callback returns.
 *
 *   int, bool     the value itself, in the pointer: (int)(intptr_t)param[i]
 *   text          `const char*`, NUL-terminated, never NULL
 *   binary        pointer, with the length in cbparam[i] (cbparam[i] is 0 for all else)
 *   bool, out     overwrite the slot: param[i] = (void*)(intptr_t)1
 *   text, out     the slot points to the present text. To change it, either call
 *                 ipworksauth_evtstr(param[i], 2, "text", 1), which copies at once, or overwrite
 *                 the slot with a pointer of your own, which is read right after the callback
 *                 returns and not kept. NULL there means "".
 *
 * Return 0 to go on. Anything else stops the operation, which then fails with that code; its text
 * is the one given to ipworksauth_sshauth_seteventerrorandcode during this callback, if any. No
 * value is special (-10000 was for wide texts in old versions of the reference: here it is a code
 * like others). Nothing more is sent but SSH_MSG_DISCONNECT (and not that where octets wait to be
 * sent before it, which may hold a credential), nothing more asked; what follows are the events
 * Error, ConnectionStatus and Disconnected, so that every Connected has its Disconnected; the first
 * callback that stops the login names the error. A C++ exception that leaves a callback stops the
 * operation with -1 and its what() as text.
 */
typedef int(IPWORKSAUTH_CALL* ipworksauth_callback)(void* context, int event_id, int cparam,
                                                    void* param[], int cbparam[]);

/* Before the handshake: the TCP connection, through the proxy if there is one, is there (StatusCode
 * 0, Description "OK") or could not be made (the error). It can come twice in a login, with
 * Disconnected in between: a server that breaks on requests sent early is tried once more, step by
 * step.
 *   0 int StatusCode, 1 text Description */
#define EID_SSHAUTH_CONNECTED 1
/* The connection changed its state. On the way in, ConnectionEvent is "Firewall connection
 * complete." (with a proxy), "Remote host connection complete.", then Connected, then "S/Shell
 * handshake complete."; on the way out "S/Shell connection broken.", "Remote host disconnected.",
 * "Firewall host disconnected.", for what had been reached, then Disconnected. StatusCode and
 * Description are 0 and "OK", on the way out the error that ended it.
 *   0 text ConnectionEvent, 1 int StatusCode, 2 text Description */
#define EID_SSHAUTH_CONNECTIONSTATUS 2
/* The connection is closed; fired once for every Connected with StatusCode 0.
 *   0 int StatusCode, 1 text Description ("OK", or what broke it) */
#define EID_SSHAUTH_DISCONNECTED 3
/* The operation fails; the same code and sentence follow as its result.
 *   0 int ErrorCode, 1 text Description */
#define EID_SSHAUTH_ERROR 4
/* A log line, if its level is not above the setting LogLevel. Level 1: what SSHStatus says, in the
 * same words, and the server's banner and messages; 2: each packet with name, number, length and
 * direction; 3: its first 4096 octets, in lines of 16, secret fields overwritten by '*'. Passwords,
 * responses, passphrases and what a method of the host's own sends are in no line of any level.
 * LogType is "Info", "Verbose" or "Debug", by level (the reference reserves it).
 *   0 int LogLevel, 1 text Message, 2 text LogType */
#define EID_SSHAUTH_LOG 5
/* AuthMode 6: the host speaks itself. Packet is the server's last message in hexadecimal, from the
 * message number on, empty at first; put the message to send there in the same form (numbers 50 to
 * 79). The functions of packet.h write and read such texts. Leaving Packet as it was, or empty,
 * gives up, with 1032. Every authentication message of the server's comes here but
 * SSH_MSG_USERAUTH_SUCCESS, which ends the login with 0; a banner (SSH_MSG_USERAUTH_BANNER,
 * "35...") takes no answer: leave it.
 *   0 text Packet, out */
#define EID_SSHAUTH_SSHCUSTOMAUTH 6
/* The server asks one question (RFC 4256); fired once for each. Response is the answer to send; it
 * already holds the Password when the setting PasswordPrompt matches Prompt.
 *   0 text Name, 1 text Instructions, 2 text Prompt, 3 text Response, out, 4 bool EchoResponse */
#define EID_SSHAUTH_SSHKEYBOARDINTERACTIVE 7
/* The server has proved that it holds HostKey (the SSH encoding of its public key). Accept is 1
 * when the properties and settings vouch for it; the callback may overwrite it either way.
 * Fingerprint is hexadecimal with colons, of SSHFingerprintHashAlgorithm; CertSubject and
 * CertIssuer are "" unless the key is a certificate; Status says in a sentence why Accept is what
 * it is.
 *   0 binary HostKey, 1 text Fingerprint, 2 text KeyAlgorithm, 3 text CertSubject,
 *   4 text CertIssuer, 5 text Status, 6 bool Accept, out */
#define EID_SSHAUTH_SSHSERVERAUTHENTICATION 8
/* A step of the handshake, in words.
 *   0 text Message */
#define EID_SSHAUTH_SSHSTATUS 9

/* Reads or writes the text behind an out slot, only during the callback that got the slot.
 * id 0: returns the present text, which holds until the next write. id 1 or 2: copies `val` (a
 * NUL-terminated text, also the present one) and returns the text that is there now. opt: 1 or 0,
 * UTF-8 (2, UTF-16, goes with opts 1 of create, which is refused). `slot` is what some param[i] of
 * this callback held when it was called, and a text at that: the number in the slot of an int or
 * bool is no pointer and must not be given.
 * Returns NULL when it is not an open slot, the id or opt is unknown, or `val` is longer than a
 * packet can carry (70,000 octets).
 */
IPWORKSAUTH_API void* IPWORKSAUTH_CALL ipworksauth_evtstr(void* slot, int id, void* val, int opt);

/* ---- values -------------------------------------------------------------------------------- */

/* AuthMode */
enum {
  IPWORKSAUTH_AM_NONE = 0,                 /* method "none", as user "anonymous" */
  IPWORKSAUTH_AM_MULTI_FACTOR = 1,         /* what the server lists, with every credential set */
  IPWORKSAUTH_AM_PASSWORD = 2,             /* User and Password */
  IPWORKSAUTH_AM_PUBLIC_KEY = 3,           /* User and the key that SSHCert... selects */
  IPWORKSAUTH_AM_KEYBOARD_INTERACTIVE = 4, /* the event SSHKeyboardInteractive */
  IPWORKSAUTH_AM_GSSAPI_WITH_MIC = 5,      /* Kerberos: the user's tickets, or User and Password */
  IPWORKSAUTH_AM_CUSTOM = 6,               /* the event SSHCustomAuth */
  IPWORKSAUTH_AM_GSSAPI_KEYEX = 7          /* the same, the keys exchanged by Kerberos too */
};

/* FirewallType; setting one sets FirewallPort to the port in brackets */
enum {
  IPWORKSAUTH_FW_NONE = 0,
  IPWORKSAUTH_FW_TUNNEL = 1,  /* HTTP CONNECT (80) */
  IPWORKSAUTH_FW_SOCKS4 = 2,  /* (1080) */
  IPWORKSAUTH_FW_SOCKS5 = 3,  /* (1080) */
  IPWORKSAUTH_FW_SOCKS4A = 10 /* (1080) */
};

/* SSHCertStoreType: what SSHCertStore holds. A BLOB is the contents, binary or base64. What needs a
 * library that is not there (FIDO, PKCS#11, PPK with a passphrase, XML) is refused with 1005. */
enum {
  IPWORKSAUTH_CST_USER = 0,     /* the private keys in the user's ~/.ssh */
  IPWORKSAUTH_CST_MACHINE = 1,  /* the host keys in /etc/ssh */
  IPWORKSAUTH_CST_PFX_FILE = 2, /* PKCS#12 */
  IPWORKSAUTH_CST_PFX_BLOB = 3, /* the same */
  IPWORKSAUTH_CST_JKS_FILE = 4, /* Java key store: JKS, JCEKS, or the PKCS#12 Java has now */
  IPWORKSAUTH_CST_JKS_BLOB = 5,
  IPWORKSAUTH_CST_PEM_KEY_FILE = 6,    /* private key: OpenSSH, PKCS#1, SEC1, PKCS#8 */
  IPWORKSAUTH_CST_PEM_KEY_BLOB = 7,    /* the same, the text itself */
  IPWORKSAUTH_CST_PUBLIC_KEY_FILE = 8, /* public key or certificate, PEM or DER */
  IPWORKSAUTH_CST_PUBLIC_KEY_BLOB = 9,
  IPWORKSAUTH_CST_SSH_PUBLIC_KEY_BLOB = 10, /* a public key line */
  IPWORKSAUTH_CST_P7B_FILE = 11,            /* PKCS#7 certificates */
  IPWORKSAUTH_CST_P7B_BLOB = 12,
  IPWORKSAUTH_CST_SSH_PUBLIC_KEY_FILE = 13, /* a file with a public key line */
  IPWORKSAUTH_CST_PPK_FILE = 14,            /* PuTTY private key, version 2 or 3 */
  IPWORKSAUTH_CST_PPK_BLOB = 15,            /* the same, the text itself */
  IPWORKSAUTH_CST_XML_FILE = 16, /* RSAKeyValue, DSAKeyValue, ECKeyValue, also of xmlsec1 */
  IPWORKSAUTH_CST_XML_BLOB = 17, /* the same, the text itself */
  IPWORKSAUTH_CST_JWK_FILE = 18, /* JSON web key, or a set of them */
  IPWORKSAUTH_CST_JWK_BLOB = 19, /* the same, the text itself */
  /* File of a FIDO key (ssh-keygen -t ed25519-sk), or its text; SSHCertStorePassword is the PIN, or
   * of an encrypted file its passphrase, which no device is shown. Where a PIN is missing or wrong
   * the login ends with 277 or 278, as that is known when the key is to sign.
   * See SecurityKeyProvider. */
  IPWORKSAUTH_CST_SECURITY_KEY = 20,
  IPWORKSAUTH_CST_BCFKS_FILE = 21, /* BouncyCastle FIPS key store */
  IPWORKSAUTH_CST_BCFKS_BLOB = 22,
  /* pkcs11:... (RFC 7512), or the path of a module, or "": what p11-kit has, or a certificate or
   * public key that was saved: that key, on whichever token p11-kit has it; SSHCertStorePassword
   * is the PIN: without it 277, a wrong one 278, a locked or expired one, or where a wrong one
   * would lock the token (PKCS11LastTry), 273. Calls of modules block. */
  IPWORKSAUTH_CST_PKCS11 = 23,
  IPWORKSAUTH_CST_AUTO = 99 /* found from the content: text, else a file name */
};

/* The reference's names for the same values. */
#ifndef IPWORKSAUTH_NO_SHORT_NAMES
#define AM_NONE 0
#define AM_MULTI_FACTOR 1
#define AM_PASSWORD 2
#define AM_PUBLIC_KEY 3
#define AM_KEYBOARD_INTERACTIVE 4
#define AM_GSSAPIWITH_MIC 5
#define AM_CUSTOM 6
#define AM_GSSAPIKEYEX 7
#define FW_NONE 0
#define FW_TUNNEL 1
#define FW_SOCKS4 2
#define FW_SOCKS5 3
#define FW_SOCKS4A 10
#define CST_USER 0
#define CST_MACHINE 1
#define CST_PFXFILE 2
#define CST_PFXBLOB 3
#define CST_JKSFILE 4
#define CST_JKSBLOB 5
#define CST_PEMKEY_FILE 6
#define CST_PEMKEY_BLOB 7
#define CST_PUBLIC_KEY_FILE 8
#define CST_PUBLIC_KEY_BLOB 9
#define CST_SSHPUBLIC_KEY_BLOB 10
#define CST_P7BFILE 11
#define CST_P7BBLOB 12
#define CST_SSHPUBLIC_KEY_FILE 13
#define CST_PPKFILE 14
#define CST_PPKBLOB 15
#define CST_XMLFILE 16
#define CST_XMLBLOB 17
#define CST_JWKFILE 18
#define CST_JWKBLOB 19
#define CST_SECURITY_KEY 20
#define CST_BCFKSFILE 21
#define CST_BCFKSBLOB 22
#define CST_PKCS11 23
#define CST_AUTO 99
#endif

/* ipworksauth_sshauth_getstate */
enum {
  IPWORKSAUTH_STATE_IDLE = 0,
  IPWORKSAUTH_STATE_CONNECTING = 1,     /* to the proxy or the server */
  IPWORKSAUTH_STATE_SECURING = 2,       /* identification and key exchange */
  IPWORKSAUTH_STATE_AUTHENTICATING = 3, /* service request and methods */
  IPWORKSAUTH_STATE_CLOSING = 4,        /* decided; good-byes are on their way */
  IPWORKSAUTH_STATE_SUCCEEDED = 5,      /* over: the user is authenticated */
  IPWORKSAUTH_STATE_FAILED = 6          /* over: the last error says why */
};
/* ipworksauth_sshauth_getwants, as a mask */
enum { IPWORKSAUTH_WANTS_READ = 1, IPWORKSAUTH_WANTS_WRITE = 2 };

/* Property ids of ipworksauth_sshauth_get and _set, method ids of ipworksauth_sshauth_do. */
enum {
  PID_SSHAUTH_VERSION = 0, /* text, read-only: name and version of this library */
  PID_SSHAUTH_AUTHMODE = 1,
  PID_SSHAUTH_FIREWALLAUTODETECT = 2,
  PID_SSHAUTH_FIREWALLTYPE = 3,
  PID_SSHAUTH_FIREWALLHOST = 4,
  PID_SSHAUTH_FIREWALLPASSWORD = 5,
  PID_SSHAUTH_FIREWALLPORT = 6,
  PID_SSHAUTH_FIREWALLUSER = 7,
  PID_SSHAUTH_LOCALHOST = 8,
  PID_SSHAUTH_LOCALPORT = 9,
  PID_SSHAUTH_PASSWORD = 10,
  PID_SSHAUTH_SSHACCEPTSERVERHOSTKEYENCODED = 11,
  PID_SSHAUTH_SSHCERTENCODED = 12,
  PID_SSHAUTH_SSHCERTSTORE = 13,
  PID_SSHAUTH_SSHCERTSTOREPASSWORD = 14,
  PID_SSHAUTH_SSHCERTSTORETYPE = 15,
  PID_SSHAUTH_SSHCERTSUBJECT = 16,
  PID_SSHAUTH_SSHENCRYPTIONALGORITHMS = 17,
  PID_SSHAUTH_SSHHOST = 18,
  PID_SSHAUTH_SSHPORT = 19,
  PID_SSHAUTH_TIMEOUT = 20,
  PID_SSHAUTH_USER = 21
};
enum {
  MID_SSHAUTH_AUTHENTICATE = 2,
  MID_SSHAUTH_CONFIG = 3,
  MID_SSHAUTH_DOEVENTS = 4,
  MID_SSHAUTH_INTERRUPT = 5,
  MID_SSHAUTH_RESET = 6
};

/* ---- life ---------------------------------------------------------------------------------- */

/* Makes an object with every property and setting at its default. `sink` may be NULL (no events);
 * `oem_key` is not looked at and may be NULL; `opts` must be 0 (UTF-8 texts).
 * Returns the handle, or NULL when memory is short or `opts` is not 0.
 */
IPWORKSAUTH_API void* IPWORKSAUTH_CALL ipworksauth_sshauth_create(ipworksauth_callback sink,
                                                                  void* context,
                                                                  const char* oem_key, int opts);

/* Closes what is open, without an event, wipes and frees the object. Every pointer it gave out ends
 * here. NULL does nothing. Returns 0.
 * Inside one of the object's own callbacks the handle ends at once (every call with it gives 10022)
 * and so does the login: no further event comes, only SSH_MSG_DISCONNECT leaves. The memory, the
 * callback's parameters and texts given out among it, is freed when the call that the callback came
 * from returns; that call returns its code, 301 unless the login was over already.
 */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_destroy(void* obj);

/* For hosts that call them once per process. Nothing needs it: both do nothing and return 0. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_staticinit(void* instance);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_staticdestroy(void);

/* ---- errors -------------------------------------------------------------------------------- */

/* The sentence and the code of the last call; "" and 0 after success. The sentence says what was
 * expected, what came and what to do, and holds until the next call that fails. For NULL a sentence
 * that says so, and 10022. */
IPWORKSAUTH_API char* IPWORKSAUTH_CALL ipworksauth_sshauth_getlasterror(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_getlasterrorcode(void* obj);
/* Overwrites both, for wrappers that add errors of their own. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setlasterrorandcode(void* obj, int code,
                                                                             const char* message);
/* The error of the callback that stopped the login: the code it returned, and its sentence; else
 * what the last callback said with seteventerrorandcode. Cleared before each callback until one
 * stops the login. */
IPWORKSAUTH_API char* IPWORKSAUTH_CALL ipworksauth_sshauth_geteventerror(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_geteventerrorcode(void* obj);
/* Called in a callback that is about to return non-zero: the sentence for it. It does not stop the
 * operation by itself; the returned value does. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_seteventerrorandcode(void* obj, int code,
                                                                              const char* message);

/* ---- methods ------------------------------------------------------------------------------- */

/* Authenticates User against SSHHost:SSHPort as AuthMode says.
 *
 * Timeout > 0: returns 0 when the server said yes, else why not, with the connection closed either
 * way. Timeout 0: returns 135 (would block) at once; wait until the descriptor of getsocket is
 * ready for what getwants says, but no longer than getwait says, call doevents, and repeat until
 * getstate is SUCCEEDED or FAILED. Before it starts: 104 or 1105 while another one runs, 211 in a
 * callback, 102 without SSHHost, 116 for port 0.
 */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_authenticate(void* obj);

/* Config("Name") returns the value of a setting, Config("Name=Value") sets it and returns "". Names
 * are matched without regard to case; booleans read "True" or "False" and are set with True, False,
 * Yes, No, 1 or 0 in any case. An unknown name, a bad value, and a value whose feature is not in
 * this version are errors that name it: ask getlasterrorcode. The text returned holds until the
 * same setting is asked for again. The settings are listed at the end of this file.
 */
IPWORKSAUTH_API char* IPWORKSAUTH_CALL ipworksauth_sshauth_config(void* obj, const char* setting);

/* Moves a login that was started with Timeout 0: waits at most SelectWaitMillis for the network,
 * does what can be done and fires its events. Returns 0 while it runs, when it succeeded, and when
 * there is none (after waiting as long: a loop around it does not spin); the login's error, once,
 * when it fails.
 */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_doevents(void* obj);

/* Makes the running authenticate, or the login that doevents moves, fail with 301 at once: nothing
 * more is asked or sent but SSH_MSG_DISCONNECT. Does nothing when none runs, or when its outcome is
 * decided and it is closing. A doevents that waits returns; a host that waits in a loop of its own
 * must wake that itself: getwait is 0 from then on. Any thread, any callback, any signal handler.
 * Leaves the last error alone.
 */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_interrupt(void* obj);

/* Sets every property and setting to its default and lets go of keys, passwords and results. A
 * login that doevents moves is dropped (with its events Error, 301, and Disconnected). 211 in a
 * callback. Texts given out stay valid. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_reset(void* obj);

/* ---- event loops (additions to the reference) ----------------------------------------------- */

/* IPWORKSAUTH_STATE_...; IDLE for NULL. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_getstate(void* obj);
/* The descriptor to wait for, or -1 when there is none now. It is the object's: do not read, write
 * or close it. It can change between two calls of doevents, so ask each time: while a name is
 * looked up and addresses are tried it stands for all of that (an epoll descriptor), then it is the
 * connection's. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_getsocket(void* obj);
/* What to wait for: a mask of IPWORKSAUTH_WANTS_...; 0: nothing, call doevents when getwait says.
 */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_getwants(void* obj);
/* Milliseconds after which doevents is due even if the descriptor stays silent (keep-alives and
 * limits count time); 0: at once; -1: no limit runs. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_getwait(void* obj);

/* ---- properties ---------------------------------------------------------------------------- */
/* What is common to all is said at the top. Setting a value out of range gives 10022, a value whose
 * feature is not in this version 1005; either way getlasterror names the property and says what is
 * allowed. */

/* How to authenticate: IPWORKSAUTH_AM_...; 2. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_getauthmode(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setauthmode(void* obj, int mode);

/* While FirewallType is 0, take the proxy from the environment; 0. The first of all_proxy,
 * ALL_PROXY, https_proxy, HTTPS_PROXY, http_proxy and HTTP_PROXY that is set names it as
 * [scheme://][user:password@]host[:port][/] (schemes http, socks4, socks4a, socks5, socks5h);
 * HTTP_PROXY counts only while REQUEST_METHOD is not set. What cannot be used ends the login with
 * 118. Servers on no_proxy or NO_PROXY are reached without. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_getfirewallautodetect(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setfirewallautodetect(void* obj, int on);

/* Kind of proxy: IPWORKSAUTH_FW_...; 0. Setting it sets FirewallPort. For SOCKS4 the server's name
 * is looked up here, to an IPv4 address; for all others the proxy looks it up. Whatever a proxy
 * answers wrongly or refuses is error 118; what the look-up of its own name and the connection to
 * it come to has the codes of those, and a text that names the proxy. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_getfirewalltype(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setfirewalltype(void* obj, int type);

/* Name or address of the proxy; "". After a look-up it reads the address. */
IPWORKSAUTH_API char* IPWORKSAUTH_CALL ipworksauth_sshauth_getfirewallhost(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setfirewallhost(void* obj,
                                                                         const char* host);

/* Password for the proxy; "". 1 to 255 octets for SOCKS5 (RFC 1929); SOCKS4 and SOCKS4a have none.
 */
IPWORKSAUTH_API char* IPWORKSAUTH_CALL ipworksauth_sshauth_getfirewallpassword(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setfirewallpassword(void* obj,
                                                                             const char* password);

/* TCP port of the proxy, 0 to 65535; 0 until FirewallType sets it, and stands for the type's own.
 */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_getfirewallport(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setfirewallport(void* obj, int port);

/* User for the proxy; "". An HTTP proxy is told only when it asks, and then in the strongest way
 * that it offers: Digest with SHA-256, Digest with MD5 (RFC 7616), or Basic (RFC 7617), which is
 * the password in the clear. The user id of SOCKS4 and SOCKS4a. */
IPWORKSAUTH_API char* IPWORKSAUTH_CALL ipworksauth_sshauth_getfirewalluser(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setfirewalluser(void* obj,
                                                                         const char* user);

/* Address of the local interface to connect from; "" lets the system choose. While connected, the
 * address in use, and setting gives 107. */
IPWORKSAUTH_API char* IPWORKSAUTH_CALL ipworksauth_sshauth_getlocalhost(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setlocalhost(void* obj, const char* host);

/* Local TCP port, 0 to 65535; 0 lets the system choose. While connected, the port in use, and
 * setting gives 106. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_getlocalport(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setlocalport(void* obj, int port);

/* The user's password; "". Sent only under keys that the accepted host key vouches for. */
IPWORKSAUTH_API char* IPWORKSAUTH_CALL ipworksauth_sshauth_getpassword(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setpassword(void* obj,
                                                                     const char* password);

/* The host key to accept: a public key line ("ssh-ed25519 AAAA..."), its base64 alone, or PEM;
 * empty. 10022 when it is none of these. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL
ipworksauth_sshauth_getsshacceptserverhostkeyencoded(void* obj, char** data, int* len);
IPWORKSAUTH_API int IPWORKSAUTH_CALL
ipworksauth_sshauth_setsshacceptserverhostkeyencoded(void* obj, const char* data, int len);

/* The certificate of the selected user key in PEM, or where it has none its public key line; empty.
 * Setting it (either of these, the base64 of one alone, or a certificate in DER) selects the key of
 * the present store that has this public half and sets SSHCertSubject; if there is none,
 * SSHCertSubject becomes "". A private key in PEM is taken as it is. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_getsshcertencoded(void* obj, char** data,
                                                                           int* len);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setsshcertencoded(void* obj,
                                                                           const char* data,
                                                                           int len);

/* Where the user key is: a file name or the octets themselves, as SSHCertStoreType says; "MY". */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_getsshcertstore(void* obj, char** data,
                                                                         int* len);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setsshcertstore(void* obj,
                                                                         const char* data, int len);

/* The passphrase that opens the store; "". */
IPWORKSAUTH_API char* IPWORKSAUTH_CALL ipworksauth_sshauth_getsshcertstorepassword(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL
ipworksauth_sshauth_setsshcertstorepassword(void* obj, const char* password);

/* What SSHCertStore holds: IPWORKSAUTH_CST_...; 0. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_getsshcertstoretype(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setsshcertstoretype(void* obj, int type);

/* Selects the user key; set it after the other SSHCert properties. The store is opened at once: 302
 * when the file cannot be read, 271 when there is no key in it that can be read, 277 when it needs
 * a password, 278 when the password is wrong, 1005 when it or its keys are of a kind not in this
 * version.
 * The subject of a key with an X.509 certificate is its distinguished name, in the certificate's
 * order: "CN=www.example.com, OU=test, S=Ohio, C=US, E=me@example.com"; a value that holds a comma
 * stands in double quotes. Without a certificate it is the key's comment, or where it has none its
 * fingerprint ("SHA256:..."). The first key is taken whose subject or comment (in a key store its
 * friendly name) is the value, or whose fingerprint begins with it ("SHA256:" and 8 characters or
 * more), else whose subject or comment contains it; of a distinguished name also one that has all
 * the fields that were asked for. "*" takes the first that has a private half. The
 * property then reads the whole subject, or "" when nothing matched (no error, no key selected).
 * If it was never set, authenticate selects "*" when it needs a key. Of a store with several keys
 * the selected one alone is offered to the server; the others are not tried when it is refused.
 * What cannot be used in a store (damaged, of a type that SSH has not, under a password of its own)
 * is passed over where there is something else, and SSHStatus tells how much that was and why. A
 * store has one password: the store's own first, then the keys'; a Java, BCFKS or PEM key under
 * another one is passed over, or 278 where there is no other.
 */
IPWORKSAUTH_API char* IPWORKSAUTH_CALL ipworksauth_sshauth_getsshcertsubject(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setsshcertsubject(void* obj,
                                                                           const char* subject);

/* Ciphers, comma-separated, in order of preference, for both directions. A name nobody knows is
 * refused with 1005; a known one that this build has no code for is skipped, as long as one is
 * left. */
IPWORKSAUTH_API char* IPWORKSAUTH_CALL ipworksauth_sshauth_getsshencryptionalgorithms(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL
ipworksauth_sshauth_setsshencryptionalgorithms(void* obj, const char* names);

/* Name or address of the SSH server; "". After a name was looked up, the address. 101 while
 * connected. */
IPWORKSAUTH_API char* IPWORKSAUTH_CALL ipworksauth_sshauth_getsshhost(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setsshhost(void* obj, const char* host);

/* TCP port of the SSH server, 1 to 65535; 22. 116 for 0; 100 while connected. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_getsshport(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setsshport(void* obj, int port);

/* Seconds without a single octet sent or received (from start to end with the setting
 * AbsoluteTimeout) after which authenticate fails with 201; 60. 0: do not block. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_gettimeout(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_settimeout(void* obj, int seconds);

/* The user name; "". */
IPWORKSAUTH_API char* IPWORKSAUTH_CALL ipworksauth_sshauth_getuser(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_setuser(void* obj, const char* user);

/* ---- by id, for hosts that bind at run time -------------------------------------------------- */

/* The property `propid` (PID_SSHAUTH_...; `index` is 0, no property is an array). An int or bool
 * comes in the pointer; a text as texts out; a binary with its length in `*len`. On failure NULL
 * (so 0) with the code in `*len`. `len` and `ll` may be NULL; `ll` is for 64-bit properties, of
 * which there are none. */
IPWORKSAUTH_API void* IPWORKSAUTH_CALL ipworksauth_sshauth_get(void* obj, int propid, int index,
                                                               int* len, int64_t* ll);
/* An int or bool is given in the pointer with `len` 0, a text NUL-terminated with `len` 0 (or with
 * its length), a binary with its length. Ids 255, 2011, 8001 and 8012, where hosts put licence
 * keys, are taken and not kept. The UTF-16 forms of Windows hosts (ids from 10000 and 20000 on) are
 * refused. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_set(void* obj, int propid, int index,
                                                             const void* val, int len);
/* 0 when there is such a property and `index` is 0, else 10022. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_checkindex(void* obj, int propid,
                                                                    int index);
/* The method `methid` with `cparam` arguments in `param`. Config takes one, the text, and gives its
 * result in param[1] (with cbparam[1], if there is one, its length): both arrays have cparam + 1
 * slots. The other methods take none. Returns the method's error code. */
IPWORKSAUTH_API int IPWORKSAUTH_CALL ipworksauth_sshauth_do(void* obj, int methid, int cparam,
                                                            void* param[], int cbparam[],
                                                            int64_t* ll);

/* The same functions under the names that dynamic hosts resolve. */
IPWORKSAUTH_API void* IPWORKSAUTH_CALL IPWorksAuth_SSHAuth_Create(ipworksauth_callback sink,
                                                                  void* context,
                                                                  const char* oem_key, int opts);
IPWORKSAUTH_API int IPWORKSAUTH_CALL IPWorksAuth_SSHAuth_Destroy(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL IPWorksAuth_SSHAuth_CheckIndex(void* obj, int propid,
                                                                    int index);
IPWORKSAUTH_API void* IPWORKSAUTH_CALL IPWorksAuth_SSHAuth_Get(void* obj, int propid, int index,
                                                               int* len, int64_t* ll);
IPWORKSAUTH_API int IPWORKSAUTH_CALL IPWorksAuth_SSHAuth_Set(void* obj, int propid, int index,
                                                             const void* val, int len);
IPWORKSAUTH_API int IPWORKSAUTH_CALL IPWorksAuth_SSHAuth_Do(void* obj, int methid, int cparam,
                                                            void* param[], int cbparam[],
                                                            int64_t* ll);
IPWORKSAUTH_API char* IPWORKSAUTH_CALL IPWorksAuth_SSHAuth_GetLastError(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL IPWorksAuth_SSHAuth_GetLastErrorCode(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL IPWorksAuth_SSHAuth_SetLastErrorAndCode(void* obj, int code,
                                                                             const char* message);
IPWORKSAUTH_API char* IPWORKSAUTH_CALL IPWorksAuth_SSHAuth_GetEventError(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL IPWorksAuth_SSHAuth_GetEventErrorCode(void* obj);
IPWORKSAUTH_API int IPWORKSAUTH_CALL IPWorksAuth_SSHAuth_SetEventErrorAndCode(void* obj, int code,
                                                                              const char* message);
IPWORKSAUTH_API int IPWORKSAUTH_CALL IPWorksAuth_SSHAuth_StaticInit(void* instance);
IPWORKSAUTH_API int IPWORKSAUTH_CALL IPWorksAuth_SSHAuth_StaticDestroy(void);
IPWORKSAUTH_API void* IPWORKSAUTH_CALL IPWorksAuth_EvtStr(void* slot, int id, void* val, int opt);

/* ---- settings of Config -----------------------------------------------------------------------
 *
 * Name  default  meaning. Those marked + are additions to the reference. A list is separated by
 * commas; what SSHEncryptionAlgorithms says of its names holds for every list of algorithms.
 *
 * Negotiation
 *   SSHKeyExchangeAlgorithms, SSHPublicKeyAlgorithms (host keys), SSHMacAlgorithms,
 *   SSHCompressionAlgorithms, SSHPubKeyAuthSigAlgorithms (the user's key)
 *                            the reference's lists, old algorithms included
 *                            (key exchange by Kerberos, gss-, where the user is authenticated by
 *                            it: then Kerberos proves the host, and SSHServerAuthentication does
 *                            not come)
 *   SecurityPolicy +         Reference  Modern sets the five lists and SSHEncryptionAlgorithms to
 *                            what is fit for new installations, FIPS to what NIST approved;
 *                            Reference sets them back
 *   UseStrictKeyExchange     1   0 off, 1 offered, 2 without it no algorithm that the Terrapin
 *                            attack can use, 3 required
 *   KexGuess +               1   guess the key exchange method: 0 never, 1 when an earlier login or
 *                            KexGuessHint says it is right (one round trip less), 2 always, outside
 *                            the letter of RFC 4253 section 7.1
 *   KexGuessHint +           ""  reads what to save after a login; set it before the next one to
 *                            the same server
 *   PreferredDHGroupBits     3072  1024 to 8192, for group exchange
 *   KeyRenegotiationThreshold  1073741824  octets either way before the keys are exchanged again
 *   SSHKeyRenegotiate        asking for it exchanges the keys now; 212 when not connected
 *   ClientSSHVersionString   SSH-2.0-IPWorks SSH Client 2022  our identification
 *   ServerSSHVersionString   the server's, read-only
 *   SSHVersionPattern        *SSH-1.99-*,*SSH-2.0-*  patterns of identifications to accept: ? any
 *                            octet, * any octets, [a-z,0-9] one of these, \x the octet x
 *
 * The host key
 *   SSHAcceptAnyServerHostKey          False
 *   SSHAcceptServerHostKeyFingerPrint  ""  list: hexadecimal (MD5, SHA-1 or SHA-256 by its length)
 *                            or SHA256:base64
 *   KnownHosts +             ""  known_hosts files, separated by ':'; 302 when one is not there, or
 *                            a marked line that may revoke a key cannot be read
 *                            (SSHKnownHostsFile is the same)
 *   SSHFingerprintHashAlgorithm  SHA256  of the event's Fingerprint: MD5, SHA1, SHA256
 *   SSHFingerprintMD5, SSHFingerprintSHA1, SSHFingerprintSHA256  of the server's key, read-only
 *   SSHAcceptServerCAKey     ""  authorities whose host certificates are accepted
 *   SSHTrustedCAFile +       ""  PEM file of authorities for X.509 host certificates; 302
 *   KnownHostsAdd +          ""  file to which an accepted host key is added
 *
 * The user
 *   PasswordPrompt           ""  pattern of the question that Password answers by itself
 *   NewPassword +            ""  the answer when the server wants the password changed
 *   TryAllAvailableAuthMethods  False  after a refusal try what else there are credentials for:
 *                            first what AuthMode says, then publickey, GSSAPI, password and
 *                            keyboard-interactive; each only while the server lists it, and a
 *                            credential that was refused is not sent again
 *   EnablePageantAuth        0   a key agent (OpenSSH, gpg-agent, Pageant): 1 its keys first, 2 its
 *                            keys alone: 271 without an agent, 272 without a key that fits; of a
 *                            key named by SSHCertStore or SSHCertEncoded the public half is enough
 *   AgentSocket +            ""  the agent's socket; "": SSH_AUTH_SOCK
 *   AgentKeyLimit +          5   of its keys at most so many are offered
 *   SecurityKeyProvider +    ""  sk-api library for security keys; "": SSH_SK_PROVIDER, else
 *                            libfido2
 *   PKCS11LastTry +          False  SSHCertStorePassword is shown to a token though a wrong PIN
 *                            would lock it; False, and for a PIN in the URI always: refused with
 *                            273
 *   SignedSSHCert            ""  the certificate that an authority made of the user's key, which is
 *                            in SSHCertStore or, with EnablePageantAuth, in the agent
 *   KerberosDelegation       True  asks for Kerberos credentials of the user's on the server
 *   KerberosRealm            ""  of the service and, with Password, of User; "": the default
 *   KerberosSPN              ""  host/server.example[@REALM]; "": host/ and SSHHost, and where DNS
 *                            makes another name of that no key exchange by Kerberos, nor
 *                            delegation in it. Either of the two makes GSSAPI one of the methods of
 *                            AuthMode 1
 *   GSSAPILibrary +          ""  its file; "": MIT's or Heimdal's, whichever is there
 *
 * Time, in seconds unless said
 *   ConnectionTimeout        0   to connect; 0: Timeout
 *   AbsoluteTimeout          False  Timeout counts from the start, not from the last octet
 *   LoginTimeout +           300 from connecting to the result, callbacks not counted; 0: off
 *   SSHKeepAliveInterval     0   silence before a keep-alive message; 0: none. Servers answer them
 *                                once the user is authenticated, where a login ends: none goes out
 *   SSHKeepAliveCountMax     5   unanswered ones before the server is given up
 *   SelectWaitMillis         20  milliseconds that doevents waits
 *
 * The connection
 *   FirewallAutoDetect, FirewallHost, FirewallPassword, FirewallPort, FirewallType, FirewallUser,
 *   LocalHost, LocalPort     the properties of these names
 *   FirewallData             ""  more header lines for HTTP CONNECT, separated by CR LF
 *   ProxyExceptionsList      ""  hosts reached without the proxy, separated by semicolons: names,
 *                            .below.example, patterns (*.example), <local>, addresses, networks
 *                            (10.0.0.0/8, 2001:db8::/32), each also with :port
 *   UseIPv6                  0   0 IPv4 only, 1 IPv6 only, 2 IPv6 first
 *   SystemResolver +         False  names are looked up by the C library, which blocks. Without it
 *                            c-ares asks the hosts file and DNS, and nothing blocks; names that
 *                            only other modules of nsswitch.conf know (mDNS, LDAP) are not found
 *                            then. Where c-ares is not installed the C library is used anyway
 *   TCPKeepAlive             False; KeepAliveTime 7200000 and KeepAliveInterval 1000 in
 *                            milliseconds (up to 32767000), KeepAliveRetryCount 9: setting one
 *                            switches it on
 *   Linger True, LingerTime 0, TcpNoDelay False, InBufferSize 0 and OutBufferSize 0 (0: the
 *                            system's)   options of the socket
 *   MaxTransferRate          0   octets a second that are sent at most; 0: no limit
 *   WaitForServerDisconnect  False  after the good-bye the server closes first; a limit or an
 *                            interrupt meanwhile is 201 or 301, though the user is authenticated
 *
 * The library
 *   LogLevel                 1   0 nothing, 1 steps, 2 packets, 3 packets with their octets
 *   MaskSensitive            True  secrets never reach a log line; False is refused with 1005: no
 *                            setting makes this library write a password down
 *   BuildInfo, LicenseInfo   read-only
 *   CodePage                 65001  encoding of every text in and out, of Config itself too: those
 *                            of the reference that iconv has; 211 in a callback
 *   UseFIPSCompliantAPI      False  True: SSH's cryptography is OpenSSL's FIPS provider's, and
 *                            approved algorithms alone are offered. One switch for the process
 *                            (the only state that objects share; Reset leaves it). 270, with what
 *                            OpenSSL says, when the provider cannot be had; 211 while a login runs.
 *                            Key files are read by OpenSSL's default provider, and keys are derived
 *                            with the module's hashes, not its SSHKDF. Tested with the module of
 *                            OpenSSL 3.0.22, built from source, under libcrypto 3.0.19; Debian 12
 *                            has none, and there it is refused.
 *   UseInternalSecurityAPI   True   False: everything through libcrypto and its configuration
 *
 * Stored and read back, without effect, as there are no channels: ChannelDataEOL[n],
 * ChannelDataEOLFound[n] (read-only), MaxChannelDataLength[n], MaxPacketSize, MaxWindowSize,
 * RecordLength, WaitForChannelClose, MaxLineLength, ProcessIdleEvents.
 */

/* ---- error codes -----------------------------------------------------------------------------
 *
 *   0              success
 *   100-107, 112   a connection is in progress: that property cannot be changed now
 *   102, 116       no host, no port
 *   118            the proxy refused or cannot be reached
 *   135            would block (Timeout 0)
 *   201, 301       timeout; interrupted
 *   211, 212       not in this state; not while unconnected
 *   270            OpenSSL's FIPS provider, or a GSSAPI library, cannot be used
 *   271-273        key store cannot be read; no key selected; the key cannot sign: it has no
 *                  private half, or its token's PIN is locked or would be by a wrong one
 *   277, 278       the key store needs a password; the password does not open it
 *   302            a file cannot be opened
 *   1001           the server disconnected          1016  a packet cannot be decompressed
 *   1002           its identification is refused     1024  it lacks a message that is needed
 *   1003           no algorithm in common            1027  a message is malformed or out of place
 *   1005           not available in this version     1030  the host key was not accepted
 *   1011           randomness or exchange hash       1031  the host key's proof does not verify
 *   1013           no signature could be made        1032  authentication failed
 *   1014, 1015     encryption; integrity             1034, 1038  a key exchange value is refused
 *   1039           keep-alives unanswered            1120  the connection was dropped
 *   10004-11004    the TCP/IP errors of the reference; 10022: an argument is not allowed
 *   other          returned by the host's own callback
 */

#ifdef __cplusplus
}
#endif

#endif /* IPWORKSAUTH_SSHAUTH_H */
