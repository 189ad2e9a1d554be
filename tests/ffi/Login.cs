// C#, by P/Invoke.
//
//   Login HOST PORT USER MODE FINGERPRINT KEY-FILE
//
// MODE is password, publickey or keyboard-interactive; PASSWORD is taken from the environment.
// Exit status: 0 authenticated, 1 not, 2 used wrongly.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

static class Library {
  const string File = "libipworksauth.so.0", Prefix = "ipworksauth_sshauth_";
  const UnmanagedType Utf8 = UnmanagedType.LPUTF8Str;

  // Without an attribute a delegate, like a DllImport, is called as the platform calls its own functions
  // (__stdcall on 32-bit Windows, else as C), and so is IPWORKSAUTH_CALL.
  public delegate int Sink(IntPtr context, int id, int count, IntPtr param, IntPtr cbparam);

  [DllImport(File, EntryPoint = "ipworksauth_evtstr")]
  public static extern IntPtr EvtStr(IntPtr slot, int id, [MarshalAs(Utf8)] string value, int opt);
  [DllImport(File, EntryPoint = Prefix + "create")]
  public static extern IntPtr Create(Sink sink, IntPtr context, string key, int opts);
  [DllImport(File, EntryPoint = Prefix + "destroy")]
  public static extern int Destroy(IntPtr obj);
  [DllImport(File, EntryPoint = Prefix + "authenticate")]
  public static extern int Authenticate(IntPtr obj);
  [DllImport(File, EntryPoint = Prefix + "config")]
  public static extern IntPtr Config(IntPtr obj, [MarshalAs(Utf8)] string setting);
  [DllImport(File, EntryPoint = Prefix + "getlasterror")]
  public static extern IntPtr GetLastError(IntPtr obj);
  [DllImport(File, EntryPoint = Prefix + "getlasterrorcode")]
  public static extern int GetLastErrorCode(IntPtr obj);
  [DllImport(File, EntryPoint = Prefix + "getuser")]
  public static extern IntPtr GetUser(IntPtr obj);
  [DllImport(File, EntryPoint = Prefix + "getfirewalluser")]
  public static extern IntPtr GetFirewallUser(IntPtr obj);
  [DllImport(File, EntryPoint = Prefix + "setsshhost")]
  public static extern int SetSSHHost(IntPtr obj, [MarshalAs(Utf8)] string host);
  [DllImport(File, EntryPoint = Prefix + "setsshport")]
  public static extern int SetSSHPort(IntPtr obj, int port);
  [DllImport(File, EntryPoint = Prefix + "setuser")]
  public static extern int SetUser(IntPtr obj, [MarshalAs(Utf8)] string user);
  [DllImport(File, EntryPoint = Prefix + "setpassword")]
  public static extern int SetPassword(IntPtr obj, [MarshalAs(Utf8)] string password);
  [DllImport(File, EntryPoint = Prefix + "setauthmode")]
  public static extern int SetAuthMode(IntPtr obj, int mode);
  [DllImport(File, EntryPoint = Prefix + "setsshcertstoretype")]
  public static extern int SetSSHCertStoreType(IntPtr obj, int type);
  [DllImport(File, EntryPoint = Prefix + "setsshcertstore")]
  public static extern int SetSSHCertStore(IntPtr obj, byte[] data, int len);
}

sealed class Login : IDisposable {
  const int Connected = 1, Disconnected = 3, KeyboardInteractive = 7, ServerAuthentication = 8, SSHStatus = 9;
  const int CstAuto = 99;
  static readonly Dictionary<string, int> Modes = new Dictionary<string, int> {
    {"password", 2}, {"publickey", 3}, {"keyboard-interactive", 4}};

  readonly string fingerprint, password;
  // A member: a delegate that nothing refers to any more is collected, though C still has its pointer.
  readonly Library.Sink sink;
  readonly IntPtr auth;

  Login(string fingerprint, string password) {
    this.fingerprint = fingerprint;
    this.password = password;
    sink = OnEvent;
    auth = Library.Create(sink, IntPtr.Zero, null, 0);
  }

  public void Dispose() { Library.Destroy(auth); }

  static string Text(IntPtr at) { return Marshal.PtrToStringUTF8(at); }

  int OnEvent(IntPtr context, int id, int count, IntPtr param, IntPtr cbparam) {
    Func<int, IntPtr> slot = i => Marshal.ReadIntPtr(param, i * IntPtr.Size);
    try {
      switch (id) {
        case Connected: // a number is in the slot itself
        case Disconnected:
          var name = id == Connected ? "connected" : "disconnected";
          Console.WriteLine("{0} {1} {2}", name, (int) slot(0), Text(slot(1)));
          break;
        case SSHStatus:
          Console.WriteLine("status " + Text(slot(0)));
          break;
        case ServerAuthentication:
          var hostKey = new byte[Marshal.ReadInt32(cbparam)];
          Marshal.Copy(slot(0), hostKey, 0, hostKey.Length);
          var hex = BitConverter.ToString(hostKey).Replace("-", "").ToLowerInvariant();
          Console.WriteLine("host key {0} {1}\nfingerprint {2}", Text(slot(2)), hex, Text(slot(1)));
          var accept = Text(slot(1)) == fingerprint;
          Marshal.WriteIntPtr(param, 6 * IntPtr.Size, new IntPtr(accept ? 1 : 0));
          break;
        case KeyboardInteractive:
          Console.WriteLine("prompt " + Text(slot(2)));
          Library.EvtStr(slot(3), 2, password, 1);
          break;
      }
      return 0;
    } catch (Exception e) { // must not leave the method: the C frames of the library are above it
      Console.Error.WriteLine(e);
      return 1;
    }
  }

  void Check(int code) {
    if (code != 0) throw new InvalidOperationException(code + " " + Text(Library.GetLastError(auth)));
  }

  void Authenticate(string host, int port, string user, int mode, string keyFile) {
    var key = Encoding.UTF8.GetBytes(keyFile);
    Library.Config(auth, "FirewallUser=" + user); // what Config stores, a getter reads
    Check(Library.GetLastErrorCode(auth));
    Check(Library.SetSSHHost(auth, host));
    Check(Library.SetSSHPort(auth, port));
    Check(Library.SetUser(auth, user));
    Check(Library.SetPassword(auth, password));
    Check(Library.SetSSHCertStoreType(auth, CstAuto));
    Check(Library.SetSSHCertStore(auth, key, key.Length));
    Check(Library.SetAuthMode(auth, mode));
    Console.WriteLine("user " + Text(Library.GetUser(auth)));
    Console.WriteLine("proxy user " + Text(Library.GetFirewallUser(auth)));
    Check(Library.Authenticate(auth));
  }

  static int Main(string[] args) {
    var password = Environment.GetEnvironmentVariable("PASSWORD");
    if (args.Length != 6 || !Modes.ContainsKey(args[3]) || password == null) {
      Console.Error.WriteLine("usage: login HOST PORT USER MODE FINGERPRINT KEY-FILE, and PASSWORD in the environment");
      return 2;
    }
    using (var login = new Login(args[4], password))
      try {
        login.Authenticate(args[0], int.Parse(args[1]), args[2], Modes[args[3]], args[5]);
        Console.WriteLine("authenticated");
        return 0;
      } catch (InvalidOperationException e) {
        Console.Error.WriteLine(e.Message);
        return 1;
      }
  }
}
